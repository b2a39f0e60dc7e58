"""Arrays to `tf.data`, in an order that a resumed run sees again."""

import dataclasses
import gc
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from keras_gan._types import Array, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.datasets.as_written import as_written
from keras_gan.datasets.dataset import Split

# From here on looking for the copies of earlier pipelines costs less than one of them.
_MANY_BYTES = 2**25
_OTHER_ORDER = 2**32  # tells the key of rows in turn from every seed below 2^31


@dataclasses.dataclass(frozen=True)
class Repeated:
    """Arrays of which one epoch of `GAN.fit` makes several passes, and no copy.

    Use it where one pass over few images is too short to report on. The rows of all
    passes are shuffled together, as those of `np.tile(images, num_passes)` would be.

    Args:
        arrays: data as an array, a dict of arrays by name or a `Split`, as `fit` takes
            them.
        num_passes: int, at least 1.

    Raises:
        ValueError: if `num_passes` is below 1.

    Example:
    ```python
    gan.fit(kg.datasets.Repeated(data.train, num_passes=10), batch_size=50, epochs=40)
    ```
    """

    arrays: Array | Mapping[str, Array] | Split
    num_passes: int

    def __post_init__(self) -> None:
        check_positive_integer("num_passes", self.num_passes)


@dataclasses.dataclass(frozen=True)
class InTurn:
    """Some rows of an array, over and over, beside longer arrays; no copy is made.

    The k-th row that an epoch deals is the k-th of them, counted round and round, in an
    order that each epoch shuffles: a minibatch as long as they are holds each once.
    Without shuffling, an epoch goes on where the one before stopped.

    Args:
        array: array or tensor.
        rows: integer array, numbers of rows, in ascending order.
        length: int, rows of the arrays that they go with.
    """

    array: Array
    rows: Array
    length: int

    def __post_init__(self) -> None:
        if not len(self.rows):
            raise ValueError(
                f"There must be at least one labelled row among {self.length}. "
                "Received: none"
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array that they would fill."""
        return (self.length, *self.array.shape[1:])

    @property
    def dtype(self) -> Any:
        """Dtype of the array."""
        return self.array.dtype

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, part: slice) -> "InTurn":
        start, stop, _ = part.indices(self.length)
        rows = self.rows[(self.rows >= start) & (self.rows < stop)]
        return InTurn(self.array, rows, stop - start)


def shuffled_batches(
    arrays: Sequence[Tensor],
    batch_size: int,
    seed: int,
    epoch: Tensor = 0,
    shuffle: bool = True,
    num_passes: int = 1,
) -> tf.data.Dataset:
    """Batches of aligned arrays, in an order that depends on (seed, epoch) alone.

    Each reading of the dataset draws a fresh permutation. Its key is read when it
    begins, so with a variable as `epoch` one dataset serves a whole training run, and a
    run that resumes in epoch 7 sees the order of epoch 7. The last batch may be short.

    Args:
        arrays: sequence of arrays, tensors or `InTurn` with the same first axis,
            e.g. `(images,)` or `(images, labels)`.
        batch_size: int, at least 1. Rows in a batch.
        seed: int, key of the run.
        epoch: int or scalar integer `tf.Variable`, key of the order. Defaults to `0`.
        shuffle: bool; `False` keeps the given order. Defaults to `True`.
        num_passes: int, at least 1: how often each row comes in one reading.
            Defaults to `1`.

    Returns:
        dataset: `tf.data.Dataset` of tuples, one entry for each array, with known
        cardinality `ceil(num_passes * num_rows / batch_size)`.

    Raises:
        ValueError: if `arrays` differ in length, or `batch_size` or `num_passes` is
            below 1.

    Example:
    >>> epoch = tf.Variable(0)
    >>> batches = shuffled_batches((tf.range(5),), 2, seed=0, epoch=epoch)
    >>> first = [row for (batch,) in batches for row in batch.numpy().tolist()]
    >>> sorted(first)
    [0, 1, 2, 3, 4]
    """
    check_positive_integer("batch_size", batch_size)
    check_positive_integer("num_passes", num_passes)
    check_seed("seed", seed)
    length, dealers = _one_length(arrays), _dealers(arrays)
    num_rows = num_passes * length
    num_batches = -(-num_rows // batch_size)

    def order_of(rows: Tensor, draw: int) -> Tensor:
        if not shuffle:
            return rows
        key = tf.stack([tf.cast(seed, tf.int64) + draw, tf.cast(epoch, tf.int64)])
        return tf.random.experimental.stateless_shuffle(rows, seed=key)

    @tf.autograph.experimental.do_not_convert
    def rows_in_order(_: Tensor) -> tuple[Tensor, ...]:
        rows = order_of(tf.range(num_rows) % length, 0)
        return rows, *(turns_of(dealer) for dealer in dealers)

    def turns_of(dealer: _Dealer) -> Tensor:
        count = dealer.turns.shape[0]
        if shuffle or not count:
            return order_of(dealer.turns, _OTHER_ORDER)
        dealt = tf.cast(epoch, tf.int64) * num_rows % count
        return tf.roll(dealer.turns, -dealt, axis=0)

    @tf.autograph.experimental.do_not_convert
    def batches_of(rows: Tensor, *turns: Tensor) -> tf.data.Dataset:
        def batch(index: Tensor) -> tuple[Tensor, ...]:
            start, stop = index * batch_size, (index + 1) * batch_size
            taken = rows[start:stop]
            places = tf.range(start, start + tf.shape(taken)[0])
            return tuple(
                dealer.deal(taken, places, order)
                for dealer, order in zip(dealers, turns, strict=True)
            )

        return tf.data.Dataset.range(num_batches, output_type=tf.int32).map(batch)

    one_pass = tf.data.Dataset.from_tensors(0).map(rows_in_order).flat_map(batches_of)
    known = one_pass.apply(tf.data.experimental.assert_cardinality(num_batches))
    return as_written(known)


def _one_length(arrays: Sequence[Any]) -> int:
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1:
        raise ValueError(f"`arrays` must have one length. Received: lengths={lengths}")
    return lengths[0]


class _Dealer(NamedTuple):
    """Gives the rows of one array to a batch.

    Args:
        tensor: all rows.
        turns: integers, the rows that are dealt in turn; empty where the order of the
            epoch is asked.
    """

    tensor: Tensor
    turns: Tensor

    def deal(self, taken: Tensor, places: Tensor, order: Tensor) -> Tensor:
        """Returns the rows of a batch: those taken, or those whose turn it is."""
        if self.turns.shape[0]:
            taken = tf.gather(order, places % self.turns.shape[0])
        return tf.gather(self.tensor, taken)


def _dealers(arrays: Sequence[Any]) -> list[_Dealer]:
    tensors: dict[int, Tensor] = {}  # of arrays that several entries share: one copy

    def dealer_of(array: Any) -> _Dealer:
        rows = array.rows if isinstance(array, InTurn) else ()
        whole = array.array if isinstance(array, InTurn) else array
        if id(whole) not in tensors:
            tensors[id(whole)] = _as_tensor(whole)
        return _Dealer(tensors[id(whole)], tf.constant(rows, tf.int32))

    return [dealer_of(array) for array in arrays]


def _as_tensor(array: Tensor) -> Tensor:
    """One copy in the host's memory; `convert_to_tensor` would hold two of them.

    It copies so that nobody can change the tensor through the array, and again because
    NumPy seldom aligns rows as TensorFlow needs them.
    """
    if tf.is_tensor(array):
        return array
    if array.nbytes >= _MANY_BYTES:
        gc.collect()  # functions of `tf.data` keep theirs in a circle of references
    with tf.device("CPU:0"):
        return tf.raw_ops.Identity(input=array)
