"""Convolutional networks that complete images, and judge completions."""

import math

import keras

from keras_gan._halvings import grid_of, num_halvings
from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive_integer
from keras_gan.networks._dcgan_parts import (
    check_dcgan_arguments,
    checked_dcgan_shape,
    dcgan_kernel,
    dense_output,
    normalized,
    shrunk_features,
)

_LATENT_MAPS = 16  # that the latents draw on the coarsest grid
_LEAK = 0.2


def inpainting_generator(
    latent_dim: int,
    image_shape: Shape,
    base_filters: int = 32,
    kernel_size: int = 4,
    normalization: str | None = "batch",
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a generator that completes images: an encoder and a decoder, side by side.

    Strided convolutions halve what is given, and where, down to a small grid, on which
    the latents draw too; transposed ones double it again, each told the maps of its
    size on the way down. What is made of given pixels is of no account:
    `keras_gan.games.Inpainting` lays these over it.

        G(z, known, mask) = up(down(known, mask), z)

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 64 places, e.g. 28 (to 7), 48 (to 6) or 64.
        base_filters: int, at least 2. Filters of the first halving, twice as many at
            each further one. Defaults to `32`.
        kernel_size: int, at least 2. Defaults to `4`.
        normalization: `"batch"`, `"layer"` or `None`, as in `dcgan_generator`.
            Defaults to `"batch"`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from `latents` `[batch, latent_dim]`, `known`
        `[batch, height, width, channels]` and `mask` `[batch, height, width, 1]` to
        float32 images `[batch, height, width, channels]`.

    Raises:
        ValueError: if a number is too small, `normalization` is unknown, or the image
            cannot be halved.

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
    check_dcgan_arguments(base_filters, kernel_size, normalization, seed)
    check_positive_integer("latent_dim", latent_dim)
    height, width, channels = checked_dcgan_shape(image_shape)
    latents = keras.Input((latent_dim,), name="latents")
    known, mask = _given_inputs(height, width, channels)
    parts = _Parts(base_filters, kernel_size, normalization, seed)
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
        kernel_initializer=dcgan_kernel(seed, parts.next_index()),
        name="pixels",
    )(outputs)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model([latents, known, mask], images(pixels), name=name)


def inpainting_discriminator(
    image_shape: Shape,
    base_filters: int = 32,
    kernel_size: int = 4,
    normalization: str | None = "layer",
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a discriminator that judges an image together with what was given of it.

    It is `dcgan_discriminator` on images beside which the given pixels and the mask are
    further channels: it sees where completions begin, and that they fit.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 64 places.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `32`.
        kernel_size: int, at least 2. Defaults to `4`.
        normalization: `"batch"`, `"layer"` or `None`, as in `dcgan_discriminator`.
            Defaults to `"layer"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` and `known` `[batch, height, width,
        channels]` and `mask` `[batch, height, width, 1]` to one logit `[batch, 1]`,
        float32.

    Raises:
        ValueError: if a number is too small, `normalization` is unknown, or the image
            cannot be halved.

    Example:
    >>> discriminator = inpainting_discriminator((28, 28, 1), base_filters=8)
    >>> discriminator.output_shape
    (None, 1)
    """
    check_dcgan_arguments(base_filters, kernel_size, normalization, seed)
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    known, mask = _given_inputs(height, width, channels)
    judged = keras.layers.Concatenate(name="image_and_given")([images, known, mask])
    features = shrunk_features(judged, base_filters, kernel_size, normalization, seed)
    index = num_halvings(height, width)
    logits = dense_output(features, 1, seed, index, name="logits")
    return keras.Model([images, known, mask], logits, name=name)


def _given_inputs(height: int, width: int, channels: int) -> tuple[Tensor, Tensor]:
    return (
        keras.Input((height, width, channels), name="known"),
        keras.Input((height, width, 1), name="mask"),
    )


class _Parts:
    """Layers of one generator, each with weights drawn by a number of its own."""

    def __init__(
        self, base_filters: int, kernel_size: int, normalization: str | None, seed: int
    ) -> None:
        self._base, self._size = base_filters, kernel_size
        self._normalization, self._seed = normalization, seed
        self._index = -1

    def next_index(self) -> int:
        self._index += 1
        return self._index

    def halved(self, inputs: Tensor, depth: int) -> Tensor:
        filters = self._base * 2**depth
        outputs = keras.layers.Conv2D(
            filters, **self._strided(), name=f"convolution_{depth}"
        )(inputs)
        outputs = normalized(outputs, self._normalization, self._seed, self._index)
        return keras.layers.LeakyReLU(_LEAK, name=f"leaky_relu_{depth}")(outputs)

    def doubled(self, inputs: Tensor, depth: int) -> Tensor:
        filters = max(1, self._base * 2**depth // 2)
        outputs = keras.layers.Conv2DTranspose(
            filters, **self._strided(), name=f"transposed_convolution_{depth}"
        )(inputs)
        outputs = normalized(outputs, self._normalization, self._seed, self._index)
        return keras.layers.ReLU(name=f"relu_{depth}")(outputs)

    def with_latents(self, maps: Tensor, latents: Tensor, grid: Shape) -> Tensor:
        """Maps of the coarsest grid, on which the latents draw too."""
        shape = (*grid, _LATENT_MAPS)
        drawn = keras.layers.Dense(
            math.prod(shape),
            kernel_initializer=dcgan_kernel(self._seed, self.next_index()),
            name="dense",
        )(latents)
        drawn = keras.layers.Reshape(shape, name="maps_of_latents")(drawn)
        both = keras.layers.Concatenate(name="given_and_latents")([maps, drawn])
        outputs = keras.layers.Conv2D(
            maps.shape[-1],
            3,
            padding="same",
            use_bias=self._normalization is None,
            kernel_initializer=dcgan_kernel(self._seed, self.next_index()),
            name="mixed",
        )(both)
        outputs = normalized(outputs, self._normalization, self._seed, self._index)
        return keras.layers.ReLU(name="relu_mixed")(outputs)

    def _strided(self) -> dict[str, object]:
        return {
            "kernel_size": self._size,
            "strides": 2,
            "padding": "same",
            "use_bias": self._normalization is None,
            "kernel_initializer": dcgan_kernel(self._seed, self.next_index()),
        }
