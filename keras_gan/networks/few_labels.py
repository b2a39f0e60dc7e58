"""The networks of Salimans et al. for classifying digits with few labels."""

import math
from collections.abc import Sequence

import keras

from keras_gan._seeds import derived_seed
from keras_gan._types import Shape, Tensor
from keras_gan._validation import (
    check_fraction,
    check_integer,
    check_positive_integer,
    check_positive_integers,
    check_seed,
)
from keras_gan.layers.gaussian_input_noise import GaussianInputNoise
from keras_gan.layers.weight_normalization import WeightNormalization
from keras_gan.networks._parts import checked_image_shape

FEATURES = "features"
"""Name of the layer whose mean the generator matches: the last hidden one, no noise."""

_KERNEL_STDDEV = 0.1  # of directions: how far a move of the optimizer turns them
_BATCH_NORM = {"scale": False, "epsilon": 1e-6, "momentum": 0.9}
_NOISE = 1000  # tells the seeds of noise from those of weights


def softplus_generator(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: Sequence[int] = (500, 500),
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds the fully connected generator of Salimans et al. for few labels.

    Hidden layers are dense, batch normalization without a scale, softplus; the last one
    is weight-normalized and ends in a sigmoid.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image, pixels in [0, 1].
        hidden_units: widths of the hidden layers. Defaults to `(500, 500)`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to images
        `[batch, height, width, channels]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> softplus_generator(100, (28, 28, 1)).count_params()
    696568

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, the published code
        (train_mnist_feature_matching.py). https://arxiv.org/abs/1606.03498
    """
    check_seed("seed", seed)
    check_positive_integer("latent_dim", latent_dim)
    image_shape = checked_image_shape(image_shape)
    widths = check_positive_integers("hidden_units", hidden_units)
    latents = rows = keras.Input((latent_dim,), name="latents")
    for index, units in enumerate(widths):
        rows = keras.layers.Dense(
            units, use_bias=False, kernel_initializer=_glorot(seed, index)
        )(rows)
        rows = keras.layers.BatchNormalization(**_BATCH_NORM)(rows)
        rows = keras.layers.Activation("softplus")(rows)
    last = keras.layers.Dense(
        math.prod(image_shape), kernel_initializer=_glorot(seed, len(widths))
    )
    pixels = WeightNormalization(last)(rows)
    images = keras.layers.Reshape(image_shape)(pixels)
    # Images stay float32 under mixed precision, as the data are.
    sigmoid = keras.layers.Activation("sigmoid", dtype="float32", name="images")
    return keras.Model(latents, sigmoid(images), name=name)


def classifying_discriminator(
    image_shape: Shape,
    num_classes: int,
    hidden_units: Sequence[int] = (1000, 500, 250, 250, 250),
    input_noise: float = 0.3,
    hidden_noise: float = 0.5,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a discriminator whose K classes are the real images' together.

    Give it to a GAN with `keras_gan.terms.LabelledExamples`. With K logits l(x), and
    one of 0 for "generated":

        D(x) = Z / (Z + 1),   Z = sum_k exp l_k(x),   logit of D = log Z

    Layers are dense and weight-normalized, with a fixed scale but for the last, and
    ReLU; while training, normal noise is added in front of each. Set scales and biases
    by `keras_gan.layers.initialize_from_data(discriminator, images[:500])`.

    Args:
        image_shape: tuple `(height, width, channels)` of one image.
        num_classes: int, at least 2.
        hidden_units: widths of the hidden layers.
            Defaults to `(1000, 500, 250, 250, 250)`.
        input_noise: float in [0, 1), deviation of the noise on images.
            Defaults to `0.3`.
        hidden_noise: float in [0, 1), deviation of the noise on hidden layers.
            Defaults to `0.5`.
        seed: int, of initial weights and noise. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from images to a dict of `"classes"`, logits
        `[batch, num_classes]`, and `"logits"`, `[batch, 1]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> classifying_discriminator((28, 28, 1), 10).output["classes"].shape
    (None, 10)

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 5, and the
        published code. https://arxiv.org/abs/1606.03498
    """
    check_seed("seed", seed)
    image_shape = checked_image_shape(image_shape)
    num_classes = check_integer("num_classes", num_classes, minimum=2)
    widths = check_positive_integers("hidden_units", hidden_units)
    noises = (
        check_fraction("input_noise", input_noise),
        *[check_fraction("hidden_noise", hidden_noise)] * len(widths),
    )
    images = keras.Input(image_shape, name="images")
    rows = keras.layers.Flatten()(images)
    for index, units in enumerate(widths):
        rows = _dense(_noisy(rows, noises[index], seed, index), units, seed, index)
        last = index == len(widths) - 1
        named = FEATURES if last else f"relu_{index}"
        rows = keras.layers.ReLU(name=named)(rows)
    index = len(widths)
    rows = _noisy(rows, noises[index], seed, index)
    classes = _dense(rows, num_classes, seed, index, trainable_scale=True)
    # Losses come from them: float32 under mixed precision.
    in_float32 = keras.layers.Activation("linear", dtype="float32", name="classes")
    classes = in_float32(classes)
    logits = keras.ops.logsumexp(classes, axis=1, keepdims=True)
    return keras.Model(images, {"classes": classes, "logits": logits}, name=name)


def _glorot(seed: int, index: int) -> keras.Initializer:
    return keras.initializers.GlorotUniform(seed=derived_seed(seed, index))


def _noisy(rows: Tensor, stddev: float, seed: int, index: int) -> Tensor:
    noise_seed = derived_seed(seed, _NOISE + index)
    return GaussianInputNoise(stddev, seed=noise_seed, name=f"noise_{index}")(rows)


def _dense(
    rows: Tensor, units: int, seed: int, index: int, trainable_scale: bool = False
) -> Tensor:
    kernel = keras.initializers.RandomNormal(
        stddev=_KERNEL_STDDEV, seed=derived_seed(seed, index)
    )
    return WeightNormalization(
        keras.layers.Dense(units, kernel_initializer=kernel),
        trainable_scale=trainable_scale,
        name=f"dense_{index}",
    )(rows)
