"""Examples: what a batch brings and what a network judges, tensors by name.

Every entry has the batch's rows along its first axis.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from keras_gan._types import Shape, Tensor

Example = Mapping[str, Tensor]

IMAGES, LABELS, LATENTS = "images", "labels", "latents"
LOGITS, CLASSES = "logits", "classes"  # what a discriminator says


class Entries(NamedTuple):
    """Which entries of a batch the networks, the game and its terms need.

    Args:
        data: name of what the generator makes, and of data that come without a name.
        needed: names of all, that of the data among them.
        row_shapes: of entries that a network states a shape for, by name.
        optional: names of entries that are taken where they are brought.
            Defaults to `()`.
        alike: names of entries that are rows of data, too. Defaults to `()`.
        apart: names of entries that terms alone read, of which there may be another
            number. Defaults to `()`.
    """

    data: str
    needed: Sequence[str]
    row_shapes: Mapping[str, Shape]
    optional: Sequence[str] = ()
    alike: Sequence[str] = ()
    apart: Sequence[str] = ()

    def of(self, element: Any) -> dict[str, Any]:
        """The needed entries of one element of the data; others are passed over.

        Args:
            element: data, a dict of entries, or a tuple of either and labels.

        Raises:
            ValueError: if an entry is missing.
        """
        brought = self.brought(element)
        missing = [name for name in self.needed if name not in brought]
        if missing:
            raise ValueError(
                f"The networks, the game or its terms name {missing}, which the data "
                f"do not bring. Received: {sorted(brought)}. Pass a dict with all of "
                f"{list(self.needed)}, as fit({{{self.data!r}: …, …}})."
            )
        check_floats(self.data, getattr(brought[self.data], "dtype", tf.float32))
        names = dict.fromkeys([*self.needed, *self.optional])
        return {name: brought[name] for name in names if name in brought}

    def brought(self, element: Any) -> dict[str, Any]:
        """All that an element brings, by name."""
        parts = element if isinstance(element, tuple | list) else (element,)
        first, labels, weights = (*parts, None, None)[:3]
        if weights is not None:
            raise ValueError(
                "Rows have no weights in the adversarial game: every one counts once. "
                "Received: a third part, sample_weight; leave it out."
            )
        entries = dict(first) if isinstance(first, Mapping) else {self.data: first}
        if labels is not None and LABELS in entries:
            raise ValueError(
                f"{LABELS!r} must be given once. Received: an entry of that name and "
                "labels beside the dict; leave one of them out."
            )
        if labels is not None:
            entries[LABELS] = labels
        return {
            name: as_stated(entry, self.row_shapes.get(name))
            for name, entry in entries.items()
        }


def check_floats(name: str, dtype: Any) -> None:
    """Raises unless data are floats."""
    dtype = tf.as_dtype(dtype)
    if not dtype.is_floating:
        raise TypeError(
            f"All {name} must be floats in the generator's range. Received: "
            f"dtype={dtype.name}. Convert and scale them first."
        )


def as_stated(entry: Any, row_shape: Shape | None) -> Any:
    """An entry with one number a row in the shape that a network states.

    Keras's networks take `[num]` for `[num, 1]` and the reverse; terms and subclasses
    would broadcast one against the other.

    Args:
        entry: array or tensor; anything else is returned as it is.
        row_shape: tuple, `()` or `(1,)`; other entries are returned as they are.
    """
    if not (isinstance(entry, np.ndarray) or tf.is_tensor(entry)):
        return entry
    rank = tf.TensorShape(entry.shape).rank
    if row_shape == (1,) and rank == 1:
        return entry[:, None]
    if row_shape == () and rank == 2 and entry.shape[1] == 1:
        return entry[:, 0]
    return entry


def num_rows(example: Example) -> Tensor:
    """Rows of an example whose number is known only when it comes."""
    return tf.shape(next(iter(example.values())))[0]


def each(function: Callable[[Tensor], Any], example: Example) -> dict[str, Any]:
    """What a function makes of each entry."""
    return {name: function(entry) for name, entry in example.items()}


def filled(total: Any, multiple: int, arange: Any = tf.range) -> Any:
    """Indices of all rows, then of the first ones, up to a multiple.

    Args:
        total: int, or integer scalar, rows that there are.
        multiple: int.
        arange: `tf.range` or `numpy.arange`. Defaults to `tf.range`.
    """
    return arange(-(-total // multiple) * multiple) % total


def full_rows(example: Example, multiple: int) -> Example:
    """An example with its first rows repeated until `multiple` divides their number."""
    if multiple == 1:
        return example
    return each(
        lambda entry: tf.gather(entry, filled(tf.shape(entry)[0], multiple)), example
    )


class Shares(NamedTuple):
    """How replicas share the rows of a step.

    Args:
        replicas: int, that get a share, one after the other.
        minibatches: int, into which each divides its share.
        multiple: int, that divides the rows of a replica's minibatch.
    """

    replicas: int
    minibatches: int
    multiple: int

    @property
    def divisor(self) -> int:
        """What the rows of a step must be a multiple of."""
        return self.replicas * self.minibatches * self.multiple

    def of(self, rows: Any, library: Any = np) -> Any:
        """Indices in the order of replicas, so that minibatches are those of one.

        Args:
            rows: ints `[num_rows]`, a multiple of `divisor`.
            library: `numpy` or `tensorflow`. Defaults to `numpy`.
        """
        by_minibatch = library.reshape(rows, (self.minibatches, self.replicas, -1))
        return library.reshape(library.transpose(by_minibatch, (1, 0, 2)), (-1,))

    def deal(self, example: Example) -> Example:
        """An example as replicas take it; its first rows fill up the last share."""

        def dealt(entry: Tensor) -> Tensor:
            rows = filled(tf.shape(entry)[0], self.divisor)
            return tf.gather(entry, self.of(rows, tf))

        return each(dealt, example)


def never_empty(example: Example) -> Example:
    """An example, or one row of zeros where a strategy left this replica none."""

    def filled(entry: Tensor) -> Tensor:
        spare = tf.zeros(tf.concat([[1], tf.shape(entry)[1:]], axis=0), entry.dtype)
        return tf.concat([entry, spare], axis=0)[: tf.maximum(tf.shape(entry)[0], 1)]

    return each(filled, example)


def judged_rows(example: Example, multiple: int) -> tuple[Example, Tensor]:
    """Rows as a step judges them, never none and in whole packs, and how many came."""
    return full_rows(never_empty(example), multiple), num_rows(example)


def divide(example: Example, count: int, multiple: int = 1) -> list[Example]:
    """Divides the rows of one step into `count` minibatches that share no row.

    The last, short batch of an epoch wraps around where `count` or `multiple`, which
    divides the rows of every minibatch, does not divide it.
    """
    if count == 1 and multiple == 1:
        return [example]
    parts = each(
        lambda entry: tf.split(entry, count), full_rows(example, count * multiple)
    )
    return [{name: parts[name][index] for name in parts} for index in range(count)]
