"""The whole GAN in one file after each epoch."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._files import replacing
from keras_gan._replicas import is_chief


class SaveEachEpoch(keras.callbacks.Callback):
    """Saves the whole GAN after each epoch, so that a killed run can continue.

    The file is written beside its final name and then renamed: at any moment it holds
    one complete epoch. Of several workers the chief alone writes it.

    Args:
        path: the `.keras` file.

    Example:
    ```python
    gan.fit(images, epochs=5, callbacks=[kg.callbacks.SaveEachEpoch("gan.keras")])
    gan = kg.load("gan.keras")                  # epochs_completed tells where it is
    ```
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self.path = Path(path)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Replaces the file."""
        if is_chief(self.model.distribute_strategy):
            with replacing(self.path) as partial:
                self.model.save(partial)
