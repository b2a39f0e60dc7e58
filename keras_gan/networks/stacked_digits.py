"""The networks of the published tables on stacked MNIST, small ones and large."""

import math
from collections.abc import Sequence

import keras

from keras_gan._types import Tensor
from keras_gan._validation import (
    check_integer,
    check_positive_integer,
    check_positive_integers,
    check_seed,
    invalid_argument,
)
from keras_gan.networks._dcgan_parts import dcgan_kernel, dense_output
from keras_gan.networks._parts import check_channels_last

_SIDE = 28
_CHANNELS = 3  # three digits in one image
_KERNEL_SIZES = (3, 5)  # those for which Keras crops as the published code does


def stacked_digits_generator(
    latent_dim: int = 256,
    filters: Sequence[int] = (64, 32, 16, 8),
    kernel_size: int = 3,
    last_stride: int = 1,
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds the generator of a published table on stacked MNIST.

    Take it, with `stacked_digits_discriminator`, to count the modes that a game finds
    beside published counts; `examples/stacked_mnist.py` does. The defaults are the
    small network of Unrolled GAN as PacGAN's code has it; `latent_dim=100,
    filters=(512, 256, 128, 64), kernel_size=5, last_stride=2` is the large one of
    VEEGAN's protocol.

        G(z) = tanh(last(deconv_n(... deconv_1(dense(z)))))

    A grid of 28 / 2^m, rounded up, doubles m times, to 7 and not to 8 where it must
    become 28. All layers but the last are followed by batch normalization and ReLU.
    Weights start from N(0, 0.02^2).

    Args:
        latent_dim: int, at least 1. Length of one latent vector. Defaults to `256`.
        filters: ints, of the grid and of each deconvolution after it.
            Defaults to `(64, 32, 16, 8)`.
        kernel_size: `3` or `5`. Defaults to `3`.
        last_stride: `1` ends in a convolution at full size, `2` in one more doubling.
            Defaults to `1`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to float32 images
        `[batch, 28, 28, 3]` in [-1, 1].

    Raises:
        ValueError: if a number is out of its range, or the grid would double oftener
            than 28 halves.

    Example:
    >>> stacked_digits_generator().count_params()
    288115
    >>> stacked_digits_generator().get_layer("grid").output.shape
    (None, 4, 4, 64)

    References:
        Metz et al., Unrolled Generative Adversarial Networks, 2017, appendix.
        https://arxiv.org/abs/1611.02163
        Lin et al., PacGAN, 2018, and its code. https://arxiv.org/abs/1712.04086
    """
    check_positive_integer("latent_dim", latent_dim)
    filters = _checked(filters, kernel_size, seed)
    if last_stride not in (1, 2):
        raise invalid_argument("last_stride", "1 or 2", last_stride)
    num_doublings = len(filters) - 2 + last_stride
    _check_halvings("filters", num_doublings)
    sides = [math.ceil(_SIDE / 2**count) for count in range(num_doublings, -1, -1)]
    latents = keras.Input((latent_dim,), name="latents")
    grid = (sides[0], sides[0], filters[0])
    outputs = keras.layers.Dense(
        math.prod(grid), kernel_initializer=dcgan_kernel(seed, 0), name="dense"
    )(latents)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    for index, side in enumerate(sides[1 : len(filters)], start=1):
        outputs = _normalized_relu(outputs, index - 1)
        outputs = _doubled(outputs, filters[index], kernel_size, side, seed, index)
    outputs = _normalized_relu(outputs, len(filters) - 1)
    if last_stride == 2:
        outputs = _doubled(outputs, _CHANNELS, kernel_size, _SIDE, seed, len(filters))
    else:
        outputs = _convolution(outputs, _CHANNELS, kernel_size, 1, seed, len(filters))
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation("tanh", dtype="float32", name="images")(outputs)
    return keras.Model(latents, images, name=name)


def stacked_digits_discriminator(
    filters: Sequence[int] = (2, 4, 8),
    kernel_size: int = 3,
    packing: int = 1,
    normalization: str | None = "batch",
    first_normalized: bool = True,
    negative_slope: float = 0.3,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds the discriminator of a published table on stacked MNIST.

    The defaults are the smallest one of Unrolled GAN's table, "D = 1/4 G", and
    `filters=(4, 8, 16)` is "D = 1/2 G"; `filters=(64, 128, 256, 512), kernel_size=5,
    first_normalized=False, negative_slope=0.2` is the large one of VEEGAN's protocol.

        D(x) = dense(conv_n(... conv_1(x))),   each of stride 2, LeakyReLU after it

    A penalty on the gradient at each image asks for `normalization=None`: batch
    normalization makes a logit depend on the other images of its batch. Weights start
    from N(0, 0.02^2); without normalization, which would undo that scale, those of
    convolutions start from He's, N(0, 2 / fan_in).

    Args:
        filters: ints, of each convolution. Defaults to `(2, 4, 8)`.
        kernel_size: `3` or `5`. Defaults to `3`.
        packing: int, at least 1, as `GAN(packing=…)`: images judged together.
            Defaults to `1`.
        normalization: `"batch"` or `None`. Defaults to `"batch"`.
        first_normalized: bool, whether the first convolution is normalized, too.
            Defaults to `True`.
        negative_slope: float, in [0, 1), of LeakyReLU. Defaults to `0.3`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from images `[batch, 28, 28, 3 * packing]` to one
        logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is out of its range or `normalization` is unknown.

    Example:
    >>> stacked_digits_discriminator().count_params()  # 28 of them moving averages
    613
    >>> stacked_digits_discriminator(packing=4).input_shape
    (None, 28, 28, 12)

    References:
        As `stacked_digits_generator`.
    """
    filters = _checked(filters, kernel_size, seed)
    _check_halvings("filters", len(filters))
    check_positive_integer("packing", packing)
    if normalization not in ("batch", None):
        raise invalid_argument("normalization", "'batch' or None", normalization)
    if not 0 <= negative_slope < 1:
        raise invalid_argument("negative_slope", "a float in [0, 1)", negative_slope)
    images = keras.Input((_SIDE, _SIDE, _CHANNELS * packing), name="images")
    outputs = images
    for index, num_filters in enumerate(filters):
        is_scaled = normalization is None
        outputs = _convolution(
            outputs, num_filters, kernel_size, 2, seed, index, is_scaled
        )
        if normalization and (index or first_normalized):
            outputs = _normalized(outputs, index)
        outputs = keras.layers.LeakyReLU(negative_slope, name=f"leaky_relu_{index}")(
            outputs
        )
    features = keras.layers.Flatten(name="flatten")(outputs)
    logits = dense_output(features, 1, seed, len(filters), name="logits")
    return keras.Model(images, logits, name=name)


def _doubled(
    inputs: Tensor, filters: int, kernel_size: int, side: int, seed: int, index: int
) -> Tensor:
    # What is left out of an odd side is what the transpose of a "same" convolution
    # of stride 2 leaves out.
    padding = side - 2 * inputs.shape[1] + 1
    return keras.layers.Conv2DTranspose(
        filters,
        kernel_size,
        strides=2,
        padding="same",
        output_padding=padding,
        kernel_initializer=dcgan_kernel(seed, index),
        name=f"transposed_convolution_{index}",
    )(inputs)


def _convolution(
    inputs: Tensor,
    filters: int,
    kernel_size: int,
    stride: int,
    seed: int,
    index: int,
    is_scaled: bool = False,
) -> Tensor:
    initializer = dcgan_kernel(seed, index)
    if is_scaled:
        initializer = keras.initializers.HeNormal(initializer.seed)
    return keras.layers.Conv2D(
        filters,
        kernel_size,
        strides=stride,
        padding="same",
        kernel_initializer=initializer,
        name=f"convolution_{index}",
    )(inputs)


def _normalized(inputs: Tensor, index: int) -> Tensor:
    return keras.layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, name=f"normalization_{index}"
    )(inputs)


def _normalized_relu(inputs: Tensor, index: int) -> Tensor:
    return keras.layers.ReLU(name=f"relu_{index}")(_normalized(inputs, index))


def _checked(filters: Sequence[int], kernel_size: int, seed: int) -> tuple[int, ...]:
    check_channels_last()
    check_seed("seed", seed)
    if check_integer("kernel_size", kernel_size, minimum=2) not in _KERNEL_SIZES:
        raise invalid_argument("kernel_size", "3 or 5", kernel_size)
    return check_positive_integers("filters", filters)


def _check_halvings(name: str, count: int) -> None:
    if not 1 <= count <= math.ceil(math.log2(_SIDE)):
        raise ValueError(
            f"`{name}` must halve {_SIDE} pixels one to five times. Received: so many "
            f"that they halve {count} times"
        )
