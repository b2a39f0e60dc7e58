"""A picture of the same latents after each epoch."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._replicas import is_chief
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.visualization import save_image_grid


class SampleGrid(keras.callbacks.Callback):
    """Writes a picture of the same latents' images after each epoch.

    Of several workers the chief alone draws it.

    Args:
        directory: folder for `epoch_0001.png` and so on.
        num_samples: int, at least 1. Images on the grid. Defaults to `64`.
        value_range: pair of floats, the generator's range. Defaults to `(0.0, 1.0)`.
        seed: int, of the latents. Defaults to `0`.

    Example:
    ```python
    gan.fit(images, callbacks=[kg.callbacks.SampleGrid("pictures")])
    ```
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        num_samples: int = 64,
        value_range: tuple[float, float] = (0.0, 1.0),
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.num_samples = check_positive_integer("num_samples", num_samples)
        self.value_range = value_range
        self.seed = check_seed("seed", seed)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Draws the picture of this epoch."""
        if not is_chief(self.model.distribute_strategy):
            return
        images = self.model.sample(self.num_samples, seed=self.seed)
        path = self.directory / f"epoch_{epoch + 1:04d}.png"
        save_image_grid(path, images, self.value_range)
