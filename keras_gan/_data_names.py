"""What data are called where nobody names them: by the axes that one of them has."""

from collections.abc import Sequence
from typing import Any

_BY_RANK = {1: "vectors", 2: "signals", 3: "images"}
_AXES = {
    "images": ("height", "width", "channels"),
    "signals": ("length", "channels"),
    "waveforms": ("length", "channels"),
    "vectors": ("dim",),
    "points": ("dim",),
}


def data_name_of(shape: Sequence[Any]) -> str:
    """Name of data that nobody named.

    Args:
        shape: of one of them, without the rows.

    Example:
    >>> data_name_of((2,)), data_name_of((8000, 1)), data_name_of((28, 28, 1))
    ('vectors', 'signals', 'images')
    """
    return _BY_RANK.get(len(shape), "examples")


def axes_of(name: str) -> tuple[str, ...] | None:
    """Names of the axes that one of these data has, `None` where any will do."""
    return _AXES.get(name)


def is_named(name: str, shape: Sequence[Any]) -> bool:
    """Whether a known name, such as `"points"`, is one for data of this shape."""
    return len(_AXES.get(name, ())) == len(shape)
