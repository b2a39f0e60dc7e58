"""The configurations of Goodfellow et al., Generative Adversarial Nets, 2014."""

import math

from keras_gan.datasets.image_dataset import ImageDataset
from keras_gan.datasets.mnist import load_mnist
from keras_gan.evaluation.digit_classifier import load_digit_classifier
from keras_gan.evaluation.parzen_protocol import TABLE_1_BANDWIDTHS
from keras_gan.gan import GAN
from keras_gan.networks.mlp import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)
from keras_gan.optimizers import MomentumSGD
from keras_gan.priors import UniformPrior
from keras_gan.recipes.recipe import ParzenProtocol, Recipe
from keras_gan.schedules import FlooredExponentialDecay, LinearPerEpoch

_BATCH_SIZE = 100
_LEARNING_RATE = 0.1


def goodfellow2014_mnist(data: ImageDataset, seed: int = 0) -> GAN:
    """Builds the MNIST configuration of 2014, compiled and untrained.

    Generator 100 - 1200 - 1200 - 784 (rectifier, sigmoid), discriminator 784 - 240 x 5
    - 240 x 5 - 1 (maxout, dropout 0.2 and 0.5), both moved at once by momentum SGD, in
    minibatches of 100, as the published code does. Its discriminator loss is half the
    sum of both cross-entropies; here the sum is minimised at half the learning rate,
    which is the same step.

    Args:
        data: `ImageDataset` with pixels in [0, 1]; the output bias starts at its pixel
            marginals and the momentum counts its epochs.
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    References:
        https://arxiv.org/abs/1406.2661, section 5, and mnist.yaml of its code.
    """
    latent_dim, image_shape = 100, data.image_shape
    gan = GAN(
        generator=mlp_generator(
            latent_dim,
            image_shape,
            output_bias=pixel_marginal_logits(data.train.images),
            seed=2 * seed,
        ),
        discriminator=maxout_discriminator(image_shape, seed=2 * seed + 1),
        prior=UniformPrior(latent_dim, -math.sqrt(3), math.sqrt(3)),
        seed=seed,
        name="goodfellow2014_mnist",
    )
    updates_per_epoch = math.ceil(len(data.train) / _BATCH_SIZE)
    gan.compile(
        generator_optimizer=_optimizer(_LEARNING_RATE, 1e-6, updates_per_epoch),
        discriminator_optimizer=_optimizer(
            _LEARNING_RATE / 2, 1e-6 / 2, updates_per_epoch
        ),
        objective="non_saturating",
        simultaneous=True,
    )
    return gan


def _optimizer(
    learning_rate: float, minimum: float, updates_per_epoch: int
) -> MomentumSGD:
    return MomentumSGD(
        FlooredExponentialDecay(learning_rate, 1.000004, minimum),
        LinearPerEpoch(0.5, 0.7, 250, updates_per_epoch),
    )


MNIST = Recipe(
    name="goodfellow2014_mnist",
    summary="MNIST as in Table 1 of 2014: maxout discriminator, momentum SGD.",
    source="Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661",
    load_data=load_mnist,
    build=goodfellow2014_mnist,
    batch_size=_BATCH_SIZE,
    epochs=50,
    parzen=ParzenProtocol(10_000, 1_000, TABLE_1_BANDWIDTHS),
    feature_network=load_digit_classifier,
)
