"""Published configurations, each one function: compiled, not trained."""

from collections.abc import MutableMapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from keras_gan._lazy import LazyMapping, lazy_attributes
from keras_gan._validation import check_known
from keras_gan.recipes.listing import BY_MODULE, LISTED, Listing
from keras_gan.recipes.recipe import ParzenProtocol, Recipe
from keras_gan.recipes.recipe_file import load_recipe

_MODULES = {
    listing.name: f"{__name__}.{module}"
    for module, listings in BY_MODULE.items()
    for listing in listings
}


def _named(module: ModuleType, name: str) -> Recipe:
    recipes = (one for one in vars(module).values() if isinstance(one, Recipe))
    return next(recipe for recipe in recipes if recipe.name == name)


RECIPES: MutableMapping[str, Recipe] = LazyMapping(_MODULES, _named)
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


def for_data(data: "Dataset") -> Recipe:
    """Returns the recipe for your own pictures: size, width, length, augmentation.

    Args:
        data: `Dataset` of images, such as `keras_gan.datasets.load_image_folder(…)`.

    Returns:
        recipe: `Recipe` named `"default"`; its `reasons` say what was chosen and why.

    Raises:
        ValueError: if the data are no images, or have none to learn from.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> print("; ".join(for_data(load_digits()).reasons))
    32 filters next to the images: ...

    From then on, as with any recipe:

    ```python
    data = kg.datasets.load_image_folder("cats", 64)
    recipe = kg.recipes.for_data(data)
    data = recipe.prepared(data)
    gan = recipe.build(data, 0)
    rows = kg.datasets.Repeated(data.train, recipe.passes_per_epoch)
    gan.fit(rows, batch_size=recipe.batch_size, epochs=recipe.epochs)
    ```
    """
    return RECIPES["default"].for_data(data)


__all__ = [
    "LISTED",
    "RECIPES",
    "Listing",
    "ParzenProtocol",
    "Recipe",
    "for_data",
    "get",
    "load_recipe",
]
__all__ += sorted(_MODULES)  # each listed name is that of a function, too

if TYPE_CHECKING:
    from keras_gan.datasets.dataset import Dataset

    def __getattr__(name: str) -> Any: ...

else:
    __getattr__, __dir__ = lazy_attributes(__name__, _MODULES)
