"""What is asked of given data: their latents, what is missing of them, their class."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from export.contract.conditions import conditions_of
from export.contract.endpoints import generate_function, graph_of, told_rows
from export.contract.guards import of_zeros_and_ones, with_rows
from export.contract.names import (
    CLASS_PROBABILITIES,
    CLASSIFY,
    COMPLETE,
    COMPLETIONS,
    ENCODE,
    GENERATE,
    KNOWN,
    LATENTS,
    MASK,
)
from export.contract.signature import GeneratorSignature
from keras_gan._types import Tensor
from keras_gan.games import Inpainting
from keras_gan.games.inpainting import completed, given
from keras_gan.games.masks import mask_shape
from keras_gan.gan import GAN
from keras_gan.training.examples import CLASSES
from keras_gan.training.named_inputs import NamedInputs

INFERENCE = (ENCODE, COMPLETE, CLASSIFY)


def encode_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`encode(images, …)`, or other data: the latents of `gan.encode`."""
    names = _names_of_encoder(gan)
    conditions = [one for one in signature.conditions if one.name in names]

    def encode(**entries: Tensor) -> dict[str, Tensor]:
        data = entries[signature.data_name]
        told = told_rows(conditions, entries, tf.shape(data)[0])
        return {LATENTS: gan.game.encode(gan, {signature.data_name: data, **told})}

    return graph_of(encode, [signature.data, *(one.spec for one in conditions)])


def complete_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`complete(latents, images, mask, …)`: the completions of `gan.complete`.

    Pixels where the mask is 1 come out as they went in; the others may hold anything.
    """
    name = signature.data_name
    mask = tf.TensorSpec([None, *mask_shape(gan.data_shape)], tf.float32, name=MASK)
    conditions = [one for one in signature.conditions if one.name not in (KNOWN, MASK)]

    noise = [signature.latents] if signature.latent_dim else []

    def complete(mask: Tensor, **entries: Tensor) -> dict[str, Tensor]:
        # Latents, where there are any: all that goes in must have a row for each.
        first = entries[noise[0].name if noise else name]
        num_rows = tf.shape(first)[0]
        mask = of_zeros_and_ones(MASK, with_rows(MASK, mask, num_rows))
        known = given(with_rows(name, entries[name], num_rows), mask)
        told = told_rows(conditions, entries, num_rows)
        if noise:
            told[LATENTS] = entries[LATENTS]
        return {COMPLETIONS: completed(gan, {KNOWN: known, MASK: mask, **told})}

    specs = [*noise, signature.data, mask]
    return graph_of(complete, [*specs, *(one.spec for one in conditions)])


def classify_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`classify(images)`, or other data: the probabilities of `gan.classify`."""

    def classify(**data: Tensor) -> dict[str, Tensor]:
        return {CLASS_PROBABILITIES: tf.nn.softmax(gan.judge(data)[CLASSES])}

    return graph_of(classify, [signature.data])


def has_endpoint(gan: GAN, endpoint: str) -> bool:
    """Whether an artefact of this GAN can have an endpoint, by its name."""
    return _obstacle(gan, endpoint) is None


def check_endpoint(gan: GAN, endpoint: str) -> None:
    """Raises unless an artefact of this GAN can have an endpoint."""
    obstacle = _obstacle(gan, endpoint)
    if obstacle is not None:
        raise ValueError(f"`endpoint={endpoint!r}` needs {obstacle}")


def function_of(gan: GAN, signature: GeneratorSignature, endpoint: str) -> Any:
    """The graph of an endpoint that takes latents or data."""
    builders: dict[str, Callable[[GAN, GeneratorSignature], Any]] = {
        GENERATE: generate_function,
        ENCODE: encode_function,
        COMPLETE: complete_function,
        CLASSIFY: classify_function,
    }
    return builders[endpoint](gan, signature)


def network_of(gan: GAN, endpoint: str) -> keras.Model:
    """The network that an endpoint plays."""
    networks: dict[str, keras.Model] = {
        ENCODE: gan.game.encoder,
        CLASSIFY: gan.evaluation_discriminator,
    }
    return networks.get(endpoint, gan.evaluation_generator)


def _obstacle(gan: GAN, endpoint: str) -> str | None:
    """What is in the way, as the end of a sentence."""
    obstacles: dict[str, Callable[[GAN], str | None]] = {
        ENCODE: _no_encoder,
        COMPLETE: _no_completion,
        CLASSIFY: _no_classes,
    }
    return obstacles[endpoint](gan) if endpoint in obstacles else None


def _no_encoder(gan: GAN) -> str | None:
    if gan.game.encoder is None:
        return (
            "a GAN with an encoder. Received: one without; "
            "keras_gan.inference.fit_encoder trains one."
        )
    names = _names_of_encoder(gan)
    known = {one.name for one in conditions_of(gan)} - {KNOWN, MASK}
    if {*names} - {gan.data_name} - known:
        told = ", ".join(names)
        return (
            f"an encoder of {gan.data_name}, and of what the generator is told, "
            f"{sorted(known)}. Received: one of {told}."
        )
    return None


def _names_of_encoder(gan: GAN) -> tuple[str, ...]:
    return NamedInputs(gan.game.encoder, gan.data_name).names


def _no_completion(gan: GAN) -> str | None:
    if not isinstance(gan.game, Inpainting):
        game = type(gan.game).__name__
        return f"a GAN that completes, by game=Inpainting(). Received: game={game}."
    return None


def _no_classes(gan: GAN) -> str | None:
    outputs = getattr(gan.discriminator, "output", None)
    if not isinstance(outputs, dict) or CLASSES not in outputs:
        return (
            f"a discriminator with an output named {CLASSES!r}. Received: one without; "
            "see keras_gan.networks.classifying_discriminator."
        )
    names = gan.networks.of_discriminator.names
    if names != (gan.data_name,) or gan.packing > 1:
        told = f"{', '.join(names)}, packing={gan.packing}"
        return f"a discriminator of single {gan.data_name}. Received: one of {told}."
    return None
