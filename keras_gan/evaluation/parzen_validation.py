"""A Parzen log-likelihood to follow a generator by: that of the validation points."""

import dataclasses
import math
from collections.abc import Sequence

from keras_gan._types import Array
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation._parzen_sums import parzen_log_probs
from keras_gan.evaluation._sample_parts import SampleParts, Samples
from keras_gan.evaluation.parzen_bandwidth import check_grid, choose_bandwidth
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class ParzenValidation(Score):
    """What `parzen_validation` measured, with everything that the value depends on.

    Args:
        mean: float, mean log-likelihood of the validation points at `bandwidth`, in
            nats.
        bandwidth: float, the best of the grid on these same points, in data units.
        mean_at_best_bandwidth: float, as `mean`, at `best_bandwidth`; NaN where it was
            not looked for.
        best_bandwidth: float, the best of all; NaN likewise.
        num_samples: int, kernels.
        num_valid: int, validation points.
        dim: int, values in a point.
        bandwidths: floats, the grid.
    """

    quantities = (
        Quantity("parzen", "mean", better="higher"),
        Quantity("parzen_at_best_bandwidth", "mean_at_best_bandwidth", better="higher"),
    )

    mean: float
    bandwidth: float
    mean_at_best_bandwidth: float
    best_bandwidth: float
    num_samples: int
    num_valid: int
    dim: int
    bandwidths: tuple[float, ...]


def parzen_validation(
    samples: Samples,
    valid: Array,
    bandwidths: Sequence[float] | None = None,
    search: bool = True,
    verbose: int = 0,
) -> ParzenValidation:
    """Scores samples by the validation points that choose their bandwidth.

    Use it to tell epochs of one run apart: the bandwidth is the best on the very points
    that are scored, so the value is a little too high. Report `parzen_log_likelihood`,
    on test points. At the best bandwidth of all, epochs are told apart more finely: the
    grid of 2014 can miss it by nats that the samples are not to blame for.

    Args:
        samples: array `[num_samples, …]`, or a stream of such arrays.
        valid: array `[num_valid, …]`.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.
        search: bool, whether to look for the best bandwidth of all, which takes twice
            the time that the grid takes, or more. Defaults to `True`.
        verbose: int, 1 shows a progress bar over the samples. Defaults to `0`.

    Returns:
        score: `ParzenValidation`, in nats.

    Raises:
        ValueError: as `parzen_log_likelihood` does.

    Example:
    >>> import numpy as np
    >>> samples, valid = np.random.default_rng(0).normal(size=(2, 300, 2))
    >>> score = parzen_validation(samples, valid)
    >>> score.mean_at_best_bandwidth >= score.mean
    True
    >>> score.num_samples, score.bandwidth in score.bandwidths
    (300, True)
    """
    parts, points = SampleParts("samples", samples), flat_rows("valid", valid)
    warnings: tuple[str, ...] = ()
    if search:
        choice = choose_bandwidth(parts, points, bandwidths, verbose)
        grid, means, warnings = choice.bandwidths, choice.valid_means, choice.warnings
        best, best_mean = choice.best_bandwidth, choice.best_valid_mean
    else:
        grid, best, best_mean = check_grid(bandwidths), math.nan, math.nan
        log_probs = parzen_log_probs(points, "valid", parts, grid, verbose)
        means = tuple(log_probs.mean(axis=1).tolist())
    return ParzenValidation(
        mean=max(means),
        bandwidth=grid[means.index(max(means))],
        mean_at_best_bandwidth=best_mean,
        best_bandwidth=best,
        num_samples=parts.num_rows,
        num_valid=len(points),
        dim=points.shape[1],
        bandwidths=grid,
        warnings=warnings,
    )
