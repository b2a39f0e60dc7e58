"""The whole GAN in one file, unless its weights were lost."""

from pathlib import Path
from typing import Any

from keras_gan._replicas import is_chief
from keras_gan.callbacks._saved_attributes import remember_left_out_attributes
from keras_gan.training.finite_weights import broken_weights


def save_finite(model: Any, path: Path) -> None:
    """Replaces the file as a whole; of several workers the chief alone does.

    Raises:
        FloatingPointError: if a weight is not finite; the file stays as it was.
    """
    broken = broken_weights(model)  # on every worker: all of them stop
    if broken:
        raise FloatingPointError(
            f"weights are not finite ({broken}); they were not saved, and {path} "
            "stays as it was. List keras_gan.callbacks.NaNGuard first, which goes back "
            "to the last good state; lower a learning rate, or bound the gradients"
        )
    if is_chief(model.distribute_strategy):
        remember_left_out_attributes()
        model.save(path)  # whole or not at all
