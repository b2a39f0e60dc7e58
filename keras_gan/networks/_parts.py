"""What the builders of 2014 have in common."""

from typing import Any

import keras

from keras_gan._seeds import derived_seed
from keras_gan.layers.dropout import Dropout


def uniform(weight_range: float, seed: int, layer: int) -> keras.Initializer:
    """Uniform in [-weight_range, weight_range], of its own for every layer."""
    return keras.initializers.RandomUniform(
        -weight_range, weight_range, seed=derived_seed(seed, layer)
    )


def constrained(network: keras.Model) -> keras.Model:
    """Lays the constraints on the initial weights too; Keras waits for a move."""
    for variable in network.trainable_variables:
        if variable.constraint is not None:
            variable.assign(variable.constraint(variable))
    return network


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
