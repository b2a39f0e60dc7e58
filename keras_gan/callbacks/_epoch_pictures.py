"""A picture after each epoch, under the number of the epoch."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._replicas import is_chief
from keras_gan._validation import check_range, check_seed
from keras_gan.training.last_activations import reachable_range


class EpochPictures(keras.callbacks.Callback):
    """Has the chief draw `epoch_0001.png` and so on, by `epochs_completed`.

    Args:
        directory: folder of the pictures.
        value_range: pair of floats, or `None` for that of the generator's last
            activation.
        seed: int, of what is drawn.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        value_range: tuple[float, float] | None,
        seed: int,
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        if value_range is not None:
            check_range("value_range", value_range)
        self.value_range = value_range
        self.seed = check_seed("seed", seed)

    @property
    def shown_range(self) -> tuple[float, float] | None:
        """Black and white, `None` where neither the user nor the generator says."""
        return self.value_range or reachable_range(self.model.generator)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Draws the picture of this epoch."""
        gan = self.model
        if is_chief(gan.distribute_strategy):
            number = int(gan.epochs_completed.numpy())
            path = self.directory / f"epoch_{number:04d}.png"
            self.draw(path)
            self.show(path, epoch)

    def draw(self, path: Path) -> None:
        """Writes the picture as it is now."""
        raise NotImplementedError

    def show(self, path: Path, epoch: int) -> None:
        """Takes the picture that was written, in the epoch as Keras counts it."""
