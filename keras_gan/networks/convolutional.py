"""Convolutional networks of 2014: an untied deconvolution, maxout and ceil pooling."""

from collections.abc import Sequence
from typing import NamedTuple

import keras

from keras_gan._types import Shape
from keras_gan._validation import (
    check_fraction,
    check_integer,
    check_positive_integer,
    check_positive_integers,
    check_seed,
    invalid_argument,
)
from keras_gan.layers.ceil_max_pooling import CeilMaxPooling2D
from keras_gan.layers.maxout import Maxout
from keras_gan.layers.maxout_convolution import MaxoutConv2D
from keras_gan.layers.untied_bias import UntiedBias
from keras_gan.networks._parts import checked_image_shape, dropout, logit, uniform


class MaxoutBlock(NamedTuple):
    """One convolution with maxout and pooling.

    Args:
        filters: int, channels of the output.
        kernel_size: int, height and width of the kernel.
        padding: int, zeros on each side before the convolution.
        pool_size: int, height and width of a pooling window.
        pool_strides: int.
        num_pieces: int, convolutions that each channel chooses from. Defaults to `2`.
    """

    filters: int
    kernel_size: int
    padding: int
    pool_size: int
    pool_strides: int
    num_pieces: int = 2


CIFAR10_BLOCKS = (
    MaxoutBlock(32, 8, 4, 4, 2),
    MaxoutBlock(32, 8, 3, 4, 2),
    MaxoutBlock(192, 5, 3, 2, 2),
)


