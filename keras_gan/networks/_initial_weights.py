"""Initial weights of the builders."""

import keras

from keras_gan._seeds import derived_seed


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
