"""WGAN-GP: a critic whose slope is held near 1 by a penalty."""

import functools

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.dcgan import dcgan_discriminator, dcgan_generator
from keras_gan.priors import NormalPrior
from keras_gan.recipes._adam import pair_of_adams
from keras_gan.recipes._unconditional import image_game, image_recipe
from keras_gan.terms.gradients import GradientPenalty

_NAME = "wgan_gp"
_LATENT_DIM = 128
_CRITIC_STEPS = 5


def wgan_gp(data: Dataset, seed: int = 0) -> GAN:
    """Builds a WGAN with gradient penalty, compiled and untrained.

    The settings of the published code for MNIST: a penalty of weight 10 on slopes
    other than 1 between data and generated images, five moves of the critic for each of
    the generator, Adam with a rate of 0.0001, beta_1 of 0.5 and beta_2 of 0.9 (the
    paper's text has a beta_1 of 0), minibatches of 50, normal latents of 128 numbers,
    convolutions of 5x5 without normalization in either network, images in [0, 1].

    Scaled down for two cores: 32 filters next to the images for the published 64, two
    layers that halve 28x28 for the published three, and 20,000 moves of the generator
    on 50,000 images within the recipe's epochs for the published 200,000.

    On MNIST it reaches a Frechet distance of 5.78 in features of the digit classifier,
    precision 0.574 and recall 0.766 (two seeds, 71 of its epochs; held-out digits have
    0.10, 0.873 and 0.855); its 100 epochs take 53 minutes of two cores with AVX512
    (docs/results.md).

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the images do not halve to a small grid.

    References:
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017.
        https://arxiv.org/abs/1704.00028
        Code: https://github.com/igul222/improved_wgan_training, gan_mnist.py
    """
    return image_game(
        data,
        seed,
        _NAME,
        generator=functools.partial(dcgan_generator, normalization=None),
        discriminator=functools.partial(dcgan_discriminator, normalization=None),
        prior=NormalPrior(_LATENT_DIM),
        optimizers=pair_of_adams(1e-4, beta_1=0.5, beta_2=0.9),
        objective="wasserstein",
        terms=[GradientPenalty(10.0)],
        discriminator_steps=_CRITIC_STEPS,
    )


WGAN_GP = image_recipe(
    _NAME,
    wgan_gp,
    batch_size=50,
    epochs=100,
    value_range=(0.0, 1.0),
    discriminator_steps=_CRITIC_STEPS,
)
