"""Networks at work outside training."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import FloatArray, Tensor


def outputs_in_batches(
    network: keras.Model, inputs: Any, batch_size: int
) -> FloatArray:
    """Outputs for many rows, float32, by this process alone.

    `keras.Model.predict` divides rows among the workers of a strategy and waits for all
    of them, so that a chief could not sample by itself.
    """
    rows = tf.convert_to_tensor(inputs)
    batches = [
        _outputs(network, rows[start : start + batch_size]).numpy()
        for start in range(0, len(rows), batch_size)
    ]
    return np.concatenate(batches)


@tf.function(reduce_retracing=True)
def _outputs(network: keras.Model, rows: Tensor) -> Tensor:
    return tf.cast(network(rows, training=False), tf.float32)
