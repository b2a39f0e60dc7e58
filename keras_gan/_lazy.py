"""What is imported when asked for: names of a package, values of a mapping."""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import ModuleType
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


def lazy_attributes(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Returns a package's `__getattr__` and `__dir__` (PEP 562).

    Args:
        package: its `__name__`; it has an `__all__`.
        modules: for each name the module that holds it; `package.name` is the module
            itself.
    """

    def __getattr__(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(modules[name])
        whole = modules[name] == f"{package}.{name}"
        value = module if whole else getattr(module, name)
        setattr(sys.modules[package], name, value)  # asked for once
        return value

    def __dir__() -> list[str]:
        return [*vars(sys.modules[package])["__all__"]]

    return __getattr__, __dir__


class LazyMapping(MutableMapping[str, Value], Generic[Value]):
    """Values by name: the names are there at once, a value once somebody takes it.

    Args:
        modules: for each name the module that holds its value.
        find: function of that module and the name, to the value.
    """

    def __init__(
        self, modules: Mapping[str, str], find: Callable[[ModuleType, str], Value]
    ) -> None:
        self._modules = {**modules}
        self._find = find
        self._values: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._values:
            module = importlib.import_module(self._modules[name])
            self._values[name] = self._find(module, name)
        return self._values[name]

    def __setitem__(self, name: str, value: Value) -> None:
        self._modules.setdefault(name, "")  # names stay in their order
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        del self._modules[name]
        self._values.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __repr__(self) -> str:
        return f"{type(self).__name__}({[*self._modules]})"  # and loads no value
