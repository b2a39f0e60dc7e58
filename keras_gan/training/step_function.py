"""The compiled training step of one device, called with little Python around it.

Keras wraps the results of each step into an optional value, which takes longer to open
than the whole step of a small game. Here the results are returned as they are.
"""

from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from keras_gan._replicas import without_strategy
from keras_gan.training.iterator_graph import IteratorGraph, Results


def suits(model: Any) -> bool:
    """Whether a model's step may be called so: compiled, one at once, on one device."""
    return not (
        model.run_eagerly
        or model.steps_per_execution > 1
        or not without_strategy(model.distribute_strategy)
    )


class StepFunction:
    """Makes the training step on the next element of an iterator.

    Args:
        step: function of one element of the data that returns results by name.
        jit_compile: bool, whether XLA compiles it.
    """

    def __init__(self, step: Callable[[Any], Results], jit_compile: bool) -> None:
        self._step = tf.function(
            step, jit_compile=jit_compile, autograph=False, reduce_retracing=True
        )
        self._step_on_iterator = IteratorGraph(self._next_step)

    def _next_step(self, iterator: Any) -> Results:
        element = next(iterator)
        # Else the counters of a step would move where the data have ended.
        with tf.control_dependencies([tf.group(*tf.nest.flatten(element))]):
            return self._step(element)

    def __call__(self, iterator: Iterator[Any]) -> Results:
        """Returns the results of one step; `StopIteration` where the data end."""
        if not isinstance(iterator, tf.data.Iterator):  # `train_on_batch`
            return self._step(next(iterator))
        if tf.config.functions_run_eagerly():
            return self._next_step(iterator)
        return self._step_on_iterator(iterator)
