"""Pictures of images: written whole, as PNG files."""

import math
import os

import numpy as np

from keras_gan._files import replacing
from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive_integer

_SMALLEST_SIDE = 28  # tiny images are enlarged to at least this many pixels


def image_grid(
    images: FloatArray,
    value_range: tuple[float, float] = (0.0, 1.0),
    num_columns: int | None = None,
    padding: int = 2,
) -> Array:
    """Lays images out on a grid, row by row, as pixels ready to be saved.

    Images smaller than 28 pixels are enlarged by a whole factor, so that a person can
    look at them. Values outside `value_range` are clipped.

    Args:
        images: float array `[num_images, height, width, channels]`, channels 1 or 3.
        value_range: pair of floats that become black and white.
            Defaults to `(0.0, 1.0)`.
        num_columns: int, at least 1, or `None` for a square grid. Defaults to `None`.
        padding: int, pixels between images. Defaults to `2`.

    Returns:
        pixels: uint8 array `[grid_height, grid_width, channels]`.

    Raises:
        ValueError: if `images` has another rank or number of channels.

    Example:
    >>> image_grid(np.zeros((4, 28, 28, 1))).shape
    (62, 62, 1)
    """
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not len(images):
        raise ValueError(
            "`images` must have shape [num_images, height, width, channels] with 1 or "
            f"3 channels. Received: images.shape={images.shape}"
        )
    if num_columns is None:
        num_columns = math.ceil(math.sqrt(len(images)))
    check_positive_integer("num_columns", num_columns)
    tiles = _enlarge(_to_bytes(images, value_range))
    num_rows = -(-len(tiles) // num_columns)
    height, width = tiles.shape[1] + padding, tiles.shape[2] + padding
    grid = np.full(
        (num_rows * height + padding, num_columns * width + padding, images.shape[-1]),
        fill_value=128,
        dtype="uint8",
    )
    for index, tile in enumerate(tiles):
        row, column = divmod(index, num_columns)
        top, left = row * height + padding, column * width + padding
        grid[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return grid


def save_image_grid(
    path: str | os.PathLike[str],
    images: FloatArray,
    value_range: tuple[float, float] = (0.0, 1.0),
    num_columns: int | None = None,
) -> None:
    """Writes a grid of images as a PNG file, whole or not at all.

    Args:
        path: of the file; its folder is created.
        images: as in `image_grid`.
        value_range: as in `image_grid`. Defaults to `(0.0, 1.0)`.
        num_columns: as in `image_grid`. Defaults to `None`.

    Raises:
        ImportError: if Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            "Pictures need Pillow: pip install keras-gan[pictures]"
        ) from error
    pixels = image_grid(images, value_range, num_columns)
    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    with replacing(path) as partial:
        picture.save(partial, format="PNG")


def _to_bytes(images: FloatArray, value_range: tuple[float, float]) -> Array:
    low, high = value_range
    scaled = (np.asarray(images, "float64") - low) / (high - low)
    return np.round(255 * np.clip(scaled, 0, 1)).astype("uint8")


def _enlarge(tiles: Array) -> Array:
    factor = -(-_SMALLEST_SIDE // min(tiles.shape[1:3]))
    return tiles.repeat(factor, axis=1).repeat(factor, axis=2)
