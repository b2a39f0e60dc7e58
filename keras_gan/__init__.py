"""Generative adversarial networks for Keras 3: train, measure honestly, ship.

>>> import keras_gan as kg
>>> data = kg.datasets.load_digits()
>>> gan = kg.recipes.digits(data, seed=0)
>>> gan.sample(4, seed=1).shape
(4, 8, 8, 1)
"""

from keras_gan._backend import require_tensorflow_backend

require_tensorflow_backend()

from keras_gan import (  # noqa: E402 (only the right backend can import them)
    datasets,
    layers,
    networks,
    objectives,
    optimizers,
    priors,
    schedules,
)
from keras_gan.gan import GAN, load  # noqa: E402

__version__ = "0.1.0"

__all__ = [
    "GAN",
    "__version__",
    "datasets",
    "layers",
    "load",
    "networks",
    "objectives",
    "optimizers",
    "priors",
    "schedules",
]
