"""How a Parzen log-likelihood is reported: the protocols of Table 1 in 2014."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._arrays import different_ranges, flat_rows, value_range
from keras_gan.evaluation._sample_parts import SampleParts, Samples
from keras_gan.evaluation.parzen import check_bandwidths, parzen_log_probs
from keras_gan.evaluation.score import Quantity, Score

TABLE_1_BANDWIDTHS: tuple[float, ...] = tuple(np.logspace(-1, 0, 10).tolist())
"""The grid of 2014: 0.1, 0.129, 0.167, 0.215, 0.278, 0.359, 0.464, 0.599, 0.774, 1."""

_QUANTITY = Quantity("parzen_log_likelihood", "mean", "standard_error", "higher")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ParzenEstimate(Score):
    """A Parzen log-likelihood with everything that its value depends on.

    Args:
        mean: float, mean log-likelihood of the test points, in nats.
        standard_error: float, of that mean over test points (ddof 0), in nats.
        bandwidth: float, chosen on the validation points, in data units.
        num_samples: int, kernels.
        num_valid: int, points that the bandwidth was chosen on.
        num_test: int, points that were scored.
        dim: int, values in a point.
        bandwidths: floats, the grid.
        valid_means: floats, mean validation log-likelihood at each bandwidth, in nats.
        sample_range: smallest and largest value of the samples.
        test_range: smallest and largest value of the test points.
        warnings: strings, what makes the value doubtful. Defaults to `()`.
    """

    quantities = (_QUANTITY,)

    mean: float
    standard_error: float
    bandwidth: float
    num_samples: int
    num_valid: int
    num_test: int
    dim: int
    bandwidths: tuple[float, ...]
    valid_means: tuple[float, ...]
    sample_range: tuple[float, float]
    test_range: tuple[float, float]

    def __str__(self) -> str:
        return (
            f"{self.mean:.1f} ± {self.standard_error:.1f} nats (bandwidth "
            f"{self.bandwidth:.3f} from {self.num_valid:,} validation points, "
            f"{self.num_samples:,} samples, {self.num_test:,} test points)"
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class FoldedParzenEstimate(Score):
    """A Parzen log-likelihood over folds of the data.

    Args:
        mean: float, mean of the folds' mean log-likelihoods, in nats.
        standard_error: float, of that mean across folds (ddof 1), in nats.
        folds: `ParzenEstimate` of each fold, each with a bandwidth of its own.
        warnings: strings, those of the folds. Defaults to `()`.
    """

    quantities = (_QUANTITY,)

    mean: float
    standard_error: float
    folds: tuple[ParzenEstimate, ...]

    def __str__(self) -> str:
        bandwidths = ", ".join(f"{fold.bandwidth:.3f}" for fold in self.folds)
        return (
            f"{self.mean:.1f} ± {self.standard_error:.1f} nats across "
            f"{len(self.folds)} folds (bandwidths {bandwidths})"
        )


def parzen_log_likelihood(
    samples: Samples,
    valid: Array,
    test: Array,
    bandwidths: Sequence[float] | None = None,
    verbose: int = 0,
) -> ParzenEstimate:
    """Scores samples by the protocol of Table 1 in 2014.

    The bandwidth with the largest mean log-likelihood of `valid` is used on `test`;
    both are scored under the same samples. Values compare only between runs with the
    same pixel range, number of samples, grid and splits.

    Args:
        samples: array `[num_samples, …]`, in 2014 10,000 generated images in [0, 1];
            or a stream of such arrays, as `ParzenWindow.fit` takes it, which is read
            twice.
        valid: array `[num_valid, …]`, in 2014 the first 1,000 validation images.
        test: array `[num_test, …]`, in 2014 all 10,000 test images.
        bandwidths: floats above 0, or `None` for the grid of 2014,
            `logspace(-1, 0, 10)`. Defaults to `None`.
        verbose: int, 1 shows a progress bar over the samples. Defaults to `0`.

    Returns:
        estimate: `ParzenEstimate`, mean and standard error in nats. Its `warnings` say
        so where the best bandwidth lies at the edge of the grid, and where samples and
        test points seem to have different ranges: [-1, 1] for [0, 1] alone shifts a
        28 x 28 image by 543 nats.

    Raises:
        ValueError: if shapes differ, a set is empty, values are not finite, or a
            bandwidth is not positive.

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
    parts, test = SampleParts("samples", samples), flat_rows("test", test)
    valid = flat_rows("valid", valid)
    valid_means = parzen_log_probs(valid, "valid", parts, grid, verbose).mean(axis=1)
    best = int(np.argmax(valid_means))
    values = parzen_log_probs(test, "test", parts, [grid[best]], verbose)[0]
    return ParzenEstimate(
        mean=float(values.mean()),
        standard_error=float(values.std() / math.sqrt(len(values))),
        bandwidth=grid[best],
        num_samples=parts.num_rows,
        num_valid=len(valid),
        num_test=len(test),
        dim=test.shape[1],
        bandwidths=grid,
        valid_means=tuple(valid_means.tolist()),
        sample_range=parts.range,
        test_range=value_range(test),
        warnings=(
            *_edge_warnings(grid, best),
            *_range_warnings(parts, valid=valid, test=test),
        ),
    )


