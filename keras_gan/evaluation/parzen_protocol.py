"""How a Parzen log-likelihood is reported: the protocols of Table 1 in 2014."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from keras_gan._types import Array
from keras_gan.evaluation._arrays import flat_rows, range_warnings, value_range
from keras_gan.evaluation._parzen_sums import parzen_log_probs
from keras_gan.evaluation._sample_parts import SampleParts, Samples
from keras_gan.evaluation.parzen_bandwidth import choose_bandwidth
from keras_gan.evaluation.score import Quantity, Score, standard_error

_QUANTITIES = (
    Quantity("parzen_log_likelihood", "mean", "standard_error", "higher"),
    Quantity(
        "parzen_at_best_bandwidth",
        "mean_at_best_bandwidth",
        "standard_error_at_best_bandwidth",
        "higher",
    ),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ParzenEstimate(Score):
    """A Parzen log-likelihood with everything that its value depends on.

    Args:
        mean: float, mean log-likelihood of the test points at `bandwidth`, in nats.
        standard_error: float, of that mean over test points (ddof 0), in nats.
        bandwidth: float, of the grid the best on the validation points, in data units.
        mean_at_best_bandwidth: float, as `mean`, at `best_bandwidth`.
        standard_error_at_best_bandwidth: float, of that mean, likewise.
        best_bandwidth: float, of all the best on the validation points.
        best_valid_mean: float, mean validation log-likelihood there, in nats.
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

    quantities = _QUANTITIES

    mean: float
    standard_error: float
    bandwidth: float
    mean_at_best_bandwidth: float
    standard_error_at_best_bandwidth: float
    best_bandwidth: float
    best_valid_mean: float
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
            f"{_with_error(self.mean, self.standard_error, self)} nats (bandwidth "
            f"{self.bandwidth:.3f} from {self.num_valid:,} validation points, "
            f"{self.num_samples:,} samples, {self.num_test:,} test points); "
            f"{_best(self)}, {self.best_bandwidth:.4f}"
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class FoldedParzenEstimate(Score):
    """A Parzen log-likelihood over folds of the data.

    Args:
        mean: float, mean of the folds' mean log-likelihoods, in nats.
        standard_error: float, of that mean across folds (ddof 1), in nats.
        mean_at_best_bandwidth: float, mean of the folds' own, in nats.
        standard_error_at_best_bandwidth: float, of that mean, likewise.
        folds: `ParzenEstimate` of each fold, each with bandwidths of its own.
        warnings: strings, those of the folds. Defaults to `()`.
    """

    quantities = _QUANTITIES

    mean: float
    standard_error: float
    mean_at_best_bandwidth: float
    standard_error_at_best_bandwidth: float
    folds: tuple[ParzenEstimate, ...]

    def __str__(self) -> str:
        bandwidths = ", ".join(f"{fold.bandwidth:.3f}" for fold in self.folds)
        best = ", ".join(f"{fold.best_bandwidth:.4f}" for fold in self.folds)
        return (
            f"{self.mean:.1f} ± {self.standard_error:.1f} nats across "
            f"{len(self.folds)} folds (bandwidths {bandwidths}); {_best(self)}s, {best}"
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

    The grid of 2014 is coarse: which of its bandwidths lies nearer to the best of all
    is luck that two runs need not share. So the value at the best of all, which
    `valid` alone chooses too, stands beside that of the grid.

    Args:
        samples: array `[num_samples, …]`, in 2014 10,000 generated images in [0, 1];
            or a stream of such arrays, as `ParzenWindow.fit` takes it, which is read
            four times, more often where the best bandwidth lies beyond the grid.
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
    >>> estimate.num_samples, estimate.bandwidth in estimate.bandwidths
    (100, True)
    >>> estimate.best_valid_mean >= max(estimate.valid_means)
    True

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, section 5 and its
        parzen_ll.py. https://arxiv.org/abs/1406.2661
    """
    parts, test = SampleParts("samples", samples), flat_rows("test", test)
    valid = flat_rows("valid", valid)
    choice = choose_bandwidth(parts, valid, bandwidths, verbose)
    chosen = (choice.bandwidth, choice.best_bandwidth)
    values = parzen_log_probs(test, "test", parts, chosen, verbose)  # [2, num_test]
    means = values.mean(axis=1).tolist()
    errors = (values.std(axis=1) / math.sqrt(len(test))).tolist()
    return ParzenEstimate(
        mean=means[0],
        standard_error=errors[0],
        bandwidth=choice.bandwidth,
        mean_at_best_bandwidth=means[1],
        standard_error_at_best_bandwidth=errors[1],
        best_bandwidth=choice.best_bandwidth,
        best_valid_mean=choice.best_valid_mean,
        num_samples=parts.num_rows,
        num_valid=len(valid),
        num_test=len(test),
        dim=test.shape[1],
        bandwidths=choice.bandwidths,
        valid_means=choice.valid_means,
        sample_range=parts.range,
        test_range=value_range(test),
        warnings=(
            *choice.warnings,
            *range_warnings(parts.range, valid=valid, test=test),
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
    best_means = np.array([estimate.mean_at_best_bandwidth for estimate in estimates])
    return FoldedParzenEstimate(
        mean=float(means.mean()),
        standard_error=standard_error(means),
        mean_at_best_bandwidth=float(best_means.mean()),
        standard_error_at_best_bandwidth=standard_error(best_means),
        folds=estimates,
        warnings=tuple(
            f"Fold {index}: {warning}"
            for index, estimate in enumerate(estimates)
            for warning in estimate.warnings
        ),
    )


def _best(estimate: ParzenEstimate | FoldedParzenEstimate) -> str:
    mean = estimate.mean_at_best_bandwidth
    error = estimate.standard_error_at_best_bandwidth
    return f"{_with_error(mean, error, estimate)} at the best bandwidth"


def _with_error(
    mean: float, error: float, estimate: ParzenEstimate | FoldedParzenEstimate
) -> str:
    if isinstance(estimate, ParzenEstimate) and estimate.num_test == 1:
        return f"{mean:.1f}"  # one point says nothing of others
    return f"{mean:.1f} ± {error:.1f}"
