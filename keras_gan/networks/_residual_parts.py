"""Residual blocks of spectrally normalized networks, told the class or not."""

import math
from collections.abc import Callable
from typing import Any

import keras

from keras_gan._halvings import grid_of, num_halvings
from keras_gan._seeds import derived_seed
from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.layers.spectral_normalization import SpectralNormalization
from keras_gan.networks._dcgan_parts import checked_dcgan_shape

MOMENTUM, EPSILON = 0.9, 2e-5  # the published ones, of batch normalization
_KERNEL_SIZE = 3  # of convolutions that keep the size
_STRIDED_KERNEL_SIZE = 4  # of those that halve or double it: a multiple of the stride

Normalize = Callable[[Tensor, str], Tensor]
"""Normalizes a grid `[batch, rows, columns, filters]`; the string names the layer."""


def grown_residually(
    latents: Tensor,
    image_shape: Shape,
    base_filters: int,
    normalize: Normalize,
    output_activation: str,
    seed: int,
) -> Tensor:
    """Images `[batch, height, width, channels]` that grow block by block, float32.

    Args:
        latents: `[batch, latent_dim]`.
        image_shape: tuple of one image.
        base_filters: int, filters of the last layer but one.
        normalize: what stands in front of each block's rectifiers, and of the last one
            where there is no block.
        output_activation: Keras activation.
        seed: int, of the initial weights.
    """
    height, width, channels = checked_dcgan_shape(image_shape)
    count = num_halvings(height, width)
    grid = (*grid_of(height, width), base_filters * 2 ** (count - 1))
    outputs = keras.layers.Dense(
        math.prod(grid), kernel_initializer=glorot(seed, 0, 0), name="dense"
    )(latents)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    for index in range(1, count):  # [batch, 2^i rows, 2^i columns, filters / 2^i]
        filters = base_filters * 2 ** (count - 1 - index)
        outputs = _grown(outputs, normalize, filters, seed, index)
    last = normalize if count == 1 else batch_normalized
    outputs = last(outputs, "last_normalization")
    outputs = keras.layers.ReLU(name="last_relu")(outputs)
    outputs = _doubling(channels, seed, count, "last_doubling")(outputs)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return images(outputs)


def shrunk_residually(images: Tensor, base_filters: int, seed: int) -> Tensor:
    """Features `[batch, filters]` of images: sums over a coarse grid, rectified.

    Every kernel is spectrally normalized.
    """
    outputs = _halving(base_filters, seed, 0)(images)
    for index in range(1, num_halvings(*images.shape[1:3])):
        outputs = _shrunk(outputs, base_filters * 2**index, seed, index)
    outputs = keras.layers.ReLU(name="last_relu")(outputs)
    pixels = outputs.shape[1] * outputs.shape[2]
    # [batch, filters]
    means = keras.layers.GlobalAveragePooling2D(name="means")(outputs)
    return keras.layers.Rescaling(pixels, name="sums")(means)


def batch_normalized(inputs: Tensor, name: str) -> Tensor:
    """Batch normalization with the published numbers."""
    return keras.layers.BatchNormalization(
        momentum=MOMENTUM, epsilon=EPSILON, name=name
    )(inputs)


def check_residual_arguments(
    base_filters: int, seed: int, **positive_integers: int
) -> None:
    """Raises unless the arguments of the builders lie in their ranges."""
    check_seed("seed", seed)
    for name, value in {**positive_integers, "base_filters": base_filters}.items():
        check_positive_integer(name, value)


def _grown(
    inputs: Tensor, normalize: Normalize, filters: int, seed: int, index: int
) -> Tensor:
    """A block that doubles both sides."""

    def normalized_relu(outputs: Tensor, place: str) -> Tensor:
        outputs = normalize(outputs, f"normalization_{index}_{place}")
        return keras.layers.ReLU(name=f"relu_{index}_{place}")(outputs)

    outputs = normalized_relu(inputs, "before")
    outputs = _doubling(filters, seed, index, f"doubling_{index}")(outputs)
    outputs = normalized_relu(outputs, "after")
    outputs = _convolution(filters, _KERNEL_SIZE, seed, index, 1)(outputs)
    # [batch, rows, columns, filters] before it is doubled: a quarter of the work.
    shortcut = _convolution(filters, 1, seed, index, 2)(inputs)
    shortcut = keras.layers.UpSampling2D(name=f"nearest_{index}")(shortcut)
    return keras.layers.Add(name=f"sum_{index}")([outputs, shortcut])


def _shrunk(inputs: Tensor, filters: int, seed: int, index: int) -> Tensor:
    """A block that halves both sides."""
    outputs = keras.layers.ReLU(name=f"relu_{index}_before")(inputs)
    convolution = _convolution(inputs.shape[-1], _KERNEL_SIZE, seed, index, 1)
    outputs = normalized(convolution, seed, index, 1)(outputs)
    outputs = keras.layers.ReLU(name=f"relu_{index}_after")(outputs)
    outputs = _halving(filters, seed, index)(outputs)
    shortcut = keras.layers.AveragePooling2D(2, name=f"means_{index}")(inputs)
    convolution = _convolution(filters, 1, seed, index, 2)
    shortcut = normalized(convolution, seed, index, 2)(shortcut)
    return keras.layers.Add(name=f"sum_{index}")([outputs, shortcut])


def _doubling(filters: int, seed: int, index: int, name: str) -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(
        filters,
        _STRIDED_KERNEL_SIZE,
        strides=2,
        padding="same",
        kernel_initializer=glorot(seed, index, 0),
        name=name,
    )


def _halving(filters: int, seed: int, index: int) -> keras.layers.Layer:
    convolution = _convolution(filters, _STRIDED_KERNEL_SIZE, seed, index, 0, strides=2)
    return normalized(convolution, seed, index, 0)


def _convolution(
    filters: int, kernel_size: int, seed: int, index: int, place: int, **options: Any
) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        filters,
        kernel_size,
        padding="same",
        kernel_initializer=glorot(seed, index, place),
        name=f"convolution_{index}_{place}",
        **options,
    )


def normalized(
    layer: keras.layers.Layer, seed: int, index: int, place: int
) -> keras.layers.Layer:
    """The layer with its kernel divided by the largest singular value."""
    return SpectralNormalization(
        layer, seed=seed_of(seed, index, 3 + place), name=f"normalized_{layer.name}"
    )


def glorot(seed: int, index: int, place: int) -> keras.Initializer:
    """Glorot's uniform weights, of their own for every layer."""
    return keras.initializers.GlorotUniform(seed=seed_of(seed, index, place))


def seed_of(seed: int, index: int, place: int) -> int:
    """A seed for each of the at most six things at one place of a network."""
    return derived_seed(seed, 6 * index + place)