def parzen_log_likelihood_over_folds(
    samples: Samples,
    folds: Sequence[tuple[Array, Array]],
    bandwidths: Sequence[float] | None = None,
    verbose: int = 0,
) -> FoldedParzenEstimate:
    """Scores samples on each fold of a dataset, as Table 1 in 2014 does for faces.

    Each fold chooses a bandwidth on its own validation points; the error is that
    between folds, not between test points.

    Args:
        samples: array `[num_samples, …]` or stream, scored on every fold.
        folds: pairs `(valid, test)` of arrays, at least two; in 2014 the five folds of
            the Toronto Face Database, whole splits.
        bandwidths: as in `parzen_log_likelihood`. Defaults to `None`.
        verbose: as there. Defaults to `0`.

    Returns:
        estimate: `FoldedParzenEstimate`, mean and standard error in nats.

    Raises:
        ValueError: as `parzen_log_likelihood` does, or if there is only one fold.

    Example:
    >>> points = np.random.default_rng(0).normal(size=(5, 2, 60, 2))
    >>> estimate = parzen_log_likelihood_over_folds(points[0, 0], points)
    >>> len(estimate.folds)
    5

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, Table 1.
    """
    if len(folds) < 2:
        raise ValueError(
            "`folds` must hold at least two pairs (valid, test): the standard error is "
            f"that between folds. Received: {len(folds)}"
        )
    estimates = tuple(
        parzen_log_likelihood(samples, valid, test, bandwidths, verbose)
        for valid, test in folds
    )
    means = np.array([estimate.mean for estimate in estimates])
    return FoldedParzenEstimate(
        mean=float(means.mean()),
        standard_error=float(means.std(ddof=1) / math.sqrt(len(means))),
        folds=estimates,
        warnings=tuple(
            f"Fold {index}: {warning}"
            for index, estimate in enumerate(estimates)
            for warning in estimate.warnings
        ),
    )


def bandwidth_scores(
    samples: Samples, valid: Array, bandwidths: Sequence[float] | None = None
) -> FloatArray:
    """Mean log-likelihood of validation points at each bandwidth of a grid.

    Args:
        samples: array `[num_samples, …]` or stream.
        valid: array `[num_valid, …]`.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.

    Returns:
        means: float64 array `[num_bandwidths]`, in nats.
    """
    parts, points = SampleParts("samples", samples), flat_rows("valid", valid)
    return parzen_log_probs(points, "valid", parts, _grid(bandwidths)).mean(axis=1)


def _grid(bandwidths: Sequence[float] | None) -> tuple[float, ...]:
    if bandwidths is None:
        return TABLE_1_BANDWIDTHS
    return check_bandwidths("bandwidths", bandwidths)


def _edge_warnings(grid: Sequence[float], best: int) -> tuple[str, ...]:
    if len(grid) == 1 or grid[best] not in (min(grid), max(grid)):
        return ()
    return (
        f"The best bandwidth, {grid[best]:g}, lies at the edge of the grid: a wider "
        "`bandwidths` may find a better one.",
    )


def _range_warnings(parts: SampleParts, **points: FloatArray) -> tuple[str, ...]:
    found = (
        different_ranges(**{name: value_range(values)}, samples=parts.range)
        for name, values in points.items()
    )
    return tuple(warning for warning in found if warning)
