"""Integrals over the line of what depends on densities."""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from keras_gan._types import FloatArray
from keras_gan._validation import check_finite, invalid_argument
from keras_gan.divergences._densities import Density
from keras_gan.divergences._quadrature import integrate

Support: TypeAlias = tuple[float, float] | None
"""The interval to integrate over; `None` finds it."""

Integrand: TypeAlias = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""From points and two log densities there, `[n]` each, to values `[n]`."""

_MASS_TOLERANCE = 1e-3
_NUM_PANELS = 64
# Of a tail 1 / r^(1 + a), or 1 / r^(1 - a) next to an end; what falls less has no end.
_LEAST_FALL = 0.005
_NEXT_TO_END = np.array([1e-4, 1e-6])  # in units of the narrower density


def integral(
    integrand: Integrand,
    densities: Sequence[Density],
    support: Support,
    noise: float = 0.0,
) -> float:
    """Integrates over the line what depends on two densities.

    Args:
        integrand: function of points and of log densities there.
        densities: of the line.
        support: the interval to integrate over, `None` for the whole line.
        noise: float, at least 0, rounding error of the integrand where it comes from
            distribution functions. Defaults to `0.0`.

    Raises:
        ValueError: if `support` is needed or no interval, or one of the densities does
            not integrate to 1 over it.
    """
    interval = find_support(densities, support)
    beyond = 0.0
    if support is None:
        beyond = _beyond(integrand, densities, interval, noise)
        if _is_infinite_at_an_end(integrand, densities, interval) or beyond == math.inf:
            return math.inf

    def stacked(x: FloatArray) -> FloatArray:
        logs = [density.log_prob(x) for density in densities]
        return np.stack([*np.exp(logs), integrand(x, *logs)])  # [3, n]

    def distribution_functions(x: FloatArray) -> FloatArray:
        return np.stack([density.cdf(x) for density in densities])  # [2, n]

    *masses, value = integrate(
        stacked,
        _edges(densities, interval),
        distribution_functions,
        tolerance=max(density.tolerance for density in densities),
        epsilon=max(density.epsilon for density in densities),
    )
    for density, mass in zip(densities, masses, strict=True):
        if not abs(mass - 1) <= _MASS_TOLERANCE:
            raise ValueError(
                f"`{density.name}` must integrate to 1 over the support, within "
                f"{_MASS_TOLERANCE:g}. Received: {mass:.6g} over ({interval[0]:g}, "
                f"{interval[1]:g}). Give `support`=(low, high) that holds all its mass."
            )
    return float(value) + beyond


def _beyond(
    integrand: Integrand,
    densities: Sequence[Density],
    interval: tuple[float, float],
    noise: float,
) -> float:
    """What tails add that lie beyond the interval, where they are powers.

    With r from the median, f = c / r^(1 + a) adds r f(r) / a beyond r; where a is not
    above 0 there is no end. Two values tell a. Tails that fall faster add nothing.
    """
    total = 0.0
    for side, sign in enumerate((-1, 1)):
        open_ended = [one for one in densities if math.isinf(one.ends[side])]
        if not open_ended:
            continue
        heavy = max(open_ended, key=lambda one: sign * (one.reach or (0, 0))[side])
        center = heavy.quartiles[1]
        radius = sign * (interval[side] - center)
        # A difference of distribution functions has no digits left that far out.
        radii = heavy.tail_radii[side] if noise else radius * np.array([0.5, 1.0])
        x = center + sign * radii
        if not np.isfinite(x).all():
            continue
        values = integrand(x, *(density.log_prob(x) for density in densities))
        near, far = radii * np.abs(values)
        if not (near > 0 and math.isfinite(near + far) and abs(values[1]) > noise):
            continue
        fall = math.log(near / far) / math.log(radii[1] / radii[0])
        if fall > _LEAST_FALL:
            at_end = far * (radius / radii[1]) ** -fall
            total += math.copysign(at_end / fall, values[1])
        elif far > heavy.tolerance:
            return math.inf
    return total


def _is_infinite_at_an_end(
    integrand: Integrand, densities: Sequence[Density], interval: tuple[float, float]
) -> bool:
    """Whether the integrand grows as 1 / r, or faster, towards an end of a density.

    There, r from the end, r f(r) has to fall with r.
    """
    low, high = interval
    unit = min((one.scale for one in densities if one.scale > 0), default=high - low)
    tolerance = max(one.tolerance for one in densities)
    for end in {end for one in densities for end in one.ends if math.isfinite(end)}:
        for sign in (-1, 1):
            x = end + sign * unit * _NEXT_TO_END
            if x.min() < low or x.max() > high:
                continue
            values = integrand(x, *(density.log_prob(x) for density in densities))
            far, near = unit * _NEXT_TO_END * np.abs(values)
            falls = near < far * (_NEXT_TO_END[1] / _NEXT_TO_END[0]) ** _LEAST_FALL
            if math.isfinite(near) and near > tolerance and not falls:
                return True
    return False


def find_support(densities: Sequence[Density], support: Support) -> tuple[float, float]:
    """Returns `support`, checked, or the interval that holds both densities."""
    if support is not None:
        return _check_support(support)
    reaches = []
    for density in densities:
        if density.reach is None:
            raise ValueError(
                f"`support`=(low, high) is needed: `{density.name}` has neither a "
                "finite standard deviation above 0 nor quantiles. Received: "
                f"{density.distribution}"
            )
        reaches.append(density.reach)
    return min(low for low, _ in reaches), max(high for _, high in reaches)


def _edges(densities: Sequence[Density], interval: tuple[float, float]) -> FloatArray:
    """Even panels over the interval and over the reach of each density."""
    intervals = [interval, *(d.reach for d in densities if d.reach)]
    grids = [np.linspace(low, high, _NUM_PANELS + 1) for low, high in intervals]
    edges = np.unique(np.concatenate([*grids, *(d.ends for d in densities)]))
    return edges[(edges >= interval[0]) & (edges <= interval[1])]


def _check_support(support: Any) -> tuple[float, float]:
    expected = "two finite floats (low, high) with low < high"
    if not isinstance(support, Sequence) or len(support) != 2:
        raise invalid_argument("support", expected, support)
    low, high = (check_finite("support", end) for end in support)
    if not low < high:
        raise invalid_argument("support", expected, support)
    return low, high
