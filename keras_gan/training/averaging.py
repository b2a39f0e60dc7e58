"""Moving averages of weights: those of a network swing about what it learned."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._layers_of import copy_vocabularies, copy_weights
from keras_gan._types import Tensor

_NARROW = {"bfloat16", "float16"}


def clone_for_averaging(network: keras.Model, inputs: Any, asked: str) -> keras.Model:
    """Returns a copy of a network with equal weights that no optimizer moves.

    Args:
        network: `keras.Model`.
        inputs: what it accepts.
        asked: str, name of the argument that asked for an average.

    Raises:
        ValueError: if Keras cannot clone the network, or its weights have 16 bits.
    """
    narrow = {one.dtype for one in network.trainable_variables} & _NARROW
    if narrow:
        raise ValueError(
            f"`{asked}` needs weights of float32 or more: in fewer bits an average "
            f"stands still. Received: weights of {', '.join(sorted(narrow))}; the "
            "policy 'mixed_bfloat16' or 'mixed_float16' keeps float32 weights."
        )
    try:
        average = keras.models.clone_model(network)
        copy_vocabularies(network, average)
    except (NotImplementedError, TypeError, ValueError) as error:
        raise ValueError(
            f"`{asked}` needs a network that Keras can clone: a Sequential or "
            f"functional model, or a subclass with get_config. Received: {error}"
        ) from error
    average(inputs, training=False)  # builds subclassed networks
    copy_weights(network, average)
    average.trainable = False
    return average


def update_average(
    average: keras.Model, network: keras.Model, num_images: Tensor, half_life: float
) -> None:
    """Moves the average towards the network after `num_images` more images.

        average <- decay * average + (1 - decay) * weight
        decay   = 0.5 ** (num_images / half_life)

    Weights that training does not move, as the statistics of batch normalization, are
    copied: they are averages already.
    """
    _move(average, network, tf.exp(_log_decay(num_images, half_life)))


def update_corrected_average(
    average: keras.Model,
    network: keras.Model,
    num_images: Tensor,
    half_life: float,
    share: keras.Variable,
) -> None:
    """As `update_average`, of what the network was after its moves alone.

    An average that starts at the initial weights holds 0.5 ** (images / half_life) of
    them. This one is that of the same decay from zero, divided by the sum of its
    shares, so that after the first move it is the network:

        share   <- share + (1 - decay) * (1 - share)
        average <- average + (1 - decay) / share * (weight - average)

    Args:
        average: copy of the network.
        network: `keras.Model`.
        num_images: int scalar, of this move.
        half_life: float, in images.
        share: float32 scalar variable, 0 before the first move.
    """
    # 1 - decay, which float32 rounds to 0 where the half-life is long.
    rise = -tf.math.expm1(_log_decay(num_images, half_life))
    share.assign_add(rise * (1.0 - share))
    _move(average, network, 1.0 - rise / share)


def _log_decay(num_images: Tensor, half_life: float) -> Tensor:
    return tf.cast(num_images, tf.float32) / half_life * tf.math.log(0.5)


def _move(average: keras.Model, network: keras.Model, decay: Tensor) -> None:
    for old, weight in zip(average.weights, network.weights, strict=True):
        if weight.trainable:
            old.assign(weight + tf.cast(decay, weight.dtype) * (old - weight))
        else:
            old.assign(weight)
