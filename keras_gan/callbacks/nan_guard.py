"""Stop at the first value that is not finite, with or without the last good state."""

import warnings
from typing import Any

import keras
import numpy as np

from keras_gan._types import Array
from keras_gan.training.finite_weights import broken_weights

_ADVICE = (
    "The same settings would fail again in the same place. Lower a learning rate, "
    "bound the gradients (`clipnorm` of the optimizer, the penalties "
    "keras_gan.terms.R1 or GradientPenalty), or try another seed."
)


class NaNGuard(keras.callbacks.Callback):
    """Stops a game that went wrong and returns it to the last good state.

    Keras's `TerminateOnNaN` looks at `loss`, which a GAN does not log, so that `fit`
    refuses it. This guard looks at every log after each batch (after each
    `steps_per_execution` batches), and at the end of an epoch also at all weights,
    which may break in the last step while its losses were finite still. At the first
    NaN or infinity it warns once, stops training, and restores everything as it stood
    when the last good epoch ended, or when training began: both networks, the moving
    average, optimizers, penalties, counters and random states.

    The epoch that failed does not count: `epochs_completed` is that of the restored
    state when other callbacks see the end of that epoch, so that `SaveEachEpoch` saves
    a GAN that can continue. The logs of that epoch are those of the failure, since
    metrics are means over the whole epoch. Put this callback first in the list: one
    that stands before it sees weights that broke in the last step of an epoch.

    The good state is a copy in the host's memory, as large as both networks with their
    optimizers. With `restore=False` there is none: the guard raises instead, and files
    that `SaveEachEpoch` or another callback behind it wrote stay those of the last good
    epoch.

    Args:
        restore: bool, whether to go back to the last good state, and end without an
            error. Defaults to `True`.

    Raises:
        ValueError: if a weight is not finite when training begins.
        FloatingPointError: with `restore=False`, at the first value that is not finite.

    Example:
    ```python
    guard = kg.callbacks.NaNGuard()
    save = kg.callbacks.SaveEachEpoch("gan.keras")
    gan.fit(images, epochs=50, callbacks=[guard, save])
    ```
    """

    def __init__(self, restore: bool = True) -> None:
        super().__init__()
        self.restore = restore
        self._good_state: list[Array] = []
        self._began = self._failed = False
        self._epoch = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Forgets an earlier training."""
        self._good_state = []
        self._began = self._failed = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Keeps the state that training begins with."""
        # Not in on_train_begin, where BackupAndRestore may yet load its backup.
        began, self._epoch = self._began, epoch
        self._began = True
        if began:
            return
        broken = broken_weights(self.model)
        if broken:
            raise ValueError(
                "All weights must be finite when training begins; load an earlier "
                f"state. Received: values that are not in {broken}"
            )
        self._keep()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Looks at the logs."""
        broken = _broken_logs(logs)
        if broken and not self._failed:
            # With `steps_per_execution`, Keras counts on beyond a short last call.
            last = min(batch + 1, self.params["steps"] or batch + 1)
            self._stop(f"{broken} in epoch {self._epoch + 1} by batch {last}")
            # The clock of `fit` has yet to count this epoch, which shall not count.
            self.model.epochs_completed.assign_sub(1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Looks at the logs, those of validation too, and at the weights."""
        if self._failed:
            return
        broken = _broken_logs(logs) or broken_weights(self.model)
        if broken:
            self._stop(f"{broken} at the end of epoch {epoch + 1}")
        else:
            self._keep()

    def on_train_end(self, logs: Any = None) -> None:
        """Frees the copy."""
        self._good_state = []

    def _keep(self) -> None:
        if not self.restore:
            return
        # Copies: on a CPU, NumPy looks into the memory that the next step changes.
        self._good_state = [variable.numpy().copy() for variable in _state(self.model)]

    def _stop(self, failure: str) -> None:
        if not self.restore:
            raise FloatingPointError(f"{failure}. {_ADVICE}")
        for variable, value in zip(_state(self.model), self._good_state, strict=True):
            variable.assign(value)
        self._failed = True
        self.model.stop_training = True
        warnings.warn(
            f"Training stopped: {failure}. The GAN is again as it was at the end of "
            f"the last good epoch, or when training began. {_ADVICE}",
            stacklevel=2,
        )


def _state(model: keras.Model) -> list[keras.Variable]:
    """All that training moves except metrics, whose logs tell of the failure."""
    optimizers = (model.generator_optimizer, model.discriminator_optimizer)
    holders = (model, *optimizers, *model.terms)
    return [variable for holder in holders for variable in holder.variables]


def _broken_logs(logs: dict[str, Any] | None) -> str:
    return ", ".join(
        f"{name}={value}"
        for name, value in (logs or {}).items()
        if np.asarray(value).dtype.kind in "fc" and not np.isfinite(value).all()
    )
