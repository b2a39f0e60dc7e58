"""What the recipes for images without classes have in common."""

import math
from collections.abc import Callable
from typing import Any

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.dcgan import dcgan_discriminator, dcgan_generator
from keras_gan.priors import Prior, UniformPrior
from keras_gan.recipes._adam import Optimizers, pair_of_adams
from keras_gan.recipes._pixels import output_activation_of
from keras_gan.recipes.fitting import check_halved, halved, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe

BASE_FILTERS = 32  # a half or a quarter of the published ones: for two cores
_DCGAN_LATENT_DIM = 100


def image_game(
    data: Dataset,
    seed: int,
    name: str,
    *,
    generator: Callable[..., keras.Model],
    discriminator: Callable[..., keras.Model],
    prior: Prior,
    optimizers: Optimizers,
    base_filters: int = BASE_FILTERS,
    ema_half_life: float | None = None,
    packing: int = 1,
    **rules: Any,
) -> GAN:
    """A game of convolutional networks for images, compiled.

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order.
        name: str, of the recipe.
        generator: builder, as `keras_gan.networks.dcgan_generator`.
        discriminator: builder, as `keras_gan.networks.dcgan_discriminator`.
        prior: `Prior`, where latents come from.
        optimizers: pair, the generator's and the discriminator's.
        base_filters: int, filters next to the images. Defaults to `32`.
        ema_half_life: as `GAN` takes it. Defaults to `None`.
        packing: as `GAN` takes it. Defaults to `1`.
        **rules: what else `GAN.compile` takes.

    Raises:
        ValueError: if the images do not halve to a small grid.
    """
    check_halved(name, data)
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    height, width, channels = data.image_shape
    gan = GAN(
        generator=generator(
            prior.latent_dim,
            data.image_shape,
            base_filters=base_filters,
            output_activation=output_activation_of(data),
            seed=generator_seed,
        ),
        discriminator=discriminator(
            (height, width, packing * channels),
            base_filters=base_filters,
            seed=discriminator_seed,
        ),
        prior=prior,
        ema_half_life=ema_half_life,
        packing=packing,
        seed=seed,
        name=name,
    )
    gan.compile(*optimizers, **rules)
    return gan


def dcgan_game(
    data: Dataset, seed: int, name: str, *, learning_rate: float, **rules: Any
) -> GAN:
    """The game of `dcgan`, at another rate or by other rules.

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order.
        name: str, of the recipe.
        learning_rate: float, above 0, of both players.
        **rules: what else `image_game` takes.

    Raises:
        ValueError: if the images do not halve to a small grid.
    """
    return image_game(
        data,
        seed,
        name,
        generator=dcgan_generator,
        discriminator=dcgan_discriminator,
        prior=UniformPrior(_DCGAN_LATENT_DIM),
        optimizers=pair_of_adams(learning_rate, beta_1=0.5),
        **rules,
    )


def image_recipe(
    name: str,
    build: Callable[..., GAN],
    batch_size: int,
    epochs: int,
    value_range: tuple[float, float] = (-1.0, 1.0),
    passes_per_epoch: int = 1,
    discriminator_steps: int = 1,
    **changes: Any,
) -> Recipe:
    """The recipe of such a game, for images of which there are enough for a step."""
    fewest_rows = math.ceil(batch_size * discriminator_steps / passes_per_epoch)
    return Recipe(
        *LISTED[name],
        build=build,
        batch_size=batch_size,
        epochs=epochs,
        value_range=value_range,
        passes_per_epoch=passes_per_epoch,
        discriminator_steps=discriminator_steps,
        fits=(of_images, halved),
        **{"fewest_rows": fewest_rows, **changes},
    )
