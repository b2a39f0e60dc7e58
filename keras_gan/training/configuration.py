"""A GAN and its rules as JSON holds them, and back."""

from typing import Any

import keras

from keras_gan._types import Config
from keras_gan.games.game import makers_of
from keras_gan.training.optimizer_weights import build_for_weights, weights_config
from keras_gan.training.rules import Rules

_PARTS = ("generator", "discriminator", "prior", "game", "conditions")
_OPTIMIZERS = ("generator_optimizer", "discriminator_optimizer")
_WEIGHTS = "optimizer_weights"
_PLAIN = (
    "ema_half_life",
    "discriminator_ema_half_life",
    "packing",
    "seed",
    "name",
)
_OF_KERAS = ("steps_per_execution", "run_eagerly")


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
    config = {
        **_serialized(gan, _OPTIMIZERS),
        **gan.rules.get_config(),
        **_plain(gan, _OF_KERAS),
        # "auto" as it was asked for: another machine chooses by what it has.
        "jit_compile": gan.asked_jit_compile,
    }
    moved = _moved_by(gan, gan.rules.terms)
    weights = {
        name: weights_config(getattr(gan, name), networks)
        for name, networks in moved.items()
    }
    return {**config, _WEIGHTS: weights} if any(weights.values()) else config


def compile_arguments(gan: Any, config: Config) -> Config:
    """Returns what `of_compile` wrote, as `compile` takes it."""
    if "penalties" in config:  # what files of before call terms
        config = {**config, "terms": config["penalties"]}
        del config["penalties"]
    deserialize = keras.saving.deserialize_keras_object
    weights = config.get(_WEIGHTS, {})
    config = {name: value for name, value in config.items() if name != _WEIGHTS}
    with gan.distribute_strategy.scope():
        optimizers = {name: deserialize(config[name]) for name in _OPTIMIZERS}
    arguments = {**config, **optimizers, **Rules.options_of(config)}
    if weights:
        moved = _moved_by(gan, arguments.get("terms", ()))
        with gan.distribute_strategy.scope():
            for name, optimizer in optimizers.items():
                build_for_weights(optimizer, moved[name], weights[name])
    return arguments


def _moved_by(gan: Any, terms: Any) -> dict[str, list[keras.Model]]:
    """The networks that each optimizer moves."""
    players = makers_of(gan, terms), [gan.discriminator]
    return dict(zip(_OPTIMIZERS, players, strict=True))


def _serialized(gan: Any, names: tuple[str, ...]) -> Config:
    serialize = keras.saving.serialize_keras_object
    return {name: serialize(getattr(gan, name)) for name in names}


def _plain(gan: Any, names: tuple[str, ...]) -> Config:
    return {name: getattr(gan, name) for name in names}
