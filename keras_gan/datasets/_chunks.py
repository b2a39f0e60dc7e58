"""Rows that are turned at once, so few that copies of them take little memory."""

import math
from collections.abc import Iterator

from keras_gan._types import Shape

_NUMBERS = 2**21  # 16 MB as float64


def chunks_of(num_rows: int, data_shape: Shape) -> Iterator[slice]:
    """Parts of an array's rows, in turn, of some two million numbers each.

    Example:
    >>> [*chunks_of(5, (1024, 1024, 1))]
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, _NUMBERS // math.prod(data_shape))
    for start in range(0, num_rows, step):
        yield slice(start, min(start + step, num_rows))
