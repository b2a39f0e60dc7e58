"""Published configurations, each one function: compiled, not trained."""

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from keras_gan._lazy import lazy_attributes
from keras_gan._validation import check_known
from keras_gan.recipes._shelf import Shelf
from keras_gan.recipes.listing import BY_MODULE, LISTED, Listing
from keras_gan.recipes.recipe import ParzenProtocol, Recipe

_MODULES = {
    listing.name: f"{__name__}.{module}"
    for module, listings in BY_MODULE.items()
    for listing in listings
}

RECIPES: MutableMapping[str, Recipe] = Shelf(_MODULES)
"""Every recipe by its name on the command line."""


def get(name: str) -> Recipe:
    """Returns a recipe by name; an unknown name is answered with the nearest.

    Args:
        name: str, e.g. `"goodfellow2014_mnist"`.

    Raises:
        ValueError: if there is no such recipe.

    Example:
    >>> get("digits").epochs
    40
    """
    return RECIPES[check_known("recipe", name, RECIPES)]


__all__ = [
    "LISTED",
    "RECIPES",
    "Listing",
    "ParzenProtocol",
    "Recipe",
    "get",
]
__all__ += sorted(_MODULES)  # each listed name is that of a function, too

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...

else:
    __getattr__, __dir__ = lazy_attributes(__name__, _MODULES)
