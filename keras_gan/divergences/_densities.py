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
_FARTHEST = 1e12  # interquartile ranges from the median to an end
_TAIL_FALLS = 0.97  # a tail of 1 / r^1.01 comes to 0.95


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
        first, median, third = self.quartiles
        # Of tails without end rounding makes a number too great, or of the other sign.
        farthest = _FARTHEST * (third - first)
        is_low = math.isfinite(low) and 0 <= median - low < farthest
        is_high = math.isfinite(high) and 0 <= high - median < farthest
        return low if is_low else -math.inf, high if is_high else math.inf

    @property
    def scale(self) -> float:
        """Standard deviation, or interquartile range; NaN where neither is known."""
        first, _, third = self.quartiles
        return self.stddev if math.isfinite(self.stddev) else third - first

    @functools.cached_property
    def stddev(self) -> float:
        """Standard deviation; NaN or infinite where there is none, or none is known."""
        return self._moment("stddev")

    @functools.cached_property
    def quartiles(self) -> tuple[float, float, float]:
        """The median between two others; NaN where they are not known."""
        first, median, third = self._quantiles(0.25, 0.5, 0.75).tolist()
        return first, median, third

    @property
    def tail_radii(self) -> tuple[FloatArray, FloatArray]:
        """Two distances from the median, `[2]`, below it and above; NaN at an end.

        A hundred times as much of the mass lies beyond the nearer one.
        """
        far = max(self.tolerance, 1_000 * self.epsilon)
        levels = np.array([100 * far, far])
        below, above = self._quantiles(*levels), self._quantiles(*(1 - levels))
        (low, high), (_, median, _) = self.ends, self.quartiles
        below = median - below if low == -math.inf else np.full(2, math.nan)
        above = above - median if high == math.inf else np.full(2, math.nan)
        return below, above

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
        mean, stddev = self._moment("mean"), self.stddev
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
    if support is None and _diverges(integrand, densities):
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
    return float(value)


def _diverges(integrand: Integrand, densities: Sequence[Density]) -> bool:
    """Whether what lies beyond the interval has no end.

    Of a tail r f(r), r from the median, has to fall; that of 1 / r stays, and its
    integral grows for ever. Tails of densities with a standard deviation are short.
    """
    for heavy in (one for one in densities if not math.isfinite(one.stddev)):
        for sign, radii in zip((-1, 1), heavy.tail_radii, strict=True):
            x = heavy.quartiles[1] + sign * radii
            if not np.isfinite(x).all():
                continue
            values = integrand(x, *(density.log_prob(x) for density in densities))
            near, far = radii * np.abs(values)
            if far > _TAIL_FALLS * near and far > heavy.tolerance:
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
