"""HiFi-GAN: the vocoder, from spectrograms to waveforms."""

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.games import DerivedConditions
from keras_gan.gan import GAN
from keras_gan.layers.log_mel_spectrogram import LogMelSpectrogram
from keras_gan.networks.hifigan import hifigan_discriminator, hifigan_generator
from keras_gan.priors import EmpiricalPrior
from keras_gan.recipes.fitting import framed, of_waveforms
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.sound import SAMPLING_RATE
from keras_gan.terms import PairedFeatureMatching, Reconstruction

_NAME = "hifigan"
_UPSAMPLING, HOP_LENGTH = (4, 4, 4), 64
_BASE_FILTERS, _KERNEL_SIZES, _DILATIONS = 64, (3, 7), (1, 3)
_PERIODS, _JUDGE_FILTERS = (2, 3, 5, 7, 11), 8
# The published weights, 2 and 45, belong to a squared error without the half.
_FEATURE_WEIGHT, _SPECTRUM_WEIGHT = 1.0, 22.5
_RATE, _BETA_1, _BETA_2, _WEIGHT_DECAY = 2e-4, 0.8, 0.99, 0.01
_NUM_TOLD = 32  # spectrograms that samples are made of where none are given
_DECIMALS = 2  # of their logarithms, which nobody hears: the record holds them


def hifigan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a HiFi-GAN, compiled and untrained.

    The generator is told the log-mel spectrogram of a waveform, 40 bands of 256 samples
    every 64, which is computed within the step; it makes the waveform. Discriminators
    of the periods 2, 3, 5, 7 and 11 judge it. By the published code: least squares, the
    distances of spectrograms, 45 times, and of what the discriminators see, twice,
    AdamW with a rate of 0.0002, beta_1 of 0.8 and beta_2 of 0.99, minibatches of 16.

    Scaled down for two cores: 64 filters for the published 512 (V1) or 128 (V2), two
    residual blocks with two dilations, an eighth to a quarter of the filters of the
    discriminators, no discriminators of scales (the paper misses those of periods far
    more), no weight normalization, constant rates.

    `gan.game.conditions_of(gan, waveforms)` are the spectrograms of waveforms, of any
    number of frames, and `gan.sample(num, frames=...)` makes sound of them. Where none
    are given, samples are made of those of some validation waveforms.

    Args:
        data: `Dataset` of waveforms `[num, length, 1]`, the length a multiple of 64;
            its `sampling_rate` is that of the bands, 8000 where it has none.
        seed: int, of weights and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the length is no such multiple.

    Example:
    >>> from keras_gan.datasets import load_harmonic_tones
    >>> data = load_harmonic_tones(num_train=8, num_valid=2, num_test=1, length=1_024)
    >>> gan = hifigan(data)
    >>> frames = gan.game.conditions_of(gan, data.test.waveforms)["frames"]
    >>> frames.shape, gan.sample(1, frames=frames).shape
    ((1, 16, 40), (1, 1024, 1))

    References:
        Kong et al., HiFi-GAN: Generative Adversarial Networks for Efficient and High
        Fidelity Speech Synthesis, 2020. https://arxiv.org/abs/2010.05646
        Code: https://github.com/jik876/hifi-gan
    """
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    sampling_rate = data.sampling_rate or SAMPLING_RATE
    spectrograms = _spectrograms(sampling_rate)
    frames = spectrograms.predict(data.valid.values[:_NUM_TOLD], verbose=0)
    gan = GAN(
        hifigan_generator(
            spectrograms.output.shape[-1],
            _UPSAMPLING,
            _BASE_FILTERS,
            _KERNEL_SIZES,
            _DILATIONS,
            seed=generator_seed,
        ),
        hifigan_discriminator(
            data.data_shape[0], _PERIODS, 0, _JUDGE_FILTERS, seed=discriminator_seed
        ),
        prior=None,
        game=DerivedConditions({"frames": spectrograms}),
        conditions={"frames": EmpiricalPrior(frames.round(_DECIMALS))},
        seed=seed,
        name=_NAME,
    )
    generator_optimizer, discriminator_optimizer = (
        keras.optimizers.AdamW(
            _RATE, weight_decay=_WEIGHT_DECAY, beta_1=_BETA_1, beta_2=_BETA_2
        )
        for _ in range(2)
    )
    gan.compile(
        generator_optimizer,
        discriminator_optimizer,
        objective="least_squares",
        terms=[
            PairedFeatureMatching(_FEATURE_WEIGHT),
            Reconstruction(
                _SPECTRUM_WEIGHT, "absolute", features=_spectrograms(sampling_rate)
            ),
        ],
    )
    return gan


def _spectrograms(sampling_rate: int) -> keras.Model:
    waveforms = keras.Input((None, 1), name="waveforms")
    layer = LogMelSpectrogram(
        hop_length=HOP_LENGTH, sampling_rate=sampling_rate, name="frames"
    )
    return keras.Model(waveforms, layer(waveforms), name="spectrograms")


HIFIGAN = Recipe(
    *LISTED[_NAME],
    build=hifigan,
    batch_size=16,
    epochs=40,
    value_range=(-1.0, 1.0),
    fits=(of_waveforms, framed(HOP_LENGTH)),
)
