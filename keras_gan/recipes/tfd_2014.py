"""The Toronto Face Database configuration of 2014, in two stages."""

import keras
import numpy as np

from keras_gan._seeds import derived_seed, pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.evaluation.parzen_bandwidth import TABLE_1_BANDWIDTHS
from keras_gan.gan import GAN
from keras_gan.initializers import SparseNormal
from keras_gan.networks.mlp import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)
from keras_gan.recipes._goodfellow2014 import (
    LATENT_DIM,
    begin_game,
    unit_normal_prior,
)
from keras_gan.recipes.fitting import fully_connected, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import ParzenProtocol, Recipe

_BATCH_SIZE = 100
_LEARNING_RATE = 0.05
_MAX_COLUMN_NORM = 1.9365
_SIGMOID_BIAS = -2.0


def goodfellow2014_tfd_pretrain(
    data: Dataset, seed: int = 0, simultaneous: bool = True
) -> GAN:
    """Builds the first stage for the Toronto faces, compiled and untrained.

    Generator 100 - 8000 rectifiers - 8000 sigmoids - pixels (sigmoid, 100 nonzero
    incoming weights each), discriminator of two maxout layers 1200 x 5; no unit's
    incoming weights are longer than 1.9365. 50 epochs.

    Args:
        data: `Dataset` with pixels in [0, 1].
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.
        simultaneous: bool. `False` lets the players alternate, as Algorithm 1 of the
            paper does and its code does not. Defaults to `True`.

    Returns:
        gan: compiled `GAN`.

    References:
        https://arxiv.org/abs/1406.2661, section 5, and tfd_pretrain/pretrain.yaml of
        its code.
    """
    generator_seed, _ = pair_of_seeds(seed)
    generator = mlp_generator(
        LATENT_DIM,
        data.image_shape,
        hidden_units=(8000, 8000),
        hidden_activation=("relu", "sigmoid"),
        hidden_bias=(0.0, _SIGMOID_BIAS),
        output_bias=pixel_marginal_logits(data.train.images),
        output_initializer=SparseNormal(100, seed=derived_seed(generator_seed, 2)),
        max_column_norm=_MAX_COLUMN_NORM,
        seed=generator_seed,
    )
    return _game(generator, data, seed, simultaneous, "goodfellow2014_tfd_pretrain")


def goodfellow2014_tfd(
    data: Dataset, seed: int = 0, simultaneous: bool = True, *, pretrained: GAN
) -> GAN:
    """Builds the second stage for the Toronto faces, compiled.

    New layers 100 - 8000 rectifiers - 100 sigmoids feed the generator of the first
    stage, of which all layers go on learning, against a new discriminator. 22 epochs.

    Args:
        data: `Dataset` with pixels in [0, 1], as in the first stage.
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.
        simultaneous: bool. `False` lets the players alternate, as Algorithm 1 of the
            paper does and its code does not. Defaults to `True`.
        pretrained: `GAN` of `goodfellow2014_tfd_pretrain`, trained; it is not changed.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if its generator does not take 100 latents to the data's images.

    References:
        https://arxiv.org/abs/1406.2661, section 5, and tfd_pretrain/train.yaml of its
        code.
    """
    top = keras.models.clone_model(pretrained.generator)
    top.set_weights(pretrained.generator.get_weights())
    if top.input_shape[1:] != (LATENT_DIM,) or top.output_shape[1:] != data.image_shape:
        raise ValueError(
            f"`pretrained` must have a generator from {LATENT_DIM} latents to images "
            f"{data.image_shape}. Received: {top.input_shape[1:]} to "
            f"{top.output_shape[1:]}"
        )
    generator_seed, _ = pair_of_seeds(seed)
    bottom = mlp_generator(
        LATENT_DIM,
        (LATENT_DIM,),
        hidden_units=(8000,),
        output_activation="sigmoid",
        output_bias=np.full(LATENT_DIM, _SIGMOID_BIAS),
        max_column_norm=_MAX_COLUMN_NORM,
        seed=generator_seed,
        name="bottom",
    )
    latents = keras.Input((LATENT_DIM,), name="latents")
    generator = keras.Model(latents, top(bottom(latents)), name="generator")
    return _game(generator, data, seed, simultaneous, "goodfellow2014_tfd")


def _game(
    generator: keras.Model, data: Dataset, seed: int, simultaneous: bool, name: str
) -> GAN:
    discriminator = maxout_discriminator(
        data.image_shape,
        hidden_units=(1200, 1200),
        max_column_norm=_MAX_COLUMN_NORM,
        seed=pair_of_seeds(seed)[1],
    )
    gan = GAN(generator, discriminator, unit_normal_prior(), seed=seed, name=name)
    return begin_game(gan, data, _BATCH_SIZE, _LEARNING_RATE, simultaneous)


_FITS = (of_images, fully_connected(8000 + 1200 * 5))

# Table 1 chooses the bandwidth on all validation images of a fold.
_PARZEN = ParzenProtocol(10_000, 10_000, TABLE_1_BANDWIDTHS)

TFD_PRETRAIN = Recipe(
    *LISTED["goodfellow2014_tfd_pretrain"],
    build=goodfellow2014_tfd_pretrain,
    batch_size=_BATCH_SIZE,
    epochs=50,
    monitor="parzen_at_best_bandwidth",
    parzen=_PARZEN,
    fits=_FITS,
    can_alternate=True,
)

TFD = Recipe(
    *LISTED["goodfellow2014_tfd"],
    build=goodfellow2014_tfd,
    batch_size=_BATCH_SIZE,
    epochs=22,
    monitor="parzen_at_best_bandwidth",
    parzen=_PARZEN,
    fits=_FITS,
    can_alternate=True,
    continues=TFD_PRETRAIN.name,
)
