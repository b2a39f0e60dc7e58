"""Whether a part of a game can be built again from its configuration."""

import inspect
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import keras

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def check_rebuilds(name: str, part: Any) -> None:
    """Raises where `__init__` has arguments that `get_config` does not know, or lacks.

    A file would hold the part without them, or could not be loaded.

    Args:
        name: str, of the argument that the part was given as.
        part: object with `get_config` and a class method `from_config`.
    """
    kind = type(part)
    if _place(kind, "from_config") <= _place(kind, "__init__"):
        return  # it was written for these arguments
    parameters = [*inspect.signature(kind.__init__).parameters.values()][1:]
    taken = {one.name for one in parameters if one.kind not in _VARIADIC}
    has_others = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    stated = set(part.get_config())
    missing, unknown = sorted(taken - stated), sorted(stated - taken)
    if has_others:
        unknown = []
    if missing or unknown:
        raise ValueError(
            f"`{name}` must be saved with the GAN: `get_config` returns the arguments "
            f"of `__init__`. Received: a {kind.__name__}, {_fault(missing, unknown)}. "
            f"Let {kind.__name__}.get_config return {_dict_of(taken)}."
        )


def warn_unless_saved(name: str, part: Any) -> None:
    """Warns where a file could not hold a part, or could not be loaded for it.

    Better before the training than after it; who wants no file may go on.

    Args:
        name: str, of the argument that the part was given as.
        part: network or function.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # Keras's, of lambdas
            config = keras.saving.serialize_keras_object(part)
    except (NotImplementedError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split("Example")[0].split())  # and no code
        warnings.warn(
            f"No file will hold this `{name}`, and `save` will fail: let `get_config` "
            f"of own layers and models return the arguments of `__init__`. ({reason})",
            stacklevel=5,
        )
        return
    if "__lambda__" in _classes_in(config):
        warnings.warn(
            f"No file with this `{name}` will be loaded again, as it holds a lambda: "
            "write that as a layer, or as a function with a name, and register it by "
            "keras.saving.register_keras_serializable.",
            stacklevel=5,
        )


def _classes_in(config: Any) -> Iterator[str]:
    if isinstance(config, Mapping):
        yield str(config.get("class_name"))
        config = config.values()
    elif not isinstance(config, list | tuple):
        return
    for value in config:
        yield from _classes_in(value)


def _place(kind: type, method: str) -> int:
    """How far up its bases a class finds a method."""
    return next(
        index for index, base in enumerate(kind.__mro__) if method in vars(base)
    )


def _fault(missing: list[str], unknown: list[str]) -> str:
    if missing:
        return f"whose get_config lacks {', '.join(missing)}"
    return f"whose __init__ does not take {', '.join(unknown)}, as get_config says"


def _dict_of(names: set[str]) -> str:
    return "{" + ", ".join(f"{name!r}: …" for name in sorted(names)) + "}"
