"""The strided convolutional networks of DCGAN, for images of many sizes."""

import keras

from keras_gan._halvings import num_halvings
from keras_gan._types import Shape
from keras_gan._validation import check_positive_integer
from keras_gan.networks._dcgan_parts import (
    check_dcgan_arguments,
    checked_dcgan_shape,
    dense_output,
    grown_images,
    shrunk_features,
)


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
    but the last layer are followed by normalization and ReLU, and have a bias only
    without normalization. Weights start from N(0, 0.02^2), biases at zero, the gains
    of batch normalization from N(1, 0.02^2).

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places, e.g. 28 (to 7), 32 or 64 (to 4).
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
    check_dcgan_arguments(base_filters, kernel_size, normalization, seed)
    check_positive_integer("latent_dim", latent_dim)
    latents = keras.Input((latent_dim,), name="latents")
    images = grown_images(
        latents,
        image_shape,
        base_filters,
        kernel_size,
        normalization,
        output_activation,
        seed,
    )
    return keras.Model(latents, images, name=name)


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
    WGAN-GP, asks for `normalization=None` or `"layer"`: batch normalization makes a
    logit depend on the other images of its batch.

        D(x) = dense(conv_n(... conv_1(x))),   each of stride 2, LeakyReLU(0.2) after it

    Convolution i has `base_filters 2^(i-1)` filters. All but the first are normalized
    before their LeakyReLU, and have a bias only without normalization. Initial weights
    are drawn as the generator's are.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places.
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
    check_dcgan_arguments(base_filters, kernel_size, normalization, seed)
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    features = shrunk_features(images, base_filters, kernel_size, normalization, seed)
    index = num_halvings(height, width)
    logits = dense_output(features, 1, seed, index, name="logits")
    return keras.Model(images, logits, name=name)
