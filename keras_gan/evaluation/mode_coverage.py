"""Which modes of a mixture a generator found, and how well it draws them."""

import dataclasses
import math

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive, invalid_argument
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModeCoverage(Score):
    """What `mode_coverage` counted, with everything that the counts depend on.

    Args:
        modes: int, captured modes: those nearest to at least one good sample.
        high_quality: float in [0, 1], share of good samples among all.
        reverse_kl: float, at least 0, in nats: how unevenly the good samples spread
            over the modes. NaN where no sample is good.
        num_samples: int, samples that were judged.
        num_stddevs: float, how near to a center a sample had to be.
        num_modes: int, modes that there are.
    """

    quantities = (
        Quantity("captured_modes", "modes", better="higher"),
        Quantity("high_quality", "high_quality", better="higher"),
        Quantity("mode_reverse_kl", "reverse_kl"),
    )

    modes: int
    high_quality: float
    reverse_kl: float
    num_samples: int
    num_stddevs: float
    num_modes: int

    def __str__(self) -> str:
        return (
            f"{self.modes} of {self.num_modes} modes, {self.high_quality:.1%} of "
            f"{self.num_samples} samples within {self.num_stddevs:g} standard "
            f"deviations, reverse KL {self.reverse_kl:.3f} nats"
        )


def mode_coverage(
    samples: Array, centers: Array, stddev: float, num_stddevs: float = 3.0
) -> ModeCoverage:
    """Counts captured modes, good samples and how evenly these are spread.

    The measure of VEEGAN and PacGAN on mixtures of K equal Gaussians, 2500 samples by
    their convention. A sample is good within `num_stddevs` of the nearest center. Quote
    the three numbers together: each alone is easily had.

        distance_i = min_k norm(sample_i - center_k)
        good_i     = distance_i <= num_stddevs * stddev
        modes      = number of centers nearest to at least one good sample
        reverse_kl = sum_k q_k log(K q_k)         # q_k = share of the good at center k

    The reverse KL reaches from 0, all modes alike, to log K, one mode alone. Even
    perfect samples are not all good: of a Gaussian in the plane, the share within r
    standard deviations is 1 - exp(-r^2 / 2), 98.889 % for r = 3. A higher share means
    modes drawn too narrow.

    Args:
        samples: float array `[num_samples, dim]`, in data units. A sample that is not
            finite is not good.
        centers: float array `[num_modes, dim]`, in data units.
        stddev: float, above 0. Standard deviation of each mode along each axis.
        num_stddevs: float, above 0. Defaults to `3.0`.

    Returns:
        coverage: `ModeCoverage`.

    Raises:
        ValueError: if `samples` and `centers` are not matrices of one width with at
            least one row, `centers` are not finite, or a number is not positive.

    Example:
    >>> samples = [[0.0, 0.1], [0.1, 0.0], [0.0, 5.0], [2.0, 2.0]]
    >>> coverage = mode_coverage(samples, [[0.0, 0.0], [0.0, 5.0]], stddev=0.1)
    >>> coverage.modes, coverage.high_quality
    (2, 0.75)
    >>> round(coverage.reverse_kl, 4)  # 2/3 log 4/3 + 1/3 log 2/3
    0.0566

    References:
        Srivastava et al., VEEGAN, 2017. https://arxiv.org/abs/1705.07761
        Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
    """
    points, centers = _matrix("samples", samples), _matrix("centers", centers)
    if points.shape[1] != centers.shape[1]:
        raise ValueError(
            "`samples` and `centers` must have rows of one length. Received: "
            f"samples.shape={points.shape}, centers.shape={centers.shape}"
        )
    if not np.isfinite(centers).all():
        raise invalid_argument("centers", "finite numbers", centers)
    radius = check_positive("num_stddevs", num_stddevs)
    radius *= check_positive("stddev", stddev)
    counts = _good_counts(points, centers, radius)  # [num_modes]
    return ModeCoverage(
        modes=int(np.count_nonzero(counts)),
        high_quality=float(counts.sum() / len(points)),
        reverse_kl=kl_to_uniform(counts),
        num_samples=len(points),
        num_stddevs=float(num_stddevs),
        num_modes=len(centers),
    )


def _good_counts(points: FloatArray, centers: FloatArray, radius: float) -> Array:
    """How many points within `radius` have each center as their nearest."""
    import sklearn.neighbors

    finite = points[np.isfinite(points).all(axis=1)]
    if not len(finite):
        return np.zeros(len(centers), dtype="int64")
    distances, nearest = sklearn.neighbors.KDTree(centers).query(finite)
    good = nearest[distances <= radius]
    return np.bincount(good, minlength=len(centers))


def kl_to_uniform(counts: Array) -> float:
    """Divergence of shares from equal ones, in nats; NaN where nothing was counted."""
    if not counts.any():
        return math.nan
    shares = counts[counts > 0] / counts.sum()
    return float(np.sum(shares * np.log(len(counts) * shares)))


def _matrix(name: str, values: Array) -> FloatArray:
    matrix = np.asarray(values, dtype="float64")
    if matrix.ndim != 2 or not matrix.size:
        raise ValueError(
            f"`{name}` must be a matrix with at least one row. Received: "
            f"{name}.shape={matrix.shape}"
        )
    return matrix
