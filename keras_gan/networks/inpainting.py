"""Residual networks that complete images, and judge completions."""

import math

import keras

from keras_gan._halvings import num_halvings
from keras_gan._types import Shape, Tensor
from keras_gan.networks._dcgan_parts import checked_dcgan_shape
from keras_gan.networks._fixup_parts import FixupWeights, grown, rectified, shrunk
from keras_gan.networks._residual_parts import check_residual_arguments
from keras_gan.networks.r3gan import r3gan_discriminator

_CODE_UNITS = 256  # that read the whole image, wherever it is given


def inpainting_generator(
    latent_dim: int,
    image_shape: Shape,
    base_filters: int = 32,
    num_blocks: int = 1,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a generator that completes images: an encoder and a decoder, side by side.

    The stages of `r3gan_discriminator` shrink what is given, and where, down to a small
    grid; those of `r3gan_generator` make an image of it, each told the maps of its size
    on the way down. Between them a dense code of the whole grid and the latents draw on
    it, for convolutions alone see too little to fill in a half by the other one. What
    is made of given pixels is of no account: `keras_gan.games.Inpainting` lays these
    over it. Nothing is normalized; weights start as `r3gan_generator` states.

        d_1, ..., d_n = stages down of (known, mask)
        h             = stage(dense(lrelu(dense(lrelu(d_n))), z) + d_n)
        h             = stage(growth(h) + d_i),  i = n - 1, ..., 1
        G             = output_activation(doubling(lrelu(h)))

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places, e.g. 28 (to 7), 48 (to 6) or 64.
        base_filters: int, at least 1. Filters of the stages next to the image.
            Defaults to `32`.
        num_blocks: int, at least 1, in each stage. Defaults to `1`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from `latents` `[batch, latent_dim]`, `known`
        `[batch, height, width, channels]` and `mask` `[batch, height, width, 1]` to
        float32 images `[batch, height, width, channels]`.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> generator = inpainting_generator(64, (28, 28, 1), base_filters=8)
    >>> [tensor.name for tensor in generator.inputs]
    ['latents', 'known', 'mask']
    >>> generator.output_shape
    (None, 28, 28, 1)

    References:
        Ronneberger et al., U-Net, 2015. https://arxiv.org/abs/1505.04597
        Pathak et al., Context Encoders, 2016. https://arxiv.org/abs/1604.07379
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
    """
    check_residual_arguments(
        base_filters, seed, latent_dim=latent_dim, num_blocks=num_blocks
    )
    height, width, channels = checked_dcgan_shape(image_shape)
    count = num_halvings(height, width)
    weights = FixupWeights(seed, 2 * count * num_blocks)
    latents = keras.Input((latent_dim,), name="latents")
    known, mask = _given_inputs(height, width, channels)
    given = keras.layers.Concatenate(name="given")([known, mask])
    sizes = shrunk(given, base_filters, count, num_blocks, weights, "given_")[::-1]
    maps = _drawn(sizes[0], latents, weights)
    outputs = grown(maps, channels, count, num_blocks, weights, beside=sizes)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model([latents, known, mask], images(outputs), name=name)


def _drawn(given: Tensor, latents: Tensor, weights: FixupWeights) -> Tensor:
    """Maps of the latents and of all that is given, as large as those of the latter."""
    shape = given.shape[1:]
    rows = keras.layers.Flatten(name="flatten")(rectified(given, "flatten"))
    code = keras.layers.Dense(
        _CODE_UNITS, kernel_initializer=weights.scaled(1.0), name="code"
    )(rows)
    joined = [rectified(code, "code"), latents]
    drawn = keras.layers.Dense(
        math.prod(shape), kernel_initializer=weights.scaled(1.0), name="drawn"
    )(keras.layers.Concatenate(name="code_and_latents")(joined))
    return keras.layers.Reshape(shape, name="grid")(drawn)


def inpainting_discriminator(
    image_shape: Shape,
    base_filters: int = 32,
    num_blocks: int = 1,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a discriminator that judges an image together with what was given of it.

    It is `r3gan_discriminator` on images beside which the given pixels and the mask are
    further channels: it sees where completions begin, and that they fit.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places.
        base_filters: int, at least 1. Filters of the first stage. Defaults to `32`.
        num_blocks: int, at least 1, in each stage. Defaults to `1`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` and `known` `[batch, height, width,
        channels]` and `mask` `[batch, height, width, 1]` to one logit `[batch, 1]`,
        float32.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> discriminator = inpainting_discriminator((28, 28, 1), base_filters=8)
    >>> discriminator.output_shape
    (None, 1)

    References:
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
    """
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    known, mask = _given_inputs(height, width, channels)
    judged = keras.layers.Concatenate(name="image_and_given")([images, known, mask])
    judge = r3gan_discriminator(
        (height, width, 2 * channels + 1), base_filters, num_blocks, seed, name="judge"
    )
    return keras.Model([images, known, mask], judge(judged), name=name)


def _given_inputs(height: int, width: int, channels: int) -> tuple[Tensor, Tensor]:
    return (
        keras.Input((height, width, channels), name="known"),
        keras.Input((height, width, 1), name="mask"),
    )
