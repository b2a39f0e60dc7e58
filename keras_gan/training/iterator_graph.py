"""A function of a dataset's iterator, with little Python around each call."""

import weakref
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_gan._types import Tensor

Results = dict[str, Tensor]


class IteratorGraph:
    """Calls a function of an iterator by its graph.

    TensorFlow looks up the right graph by the iterator's type at each call; here it is
    looked up once for each iterator.

    Args:
        function: of a `tf.data.Iterator`, returns results by name.
    """

    def __init__(self, function: Callable[[Any], Results]) -> None:
        self._function = tf.function(function, autograph=False, reduce_retracing=True)
        self._iterator: Callable[[], Any] = lambda: None
        self._graph: Any = None

    def __call__(self, iterator: tf.data.Iterator) -> Results:
        """Returns the results; raises `StopIteration` where the data end."""
        if iterator is not self._iterator():
            self._graph = self._function.get_concrete_function(iterator)
            self._iterator = weakref.ref(iterator)  # its data end with the training
        try:
            found: Results = self._graph(iterator)
        except tf.errors.OutOfRangeError as error:
            raise StopIteration from error
        return found
