"""Samples that lie in one array, or come in parts and never lie together."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._arrays import flat_rows, value_range

Samples: TypeAlias = Array | Iterable[Array]
"""An array `[num, …]`, or an iterable that yields such arrays each time anew."""

_ROWS = 10_000  # rows worked on at once


def is_stream(samples: Samples) -> bool:
    """Whether samples come in parts: an iterable that is neither array nor list."""
    is_array = isinstance(samples, list | tuple) or hasattr(samples, "__array__")
    return not is_array and isinstance(samples, Iterable)


class SampleParts:
    """Iterates over flat parts of samples, and knows what went by.

    Args:
        name: str, of the argument, for errors.
        samples: array or stream.

    Raises:
        ValueError: if samples are empty, not finite, or an iterator that can be read
            only once.
    """

    def __init__(self, name: str, samples: Samples) -> None:
        self._name = name
        self._samples: Any = samples if is_stream(samples) else flat_rows(name, samples)
        if isinstance(samples, Iterator):
            raise ValueError(
                f"`{name}` must be an array, or an iterable that can be read anew, "
                "such as `gan.sample_stream(…)`. Received: an iterator that is used "
                f"up after one reading, {type(samples).__name__}"
            )
        self.num_rows = 0
        self.range = (np.inf, -np.inf)

    @property
    def whole(self) -> FloatArray | None:
        """All samples, `[num, d]`, or `None` for a stream."""
        return None if is_stream(self._samples) else self._samples

    @property
    def num_expected(self) -> int | None:
        """How many samples there are, where that is known before they are read."""
        whole = self.whole
        if whole is not None:
            return len(whole)
        return getattr(self._samples, "num_samples", None)

    def __iter__(self) -> Iterator[FloatArray]:
        """Yields arrays `[at most 10,000, d]`."""
        self.num_rows, self.range = 0, (np.inf, -np.inf)
        for part in self._parts():
            low, high = value_range(part)
            self.num_rows += len(part)
            self.range = min(low, self.range[0]), max(high, self.range[1])
            yield part
        if not self.num_rows:
            raise ValueError(f"`{self._name}` must hold samples. Received: none")

    def _parts(self) -> Iterator[FloatArray]:
        whole = self.whole
        for rows in self._samples if whole is None else (whole,):
            rows = flat_rows(self._name, rows) if whole is None else rows
            for start in range(0, len(rows), _ROWS):
                yield rows[start : start + _ROWS]


def check_width(name: str, rows: FloatArray, num_axes: int) -> FloatArray:
    """Returns rows; raises unless each has as many values as a sample has."""
    if rows.shape[1] != num_axes:
        raise ValueError(
            f"`{name}` must have as many values in a point as `samples`, {num_axes}. "
            f"Received: {rows.shape[1]}"
        )
    return rows
