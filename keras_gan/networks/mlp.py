"""Fully connected networks: the generators and maxout discriminators of 2014."""

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import keras
import numpy as np

from keras_gan._types import FloatArray, Shape
from keras_gan._validation import (
    check_finite,
    check_fraction,
    check_positive,
    check_positive_integer,
    check_positive_integers,
    check_seed,
)
from keras_gan.layers.maxout import Maxout
from keras_gan.networks._parts import (
    bias_of_pixels,
    constrained,
    dropout,
    logit,
    uniform,
)

_MARGINAL_CLIP = 1e-7  # pylearn2's: an always-off pixel starts at logit -16.118


def mlp_generator(
    latent_dim: int,
    image_shape: Shape,
    hidden_units: Sequence[int] = (1200, 1200),
    hidden_activation: str | Sequence[str] = "relu",
    output_activation: str = "sigmoid",
    weight_range: float = 0.05,
    hidden_bias: float | Sequence[float] = 0.0,
    output_bias: FloatArray | None = None,
    output_initializer: Any = None,
    max_column_norm: float | None = None,
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a fully connected generator; the defaults are those of 2014 for MNIST.

    Weights start uniform in [-weight_range, weight_range].

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        image_shape: tuple `(height, width, channels)` of one image.
        hidden_units: widths of the hidden layers. Defaults to `(1200, 1200)`.
        hidden_activation: Keras activation, or one for each hidden layer.
            Defaults to `"relu"`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"sigmoid"`.
        weight_range: float, above 0. Defaults to `0.05`.
        hidden_bias: float that hidden biases start at, or one for each hidden layer.
            Defaults to `0.0`.
        output_bias: array with one value for each pixel that the output bias starts at,
            e.g. `pixel_marginal_logits(images)`, or `None` for zeros.
            Defaults to `None`.
        output_initializer: Keras initializer of the last kernel, or `None` for that of
            the others. Defaults to `None`.
        max_column_norm: float, above 0: length that the incoming weights of a unit
            keep to, from the beginning and after each move, or `None` for any.
            Defaults to `None`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from latents `[batch, latent_dim]` to images
        `[batch, height, width, channels]`.

    Raises:
        ValueError: if an argument lies outside its range, or there is not one value for
            each hidden layer or pixel.

    Example:
    >>> mlp_generator(100, (28, 28, 1)).count_params()
    2503984

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014 (mnist.yaml).
        https://arxiv.org/abs/1406.2661
    """
    check_seed("seed", seed)
    check_positive_integer("latent_dim", latent_dim)
    image_shape = check_positive_integers("image_shape", image_shape)
    num_pixels = math.prod(image_shape)
    layers = _hidden_layers(hidden_units, hidden_activation, hidden_bias)
    layers.append((num_pixels, None, 0.0))
    outputs = latents = keras.Input((latent_dim,), name="latents")
    for index, (width, activation, bias) in enumerate(layers):
        initializer = uniform(weight_range, seed, index)
        if output_initializer is not None and index == len(layers) - 1:
            initializer = keras.initializers.get(output_initializer)
        dense = keras.layers.Dense(
            width,
            activation=activation,
            kernel_initializer=initializer,
            bias_initializer=keras.initializers.Constant(bias) if bias else "zeros",
            kernel_constraint=_column_norm(max_column_norm),
            name=f"dense_{index}",
        )
        outputs = dense(outputs)
    if output_bias is not None:
        dense.bias.assign(bias_of_pixels(output_bias, num_pixels))
    outputs = keras.layers.Reshape(image_shape, name="grid")(outputs)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return constrained(keras.Model(latents, images(outputs), name=name))


def maxout_discriminator(
    image_shape: Shape,
    hidden_units: Sequence[int] = (240, 240),
    num_pieces: int = 5,
    input_dropout: float = 0.2,
    hidden_dropout: float = 0.5,
    weight_range: float = 0.005,
    max_column_norm: float | None = None,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a maxout discriminator with dropout; the defaults are MNIST's of 2014.

    Dropout acts on the input of every layer, the output layer included; no dropout
    follows the logit.

    Args:
        image_shape: tuple `(height, width, channels)` of one image.
        hidden_units: maxout units of each hidden layer. Defaults to `(240, 240)`.
        num_pieces: int, at least 1. Affine pieces of each unit. Defaults to `5`.
        input_dropout: float in [0, 1), share of pixels dropped. Defaults to `0.2`.
        hidden_dropout: float in [0, 1), share of units dropped. Defaults to `0.5`.
        weight_range: float, above 0: weights start uniform in
            [-weight_range, weight_range], biases at zero. Defaults to `0.005`.
        max_column_norm: float, above 0: length that the incoming weights of a piece
            keep to, from the beginning and after each move, or `None` for any.
            Defaults to `None`.
        seed: int, of initial weights and dropout masks. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from images `[batch, height, width, channels]` to
        one logit `[batch, 1]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> maxout_discriminator((28, 28, 1)).count_params()
    1231441

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014 (mnist.yaml).
        https://arxiv.org/abs/1406.2661
    """
    check_seed("seed", seed)
    image_shape = check_positive_integers("image_shape", image_shape)
    hidden_units = check_positive_integers("hidden_units", hidden_units)
    hidden_dropout = check_fraction("hidden_dropout", hidden_dropout)
    images = keras.Input(image_shape, name="images")
    outputs = keras.layers.Flatten(name="flatten")(images)
    dropout_rate = check_fraction("input_dropout", input_dropout)
    for index, units in enumerate(hidden_units):
        outputs = dropout(dropout_rate, seed, index)(outputs)
        outputs = Maxout(
            units,
            num_pieces,
            kernel_initializer=uniform(weight_range, seed, index),
            kernel_constraint=_column_norm(max_column_norm),
            name=f"maxout_{index}",
        )(outputs)
        dropout_rate = hidden_dropout
    last = len(hidden_units)
    outputs = dropout(dropout_rate, seed, last)(outputs)
    constraint = _column_norm(max_column_norm)
    logits = logit(weight_range, seed, last, constraint)(outputs)
    return constrained(keras.Model(images, logits, name=name))


def pixel_marginal_logits(images: FloatArray) -> FloatArray:
    """Logits of the mean image, from which the 2014 generators' output bias starts.

        bias = log(p / (1 - p)),  p = clip(mean over images, 1e-7, 1 - 1e-7)

    Args:
        images: array `[num_images, height, width, channels]` in [0, 1].

    Returns:
        logits: float32 array `[height, width, channels]`.

    Example:
    >>> round(pixel_marginal_logits(np.zeros((3, 1, 1, 1))).item(), 3)
    -16.118
    """
    means = np.clip(np.mean(images, axis=0, dtype="float64"), _MARGINAL_CLIP, 1)
    means = np.minimum(means, 1 - _MARGINAL_CLIP)
    return np.log(means / (1 - means)).astype("float32")


def _hidden_layers(
    widths: Sequence[int],
    activations: str | Sequence[str],
    biases: float | Sequence[float],
) -> list[tuple[int, str | None, float]]:
    """Width, activation and initial bias of each hidden layer."""
    widths = check_positive_integers("hidden_units", widths)
    biases = _for_each("hidden_bias", biases, len(widths))
    return list(
        zip(
            widths,
            _for_each("hidden_activation", activations, len(widths)),
            [check_finite("hidden_bias", bias) for bias in biases],
            strict=True,
        )
    )


def _for_each(name: str, value: Any, num_layers: int) -> list[Any]:
    if isinstance(value, str | Real) or callable(value) or value is None:
        return [value] * num_layers
    if len(value) != num_layers:
        raise ValueError(
            f"`{name}` must be one value, or one for each of the {num_layers} hidden "
            f"layers. Received: {name}={value!r}"
        )
    return list(value)


def _column_norm(limit: float | None) -> keras.constraints.Constraint | None:
    if limit is None:
        return None
    return keras.constraints.MaxNorm(check_positive("max_column_norm", limit), axis=0)
