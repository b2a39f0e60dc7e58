"""Parzen window log-likelihood: the measure of Table 1 in 2014."""

import dataclasses
import functools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive, invalid_argument
from keras_gan.evaluation._kernel_sums import log_kernel_means

TABLE_1_BANDWIDTHS: tuple[float, ...] = tuple(np.logspace(-1, 0, 10).tolist())
"""The grid of 2014: 0.1, 0.129, 0.167, 0.215, 0.278, 0.359, 0.464, 0.599, 0.774, 1."""


class ParzenWindow:
    """Density that puts a Gaussian kernel on each sample.

    Use it to give data a likelihood under a model that can only be sampled from. In
    many dimensions it says little: samples that are smoother than real images score
    higher than real images do. Quote the score of held-out real data beside it.

        log p(x) = log mean_j exp(-||x - s_j||^2 / (2 h^2)) - d log(h sqrt(2 pi))

    Distances are computed in float64 and in tiles: memory does not grow with the
    number of samples times the number of points.

    Args:
        bandwidth: float, above 0. Standard deviation h of the kernels, in data units.

    Raises:
        ValueError: if `bandwidth` is not positive.

    Example:
    >>> parzen = ParzenWindow(bandwidth=1.0).fit(np.zeros((3, 2)))
    >>> parzen.log_prob(np.zeros((1, 2))).round(4)  # -log(2 pi), in nats
    array([-1.8379])

    References:
        Breuleux, Bengio, Vincent, Quickly generating representative samples from an
        RBM-derived process, 2011.
        Goodfellow et al., Generative Adversarial Nets, 2014, section 5.
        Limits: Theis, van den Oord, Bethge, A note on the evaluation of generative
        models, 2016. https://arxiv.org/abs/1511.01844
    """

    def __init__(self, bandwidth: float) -> None:
        self.bandwidth = check_positive("bandwidth", bandwidth)

    def fit(self, samples: Array) -> "ParzenWindow":
        """Takes the samples `[num_samples, …]`, flattened, as centres; returns self."""
        self.centres_ = _flat("samples", samples)
        self.__dict__.pop("distribution", None)
        return self

    def log_prob(self, x: Array) -> FloatArray:
        """Log density of each point.

        Args:
            x: array `[num_points, …]`, each point as large as a sample.

        Returns:
            log_probs: float64 array `[num_points]`, in nats.
        """
        points = _flat("x", x, self._fitted().shape[1])
        return _log_probs(points, self.centres_, [self.bandwidth])[0]

    @functools.cached_property
    def distribution(self) -> Any:
        """The same density as a `tfp.distributions.Distribution`."""
        from keras_gan.evaluation.parzen_distribution import ParzenMixture

        return ParzenMixture(self._fitted(), self.bandwidth)

    def _fitted(self) -> FloatArray:
        if not hasattr(self, "centres_"):
            raise ValueError("This ParzenWindow has no samples yet: call `fit` first.")
        return self.centres_


@dataclasses.dataclass(frozen=True)
class ParzenEstimate:
    """A Parzen log-likelihood with everything that its value depends on.

    Args:
        mean: float, mean log-likelihood of the test points, in nats.
        standard_error: float, of that mean over test points (ddof 0), in nats.
        bandwidth: float, chosen on the validation points, in data units.
        num_samples: int, kernels.
        num_valid: int, points that the bandwidth was chosen on.
        num_test: int, points that were scored.
        bandwidths: floats, the grid.
        valid_means: floats, mean validation log-likelihood at each bandwidth, in nats.
    """

    mean: float
    standard_error: float
    bandwidth: float
    num_samples: int
    num_valid: int
    num_test: int
    bandwidths: tuple[float, ...]
    valid_means: tuple[float, ...]

    def __str__(self) -> str:
        return (
            f"{self.mean:.1f} ± {self.standard_error:.1f} nats (bandwidth "
            f"{self.bandwidth:.3f} from {self.num_valid:,} validation points, "
            f"{self.num_samples:,} samples, {self.num_test:,} test points)"
        )


