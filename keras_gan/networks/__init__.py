"""Builders of the papers' networks, as plain Keras models."""

from keras_gan.networks.bigan import (
    bigan_discriminator,
    bigan_encoder,
    bigan_generator,
)
from keras_gan.networks.conditional_dcgan import (
    acgan_discriminator,
    conditional_dcgan_discriminator,
    conditional_dcgan_generator,
)
from keras_gan.networks.conditional_mlp import (
    conditional_maxout_discriminator,
    conditional_mlp_generator,
)
from keras_gan.networks.convolutional import (
    CIFAR10_BLOCKS,
    MaxoutBlock,
    deconvolutional_generator,
    maxout_convolutional_discriminator,
)
from keras_gan.networks.dcgan import dcgan_discriminator, dcgan_generator
from keras_gan.networks.few_labels import (
    classifying_discriminator,
    softplus_generator,
)
from keras_gan.networks.hifigan import hifigan_discriminator, hifigan_generator
from keras_gan.networks.inpainting import (
    inpainting_discriminator,
    inpainting_generator,
)
from keras_gan.networks.mlp import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)
from keras_gan.networks.projection import (
    projection_discriminator,
    projection_generator,
)
from keras_gan.networks.r3gan import r3gan_discriminator, r3gan_generator
from keras_gan.networks.residual import residual_discriminator, residual_generator
from keras_gan.networks.stacked_digits import (
    stacked_digits_discriminator,
    stacked_digits_generator,
)
from keras_gan.networks.wavegan import wavegan_discriminator, wavegan_generator

__all__ = [
    "CIFAR10_BLOCKS",
    "MaxoutBlock",
    "acgan_discriminator",
    "bigan_discriminator",
    "bigan_encoder",
    "bigan_generator",
    "classifying_discriminator",
    "conditional_dcgan_discriminator",
    "conditional_dcgan_generator",
    "conditional_maxout_discriminator",
    "conditional_mlp_generator",
    "dcgan_discriminator",
    "dcgan_generator",
    "deconvolutional_generator",
    "hifigan_discriminator",
    "hifigan_generator",
    "inpainting_discriminator",
    "inpainting_generator",
    "maxout_convolutional_discriminator",
    "maxout_discriminator",
    "mlp_generator",
    "pixel_marginal_logits",
    "projection_discriminator",
    "projection_generator",
    "r3gan_discriminator",
    "r3gan_generator",
    "residual_discriminator",
    "residual_generator",
    "softplus_generator",
    "stacked_digits_discriminator",
    "stacked_digits_generator",
    "wavegan_discriminator",
    "wavegan_generator",
]
__dir__ = __all__.copy
