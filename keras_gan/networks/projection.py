"""Residual networks told the class: by conditional normalisation, by projection."""

import math
from typing import Any

import keras

from keras_gan._seeds import derived_seed
from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization,
)
from keras_gan.layers.projection_head import ProjectionHead
from keras_gan.layers.spectral_normalization import SpectralNormalization
from keras_gan.networks._dcgan_parts import checked_dcgan_shape, num_halvings
from keras_gan.networks._parts import labels_input

_KERNEL_SIZE = 3  # of convolutions that keep the size
_STRIDED_KERNEL_SIZE = 4  # of those that halve or double it: a multiple of the stride
_MOMENTUM, _EPSILON = 0.9, 2e-5  # the published ones


def projection_generator(
    latent_dim: int,
    num_classes: int,
    image_shape: Shape,
    base_filters: int = 32,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a residual generator whose normalisations are told the class.

    The partner of `projection_discriminator`, in the published form but for its size:
    a transposed convolution of stride 2 doubles a grid where the published block has
    nearest neighbours and a convolution, and the last doubling is one without a block,
    so that nothing but the image is computed at full size.

        n     = number of times that both sides halve evenly from above 4
        grid  = (height / 2^n, width / 2^n, base_filters 2^(n-1))
        block = h + f(h),  f = cbn, relu, doubling, cbn, relu, convolution
        h     = block_{n-1}(... block_1(dense(z)))
        G     = output_activation(doubling(relu(bn(h))))

    cbn is `keras_gan.layers.ConditionalBatchNormalization`, bn one without classes.
    Block i has `base_filters 2^(n-1-i)` filters; its shortcut doubles by nearest
    neighbours and has a convolution of one pixel.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        image_shape: tuple `(height, width, channels)` of one image; both sides even
            and above 4, e.g. 28 (from 7), 32 or 64 (from 4).
        base_filters: int, at least 1. Filters of the last layer but one.
            Defaults to `32`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from `latents` `[batch, latent_dim]` and integer
        `labels` `[batch]` to float32 images `[batch, height, width, channels]`.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> projection_generator(128, 10, (28, 28, 1)).count_params()
    451425

    References:
        Miyato and Koyama, cGANs with Projection Discriminator, 2018.
        https://arxiv.org/abs/1802.05637
    """
    check_seed("seed", seed)
    check_positive_integer("latent_dim", latent_dim)
    check_positive_integer("base_filters", base_filters)
    check_positive_integer("num_classes", num_classes)
    height, width, channels = checked_dcgan_shape(image_shape)
    count = num_halvings(height, width)
    grid = (height // 2**count, width // 2**count, base_filters * 2 ** (count - 1))
    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input()
    outputs = keras.layers.Dense(
        math.prod(grid), kernel_initializer=_glorot(seed, 0, 0), name="dense"
    )(latents)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    for index in range(1, count):
        filters = base_filters * 2 ** (count - 1 - index)
        outputs = _grown(outputs, labels, num_classes, filters, seed, index)
    outputs = keras.layers.BatchNormalization(
        momentum=_MOMENTUM, epsilon=_EPSILON, name="last_normalization"
    )(outputs)
    outputs = keras.layers.ReLU(name="last_relu")(outputs)
    outputs = _doubling(channels, seed, count, "last_doubling")(outputs)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model([latents, labels], images(outputs), name=name)


def projection_discriminator(
    image_shape: Shape,
    num_classes: int,
    base_filters: int = 32,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a residual discriminator that projects its features on the class.

    Every kernel, and the embeddings of the classes, are spectrally normalised. It is
    made for `objective="hinge"`. The published form but for its size: a convolution of
    stride 2 takes the place of the first block, so that nothing is computed at full
    size, another one halves in a block, and no blocks follow the last halving.

        n      = number of times that both sides halve evenly from above 4
        block  = h + f(h),  f = relu, convolution, relu, halving
        phi    = sum over pixels of relu(block_{n-1}(... block_1(halving(x))))
        D(x,c) = psi(phi) + embedding[c] . phi

    The first halving has `base_filters` filters, block i has `base_filters 2^i`; its
    shortcut halves by means of 2x2 pixels and has a convolution of one pixel.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides even
            and above 4.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `32`.
        seed: int, of initial weights and power iterations. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` `[batch, height, width, channels]`
        and integer `labels` `[batch]` to one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> discriminator = projection_discriminator((28, 28, 1), 10)
    >>> discriminator.get_layer("sums").output.shape
    (None, 64)

    References:
        Miyato and Koyama, cGANs with Projection Discriminator, 2018.
        https://arxiv.org/abs/1802.05637
        Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018.
        https://arxiv.org/abs/1802.05957
    """
    check_seed("seed", seed)
    check_positive_integer("base_filters", base_filters)
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    labels = labels_input()
    outputs = _halving(base_filters, seed, 0)(images)
    count = num_halvings(height, width)
    for index in range(1, count):
        outputs = _shrunk(outputs, base_filters * 2**index, seed, index)
    outputs = keras.layers.ReLU(name="last_relu")(outputs)
    pixels = outputs.shape[1] * outputs.shape[2]
    means = keras.layers.GlobalAveragePooling2D(name="means")(outputs)
    features = keras.layers.Rescaling(pixels, name="sums")(means)
    # The logit stays float32 under mixed precision: losses are computed from it.
    logits = ProjectionHead(
        num_classes,
        kernel_initializer=_glorot(seed, count, 0),
        embeddings_initializer=_glorot(seed, count, 1),
        seed=_seed_of(seed, count, 2),
        dtype="float32",
        name="logits",
    )(features, labels)
    return keras.Model([images, labels], logits, name=name)


def _grown(
    inputs: Tensor,
    labels: Tensor,
    num_classes: int,
    filters: int,
    seed: int,
    index: int,
) -> Tensor:
    """A block that doubles both sides."""

    def normalized_relu(outputs: Tensor, place: str) -> Tensor:
        normalization = ConditionalBatchNormalization(
            num_classes, _MOMENTUM, _EPSILON, name=f"normalization_{index}_{place}"
        )
        outputs = normalization(outputs, labels)
        return keras.layers.ReLU(name=f"relu_{index}_{place}")(outputs)

    outputs = normalized_relu(inputs, "before")
    outputs = _doubling(filters, seed, index, f"doubling_{index}")(outputs)
    outputs = normalized_relu(outputs, "after")
    outputs = _convolution(filters, _KERNEL_SIZE, seed, index, 1)(outputs)
    shortcut = _convolution(filters, 1, seed, index, 2)(inputs)
    shortcut = keras.layers.UpSampling2D(name=f"nearest_{index}")(shortcut)
    return keras.layers.Add(name=f"sum_{index}")([outputs, shortcut])


def _shrunk(inputs: Tensor, filters: int, seed: int, index: int) -> Tensor:
    """A block that halves both sides."""
    outputs = keras.layers.ReLU(name=f"relu_{index}_before")(inputs)
    convolution = _convolution(inputs.shape[-1], _KERNEL_SIZE, seed, index, 1)
    outputs = _normalized(convolution, seed, index, 1)(outputs)
    outputs = keras.layers.ReLU(name=f"relu_{index}_after")(outputs)
    outputs = _halving(filters, seed, index)(outputs)
    shortcut = keras.layers.AveragePooling2D(2, name=f"means_{index}")(inputs)
    convolution = _convolution(filters, 1, seed, index, 2)
    shortcut = _normalized(convolution, seed, index, 2)(shortcut)
    return keras.layers.Add(name=f"sum_{index}")([outputs, shortcut])


def _doubling(filters: int, seed: int, index: int, name: str) -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(
        filters,
        _STRIDED_KERNEL_SIZE,
        strides=2,
        padding="same",
        kernel_initializer=_glorot(seed, index, 0),
        name=name,
    )


def _halving(filters: int, seed: int, index: int) -> keras.layers.Layer:
    convolution = _convolution(filters, _STRIDED_KERNEL_SIZE, seed, index, 0, strides=2)
    return _normalized(convolution, seed, index, 0)


def _convolution(
    filters: int, kernel_size: int, seed: int, index: int, place: int, **options: Any
) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        filters,
        kernel_size,
        padding="same",
        kernel_initializer=_glorot(seed, index, place),
        name=f"convolution_{index}_{place}",
        **options,
    )


def _normalized(
    layer: keras.layers.Layer, seed: int, index: int, place: int
) -> keras.layers.Layer:
    return SpectralNormalization(
        layer, seed=_seed_of(seed, index, 3 + place), name=f"normalized_{layer.name}"
    )


def _glorot(seed: int, index: int, place: int) -> keras.Initializer:
    return keras.initializers.GlorotUniform(seed=_seed_of(seed, index, place))


def _seed_of(seed: int, index: int, place: int) -> int:
    """A seed for each of the at most six things at one place of a network."""
    return derived_seed(seed, 6 * index + place)
