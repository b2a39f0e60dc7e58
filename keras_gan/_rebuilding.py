"""Whether a part of a game can be built again from its configuration."""

import inspect
from typing import Any

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
