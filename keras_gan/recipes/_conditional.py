"""What the conditional recipes have in common."""

import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_gan._seeds import pair_of_seeds
from keras_gan._types import Array
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.priors import CategoricalPrior, NormalPrior
from keras_gan.recipes._adam import adam_along_cosine
from keras_gan.recipes._length import checked_steps, within_training
from keras_gan.recipes._pixels import output_activation_of
from keras_gan.recipes.fitting import check_halved, halved, labelled, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe

_LATENT_DIM = 64
_BASE_FILTERS = 32
_BATCH_SIZE = 64
_EPOCHS = 12
_EMA_HALF_LIFE = 20_000  # images


def convolutional_game(
    data: Dataset,
    seed: int,
    num_steps: int | None,
    name: str,
    *,
    generator: Callable[..., keras.Model],
    discriminator: Callable[..., keras.Model],
    learning_rates: tuple[float, float],
    **rules: Any,
) -> GAN:
    """A small game of convolutional networks that are told the class, compiled.

    Adam's rates fall along half a cosine to a tenth within the training, and
    samples come from a moving average of the generator.

    Args:
        data: `Dataset` with labels, of images that can be halved.
        seed: int, of weights, latents and data order.
        num_steps: int, where the rates end, or `None` for the recipe's epochs.
        name: str, of the recipe.
        generator: builder, as `keras_gan.networks.conditional_dcgan_generator`.
        discriminator: builder, as `keras_gan.networks.acgan_discriminator`.
        learning_rates: pair of floats, the generator's and the discriminator's.
        **rules: what else `GAN.compile` takes.

    Raises:
        ValueError: if the data have no labels, or images cannot be halved.
    """
    check_halved(name, data)
    num_classes = num_classes_of(data, name)
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    num_steps = checked_steps(num_steps, data, epochs=_EPOCHS, batch_size=_BATCH_SIZE)
    gan = GAN(
        generator=generator(
            _LATENT_DIM,
            num_classes,
            data.image_shape,
            base_filters=_BASE_FILTERS,
            output_activation=output_activation_of(data),
            seed=generator_seed,
        ),
        discriminator=discriminator(
            data.image_shape,
            num_classes,
            base_filters=_BASE_FILTERS,
            seed=discriminator_seed,
        ),
        prior=NormalPrior(_LATENT_DIM),
        conditions={"labels": CategoricalPrior(num_classes)},
        ema_half_life=within_training(_EMA_HALF_LIFE, num_steps, _BATCH_SIZE),
        seed=seed,
        name=name,
    )
    optimizers = (adam_along_cosine(rate, num_steps) for rate in learning_rates)
    gan.compile(*optimizers, **rules)
    return gan


def convolutional_recipe(name: str, build: Callable[..., GAN]) -> Recipe:
    """The recipe of such a game."""
    return Recipe(
        *LISTED[name],
        build=build,
        batch_size=_BATCH_SIZE,
        epochs=_EPOCHS,
        scheduled=True,
        fits=(of_images, labelled, halved),
    )


def num_classes_of(data: Dataset, recipe: str) -> int:
    """Classes of a dataset: labels from 0 to the greatest one of its training images.

    Raises:
        ValueError: if the training images have no labels, or some are negative.
    """
    labels = data.train.labels
    if labels is None:
        raise ValueError(
            f"`data` must have labels: {recipe} draws images of a class that one asks "
            f"for. Received: dataset {data.name!r} with data.train.labels=None. Take "
            "one that has classes, such as keras_gan.datasets.load_mnist()."
        )
    if labels.min() < 0:
        raise ValueError(
            "`data.train.labels` must number the classes from 0. Received: the "
            f"label {labels.min()}"
        )
    _warn_of_unseen_classes(data, labels)
    return int(labels.max()) + 1


def _warn_of_unseen_classes(data: Dataset, seen: Array) -> None:
    """Says so where splitting left classes without a training image."""
    splits = (seen, data.valid.labels, data.test.labels)
    known = max(int(np.max(one)) for one in splits if one is not None and len(one)) + 1
    unseen = np.setdiff1d(np.arange(known), seen)
    if len(unseen):
        warnings.warn(
            f"No training image of {data.name} is of the classes {unseen.tolist()}: "
            "nothing is learned of them. Add images of them, or train with another "
            "split.",
            stacklevel=3,
        )
