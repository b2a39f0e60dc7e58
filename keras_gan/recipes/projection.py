"""A projection discriminator and conditional normalization, for digits in minutes."""

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.projection import (
    projection_discriminator,
    projection_generator,
)
from keras_gan.recipes._conditional import convolutional_game, convolutional_recipe

_NAME = "projection_gan"


def projection_gan(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds a small projection GAN, compiled and untrained.

    The generator is told the class by the gains and offsets of its normalizations, the
    discriminator by a projection of its features on a vector of the class. Spectral
    normalization of the discriminator and the hinge objective are as published. The
    networks are far smaller, the discriminator moves once for each move of the
    generator (five times as published), Adam's rates fall along half a cosine to a
    tenth within the training, and samples come from a moving average of the
    generator.

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
        Miyato and Koyama, cGANs with Projection Discriminator, 2018.
        https://arxiv.org/abs/1802.05637
    """
    return convolutional_game(
        data,
        seed,
        num_steps,
        _NAME,
        generator=projection_generator,
        discriminator=projection_discriminator,
        learning_rates=(1e-3, 2e-4),
        objective="hinge",
    )


PROJECTION_GAN = convolutional_recipe(_NAME, projection_gan)
