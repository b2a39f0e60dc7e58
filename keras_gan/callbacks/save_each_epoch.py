"""The whole GAN in one file after each epoch."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan.callbacks._save_finite import save_finite


class SaveEachEpoch(keras.callbacks.Callback):
    """Saves the whole GAN after each epoch, so that a killed run can continue.

    The file is written beside its final name and then renamed: at any moment it holds
    one complete epoch. Of several workers the chief alone writes it. Weights that are
    not finite end the training and leave the file as it is; `NaNGuard`, listed first,
    mends them before.

    Args:
        path: the `.keras` file.

    Raises:
        FloatingPointError: at the end of an epoch that leaves such weights.

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
        save_finite(self.model, self.path)
