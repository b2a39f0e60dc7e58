"""AC-GAN with today's rules, for digits in minutes."""

import functools

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.conditional_dcgan import acgan_discriminator
from keras_gan.networks.projection import projection_generator
from keras_gan.recipes._conditional import convolutional_game, convolutional_recipe
from keras_gan.terms.auxiliary_classifier import AuxiliaryClassifier
from keras_gan.terms.gradients import R1

_NAME = "acgan"


def acgan(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds a small AC-GAN with today's rules, compiled and untrained.

    The discriminator, a DCGAN of half the filters, is not told the class: it learns
    from the data which one it sees. The generator is a residual one with conditional
    normalization, in which all classes begin alike; where a vector of the class is
    joined to the latents, the classifier soon leaves it one image a class. Layer
    normalization and the zero-centered gradient penalty R1 keep the discriminator in
    reach, Adam's rate falls along half a cosine to a tenth within the training,
    and samples come from a moving average of the generator.

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
        Odena et al., Conditional Image Synthesis With Auxiliary Classifier GANs, 2017.
        https://arxiv.org/abs/1610.09585
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (its code learns
        classes from real images alone).
        https://arxiv.org/abs/1704.00028
        Mescheder et al., Which Training Methods for GANs do actually Converge?, 2018
        (R1, and the average of the generator). https://arxiv.org/abs/1801.04406
    """
    return convolutional_game(
        data,
        seed,
        num_steps,
        _NAME,
        generator=projection_generator,
        discriminator=functools.partial(acgan_discriminator, normalization="layer"),
        learning_rates=(5e-4, 5e-4),
        objective="non_saturating",
        terms=[AuxiliaryClassifier(judges="real"), R1(0.1)],
    )


ACGAN = convolutional_recipe(_NAME, acgan)
