"""BiGAN, fully connected: an encoder that learns beside the generator."""

from collections.abc import Callable
from typing import Any

from keras_gan._seeds import derived_seed, pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.games import Bidirectional
from keras_gan.gan import GAN
from keras_gan.networks.bigan import (
    bigan_discriminator,
    bigan_encoder,
    bigan_generator,
)
from keras_gan.priors import UniformPrior
from keras_gan.recipes._adam import along_cosine, pair_of_adams
from keras_gan.recipes._length import checked_steps
from keras_gan.recipes._pixels import output_activation_of
from keras_gan.recipes.fitting import fully_connected, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms.latent_regression import LatentRegression
from keras_gan.terms.reconstruction import Reconstruction

_NAME, _REGRESSED, _RECONSTRUCTED = "bigan", "bigan_regression", "bigan_reconstruction"
_LATENT_DIM = 50
_HIDDEN_UNITS = 512
_BATCH_SIZE = 128
_EPOCHS = {_NAME: 40, _REGRESSED: 10, _RECONSTRUCTED: 4}
_PASSES_PER_EPOCH = 5
_LEARNING_RATE, _LAST_SHARE = 2e-4, 0.01
_RECONSTRUCTION_WEIGHT = 10.0  # of errors of some 0.06, beside losses of the game of 1


def bigan(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds BiGAN for images as rows of numbers, compiled and untrained.

    As published for MNIST: latents uniform in [-1, 1], 50 of them; the networks of
    `keras_gan.networks.bigan_generator` and its two partners; both players moving at
    once; Adam at 0.0002 with a beta_1 of 0.5, minibatches of 128; the rate falls to a
    hundredth.

    Of this package, for two cores: 512 hidden units instead of 1024, 200 passes over
    the images (40 epochs of 5) instead of 400, the rate falling along half a cosine, no
    weight decay.

    Args:
        data: `Dataset` of images.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 40 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`, whose `encode` and `reconstruct` are there.

    References:
        Donahue et al., Adversarial Feature Learning, 2017, section 4.1, appendix C.1
        and the published code. https://arxiv.org/abs/1605.09782
    """
    return _game(data, seed, num_steps, _NAME)


def bigan_regression(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds BiGAN whose encoder also learns from generated images, untrained.

    The game of `bigan` with `keras_gan.terms.LatentRegression`: the encoder is told the
    latents of generated images, which the discriminator lets it know of slowly.
    Reconstructions are nearer than those of `bigan` after a few passes, so that it has
    50 of them (10 epochs of 5).

    Args:
        data: `Dataset` of images.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 10 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`, whose `encode` and `reconstruct` are there.

    References:
        Donahue et al., Adversarial Feature Learning, 2017, section 4.1 (BiGAN and the
        joint latent regressor). https://arxiv.org/abs/1605.09782
    """
    return _game(data, seed, num_steps, _REGRESSED, terms=[LatentRegression()])


def bigan_reconstruction(
    data: Dataset, seed: int = 0, num_steps: int | None = None
) -> GAN:
    """Builds BiGAN that is also paid for near reconstructions, untrained.

    The game of `bigan` with `keras_gan.terms.Reconstruction`, the squared error of
    G(E(x)) averaged over pixels, ten times. BiGAN's own codes forget much of an image
    that its equilibrium would keep; a term that asks for it is enough to keep the
    classes apart, after few passes (4 epochs of 5).

    Args:
        data: `Dataset` of images.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 4 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`, whose `encode` and `reconstruct` are there.

    References:
        Donahue et al., Adversarial Feature Learning, 2017.
        https://arxiv.org/abs/1605.09782
        Li et al., ALICE, 2017 (its explicit cycle consistency).
        https://arxiv.org/abs/1709.01215
    """
    terms = [Reconstruction(_RECONSTRUCTION_WEIGHT)]
    return _game(data, seed, num_steps, _RECONSTRUCTED, terms=terms)


def _game(
    data: Dataset, seed: int, num_steps: int | None, name: str, **rules: Any
) -> GAN:
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    sizes = (_LATENT_DIM, data.image_shape, _HIDDEN_UNITS)
    encoder = bigan_encoder(*sizes, seed=derived_seed(seed, 2))
    gan = GAN(
        bigan_generator(
            *sizes, output_activation=output_activation_of(data), seed=generator_seed
        ),
        bigan_discriminator(*sizes, seed=discriminator_seed),
        UniformPrior(_LATENT_DIM),  # in [-1, 1], as the encoder's output
        game=Bidirectional(encoder),
        seed=seed,
        name=name,
    )
    num_steps = checked_steps(
        num_steps,
        data,
        epochs=_EPOCHS[name],
        batch_size=_BATCH_SIZE,
        passes=_PASSES_PER_EPOCH,
    )
    rate = along_cosine(_LEARNING_RATE, num_steps, _LAST_SHARE)
    gan.compile(*pair_of_adams(rate, beta_1=0.5), simultaneous=True, **rules)
    return gan


def _recipe(name: str, build: Callable[..., GAN]) -> Recipe:
    return Recipe(
        *LISTED[name],
        build=build,
        batch_size=_BATCH_SIZE,
        epochs=_EPOCHS[name],
        passes_per_epoch=_PASSES_PER_EPOCH,
        scheduled=True,
        fits=(of_images, fully_connected(3 * _HIDDEN_UNITS)),
    )


BIGAN = _recipe(_NAME, bigan)
BIGAN_REGRESSION = _recipe(_REGRESSED, bigan_regression)
BIGAN_RECONSTRUCTION = _recipe(_RECONSTRUCTED, bigan_reconstruction)
