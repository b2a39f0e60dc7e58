"""What the builders have in common."""

from collections.abc import Sized
from typing import Any

import keras
import numpy as np

from keras_gan._seeds import derived_seed
from keras_gan._types import FloatArray, Shape
from keras_gan._validation import (
    check_positive,
    check_positive_integers,
    invalid_argument,
)
from keras_gan.layers.dropout import Dropout


def check_channels_last() -> None:
    """Raises where Keras would lay a convolution over the rows of an image."""
    data_format = keras.config.image_data_format()
    if data_format != "channels_last":
        raise ValueError(
            "`image_data_format` of Keras must be 'channels_last': rows of data end in "
            f"their channels. Received: {data_format!r}; call "
            "keras.config.set_image_data_format('channels_last') before."
        )


def checked_image_shape(image_shape: Shape) -> tuple[int, int, int]:
    """Returns `(height, width, channels)`; raises unless these are three sizes."""
    if not isinstance(image_shape, Sized) or len(image_shape) != 3:
        raise invalid_argument("image_shape", "(height, width, channels)", image_shape)
    check_channels_last()
    height, width, channels = check_positive_integers("image_shape", image_shape)
    return height, width, channels


def uniform(weight_range: float, seed: int, layer: int) -> keras.Initializer:
    """Uniform in [-weight_range, weight_range], of its own for every layer."""
    weight_range = check_positive("weight_range", weight_range)
    return keras.initializers.RandomUniform(
        -weight_range, weight_range, seed=derived_seed(seed, layer)
    )


def constrained(network: keras.Model) -> keras.Model:
    """Lays the constraints on the initial weights too; Keras waits for a move."""
    for variable in network.trainable_variables:
        if variable.constraint is not None:
            variable.assign(variable.constraint(variable))
    return network


def labels_input() -> keras.KerasTensor:
    """The class of each row: integers `[batch]`, named `labels`."""
    return keras.Input((), dtype="int32", name="labels")


def dropout(rate: float, seed: int, index: int) -> Dropout:
    """The dropout in front of layer `index`, with masks of its own."""
    return Dropout(rate, seed=derived_seed(seed, index), name=f"dropout_{index}")


def logit(
    weight_range: float, seed: int, layer: int, constraint: Any = None
) -> keras.layers.Dense:
    """The last layer; float32 under mixed precision, for losses come from it."""
    return keras.layers.Dense(
        1,
        kernel_initializer=uniform(weight_range, seed, layer),
        kernel_constraint=constraint,
        dtype="float32",
        name="logits",
    )


def bias_of_pixels(bias: FloatArray, num_pixels: int) -> FloatArray:
    """Returns one value for each pixel; raises unless there are so many."""
    values = np.reshape(bias, -1)
    if len(values) != num_pixels or not np.isfinite(values).all():
        raise invalid_argument(
            "output_bias", f"{num_pixels} finite floats, one for each pixel", bias
        )
    return values
