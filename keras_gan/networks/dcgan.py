"""The strided convolutional networks of DCGAN, for images of many sizes."""

import math

import keras

from keras_gan._seeds import derived_seed
from keras_gan._types import Shape, Tensor
from keras_gan._validation import (
    check_integer,
    check_positive_integer,
    check_seed,
    invalid_argument,
)
from keras_gan.networks._parts import checked_image_shape

_COARSEST_SIDE = 4  # the published networks for 64x64 images begin and end at 4x4
_WEIGHT_STDDEV = 0.02


def dcgan_generator(
    latent_dim: int,
    image_shape: Shape,
    base_filters: int = 64,
    kernel_size: int = 5,
    normalization: str | None = "batch",
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a generator that doubles a coarse grid until it is an image.

    For pictures: one kernel serves every place of the image, where `mlp_generator`
    learns each pixel apart. With `base_filters=128` and 64x64x3 images it is the
    published network for faces, and a bias at its output; for 28x28x1 it has the
    convolutions of the published MNIST code, whose labels and hidden dense layer it
    leaves out.

        n    = number of times that both sides halve evenly from above 4
        grid = (height / 2^n, width / 2^n, base_filters 2^(n-1))
        G(z) = output_activation(deconv_n(... deconv_1(dense(z)))),   each of stride 2

    Deconvolution i has `base_filters 2^(n-1-i)` filters, the last one `channels`. All
    but the last layer are followed by normalisation and ReLU, and have a bias only
    without normalisation. Weights start from N(0, 0.02^2), biases at zero, the gains
    of batch normalisation from N(1, 0.02^2).

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image; both sides even
            and above 4, e.g. 28 (from 7), 32 or 64 (from 4).
        base_filters: int, at least 1. Filters of the last layer but one.
            Defaults to `64`.
        kernel_size: int, at least 2, so that no pixel is left out. Defaults to `5`.
        normalization: `"batch"`, `"layer"` (statistics of each example over all its
            units) or `None`. Defaults to `"batch"`.
        output_activation: Keras activation; its range is that of the images. It is
            computed in float32 under mixed precision too. Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to float32 images
        `[batch, height, width, channels]`.

    Raises:
        ValueError: if a number is too small, `normalization` is unknown, or the image
            cannot be halved.

    Example:
    >>> dcgan_generator(100, (28, 28, 1)).count_params()
    858945
    >>> dcgan_generator(100, (28, 28, 1)).get_layer("grid").output.shape
    (None, 7, 7, 128)

    References:
        Radford et al., Unsupervised Representation Learning with Deep Convolutional
        Generative Adversarial Networks, 2016. https://arxiv.org/abs/1511.06434
    """
    _check_arguments(base_filters, kernel_size, normalization, seed)
    check_positive_integer("latent_dim", latent_dim)
    height, width, channels = _checked_image_shape(image_shape)
    num_halvings = _num_halvings(height, width)
    scale = 2**num_halvings
    grid = (height // scale, width // scale, base_filters * scale // 2)
    has_bias = normalization is None
    latents = keras.Input((latent_dim,), name="latents")
    outputs = keras.layers.Dense(
        math.prod(grid),
        use_bias=has_bias,
        kernel_initializer=_kernel_initializer(seed, 0),
        name="dense",
    )(latents)
    outputs = _normalized_relu(outputs, normalization, seed, 0)
    outputs = keras.layers.Reshape(grid, name="grid")(outputs)
    for index in range(1, num_halvings):
        filters = base_filters * 2 ** (num_halvings - 1 - index)
        outputs = _doubled(outputs, filters, kernel_size, has_bias, seed, index)
        outputs = _normalized_relu(outputs, normalization, seed, index)
    outputs = _doubled(outputs, channels, kernel_size, True, seed, num_halvings)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model(latents, images(outputs), name=name)


def dcgan_discriminator(
    image_shape: Shape,
    base_filters: int = 64,
    kernel_size: int = 5,
    normalization: str | None = "batch",
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a discriminator that halves an image to a coarse grid and judges that.

    The mirror of `dcgan_generator`. A penalty on the gradient at each image, as in
    WGAN-GP, asks for `normalization=None` or `"layer"`: batch normalisation makes a
    logit depend on the other images of its batch.

        D(x) = dense(conv_n(... conv_1(x))),   each of stride 2, LeakyReLU(0.2) after it

    Convolution i has `base_filters 2^(i-1)` filters. All but the first are normalised
    before their LeakyReLU, and have a bias only without normalisation. Initial weights
    are drawn as the generator's are.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides even
            and above 4.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `64`.
        kernel_size: int, at least 2, so that no pixel is left out. Defaults to `5`.
        normalization: `"batch"`, `"layer"` (statistics of each example over all its
            units) or `None`. Defaults to `"batch"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from images `[batch, height, width, channels]` to
        one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is too small, `normalization` is unknown, or the image
            cannot be halved.

    Example:
    >>> dcgan_discriminator((28, 28, 1)).count_params()
    213249
    >>> dcgan_discriminator((28, 28, 1), normalization=None).count_params()
    212865

    References:
        Radford et al., Unsupervised Representation Learning with Deep Convolutional
        Generative Adversarial Networks, 2016. https://arxiv.org/abs/1511.06434
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017, section 4.
        https://arxiv.org/abs/1704.00028
    """
    _check_arguments(base_filters, kernel_size, normalization, seed)
    image_shape = _checked_image_shape(image_shape)
    num_halvings = _num_halvings(*image_shape[:2])
    outputs = images = keras.Input(image_shape, name="images")
    for index in range(num_halvings):
        # What the first layer sees is the image itself.
        normalization_here = normalization if index else None
        outputs = keras.layers.Conv2D(
            base_filters * 2**index,
            kernel_size,
            strides=2,
            padding="same",
            use_bias=normalization_here is None,
            kernel_initializer=_kernel_initializer(seed, index),
            name=f"convolution_{index}",
        )(outputs)
        outputs = _normalized(outputs, normalization_here, seed, index)
        outputs = keras.layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(outputs)
    outputs = keras.layers.Flatten(name="flatten")(outputs)
    # The logit stays float32 under mixed precision: losses are computed from it.
    logits = keras.layers.Dense(
        1,
        kernel_initializer=_kernel_initializer(seed, num_halvings),
        dtype="float32",
        name="logits",
    )(outputs)
    return keras.Model(images, logits, name=name)


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
        kernel_initializer=_kernel_initializer(seed, index),
        name=f"transposed_convolution_{index}",
    )(inputs)


