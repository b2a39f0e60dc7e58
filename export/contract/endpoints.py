"""The functions that every artefact holds, as graphs."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf

from export.contract.names import (
    IMAGES,
    LATENTS,
    NUM_SAMPLES,
    PROBABILITIES,
    SEED,
)
from export.contract.pixels import PixelFormat
from export.contract.signature import GeneratorSignature
from keras_gan._types import Tensor
from keras_gan._validation import MAX_SEED
from keras_gan.gan import GAN
from keras_gan.training.view import DiscriminatorView

_FLOATS = PixelFormat()


def images_of(gan: GAN, entries: Mapping[str, Tensor]) -> Tensor:
    """Images of the evaluation generator for latents and conditions by name."""
    generator = gan.evaluation_generator
    # A network of one input takes the latents, whatever it calls them.
    inputs = dict(entries) if len(entries) > 1 else entries[LATENTS]
    return generator(inputs, training=False)


def generate_function(
    gan: GAN,
    signature: GeneratorSignature,
    pixels: PixelFormat = _FLOATS,
    to_prior: Callable[[Tensor], Tensor] | None = None,
) -> Any:
    """`generate(latents, …)`: images of the evaluation generator.

    Args:
        gan: `GAN`.
        signature: `GeneratorSignature`; its conditions follow the latents.
        pixels: `PixelFormat`. Defaults to floats.
        to_prior: function that scales given latents to the prior, or `None` where they
            are its own. Defaults to `None`.
    """

    def generate(latents: Tensor, **conditions: Tensor) -> dict[str, Tensor]:
        if to_prior is not None:
            latents = to_prior(latents)
        return {IMAGES: pixels(images_of(gan, {LATENTS: latents, **conditions}))}

    return _graph_of(generate, signature.generate)


def sample_function(
    gan: GAN,
    signature: GeneratorSignature,
    pixels: PixelFormat = _FLOATS,
) -> Any:
    """`sample(num_samples, seed, …)`: the images of `gan.sample`, the prior included.

    Args:
        gan: `GAN`.
        signature: `GeneratorSignature`; its conditions, a row for each sample, follow.
        pixels: `PixelFormat`. Defaults to floats.
    """

    def sample(
        num_samples: Tensor, seed: Tensor, **conditions: Tensor
    ) -> dict[str, Tensor]:
        for name, values in conditions.items():
            num_samples = _of_rows(name, values, num_samples)
        latents = _draw(gan, signature, num_samples, seed)
        return {IMAGES: pixels(images_of(gan, {LATENTS: latents, **conditions}))}

    return _graph_of(sample, signature.sample)


def prior_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`prior(num_samples, seed)`: the latents of `gan.prior.sample`."""

    def prior(num_samples: Tensor, seed: Tensor) -> dict[str, Tensor]:
        return {LATENTS: _draw(gan, signature, num_samples, seed)}

    return tf.function(prior, input_signature=signature.draw)


def discriminate_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`discriminate(images)`: the probabilities of `gan.discriminate`."""
    view = DiscriminatorView(gan.packing)

    def discriminate(images: Tensor) -> dict[str, Tensor]:
        packs = {gan.data_name: view.pack(images)}
        logits = gan.judge(packs)["logits"]  # [batch / packing, 1]
        return {PROBABILITIES: tf.sigmoid(logits[:, 0])}

    return tf.function(discriminate, input_signature=[signature.images])


def _graph_of(function: Callable[..., Any], specs: Sequence[tf.TensorSpec]) -> Any:
    """A `tf.function` whose arguments have the names of their specs."""
    names = [spec.name for spec in specs]

    def graph(*values: Tensor) -> dict[str, Tensor]:
        return function(**dict(zip(names, values, strict=True)))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(name, kind) for name in names]
    graph.__name__ = function.__name__
    graph.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return tf.function(graph, input_signature=specs)


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
    scope = f"{name}_must_be_from_{low}_to_{high}"
    return _passed_if(sound, value, [message, value], scope)


def _of_rows(name: str, values: Tensor, num_samples: Tensor) -> Tensor:
    """Passes the number of samples on, or fails by the name of a condition."""
    num_rows = tf.shape(values)[0]
    message = [f"`{name}` must have", num_samples, "rows. Received:", num_rows]
    scope = f"{name}_must_have_{NUM_SAMPLES}_rows"
    return _passed_if(num_rows == num_samples, num_samples, message, scope)


def _passed_if(
    sound: Tensor, value: Tensor, message: Sequence[Any], scope: str
) -> Tensor:
    with tf.control_dependencies([tf.debugging.Assert(sound, message)]):
        # ONNX knows no assertion: there an index out of bounds stops the graph.
        zeros = tf.zeros([1], value.dtype)
        return value + tf.gather(zeros, tf.where(sound, 0, 1), name=scope)
