"""Your own pictures, from a folder."""

import collections
import contextlib
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Array, FloatArray, Tensor
from keras_gan._validation import check_size, invalid_argument
from keras_gan.datasets._splitting import split_rows
from keras_gan.datasets.dataset import Dataset, Split

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png"})
_READ_AT_ONCE = 64


def load_image_folder(
    data_dir: str | os.PathLike[str] | None,
    image_size: int | tuple[int, int] | None = None,
    channels: int | None = None,
    valid_fraction: float = 0.1,
    test_fraction: float = 0.1,
    seed: int = 0,
    verbose: int = 0,
) -> Dataset:
    """Loads all pictures below a folder, cropped to one shape and scaled to one size.

    Use it for pictures that fit into memory, 4 bytes for each number; `GAN.fit` streams
    any number of them from `keras.utils.image_dataset_from_directory`. The largest
    centred part of the wanted shape is kept and resized with antialiasing. Which split
    a picture is in depends on `seed` and on all file names.

    Args:
        data_dir: folder; its subfolders are searched too.
        image_size: pair of ints, height and width, or one int for a square; `None` for
            that of the pictures, where all have one. Defaults to `None`.
        channels: int, `3` for colours or `1` for grey levels; `None` for grey levels
            where all pictures have no more. Defaults to `None`.
        valid_fraction: float in [0, 1), share of pictures to validate on; at least one
            picture does. Defaults to `0.1`.
        test_fraction: float in [0, 1), likewise. Defaults to `0.1`.
        seed: int in [0, 2^31), of the split. Defaults to `0`.
        verbose: int. `1` shows progress. Defaults to `0`.

    Returns:
        data: `Dataset`, named as the folder, images `[num_images, height, width,
        channels]` float32 in [0, 1]. Labels number the subfolders in alphabetical
        order; there are none where a picture lies in `data_dir` itself.

    Raises:
        FileNotFoundError: if `data_dir` is no folder.
        ValueError: if it has fewer than three pictures, if a file is no picture that
            its name promises, if sizes differ and `image_size` does not say which to
            take, or if the fractions leave nothing to train on.

    Warns:
        UserWarning: if there are files of other kinds, which are left out.

    Example:
    ```python
    data = kg.datasets.load_image_folder("pictures/cats", image_size=(32, 32))
    data.train.images.shape        # (num_images, 32, 32, 3)
    ```
    """
    size = None if image_size is None else check_size("image_size", image_size)
    if channels not in (None, 1, 3):
        raise invalid_argument("channels", "1, 3 or None", channels)
    folder, paths = _find_pictures(data_dir)
    splits = split_rows(len(paths), valid_fraction, test_fraction, seed, "pictures")
    if size is None or channels is None:
        shapes = _shapes(paths)
        size = size or _one_size(folder, shapes)
        channels = channels or (1 if all(of[2] == 1 for of in shapes) else 3)
    images = _read(paths, size, channels, verbose)
    labels = _labels(folder, paths)
    train, valid, test = (
        Split(images[rows], None if labels is None else labels[rows]) for rows in splits
    )
    return Dataset(folder.resolve().name, train=train, valid=valid, test=test)


def _find_pictures(
    data_dir: str | os.PathLike[str] | None,
) -> tuple[Path, list[Path]]:
    if data_dir is None or not Path(data_dir).is_dir():
        raise FileNotFoundError(
            f"`data_dir` must name a folder with pictures. Received: {data_dir}"
        )
    folder = Path(data_dir)
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    paths = [path for path in files if path.suffix.lower() in SUFFIXES]
    others = collections.Counter(path.suffix or path.name for path in files)
    others -= collections.Counter(path.suffix for path in paths)
    kinds = ", ".join(sorted(SUFFIXES))
    if len(paths) < 3:
        raise ValueError(
            f"`data_dir` must hold at least three pictures ({kinds}), one for each "
            f"split. Received: {len(paths)} in {folder}, other files: {dict(others)}"
        )
    if others:
        warnings.warn(
            f"{others.total()} files in {folder} are left out, for they are none of "
            f"{kinds}: {dict(others)}",
            stacklevel=3,
        )
    return folder, paths


def _shapes(paths: Sequence[Path]) -> list[tuple[int, int, int]]:
    def shape(path: Tensor) -> Tensor:
        pixels = tf.io.decode_image(tf.io.read_file(path), expand_animations=False)
        return tf.shape(pixels)

    names = tf.data.Dataset.from_tensor_slices([str(path) for path in paths])
    shapes = names.map(shape, tf.data.AUTOTUNE)
    with _unreadable_is_named(paths):
        return [tuple(one.tolist()) for one in shapes.as_numpy_iterator()]


def _one_size(folder: Path, shapes: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    sizes = sorted({(height, width) for height, width, _ in shapes})
    if len(sizes) > 1:
        (low, across), (high, wide) = sizes[0], sizes[-1]
        raise ValueError(
            "`image_size` (--image-size) must say how large the images shall be: the "
            f"pictures in {folder} have {len(sizes)} sizes, from {low} x {across} to "
            f"{high} x {wide}."
        )
    return sizes[0]


@contextlib.contextmanager
def _unreadable_is_named(paths: Sequence[Path]) -> Iterator[None]:
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(
            f"{_first_unreadable(paths)} is no picture that its name promises: it is "
            "damaged or of another format. Repair or remove it."
        ) from error


def _read(
    paths: Sequence[Path], image_size: tuple[int, int], channels: int, verbose: int
) -> FloatArray:
    def read(path: Tensor) -> Tensor:
        content = tf.io.read_file(path)
        pixels = tf.io.decode_image(content, channels, expand_animations=False)
        pixels.set_shape([None, None, channels])
        return keras.ops.image.resize(
            tf.cast(pixels, tf.float32) / 255.0,
            image_size,
            antialias=True,
            crop_to_aspect_ratio=True,
            data_format="channels_last",
        )

    images = np.empty((len(paths), *image_size, channels), "float32")
    names = tf.data.Dataset.from_tensor_slices([str(path) for path in paths])
    batches = names.map(read, tf.data.AUTOTUNE).batch(_READ_AT_ONCE)
    progress = keras.utils.Progbar(len(paths), verbose=verbose, unit_name="picture")
    num_read = 0
    with _unreadable_is_named(paths):
        for batch in batches.prefetch(1):
            images[num_read : num_read + len(batch)] = batch
            num_read += len(batch)
            progress.update(num_read)
    return np.clip(images, 0.0, 1.0, out=images)  # resizing rounds


def _first_unreadable(paths: Sequence[Path]) -> Path:
    for path in paths:
        try:
            tf.io.decode_image(path.read_bytes(), expand_animations=False)
        except tf.errors.InvalidArgumentError:
            return path
    return paths[0]


def _labels(folder: Path, paths: Sequence[Path]) -> Array | None:
    kinds = [path.relative_to(folder).parts[:-1][:1] for path in paths]
    if () in kinds:
        return None
    return np.unique([kind[0] for kind in kinds], return_inverse=True)[1].astype("i4")
