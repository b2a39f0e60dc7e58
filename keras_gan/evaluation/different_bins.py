"""Number of statistically different bins: which kinds of image come too often."""

import dataclasses
import warnings

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import (
    check_between_0_and_1,
    check_integer,
    check_positive_integer,
    check_seed,
)
from keras_gan.evaluation._neighbors import centered
from keras_gan.evaluation.features import Features, check_two_sets
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class DifferentBins(Score):
    """What `different_bins` measured, with its protocol.

    Args:
        share: float in [0, 1], of the bins whose proportions differ significantly.
        num_different: int, how many those are.
        jensen_shannon: float in [0, log 2], divergence of the proportions, in nats.
        features: str, name of the feature function.
        num_real: int, real points.
        num_fake: int, generated points.
        dim: int, length of a feature vector.
        num_bins: int.
        significance: float in (0, 1), p value below which a bin is different.
        seed: int, of the clustering.
        warnings: strings, what makes the numbers doubtful. Defaults to `()`.
    """

    quantities = (
        Quantity("different_bins", "share"),
        Quantity("num_different_bins", "num_different"),
        Quantity("bins_jensen_shannon", "jensen_shannon"),
    )

    share: float
    num_different: int
    jensen_shannon: float
    features: str
    num_real: int
    num_fake: int
    dim: int
    num_bins: int
    significance: float
    seed: int


def different_bins(
    *,
    real: "Features | Array",
    fake: "Features | Array",
    num_bins: int = 100,
    significance: float = 0.05,
    seed: int = 0,
) -> DifferentBins:
    """Counts the bins of the data that a generator fills too often or too rarely.

    Use it where modes are many and have no labels. The bins are the cells about the
    centers of k-means on `real`, and in each the two proportions are compared:

        z_b   = (p_b - q_b) / sqrt(s_b (1 - s_b) (1/num_real + 1/num_fake))
                # p, q: shares of `real` and `fake` in bin b; s: of both together
        share = number of bins with 2 (1 - Phi(|z_b|)) < significance, over num_bins
        jensen_shannon = KL(p || m) / 2 + KL(q || m) / 2,  m = (p + q) / 2

    In given bins, equal laws differ in `significance` of them, not in none. Dropped
    modes and noise fill the wrong bins; copies of the data the right ones, and pass. A
    bin that is empty in both sets has z = 0 (the published code divides 0 by 0). The
    power grows with the number of points: compare only equal numbers. The divergence
    of two finite samples is above 0 even for equal laws, in given bins by about
    (num_bins - 1) (1/num_real + 1/num_fake) / 8.

    The bins are not given, though, but clustered on `real` itself, so its proportions
    are those of points that the centers were fitted to. Of normal points at a
    significance of 0.05, other points of the same law differed in 2 to 4 % of the bins
    where 20 or 100 real points fell into each; where 5 did, in 6 % with 64 features and
    in 31 % with 256. Quote the value of held-out real points beside yours. Distances
    are Euclidean in all features as they are; the published code may whiten, and above
    1,000 features clusters on a sixth of them.

    Args:
        real: `Features` or array `[num_real, …]`, at least `num_bins` rows.
        fake: `Features` or array `[num_fake, …]`, finite.
        num_bins: int, at least 2. Defaults to `100`, as published.
        significance: float in (0, 1). Defaults to `0.05`, as published.
        seed: int, of the one run of k-means. Defaults to `0`.

    Returns:
        score: `DifferentBins`.

    Raises:
        ValueError: if `real` has fewer rows than bins, values are not finite, the
            dimensions or the feature functions differ, or an argument lies outside its
            range.

    Example:
    >>> random = np.random.default_rng(0)
    >>> real = random.normal(size=(2000, 2))
    >>> half = real[real[:, 0] > 0]
    >>> different_bins(real=real, fake=real, num_bins=20).share
    0.0
    >>> different_bins(real=real, fake=half, num_bins=20).share > 0.5
    True

    References:
        Richardson, Weiss, On GANs and GMMs, 2018. https://arxiv.org/abs/1805.12462
    """
    num_bins = check_integer("num_bins", num_bins, minimum=2)
    seed = check_seed("seed", seed)
    significance = check_between_0_and_1("significance", significance)
    real, fake, doubts = check_two_sets(real, fake)
    if len(real) < num_bins:
        raise ValueError(
            "`real` must hold at least one row for each bin. Received: "
            f"{len(real)} rows, num_bins={num_bins}. Lower `num_bins`."
        )
    real_counts, fake_counts = _counts(real, fake, num_bins, seed)
    z_scores = proportion_z_scores(real_counts, len(real), fake_counts, len(fake))
    num_different = int(np.sum(_p_values(z_scores) < significance))
    return DifferentBins(
        share=num_different / num_bins,
        num_different=num_different,
        jensen_shannon=_jensen_shannon(real_counts, fake_counts),
        features=real.name,
        num_real=len(real),
        num_fake=len(fake),
        dim=real.dim,
        num_bins=num_bins,
        significance=significance,
        seed=seed,
        warnings=(*doubts, *_doubts(real_counts, fake_counts)),
    )


