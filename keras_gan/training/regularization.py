"""What the networks' own regularizers add to their player's loss."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from keras_gan._layers_of import layers_of
from keras_gan._types import Tensor


def regularized(networks: Sequence[keras.Model]) -> list[keras.Variable]:
    """The variables that their layers regularize, of those that are trained."""
    return [
        variable
        for network in networks
        for variable in network.trainable_variables
        if variable.regularizer is not None
    ]


def weight_penalty(networks: Sequence[keras.Model]) -> Tensor:
    """Sum of the regularizers of all weights, a float32 scalar.

    Args:
        networks: `keras.Model` objects of one player, called in this move.

    Raises:
        ValueError: if a layer added a loss of its own.
    """
    variables = regularized(networks)
    _refuse_added_losses(networks, len(variables))
    penalties = [variable.regularizer(variable) for variable in variables]
    return tf.add_n([tf.zeros(()), *(tf.cast(one, tf.float32) for one in penalties)])


def _refuse_added_losses(networks: Sequence[keras.Model], num_penalties: int) -> None:
    if sum(len(network.losses) for network in networks) > num_penalties:
        names = ", ".join(network.name for network in networks)
        raise ValueError(
            "Layers must not call `add_loss`: a network is called for real and for "
            "generated data, and only the last call's would be known. Received: losses "
            f"added in {names}. Write a keras_gan.terms.Term instead."
        )


def check_no_activity_regularizer(network: keras.Model) -> None:
    """Raises where a layer regularizes its outputs, which would be ignored."""
    for layer in layers_of(network):
        if getattr(layer, "activity_regularizer", None) is not None:
            raise ValueError(
                "`activity_regularizer` must be None: a network is called for real "
                "and for generated data, and only the last call's would be known. "
                "Received: "
                f"{layer.activity_regularizer!r} of layer {layer.name!r} in "
                f"{network.name!r}. Write a keras_gan.terms.Term instead."
            )
