"""Can this generator be exported? Answered before anything is converted."""

from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf

from export.contract.conditions import check_conditions
from keras_gan._layers_of import layers_of
from keras_gan.gan import GAN


def check_draws_nothing(traced: Any, *networks: keras.Model) -> None:
    """Raises where a network draws noise of its own: no two calls would be equal.

    Args:
        traced: `tf.ConcreteFunction` that is exported.
        *networks: `keras.Model` objects that it may play.

    Raises:
        ValueError: if a call changes the state of a random layer.
    """
    assigned = {
        operation.inputs[0].name
        for operation in traced.graph.get_operations()
        if operation.type.startswith("Assign")
    }
    changed = [
        outer for outer, inner in traced.graph.captures if inner.name in assigned
    ]
    for layer in [one for network in networks for one in layers_of(network)]:
        for value in vars(layer).values():
            if not isinstance(value, keras.random.SeedGenerator):
                continue
            if any(one is value.state.value.handle for one in changed):
                raise ValueError(
                    "A network that is exported must not draw noise of its own, or no "
                    "call could be compared with Keras. Received: layer "
                    f"{layer.name!r}, which does. Let the noise come with the latents."
                )


def tables_of(networks: Iterable[keras.Model]) -> list[Any]:
    """What layers look integers up in, which a SavedModel has to be told of."""
    kinds = (tf.lookup.StaticHashTable, tf.lookup.experimental.MutableHashTable)
    layers = [one for network in networks for one in layers_of(network)]
    held = [value for layer in layers for value in vars(layer).values()]
    return [value for value in held if isinstance(value, kinds)]


def check_exportable(gan: Any) -> GAN:
    """Returns the GAN; raises unless its generator can leave the training code.

    Raises:
        TypeError: if `gan` is not a `GAN`.
        ValueError: if the generator is not built, has a `Lambda` layer, cannot be
            described by a config, or has inputs that nobody can ask for.
    """
    if not isinstance(gan, GAN):
        raise TypeError(
            "`gan` must be a keras_gan.GAN, which knows the prior and the average. "
            f"Received: {type(gan).__name__}. A network alone has its own export()."
        )
    generator = gan.evaluation_generator
    if not generator.built:
        raise ValueError(
            "`gan` must have a built generator. Received: one without weights. Call it "
            "on latents, or train it, first."
        )
    for layer in layers_of(generator):
        if isinstance(layer, keras.layers.Lambda):
            raise ValueError(
                "A generator that is exported must not hold Python code. Received: "
                f"Lambda layer {layer.name!r}. Write a keras.layers.Layer, or use "
                "layers such as Rescaling."
            )
    try:
        keras.saving.serialize_keras_object(generator)
    except Exception as error:
        raise ValueError(
            "A generator that is exported must be serializable, so that it can be made "
            f"again. Received: {generator.name!r}, whose config fails: {error}"
        ) from error
    check_conditions(gan)
    return gan
