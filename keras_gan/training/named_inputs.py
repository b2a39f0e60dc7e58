"""A network receives the entries of an example that it names as inputs."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Shape, Tensor
from keras_gan.training.class_counts import class_count
from keras_gan.training.examples import Example

# What an axis of any size has where a network is tried: it can be halved six times.
TRIAL_SIZE = 64


class NamedInputs:
    """A network that is called with examples.

    Args:
        network: `keras.Model`. One with several inputs must name them: with
            `keras.Input(shape, name="labels")`. One with a single input needs no name,
            and a subclass has a single one.
        default: str, name of what a single input receives.
    """

    def __init__(self, network: keras.Model, default: str) -> None:
        self.network = network
        self._tensors = list(getattr(network, "inputs", None) or [])
        several = len(self._tensors) > 1
        self.names = tuple(one.name for one in self._tensors) if several else (default,)

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names that the inputs bear, which those of a subclass do not."""
        return tuple(one.name for one in self._tensors)

    def __call__(self, example: Example, training: bool = False) -> Any:
        """Returns the outputs for the entries that the network names."""
        return self.network(self.chosen(example), training=training)

    def chosen(self, example: Example) -> Any:
        """The entries that the network names, in the structure of its inputs."""
        if not isinstance(example, Mapping) or any(
            name not in example for name in self.names
        ):
            brought = sorted(example) if isinstance(example, Mapping) else type(example)
            raise ValueError(
                f"An example must be a dict of tensors with {list(self.names)}. "
                f"Received: {brought}"
            )
        entries = [example[name] for name in self.names]
        if len(entries) == 1:
            return entries[0]
        return keras.tree.pack_sequence_as(self.network.input, entries)

    def dtype_of(self, name: str) -> tf.DType | None:
        """Dtype that the network states for an entry, `None` where it states none."""
        stated = dict(zip(self.names, self._tensors, strict=False))
        return tf.as_dtype(stated[name].dtype) if name in stated else None

    def class_counts(self) -> dict[str, int]:
        """How many classes the network tells apart of integer entries, by name.

        Keras takes -1 for the last one, or for none: "unknown" would be learned.
        """
        integers = {
            name: tensor
            for name, tensor in zip(self.names, self._tensors, strict=False)
            if tf.as_dtype(tensor.dtype).is_integer
        }
        counts = {
            name: class_count(self.network, tensor) for name, tensor in integers.items()
        }
        return {name: count for name, count in counts.items() if count is not None}

    def row_shapes(self) -> dict[str, Shape]:
        """Shapes of one row of each entry that the network states, by name.

        An axis of any size is `None`.
        """
        stated = zip(self.names, self._tensors, strict=False)
        return {name: tuple(tensor.shape[1:]) for name, tensor in stated}

    def zeros(self, num_rows: int, shapes: dict[str, Shape]) -> dict[str, Tensor]:
        """An example of zeros that the network should accept.

        Args:
            num_rows: int.
            shapes: of entries whose rows have a shape of their own, by name; others
                have the shape and dtype of the network's inputs.
        """
        declared = dict(zip(self.names, self._tensors, strict=False))
        entries = {}
        for name in self.names:
            if name in shapes:
                entries[name] = tf.zeros((num_rows, *shapes[name]))
            else:
                tensor = declared[name]
                axes = [size or TRIAL_SIZE for size in tensor.shape[1:]]
                entries[name] = tf.zeros((num_rows, *axes), tensor.dtype)
        return entries


def narrowed(shape: Shape, other: Shape) -> Shape:
    """A shape whose open sizes, `None`, are those of another with as many axes."""
    if len(shape) != len(other):
        return shape
    return tuple(
        size if size is not None else more
        for size, more in zip(shape, other, strict=True)
    )
