"""A conditional DCGAN with today's rules, for digits in minutes."""

import math

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.conditional_dcgan import (
    conditional_dcgan_discriminator,
    conditional_dcgan_generator,
)
from keras_gan.priors import CategoricalPrior, NormalPrior
from keras_gan.recipes._conditional import num_classes_of, output_activation_of
from keras_gan.recipes.fitting import halved, labelled, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms.gradients import R1

_NAME = "conditional_dcgan"
_LATENT_DIM = 64
_BASE_FILTERS = 32
_BATCH_SIZE = 64
_EPOCHS = 12
_EMA_HALF_LIFE = 20_000  # images


def conditional_dcgan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a small conditional DCGAN with today's rules, compiled and untrained.

    The networks of DCGAN with half the filters; the generator gets a learned vector of
    the class beside its latents, the discriminator a learned map of it as one more
    channel. Layer normalisation and the zero-centred gradient penalty R1 keep the
    discriminator in reach, Adam's rate falls along half a cosine to a tenth within the
    recipe's epochs, and samples come from a moving average of the generator.

    Args:
        data: `Dataset` with labels, of images that can be halved.
        seed: int, of weights, latents and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the data have no labels, or images cannot be halved.

    References:
        Mirza and Osindero, Conditional Generative Adversarial Nets, 2014.
        https://arxiv.org/abs/1411.1784
        Radford et al., Unsupervised Representation Learning with Deep Convolutional
        Generative Adversarial Networks, 2016. https://arxiv.org/abs/1511.06434
        Mescheder et al., Which Training Methods for GANs do actually Converge?, 2018
        (R1, and the average of the generator). https://arxiv.org/abs/1801.04406
    """
    num_classes = num_classes_of(data, _NAME)
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    gan = GAN(
        generator=conditional_dcgan_generator(
            _LATENT_DIM,
            num_classes,
            data.image_shape,
            base_filters=_BASE_FILTERS,
            output_activation=output_activation_of(data),
            seed=generator_seed,
        ),
        discriminator=conditional_dcgan_discriminator(
            data.image_shape,
            num_classes,
            base_filters=_BASE_FILTERS,
            normalization="layer",
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
        generator_optimizer=_optimizer(num_updates),
        discriminator_optimizer=_optimizer(num_updates),
        objective="non_saturating",
        terms=[R1(0.1)],
    )
    return gan


def _optimizer(num_updates: int) -> keras.optimizers.Optimizer:
    rate = keras.optimizers.schedules.CosineDecay(5e-4, num_updates, alpha=0.1)
    return keras.optimizers.Adam(rate, beta_1=0.5)


CONDITIONAL_DCGAN = Recipe(
    *LISTED[_NAME],
    build=conditional_dcgan,
    batch_size=_BATCH_SIZE,
    epochs=_EPOCHS,
    fits=(of_images, labelled, halved),
)