def proportion_z_scores(
    real_counts: Array, num_real: int, fake_counts: Array, num_fake: int
) -> FloatArray:
    """Two-proportion z scores, pooled; above 0 where `fake` comes too rarely.

    Args:
        real_counts: int array `[num_bins]`, real points in each bin.
        num_real: int, at least 1, real points in all.
        fake_counts: int array `[num_bins]`, generated points in each bin.
        num_fake: int, at least 1, generated points in all.

    Returns:
        z_scores: float64 array `[num_bins]`; 0 for a bin that holds nothing, or all.

    Example:
    >>> z_scores = proportion_z_scores([1000, 0], 10_000, [130, 0], 1000)
    >>> z_scores.round(5)
    array([-2.97934,  0.     ])
    """
    num_real = check_positive_integer("num_real", num_real)
    num_fake = check_positive_integer("num_fake", num_fake)
    real_counts, fake_counts = np.asarray(real_counts), np.asarray(fake_counts)
    pooled = (real_counts + fake_counts) / (num_real + num_fake)
    variances = pooled * (1 - pooled) * (1 / num_real + 1 / num_fake)
    differences = real_counts / num_real - fake_counts / num_fake
    z_scores = np.zeros(differences.shape)
    return np.divide(differences, np.sqrt(variances), z_scores, where=variances > 0)


def _counts(
    real: Features, fake: Features, num_bins: int, seed: int
) -> tuple[Array, Array]:
    """Points of each set in each cell of k-means on `real`."""
    import sklearn.cluster
    import sklearn.exceptions

    origin = real.values.mean(axis=0, dtype="float64")
    points, fake_points = centered(real.values, origin), centered(fake.values, origin)
    clustering = sklearn.cluster.KMeans(num_bins, n_init=1, random_state=seed)
    with warnings.catch_warnings():
        # It warns of fewer distinct points than bins: those bins show as empty.
        warnings.simplefilter("ignore", sklearn.exceptions.ConvergenceWarning)
        clustering.fit(points)
    return (
        np.bincount(clustering.predict(points), minlength=num_bins),
        np.bincount(clustering.predict(fake_points), minlength=num_bins),
    )


def _p_values(z_scores: FloatArray) -> FloatArray:
    import scipy.stats

    p_values: FloatArray = 2 * scipy.stats.norm.sf(np.abs(z_scores))
    return p_values


def _jensen_shannon(real_counts: Array, fake_counts: Array) -> float:
    import scipy.spatial.distance

    # SciPy's distance is the square root of the divergence.
    distance = scipy.spatial.distance.jensenshannon(real_counts, fake_counts)
    return float(distance**2)


def _doubts(real_counts: Array, fake_counts: Array) -> tuple[str, ...]:
    both = real_counts + fake_counts
    num_empty = int(np.sum(both == 0))
    smaller = min(real_counts.sum(), fake_counts.sum())
    num_few = int(np.sum(both / both.sum() * smaller < 5)) - num_empty
    doubts = []
    if num_empty:
        doubts.append(
            f"{num_empty} of {len(both)} bins are empty: `real` has fewer distinct "
            "points than bins."
        )
    if num_few:
        doubts.append(
            f"In {num_few} of {len(both)} bins fewer than 5 points of the smaller set "
            "are expected: their test is rough and sees only large differences."
        )
    return tuple(doubts)
