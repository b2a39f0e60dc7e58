"""A conditional DCGAN with today's rules, for digits in minutes."""

import functools

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.conditional_dcgan import (
    conditional_dcgan_discriminator,
    conditional_dcgan_generator,
)
from keras_gan.recipes._conditional import convolutional_game, convolutional_recipe
from keras_gan.terms.gradients import R1

_NAME = "conditional_dcgan"


def conditional_dcgan(
    data: Dataset, seed: int = 0, num_steps: int | None = None
) -> GAN:
    """Builds a small conditional DCGAN with today's rules, compiled and untrained.

    The networks of DCGAN with half the filters; the generator gets a learned vector of
    the class beside its latents, the discriminator a learned map of it as one more
    channel. Layer normalization and the zero-centered gradient penalty R1 keep the
    discriminator in reach, Adam's rate falls along half a cosine to a tenth within the
    training, and samples come from a moving average of the generator.

    Args:
        data: `Dataset` with labels, of images that can be halved.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 12 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the data have no labels, or images cannot be halved, or
            `num_steps` is below 1.

    References:
        Mirza and Osindero, Conditional Generative Adversarial Nets, 2014.
        https://arxiv.org/abs/1411.1784
        Radford et al., Unsupervised Representation Learning with Deep Convolutional
        Generative Adversarial Networks, 2016. https://arxiv.org/abs/1511.06434
        Mescheder et al., Which Training Methods for GANs do actually Converge?, 2018
        (R1, and the average of the generator). https://arxiv.org/abs/1801.04406
    """
    return convolutional_game(
        data,
        seed,
        num_steps,
        _NAME,
        generator=conditional_dcgan_generator,
        discriminator=functools.partial(
            conditional_dcgan_discriminator, normalization="layer"
        ),
        learning_rates=(5e-4, 5e-4),
        objective="non_saturating",
        terms=[R1(0.1)],
    )


CONDITIONAL_DCGAN = convolutional_recipe(_NAME, conditional_dcgan)
