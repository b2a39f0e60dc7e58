"""Kernel distance: an unbiased MMD with a cubic kernel of two sets of features."""

import dataclasses
import math
from collections.abc import Iterator

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_integer, check_positive_integer, check_seed
from keras_gan.evaluation.features import Features, check_two_sets
from keras_gan.evaluation.score import Quantity, Score, standard_error

_ROWS = 1_000  # of either side of a tile: its kernels take 8 MB


@dataclasses.dataclass(frozen=True, kw_only=True)
class KernelDistance(Score):
    """What `kernel_distance` measured, with everything that the value depends on.

    Args:
        value: float, around 0 for equal distributions; may be negative.
        standard_error: float, of the value over other samples and other subsets; NaN
            of a single one.
        features: str, name of the feature function.
        dim: int, length of a feature vector.
        num_real: int, real samples.
        num_fake: int, generated samples.
        subset_size: int, samples of either set in a subset; `None` for whole sets.
        num_subsets: int, subsets that were taken.
        seed: int, of the drawing of subsets.
    """

    quantities = (Quantity("kernel_distance", "value", "standard_error"),)

    value: float
    standard_error: float
    features: str
    dim: int
    num_real: int
    num_fake: int
    subset_size: int | None
    num_subsets: int
    seed: int


def kernel_distance(
    *,
    real: Features | Array,
    fake: Features | Array,
    subset_size: int | None = 1_000,
    num_subsets: int = 100,
    seed: int = 0,
) -> KernelDistance:
    """Squared maximum mean discrepancy of real and generated features, unbiased.

    With Inception features it is the KID. Its expectation does not depend on the number
    of samples, so it suits small sets, where the Frechet distance is biased. It does
    depend on the scale of the features: the kernel is no function of distances.

        k(x, y) = (x.y / dim + 1)^3
        d = sum_{i != j} k(x_i, x_j) / (m (m - 1))
            + sum_{i != j} k(y_i, y_j) / (n (n - 1)) - 2 sum_{i, j} k(x_i, y_j) / (m n)

    The published protocol draws K subsets of s rows of both sets without replacement
    and takes the mean. Other subsets would change it by their spread over sqrt(K).
    Other samples would, too: of n rows, the smaller set,

        standard_error^2 = spread^2 (1 / K + s / (n - s))

    where each row adds a share of its own, as it does where the distributions differ;
    where they are one it is an upper bound. `subset_size=None` takes the whole sets
    once, which is the most precise value and has no standard error.

    Kernels are summed in float64 and in tiles of bounded memory.

    Args:
        real: `Features` or float array `[num_real, …]`, at least 2 rows.
        fake: `Features` or float array `[num_fake, …]`, at least 2 rows.
        subset_size: int, at least 2, samples of either set in a subset, at most as many
            as the smaller set has; `None` for whole sets. Defaults to `1_000`.
        num_subsets: int, at least 1. Defaults to `100`.
        seed: int, of the drawing of subsets. Defaults to `0`.

    Returns:
        distance: `KernelDistance`. It carries a warning where a set is too small for
            `subset_size`.

    Raises:
        ValueError: if a set has fewer than 2 rows or values that are not finite, the
            sets come from different feature functions, or a number is out of range.

    Example:
    >>> real = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> distance = kernel_distance(real=real, fake=2 * real, subset_size=None)
    >>> round(24 * distance.value, 9)
    23.0
    >>> random = np.random.default_rng(0)
    >>> real, fake = random.normal(size=(2, 500, 3))
    >>> print(kernel_distance(real=real, fake=fake + 1, subset_size=100))
    kernel_distance 9.11 ± 0.90 (features='unnamed array', ...seed=0)

    References:
        Binkowski et al., Demystifying MMD GANs, 2018. https://arxiv.org/abs/1801.01401
        Gretton et al., A Kernel Two-Sample Test, 2012.
    """
    check_positive_integer("num_subsets", num_subsets)
    seed = check_seed("seed", seed)
    real, fake, warnings = check_two_sets(real, fake)
    if subset_size is not None:
        subset_size = check_integer("subset_size", subset_size, minimum=2)
        warnings += _small_sets(subset_size, real, fake)
        subset_size = min(subset_size, len(real), len(fake))
    if subset_size is None or subset_size == max(len(real), len(fake)):
        distances = np.array([_unbiased_mmd(real.values, fake.values)])
    else:
        distances = _subset_distances(real, fake, subset_size, num_subsets, seed)
    return KernelDistance(
        value=float(distances.mean()),
        standard_error=_error_of(distances, subset_size, min(len(real), len(fake))),
        features=real.name,
        dim=real.dim,
        num_real=len(real),
        num_fake=len(fake),
        subset_size=subset_size,
        num_subsets=len(distances),
        seed=seed,
        warnings=warnings,
    )


def _error_of(distances: FloatArray, size: int | None, num_rows: int) -> float:
    """Of the mean over subsets of `size` among `num_rows`, and over other samples.

    A subset's mean has the variance v = a (1 / size - 1 / num_rows) around that of all
    rows, which has a / num_rows = v size / (num_rows - size) around what is measured.
    """
    error = standard_error(distances)
    if size is None or size >= num_rows:
        return error  # with a warning
    by_samples = len(distances) * size / (num_rows - size)
    return error * math.sqrt(1 + by_samples)


def _small_sets(subset_size: int, real: Features, fake: Features) -> tuple[str, ...]:
    return tuple(
        f"`{name}` has {len(features)} samples and subsets were to hold {subset_size}: "
        "every subset holds all of the smaller set, and what other samples would "
        "change does not show in the standard error."
        for name, features in (("real", real), ("fake", fake))
        if len(features) <= subset_size
    )


def _subset_distances(
    real: Features, fake: Features, size: int, num_subsets: int, seed: int
) -> FloatArray:
    random = np.random.default_rng(seed)
    distances = np.empty(num_subsets)
    for index in range(num_subsets):
        distances[index] = _unbiased_mmd(
            *(
                features.values[random.choice(len(features), size, replace=False)]
                for features in (real, fake)
            )
        )
    return distances


def _unbiased_mmd(real: FloatArray, fake: FloatArray) -> float:
    between = _kernel_sum(real, fake) / (len(real) * len(fake))
    return _mean_of_others(real) + _mean_of_others(fake) - 2 * between


def _mean_of_others(values: FloatArray) -> float:
    """Mean of the kernel over ordered pairs of different rows."""
    num_pairs = len(values) * (len(values) - 1)
    return (_kernel_sum(values, values) - _self_sum(values)) / num_pairs


def _kernel_sum(left: FloatArray, right: FloatArray) -> float:
    return sum(
        float(_cubic(tile @ other.T, tile.shape[1]).sum())  # [_ROWS, _ROWS]
        for tile in _tiles(left)
        for other in _tiles(right)
    )


def _self_sum(values: FloatArray) -> float:
    return sum(
        float(_cubic(np.square(tile).sum(axis=1), tile.shape[1]).sum())
        for tile in _tiles(values)
    )


def _cubic(products: FloatArray, dim: int) -> FloatArray:
    return (products / dim + 1) ** 3


def _tiles(values: FloatArray) -> Iterator[FloatArray]:
    for start in range(0, len(values), _ROWS):
        yield values[start : start + _ROWS].astype("float64")
