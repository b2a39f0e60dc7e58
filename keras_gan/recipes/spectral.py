"""SNGAN: a residual discriminator whose kernels are spectrally normalized."""

import keras

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.residual import residual_discriminator, residual_generator
from keras_gan.priors import NormalPrior
from keras_gan.recipes._adam import pair_of_adams
from keras_gan.recipes._length import checked_steps
from keras_gan.recipes._unconditional import image_game, image_recipe

_NAME = "sngan"
_LATENT_DIM = 128
_LEARNING_RATE = 2e-4
_BATCH_SIZE = 64
_EPOCHS = 40


def sngan(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds an SNGAN, compiled and untrained.

    As published for CIFAR-10: residual networks, batch normalization in the generator
    and spectral normalization of every kernel in the discriminator, the hinge
    objective, Adam with a rate of 0.0002, beta_1 of 0 and beta_2 of 0.9, normal latents
    of 128 numbers, minibatches of 64 (the published generator moves on 128), rates
    that fall linearly to zero within the training.

    Scaled down for two cores: the discriminator moves once for each move of the
    generator, one of the paper's two settings; five moves, the other one, leave the
    generator a fifth of the moves in the same time. Networks are far smaller, 32
    filters next to the images for the published 128 or 256.

    On MNIST it reaches a Frechet distance of 5.40 +- 0.42 in features of the digit
    classifier, precision 0.548 and recall 0.674 (means of seeds 0 to 2; held-out digits
    have 0.10, 0.873 and 0.855); its 40 epochs take 34 minutes of two cores with AVX512
    (docs/results.md).

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 40 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the images do not halve to a small grid, or `num_steps` is
            below 1.

    References:
        Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018.
        https://arxiv.org/abs/1802.05957
        Code: https://github.com/pfnet-research/sngan_projection
    """
    num_steps = checked_steps(num_steps, data, epochs=_EPOCHS, batch_size=_BATCH_SIZE)
    rate = keras.optimizers.schedules.PolynomialDecay(
        _LEARNING_RATE, num_steps, end_learning_rate=0.0
    )
    return image_game(
        data,
        seed,
        _NAME,
        generator=residual_generator,
        discriminator=residual_discriminator,
        prior=NormalPrior(_LATENT_DIM),
        optimizers=pair_of_adams(rate, beta_1=0.0, beta_2=0.9),
        objective="hinge",
        fused_discriminator=True,
    )


SNGAN = image_recipe(
    _NAME, sngan, batch_size=_BATCH_SIZE, epochs=_EPOCHS, scheduled=True
)
