"""Residual networks with spectral normalization, not told the class."""

import keras

from keras_gan._halvings import num_halvings
from keras_gan._types import Shape
from keras_gan.networks._dcgan_parts import checked_dcgan_shape
from keras_gan.networks._residual_parts import (
    batch_normalized,
    check_residual_arguments,
    glorot,
    grown_residually,
    normalized,
    shrunk_residually,
)


def residual_generator(
    latent_dim: int,
    image_shape: Shape,
    base_filters: int = 32,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a residual generator with batch normalization.

    The partner of `residual_discriminator`: `projection_generator` without classes.
    The published form but for its size: a transposed convolution of stride 2 doubles a
    grid where the published block has nearest neighbors and a convolution, and the
    last doubling is one without a block, so that nothing but the image is computed at
    full size.

        n     = number of times that both sides halve evenly from above 4
        grid  = (height / 2^n, width / 2^n, base_filters 2^(n-1))
        block = h + f(h),  f = bn, relu, doubling, bn, relu, convolution
        h     = block_{n-1}(... block_1(dense(z)))
        G     = output_activation(doubling(relu(bn(h))))

    Block i has `base_filters 2^(n-1-i)` filters; its shortcut doubles by nearest
    neighbors and has a convolution of one pixel.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places, e.g. 28 (to 7), 32 or 64 (to 4).
        base_filters: int, at least 1. Filters of the last layer but one.
            Defaults to `32`.
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
    >>> residual_generator(128, (28, 28, 1)).count_params()
    449697

    References:
        Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018.
        https://arxiv.org/abs/1802.05957
    """
    check_residual_arguments(base_filters, seed, latent_dim=latent_dim)
    latents = keras.Input((latent_dim,), name="latents")
    images = grown_residually(
        latents, image_shape, base_filters, batch_normalized, output_activation, seed
    )
    return keras.Model(latents, images, name=name)


def residual_discriminator(
    image_shape: Shape,
    base_filters: int = 32,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a residual discriminator whose kernels are all spectrally normalized.

    Made for `objective="hinge"`; `projection_discriminator` without classes. The
    published form but for its size: a convolution of stride 2 takes the place of the
    first block, another one halves in a block, and no blocks follow the last halving.

        n     = number of times that both sides halve evenly from above 4
        block = h + f(h),  f = relu, convolution, relu, halving
        D(x)  = dense(sum over pixels of relu(block_{n-1}(... block_1(halving(x)))))

    The first halving has `base_filters` filters, block i has `base_filters 2^i`; its
    shortcut halves by means of 2x2 pixels and has a convolution of one pixel.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `32`.
        seed: int, of initial weights and power iterations. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from images `[batch, height, width, channels]` to
        one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> discriminator = residual_discriminator((28, 28, 1))
    >>> discriminator.get_layer("sums").output.shape
    (None, 64)

    References:
        Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018.
        https://arxiv.org/abs/1802.05957
    """
    check_residual_arguments(base_filters, seed)
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    features = shrunk_residually(images, base_filters, seed)
    count = num_halvings(height, width)
    # The logit stays float32 under mixed precision: losses are computed from it.
    logits = keras.layers.Dense(
        1,
        kernel_initializer=glorot(seed, count, 0),
        dtype="float32",
        name="logits",
    )
    return keras.Model(images, normalized(logits, seed, count, 0)(features), name=name)
