"""Generative adversarial networks for Keras 3: train, measure honestly, ship.

>>> import keras_gan as kg
>>> data = kg.datasets.load_digits()
>>> gan = kg.recipes.digits(data, seed=0)
>>> gan.sample(4, seed=1).shape
(4, 8, 8, 1)
"""

from keras_gan._backend import require_tensorflow_backend

require_tensorflow_backend()

# Only the right backend can import what follows.
from keras_gan import (  # noqa: E402
    augmentation,
    callbacks,
    constraints,
    datasets,
    divergences,
    evaluation,
    games,
    initializers,
    layers,
    networks,
    objectives,
    optimizers,
    priors,
    recipes,
    schedules,
    terms,
    visualization,
)
from keras_gan._version import __version__  # noqa: E402
from keras_gan.gan import GAN  # noqa: E402
from keras_gan.saving import load  # noqa: E402

__all__ = [
    "GAN",
    "__version__",
    "augmentation",
    "callbacks",
    "constraints",
    "datasets",
    "divergences",
    "evaluation",
    "games",
    "initializers",
    "layers",
    "load",
    "networks",
    "objectives",
    "optimizers",
    "priors",
    "recipes",
    "schedules",
    "terms",
    "visualization",
]
