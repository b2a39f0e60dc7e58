"""One-dimensional TFP distributions as float64 functions, and integrals over two."""

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from keras_gan._types import FloatArray
from keras_gan._validation import check_finite, invalid_argument
from keras_gan.divergences._quadrature import integrate

Support: TypeAlias = tuple[float, float] | None
"""The interval to integrate over; `None` finds it."""

Integrand: TypeAlias = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""From points and two log densities there, `[n]` each, to values `[n]`."""

_TOLERANCE = 1e-10
_MASS_TOLERANCE = 1e-3
_NUM_STDDEVS = 12
_MAX_DOUBLINGS = 40
_NUM_PANELS = 64


@dataclasses.dataclass(frozen=True, eq=False)
class Density:
    """A distribution on the line, without TFP's surprises outside its support.

    Args:
        name: str, of the argument that it came as.
        distribution: `tfp.distributions.Distribution` with scalar event, no batch, in
            float32 or float64.
    """

    name: str
    distribution: Any

    def __post_init__(self) -> None:
        shapes = self.distribution.event_shape, self.distribution.batch_shape
        if any(shape.rank != 0 for shape in shapes):
            raise ValueError(
                f"`{self.name}` must be a distribution on the line, with scalar event "
                f"and no batch. Received: event_shape={shapes[0]}, "
                f"batch_shape={shapes[1]}"
            )
        if self.distribution.dtype not in ("float32", "float64"):
            raise TypeError(
                f"`{self.name}` must be a continuous distribution in float32 or "
                f"float64. Received: {self.distribution}. Pass the probabilities of a "
                "discrete one as an array."
            )

    @property
    def epsilon(self) -> float:
        """Relative rounding error of the values."""
        return float(np.finfo(self.distribution.dtype.as_numpy_dtype).eps)

    @property
    def tolerance(self) -> float:
        """The mass that may be lost."""
        return max(_TOLERANCE, 8 * self.epsilon)

    @functools.cached_property
    def ends(self) -> tuple[float, float]:
        """Where the density is known to begin and to end; infinite if it is not."""
        low, high = self._quantiles(0.0, 1.0)
        return (
            low if math.isfinite(low) else -math.inf,
            high if math.isfinite(high) else math.inf,
        )

    @property
    def scale(self) -> float:
        """Standard deviation, or interquartile range; NaN where neither is known."""
        stddev = self._moment("stddev")
        low, high = self._quantiles(0.25, 0.75)
        return stddev if math.isfinite(stddev) else high - low

    def log_prob(self, x: FloatArray) -> FloatArray:
        """Log density; -inf outside the support, where TFP may say anything."""
        values = self._call("log_prob", x)
        low, high = self.ends
        outside = np.isnan(values) | (x < low) | (x > high)
        return np.where(outside, -np.inf, values)

    def cdf(self, x: FloatArray) -> FloatArray:
        """Distribution function; NaN where it is not known."""
        low, high = self.ends
        values = np.where(x <= low, 0.0, self._call("cdf", x))
        return np.where(x >= high, 1.0, values)

    @functools.cached_property
    def reach(self) -> tuple[float, float] | None:
        """The interval that holds all but about 1e-10 of the mass, if it is known."""
        mean, stddev = self._moment("mean"), self._moment("stddev")
        if math.isfinite(mean) and math.isfinite(stddev):
            low, high = self._around(mean, stddev)
        else:
            low, high = self._quantiles(self.tolerance, 1 - self.tolerance)
        low, high = max(low, self.ends[0]), min(high, self.ends[1])
        return (low, high) if math.isfinite(high - low) and low < high else None

    def _around(self, mean: float, stddev: float) -> tuple[float, float]:
        for doubling in range(_MAX_DOUBLINGS):
            radius = _NUM_STDDEVS * stddev * 2**doubling
            low, high = mean - radius, mean + radius
            below, up_to = self.cdf(np.array([low, high]))
            if not (below > self.tolerance or 1 - up_to > self.tolerance):
                break
        return low, high

    def _moment(self, name: str) -> float:
        try:
            return float(getattr(self.distribution, name)())
        except NotImplementedError:
            return math.nan

    def _quantiles(self, *levels: float) -> FloatArray:
        return self._call("quantile", np.array(levels))

    def _call(self, method: str, x: FloatArray) -> FloatArray:
        """Values of a method in float64; NaN if the distribution lacks it."""
        x = np.asarray(x, self.distribution.dtype.as_numpy_dtype)
        try:
            values = getattr(self.distribution, method)(x)
        except NotImplementedError:
            return np.full(x.shape, np.nan)
        return np.asarray(values.numpy(), dtype="float64")


def integral(
    integrand: Integrand, densities: Sequence[Density], support: Support
) -> float:
    """Integrates over the line what depends on two densities.

    Raises:
        ValueError: if `support` is needed or no interval, or one of the densities does
            not integrate to 1 over it.
    """
    interval = find_support(densities, support)

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
    return float(value)


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
