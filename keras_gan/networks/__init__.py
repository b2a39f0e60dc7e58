"""Builders of the papers' networks, as plain Keras models."""

from keras_gan.networks.dcgan import dcgan_discriminator, dcgan_generator
from keras_gan.networks.mlp import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)

__all__ = [
    "dcgan_discriminator",
    "dcgan_generator",
    "maxout_discriminator",
    "mlp_generator",
    "pixel_marginal_logits",
]
