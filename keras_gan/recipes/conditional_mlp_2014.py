"""The conditional MNIST configuration of Mirza and Osindero, 2014."""

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.conditional_mlp import (
    conditional_maxout_discriminator,
    conditional_mlp_generator,
)
from keras_gan.networks.mlp import pixel_marginal_logits
from keras_gan.optimizers import MomentumSGD
from keras_gan.priors import CategoricalPrior, UniformPrior
from keras_gan.recipes._conditional import num_classes_of
from keras_gan.recipes._length import steps_of_epoch
from keras_gan.recipes._parzen_of_2014 import PARZEN_OF_2014
from keras_gan.recipes.fitting import fully_connected, labelled, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.schedules import FlooredExponentialDecay, LinearPerEpoch

_NAME = "mirza_osindero2014_mnist"
_LATENT_DIM = 100
_BATCH_SIZE = 100
_LEARNING_RATE, _LOWEST_RATE = 0.1, 1e-6
_DECAY_FACTOR = 1.00004  # of the learning rate, for each update


def mirza_osindero2014_mnist(data: Dataset, seed: int = 0) -> GAN:
    """Builds the conditional MNIST configuration of 2014, compiled and untrained.

    As published: latents uniform in the unit hypercube, 100 of them; generator 200 and
    1000 rectifiers for latents and class, 1200 in common; discriminator 240 x 5 and
    50 x 5 maxout for image and class, 240 x 4 in common; dropout 0.5 in both; momentum
    SGD in minibatches of 100, the rate from 0.1 divided by 1.00004 at each update down
    to 1e-6, the momentum from 0.5 to 0.7; the epoch with the best Parzen estimate of
    the validation images.

    The paper is silent on the rest. From the code of Goodfellow et al. 2014, that it
    builds on, are: an output bias that starts at the pixel marginals, both players
    moving at once, the momentum's rise over 250 epochs, half the sum of both
    cross-entropies as the discriminator's loss (here the sum at half the rate). Of this
    package are the number of epochs, the place of dropout (all hidden layers) and the
    initial weights, see `keras_gan.networks.conditional_mlp_generator`: by those of
    Goodfellow et al. the generator makes nothing of its latents.

    Args:
        data: `Dataset` with labels and pixels in [0, 1]; the output bias starts at its
            pixel marginals and the momentum counts its epochs.
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the data have no labels.

    References:
        https://arxiv.org/abs/1411.1784, section 4.1.
    """
    num_classes = num_classes_of(data, _NAME)
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    gan = GAN(
        generator=conditional_mlp_generator(
            _LATENT_DIM,
            num_classes,
            data.image_shape,
            output_bias=pixel_marginal_logits(data.train.images),
            seed=generator_seed,
        ),
        discriminator=conditional_maxout_discriminator(
            data.image_shape, num_classes, seed=discriminator_seed
        ),
        prior=UniformPrior(_LATENT_DIM, 0.0, 1.0),
        conditions={"labels": CategoricalPrior(num_classes)},
        seed=seed,
        name=_NAME,
    )
    updates_per_epoch = steps_of_epoch(data, _BATCH_SIZE)
    gan.compile(
        generator_optimizer=_optimizer(1.0, updates_per_epoch),
        discriminator_optimizer=_optimizer(0.5, updates_per_epoch),
        objective="non_saturating",
        simultaneous=True,
    )
    return gan


def _optimizer(share: float, updates_per_epoch: int) -> keras.optimizers.Optimizer:
    return MomentumSGD(
        FlooredExponentialDecay(
            share * _LEARNING_RATE, _DECAY_FACTOR, share * _LOWEST_RATE
        ),
        LinearPerEpoch(0.5, 0.7, 250, updates_per_epoch),
    )


CONDITIONAL_MNIST = Recipe(
    *LISTED[_NAME],
    build=mirza_osindero2014_mnist,
    batch_size=_BATCH_SIZE,
    epochs=100,
    monitor="parzen_at_best_bandwidth",
    parzen=PARZEN_OF_2014,
    fits=(of_images, labelled, fully_connected(1200 + 240 * 5)),
)
