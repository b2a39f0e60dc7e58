"""Your own pictures, from a folder."""

import functools
import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np

from keras_gan._types import Array, FloatArray, Shape
from keras_gan._validation import (
    check_known,
    check_positive_integer,
    check_size,
    invalid_argument,
)
from keras_gan.datasets._folder import (
    find_pictures,
    of_each,
    tell_of_damaged,
)
from keras_gan.datasets._pictures import MAX_PIXELS, any_size, picture_read, shape_of
from keras_gan.datasets._splitting import split_rows
from keras_gan.datasets.dataset import Dataset, Split

ON_DAMAGED = ("raise", "skip")
_DARKEST = 16 / 255  # above what 12 bits in two bytes come to


def load_image_folder(
    data_dir: str | os.PathLike[str] | None,
    image_size: int | tuple[int, int] | None = None,
    channels: int | None = None,
    valid_fraction: float = 0.1,
    test_fraction: float = 0.1,
    seed: int = 0,
    verbose: int = 0,
    on_damaged: str = "raise",
    max_pixels: int = MAX_PIXELS,
) -> Dataset:
    """Loads all pictures below a folder, cropped to one shape and scaled to one size.

    Use it for pictures that fit into memory, 4 bytes for each number; of any number
    there are streams, `stream_image_folder` and `stream_shards`. BMP, GIF, JPEG,
    PGM, PNG, PPM and WebP are read, of an animation the first picture. Pictures are
    turned upright where Exif says how, and white where they are transparent; gray
    levels of two bytes keep the higher one. The largest centered part of the wanted
    shape is kept and resized with antialiasing. Which split a picture is in depends on
    `seed` and on the names of all pictures that can be read.

    Args:
        data_dir: folder; its subfolders are searched too.
        image_size: pair of ints, height and width, or one int for a square; `None` for
            that of the pictures, where all have one. Defaults to `None`.
        channels: int, `3` for colors or `1` for gray levels; `None` for gray levels
            where all pictures have no more. Defaults to `None`.
        valid_fraction: float in [0, 1), share of pictures to validate on; at least one
            picture does. Defaults to `0.1`.
        test_fraction: float in [0, 1), likewise. Defaults to `0.1`.
        seed: int in [0, 2^31), of the split. Defaults to `0`.
        verbose: int. `1` shows progress. Defaults to `0`.
        on_damaged: str, `"raise"`, or `"skip"` to leave out, with a warning that lists
            them, pictures that cannot be read. Defaults to `"raise"`.
        max_pixels: int, at least 1, height times width of the largest picture that is
            unpacked; larger ones cannot be read. Defaults to `67_108_864`.

    Returns:
        data: `Dataset`, named as the folder, images `[num_images, height, width,
        channels]` float32 in [0, 1]. Labels number the subfolders in alphabetical
        order; there are none where a picture lies in `data_dir` itself.

    Raises:
        FileNotFoundError: if `data_dir` is no folder.
        ImportError: if Pillow is not installed.
        ValueError: if it has fewer than three pictures, if pictures cannot be read, all
            of which are listed, if sizes differ and `image_size` does not say which to
            take, or if the fractions leave nothing to train on.

    Warns:
        UserWarning: if there are files of other kinds, which are left out, or if
            pictures are skipped, or if all of them are nearly black.

    Example:
    ```python
    data = kg.datasets.load_image_folder("pictures/cats", image_size=(32, 32))
    data.train.images.shape        # (num_images, 32, 32, 3)
    ```
    """
    size = None if image_size is None else check_size("image_size", image_size)
    if channels not in (None, 1, 3):
        raise invalid_argument("channels", "1, 3 or None", channels)
    check_known("on_damaged", on_damaged, ON_DAMAGED)
    check_positive_integer("max_pixels", max_pixels)
    folder, paths, others = find_pictures(data_dir)
    if others is not None:
        warnings.warn(others, stacklevel=2)
    fractions = (valid_fraction, test_fraction, seed, "pictures")
    split_rows(len(paths), *fractions)  # before they are read
    with any_size():
        header = functools.partial(shape_of, max_pixels=max_pixels)
        shapes, damaged = of_each(paths, header)
        if damaged and on_damaged == "raise":
            size = size or (1, 1)  # the others are read to know of damage alone
        size = size or _one_size(folder, [*shapes.values()])
        channels = channels or _channels(shapes.values())
        read = functools.partial(
            resized_picture, size=size, channels=channels, max_pixels=max_pixels
        )
        images, more = of_each([*shapes], read, verbose)
    tell_of_damaged(folder, damaged | more, on_damaged, "pictures")
    every_path, paths = paths, [*images]
    splits = split_rows(len(paths), *fractions)
    values = np.empty((len(paths), *size, channels), "float32")
    for row, path in enumerate(paths):
        values[row] = images.pop(path)
    _warn_of_darkness(folder, float(values.max()))
    labels = labels_of_kept(folder, every_path, kept=paths)
    train, valid, test = (
        Split(values[rows], None if labels is None else labels[rows]) for rows in splits
    )
    return Dataset(folder.resolve().name, train=train, valid=valid, test=test)


