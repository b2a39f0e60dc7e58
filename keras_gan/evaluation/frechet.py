"""Frechet distance: how far the means and covariances of two sets of features are."""

import dataclasses

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import invalid_argument
from keras_gan.evaluation.features import Features, check_two_sets
from keras_gan.evaluation.score import Quantity, Score

_CHUNK_VALUES = 2**22  # numbers of a chunk in float64: 32 MB
_ENOUGH = 10  # samples for each dimension
_TOLERANCE = 1e-5  # of the largest entry: what float32 leaves of a symmetric matrix


@dataclasses.dataclass(frozen=True, kw_only=True)
class FrechetDistance(Score):
    """What `frechet_distance` measured, with everything that the value depends on.

    Args:
        value: float, at least 0, in squared units of the features.
        features: str, name of the feature function.
        dim: int, length of a feature vector.
        num_real: int, real samples.
        num_fake: int, generated samples.
    """

    quantities = (Quantity("frechet_distance", "value"),)

    value: float
    features: str
    dim: int
    num_real: int
    num_fake: int


def frechet_distance(
    *, real: Features | Array, fake: Features | Array
) -> FrechetDistance:
    """Distance of two Gaussians with the moments of real and generated features.

    The measure that most papers quote: with the pool features of the Inception network
    of 2015 and 50,000 samples it is the FID. Features of another network, or pixels,
    give values that compare among themselves alone.

        d = ||m_1 - m_2||^2 + tr(C_1 + C_2 - 2 (C_1 C_2)^(1/2))

    Covariances have the divisor n - 1. The value is biased upwards, the more the fewer
    samples there are for a dimension: compare values of equal numbers of samples only,
    and quote that of held-out real samples beside them. Only two moments are compared:
    0 does not mean one distribution.

    Moments are taken in float64 and in chunks. With few samples of many dimensions,
    such as pixels, no covariance is built: A and B being the centered samples, one in a
    row, over sqrt(n - 1), and the nuclear norm a sum of singular values,

        d = ||m_1 - m_2||^2 + ||A||_F^2 + ||B||_F^2 - 2 ||A B'||_*

    Args:
        real: `Features` or float array `[num_real, …]`, at least 2 rows.
        fake: `Features` or float array `[num_fake, …]`, at least 2 rows.

    Returns:
        distance: `FrechetDistance`. It carries a warning where a set has no more
            samples than dimensions, so that its covariance is singular, or fewer than
            10 for each dimension.

    Raises:
        ValueError: if a set has fewer than 2 rows or values that are not finite, or the
            sets come from different feature functions.

    Example:
    >>> random = np.random.default_rng(0)
    >>> real, fake = random.normal(size=(2, 1_000, 2))
    >>> distance = frechet_distance(real=real, fake=fake + 3)
    >>> distance.value  # near 3^2 + 3^2
    18.3...
    >>> distance.num_real, distance.dim
    (1000, 2)

    References:
        Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local
        Nash Equilibrium, 2017. https://arxiv.org/abs/1706.08500
        Bias: Chong, Forsyth, Effectively Unbiased FID and Inception Score and where to
        find them, 2020. https://arxiv.org/abs/1911.07023
    """
    real, fake, warnings = check_two_sets(real, fake)
    return FrechetDistance(
        value=distance_of_features(real.values, fake.values),
        features=real.name,
        dim=real.dim,
        num_real=len(real),
        num_fake=len(fake),
        warnings=(*warnings, *_few_samples(real=real, fake=fake)),
    )


def gaussian_frechet_distance(
    mean_1: Array, covariance_1: Array, mean_2: Array, covariance_2: Array
) -> float:
    """Frechet distance of two Gaussians in closed form, e.g. of published moments.

    It is the squared 2-Wasserstein distance. With C = L L' for both covariances the
    trace of the root is a sum of singular values, tr (C_1 C_2)^(1/2) = sum svd(L_1'
    L_2), whose squares are the eigenvalues of C_1^(1/2) C_2 C_1^(1/2). Nothing is
    inverted and no root of a rounding error is taken: covariances may be singular.

    Args:
        mean_1: float array `[dim]`.
        covariance_1: float array `[dim, dim]`, symmetric, no negative eigenvalue.
        mean_2: float array `[dim]`.
        covariance_2: float array `[dim, dim]`, symmetric, no negative eigenvalue.

    Returns:
        distance: float, at least 0.

    Raises:
        ValueError: if shapes do not fit, a value is not finite, or a covariance is not
            symmetric or has negative eigenvalues.

    Example:
    >>> gaussian_frechet_distance([0, 0], np.eye(2), [3, 4], 4 * np.eye(2))
    27.0
    """
    import scipy.linalg

    mean_1, mean_2 = _vector("mean_1", mean_1), _vector("mean_2", mean_2)
    if len(mean_1) != len(mean_2):
        raise ValueError(
            "`mean_1` and `mean_2` must have one length. Received: "
            f"{len(mean_1)} and {len(mean_2)}"
        )
    covariance_1 = _symmetric("covariance_1", covariance_1, len(mean_1))
    covariance_2 = _symmetric("covariance_2", covariance_2, len(mean_2))
    factor_1 = _factor("covariance_1", covariance_1)
    factor_2 = _factor("covariance_2", covariance_2)
    root_trace = scipy.linalg.svdvals(factor_1.T @ factor_2).sum()
    spread = np.trace(covariance_1) + np.trace(covariance_2) - 2 * root_trace
    # Of equal Gaussians, rounding leaves a little on either side of zero.
    return max(float(np.sum((mean_1 - mean_2) ** 2) + spread), 0.0)


