"""Generative adversarial networks for Keras 3: train, measure honestly, ship.

>>> import keras_gan as kg
>>> data = kg.datasets.load_digits()
>>> gan = kg.recipes.digits(data, seed=0)
>>> gan.sample(4, seed=1).shape
(4, 8, 8, 1)
"""

from typing import TYPE_CHECKING

from keras_gan._after_keras import import_after_keras
from keras_gan._lazy import lazy_attributes
from keras_gan._processor import turn_onednn_on
from keras_gan._version import __version__

if TYPE_CHECKING:
    from keras_gan import (
        augmentation,
        callbacks,
        constraints,
        datasets,
        divergences,
        evaluation,
        export,
        games,
        inference,
        initializers,
        layers,
        networks,
        objectives,
        optimizers,
        priors,
        recipes,
        runs,
        schedules,
        sound,
        terms,
        visualization,
    )
    from keras_gan.gan import GAN
    from keras_gan.saving import load

__all__ = [
    "GAN",
    "__version__",
    "augmentation",
    "callbacks",
    "constraints",
    "datasets",
    "divergences",
    "evaluation",
    "export",
    "games",
    "inference",
    "initializers",
    "layers",
    "load",
    "networks",
    "objectives",
    "optimizers",
    "priors",
    "recipes",
    "runs",
    "schedules",
    "sound",
    "terms",
    "visualization",
]

_ROOMS = {
    name: f"{__name__}.{name}"
    for name in __all__
    if name not in ("GAN", "__version__", "load")
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {**_ROOMS, "GAN": f"{__name__}.gan", "load": f"{__name__}.saving"},
    )

# Rooms with classes that Keras finds in files; the others wait until asked for.
_REGISTERING = (
    "augmentation",
    "constraints",
    "games",
    "gan",
    "initializers",
    "layers",
    "objectives",
    "optimizers",
    "priors",
    "schedules",
    "terms",
)

turn_onednn_on()
import_after_keras([f"{__name__}.{name}" for name in _REGISTERING])
