"""Classes of samples: integers, one for each."""

import numpy as np

from keras_gan._types import Array


def check_labels(name: str, labels: Array, num_samples: int) -> Array:
    """Returns labels as int64; raises unless there is a class for each sample.

    Raises:
        TypeError: if they are not integers.
        ValueError: if they are none, not one for each sample, or negative.
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"`{name}` must be integers. Received: dtype={labels.dtype}")
    if labels.shape == (num_samples, 1):  # as keras.datasets has them
        labels = labels[:, 0]
    if labels.shape != (num_samples,):
        raise ValueError(
            f"`{name}` must hold one label for each of {num_samples} samples. "
            f"Received: {name}.shape={labels.shape}"
        )
    if not num_samples:
        raise ValueError(f"`{name}` must hold at least one label. Received: none")
    if labels.min() < 0:
        raise ValueError(
            f"`{name}` must be classes from 0 on. Received: {labels.min()}"
        )
    return labels.astype("int64")


def balanced_labels(classes: Array, num_samples: int) -> Array:
    """Each class in turn: as many samples of each, or one more of the first.

    Example:
    >>> balanced_labels(np.array([0, 3, 5]), 7)
    array([0, 3, 5, 0, 3, 5, 0])
    """
    return np.resize(np.unique(classes), num_samples)
