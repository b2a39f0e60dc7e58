"""Networks at work outside training."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._seeds import derived_seed
from keras_gan._types import FloatArray, Tensor
from keras_gan._validation import check_positive_integer, check_seed


class InBatches:
    """Outputs of a network for many rows, float32, by this process alone.

    `keras.Model.predict` divides rows among the workers of a strategy and waits for all
    of them, so that a chief could not sample by itself.

    Args:
        network: `keras.Model`, called in inference mode.
    """

    def __init__(self, network: keras.Model) -> None:
        # TensorFlow counts the traces of one code, whose ever they are, and warns of
        # many: those of a partial object are its own.
        outputs_of = functools.partial(_outputs, network)
        self._outputs_of = tf.function(outputs_of, reduce_retracing=True)

    def __call__(self, inputs: Any, batch_size: int) -> FloatArray:
        """Returns the outputs for `inputs`, computed `batch_size` rows at once."""
        rows = tf.convert_to_tensor(inputs)
        batches = [
            self._outputs_of(rows[start : start + batch_size]).numpy()
            for start in range(0, len(rows), batch_size)
        ]
        return np.concatenate(batches)


def _outputs(network: keras.Model, rows: Tensor) -> Tensor:
    return tf.cast(network(rows, training=False), tf.float32)


class SampleStream:
    """Samples that are drawn anew, chunk by chunk, whenever they are read.

    Args:
        draw: function of `(num_samples, seed)`.
        num_samples: int, of all chunks together.
        seed: int.
        chunk_size: int, samples in a chunk.
    """

    def __init__(
        self,
        draw: Callable[[int, int], FloatArray],
        num_samples: int,
        seed: int,
        chunk_size: int,
    ) -> None:
        self._draw = draw
        self.num_samples = check_positive_integer("num_samples", num_samples)
        self.seed = check_seed("seed", seed)
        self.chunk_size = check_positive_integer("chunk_size", chunk_size)

    def __iter__(self) -> Iterator[FloatArray]:
        """Yields arrays `[at most chunk_size, …]`."""
        for index, start in enumerate(range(0, self.num_samples, self.chunk_size)):
            size = min(self.chunk_size, self.num_samples - start)
            yield self._draw(size, derived_seed(self.seed, index))
