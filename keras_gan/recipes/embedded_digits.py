"""The demonstration: 8x8 handwritten digits in about a minute on two cores."""

import numpy as np

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.mlp import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)
from keras_gan.priors import UniformPrior
from keras_gan.recipes._adam import along_cosine, pair_of_adams
from keras_gan.recipes._length import checked_steps
from keras_gan.recipes.fitting import fully_connected, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import ParzenProtocol, Recipe

_BATCH_SIZE = 50
_EPOCHS = 40
_PASSES_PER_EPOCH = 10  # 1,197 images: one pass is too short to report on


def digits(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds a small GAN for the embedded 8x8 digits, compiled and untrained.

    The networks of 2014 at a smaller size, with Adam in place of momentum SGD so that
    a newcomer sees digits after a minute. The learning rate falls along half a cosine
    to a fiftieth within the training.

    Args:
        data: `Dataset` with pixels in [0, 1].
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 40 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> gan = digits(load_digits(), seed=0)
    >>> gan.generator.count_params()
    90688
    """
    latent_dim, image_shape = 32, data.image_shape
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    gan = GAN(
        generator=mlp_generator(
            latent_dim,
            image_shape,
            hidden_units=(256, 256),
            output_bias=pixel_marginal_logits(data.train.images),
            seed=generator_seed,
        ),
        discriminator=maxout_discriminator(
            image_shape,
            hidden_units=(128, 128),
            hidden_dropout=0.3,
            weight_range=0.05,
            seed=discriminator_seed,
        ),
        prior=UniformPrior(latent_dim),
        seed=seed,
        name="digits",
    )
    num_steps = checked_steps(
        num_steps,
        data,
        epochs=_EPOCHS,
        batch_size=_BATCH_SIZE,
        passes=_PASSES_PER_EPOCH,
    )
    rate = along_cosine(1.5e-3, num_steps, 0.02)
    gan.compile(*pair_of_adams(rate, beta_1=0.5), objective="non_saturating")
    return gan


DIGITS = Recipe(
    *LISTED["digits"],
    build=digits,
    batch_size=_BATCH_SIZE,
    epochs=_EPOCHS,
    monitor="parzen_at_best_bandwidth",
    parzen=ParzenProtocol(1_000, 300, tuple(np.logspace(-1.5, 0, 16).tolist())),
    passes_per_epoch=_PASSES_PER_EPOCH,
    scheduled=True,
    fits=(of_images, fully_connected(256 + 128 * 5)),
)
