"""The one-dimensional convolutional networks of WaveGAN, for waveforms."""

import math
from collections.abc import Sized

import keras

from keras_gan._quarterings import (
    LONGEST_START,
    STRIDE,
    is_quartered,
    nearest_quartered,
    num_quarterings,
)
from keras_gan._seeds import derived_seed
from keras_gan._types import Shape, Tensor
from keras_gan._validation import (
    check_integer,
    check_positive_integer,
    check_positive_integers,
    check_seed,
    invalid_argument,
)
from keras_gan.layers.phase_shuffle import PhaseShuffle
from keras_gan.networks._parts import check_channels_last


def wavegan_generator(
    latent_dim: int,
    waveform_shape: Shape,
    base_filters: int = 64,
    kernel_size: int = 25,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a generator that lengthens a few places fourfold until they are sound.

    DCGAN along one axis: kernels of 25 with stride 4 where images have 5x5 with stride
    2. With 16,384 samples it is the published network.

        n     = number of times that the length divides by 4 evenly from above 16
        start = (length / 4^n, base_filters 2^(n-1))
        G(z)  = output_activation(deconv_n(... deconv_1(ReLU(dense(z)))))

    Deconvolution i has `base_filters 2^(n-1-i)` filters and ReLU behind it, the last
    one `channels`; there is no normalization.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        waveform_shape: tuple `(length, channels)` of one waveform; the length divides
            by 4, often enough to leave at most 64 places, such as 4,096 or 16,384.
        base_filters: int, at least 1. Filters of the last layer but one.
            Defaults to `64`.
        kernel_size: int, at least 4, so that no place is left out. Defaults to `25`.
        output_activation: Keras activation; its range is that of the waveforms. It is
            computed in float32 under mixed precision too. Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to float32 waveforms
        `[batch, length, channels]`.

    Raises:
        ValueError: if a number is too small or the length does not divide.

    Example:
    >>> wavegan_generator(100, (16_384, 1)).count_params()
    19065345
    >>> wavegan_generator(100, (4_096, 1), base_filters=16).count_params()
    476161

    References:
        Donahue et al., Adversarial Audio Synthesis, 2019.
        https://arxiv.org/abs/1802.04208
    """
    check_positive_integer("latent_dim", latent_dim)
    length, channels = _checked_arguments(
        waveform_shape, base_filters, kernel_size, seed
    )
    count = num_quarterings(length)
    start = (length // STRIDE**count, base_filters * 2 ** (count - 1))
    latents = keras.Input((latent_dim,), name="latents")
    outputs = keras.layers.Dense(
        math.prod(start), kernel_initializer=_glorot(seed, 0), name="dense"
    )(latents)
    outputs = keras.layers.Reshape(start, name="start")(outputs)
    for index in range(1, count + 1):  # [batch, 4^i start, filters / 2^i]
        outputs = keras.layers.ReLU(name=f"relu_{index - 1}")(outputs)
        last = index == count
        outputs = keras.layers.Conv1DTranspose(
            channels if last else base_filters * 2 ** (count - 1 - index),
            kernel_size,
            strides=STRIDE,
            padding="same",
            kernel_initializer=_glorot(seed, index),
            name=f"transposed_convolution_{index}",
        )(outputs)
    # Waveforms stay float32 under mixed precision, as the data are.
    activation = keras.layers.Activation(
        output_activation, dtype="float32", name="waveforms"
    )
    return keras.Model(latents, activation(outputs), name=name)


def wavegan_discriminator(
    waveform_shape: Shape,
    base_filters: int = 64,
    kernel_size: int = 25,
    max_shift: int = 2,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a discriminator that shortens a waveform fourfold and judges what is left.

    The mirror of `wavegan_generator`, with `keras_gan.layers.PhaseShuffle` behind all
    convolutions but the last, so that it cannot go by the phase of artefacts.

        D(x) = dense(conv_n(... conv_1(x))),   each of stride 4, LeakyReLU(0.2) after it

    Convolution i has `base_filters 2^(i-1)` filters; there is no normalization.

    Args:
        waveform_shape: tuple `(length, channels)` of one waveform, as
            `wavegan_generator` takes it.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `64`.
        kernel_size: int, at least 4, so that no place is left out. Defaults to `25`.
        max_shift: int, at least 0, places by which maps are moved; `0` leaves them.
            Defaults to `2`.
        seed: int, of initial weights and shifts. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from waveforms `[batch, length, channels]` to one
        logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is too small or the length does not divide.

    Example:
    >>> wavegan_discriminator((16_384, 1)).count_params()
    17427969
    >>> wavegan_discriminator((4_096, 1), base_filters=16).count_params()
    271489

    References:
        Donahue et al., Adversarial Audio Synthesis, 2019.
        https://arxiv.org/abs/1802.04208
    """
    check_integer("max_shift", max_shift, minimum=0)
    length, channels = _checked_arguments(
        waveform_shape, base_filters, kernel_size, seed
    )
    count = num_quarterings(length)
    waveforms = keras.Input((length, channels), name="waveforms")
    outputs = waveforms
    for index in range(count):  # [batch, length / 4^(i+1), base_filters 2^i]
        outputs = keras.layers.Conv1D(
            base_filters * 2**index,
            kernel_size,
            strides=STRIDE,
            padding="same",
            kernel_initializer=_glorot(seed, index),
            name=f"convolution_{index}",
        )(outputs)
        outputs = keras.layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(outputs)
        if max_shift and index < count - 1:
            outputs = _shuffled(outputs, max_shift, seed, index)
    outputs = keras.layers.Flatten(name="flatten")(outputs)
    logits = keras.layers.Dense(
        1, kernel_initializer=_glorot(seed, count), dtype="float32", name="logits"
    )(outputs)
    return keras.Model(waveforms, logits, name=name)


def _shuffled(maps: Tensor, max_shift: int, seed: int, index: int) -> Tensor:
    layer = PhaseShuffle(
        max_shift,
        # Odd indices; the kernels have the even ones.
        seed=derived_seed(seed, 2 * index + 1),
        name=f"phase_shuffle_{index}",
    )
    return layer(maps)


def _glorot(seed: int, index: int) -> keras.Initializer:
    return keras.initializers.GlorotUniform(seed=derived_seed(seed, 2 * index))


def _checked_arguments(
    waveform_shape: Shape, base_filters: int, kernel_size: int, seed: int
) -> tuple[int, int]:
    check_channels_last()
    check_seed("seed", seed)
    check_positive_integer("base_filters", base_filters)
    check_integer("kernel_size", kernel_size, minimum=STRIDE)
    if not isinstance(waveform_shape, Sized) or len(waveform_shape) != 2:
        raise invalid_argument("waveform_shape", "(length, channels)", waveform_shape)
    length, channels = check_positive_integers("waveform_shape", waveform_shape)
    if not is_quartered(length):
        raise ValueError(
            "`waveform_shape` must have a length that divides by 4, often enough to "
            f"leave at most {LONGEST_START} places. Received: "
            f"waveform_shape={waveform_shape!r}; cut or pad the waveforms to "
            f"{nearest_quartered(length)}."
        )
    return length, channels
