"""Shares of what is right: over all samples, and in each class."""

import math

import numpy as np

from keras_gan._types import Array


def standard_error_of_share(share: float, num: int) -> float:
    """Standard error of a share of `num` independent samples, by the binomial law."""
    return math.sqrt(share * (1 - share) / num)


def shares_of_classes(
    is_right: Array, labels: Array
) -> tuple[tuple[int, ...], tuple[float, ...], tuple[int, ...]]:
    """Returns classes, the share that is right in each, and how many each has."""
    classes, which, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shares = np.bincount(which, weights=is_right) / counts
    return tuple(classes.tolist()), tuple(shares.tolist()), tuple(counts.tolist())