def parzen_log_likelihood(
    samples: Array,
    valid: Array,
    test: Array,
    bandwidths: Sequence[float] | None = None,
) -> ParzenEstimate:
    """Scores samples by the protocol of Table 1 in 2014.

    The bandwidth with the largest mean log-likelihood of `valid` is used on `test`;
    both are scored under the same samples. Values compare only between runs with the
    same pixel range, number of samples, grid and splits.

    Args:
        samples: array `[num_samples, …]`, in 2014 10,000 generated images in [0, 1].
        valid: array `[num_valid, …]`, in 2014 the first 1,000 validation images.
        test: array `[num_test, …]`, in 2014 all 10,000 test images.
        bandwidths: floats above 0, or `None` for the grid of 2014,
            `logspace(-1, 0, 10)`. Defaults to `None`.

    Returns:
        estimate: `ParzenEstimate`, mean and standard error in nats.

    Raises:
        ValueError: if shapes differ, values are not finite, or a bandwidth is not
            positive.

    Example:
    >>> points = np.random.default_rng(0).normal(size=(300, 2))
    >>> estimate = parzen_log_likelihood(points[:100], points[100:200], points[200:])
    >>> estimate.num_samples, estimate.bandwidth in TABLE_1_BANDWIDTHS
    (100, True)

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, section 5 and its
        parzen_ll.py. https://arxiv.org/abs/1406.2661
    """
    grid = _grid(bandwidths)
    centres = _flat("samples", samples)
    valid_means = bandwidth_scores(samples, valid, grid)
    best = int(np.argmax(valid_means))
    _warn_at_edge(grid, best)
    test = _flat("test", test, centres.shape[1])
    test_values = _log_probs(test, centres, [grid[best]])[0]
    return ParzenEstimate(
        mean=float(test_values.mean()),
        standard_error=float(test_values.std() / math.sqrt(len(test_values))),
        bandwidth=grid[best],
        num_samples=len(centres),
        num_valid=len(valid),
        num_test=len(test),
        bandwidths=grid,
        valid_means=tuple(valid_means.tolist()),
    )


def bandwidth_scores(
    samples: Array, valid: Array, bandwidths: Sequence[float] | None = None
) -> FloatArray:
    """Mean log-likelihood of validation points at each bandwidth of a grid.

    Args:
        samples: array `[num_samples, …]`.
        valid: array `[num_valid, …]`.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.

    Returns:
        means: float64 array `[num_bandwidths]`, in nats.
    """
    centres = _flat("samples", samples)
    points = _flat("valid", valid, centres.shape[1])
    return _log_probs(points, centres, _grid(bandwidths)).mean(axis=1)


def _grid(bandwidths: Sequence[float] | None) -> tuple[float, ...]:
    if bandwidths is None:
        return TABLE_1_BANDWIDTHS
    if not len(bandwidths):
        raise invalid_argument("bandwidths", "at least one positive float", bandwidths)
    return tuple(check_positive("bandwidths", value) for value in bandwidths)


def _log_probs(points: Array, centres: Array, grid: Sequence[float]) -> FloatArray:
    log_means = log_kernel_means(points, centres, np.asarray(grid)).numpy()
    normalisers = [log_normaliser(centres.shape[1], bandwidth) for bandwidth in grid]
    return log_means - np.asarray(normalisers)[:, np.newaxis]


def log_normaliser(num_axes: int, bandwidth: float) -> float:
    """Log of the integral of one kernel, d log(h sqrt(2 pi)), in nats."""
    return num_axes * (math.log(bandwidth) + 0.5 * math.log(2 * math.pi))


def _warn_at_edge(grid: Sequence[float], best: int) -> None:
    if len(grid) > 1 and grid[best] in (min(grid), max(grid)):
        warnings.warn(
            f"The best bandwidth, {grid[best]:g}, lies at the edge of the grid: a "
            "wider `bandwidths` may find a better one.",
            stacklevel=3,
        )


def _flat(name: str, values: Array, num_axes: int | None = None) -> FloatArray:
    values = np.asarray(values)
    if values.ndim < 2 or not len(values):
        raise ValueError(
            f"`{name}` must have shape [num, …] with at least one entry. Received: "
            f"{name}.shape={values.shape}"
        )
    flat = values.reshape(len(values), -1)
    if num_axes is not None and flat.shape[1] != num_axes:
        raise ValueError(
            f"`{name}` must have as many values in a point as `samples`, {num_axes}. "
            f"Received: {flat.shape[1]}"
        )
    if not np.all(np.isfinite(flat)):
        raise ValueError(f"`{name}` must be finite. Received: NaN or infinite values.")
    return flat