def _warn_of_darkness(folder: Path, brightest: float) -> None:
    if brightest < _DARKEST:
        warnings.warn(
            f"No pixel in {folder} is brighter than {brightest * 255:.0f} of 255. Of "
            "pictures of two bytes the higher one is kept: bring levels of 10 or 12 "
            "bits to 16 first.",
            stacklevel=3,
        )


def resized_picture(
    path: Path, size: tuple[int, int], channels: int, max_pixels: int
) -> FloatArray:
    """Returns a picture's largest centered part of a shape, resized, in [0, 1]."""
    with picture_read(path, channels, max_pixels) as pixels:
        # Cut while a number is a byte, and divided in place: four of floats would add
        # up to 48 bytes for each pixel.
        levels = _centered_part(pixels, size).astype("float32")
        levels /= np.float32(255)
        resized = keras.ops.image.resize(
            levels, size, antialias=True, data_format="channels_last"
        )
        return np.clip(resized, 0.0, 1.0)  # resizing rounds


def _centered_part(pixels: Array, size: tuple[int, int]) -> Array:
    """The largest part with the shape of `size`, as Keras's `crop_to_aspect_ratio`."""
    (height, width), (to_height, to_width) = pixels.shape[:2], size
    # In float32, as Keras divides.
    rows = int(np.float32(width * to_height) / np.float32(to_width))
    columns = int(np.float32(height * to_width) / np.float32(to_height))
    rows, columns = max(1, min(height, rows)), max(1, min(width, columns))
    top, left = (height - rows) // 2, (width - columns) // 2
    return pixels[top : top + rows, left : left + columns]


def _channels(shapes: Iterable[Shape]) -> int:
    return 1 if all(shape[2] == 1 for shape in shapes) else 3


def _one_size(folder: Path, shapes: Sequence[Shape]) -> tuple[int, int]:
    sizes = sorted({(height, width) for height, width, _ in shapes})
    if len(sizes) > 1:
        (low, across), (high, wide) = sizes[0], sizes[-1]
        raise ValueError(
            "`image_size` (--image-size) must say how large the images shall be: the "
            f"pictures in {folder} have {len(sizes)} sizes, from {low} x {across} to "
            f"{high} x {wide}."
        )
    return sizes[0] if sizes else (1, 1)  # none can be read, as is told next


def labels_of_kept(
    folder: Path, paths: Sequence[Path], kept: Sequence[Path]
) -> Array | None:
    """Labels of what was read; a class of damaged files alone keeps its number."""
    labels, read = labels_of(folder, paths), set(kept)
    return None if labels is None else labels[[path in read for path in paths]]


def labels_of(folder: Path, paths: Sequence[Path]) -> Array | None:
    """Returns the number of each file's subfolder, `None` where one has none."""
    kinds = [path.relative_to(folder).parts[:-1][:1] for path in paths]
    if () in kinds:
        return None
    return np.unique([kind[0] for kind in kinds], return_inverse=True)[1].astype("i4")
