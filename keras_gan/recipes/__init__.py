"""Published configurations, each one function: compiled, not trained."""

from keras_gan._validation import check_known
from keras_gan.recipes.digit_classifier import (
    digit_classifier,
    train_digit_classifier,
)
from keras_gan.recipes.embedded_digits import DIGITS, digits
from keras_gan.recipes.gaussian_mixtures import grid_of_gaussians, ring_of_gaussians
from keras_gan.recipes.goodfellow2014_cifar10 import (
    CIFAR10_CONVOLUTIONAL,
    CIFAR10_FULLY_CONNECTED,
    goodfellow2014_cifar10_convolutional,
    goodfellow2014_cifar10_fully_connected,
)
from keras_gan.recipes.goodfellow2014_mnist import MNIST, goodfellow2014_mnist
from keras_gan.recipes.goodfellow2014_mnist_stabilized import (
    MNIST_STABILIZED,
    goodfellow2014_mnist_stabilized,
)
from keras_gan.recipes.goodfellow2014_tfd import (
    TFD,
    TFD_PRETRAIN,
    goodfellow2014_tfd,
    goodfellow2014_tfd_pretrain,
)
from keras_gan.recipes.recipe import ParzenProtocol, Recipe

_ALL = (
    DIGITS,
    MNIST,
    MNIST_STABILIZED,
    TFD_PRETRAIN,
    TFD,
    CIFAR10_FULLY_CONNECTED,
    CIFAR10_CONVOLUTIONAL,
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
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
    "goodfellow2014_cifar10_convolutional",
    "goodfellow2014_cifar10_fully_connected",
    "goodfellow2014_mnist",
    "goodfellow2014_mnist_stabilized",
    "goodfellow2014_tfd",
    "goodfellow2014_tfd_pretrain",
    "grid_of_gaussians",
    "ring_of_gaussians",
    "train_digit_classifier",
]
