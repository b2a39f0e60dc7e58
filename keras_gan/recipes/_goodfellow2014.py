"""What the configurations of 2014 have in common: players, optimizer, order of play."""

import math
from typing import Any

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.mlp import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)
from keras_gan.optimizers import MomentumSGD
from keras_gan.priors import NormalPrior, UniformPrior
from keras_gan.recipes._length import steps_of_epoch
from keras_gan.schedules import FlooredExponentialDecay, LinearPerEpoch

LATENT_DIM = 100
MNIST_UNITS = 1200 + 240 * 5  # that touch the data, in both networks

_DECAY_FACTOR = 1.000004  # of the learning rate, for each update
_LOWEST_RATE = 1e-6


def unit_uniform_prior() -> UniformPrior:
    """Uniform with mean 0 and variance 1."""
    return UniformPrior(LATENT_DIM, -math.sqrt(3), math.sqrt(3))


def unit_normal_prior() -> NormalPrior:
    """Standard normal."""
    return NormalPrior(LATENT_DIM)


def mnist_players(data: Dataset, seed: int) -> dict[str, Any]:
    """Networks and prior for MNIST: the defaults of the builders are theirs."""
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    return {
        "generator": mlp_generator(
            LATENT_DIM,
            data.image_shape,
            output_bias=pixel_marginal_logits(data.train.images),
            seed=generator_seed,
        ),
        "discriminator": maxout_discriminator(
            data.image_shape, seed=discriminator_seed
        ),
        "prior": unit_uniform_prior(),
    }


def begin_game(
    gan: GAN,
    data: Dataset,
    batch_size: int,
    learning_rate: float,
    simultaneous: bool,
) -> GAN:
    """Compiles the game of 2014.

    The published discriminator loss is half the sum of both cross-entropies; here the
    sum is minimized at half the learning rate, which is the same step.
    """
    updates_per_epoch = steps_of_epoch(data, batch_size)
    generator, discriminator = (
        _optimizer(share * learning_rate, share * _LOWEST_RATE, updates_per_epoch)
        for share in (1.0, 0.5)
    )
    gan.compile(
        generator_optimizer=generator,
        discriminator_optimizer=discriminator,
        objective="non_saturating",
        simultaneous=simultaneous,
    )
    return gan


def _optimizer(
    learning_rate: float, minimum: float, updates_per_epoch: int
) -> keras.optimizers.Optimizer:
    return MomentumSGD(
        FlooredExponentialDecay(learning_rate, _DECAY_FACTOR, minimum),
        LinearPerEpoch(0.5, 0.7, 250, updates_per_epoch),
    )
