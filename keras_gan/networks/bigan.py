"""The fully connected networks of BiGAN: generator, encoder, discriminator of pairs.

They have the form of the published code, whose discriminator begins with a last kernel
of zeros. No layer has a bias, and normalization has no parameters.
"""

import math
from typing import Any

import keras

from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.networks._dcgan_parts import dcgan_kernel
from keras_gan.networks._parts import checked_image_shape

_LEAK = 0.2


def bigan_generator(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: int = 1024,
    output_activation: str = "sigmoid",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds BiGAN's fully connected generator: two hidden layers of rectifiers.

    Both are normalized over the batch, and the second is given the latents again.
    Weights start N(0, 0.02^2).

        h    = relu(normalized(W_0 z))
        G(z) = output(W_2 relu(normalized(W_1 h + V z)))

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image.
        hidden_units: int, at least 1, of each hidden layer. Defaults to `1024`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"sigmoid"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to float32 images
        `[batch, height, width, channels]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> generator = bigan_generator(50, (28, 28, 1))
    >>> generator.get_layer("normalization_1").output.shape
    (None, 1024)

    References:
        Donahue et al., Adversarial Feature Learning, 2017, appendix C.1, and the
        published code. https://arxiv.org/abs/1605.09782
    """
    shape = checked_image_shape(image_shape)
    check_positive_integer("latent_dim", latent_dim)
    latents = keras.Input((latent_dim,), name="latents")
    weights = _Weights(hidden_units, seed)
    features = _rectified(_normalized(weights.hidden(latents, 0), 0), 0.0, 0)
    joined = weights.joined(features, latents)
    features = _rectified(_normalized(joined, 1), 0.0, 1)
    pixels = weights.dense(math.prod(shape), 2, "dense_2")(features)
    grid = keras.layers.Reshape(shape, name="grid")(pixels)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model(latents, images(grid), name=name)


def bigan_encoder(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: int = 1024,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "encoder",
) -> keras.Model:
    """Builds BiGAN's fully connected encoder: two hidden layers of leaky rectifiers.

    The second is normalized over the batch. Its output lies where the prior's latents
    do, or the discriminator tells the two apart by their range alone. Weights start
    N(0, 0.02^2).

        E(x) = output(W_2 lrelu(normalized(W_1 lrelu(W_0 x))))

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image.
        hidden_units: int, at least 1, of each hidden layer. Defaults to `1024`.
        output_activation: Keras activation; its range is that of the prior: `"linear"`
            for normal latents. Defaults to `"tanh"`, for uniform ones in [-1, 1].
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"encoder"`.

    Returns:
        encoder: `keras.Model` from images `[batch, height, width, channels]` to latents
        `[batch, latent_dim]`, float32.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> encoder = bigan_encoder(50, (28, 28, 1))
    >>> encoder.layers[-1].input.shape  # the features before the latents
    (None, 1024)

    References:
        Donahue et al., Adversarial Feature Learning, 2017, appendix C.1, and the
        published code. https://arxiv.org/abs/1605.09782
    """
    check_positive_integer("latent_dim", latent_dim)
    images = keras.Input(checked_image_shape(image_shape), name="images")
    rows = keras.layers.Flatten(name="pixels")(images)  # [batch, num_pixels]
    weights = _Weights(hidden_units, seed)
    features = _rectified(weights.hidden(rows, 0), _LEAK, 0)
    features = _rectified(_normalized(weights.hidden(features, 1), 1), _LEAK, 1)
    latents = weights.dense(
        latent_dim, 2, "latents", activation=output_activation, dtype="float32"
    )
    return keras.Model(images, latents(features), name=name)


def bigan_discriminator(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: int = 1024,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds BiGAN's fully connected discriminator, which judges an image with a code.

    Two hidden layers of leaky rectifiers; the code comes to the second, which is
    normalized over the batch. Weights start N(0, 0.02^2).

        D(x, z) = W_2 lrelu(normalized(W_1 lrelu(W_0 x) + V z))

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image.
        hidden_units: int, at least 1, of each hidden layer. Defaults to `1024`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` `[batch, height, width, channels]`
        and `latents` `[batch, latent_dim]` to one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> discriminator = bigan_discriminator(50, (28, 28, 1))
    >>> [one.name for one in discriminator.inputs]
    ['images', 'latents']

    References:
        Donahue et al., Adversarial Feature Learning, 2017, appendix C.1, and the
        published code. https://arxiv.org/abs/1605.09782
    """
    check_positive_integer("latent_dim", latent_dim)
    images = keras.Input(checked_image_shape(image_shape), name="images")
    latents = keras.Input((latent_dim,), name="latents")
    rows = keras.layers.Flatten(name="pixels")(images)  # [batch, num_pixels]
    weights = _Weights(hidden_units, seed)
    features = _rectified(weights.hidden(rows, 0), _LEAK, 0)
    joined = weights.joined(features, latents)
    features = _rectified(_normalized(joined, 1), _LEAK, 1)
    # The logit stays float32 under mixed precision: losses are computed from it.
    logits = weights.dense(1, 2, "logits", dtype="float32")
    return keras.Model([images, latents], logits(features), name=name)


class _Weights:
    """Dense layers without biases, each with kernels of its own."""

    def __init__(self, hidden_units: int, seed: int) -> None:
        check_positive_integer("hidden_units", hidden_units)
        check_seed("seed", seed)
        self._hidden_units, self._seed = hidden_units, seed

    def dense(
        self, units: int, index: int, name: str, **options: Any
    ) -> keras.layers.Layer:
        kernel = dcgan_kernel(self._seed, index)
        return keras.layers.Dense(
            units, use_bias=False, kernel_initializer=kernel, name=name, **options
        )

    def hidden(self, inputs: Tensor, index: int) -> Tensor:
        return self.dense(self._hidden_units, index, f"dense_{index}")(inputs)

    def joined(self, features: Tensor, latents: Tensor) -> Tensor:
        """The second hidden layer, to which the latents come too."""
        beside = self.dense(self._hidden_units, 3, "dense_of_latents")(latents)
        outputs = self.hidden(features, 1)  # [batch, hidden_units]
        return keras.layers.Add(name="joined")([outputs, beside])


def _normalized(inputs: Tensor, index: int) -> Tensor:
    return keras.layers.BatchNormalization(
        momentum=0.99,
        epsilon=1e-5,
        center=False,
        scale=False,
        name=f"normalization_{index}",
    )(inputs)


def _rectified(inputs: Tensor, leak: float, index: int) -> Tensor:
    return keras.layers.LeakyReLU(leak, name=f"leaky_relu_{index}")(inputs)
