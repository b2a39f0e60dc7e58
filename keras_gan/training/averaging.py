"""The moving average of a generator's weights, which samples better than the last."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Tensor


def clone_for_averaging(generator: keras.Model, inputs: Any) -> keras.Model:
    """Returns a copy of the generator with equal weights that no optimizer moves.

    Args:
        generator: `keras.Model`.
        inputs: what it accepts.
    """
    try:
        average = keras.models.clone_model(generator)
    except (NotImplementedError, TypeError, ValueError) as error:
        raise ValueError(
            "`ema_half_life` needs a generator that Keras can clone: a Sequential or "
            f"functional model, or a subclass with get_config. Received: {error}"
        ) from error
    average(inputs, training=False)  # builds subclassed networks
    average.set_weights(generator.get_weights())
    average.trainable = False
    return average


def update_average(
    average: keras.Model, generator: keras.Model, num_images: Tensor, half_life: float
) -> None:
    """Moves the average towards the generator after `num_images` more images.

        average <- decay * average + (1 - decay) * weight
        decay   = 0.5 ** (num_images / half_life)

    Weights that training does not move, as the statistics of batch normalisation, are
    copied: they are averages already.
    """
    share = tf.cast(num_images, tf.float32) / half_life
    decay = tf.exp(share * tf.math.log(0.5))
    for old, weight in zip(average.weights, generator.weights, strict=True):
        if weight.trainable:
            old.assign(weight + tf.cast(decay, weight.dtype) * (old - weight))
        else:
            old.assign(weight)
