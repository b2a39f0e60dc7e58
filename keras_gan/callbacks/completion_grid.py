"""A picture of the same images' completions after each epoch."""

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gan._replicas import is_chief
from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive_integer, check_range, check_seed
from keras_gan.games.inpainting import Inpainting, checked_masks
from keras_gan.training.network_checks import reachable_range
from keras_gan.visualization import save_image_grid


class CompletionGrid(keras.callbacks.Callback):
    """Writes a picture of the same images' completions after each epoch.

    For games of `keras_gan.games.Inpainting`, whose samples without a given part are
    the least of what they learn. A row shows an image, what is given of it, and
    `num_samples` completions from the same latents. Of several workers the chief alone
    draws it.

    Args:
        directory: folder for `epoch_0001.png` and so on, by `epochs_completed`.
        images: array `[num_images, height, width, channels]`, best of held-out images.
        mask: 1 where a pixel is given and 0 elsewhere, `[height, width, 1]` or one for
            each image; `None` draws one for each from the masks of the game.
            Defaults to `None`.
        num_samples: int, at least 1, completions of each image. Defaults to `6`.
        value_range: pair of floats, black and white; `None` takes the range of the
            generator's last activation or, after one without, that of `images`.
            Defaults to `None`.
        seed: int, of latents and drawn masks. Defaults to `0`.

    Raises:
        ValueError: if there are no images, or a mask is not of their shape; when
            training begins, if the game is another one.

    Example:
    ```python
    grid = kg.callbacks.CompletionGrid("pictures", data.valid.images[:8])
    gan.fit(data.train, callbacks=[grid])
    ```
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        images: FloatArray,
        mask: Array | None = None,
        num_samples: int = 6,
        value_range: tuple[float, float] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.images = np.asarray(images, "float32")
        if self.images.ndim != 4 or not len(self.images):
            raise ValueError(
                "`images` must have shape [num_images, height, width, channels], with "
                f"at least one image. Received: shape {self.images.shape}"
            )
        self.mask = None if mask is None else checked_masks(mask, self.images)
        self.num_samples = check_positive_integer("num_samples", num_samples)
        if value_range is not None:
            check_range("value_range", value_range)
        self.value_range = value_range
        self.seed = check_seed("seed", seed)

    def on_train_begin(self, logs: Any = None) -> None:
        """Looks whether the game completes anything."""
        game = self.model.game
        if not isinstance(game, Inpainting):
            raise ValueError(
                "`CompletionGrid` draws completions, which games of `Inpainting` make. "
                f"Received: a game of {type(game).__name__}; `SampleGrid` draws others."
            )
        if self.mask is None:
            seed = np.array([self.seed, 0], "int32")
            self.mask = np.asarray(game.masks(self.images, seed))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Draws the picture of this epoch."""
        gan = self.model
        if not is_chief(gan.distribute_strategy) or self.mask is None:
            return
        made = gan.complete(self.images, self.mask, self.num_samples, seed=self.seed)
        low, high = self._black_and_white()
        given = np.where(self.mask > 0, self.images, (low + high) / 2)
        # [num_images, 2 + num_samples, height, width, channels]
        rows = np.concatenate([np.stack([self.images, given], axis=1), made], axis=1)
        number = int(gan.epochs_completed.numpy())
        save_image_grid(
            self.directory / f"epoch_{number:04d}.png",
            rows.reshape(-1, *self.images.shape[1:]),
            (low, high),
            rows.shape[1],
        )

    def _black_and_white(self) -> tuple[float, float]:
        known = self.value_range or reachable_range(self.model.generator)
        if known is not None:
            return known
        return float(self.images.min()), float(self.images.max())
