"""Residual blocks without normalization: their initial weights are Fix-up's."""

import math
from collections.abc import Sequence

import keras

from keras_gan._types import Tensor
from keras_gan.networks._fan_in import FanInWeights

_KERNEL_SIZE = 3  # of the convolutions in blocks
_STRIDED_KERNEL_SIZE = 4  # next to the image: a multiple of the stride
_SLOPE = 0.2  # of the leaky rectifiers
_LAYERS_IN_BLOCK = 2


class FixupWeights(FanInWeights):
    """Initial weights of a network, of their own for every layer.

    Args:
        seed: int, of the network.
        num_blocks: int, in the whole network.
    """

    def __init__(self, seed: int, num_blocks: int) -> None:
        super().__init__(seed)
        self.in_block = num_blocks ** (-1 / (2 * _LAYERS_IN_BLOCK - 2))  # Fix-up's

    def scaled(self, gain: float) -> keras.Initializer:
        """N(0, gain^2 / fan_in) for the next layer."""
        return self.of_variance(gain**2)


def shrunk(
    images: Tensor,
    base_filters: int,
    num_stages: int,
    num_blocks: int,
    weights: FixupWeights,
    prefix: str = "",
) -> list[Tensor]:
    """Maps of every stage, the first at half the size of the images.

    Args:
        images: `[batch, height, width, channels]`.
        base_filters: int, of the first stage; each further one has twice as many.
        num_stages: int, at least 1.
        num_blocks: int, in each stage.
        weights: of the network.
        prefix: str, of the layers' names. Defaults to `""`.
    """
    outputs = keras.layers.Conv2D(
        base_filters,
        _STRIDED_KERNEL_SIZE,
        strides=2,
        padding="same",
        kernel_initializer=weights.scaled(1.0),
        name=f"{prefix}halving",
    )(images)
    sizes: list[Tensor] = []
    for index in range(num_stages):
        if index:  # [batch, rows / 2^i, columns / 2^i, 2^i filters]
            pooled = keras.layers.AveragePooling2D(2, name=f"{prefix}halved_{index}")
            outputs = pooled(outputs)
            filters = outputs.shape[-1] * 2
            name = f"{prefix}shrinkage_{index}"
            outputs = _of_one_pixel(filters, weights, name)(outputs)
        outputs = _stage(outputs, num_blocks, weights, f"{prefix}{index}")
        sizes.append(outputs)
    return sizes


def grown(
    maps: Tensor,
    channels: int,
    num_stages: int,
    num_blocks: int,
    weights: FixupWeights,
    beside: Sequence[Tensor] = (),
) -> Tensor:
    """Images without their last activation, twice as large at every stage.

    Args:
        maps: `[batch, rows, columns, filters]`, of the coarsest grid.
        channels: int, of the images.
        num_stages: int, at least 1.
        num_blocks: int, in each stage.
        weights: of the network.
        beside: maps to be added before each stage, the coarsest first, or none.
            Defaults to `()`.
    """
    outputs = maps
    for index in range(num_stages):
        if index:  # [batch, 2^i rows, 2^i columns, filters / 2^i]
            filters = outputs.shape[-1] // 2
            outputs = _of_one_pixel(filters, weights, f"growth_{index}")(outputs)
            outputs = keras.layers.UpSampling2D(
                interpolation="bilinear", name=f"doubled_{index}"
            )(outputs)
        if beside:
            outputs = keras.layers.Add(name=f"beside_{index}")([outputs, beside[index]])
        outputs = _stage(outputs, num_blocks, weights, str(index))
    return keras.layers.Conv2DTranspose(
        channels,
        _STRIDED_KERNEL_SIZE,
        strides=2,
        padding="same",
        kernel_initializer=weights.scaled(1.0),
        name="last_doubling",
    )(rectified(outputs, "last"))


def rectified(inputs: Tensor, name: str) -> Tensor:
    """A leaky rectifier."""
    return keras.layers.LeakyReLU(_SLOPE, name=f"leaky_relu_{name}")(inputs)


def _stage(inputs: Tensor, num_blocks: int, weights: FixupWeights, name: str) -> Tensor:
    outputs = inputs
    for place in range(num_blocks):
        outputs = _block(outputs, weights, f"{name}_{place}")
    return outputs


def _block(inputs: Tensor, weights: FixupWeights, name: str) -> Tensor:
    gain = weights.in_block * math.sqrt(2 / (1 + _SLOPE**2))
    outputs = inputs
    for place, initializer in (("first", weights.scaled(gain)), ("second", "zeros")):
        outputs = keras.layers.Conv2D(
            inputs.shape[-1],
            _KERNEL_SIZE,
            padding="same",
            kernel_initializer=initializer,
            name=f"{place}_convolution_{name}",
        )(rectified(outputs, f"{place}_{name}"))
    return keras.layers.Add(name=f"sum_{name}")([inputs, outputs])


def _of_one_pixel(filters: int, weights: FixupWeights, name: str) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        filters, 1, use_bias=False, kernel_initializer=weights.scaled(1.0), name=name
    )