def deconvolutional_generator(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: int = 8000,
    grid: Shape = (10, 10, 80),
    kernel_size: int = 5,
    strides: int = 3,
    weight_range: float = 0.05,
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds the deconvolutional generator of 2014; the defaults are CIFAR-10's.

    Rectifiers, sigmoids on a grid of channels, one transposed convolution with a bias
    for each pixel and a linear output. Weights start uniform in
    [-weight_range, weight_range], biases at zero.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image.
        hidden_units: int, rectifiers. Defaults to `8000`.
        grid: tuple `(height, width, channels)` of the sigmoids.
            Defaults to `(10, 10, 80)`.
        kernel_size: int, height and width of the kernel, at least `strides`.
            Defaults to `5`.
        strides: int, pixels of the image for one step on the grid. Defaults to `3`.
        weight_range: float, above 0. Defaults to `0.05`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to images
        `[batch, height, width, channels]`.

    Raises:
        ValueError: if an argument lies outside its range, or grid, kernel and strides
            do not make the image's size.

    Example:
    >>> deconvolutional_generator(
    ...     3, (7, 10, 1), hidden_units=6, grid=(2, 3, 4), kernel_size=4
    ... ).output_shape
    (None, 7, 10, 1)

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014
        (cifar10_convolutional.yaml). https://arxiv.org/abs/1406.2661
    """
    check_seed("seed", seed)
    check_positive_integer("latent_dim", latent_dim)
    check_positive_integer("hidden_units", hidden_units)
    check_positive_integer("kernel_size", kernel_size)
    check_positive_integer("strides", strides)
    grid = check_positive_integers("grid", grid, length=3)
    _check_grid(grid, kernel_size, strides, image_shape)
    latents = keras.Input((latent_dim,), name="latents")
    weights = [uniform(weight_range, seed, layer) for layer in range(3)]
    outputs = keras.layers.Dense(
        hidden_units, "relu", kernel_initializer=weights[0], name="dense_0"
    )(latents)
    outputs = keras.layers.Dense(
        grid[0] * grid[1] * grid[2],
        "sigmoid",
        kernel_initializer=weights[1],
        name="dense_1",
    )(outputs)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    outputs = keras.layers.Conv2DTranspose(
        image_shape[-1],
        kernel_size,
        strides,
        use_bias=False,
        kernel_initializer=weights[2],
        name="transposed_convolution",
    )(outputs)
    # Images stay float32 under mixed precision, as the data are.
    images = UntiedBias(dtype="float32", name="images")(outputs)
    return keras.Model(latents, images, name=name)


def _check_grid(
    grid: Shape, kernel_size: int, strides: int, image_shape: Shape
) -> None:
    height, width, _ = checked_image_shape(image_shape)
    if kernel_size < strides:
        raise ValueError(
            "`kernel_size` must be at least `strides`: pixels between the kernel's "
            "places would be their bias alone. Received: "
            f"kernel_size={kernel_size}, strides={strides}"
        )
    made = tuple(strides * (size - 1) + kernel_size for size in grid[:2])
    if made != (height, width):
        raise ValueError(
            "`grid`, `kernel_size` and `strides` must make the image's size. Received: "
            f"image_shape={tuple(image_shape)}, but strides * (grid - 1) + kernel_size "
            f"gives {made}"
        )


def maxout_convolutional_discriminator(
    image_shape: Shape,
    blocks: Sequence[MaxoutBlock] = CIFAR10_BLOCKS,
    hidden_units: int = 500,
    num_pieces: int = 5,
    input_dropout: float = 0.2,
    hidden_dropout: float = 0.5,
    weight_range: float = 0.005,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds the convolutional maxout discriminator of 2014 for CIFAR-10.

    Each block pads, drops, convolves, takes the maximum over its pieces and pools, with
    partial windows at the far edges; a dense maxout layer and the logit follow. Dropout
    acts on single numbers, before the padding.

    Args:
        image_shape: tuple `(height, width, channels)` of one image.
        blocks: sequence of `MaxoutBlock`. Defaults to `CIFAR10_BLOCKS`.
        hidden_units: int, units of the dense maxout layer. Defaults to `500`.
        num_pieces: int, its pieces. Defaults to `5`.
        input_dropout: float in [0, 1), share of pixels dropped. Defaults to `0.2`.
        hidden_dropout: float in [0, 1), share of numbers dropped. Defaults to `0.5`.
        weight_range: float, above 0: weights start uniform in
            [-weight_range, weight_range], biases at zero. Defaults to `0.005`.
        seed: int, of initial weights and dropout masks. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from images `[batch, height, width, channels]` to
        one logit `[batch, 1]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> maxout_convolutional_discriminator((32, 32, 3)).count_params()
    12454073

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014
        (cifar10_convolutional.yaml). https://arxiv.org/abs/1406.2661
    """
    check_seed("seed", seed)
    image_shape = checked_image_shape(image_shape)
    blocks = _checked_blocks(blocks)
    check_positive_integer("hidden_units", hidden_units)
    hidden_dropout = check_fraction("hidden_dropout", hidden_dropout)
    outputs = images = keras.Input(image_shape, name="images")
    rate = check_fraction("input_dropout", input_dropout)
    for index, block in enumerate(blocks):
        outputs = dropout(rate, seed, index)(outputs)
        outputs = _block(outputs, block, weight_range, seed, index)
        rate = hidden_dropout
    last = len(blocks)
    outputs = keras.layers.Flatten(name="flatten")(outputs)
    outputs = dropout(rate, seed, last)(outputs)
    outputs = Maxout(
        hidden_units,
        num_pieces,
        kernel_initializer=uniform(weight_range, seed, last),
        name="maxout",
    )(outputs)
    outputs = dropout(hidden_dropout, seed, last + 1)(outputs)
    logits = logit(weight_range, seed, last + 1)(outputs)
    return keras.Model(images, logits, name=name)


def _checked_blocks(blocks: Sequence[MaxoutBlock]) -> Sequence[MaxoutBlock]:
    if not isinstance(blocks, tuple | list) or not all(
        isinstance(block, MaxoutBlock) for block in blocks
    ):
        raise invalid_argument("blocks", "a sequence of MaxoutBlock", blocks)
    for index, block in enumerate(blocks):
        for field, value in block._asdict().items():
            least = 0 if field == "padding" else 1
            check_integer(f"blocks[{index}].{field}", value, minimum=least)
    return blocks


def _block(
    inputs: keras.KerasTensor,
    block: MaxoutBlock,
    weight_range: float,
    seed: int,
    index: int,
) -> keras.KerasTensor:
    outputs = keras.layers.ZeroPadding2D(block.padding, name=f"padding_{index}")(inputs)
    outputs = MaxoutConv2D(
        block.filters,
        block.kernel_size,
        block.num_pieces,
        kernel_initializer=uniform(weight_range, seed, index),
        name=f"maxout_convolution_{index}",
    )(outputs)
    return CeilMaxPooling2D(block.pool_size, block.pool_strides, name=f"pool_{index}")(
        outputs
    )
