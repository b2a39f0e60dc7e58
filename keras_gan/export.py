"""Ship the generator: `keras_gan.export.export_onnx` and all that `export` offers.

The exports are a package of their own, `export`, which lies beside this one. Its name
is a common one: a script `export.py`, or a folder `export` in the working directory,
comes before it on the path. Asked for here it is taken from where it lies, so that
these names work there too, and they are the very objects that `import export` gives.
"""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from export import *  # noqa: F403

_NAME = "export"
_FOLDER = Path(__file__).resolve().parent.parent


def __getattr__(name: str) -> Any:
    package = _package()
    if name not in ("__all__", *package.__all__):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(package, name)


def __dir__() -> list[str]:
    return [*_package().__all__]


def _package() -> ModuleType:
    """The package beside this one, imported if it is not.

    Raises:
        ImportError: if it is missing, or another module has taken its name.
    """
    package = sys.modules.get(_NAME) or _imported()
    places = [Path(place).resolve() for place in getattr(package, "__path__", [])]
    if places != [_FOLDER / _NAME]:
        taken = getattr(package, "__file__", None) or f"the folder {places[0]}"
        raise ImportError(
            f"`keras_gan.export` is the package {_NAME!r} in {_FOLDER}, whose name "
            f"another module has taken. Received: {taken}. Rename that one."
        )
    return package


def _imported() -> ModuleType:
    spec = importlib.machinery.PathFinder.find_spec(_NAME, [str(_FOLDER)])
    if spec is None or spec.loader is None:
        raise ImportError(
            f"`keras_gan.export` needs the package {_NAME!r} in {_FOLDER}. Received: "
            "none there. Install keras-gan again."
        )
    package = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = package  # its files import each other by this name
    try:
        spec.loader.exec_module(package)
    except BaseException:
        sys.modules.pop(_NAME, None)
        raise
    return package
