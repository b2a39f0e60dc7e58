"""Can this generator be exported? Answered before anything is converted."""

from typing import Any

import keras

from export.contract.conditions import check_conditions
from keras_gan.gan import GAN
from keras_gan.training.network_checks import layers_of


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
            "A generator that is exported must be serialisable, so that it can be made "
            f"again. Received: {generator.name!r}, whose config fails: {error}"
        ) from error
    check_conditions(gan)
    return gan
