"""WaveGAN: short sounds from one-dimensional convolutions, judged by a critic."""

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.wavegan import wavegan_discriminator, wavegan_generator
from keras_gan.priors import UniformPrior
from keras_gan.recipes._adam import pair_of_adams
from keras_gan.recipes._pixels import output_activation_of
from keras_gan.recipes.fitting import of_waveforms, quartered
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms.gradients import GradientPenalty

_NAME = "wavegan"
_LATENT_DIM = 100
_BASE_FILTERS = 16  # a quarter of the published ones: for two cores
_PENALTY_WEIGHT = 10.0  # for waveforms in [-1, 1]
_BATCH_SIZE = 64
_DISCRIMINATOR_STEPS = 5
_EMA_HALF_LIFE = 100 * _BATCH_SIZE * _DISCRIMINATOR_STEPS  # 100 moves of the generator


def wavegan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a WaveGAN, compiled and untrained.

    The settings of the published code: a gradient penalty of weight 10, five moves of
    the critic for each of the generator, Adam with a rate of 0.0001, beta_1 of 0.5 and
    beta_2 of 0.9, minibatches of 64, 100 uniform latents, kernels of 25 with stride 4
    and phase shuffle by at most 2. Scaled down for two cores: 16 filters next to the
    waveforms for the published 64. Samples come from a moving average of the generator,
    which the paper does not have.

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
        ema_half_life=_EMA_HALF_LIFE,
        seed=seed,
        name=_NAME,
    )
    gan.compile(
        *pair_of_adams(1e-4, beta_1=0.5, beta_2=0.9),
        objective="wasserstein",
        terms=[GradientPenalty(_PENALTY_WEIGHT)],
        discriminator_steps=_DISCRIMINATOR_STEPS,
    )
    return gan


WAVEGAN = Recipe(
    *LISTED[_NAME],
    build=wavegan,
    batch_size=_BATCH_SIZE,
    epochs=40,
    passes_per_epoch=10,
    value_range=(-1.0, 1.0),
    fits=(of_waveforms, quartered),
)
