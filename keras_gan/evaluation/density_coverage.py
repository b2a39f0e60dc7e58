"""Density and coverage: precision and recall that outliers disturb less."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_positive_integer
from keras_gan.evaluation._neighbors import (
    distance_tiles,
    repetition_warnings,
    squared_neighbor_radii,
)
from keras_gan.evaluation.features import Features, check_two_sets
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class DensityCoverage(Score):
    """What `density_coverage` measured, with its protocol.

    Args:
        density: float, at least 0, real balls about a generated point, as a multiple of
            what a perfect model has.
        coverage: float in [0, 1], share of real balls that hold a generated point.
        expected_coverage: float in [0, 1], what a perfect model has on average.
        features: str, name of the feature function.
        num_real: int, real points.
        num_fake: int, generated points.
        dim: int, length of a feature vector.
        k: int, which neighbor sets the radius of a ball.
        warnings: strings, what makes the numbers doubtful. Defaults to `()`.
    """

    quantities = (
        Quantity("density", "density", better="1"),
        Quantity("coverage", "coverage", better="higher"),
    )

    density: float
    coverage: float
    expected_coverage: float
    features: str
    num_real: int
    num_fake: int
    dim: int
    k: int


def density_coverage(
    *, real: "Features | Array", fake: "Features | Array", k: int = 5
) -> DensityCoverage:
    """Counts how many real balls hold a generated point, and which hold none.

    Use it beside or in place of `precision_recall`: only real points have balls, so
    that a generated outlier covers nothing, and a real outlier adds one ball of many.

        ball_i   = points nearer to real_i than its k-th nearest other real point
        density  = sum_ij [fake_j in ball_i] / (k num_fake)
        coverage = share of the i whose ball_i holds some fake_j

    For two sets of one continuous law, n real and m generated points, the points about
    each real one come in random order. Hence, in any dimension,

        E[density]  = 1
        E[coverage] = 1 - prod over r = 1..k of (n - r) / (n + m - r)
                    # about 1 - 2^-k for n = m

    The second is recorded as `expected_coverage`. Dropped modes lower the coverage
    and leave the density at 1; noise lowers both; samples that keep to the crowded
    places raise the density above 1 and lower the coverage. Copies of all real points
    have 1 and 1, where no distances tie: ask `memorization` for those. In many
    dimensions the density of one draw strays far: by 0.05 for 10,000 standard normal
    points in 1,000 dimensions, for a few points are neighbors of very many.

    The border of a ball lies outside it, as in the authors' package `prdc`, whereas
    `precision_recall` takes it as inside. The two rules differ only where distances
    tie.

    Args:
        real: `Features` or array `[num_real, …]`, finite, more than `k` rows.
        fake: `Features` or array `[num_fake, …]`, finite, more than `k` rows.
        k: int, at least 1. Defaults to `5`, which the authors advise for 10,000 points.

    Returns:
        score: `DensityCoverage`.

    Raises:
        ValueError: if a set has `k` rows or fewer or values that are not finite, the
            dimensions or the feature functions differ, or `k` is not positive.

    Example:
    >>> real = np.array([[0.0], [1.0], [2.0], [3.5], [10.0]])
    >>> fake = np.array([[0.4], [1.1], [2.9], [20.0]])
    >>> score = density_coverage(real=real, fake=fake, k=2)
    >>> score.density, score.coverage
    (1.125, 1.0)

    References:
        Naeem et al., Reliable Fidelity and Diversity Metrics for Generative Models,
        2020. https://arxiv.org/abs/2002.09797
    """
    k = check_positive_integer("k", k)
    real, fake, warnings = check_two_sets(real, fake, minimum=k + 1)
    radii = squared_neighbor_radii(real.values, k)  # [num_real]
    num_inside, is_covered = 0, np.zeros(len(real), bool)
    for tile in distance_tiles(fake.values, real.values):
        inside = tile.within(radii, strict=True)
        num_inside += int(np.count_nonzero(inside))
        is_covered |= inside.any(axis=0)
    return DensityCoverage(
        density=num_inside / (k * len(fake)),
        coverage=float(is_covered.mean()),
        expected_coverage=_expected_coverage(len(real), len(fake), k),
        features=real.name,
        num_real=len(real),
        num_fake=len(fake),
        dim=real.dim,
        k=k,
        warnings=(*warnings, *repetition_warnings(k, real=radii)),
    )


def _expected_coverage(num_real: int, num_fake: int, k: int) -> float:
    # Not covered: the k points nearest to a real one, of all others, are real too.
    ranks = np.arange(1, k + 1)
    return float(1 - np.prod((num_real - ranks) / (num_real + num_fake - ranks)))
