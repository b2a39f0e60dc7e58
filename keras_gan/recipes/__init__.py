"""Published configurations, each one function: compiled, not trained."""

from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from keras_gan._lazy import lazy_attributes
from keras_gan._validation import check_known
from keras_gan.recipes._shelf import Shelf
from keras_gan.recipes.listing import BY_MODULE, LISTED, Listing
from keras_gan.recipes.recipe import ParzenProtocol, Recipe

if TYPE_CHECKING:
    from keras_gan.recipes.auxiliary_classifier import acgan
    from keras_gan.recipes.cifar10_2014 import (
        goodfellow2014_cifar10_convolutional,
        goodfellow2014_cifar10_fully_connected,
    )
    from keras_gan.recipes.conditional_mlp_2014 import mirza_osindero2014_mnist
    from keras_gan.recipes.dcgan_of_classes import conditional_dcgan
    from keras_gan.recipes.embedded_digits import digits
    from keras_gan.recipes.gaussian_mixtures import grid_of_gaussians, ring_of_gaussians
    from keras_gan.recipes.mnist_2014 import goodfellow2014_mnist
    from keras_gan.recipes.mnist_stabilized import goodfellow2014_mnist_stabilized
    from keras_gan.recipes.projection import projection_gan
    from keras_gan.recipes.tfd_2014 import (
        goodfellow2014_tfd,
        goodfellow2014_tfd_pretrain,
    )

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
    "acgan",
    "conditional_dcgan",
    "digits",
    "get",
    "goodfellow2014_cifar10_convolutional",
    "goodfellow2014_cifar10_fully_connected",
    "goodfellow2014_mnist",
    "goodfellow2014_mnist_stabilized",
    "goodfellow2014_tfd",
    "goodfellow2014_tfd_pretrain",
    "grid_of_gaussians",
    "mirza_osindero2014_mnist",
    "projection_gan",
    "ring_of_gaussians",
]

if not TYPE_CHECKING:
    _IN_THE_PLANE = f"{__name__}.gaussian_mixtures"  # no recipe of the command line
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            **_MODULES,
            "grid_of_gaussians": _IN_THE_PLANE,
            "ring_of_gaussians": _IN_THE_PLANE,
        },
    )
