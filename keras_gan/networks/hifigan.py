"""The networks of HiFi-GAN: spectrogram to waveform, and many judges of waveforms."""

import math
from collections.abc import Sequence

import keras

from keras_gan._seeds import derived_seed
from keras_gan._types import Tensor
from keras_gan._validation import (
    check_integer,
    check_positive_integer,
    check_positive_integers,
    check_seed,
)
from keras_gan.networks._parts import check_channels_last

_SLOPE = 0.1  # of each LeakyReLU
_LAST_SLOPE = 0.01  # of the generator's last, for which the published code says none
_PERIOD_KERNEL, _PERIOD_STRIDE = 5, 3
_PERIOD_WIDTHS = (1, 4, 16, 32, 32)  # times the base; the last does not shorten
# Filters over the base, kernel, stride and groups: 128 filters stand beside 32.
_SCALE_LAYERS = (
    (4, 15, 1, 1),
    (4, 41, 2, 4),
    (8, 41, 2, 16),
    (16, 41, 4, 16),
    (32, 41, 4, 16),
    (32, 41, 1, 16),
    (32, 5, 1, 1),
)


def hifigan_generator(
    num_bands: int = 40,
    upsampling: Sequence[int] = (4, 4, 4),
    base_filters: int = 128,
    kernel_sizes: Sequence[int] = (3, 7, 11),
    dilations: Sequence[int] = (1, 3, 5),
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a generator that makes a waveform of a spectrogram of any length.

    The vocoder's half of text to speech: frames come from a voice, a text or a melody,
    and there are no latents. Train it on segments; it makes whole recordings.

        x <- conv_7(frames)
        for each factor s:
            x <- deconv(LeakyReLU(x)), kernel 2 s, stride s, half the filters
            x <- mean over the kernels k of residual(x, k)
        waveform = tanh(conv_7(LeakyReLU(x)))
        residual(x, k): for each dilation d,
            x <- x + conv_k(LeakyReLU(conv_k_d(LeakyReLU(x))))

    With 80 bands, `upsampling=(8, 8, 2, 2)` and `base_filters=512` it is the published
    V1 without weight normalization.

    Args:
        num_bands: int, at least 1, of one frame. Defaults to `40`.
        upsampling: ints, each at least 1, whose product is the number of samples that a
            frame stands for. Defaults to `(4, 4, 4)`.
        base_filters: int, filters next to the frames, which halve at each factor:
            divisible by 2 as often. Defaults to `128`.
        kernel_sizes: ints, at least 1, of the residual blocks side by side, no two
            alike.
            Defaults to `(3, 7, 11)`.
        dilations: ints, at least 1, of the convolutions of a block, no two alike.
            Defaults to `(1, 3, 5)`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from `"frames"` `[batch, num_frames, num_bands]` to
        float32 waveforms `[batch, num_frames * prod(upsampling), 1]` in (-1, 1).

    Raises:
        ValueError: if an argument is out of its range.

    Example:
    >>> import numpy as np
    >>> vocoder = hifigan_generator(base_filters=16, kernel_sizes=(3,))
    >>> vocoder(np.zeros((2, 10, 40), "float32")).shape
    TensorShape([2, 640, 1])

    References:
        Kong et al., HiFi-GAN: Generative Adversarial Networks for Efficient and High
        Fidelity Speech Synthesis, 2020. https://arxiv.org/abs/2010.05646
    """
    check_channels_last()
    check_positive_integer("num_bands", num_bands)
    factors = check_positive_integers("upsampling", upsampling)
    kernels = check_positive_integers("kernel_sizes", kernel_sizes)
    dilations = check_positive_integers("dilations", dilations)
    _check_different("kernel_sizes", kernels)
    _check_different("dilations", dilations)
    check_positive_integer("base_filters", base_filters)
    if base_filters % 2 ** len(factors):
        raise ValueError(
            "`base_filters` must halve as often as `upsampling` has factors, "
            f"{len(factors)} times. Received: base_filters={base_filters}"
        )
    seeds = _Seeds(seed)
    frames = keras.Input((None, num_bands), name="frames")
    maps = _convolution(frames, base_filters, 7, seeds, "first")
    for index, factor in enumerate(factors):
        filters = base_filters // 2 ** (index + 1)
        maps = _lengthened(maps, filters, factor, seeds, index)
        blocks = [
            _residual(maps, filters, kernel, dilations, seeds, f"{index}_{kernel}")
            for kernel in kernels
        ]
        if len(blocks) > 1:
            maps = keras.layers.Average(name=f"mean_{index}")(blocks)
        else:
            (maps,) = blocks
    last = _leaky(maps, "last", _LAST_SLOPE)
    last = _convolution(last, 1, 7, seeds, "last")
    # Waveforms stay float32 under mixed precision, as the data are.
    waveforms = keras.layers.Activation("tanh", dtype="float32", name="waveforms")
    return keras.Model(frames, waveforms(last), name=name)


def hifigan_discriminator(
    length: int,
    periods: Sequence[int] = (2, 3, 5, 7, 11),
    num_scales: int = 3,
    base_filters: int = 32,
    grouped: bool = True,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds the discriminators of HiFi-GAN: some for periods, some for scales.

    One of period p folds the waveform into rows of p samples and looks along columns,
    so that it sees every p-th sample; one of scale s looks at means of 2^s neighbors.
    Each says a logit for every place, and hands its maps out, logits among them, as
    `keras_gan.terms.PairedFeatureMatching` wants them.

    With 32 filters they have the published layers and weights without spectral and
    weight normalization. Padding is TensorFlow's "same": strides begin at other places,
    and means at the ends leave out the zeros that the published code counts.

    Args:
        length: int, samples of a segment; longer than the longest period, and divisible
            by 2 for each scale but the first.
        periods: ints, at least 2, no two alike; primes see the least of what others
            see. Defaults to `(2, 3, 5, 7, 11)`.
        num_scales: int, at least 0. Defaults to `3`.
        base_filters: int, at least 1. Filters next to the waveform of each period; a
            scale begins with four times as many. Defaults to `32`.
        grouped: bool, whether convolutions of scales have groups, as published. On
            processors TensorFlow takes tens of times as long for their slopes: leave
            groups out there, or scales. Defaults to `True`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from waveforms `[batch, length, 1]` to a dict of
        `"logits"`, a list of `[batch, ..., 1]` in float32, and `"features"`, a list of
        maps.

    Raises:
        ValueError: if an argument is out of its range, or there is no discriminator.

    Example:
    >>> judges = hifigan_discriminator(512, (2, 3), num_scales=1, base_filters=2)
    >>> len(judges.output["logits"]), len(judges.output["features"])
    (3, 20)

    References:
        Kong et al., HiFi-GAN, 2020, section 2.3. https://arxiv.org/abs/2010.05646
    """
    check_channels_last()
    check_positive_integer("length", length)
    check_positive_integer("base_filters", base_filters)
    check_integer("num_scales", num_scales, minimum=0)
    periods = tuple(check_integer("periods", one, minimum=2) for one in periods)
    _check_different("periods", periods)
    if not periods and not num_scales:
        raise ValueError("`periods` or `num_scales` must leave a discriminator.")
    halved = 2 ** max(0, num_scales - 1)
    if length % halved or length <= max(periods, default=1):
        raise ValueError(
            f"`length` must be longer than each period and divisible by {halved}, for "
            f"{num_scales} scales. Received: {length=}, periods={periods}"
        )
    seeds = _Seeds(seed)
    waveforms = keras.Input((length, 1), name="waveforms")
    judged = [_of_period(waveforms, one, base_filters, seeds) for one in periods]
    for scale in range(num_scales):
        judged.append(_of_scale(waveforms, scale, base_filters, grouped, seeds))
    outputs = {
        "logits": [maps[-1] for maps in judged],
        "features": [one for maps in judged for one in maps],
    }
    return keras.Model(waveforms, outputs, name=name)


def _check_different(name: str, values: tuple[int, ...]) -> None:
    # Layers are named by them.
    if len(set(values)) < len(values):
        raise ValueError(f"`{name}` must differ from each other. Received: {values}")


class _Seeds:
    """Seeds of the layers, one after the other."""

    def __init__(self, seed: int) -> None:
        self._seed, self._index = check_seed("seed", seed), 0

    def next(self) -> keras.Initializer:
        """The initializer of another layer."""
        self._index += 1
        return keras.initializers.GlorotUniform(derived_seed(self._seed, self._index))


def _leaky(maps: Tensor, name: str, slope: float = _SLOPE) -> Tensor:
    return keras.layers.LeakyReLU(slope, name=f"leaky_relu_{name}")(maps)


def _convolution(
    maps: Tensor, filters: int, kernel_size: int, seeds: _Seeds, name: str, **more: int
) -> Tensor:
    return keras.layers.Conv1D(
        filters,
        kernel_size,
        padding="same",
        kernel_initializer=seeds.next(),
        name=f"convolution_{name}",
        **more,
    )(maps)


def _lengthened(
    maps: Tensor, filters: int, factor: int, seeds: _Seeds, index: int
) -> Tensor:
    return keras.layers.Conv1DTranspose(
        filters,
        2 * factor,
        strides=factor,
        padding="same",
        kernel_initializer=seeds.next(),
        name=f"transposed_convolution_{index}",
    )(_leaky(maps, f"before_{index}"))


def _residual(
    maps: Tensor,
    filters: int,
    kernel_size: int,
    dilations: Sequence[int],
    seeds: _Seeds,
    name: str,
) -> Tensor:
    for dilation in dilations:
        inner = _leaky(maps, f"{name}_{dilation}_0")
        where = f"{name}_{dilation}"
        inner = _convolution(
            inner, filters, kernel_size, seeds, f"{where}_0", dilation_rate=dilation
        )
        inner = _leaky(inner, f"{where}_1")
        inner = _convolution(inner, filters, kernel_size, seeds, f"{where}_1")
        maps = keras.layers.Add(name=f"sum_{where}")([maps, inner])
    return maps


def _of_period(
    waveforms: Tensor, period: int, base_filters: int, seeds: _Seeds
) -> list[Tensor]:
    """Maps of a discriminator that sees each `period`-th sample, logits last."""
    length = waveforms.shape[1]
    num_rows = math.ceil(length / period)
    beyond = num_rows * period - length
    whole = waveforms
    if beyond:
        whole = keras.ops.pad(waveforms, [[0, 0], [0, beyond], [0, 0]], mode="reflect")
    maps = keras.layers.Reshape((num_rows, period, 1), name=f"folded_{period}")(whole)
    found = []
    for index, width in enumerate(_PERIOD_WIDTHS):
        last = index == len(_PERIOD_WIDTHS) - 1
        maps = keras.layers.Conv2D(
            base_filters * width,
            (_PERIOD_KERNEL, 1),
            strides=(1 if last else _PERIOD_STRIDE, 1),
            padding="same",
            kernel_initializer=seeds.next(),
            name=f"period_{period}_{index}",
        )(maps)
        maps = _leaky(maps, f"period_{period}_{index}")
        found.append(maps)
    logits = keras.layers.Conv2D(
        1,
        (3, 1),
        padding="same",
        kernel_initializer=seeds.next(),
        dtype="float32",
        name=f"period_{period}_logits",
    )(maps)
    return [*found, logits]


def _of_scale(
    waveforms: Tensor, scale: int, base_filters: int, grouped: bool, seeds: _Seeds
) -> list[Tensor]:
    """Maps of a discriminator that sees means of 2^scale samples, logits last."""
    maps, found = waveforms, []
    for _ in range(scale):
        maps = keras.layers.AveragePooling1D(4, 2, padding="same")(maps)
    for index, (width, kernel_size, stride, groups) in enumerate(_SCALE_LAYERS):
        filters = base_filters * width
        maps = _convolution(
            maps,
            filters,
            kernel_size,
            seeds,
            f"scale_{scale}_{index}",
            strides=stride,
            groups=math.gcd(groups, filters, maps.shape[-1]) if grouped else 1,
        )
        maps = _leaky(maps, f"scale_{scale}_{index}")
        found.append(maps)
    logits = keras.layers.Conv1D(
        1,
        3,
        padding="same",
        kernel_initializer=seeds.next(),
        dtype="float32",
        name=f"scale_{scale}_logits",
    )(maps)
    return [*found, logits]