def _normalized_relu(
    inputs: Tensor, normalization: str | None, seed: int, index: int
) -> Tensor:
    outputs = _normalized(inputs, normalization, seed, index)
    return keras.layers.ReLU(name=f"relu_{index}")(outputs)


def _normalized(
    inputs: Tensor, normalization: str | None, seed: int, index: int
) -> Tensor:
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


def _kernel_initializer(seed: int, index: int) -> keras.Initializer:
    # Even indices; the gains have the odd ones.
    return keras.initializers.RandomNormal(
        0.0, _WEIGHT_STDDEV, seed=derived_seed(seed, 2 * index)
    )


def _num_halvings(height: int, width: int) -> int:
    """How often both sides halve evenly, each from above the coarsest side."""
    count = 0
    sides = (height, width)
    while all(side % 2 == 0 and side > _COARSEST_SIDE for side in sides):
        sides = (sides[0] // 2, sides[1] // 2)
        count += 1
    return count


def _checked_image_shape(image_shape: Shape) -> tuple[int, int, int]:
    height, width, channels = checked_image_shape(image_shape)
    if not _num_halvings(height, width):
        raise invalid_argument(
            "image_shape",
            f"an even height and width above {_COARSEST_SIDE}, to be halved at least "
            "once: pad or resize the images, or take the networks of "
            "keras_gan.networks.mlp",
            image_shape,
        )
    return height, width, channels


def _check_arguments(
    base_filters: int, kernel_size: int, normalization: str | None, seed: int
) -> None:
    check_seed("seed", seed)
    check_positive_integer("base_filters", base_filters)
    check_integer("kernel_size", kernel_size, minimum=2)
    if normalization not in ("batch", "layer", None):
        raise invalid_argument(
            "normalization", "'batch', 'layer' or None", normalization
        )
