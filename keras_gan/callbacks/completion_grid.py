"""A picture of the same images' completions after each epoch."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive_integer
from keras_gan.callbacks._epoch_pictures import EpochPictures
from keras_gan.games.inpainting import Inpainting, checked_masks
from keras_gan.visualization import save_image_grid


class CompletionGrid(EpochPictures):
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
        conditions: dict of what else the generator is told, a row for each image or one
            value for all, such as `{"labels": data.valid.labels[:8]}`; what nobody
            tells is drawn from the GAN's own. Defaults to `None`.

    Raises:
        ValueError: if there are no images, or a mask is not of their shape; when
            training begins, if the game is another one or cannot complete them, as
            `GAN.complete` says.

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
        conditions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(directory, value_range, seed)
        self.images = np.asarray(images, "float32")
        if self.images.ndim != 4 or not len(self.images):
            raise ValueError(
                "`images` must have shape [num_images, height, width, channels], with "
                f"at least one image. Received: shape {self.images.shape}"
            )
        self.mask = None if mask is None else checked_masks(mask, self.images)
        self.num_samples = check_positive_integer("num_samples", num_samples)
        self.conditions = dict(conditions or {})

    def on_train_begin(self, logs: Any = None) -> None:
        """Raises where the images could not be completed."""
        game = self.model.game
        if not isinstance(game, Inpainting):
            raise ValueError(
                "`CompletionGrid` draws completions, which games of `Inpainting` make. "
                f"Received: a game of {type(game).__name__}; `SampleGrid` draws others."
            )
        self._complete(self._masks(), num_samples=1)

    def draw(self, path: Path) -> None:
        """Draws completions of the GAN as it is now."""
        mask = self._masks()
        made = self._complete(mask, self.num_samples)
        low, high = self.shown_range or (self.images.min(), self.images.max())
        given = np.where(mask > 0, self.images, (low + high) / 2)
        # [num_images, 2 + num_samples, height, width, channels]
        rows = np.concatenate([np.stack([self.images, given], axis=1), made], axis=1)
        # A generator without a last activation may make anything.
        images = np.clip(rows.reshape(-1, *self.images.shape[1:]), low, high)
        save_image_grid(path, images, (float(low), float(high)), rows.shape[1])

    def _masks(self) -> Array:
        """Those that were given, or drawn once from the game's own."""
        if self.mask is None:
            seed = np.array([self.seed, 0], "int32")
            self.mask = np.asarray(self.model.game.masks(self.images, seed))
        return self.mask

    def _complete(self, mask: Array, num_samples: int) -> FloatArray:
        made: FloatArray = self.model.complete(
            self.images, mask, num_samples, seed=self.seed, **self.conditions
        )
        return made
