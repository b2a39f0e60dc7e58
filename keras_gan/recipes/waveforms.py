"""WaveGAN: short sounds from one-dimensional convolutions."""

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.wavegan import wavegan_discriminator, wavegan_generator
from keras_gan.priors import UniformPrior
from keras_gan.recipes._adam import pair_of_adams
from keras_gan.recipes._length import steps_of_epoch, within_training
from keras_gan.recipes._pixels import output_activation_of
from keras_gan.recipes.fitting import of_waveforms, quartered
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms.gradients import R1

_NAME = "wavegan"
_LATENT_DIM = 100
_BASE_FILTERS = 16  # a quarter of the published ones: for two cores
# A WGAN-GP of the published rules needs five times the time for a move of the
# generator; after as many minutes its tones were no nearer than at the beginning.
_PENALTY_WEIGHT, _PENALTY_INTERVAL = 5.0, 4  # of slopes at waveforms in [-1, 1]
_RATE, _BETA_1, _BETA_2 = 2e-4, 0.5, 0.99
_BATCH_SIZE = 64
_EPOCHS, _PASSES = 60, 5
_EMA_HALF_LIFE = 10_000  # waveforms, 160 moves


def wavegan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a WaveGAN, compiled and untrained.

    The networks of the paper, kernels of 25 with stride 4, phase shuffle by at most 2,
    100 uniform latents and minibatches of 64, play the second game of the published
    code, DCGAN's: the non-saturating objective, Adam with a rate of 0.0002 and a beta_1
    of 0.5. Scaled down for two cores: 16 filters next to the waveforms for the
    published 64, and not the paper's own game, WGAN-GP with five moves of the critic,
    which takes 200,000 moves of the generator. R1 every fourth step and a moving
    average of the generator, which the paper does not have, steady it.

    Sounds that end before the waveform does should end in a little noise, not in
    digital silence, by which a critic tells them at once.

    Args:
        data: `Dataset` of waveforms `[num, length, 1]`, whose length divides by 4 often
            enough, such as 4,096 or 16,384.
        seed: int, of weights, latents, shifts and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the length does not divide.

    Example:
    >>> from keras_gan.datasets import load_harmonic_tones
    >>> data = load_harmonic_tones(num_train=8, num_valid=1, num_test=1, length=1_024)
    >>> wavegan(data).sample(2, seed=0).shape
    (2, 1024, 1)

    References:
        Donahue et al., Adversarial Audio Synthesis, 2019.
        https://arxiv.org/abs/1802.04208
        Code: https://github.com/chrisdonahue/wavegan
    """
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    num_steps = _EPOCHS * steps_of_epoch(data, _BATCH_SIZE, _PASSES)
    gan = GAN(
        wavegan_generator(
            _LATENT_DIM,
            data.data_shape,
            _BASE_FILTERS,
            output_activation=output_activation_of(data),
            seed=generator_seed,
        ),
        wavegan_discriminator(data.data_shape, _BASE_FILTERS, seed=discriminator_seed),
        UniformPrior(_LATENT_DIM),
        ema_half_life=within_training(_EMA_HALF_LIFE, num_steps, _BATCH_SIZE),
        seed=seed,
        name=_NAME,
    )
    gan.compile(
        *pair_of_adams(_RATE, _BETA_1, _BETA_2),
        objective="non_saturating",
        terms=[R1(_PENALTY_WEIGHT, interval=_PENALTY_INTERVAL)],
    )
    return gan


WAVEGAN = Recipe(
    *LISTED[_NAME],
    build=wavegan,
    batch_size=_BATCH_SIZE,
    epochs=_EPOCHS,
    passes_per_epoch=_PASSES,
    value_range=(-1.0, 1.0),
    fits=(of_waveforms, quartered),
)
