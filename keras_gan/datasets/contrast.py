"""Global contrast normalization: every image gets mean 0 and one length."""

import dataclasses

import numpy as np

from keras_gan._types import FloatArray
from keras_gan._validation import check_positive
from keras_gan.datasets.dataset import Dataset, symmetric_range

_SMALLEST_LENGTH = 1e-8  # pylearn2's: an image of one color becomes 0, not noise
_CHUNK = 4096


def global_contrast_normalization(images: FloatArray, scale: float = 1.0) -> FloatArray:
    """Takes away each image's own brightness and contrast.

        x <- scale * (x - mean(x)) / |x - mean(x)|

    Mean and Euclidean length are those of all numbers of one image. Lighting then tells
    a discriminator nothing. With the scale 55, as for CIFAR-10 in 2014, pixels get a
    standard deviation of 55 / sqrt(3072), about 1.

    Args:
        images: array `[num_images, ...]`.
        scale: float, above 0, length of the result. Defaults to `1.0`.

    Returns:
        normalized: float32 array of the same shape; zeros for an image of one color.

    Example:
    >>> images = np.array([[0.0, 1.0, 2.0, 1.0]])
    >>> global_contrast_normalization(images, scale=2.0).round(3).tolist()
    [[-1.4140000343322754, 0.0, 1.4140000343322754, 0.0]]

    References:
        `global_contrast_normalize` of pylearn2, as cifar10_fully_connected.yaml of
        Goodfellow et al. 2014 uses it.
    """
    check_positive("scale", scale)
    normalized = np.empty(images.shape, "float32")
    axes = tuple(range(1, images.ndim))
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK].astype("float64")
        chunk -= chunk.mean(axes, keepdims=True)
        lengths = np.sqrt(np.sum(np.square(chunk), axes, keepdims=True))
        lengths[lengths < _SMALLEST_LENGTH] = 1.0
        normalized[start : start + _CHUNK] = scale * chunk / lengths
    return normalized


def contrast_normalized(data: Dataset, scale: float = 55.0) -> Dataset:
    """Returns the dataset with `global_contrast_normalization` of each image.

    Its value range is symmetric and reaches the largest pixel of all splits, rounded up
    to a tenth.

    Args:
        data: `Dataset`.
        scale: float, above 0. Defaults to `55.0`.

    Returns:
        normalized: `Dataset` named `"<name>, contrast normalized"`.

    Raises:
        ValueError: if data are a stream, or every image is of one color.

    Example:
    ```python
    data = contrast_normalized(kg.datasets.load_cifar10())
    ```
    """
    if data.stream is not None:
        raise ValueError(
            "`data` must lie in memory to be normalized. Received: "
            f"{data.name} with a stream of {len(data.stream)} images"
        )
    train, valid, test = (
        dataclasses.replace(
            split, values=global_contrast_normalization(split.values, scale)
        )
        for split in data.splits.values()
    )
    if not any(np.any(split.values) for split in (train, valid, test)):
        raise ValueError(
            "`data` must hold images of more than one color: others have no contrast "
            f"to normalize. Received: {data.name}, all of one color each"
        )
    name = f"{data.name}, contrast normalized"
    return Dataset(name, train, valid, test, symmetric_range(train, valid, test))
