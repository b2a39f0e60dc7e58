"""The bandwidth of a Parzen window, chosen on validation points."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation._parzen_sums import check_bandwidths, parzen_log_probs
from keras_gan.evaluation._sample_parts import SampleParts, Samples

TABLE_1_BANDWIDTHS: tuple[float, ...] = tuple(np.logspace(-1, 0, 10).tolist())
"""The grid of 2014: 0.1, 0.129, 0.167, 0.215, 0.278, 0.359, 0.464, 0.599, 0.774, 1."""

_EXTENSIONS = 3  # decades beyond an edge of the grid
_POINTS_PER_DECADE = 4
_POINTS_PER_SIDE = 5  # of the best bandwidth, between it and its neighbors
# The vertex of a parabola through points d apart in log h errs by some d^2 / 3.
_VERTEX_GAP = 0.05


@dataclasses.dataclass(frozen=True)
class BandwidthChoice:
    """What validation points say of bandwidths.

    Args:
        bandwidths: floats, the grid.
        valid_means: floats, mean validation log-likelihood at each of them, in nats.
        best_bandwidth: float, the best of all, not of the grid alone.
        best_valid_mean: float, mean validation log-likelihood there, in nats.
        warnings: strings, what makes the choice doubtful.
    """

    bandwidths: tuple[float, ...]
    valid_means: tuple[float, ...]
    best_bandwidth: float
    best_valid_mean: float
    warnings: tuple[str, ...]

    @property
    def bandwidth(self) -> float:
        """The best bandwidth of the grid."""
        return self.bandwidths[int(np.argmax(self.valid_means))]


def choose_bandwidth(
    samples: SampleParts,
    valid: FloatArray,
    bandwidths: Sequence[float] | None = None,
    verbose: int = 0,
) -> BandwidthChoice:
    """Looks for the best bandwidth, on a grid first, then between its values or beyond.

    The search takes the peak beside the best of the grid, up to three decades beyond
    its edge. It ends at the vertex of a parabola in log h, within 1e-3 of the peak.
    Each pass over the samples scores several bandwidths: with the grid of 2014 there
    are three passes, and two more for each decade beyond it.

    Args:
        samples: `SampleParts`, read again for each pass.
        valid: float array `[num_valid, d]`.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.
        verbose: int, 1 shows a progress bar for each pass. Defaults to `0`.

    Returns:
        choice: `BandwidthChoice`; its `best_valid_mean` is at least the best of the
        grid.
    """

    def valid_means(grid: Sequence[float] | FloatArray) -> FloatArray:
        log_probs = parzen_log_probs(valid, "valid", samples, tuple(grid), verbose)
        return log_probs.mean(axis=1)

    grid = check_grid(bandwidths)
    grid_means = valid_means(grid)
    curve = _Curve(valid_means, np.array(grid), grid_means)
    _climb(curve)
    return BandwidthChoice(
        bandwidths=grid,
        valid_means=tuple(grid_means.tolist()),
        best_bandwidth=float(curve.bandwidths[curve.best]),
        best_valid_mean=float(curve.means[curve.best]),
        warnings=(
            *_edge_warnings(grid, int(np.argmax(grid_means))),
            *_open_warnings(curve),
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
    grid = check_grid(bandwidths)
    return parzen_log_probs(points, "valid", parts, grid).mean(axis=1)


def check_grid(bandwidths: Sequence[float] | None) -> tuple[float, ...]:
    """Returns bandwidths as floats, those of 2014 for `None`; raises as `fit` does."""
    if bandwidths is None:
        return TABLE_1_BANDWIDTHS
    return check_bandwidths("bandwidths", bandwidths)


class _Curve:
    """Mean log-likelihoods by bandwidth, in ascending order of bandwidths."""

    def __init__(
        self,
        score: Callable[[FloatArray], FloatArray],
        bandwidths: FloatArray,
        means: FloatArray,
    ) -> None:
        self._score = score
        self.bandwidths, first = np.unique(bandwidths, return_index=True)
        self.means = means[first]

    @property
    def best(self) -> int:
        """Index of the largest mean."""
        return int(np.argmax(self.means))

    @property
    def open_ends(self) -> list[int]:
        """Of the indices 0 and -1, those where the largest mean lies."""
        ends = {0: 0, -1: len(self.means) - 1}
        return [end for end, index in ends.items() if index == self.best]

    def add(self, bandwidths: FloatArray) -> None:
        """Scores more bandwidths in one pass."""
        joined = np.concatenate([self.bandwidths, bandwidths])
        means = np.concatenate([self.means, self._score(bandwidths)])
        self.bandwidths, first = np.unique(joined, return_index=True)
        self.means = means[first]

    def beyond(self) -> FloatArray:
        """Bandwidths of one more decade at each open end."""
        factors = {0: 0.1, -1: 10.0}
        return np.concatenate(
            [
                np.geomspace(edge, edge * factors[end], _POINTS_PER_DECADE + 1)[1:]
                for end in self.open_ends
                for edge in [self.bandwidths[end]]
            ]
        )

    def between(self) -> FloatArray:
        """Bandwidths between the best and its two neighbors."""
        low, best, high = self.bandwidths[self.best - 1 : self.best + 2]
        sides = ((low, best), (best, high))
        return np.concatenate(
            [np.geomspace(*side, _POINTS_PER_SIDE + 2)[1:-1] for side in sides]
        )

    def widest_gap(self) -> float:
        """Log ratio of the best bandwidth and the farther of its neighbors."""
        around = np.log(self.bandwidths[self.best - 1 : self.best + 2])
        return float(np.diff(around).max())

    def vertex(self) -> float:
        """Vertex of the parabola in log h through the best and its neighbors."""
        around = slice(self.best - 1, self.best + 2)
        left, right = np.diff(np.log(self.bandwidths[around]))
        rise, fall = np.abs(np.diff(self.means[around]))
        if rise == fall == 0:
            return float(self.bandwidths[self.best])
        shift = (right**2 * rise - left**2 * fall) / (right * rise + left * fall) / 2
        return float(self.bandwidths[self.best] * np.exp(shift))


def _climb(curve: _Curve) -> None:
    """Adds bandwidths until the best lies at a peak, or none is found within reach."""
    for _ in range(_EXTENSIONS):
        if curve.open_ends:
            curve.add(curve.beyond())
    if curve.open_ends:
        return
    while curve.widest_gap() > _VERTEX_GAP:
        curve.add(curve.between())
    curve.add(np.array([curve.vertex()]))


def _edge_warnings(grid: Sequence[float], best: int) -> tuple[str, ...]:
    if len(grid) == 1 or grid[best] not in (min(grid), max(grid)):
        return ()
    return (
        f"The best bandwidth, {grid[best]:g}, lies at the edge of the grid: a wider "
        "`bandwidths` may find a better one.",
    )


def _open_warnings(curve: _Curve) -> tuple[str, ...]:
    if not curve.open_ends:
        return ()
    direction, cause = "wider", "samples lie far from all of them"
    if curve.best == 0:
        direction, cause = "narrower", "samples are copies of them"
    return (
        "The best bandwidth of all was not found: validation points are likelier the "
        f"{direction} the kernels, as far as {curve.bandwidths[curve.best]:g}, as "
        f"where {cause}.",
    )
