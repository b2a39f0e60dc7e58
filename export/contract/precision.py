"""A GAN that computes in float32, for files that outlive mixed precision."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

from keras_gan._layers_of import copy_vocabularies, copy_weights, layers_of
from keras_gan.gan import GAN

_FLOAT32, _SHORTER = "float32", ("bfloat16", "float16")


def in_float32(gan: GAN) -> GAN:
    """The GAN itself, or one with its weights whose networks compute in float32.

    Mixed precision rounds between layers while weights are float32: the twin makes the
    same images with digits that were cut in training. Runtimes have float32 everywhere,
    bfloat16 almost nowhere.

    Args:
        gan: `GAN`, with built networks.
    """
    networks = [*gan.layers, gan.game.encoder]
    layers = [layer for network in networks for layer in layers_of(network)]
    if not any(layer.compute_dtype in _SHORTER for layer in layers):
        return gan
    with _float32_by_default():
        twin = type(gan).from_config(_told_float32(gan.get_config()))
    # What `compile` adds comes last, and the twin is not compiled.
    for ours, theirs in zip(gan.layers, twin.layers, strict=False):
        copy_vocabularies(ours, theirs)
        copy_weights(ours, theirs)
    return twin


@contextlib.contextmanager
def _float32_by_default() -> Iterator[None]:
    """Layers that a layer makes for itself have the policy that holds everywhere."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(_FLOAT32)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def _told_float32(config: Any) -> Any:
    """A config in which every dtype policy is that of float32."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return {**config, "config": {"name": _FLOAT32}}
        return {key: _told_float32(value) for key, value in config.items()}
    if isinstance(config, (list, tuple)):
        return type(config)(_told_float32(value) for value in config)
    return config
