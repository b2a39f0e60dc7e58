"""Adaptive Gauss-Legendre quadrature of many integrands at once.

SciPy's adaptive rules call the integrand once for each panel; a TFP density costs a
millisecond a call, so here a call takes the panels of a whole round.
"""

from collections.abc import Callable

import numpy as np

from keras_gan._types import Array, FloatArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)  # on [-1, 1]
_MAX_ROUNDS = 200
_MAX_PANELS = 2**17
_RELATIVE_TOLERANCE = 1e-9
# Narrower panels, relative to their position, would have nodes that coincide.
_RESOLUTION = 256


def integrate(
    integrands: Callable[[FloatArray], FloatArray],
    edges: FloatArray,
    antiderivatives: Callable[[FloatArray], FloatArray],
    tolerance: float,
    epsilon: float,
) -> FloatArray:
    """Integrates over the panels between `edges`, halving those that disagree.

    A panel is open while the sum of its halves differs from it in any integrand, or
    from what a known antiderivative says: that finds peaks between the nodes.

    Args:
        integrands: function from points `[n]` to float64 values `[num, n]`.
        edges: float array, ascending.
        antiderivatives: function from points `[n]` to float64 values `[num_known, n]`,
            of the first integrands; NaN where it is not known.
        tolerance: float, above 0, accepted difference in a panel.
        epsilon: float, rounding error of a point, relative.

    Returns:
        integrals: float64 array `[num]`.

    Raises:
        ValueError: if the integrals do not settle.
    """
    lows, highs = edges[:-1], edges[1:]
    wholes = _panel_integrals(integrands, lows, highs)  # [num, num_panels]
    settled = np.zeros(len(wholes))
    for _ in range(_MAX_ROUNDS):
        middles = (lows + highs) / 2
        starts, ends = np.concatenate([lows, middles]), np.concatenate([middles, highs])
        halves = _panel_integrals(integrands, starts, ends)  # [num, 2 num_panels]
        sums = np.sum(np.split(halves, 2, axis=1), axis=0)  # [num, num_panels]
        known = antiderivatives(highs) - antiderivatives(lows)
        is_open = _differ(sums, wholes, tolerance)
        is_open |= _differ(sums[: len(known)], known, tolerance)
        is_open &= middles - lows > _RESOLUTION * epsilon * np.abs(middles)
        settled += sums[:, ~is_open].sum(axis=1)
        is_open = np.tile(is_open, 2)
        lows, highs, wholes = starts[is_open], ends[is_open], halves[:, is_open]
        if not len(lows) or len(lows) > _MAX_PANELS:
            break
    if len(lows):
        raise ValueError(
            f"The integral does not settle: {len(lows)} panels are still open. Both "
            "distributions must be continuous; build them in float64, or give a "
            "narrower `support`."
        )
    return settled


def _panel_integrals(
    integrands: Callable[[FloatArray], FloatArray], lows: FloatArray, highs: FloatArray
) -> FloatArray:
    half_widths = (highs - lows)[:, np.newaxis] / 2
    points = (lows + highs)[:, np.newaxis] / 2 + half_widths * _NODES  # [panels, nodes]
    values = integrands(points.ravel())
    weighted = values.reshape(-1, *points.shape) * (half_widths * _WEIGHTS)
    return weighted.sum(axis=2)  # [num, panels]


def _differ(sums: FloatArray, others: FloatArray, tolerance: float) -> Array:
    """Which panels differ in any integrand; infinite and unknown values do not."""
    with np.errstate(invalid="ignore"):
        allowed = tolerance + _RELATIVE_TOLERANCE * np.abs(sums)
        return np.any(np.abs(sums - others) > allowed, axis=0)
