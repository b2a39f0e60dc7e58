"""The functions that every artefact holds, as graphs."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from export.contract.pixels import PixelFormat
from export.contract.signature import (
    IMAGES,
    LATENTS,
    NUM_SAMPLES,
    PROBABILITIES,
    SEED,
    GeneratorSignature,
)
from keras_gan._types import Tensor
from keras_gan._validation import MAX_SEED
from keras_gan.gan import GAN
from keras_gan.training.view import DiscriminatorView

_FLOATS = PixelFormat()


def generate_function(
    gan: GAN,
    signature: GeneratorSignature,
    pixels: PixelFormat = _FLOATS,
    to_prior: Callable[[Tensor], Tensor] | None = None,
) -> Any:
    """`generate(latents)`: images of the evaluation generator."""

    def generate(latents: Tensor) -> dict[str, Tensor]:
        if to_prior is not None:
            latents = to_prior(latents)
        return {IMAGES: pixels(gan.evaluation_generator(latents, training=False))}

    return tf.function(generate, input_signature=[signature.latents])


def sample_function(
    gan: GAN,
    signature: GeneratorSignature,
    pixels: PixelFormat = _FLOATS,
) -> Any:
    """`sample(num_samples, seed)`: the images of `gan.sample`, the prior included."""

    def sample(num_samples: Tensor, seed: Tensor) -> dict[str, Tensor]:
        latents = _draw(gan, signature, num_samples, seed)
        return {IMAGES: pixels(gan.evaluation_generator(latents, training=False))}

    return tf.function(sample, input_signature=signature.draw)


def prior_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`prior(num_samples, seed)`: the latents of `gan.prior.sample`."""

    def prior(num_samples: Tensor, seed: Tensor) -> dict[str, Tensor]:
        return {LATENTS: _draw(gan, signature, num_samples, seed)}

    return tf.function(prior, input_signature=signature.draw)


def discriminate_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`discriminate(images)`: the probabilities of `gan.discriminate`."""
    view = DiscriminatorView(gan.packing)

    def discriminate(images: Tensor) -> dict[str, Tensor]:
        logits = gan.logits(view.pack(images))  # [batch / packing, 1]
        return {PROBABILITIES: tf.sigmoid(logits[:, 0])}

    return tf.function(discriminate, input_signature=[signature.images])


def _draw(
    gan: GAN, signature: GeneratorSignature, num_samples: Tensor, seed: Tensor
) -> Tensor:
    num_samples = _bounded(NUM_SAMPLES, num_samples, 1, signature.max_samples)
    seed = _bounded(SEED, seed, 0, MAX_SEED)
    return gan.prior.sample(num_samples, seed=seed)


def _bounded(name: str, value: Tensor, low: int, high: int) -> Tensor:
    """Passes a scalar on, or fails by its name before any memory is asked for."""
    sound = (value >= low) & (value <= high)
    message = f"`{name}` must be an integer from {low} to {high}. Received:"
    with tf.control_dependencies([tf.debugging.Assert(sound, [message, value])]):
        # ONNX knows no assertion: there an index out of bounds stops the graph.
        return value + tf.gather(
            tf.zeros([1], value.dtype),
            tf.where(sound, 0, 1),
            name=f"{name}_must_be_from_{low}_to_{high}",
        )
