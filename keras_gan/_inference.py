"""Networks at work outside training."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import FloatArray, Tensor


class InBatches:
    """Outputs of a network for many rows, float32, by this process alone.

    `keras.Model.predict` divides rows among the workers of a strategy and waits for all
    of them, so that a chief could not sample by itself.

    Args:
        network: `keras.Model`, called in inference mode.
    """

    def __init__(self, network: keras.Model) -> None:
        def outputs_of(rows: Tensor) -> Tensor:
            return tf.cast(network(rows, training=False), tf.float32)

        self._outputs_of = tf.function(outputs_of, reduce_retracing=True)

    def __call__(self, inputs: Any, batch_size: int) -> FloatArray:
        """Returns the outputs for `inputs`, computed `batch_size` rows at once."""
        rows = tf.convert_to_tensor(inputs)
        batches = [
            self._outputs_of(rows[start : start + batch_size]).numpy()
            for start in range(0, len(rows), batch_size)
        ]
        return np.concatenate(batches)
