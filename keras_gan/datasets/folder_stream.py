"""A folder of any number of pictures, read as they are needed."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from keras_gan._types import Array, Shape
from keras_gan._validation import check_positive_integer, check_size, invalid_argument
from keras_gan.datasets._folder import find_pictures
from keras_gan.datasets._pictures import MAX_PIXELS, UnreadablePictureError, any_size
from keras_gan.datasets.image_folder import labels_of, resized_picture
from keras_gan.datasets.stream import Stream, UnreadableRowError


def stream_image_folder(
    data_dir: str | os.PathLike[str],
    image_size: int | tuple[int, int],
    channels: int = 3,
    max_pixels: int = MAX_PIXELS,
) -> Stream:
    """Streams the pictures below a folder, cropped and resized as they are read.

    When to use it: for pictures that do not fit into memory. Each is decoded anew in
    every pass, which takes longer than a small network's step: for more than one pass
    write them as bytes first, `write_shards(stream, folder)`. Pictures are read and
    resized as `load_image_folder` does.

    Args:
        data_dir: folder; its subfolders are searched too.
        image_size: pair of ints, height and width, or one int for a square.
        channels: int, `3` for colors or `1` for gray levels. Defaults to `3`.
        max_pixels: as in `load_image_folder`. Defaults to `67_108_864`.

    Returns:
        stream: `Stream` of images in [0, 1]. Labels number the subfolders in
        alphabetical order; there are none where a picture lies in `data_dir` itself.

    Raises:
        FileNotFoundError: if `data_dir` is no folder.
        ImportError: if Pillow is not installed.
        ValueError: if it has fewer than three pictures; when it is read, if a picture
            cannot be.

    Example:
    ```python
    stream = kg.datasets.stream_image_folder("pictures", image_size=64)
    gan.fit(stream.in_range(-1, 1), batch_size=64, steps_per_epoch=1000, epochs=50)
    ```
    """
    if channels not in (1, 3):
        raise invalid_argument("channels", "1 or 3", channels)
    check_positive_integer("max_pixels", max_pixels)
    size = check_size("image_size", image_size)
    with any_size():  # is Pillow there?
        folder, paths, _ = find_pictures(data_dir)
    return Stream(_Pictures(folder, paths, (*size, channels), max_pixels))


class _Pictures:
    """Rows that are pictures of a folder."""

    def __init__(
        self, folder: Path, paths: Sequence[Path], data_shape: Shape, max_pixels: int
    ) -> None:
        # Names below one folder: a million of them are tens of megabytes.
        self._folder = folder
        self._names = [str(path.relative_to(folder)) for path in paths]
        self._labels = labels_of(folder, paths)
        self._max_pixels = max_pixels
        self._pool = ThreadPoolExecutor()
        self.data_shape = data_shape
        self.has_labels = self._labels is not None

    def __len__(self) -> int:
        return len(self._names)

    def read(self, rows: Sequence[int]) -> tuple[Array, Array]:
        with any_size():
            pixels = np.stack([*self._pool.map(self._picture, rows)])
        labels = np.zeros(len(rows), "int32")
        if self._labels is not None:
            labels = self._labels[np.asarray(rows)]
        return pixels, labels

    def _picture(self, row: int) -> Array:
        path = self._folder / self._names[row]
        height, width, channels = self.data_shape
        try:
            image = resized_picture(path, (height, width), channels, self._max_pixels)
        except UnreadablePictureError as error:
            raise UnreadableRowError(f"{path} cannot be read: {error}") from error
        return np.rint(np.asarray(image) * 255).astype("uint8")
