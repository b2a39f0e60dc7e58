"""Published configurations, each one function: compiled, not trained."""

from keras_gan._validation import check_known
from keras_gan.recipes.digit_classifier import (
    digit_classifier,
    train_digit_classifier,
)
from keras_gan.recipes.embedded_digits import DIGITS, digits
from keras_gan.recipes.gaussian_mixtures import grid_of_gaussians, ring_of_gaussians
from keras_gan.recipes.goodfellow2014 import MNIST, goodfellow2014_mnist
from keras_gan.recipes.recipe import ParzenProtocol, Recipe

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (DIGITS, MNIST)}
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
    "RECIPES",
    "ParzenProtocol",
    "Recipe",
    "digit_classifier",
    "digits",
    "get",
    "goodfellow2014_mnist",
    "grid_of_gaussians",
    "ring_of_gaussians",
    "train_digit_classifier",
]
