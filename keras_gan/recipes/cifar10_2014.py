"""The two CIFAR-10 configurations of Goodfellow et al., 2014."""

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.contrast import contrast_normalized
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.convolutional import (
    deconvolutional_generator,
    maxout_convolutional_discriminator,
)
from keras_gan.networks.mlp import maxout_discriminator, mlp_generator
from keras_gan.recipes._goodfellow2014 import (
    LATENT_DIM,
    begin_game,
    unit_normal_prior,
)
from keras_gan.recipes._parzen_of_2014 import PARZEN_OF_2014
from keras_gan.recipes.fitting import fully_connected, of_images, sized
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe

_FULLY_CONNECTED_BATCH, _CONVOLUTIONAL_BATCH = 100, 128


def goodfellow2014_cifar10_fully_connected(
    data: Dataset, seed: int = 0, simultaneous: bool = True
) -> GAN:
    """Builds the fully connected CIFAR-10 configuration of 2014, untrained.

    Generator 100 - 8000 rectifiers - 8000 sigmoids - pixels (linear), discriminator of
    two maxout layers 1600 x 5.

    Args:
        data: `Dataset` of contrast-normalized images,
            `keras_gan.datasets.contrast_normalized`.
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.
        simultaneous: bool. `False` lets the players alternate, as Algorithm 1 of the
            paper does and its code does not. Defaults to `True`.

    Returns:
        gan: compiled `GAN`.

    References:
        https://arxiv.org/abs/1406.2661, section 5, and cifar10_fully_connected.yaml of
        its code.
    """
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    output_weights = keras.initializers.RandomUniform(-0.5, 0.5, seed=generator_seed)
    gan = GAN(
        generator=mlp_generator(
            LATENT_DIM,
            data.image_shape,
            hidden_units=(8000, 8000),
            hidden_activation=("relu", "sigmoid"),
            output_activation="linear",
            output_initializer=output_weights,
            seed=generator_seed,
        ),
        discriminator=maxout_discriminator(
            data.image_shape, hidden_units=(1600, 1600), seed=discriminator_seed
        ),
        prior=unit_normal_prior(),
        seed=seed,
        name="goodfellow2014_cifar10_fully_connected",
    )
    return begin_game(gan, data, _FULLY_CONNECTED_BATCH, 0.025, simultaneous)


def goodfellow2014_cifar10_convolutional(
    data: Dataset, seed: int = 0, simultaneous: bool = True
) -> GAN:
    """Builds the convolutional CIFAR-10 configuration of 2014, untrained.

    Generator 100 - 8000 rectifiers - 10 x 10 x 80 sigmoids - transposed convolution
    with a bias for each pixel (linear), discriminator of three convolutions with maxout
    and pooling and one dense maxout layer.

    Args:
        data: `Dataset` of contrast-normalized images,
            `keras_gan.datasets.contrast_normalized`, 32 x 32.
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.
        simultaneous: bool. `False` lets the players alternate, as Algorithm 1 of the
            paper does and its code does not. Defaults to `True`.

    Returns:
        gan: compiled `GAN`.

    References:
        https://arxiv.org/abs/1406.2661, section 5, and cifar10_convolutional.yaml of
        its code.
    """
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    gan = GAN(
        generator=deconvolutional_generator(
            LATENT_DIM, data.image_shape, seed=generator_seed
        ),
        discriminator=maxout_convolutional_discriminator(
            data.image_shape, seed=discriminator_seed
        ),
        prior=unit_normal_prior(),
        seed=seed,
        name="goodfellow2014_cifar10_convolutional",
    )
    return begin_game(gan, data, _CONVOLUTIONAL_BATCH, 0.004, simultaneous)


CIFAR10_FULLY_CONNECTED = Recipe(
    *LISTED["goodfellow2014_cifar10_fully_connected"],
    build=goodfellow2014_cifar10_fully_connected,
    batch_size=_FULLY_CONNECTED_BATCH,
    epochs=50,
    monitor="parzen_at_best_bandwidth",
    parzen=PARZEN_OF_2014,  # the paper has no number; it serves to follow a run
    prepare=contrast_normalized,
    fits=(of_images, fully_connected(8000 + 1600 * 5)),
    can_alternate=True,
)

CIFAR10_CONVOLUTIONAL = Recipe(
    *LISTED["goodfellow2014_cifar10_convolutional"],
    build=goodfellow2014_cifar10_convolutional,
    batch_size=_CONVOLUTIONAL_BATCH,
    epochs=50,
    monitor="parzen_at_best_bandwidth",
    parzen=PARZEN_OF_2014,  # the paper has no number; it serves to follow a run
    prepare=contrast_normalized,
    fits=(of_images, sized(32, 32)),
    can_alternate=True,
)
