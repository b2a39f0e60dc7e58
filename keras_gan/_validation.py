"""Argument checks that speak one grammar.

Every message names the argument, says what was expected and what was received.
"""

import math
import numbers
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

MAX_SEED = 2**31 - 1  # int32: what TensorFlow and the exported graphs draw from


def invalid_argument(name: str, expected: str, received: Any) -> ValueError:
    """Returns the `ValueError` for a value outside what `name` accepts."""
    return ValueError(
        f"Invalid value for argument `{name}`. Expected {expected}. "
        f"Received: {name}={_shown(received)}"
    )


def _shown(received: Any) -> str:
    shape, dtype = (getattr(received, name, None) for name in ("shape", "dtype"))
    if dtype is None or not isinstance(shape, tuple) or not shape:
        return repr(received)
    # The numbers of an array would hide the sentence.
    return f"{type(received).__name__} of shape {shape}, {dtype}"


def check_positive_integer(name: str, value: Any) -> int:
    """Returns `value` as an int; raises unless it is an integer of at least 1."""
    return check_integer(name, value, minimum=1)


def check_integer(
    name: str, value: Any, minimum: int = 0, maximum: int | None = None
) -> int:
    """Returns `value` as an int; raises unless it is an integer within the bounds."""
    is_integer = _is_integer(value)
    if maximum is None and not (is_integer and value >= minimum):
        raise invalid_argument(name, f"an integer of at least {minimum}", value)
    if maximum is not None and not (is_integer and minimum <= value <= maximum):
        raise invalid_argument(name, f"an integer from {minimum} to {maximum}", value)
    return int(value)


def check_seed(name: str, value: Any) -> int:
    """Returns `value` as an int; raises unless it is an integer in [0, 2^31)."""
    return check_integer(name, value, maximum=MAX_SEED)


def check_optional_seed(name: str, value: Any) -> int | None:
    """Returns `value`; raises unless it is `None` or as `check_seed` has it."""
    return None if value is None else check_seed(name, value)


def check_positive_integers(
    name: str, value: Any, length: int | None = None
) -> tuple[int, ...]:
    """Returns `value` as ints; raises unless it is a sequence of ints of at least 1.

    Args:
        name: of the argument.
        value: what was received.
        length: int, how many there must be, or `None` for any number.
            Defaults to `None`.
    """
    many = "" if length is None else f"{length} "
    expected = f"a sequence of {many}integers of at least 1"
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise invalid_argument(name, expected, value)
    values = tuple(value)
    if length is not None and len(values) != length:
        raise invalid_argument(name, expected, value)
    return tuple(
        check_positive_integer(f"{name}[{index}]", one)
        for index, one in enumerate(values)
    )


def check_size(name: str, value: Any) -> tuple[int, int]:
    """Returns `value` as `(height, width)`; an int is both sides of a square."""
    if _is_integer(value):
        side = check_positive_integer(name, value)
        return side, side
    height, width = check_positive_integers(name, value, length=2)
    return height, width


def check_positive(name: str, value: Any) -> float:
    """Returns `value` as a float; raises unless it is finite and above 0."""
    if not _is_finite_number(value) or value <= 0:
        raise invalid_argument(name, "a positive float", value)
    return float(value)


def check_nonnegative(name: str, value: Any) -> float:
    """Returns `value` as a float; raises unless it is finite and at least 0."""
    if not _is_finite_number(value) or value < 0:
        raise invalid_argument(name, "a float of at least 0", value)
    return float(value)


def check_finite(name: str, value: Any) -> float:
    """Returns `value` as a float; raises unless it is a finite number."""
    if not _is_finite_number(value):
        raise invalid_argument(name, "a finite float", value)
    return float(value)


def check_fraction(name: str, value: Any) -> float:
    """Returns `value` as a float; raises unless it lies in [0, 1)."""
    if not _is_finite_number(value) or not 0 <= value < 1:
        raise invalid_argument(name, "a float in [0, 1)", value)
    return float(value)


def check_between_0_and_1(name: str, value: Any) -> float:
    """Returns `value`; raises unless it lies in (0, 1), both ends excluded."""
    if not _is_finite_number(value) or not 0 < value < 1:
        raise invalid_argument(name, "a float in (0, 1)", value)
    return float(value)


def check_range(name: str, value: Any) -> tuple[float, float]:
    """Returns `value` as finite floats `(low, high)`; raises unless low < high."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise invalid_argument(name, "a pair of floats", value)
    low, high = (check_finite(name, end) for end in value)
    if low >= high:
        raise invalid_argument(name, "the lower end first", value)
    return low, high


def check_same_shape(**tensors: Any) -> None:
    """Raises unless all tensors have one shape: nothing is broadcast silently."""
    (first_name, first), *others = tensors.items()
    for name, tensor in others:
        if tuple(tensor.shape) != tuple(first.shape):
            raise ValueError(
                f"`{first_name}` and `{name}` must have the same shape. Received: "
                f"{first_name}.shape={tuple(first.shape)}, "
                f"{name}.shape={tuple(tensor.shape)}"
            )


def check_known(name: str, value: str, known: Iterable[str]) -> str:
    """Returns `value`; raises, suggesting the nearest, unless it is in `known`."""
    known = sorted(known)
    if value in known:
        return value
    nearest = get_close_matches(str(value), known, n=1, cutoff=0.4)
    suggestion = f" Did you mean {nearest[0]!r}?" if nearest else ""
    raise ValueError(
        f"Invalid value for argument `{name}`. Expected one of {', '.join(known)}. "
        f"Received: {name}={value!r}.{suggestion}"
    )


def _is_integer(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_finite_number(value: Any) -> bool:
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return is_number and math.isfinite(value)