def distance_of_features(real: FloatArray, fake: FloatArray) -> float:
    """The distance of two sets of rows, by moments or, of few rows, by products."""
    if len(real) * len(fake) < real.shape[1] ** 2:
        return _distance_of_rows(real, fake)
    return gaussian_frechet_distance(*_moments(real), *_moments(fake))


def _moments(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance in float64, centered before it is squared."""
    mean = values.mean(axis=0, dtype="float64")  # [dim]
    scatter = np.zeros((len(mean), len(mean)))
    num_rows = max(1, _CHUNK_VALUES // len(mean))
    for start in range(0, len(values), num_rows):
        deviations = values[start : start + num_rows] - mean
        scatter += deviations.T @ deviations  # [dim, dim]
    return mean, scatter / (len(values) - 1)


def _distance_of_rows(rows_1: FloatArray, rows_2: FloatArray) -> float:
    """Frechet distance from products of rows: C = A' A has the factor A'."""
    import scipy.linalg

    # A sum over blocks of features.
    products = np.zeros((len(rows_1), len(rows_2)))
    distance = 0.0
    num_columns = max(1, _CHUNK_VALUES // max(products.shape))
    for start in range(0, rows_1.shape[1], num_columns):
        columns = slice(start, start + num_columns)
        mean_1, scaled_1 = _centered(rows_1[:, columns])
        mean_2, scaled_2 = _centered(rows_2[:, columns])
        products += scaled_1 @ scaled_2.T  # [n_1, n_2]
        distance += float(np.sum((mean_1 - mean_2) ** 2))
        distance += float(np.sum(scaled_1**2) + np.sum(scaled_2**2))
    distance -= 2 * float(scipy.linalg.svdvals(products, overwrite_a=True).sum())
    # Of equal sets, rounding leaves a little on either side of zero.
    return max(distance, 0.0)


def _centered(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean, and float64 rows A with A' A = covariance."""
    mean = values.mean(axis=0, dtype="float64")
    return mean, (values - mean) / np.sqrt(len(values) - 1)


def _factor(name: str, covariance: FloatArray) -> FloatArray:
    """A matrix L with L L' = covariance, whose null space is exact."""
    import scipy.linalg

    eigenvalues, vectors = scipy.linalg.eigh(covariance)
    largest = abs(eigenvalues).max()
    if eigenvalues[0] < -_TOLERANCE * largest:
        raise ValueError(
            f"`{name}` must have no negative eigenvalue. Received one of "
            f"{eigenvalues[0]:.4g}"
        )
    # The root of a rounding error is 1e8 times as large as the error.
    noise = len(covariance) * np.finfo("float64").eps * largest
    return vectors * np.sqrt(np.where(eigenvalues > noise, eigenvalues, 0))


def _few_samples(**sets: Features) -> tuple[str, ...]:
    return tuple(
        f"`{name}` has {len(features)} samples for {features.dim} dimensions, "
        + (
            "so its covariance is singular: the distance is biased upwards."
            if len(features) <= features.dim
            else f"fewer than {_ENOUGH} for each: the distance is biased upwards."
        )
        for name, features in sets.items()
        if len(features) < _ENOUGH * features.dim
    )


def _vector(name: str, mean: Array) -> FloatArray:
    mean = np.asarray(mean, dtype="float64")
    if mean.ndim != 1 or not mean.size or not np.isfinite(mean).all():
        raise invalid_argument(name, "a vector of finite floats", mean)
    return mean


def _symmetric(name: str, covariance: Array, dim: int) -> FloatArray:
    covariance = np.asarray(covariance, dtype="float64")
    if covariance.shape != (dim, dim):
        raise ValueError(
            f"`{name}` must have the shape ({dim}, {dim}), as its mean has {dim} "
            f"entries. Received: {name}.shape={covariance.shape}"
        )
    if not np.isfinite(covariance).all():
        raise ValueError(f"`{name}` must be finite. Received: NaN or infinite values.")
    tolerance = _TOLERANCE * abs(covariance).max()
    if not np.allclose(covariance, covariance.T, rtol=0, atol=tolerance):
        asymmetry = abs(covariance - covariance.T).max()
        raise ValueError(
            f"`{name}` must be symmetric. Received entries that differ from their "
            f"mirror images by up to {asymmetry:.4g}"
        )
    return (covariance + covariance.T) / 2
