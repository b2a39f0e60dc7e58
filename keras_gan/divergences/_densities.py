"""One-dimensional TFP distributions as float64 functions."""

import dataclasses
import functools
import math
from typing import Any

import numpy as np

from keras_gan._types import FloatArray

_TOLERANCE = 1e-10
_NUM_STDDEVS = 12
_MAX_DOUBLINGS = 40
_FARTHEST = 1e12  # interquartile ranges from the median to an end


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
