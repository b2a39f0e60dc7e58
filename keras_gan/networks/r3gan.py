"""Residual networks without normalization: those of R3GAN, for small images."""

import math

import keras

from keras_gan._halvings import grid_of, num_halvings
from keras_gan._types import Shape
from keras_gan.networks._dcgan_parts import checked_dcgan_shape
from keras_gan.networks._fixup_parts import FixupWeights, grown, rectified, shrunk
from keras_gan.networks._residual_parts import check_residual_arguments


def r3gan_generator(
    latent_dim: int,
    image_shape: Shape,
    base_filters: int = 32,
    num_blocks: int = 1,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a residual generator that needs no normalization.

    The partner of `r3gan_discriminator`, for `objective="relativistic_pairing"` with R1
    and R2. Fix-up's initial weights take the place of normalization: the last
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
            as often, to a grid of at most 625 places, e.g. 28 (to 7), 32 or 64 (to 4).
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
    weights = FixupWeights(seed, count * num_blocks)
    latents = keras.Input((latent_dim,), name="latents")
    outputs = keras.layers.Dense(
        math.prod(grid), kernel_initializer=weights.scaled(1.0), name="dense"
    )(latents)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    outputs = grown(outputs, channels, count, num_blocks, weights)
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
    """Builds a residual discriminator that needs no normalization.

    The mirror of `r3gan_generator`: it judges each image by itself, as R1 and R2 ask.

        block  = h + f(h),  f = lrelu, convolution, lrelu, convolution
        stage  = num_blocks blocks;  shrinkage = 1x1 convolution of 2x2 means
        h      = stage_n(shrinkage(... shrinkage(stage_1(halving(x)))))
        D(x)   = dense(lrelu(h))

    Stage i has `base_filters 2^(i-1)` filters. Initial weights are as the generator's.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places.
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
    weights = FixupWeights(seed, count * num_blocks)
    images = keras.Input((height, width, channels), name="images")
    outputs = shrunk(images, base_filters, count, num_blocks, weights)[-1]
    outputs = keras.layers.Flatten(name="flatten")(rectified(outputs, "last"))
    # The logit stays float32 under mixed precision: losses are computed from it.
    logits = keras.layers.Dense(
        1, kernel_initializer=weights.scaled(1.0), dtype="float32", name="logits"
    )
    return keras.Model(images, logits(outputs), name=name)
