"""Registers our classes with Keras as soon as Keras is there, which is not our doing.

`keras.saving.load_model` finds a class that was registered, by an import of its module.
So these imports follow that of Keras, whoever asks for it and whenever. A module of
ours that is halfway then, because it was the one to ask, is finished first.
"""

import importlib
import importlib.machinery
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import Any

from keras_gan._backend import requested_backend, require_backend

_KERAS = "keras"
_PACKAGE = __name__.partition(".")[0]


def import_after_keras(modules: Sequence[str]) -> None:
    """Imports modules of ours now if Keras is there already, else right after it.

    Raises:
        ImportError: now or then, if Keras runs on another backend than TensorFlow.
    """
    watch = _Watch(modules)
    if _KERAS in sys.modules:
        watch.register()
    else:
        sys.meta_path.insert(0, watch)


class _Watch(MetaPathFinder):
    """Lets others find Keras and our modules, and is told when these are imported."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = modules
        self._num_halfway = 0

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _KERAS and not fullname.startswith(f"{_PACKAGE}."):
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Telling(spec.loader, self)
        return spec

    def exec_module(self, loader: Loader, module: ModuleType) -> None:
        self._num_halfway += 1
        try:
            loader.exec_module(module)
        except ImportError as error:
            if module.__name__ == _KERAS:
                # Keras imports its backend, which may be absent: ours would not be.
                require_backend(requested_backend(), error)
            raise
        finally:
            self._num_halfway -= 1
        if not self._num_halfway and _KERAS in sys.modules:
            self.register()

    def register(self) -> None:
        require_backend(sys.modules[_KERAS].backend.backend())
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for name in self._modules:
            importlib.import_module(name)


class _Telling(Loader):
    """Another loader, which the module shows as its own when it is executed."""

    def __init__(self, loader: Loader, watch: _Watch) -> None:
        self._loader = loader
        self._watch = watch

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._watch.exec_module(self._loader, module)

    def __getattr__(self, name: str) -> Any:
        # `python -m` asks a loader for code, `importlib.resources` for files.
        return getattr(self._loader, name)
