"""The fully connected networks of BiGAN: generator, encoder, discriminator of pairs."""

import math

import keras

from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.networks._dcgan_parts import dcgan_kernel, dense_output
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

    The second one is normalised over the batch, without parameters. Weights start
    N(0, 0.02^2), of this package's choice.

        G(z) = output(W_2 relu(normalised(W_1 relu(W_0 z))))

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
    >>> bigan_generator(50, (28, 28, 1)).count_params()
    1906448

    References:
        Donahue et al., Adversarial Feature Learning, 2017, appendix C.1.
        https://arxiv.org/abs/1605.09782
    """
    shape = checked_image_shape(image_shape)
    check_positive_integer("latent_dim", latent_dim)
    latents = keras.Input((latent_dim,), name="latents")
    features = _two_layers(latents, hidden_units, 0.0, seed)
    pixels = keras.layers.Dense(
        math.prod(shape), kernel_initializer=dcgan_kernel(seed, 2), name="dense_2"
    )(features)
    grid = keras.layers.Reshape(shape, name="grid")(pixels)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model(latents, images(grid), name=name)


def bigan_encoder(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: int = 1024,
    seed: int = 0,
    name: str = "encoder",
) -> keras.Model:
    """Builds BiGAN's fully connected encoder: two hidden layers of leaky rectifiers.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image.
        hidden_units: int, at least 1, of each hidden layer. Defaults to `1024`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"encoder"`.

    Returns:
        encoder: `keras.Model` from images `[batch, height, width, channels]` to latents
        `[batch, latent_dim]`, float32, without an activation.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> bigan_encoder(50, (28, 28, 1)).count_params()
    1905714

    References:
        Donahue et al., Adversarial Feature Learning, 2017, appendix C.1.
        https://arxiv.org/abs/1605.09782
    """
    check_positive_integer("latent_dim", latent_dim)
    images = keras.Input(checked_image_shape(image_shape), name="images")
    rows = keras.layers.Flatten(name="pixels")(images)  # [batch, num_pixels]
    features = _two_layers(rows, hidden_units, _LEAK, seed)
    latents = dense_output(features, latent_dim, seed, 2, name="latents")
    return keras.Model(images, latents, name=name)


def bigan_discriminator(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: int = 1024,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds BiGAN's fully connected discriminator, which judges an image with a code.

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
    >>> bigan_discriminator(50, (28, 28, 1)).count_params()
    1906689

    References:
        Donahue et al., Adversarial Feature Learning, 2017, appendix C.1.
        https://arxiv.org/abs/1605.09782
    """
    check_positive_integer("latent_dim", latent_dim)
    images = keras.Input(checked_image_shape(image_shape), name="images")
    latents = keras.Input((latent_dim,), name="latents")
    rows = keras.layers.Flatten(name="pixels")(images)
    # [batch, num_pixels + latent_dim]
    pair = keras.layers.Concatenate(name="pair")([rows, latents])
    features = _two_layers(pair, hidden_units, _LEAK, seed)
    logits = dense_output(features, 1, seed, 2, name="logits")
    return keras.Model([images, latents], logits, name=name)


def _two_layers(inputs: Tensor, units: int, leak: float, seed: int) -> Tensor:
    check_positive_integer("hidden_units", units)
    check_seed("seed", seed)
    outputs = inputs
    for index in range(2):
        outputs = keras.layers.Dense(
            units,
            use_bias=index == 0,
            kernel_initializer=dcgan_kernel(seed, index),
            name=f"dense_{index}",
        )(outputs)
        if index:
            outputs = keras.layers.BatchNormalization(
                momentum=0.9,
                epsilon=1e-5,
                center=False,
                scale=False,
                name="normalization",
            )(outputs)
        outputs = keras.layers.LeakyReLU(leak, name=f"leaky_relu_{index}")(outputs)
    return outputs
