"""A projection discriminator and conditional normalisation, for digits in minutes."""

import math

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.projection import (
    projection_discriminator,
    projection_generator,
)
from keras_gan.priors import CategoricalPrior, NormalPrior
from keras_gan.recipes._conditional import num_classes_of, output_activation_of
from keras_gan.recipes.fitting import halved, labelled, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe

_NAME = "projection_gan"
_LATENT_DIM = 64
_BASE_FILTERS = 32
_BATCH_SIZE = 64
_EPOCHS = 12
_EMA_HALF_LIFE = 20_000  # images


def projection_gan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a small projection GAN, compiled and untrained.

    The generator is told the class by the gains and offsets of its normalisations, the
    discriminator by a projection of its features on a vector of the class. Spectral
    normalisation of the discriminator and the hinge objective are as published. The
    networks are far smaller, the discriminator moves once for each move of the
    generator (five times as published), Adam's rates fall along half a cosine to a
    tenth within the recipe's epochs, and samples come from a moving average of the
    generator.

    Args:
        data: `Dataset` with labels, of images that can be halved.
        seed: int, of weights, latents and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the data have no labels, or images cannot be halved.

    References:
        Miyato and Koyama, cGANs with Projection Discriminator, 2018.
        https://arxiv.org/abs/1802.05637
    """
    num_classes = num_classes_of(data, _NAME)
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    gan = GAN(
        generator=projection_generator(
            _LATENT_DIM,
            num_classes,
            data.image_shape,
            base_filters=_BASE_FILTERS,
            output_activation=output_activation_of(data),
            seed=generator_seed,
        ),
        discriminator=projection_discriminator(
            data.image_shape,
            num_classes,
            base_filters=_BASE_FILTERS,
            seed=discriminator_seed,
        ),
        prior=NormalPrior(_LATENT_DIM),
        conditions={"labels": CategoricalPrior(num_classes)},
        ema_half_life=_EMA_HALF_LIFE,
        seed=seed,
        name=_NAME,
    )
    num_updates = _EPOCHS * math.ceil(len(data.train) / _BATCH_SIZE)
    gan.compile(
        generator_optimizer=_optimizer(1e-3, num_updates),
        discriminator_optimizer=_optimizer(2e-4, num_updates),
        objective="hinge",
    )
    return gan


def _optimizer(learning_rate: float, num_updates: int) -> keras.optimizers.Optimizer:
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, num_updates, alpha=0.1)
    return keras.optimizers.Adam(rate, beta_1=0.5)


PROJECTION_GAN = Recipe(
    *LISTED[_NAME],
    build=projection_gan,
    batch_size=_BATCH_SIZE,
    epochs=_EPOCHS,
    fits=(of_images, labelled, halved),
)
