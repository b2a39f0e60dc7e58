"""What an exported generator promises: names, shapes and where it comes from."""

import dataclasses
from typing import Any

import tensorflow as tf

import keras_gan
from keras_gan._types import Config, Shape, Tensor
from keras_gan.gan import GAN

LATENTS = "latents"
IMAGES = "images"
GENERATE = "generate"


@dataclasses.dataclass(frozen=True)
class GeneratorSignature:
    """The one endpoint of an exported generator: latents in, images out.

    Args:
        latent_dim: int, length of one latent vector.
        image_shape: tuple `(height, width, channels)`.
        metadata: str values by key, written into the artefact where it has room.

    Example:
    >>> GeneratorSignature(100, (28, 28, 1), {}).input_spec
    TensorSpec(shape=(None, 100), dtype=tf.float32, name='latents')
    """

    latent_dim: int
    image_shape: Shape
    metadata: dict[str, str]

    @property
    def input_spec(self) -> tf.TensorSpec:
        """Latents `[batch, latent_dim]` float32, batch dynamic."""
        return tf.TensorSpec([None, self.latent_dim], tf.float32, name=LATENTS)


def generator_signature(gan: GAN, metadata: Config | None = None) -> GeneratorSignature:
    """Returns the signature of a GAN's generator.

    Args:
        gan: `GAN`.
        metadata: further facts to record, e.g. the recipe. Defaults to `None`.
    """
    prior: Any = gan.prior
    facts = {
        "producer": f"keras_gan {keras_gan.__version__}",
        "prior": f"{type(prior).__name__}({_arguments(prior.get_config())})",
        **(metadata or {}),
    }
    return GeneratorSignature(
        latent_dim=prior.latent_dim,
        image_shape=gan.image_shape,
        metadata={key: str(value) for key, value in facts.items()},
    )


def generate_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """Returns the `tf.function` that every format holds: latents to named images."""

    def generate(latents: Tensor) -> dict[str, Tensor]:
        images = gan.evaluation_generator(latents, training=False)
        return {IMAGES: tf.cast(images, tf.float32)}

    return tf.function(generate, input_signature=[signature.input_spec])


def _arguments(config: Config) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in config.items())
