"""Images of another size: one filter, wherever they come from."""

import dataclasses

import keras
import numpy as np

from keras_gan._types import FloatArray
from keras_gan._validation import check_size
from keras_gan.datasets.dataset import Dataset

_CHUNK = 1024  # images


def resized(data: Dataset, image_size: int | tuple[int, int]) -> Dataset:
    """Returns a dataset of images with all of them resized, whole and not cropped.

    The filter is bilinear with antialiasing (a triangle as wide as a new pixel), as
    `resized_images` has it: where images become smaller, pixels are averaged.

    Args:
        data: `Dataset` of images.
        image_size: pair of ints, height and width, or one int for a square.

    Returns:
        data: `Dataset` named `"<name>, resized to <height> x <width>"`; the same one
        where it has that size.

    Raises:
        ValueError: if the data are no images, or `image_size` is no size.

    Example:
    >>> from keras_gan.datasets.digits import load_digits
    >>> resized(load_digits(), 16)
    Dataset('digits, resized to 16 x 16', 1197/300/300 images (16, 16, 1) ...
    """
    height, width = check_size("image_size", image_size)
    if len(data.data_shape) != 3:
        raise ValueError(
            f"`image_size` is for images. Received: image_size={image_size} for "
            f"{data.name}, {data.data_name} of shape {data.data_shape}"
        )
    if data.data_shape[:2] == (height, width):
        return data
    if data.stream is not None:
        raise ValueError(
            "`image_size` must be that of data that are streamed, "
            f"{data.data_shape[:2]}: write them anew in another size, by keras-gan "
            f"shard. Received: image_size={image_size}"
        )
    low, high = data.value_range
    train, valid, test = (
        dataclasses.replace(
            split,
            values=np.clip(resized_images(split.values, (height, width)), low, high),
        )
        for split in data.splits.values()
    )
    name = f"{data.name}, resized to {height} x {width}"
    return dataclasses.replace(data, name=name, train=train, valid=valid, test=test)


def resized_images(images: FloatArray, image_size: tuple[int, int]) -> FloatArray:
    """Returns float32 images `[num_images, height, width, channels]` of another size.

    Args:
        images: array `[num_images, height, width, channels]`.
        image_size: pair of ints, height and width.
    """
    resized = np.empty((len(images), *image_size, images.shape[-1]), "float32")
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK].astype("float32")
        resized[start : start + _CHUNK] = keras.ops.image.resize(
            chunk, image_size, antialias=True, data_format="channels_last"
        )
    return resized
