"""Convolutional networks that complete images, and judge completions."""

import math

import keras

from keras_gan._halvings import grid_of, num_halvings
from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive_integer
from keras_gan.networks._dcgan_parts import check_dcgan_arguments, checked_dcgan_shape
from keras_gan.networks._fan_in import FanInWeights
from keras_gan.networks.r3gan import r3gan_discriminator

_CODE_UNITS = 256  # that read the whole image, wherever it is given
_DRAWN_MAPS = 32  # on the coarsest grid, of latents and code
_LEAK = 0.2


def inpainting_generator(
    latent_dim: int,
    image_shape: Shape,
    base_filters: int = 32,
    kernel_size: int = 4,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a generator that completes images: an encoder and a decoder, side by side.

    Strided convolutions halve what is given, and where, down to a small grid. A dense
    code of the whole grid and the latents draw further maps on it, for convolutions
    alone see too little to fill in a half by the other one; transposed convolutions
    double it again, each told the maps of its size on the way down. What is made of
    given pixels is of no account: `keras_gan.games.Inpainting` lays these over it.
    Nothing is normalised; weights start N(0, gain^2 / fan_in), the gain that of the
    leaky rectifier behind them.

        maps = down(known, mask)
        G(z, known, mask) = up(maps, dense(code(maps), z), maps on the way down)

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 64 places, e.g. 28 (to 7), 48 (to 6) or 64.
        base_filters: int, at least 2. Filters of the first halving, twice as many at
            each further one. Defaults to `32`.
        kernel_size: int, at least 2. Defaults to `4`.
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
    """
    check_dcgan_arguments(base_filters, kernel_size, None, seed)
    check_positive_integer("latent_dim", latent_dim)
    height, width, channels = checked_dcgan_shape(image_shape)
    latents = keras.Input((latent_dim,), name="latents")
    known, mask = _given_inputs(height, width, channels)
    parts = _Parts(base_filters, kernel_size, seed)
    given = keras.layers.Concatenate(name="given")([known, mask])
    sizes = [given]  # maps of each size, the largest first
    for index in range(num_halvings(height, width)):
        sizes.append(parts.halved(sizes[-1], index))
    outputs = parts.with_latents(sizes.pop(), latents, grid_of(height, width))
    for index in reversed(range(len(sizes))):
        outputs = parts.doubled(outputs, index)
        outputs = keras.layers.Concatenate(name=f"beside_{index}")(
            [outputs, sizes[index]]
        )
    pixels = keras.layers.Conv2D(
        channels,
        3,
        padding="same",
        kernel_initializer=parts.weights(rectified=False),
        name="pixels",
    )(outputs)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model([latents, known, mask], images(pixels), name=name)


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
            as often, to a grid of at most 64 places.
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


class _Parts:
    """Layers of one generator, each with weights drawn by a number of its own."""

    def __init__(self, base_filters: int, kernel_size: int, seed: int) -> None:
        self._base, self._size = base_filters, kernel_size
        self._weights = FanInWeights(seed)

    def weights(self, rectified: bool = True) -> keras.Initializer:
        """N(0, gain^2 / fan_in) for the next layer."""
        gain_squared = 2 / (1 + _LEAK**2) if rectified else 1.0
        return self._weights.of_variance(gain_squared)

    def halved(self, inputs: Tensor, depth: int) -> Tensor:
        filters = self._base * 2**depth
        outputs = keras.layers.Conv2D(
            filters, **self._strided(), name=f"convolution_{depth}"
        )(inputs)
        return _rectified(outputs, f"down_{depth}")

    def doubled(self, inputs: Tensor, depth: int) -> Tensor:
        filters = max(1, self._base * 2**depth // 2)
        outputs = keras.layers.Conv2DTranspose(
            filters, **self._strided(), name=f"transposed_convolution_{depth}"
        )(inputs)
        return _rectified(outputs, f"up_{depth}")

    def with_latents(self, maps: Tensor, latents: Tensor, grid: Shape) -> Tensor:
        """Maps of the coarsest grid, on which latents and the whole of it draw too."""
        shape = (*grid, _DRAWN_MAPS)
        rows = keras.layers.Flatten(name="flatten")(maps)
        code = self._dense(rows, _CODE_UNITS, "code")
        joined = keras.layers.Concatenate(name="code_and_latents")([code, latents])
        drawn = self._dense(joined, math.prod(shape), "drawn")
        drawn = keras.layers.Reshape(shape, name="drawn_maps")(drawn)
        both = keras.layers.Concatenate(name="given_and_drawn")([maps, drawn])
        outputs = keras.layers.Conv2D(
            maps.shape[-1],
            3,
            padding="same",
            kernel_initializer=self.weights(),
            name="mixed",
        )(both)
        return _rectified(outputs, "mixed")

    def _dense(self, inputs: Tensor, units: int, name: str) -> Tensor:
        outputs = keras.layers.Dense(
            units, kernel_initializer=self.weights(), name=name
        )(inputs)
        return _rectified(outputs, name)

    def _strided(self) -> dict[str, object]:
        return {
            "kernel_size": self._size,
            "strides": 2,
            "padding": "same",
            "kernel_initializer": self.weights(),
        }


def _rectified(inputs: Tensor, name: str) -> Tensor:
    return keras.layers.LeakyReLU(_LEAK, name=f"leaky_relu_{name}")(inputs)
