"""Recipes by name, each loaded when it is asked for."""

import importlib
from collections.abc import Iterator, MutableMapping

from keras_gan.recipes.recipe import Recipe


class Shelf(MutableMapping[str, Recipe]):
    """Recipes by name: the names are there at once, a recipe once somebody takes it.

    Args:
        modules: for each name the module with the `Recipe` of that name.
    """

    def __init__(self, modules: dict[str, str]) -> None:
        self._held: dict[str, Recipe | str] = {**modules}

    def __getitem__(self, name: str) -> Recipe:
        held = self._held[name]
        if isinstance(held, str):
            held = self._held[name] = _load(held, name)
        return held

    def __setitem__(self, name: str, recipe: Recipe) -> None:
        self._held[name] = recipe

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held


def _load(module: str, name: str) -> Recipe:
    values = vars(importlib.import_module(module)).values()
    return next(
        value for value in values if isinstance(value, Recipe) and value.name == name
    )
