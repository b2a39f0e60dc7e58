"""Several training steps in one compiled program, for `steps_per_execution`.

Keras runs the compiled step so many times from a loop of TensorFlow's, which looks at
each weight again at every step: on a GPU that takes longer than the whole step of a
small game. Here the minibatches are collected first, and XLA compiles the loop itself.
"""

from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from keras_gan._replicas import without_strategy
from keras_gan._types import Tensor
from keras_gan.training.iterator_graph import IteratorGraph, Results


def suits(model: Any) -> bool:
    """Whether a model's steps may be made so: several, compiled, on one GPU.

    On a processor the steps themselves take the time, and in a program of many the
    sums of larger networks were seen to round otherwise.
    """
    return (
        model.steps_per_execution > 1
        and model.jit_compile is True
        and not model.run_eagerly
        and without_strategy(model.distribute_strategy)
        and bool(tf.config.list_logical_devices("GPU"))
    )


def of_one_shape(iterator: Any) -> bool:
    """Whether minibatches of these data differ in nothing but their rows."""
    return isinstance(iterator, tf.data.Iterator) and all(
        isinstance(spec, tf.TensorSpec)
        and spec.shape.rank
        and spec.shape[1:].is_fully_defined()
        for spec in tf.nest.flatten(iterator.element_spec)
    )


class SeveralSteps:
    """Makes several training steps on the next elements of an iterator.

    Args:
        step: function of one element of the data that returns scalars by name.
        num_steps: int, at least 2, steps of one call; where the data end before, those
            that are left.
        otherwise: function of an iterator, called for data that do not suit.
    """

    def __init__(
        self,
        step: Callable[[Any], Results],
        num_steps: int,
        otherwise: Callable[[Any], Results],
    ) -> None:
        self._num_steps, self._otherwise = num_steps, otherwise
        self._step = tf.function(step, jit_compile=True, autograph=False)
        self._all_steps = tf.function(
            self._step_on_each, jit_compile=True, autograph=False
        )
        self._steps_on_iterator = IteratorGraph(self._next_steps)

    def __call__(self, iterator: Iterator[Any]) -> Results:
        """Returns the results of the last step; `StopIteration` where the data end."""
        if tf.config.functions_run_eagerly() or not of_one_shape(iterator):
            return self._otherwise(iterator)
        return self._steps_on_iterator(iterator)

    def _next_steps(self, iterator: Any) -> Results:
        rows, arrays = self._collected(iterator)

        def packed(values: list[Tensor]) -> Any:
            return tf.nest.pack_sequence_as(iterator.element_spec, values)

        with tf.device("CPU:0"):  # what decides is read there
            num_steps = tf.size(rows)
            regular = tf.logical_and(
                tf.equal(num_steps, self._num_steps),
                tf.reduce_all(tf.equal(rows, rows[0])),
            )
        return tf.cond(
            regular,
            lambda: self._all_steps(packed([array.stack() for array in arrays])),
            lambda: self._loop(
                num_steps, lambda index: packed([one.read(index) for one in arrays])
            ),
        )

    def _collected(self, iterator: Any) -> tuple[Tensor, list[tf.TensorArray]]:
        """Rows of each of the next minibatches, and their arrays."""

        def body(index: Tensor, rows: Any, arrays: Any, following: Any) -> Any:
            values = tf.nest.flatten(following.get_value())
            rows = rows.write(index, tf.shape(values[0])[0])
            arrays = [
                one.write(index, v) for one, v in zip(arrays, values, strict=True)
            ]
            return index + 1, rows, arrays, self._following(iterator, index + 1)

        with tf.device("CPU:0"):  # one copy to the GPU in place of many
            rows = self._array(tf.TensorSpec([], tf.int32))
            arrays = [*map(self._array, tf.nest.flatten(iterator.element_spec))]
            first = tf.experimental.Optional.from_value(
                next(iterator)  # raises where the data ended
            )
            _, rows, arrays, _ = tf.while_loop(
                lambda index, rows, arrays, following: following.has_value(),
                body,
                (tf.constant(0), rows, arrays, first),
            )
            return rows.stack(), arrays

    def _array(self, spec: tf.TensorSpec) -> tf.TensorArray:
        return tf.TensorArray(
            spec.dtype,
            size=0,
            dynamic_size=True,
            infer_shape=False,
            element_shape=spec.shape,
        )

    def _following(self, iterator: Any, index: Any) -> Any:
        """The next element where one more is asked for."""
        return tf.cond(
            tf.less(index, self._num_steps),
            iterator.get_next_as_optional,
            lambda: tf.experimental.Optional.empty(iterator.element_spec),
        )

    def _step_on_each(self, minibatches: Any) -> Results:
        """Steps on elements that lie behind each other along a first axis."""
        return self._loop(
            self._num_steps,
            lambda index: tf.nest.map_structure(lambda one: one[index], minibatches),
        )

    def _loop(self, num_steps: Any, element_at: Callable[[Any], Any]) -> Results:
        """The results of the last of so many steps."""

        def body(index: Tensor, results: Results) -> tuple[Tensor, Results]:
            return index + 1, self._step(element_at(index))

        return tf.while_loop(
            lambda index, results: index < num_steps,
            body,
            (tf.constant(0), self._no_results(element_at(0))),
            maximum_iterations=num_steps,
        )[1]

    def _no_results(self, element: Any) -> Results:
        """Zeros in the place of results, from which a loop can begin."""
        specs = tf.nest.map_structure(tf.TensorSpec.from_tensor, element)
        found = self._step.get_concrete_function(specs).structured_outputs
        return tf.nest.map_structure(lambda one: tf.zeros(one.shape, one.dtype), found)
