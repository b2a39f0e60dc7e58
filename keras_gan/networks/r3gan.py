"""Residual networks without normalisation: those of R3GAN, for small images."""

import math

import keras

from keras_gan._halvings import grid_of, num_halvings
from keras_gan._types import Shape, Tensor
from keras_gan.networks._dcgan_parts import checked_dcgan_shape
from keras_gan.networks._fan_in import FanInWeights
from keras_gan.networks._residual_parts import check_residual_arguments

_KERNEL_SIZE = 3  # of the convolutions in blocks
_STRIDED_KERNEL_SIZE = 4  # next to the image: a multiple of the stride
_SLOPE = 0.2  # of the leaky rectifiers
_LAYERS_IN_BLOCK = 2


def r3gan_generator(
    latent_dim: int,
    image_shape: Shape,
    base_filters: int = 32,
    num_blocks: int = 1,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a residual generator that needs no normalisation.

    The partner of `r3gan_discriminator`, for `objective="relativistic_pairing"` with R1
    and R2. Fix-up's initial weights take the place of normalisation: the last
    convolution of a block starts at zero, so that a block begins as the identity, and
    the one before it is scaled by the number L of blocks.

        n     = number of times that both sides halve evenly from above 4
        grid  = (height / 2^n, width / 2^n, base_filters 2^(n-1))
        block = h + f(h),  f = lrelu, convolution, lrelu, convolution
        stage = num_blocks blocks;  growth = bilinear doubling of a 1x1 convolution
        h     = stage_n(growth(... stage_2(growth(stage_1(dense(z))))))
        G     = output_activation(doubling(lrelu(h)))

    Stage i has `base_filters 2^(n-i)` filters. Weights start from
    N(0, gain^2 / fan_in), with a gain of sqrt(2 / (1 + 0.2^2)) after a rectifier, times
    L^(-1/2) inside a block. The published blocks have grouped convolutions between two
    of one pixel, two blocks a stage and 768 filters everywhere, and stages at full size
    too; here nothing but the image is computed there.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 64 places, e.g. 28 (to 7), 32 or 64 (to 4).
        base_filters: int, at least 1. Filters of the last stage. Defaults to `32`.
        num_blocks: int, at least 1, in each stage. Defaults to `1`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to float32 images
        `[batch, height, width, channels]`.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> r3gan_generator(64, (28, 28, 1)).get_layer("grid").output.shape
    (None, 7, 7, 64)

    References:
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
        Zhang et al., Fixup Initialization, 2019. https://arxiv.org/abs/1901.09321
    """
    check_residual_arguments(
        base_filters, seed, latent_dim=latent_dim, num_blocks=num_blocks
    )
    height, width, channels = checked_dcgan_shape(image_shape)
    count = num_halvings(height, width)
    grid = (*grid_of(height, width), base_filters * 2 ** (count - 1))
    weights = _Weights(seed, count * num_blocks)
    latents = keras.Input((latent_dim,), name="latents")
    outputs = keras.layers.Dense(
        math.prod(grid), kernel_initializer=weights.scaled(1.0), name="dense"
    )(latents)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    for index in range(count):
        if index:
            filters = outputs.shape[-1] // 2
            outputs = _of_one_pixel(filters, weights, f"growth_{index}")(outputs)
            outputs = keras.layers.UpSampling2D(
                interpolation="bilinear", name=f"doubled_{index}"
            )(outputs)
        outputs = _stage(outputs, num_blocks, weights, index)
    outputs = _rectified(outputs, "last")
    outputs = keras.layers.Conv2DTranspose(
        channels,
        _STRIDED_KERNEL_SIZE,
        strides=2,
        padding="same",
        kernel_initializer=weights.scaled(1.0),
        name="last_doubling",
    )(outputs)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model(latents, images(outputs), name=name)


def r3gan_discriminator(
    image_shape: Shape,
    base_filters: int = 32,
    num_blocks: int = 1,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a residual discriminator that needs no normalisation.

    The mirror of `r3gan_generator`: it judges each image by itself, as R1 and R2 ask.

        block  = h + f(h),  f = lrelu, convolution, lrelu, convolution
        stage  = num_blocks blocks;  shrinkage = 1x1 convolution of 2x2 means
        h      = stage_n(shrinkage(... shrinkage(stage_1(halving(x)))))
        D(x)   = dense(lrelu(h))

    Stage i has `base_filters 2^(i-1)` filters. Initial weights are as the generator's.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 64 places.
        base_filters: int, at least 1. Filters of the first stage. Defaults to `32`.
        num_blocks: int, at least 1, in each stage. Defaults to `1`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from images `[batch, height, width, channels]` to
        one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> r3gan_discriminator((28, 28, 1)).get_layer("flatten").output.shape
    (None, 3136)

    References:
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
    """
    check_residual_arguments(base_filters, seed, num_blocks=num_blocks)
    height, width, channels = checked_dcgan_shape(image_shape)
    count = num_halvings(height, width)
    weights = _Weights(seed, count * num_blocks)
    images = keras.Input((height, width, channels), name="images")
    outputs = keras.layers.Conv2D(
        base_filters,
        _STRIDED_KERNEL_SIZE,
        strides=2,
        padding="same",
        kernel_initializer=weights.scaled(1.0),
        name="halving",
    )(images)
    for index in range(count):
        if index:
            outputs = keras.layers.AveragePooling2D(2, name=f"halved_{index}")(outputs)
            filters = outputs.shape[-1] * 2
            outputs = _of_one_pixel(filters, weights, f"shrinkage_{index}")(outputs)
        outputs = _stage(outputs, num_blocks, weights, index)
    outputs = keras.layers.Flatten(name="flatten")(_rectified(outputs, "last"))
    # The logit stays float32 under mixed precision: losses are computed from it.
    logits = keras.layers.Dense(
        1, kernel_initializer=weights.scaled(1.0), dtype="float32", name="logits"
    )
    return keras.Model(images, logits(outputs), name=name)


class _Weights(FanInWeights):
    """Initial weights of a network, of their own for every layer."""

    def __init__(self, seed: int, num_blocks: int) -> None:
        super().__init__(seed)
        self.in_block = num_blocks ** (-1 / (2 * _LAYERS_IN_BLOCK - 2))  # Fix-up's

    def scaled(self, gain: float) -> keras.Initializer:
        """N(0, gain^2 / fan_in) for the next layer."""
        return self.of_variance(gain**2)


def _stage(inputs: Tensor, num_blocks: int, weights: _Weights, index: int) -> Tensor:
    outputs = inputs
    for place in range(num_blocks):
        outputs = _block(outputs, weights, f"{index}_{place}")
    return outputs


def _block(inputs: Tensor, weights: _Weights, name: str) -> Tensor:
    gain = weights.in_block * math.sqrt(2 / (1 + _SLOPE**2))
    outputs = inputs
    for place, initializer in (("first", weights.scaled(gain)), ("second", "zeros")):
        outputs = keras.layers.Conv2D(
            inputs.shape[-1],
            _KERNEL_SIZE,
            padding="same",
            kernel_initializer=initializer,
            name=f"{place}_convolution_{name}",
        )(_rectified(outputs, f"{place}_{name}"))
    return keras.layers.Add(name=f"sum_{name}")([inputs, outputs])


def _of_one_pixel(filters: int, weights: _Weights, name: str) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        filters, 1, use_bias=False, kernel_initializer=weights.scaled(1.0), name=name
    )


def _rectified(inputs: Tensor, name: str) -> Tensor:
    return keras.layers.LeakyReLU(_SLOPE, name=f"leaky_relu_{name}")(inputs)
