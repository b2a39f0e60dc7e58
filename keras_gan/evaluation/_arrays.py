"""Rows of numbers, checked once."""

from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray

_SLACK = 0.25  # beyond [0, 1]: less is a generator's overshoot, more another range


def flat_rows(name: str, values: Any) -> FloatArray:
    """Returns finite float32 or float64 rows `[num, d]` of an array `[num, …]`.

    Raises:
        TypeError: if values are not numbers.
        ValueError: if there are none, or some are not finite.
    """
    values = np.asarray(values)
    if values.dtype.name == "bfloat16":  # to NumPy a type that it does not know
        values = values.astype("float32")
    if values.dtype.kind not in "fiub":
        raise TypeError(f"`{name}` must be numbers. Received: dtype={values.dtype}")
    if values.ndim < 2 or not values.size:
        raise ValueError(
            f"`{name}` must have the shape [num, …] with at least one row. Received: "
            f"{name}.shape={values.shape}"
        )
    if values.dtype not in (np.float32, np.float64):
        values = values.astype("float32" if values.dtype.itemsize < 4 else "float64")
    rows = values.reshape(len(values), -1)
    if not np.isfinite(rows).all():
        raise ValueError(f"`{name}` must be finite. Received: NaN or infinite values.")
    return rows


def value_range(values: Array) -> tuple[float, float]:
    """Returns the smallest and the largest value."""
    return float(np.min(values)), float(np.max(values))


def different_ranges(**ranges: tuple[float, float]) -> str | None:
    """Returns a warning where two observed ranges cannot be of the same scale.

    They cannot where the second leaves the first by more than a quarter of its width,
    or keeps to one half of it: pixels in [0, 1] against [-1, 1] do so either way round.

    Example:
    >>> different_ranges(test=(0.0, 1.0), samples=(0.01, 0.98)) is None
    True
    >>> different_ranges(test=(0.0, 1.0), samples=(-1.0, 1.0))[:60]
    '`samples` and `test` seem to have different value ranges: sa'
    """
    (reference_name, (low, high)), (name, observed) = ranges.items()
    slack, middle = (high - low) / 4, (low + high) / 2
    inside = low - slack <= observed[0] and observed[1] <= high + slack
    one_half = observed[0] >= middle or observed[1] <= middle
    if low == high or (inside and not one_half):
        return None
    return (
        f"`{name}` and `{reference_name}` seem to have different value ranges: {name} "
        f"from {observed[0]:.4g} to {observed[1]:.4g}, {reference_name} from {low:.4g} "
        f"to {high:.4g}. Bring both to one range, or the value means nothing."
    )


def range_warnings(samples: tuple[float, float], **others: Array) -> tuple[str, ...]:
    """Warnings where samples of a range cannot be of the scale of sets, by name."""
    found = (
        different_ranges(**{name: value_range(values)}, samples=samples)
        for name, values in others.items()
    )
    return tuple(warning for warning in found if warning)


def check_unit_range(name: str, images: Array) -> None:
    """Raises unless pixels are finite and lie in [0, 1] but for a little overshoot."""
    smallest, largest = value_range(images)
    if not (np.isfinite(smallest) and np.isfinite(largest)):
        raise ValueError(f"`{name}` must be finite. Received: NaN or infinite pixels.")
    if smallest < -_SLACK or largest > 1 + _SLACK:
        raise ValueError(
            f"`{name}` must lie in [0, 1], as the network's training images did. "
            f"Received: pixels from {smallest:.4g} to {largest:.4g}; rescale them, "
            "e.g. (images + 1) / 2 or images / 255."
        )
