"""A GAN and its rules as JSON holds them, and back."""

from typing import Any

import keras

from keras_gan._types import Config
from keras_gan.training.rules import Rules

_PARTS = ("generator", "discriminator", "prior", "game", "conditions")
_OPTIMIZERS = ("generator_optimizer", "discriminator_optimizer")
_PLAIN = (
    "ema_half_life",
    "discriminator_ema_half_life",
    "packing",
    "seed",
    "name",
)
_OF_KERAS = ("jit_compile", "steps_per_execution", "run_eagerly")


def of_gan(gan: Any) -> Config:
    """Returns the arguments that rebuild a GAN."""
    return {**_serialized(gan, _PARTS), **_plain(gan, _PLAIN)}


def gan_arguments(config: Config, custom_objects: Any = None) -> Config:
    """Returns what `of_gan` wrote, as the constructor takes it."""
    # Files written before games and conditions have neither.
    parts = {name: config[name] for name in _PARTS if name in config}
    deserialize = keras.saving.deserialize_keras_object
    return {
        **config,
        **{name: deserialize(part, custom_objects) for name, part in parts.items()},
    }


def of_compile(gan: Any) -> Config:
    """Returns the arguments that repeat `compile`."""
    return {
        **_serialized(gan, _OPTIMIZERS),
        **gan.rules.get_config(),
        **_plain(gan, _OF_KERAS),
    }


def compile_arguments(config: Config) -> Config:
    """Returns what `of_compile` wrote, as `compile` takes it."""
    if "penalties" in config:  # what files of before call terms
        config = {**config, "terms": config["penalties"]}
        del config["penalties"]
    deserialize = keras.saving.deserialize_keras_object
    optimizers = {name: deserialize(config[name]) for name in _OPTIMIZERS}
    return {**config, **optimizers, **Rules.options_of(config)}


def _serialized(gan: Any, names: tuple[str, ...]) -> Config:
    serialize = keras.saving.serialize_keras_object
    return {name: serialize(getattr(gan, name)) for name in names}


def _plain(gan: Any, names: tuple[str, ...]) -> Config:
    return {name: getattr(gan, name) for name in names}
