"""What `repr` says of the parts of a game: the arguments that make them again."""

import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MOST_NUMBERS = 8  # of a list that is written out
_SERIALIZED = {"class_name", "config"}


def representation(
    part: Any, arguments: Callable[[], Mapping[str, Any]] | None = None
) -> str:
    """Returns `Name(argument=value, ...)`, with the arguments of `get_config`.

    Nothing is left out, but of many numbers there are the shape and the dtype, of a
    network its name. It never raises: where `get_config` does, as that of an object
    that is still being made may, there is the name of the class alone.

    Args:
        part: object.
        arguments: function to what stands in the brackets; `None` takes its
            `get_config`. Defaults to `None`.

    Example:
    >>> representation(0, lambda: {"latent_dim": 3, "rows": np.zeros((9, 3))})
    'int(latent_dim=3, rows=array of shape (9, 3), float64)'
    """
    name = type(part).__name__
    try:
        with warnings.catch_warnings(action="ignore"):  # Keras's, of lambdas
            return _call(name, (arguments or part.get_config)())
    except Exception:
        return name


def _call(name: str, arguments: Mapping[str, Any]) -> str:
    shown = [f"{key}={_shown(value)}" for key, value in arguments.items()]
    return f"{name}({', '.join(shown)})"


def _shown(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, list | tuple):
        return _of_sequence(value)
    shape, dtype = (getattr(value, name, None) for name in ("shape", "dtype"))
    if shape is not None and dtype is not None:
        return _of_array(shape, getattr(dtype, "name", dtype))
    if callable(value) and hasattr(value, "__qualname__"):
        return str(value.__qualname__)
    return _ADDRESS.sub("", repr(value))


def _of_mapping(value: Mapping[Any, Any]) -> str:
    """A dict, or what Keras made of an object for a file."""
    if not value.keys() >= _SERIALIZED:
        entries = [f"{key!r}: {_shown(one)}" for key, one in value.items()]
        return "{" + ", ".join(entries) + "}"
    name, config = str(value["class_name"]), value["config"]
    if name == "__lambda__":
        return "lambda"
    if not isinstance(config, Mapping):
        return str(config)  # a function's name
    if name in ("__numpy__", "__tensor__"):
        return _of_array(np.shape(config["value"]), config["dtype"])
    if "layers" in config:
        return _call(name, {"name": config["name"]})
    return _call(name, config)


def _of_sequence(value: list[Any] | tuple[Any, ...]) -> str:
    try:
        numbers = np.asarray(value)
    except (TypeError, ValueError):  # rows of several lengths, or tensors
        numbers = np.asarray(None)
    if numbers.dtype.kind in "biufc" and numbers.size > _MOST_NUMBERS:
        return _of_array(numbers.shape, numbers.dtype)
    shown = ", ".join(map(_shown, value))
    if isinstance(value, list):
        return f"[{shown}]"
    return f"({shown},)" if len(value) == 1 else f"({shown})"


def _of_array(shape: Any, dtype: Any) -> str:
    return f"array of shape {tuple(shape)}, {dtype}"
