"""Builders of the papers' networks, as plain Keras models."""

from keras_gan.networks.convolutional import (
    CIFAR10_BLOCKS,
    MaxoutBlock,
    deconvolutional_generator,
    maxout_convolutional_discriminator,
)
from keras_gan.networks.dcgan import dcgan_discriminator, dcgan_generator
from keras_gan.networks.mlp import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)

__all__ = [
    "CIFAR10_BLOCKS",
    "MaxoutBlock",
    "dcgan_discriminator",
    "dcgan_generator",
    "deconvolutional_generator",
    "maxout_convolutional_discriminator",
    "maxout_discriminator",
    "mlp_generator",
    "pixel_marginal_logits",
]
