"""The Parzen density as numbers: kernels summed over parts of the samples."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np

from keras_gan._types import FloatArray
from keras_gan._validation import check_positive, invalid_argument
from keras_gan.evaluation._arrays import value_range
from keras_gan.evaluation._kernel_sums import (
    add_centers,
    in_float64,
    log_means,
    no_centers,
)
from keras_gan.evaluation._sample_parts import SampleParts, check_width

_POINTS = 10_000  # scored at once
_FLOAT32_ROUNDING = 2.0**-24  # of a number, at most


def parzen_log_probs(
    points: FloatArray,
    name: str,
    samples: SampleParts,
    bandwidths: Sequence[float],
    verbose: int = 0,
) -> FloatArray:
    """Log densities `[num_bandwidths, num_points]`; `name` is that of the points."""
    grid = np.asarray(bandwidths, dtype="float64")
    blocks = [points[i : i + _POINTS] for i in range(0, len(points), _POINTS)]
    states: list[Any] = []
    for part in _with_progress(samples, verbose):
        check_width(name, points, part.shape[1])
        dtype = np.result_type(part, points)
        if _exceeds_float32(points, name, samples.range, float(grid.min())):
            dtype = np.dtype("float64")
        if not states:
            states = [no_centers(block.astype(dtype), grid) for block in blocks]
        elif dtype == "float64":
            states = [in_float64(state) for state in states]
        part = part.astype(states[0].points.dtype.as_numpy_dtype)
        states = [add_centers(state, part) for state in states]
    log_probs = np.concatenate([log_means(state) for state in states], axis=1)
    return log_probs - log_normalizer(points.shape[1], grid)[:, np.newaxis]


def log_normalizer(num_axes: int, bandwidth: Any) -> Any:
    """Log of the integral of one kernel, d log(h sqrt(2 pi)), in nats."""
    return num_axes * (np.log(bandwidth) + 0.5 * np.log(2 * np.pi))


def check_bandwidths(
    name: str, bandwidths: float | Sequence[float]
) -> tuple[float, ...]:
    """Returns one or more as floats; raises unless there is one and all are above 0."""
    if isinstance(bandwidths, np.ndarray) and not bandwidths.ndim:
        bandwidths = float(bandwidths)
    if not isinstance(bandwidths, Sequence | np.ndarray):
        return (check_positive(name, bandwidths),)
    if not len(bandwidths):
        raise invalid_argument(name, "at least one positive float", bandwidths)
    return tuple(check_positive(name, value) for value in bandwidths)


def _exceeds_float32(
    points: FloatArray, name: str, sample_range: tuple[float, float], bandwidth: float
) -> bool:
    """Whether rounding could move an exponent by a nat at the narrowest bandwidth.

    Pixels of 28 x 28 images in [0, 1] do not let it above a bandwidth of 0.007. Samples
    of a generator that diverged do.

    Raises:
        ValueError: if exponents are beyond float64 as well.
    """
    ranges = (*sample_range, *value_range(points))
    # At most, d (high - low)^2 / h^2; a product overflows to infinity in silence.
    width = (max(ranges) - min(ranges)) / bandwidth
    exponent = points.shape[1] * width * width
    if not (math.isfinite(exponent) and math.isfinite(1 / bandwidth / bandwidth)):
        raise ValueError(
            f"`samples` and `{name}` must lie nearer to each other, in bandwidths: "
            "squared distances are beyond every float. Received: values from "
            f"{min(ranges):g} to {max(ranges):g}, bandwidth={bandwidth:g}"
        )
    return exponent * _FLOAT32_ROUNDING > 1


def _with_progress(samples: SampleParts, verbose: int) -> Iterator[FloatArray]:
    bar = keras.utils.Progbar(
        samples.num_expected, unit_name="sample", verbose=int(verbose > 0)
    )
    for part in samples:
        yield part
        bar.add(len(part))
    if samples.num_expected is None:
        bar.update(samples.num_rows, finalize=True)
