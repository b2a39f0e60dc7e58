"""Networks at work outside training."""

import functools
import warnings
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from keras_gan._seeds import derived_seed
from keras_gan._types import FloatArray, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.training.examples import Example, each
from keras_gan.training.finite_weights import broken_weights


class InBatches:
    """Outputs of a network for many rows, float32, by this process alone.

    `keras.Model.predict` divides rows among the workers of a strategy and waits for all
    of them, so that a chief could not sample by itself.

    Args:
        network: function of an example, called for a part of its rows at once.
    """

    def __init__(self, network: Callable[[Example], Tensor]) -> None:
        # TensorFlow counts the traces of one code, whose ever they are, and warns of
        # many: those of a partial object are its own.
        outputs_of = functools.partial(_outputs, network)
        self._outputs_of = tf.function(outputs_of, reduce_retracing=True)

    def __call__(self, example: Example, batch_size: int) -> FloatArray:
        """Returns the outputs for an example, computed `batch_size` rows at once."""
        example = each(tf.convert_to_tensor, example)
        total = len(next(iter(example.values())))
        batches = [
            self._outputs_of(_rows(example, start, start + batch_size)).numpy()
            for start in range(0, total, batch_size)
        ]
        return np.concatenate(batches)


def _outputs(network: Callable[[Example], Tensor], example: Example) -> Tensor:
    return tf.cast(network(example), tf.float32)


def _rows(example: Example, start: int, stop: int) -> Example:
    return each(lambda entry: entry[start:stop], example)


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


def warn_of_lost_samples(images: FloatArray, generator: keras.Model) -> None:
    """Warns of samples, or weights of their generator, that are not finite."""
    broken = broken_weights(generator)  # rectifiers may hide them from the images
    num_lost = int((~np.isfinite(images).reshape(len(images), -1).all(axis=1)).sum())
    if broken or num_lost:
        warnings.warn(
            f"The generator is lost: {num_lost} of {len(images)} images that it drew "
            f"are not finite, weights that are not: {broken or 'none'}",
            stacklevel=3,
        )
