"""What the networks of DCGAN have in common, told the class or not."""

import math

import keras

from keras_gan._halvings import (
    LARGEST_GRID,
    grid_of,
    is_halved,
    nearest_halved,
    num_halvings,
)
from keras_gan._seeds import derived_seed
from keras_gan._types import Shape, Tensor
from keras_gan._validation import (
    check_integer,
    check_positive_integer,
    check_seed,
    invalid_argument,
)
from keras_gan.networks._parts import checked_image_shape

_WEIGHT_STDDEV = 0.02


def grown_images(
    latents: Tensor,
    image_shape: Shape,
    base_filters: int,
    kernel_size: int,
    normalization: str | None,
    output_activation: str,
    seed: int,
) -> Tensor:
    """Images `[batch, height, width, channels]` that grow from latents, in float32."""
    height, width, channels = checked_dcgan_shape(image_shape)
    count = num_halvings(height, width)
    grid = (*grid_of(height, width), base_filters * 2 ** (count - 1))
    has_bias = normalization is None
    outputs = keras.layers.Dense(
        math.prod(grid),
        use_bias=has_bias,
        kernel_initializer=dcgan_kernel(seed, 0),
        name="dense",
    )(latents)  # [batch, rows * columns * filters]
    outputs = _normalized_relu(outputs, normalization, seed, 0)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    for index in range(1, count):  # [batch, 2^i rows, 2^i columns, filters / 2^i]
        filters = base_filters * 2 ** (count - 1 - index)
        outputs = _doubled(outputs, filters, kernel_size, has_bias, seed, index)
        outputs = _normalized_relu(outputs, normalization, seed, index)
    outputs = _doubled(outputs, channels, kernel_size, True, seed, count)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return images(outputs)


def shrunk_features(
    images: Tensor,
    base_filters: int,
    kernel_size: int,
    normalization: str | None,
    seed: int,
) -> Tensor:
    """Features `[batch, num_features]` of images that were halved to a coarse grid."""
    outputs = images
    # After i halvings: [batch, height / 2^i, width / 2^i, base_filters 2^(i-1)].
    for index in range(num_halvings(*images.shape[1:3])):
        # What the first layer sees is the image itself.
        normalization_here = normalization if index else None
        outputs = keras.layers.Conv2D(
            base_filters * 2**index,
            kernel_size,
            strides=2,
            padding="same",
            use_bias=normalization_here is None,
            kernel_initializer=dcgan_kernel(seed, index),
            name=f"convolution_{index}",
        )(outputs)
        outputs = normalized(outputs, normalization_here, seed, index)
        outputs = keras.layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(outputs)
    return keras.layers.Flatten(name="flatten")(outputs)


def dense_output(
    features: Tensor, units: int, seed: int, index: int, name: str
) -> Tensor:
    """Numbers that losses come from: float32 under mixed precision too."""
    return keras.layers.Dense(
        units,
        kernel_initializer=dcgan_kernel(seed, index),
        dtype="float32",
        name=name,
    )(features)


def _doubled(
    inputs: Tensor,
    filters: int,
    kernel_size: int,
    use_bias: bool,
    seed: int,
    index: int,
) -> Tensor:
    return keras.layers.Conv2DTranspose(
        filters,
        kernel_size,
        strides=2,
        padding="same",
        use_bias=use_bias,
        kernel_initializer=dcgan_kernel(seed, index),
        name=f"transposed_convolution_{index}",
    )(inputs)


def _normalized_relu(
    inputs: Tensor, normalization: str | None, seed: int, index: int
) -> Tensor:
    outputs = normalized(inputs, normalization, seed, index)
    return keras.layers.ReLU(name=f"relu_{index}")(outputs)


def normalized(
    inputs: Tensor, normalization: str | None, seed: int, index: int
) -> Tensor:
    """Maps normalized over the batch or over all units, or as they are for `None`."""
    name = f"normalization_{index}"
    if normalization == "batch":
        gain = keras.initializers.RandomNormal(
            1.0, _WEIGHT_STDDEV, seed=derived_seed(seed, 2 * index + 1)
        )
        return keras.layers.BatchNormalization(
            momentum=0.9, epsilon=1e-5, gamma_initializer=gain, name=name
        )(inputs)
    if normalization == "layer":
        # Over all units of an example: the default is each pixel's channels alone.
        axes = tuple(range(1, len(inputs.shape)))
        return keras.layers.LayerNormalization(axes, epsilon=1e-5, name=name)(inputs)
    return inputs


def dcgan_kernel(seed: int, index: int) -> keras.Initializer:
    """N(0, 0.02^2), of its own for every layer."""
    # Even indices; the gains have the odd ones.
    return keras.initializers.RandomNormal(
        0.0, _WEIGHT_STDDEV, seed=derived_seed(seed, 2 * index)
    )


def checked_dcgan_shape(image_shape: Shape) -> tuple[int, int, int]:
    """Returns `(height, width, channels)`; raises unless a small grid is reached."""
    height, width, channels = checked_image_shape(image_shape)
    if not is_halved(height, width):
        rows, columns = grid_of(height, width)
        raise ValueError(
            "`image_shape` must have sides that halve, both as often, to a grid of at "
            f"most {LARGEST_GRID} places. Received: image_shape={image_shape!r}, which "
            f"halves to {rows} x {columns}; pad or resize the images to "
            f"{_text(nearest_halved(height, width))}, or take the networks of "
            "keras_gan.networks.mlp."
        )
    return height, width, channels


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def check_dcgan_arguments(
    base_filters: int, kernel_size: int, normalization: str | None, seed: int
) -> None:
    """Raises unless the arguments of the builders lie in their ranges."""
    check_seed("seed", seed)
    check_positive_integer("base_filters", base_filters)
    check_integer("kernel_size", kernel_size, minimum=2)
    if normalization not in ("batch", "layer", None):
        raise invalid_argument(
            "normalization", "'batch', 'layer' or None", normalization
        )
