"""Completions that take no learning: copies of neighbors, and the mean."""

from collections.abc import Iterator

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive_integer
from keras_gan.evaluation._given import given_values

_ROWS = 100  # images whose distances to all others are in memory at once


def neighbor_completions(
    *, images: Array, mask: Array, train: Array, num_neighbors: int = 1
) -> FloatArray:
    """Fills in what is hidden from the training images that are nearest in the rest.

    What a generator that completes has to be better than. Nearest is by the Euclidean
    distance over the given pixels alone; where none is given, by order.

    Args:
        images: array `[num_images, …, channels]`, or vectors `[num_images, dim]`; what
            the mask asks for is not read.
        mask: array of 1 where a pixel is given and 0 elsewhere, of the images' shape
            but for one channel (vectors: in full), for one or for each.
        train: array `[num_train, …, channels]`.
        num_neighbors: int, from 1 to `num_train`. Defaults to `1`.

    Returns:
        completions: float32 array `[num_images, num_neighbors, …, channels]`, the
        nearest first.

    Raises:
        ValueError: if shapes do not belong together, the mask holds other values, or
            there are less neighbors.

    Example:
    >>> train = np.array([[0.0, 7.0], [1.0, 8.0]])[:, :, None]
    >>> images = np.array([[0.9, 0.0]])[:, :, None]
    >>> mask = np.array([[1], [0]])
    >>> neighbor_completions(images=images, mask=mask, train=train).ravel().round(1)
    array([0.9, 8. ], dtype=float32)
    """
    images, given, train = _checked(images, mask, train)
    check_positive_integer("num_neighbors", num_neighbors)
    if num_neighbors > len(train):
        raise ValueError(
            f"`num_neighbors` must be at most {len(train)}, the training images there "
            f"are. Received: num_neighbors={num_neighbors}"
        )
    nearest = np.concatenate([*_nearest(images, given, train, num_neighbors)])
    copies = train[nearest]  # [num_images, num_neighbors, …]
    return np.where(given[:, None], images[:, None], copies)


def mean_completions(*, images: Array, mask: Array, train: Array) -> FloatArray:
    """Fills in what is hidden with the mean of the training images.

    Of all completions that do not look at what is given, it has the least error.

    Args:
        images: as in `neighbor_completions`.
        mask: as in `neighbor_completions`.
        train: as in `neighbor_completions`.

    Returns:
        completions: float32 array `[num_images, 1, …, channels]`.

    Raises:
        ValueError: if shapes do not belong together.
    """
    images, given, train = _checked(images, mask, train)
    mean = train.mean(axis=0, dtype="float64").astype("float32")
    return np.where(given, images, mean)[:, None]


def _nearest(
    images: FloatArray, given: Array, train: FloatArray, count: int
) -> Iterator[Array]:
    """Indices `[rows, count]` of training images, the nearest first."""
    # Squares of numbers far from zero would swallow the distances between them.
    centers = train.reshape(len(train), -1).astype("float64")
    origin = centers.mean(axis=0)
    centers = centers - origin
    squares = np.square(centers)
    for first in range(0, len(images), _ROWS):
        weights = given[first : first + _ROWS].reshape(-1, centers.shape[1])
        rows = images[first : first + _ROWS].reshape(weights.shape)
        rows = np.where(weights, rows - origin, 0)
        # ||m (x - t)||^2 but for what is the same for every t.
        distances = weights.astype("float64") @ squares.T - 2 * rows @ centers.T
        yield np.argsort(distances, axis=1, kind="stable")[:, :count]


def _checked(
    images: Array, mask: Array, train: Array
) -> tuple[FloatArray, Array, FloatArray]:
    images, train = np.asarray(images, "float32"), np.asarray(train, "float32")
    if images.shape[1:] != train.shape[1:]:
        raise ValueError(
            "`images` and `train` must have rows of one shape. Received: "
            f"images.shape={images.shape}, train.shape={train.shape}"
        )
    return images, given_values(images, mask), train
