"""What `GAN.fit` makes of the data that it is given."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import GeneratorType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Shape, Tensor
from keras_gan.datasets.pipeline import InTurn
from keras_gan.training.batch_checks import (
    BatchCheck,
    CheckedBatches,
    checked_batches,
    dealt_batch,
    quoted_complaint,
)
from keras_gan.training.data_checks import (
    OF_ANOTHER_SIZE,
    check_batch_size,
    check_batched,
    check_data_shape,
    check_integers,
    far_out,
    in_classes,
    is_near,
    no_rows,
    not_finite,
    scale_first,
    unlike_rows,
)
from keras_gan.training.examples import Entries, Shares, check_floats

# Of data whose rank the dataset does not state.
_SHAPES = re.compile(
    r"tensor \S+ (\[.*?\]) is not compatible with expected shape (\[.*?\])"
)
_NAMED = re.compile(r"All (\S+) must")
_NO_ROWS = re.compile(r"\[(A batch must bring a row of .*?)\]")
_ROWS = re.compile(r"\[(A batch must bring as many .*?)\] \[(\d+)\] \[(\d+)\]")
_CLASSES = re.compile(r"\[(`(\w+)` must lie in 0 to .*?)\] \[(-?\d+)\] \[(-?\d+)\]")
_SIZES = re.compile(re.escape(f"[{OF_ANOTHER_SIZE}]") + r" (\[.*?\]) (\[.*?\])")


class EpochClock(keras.callbacks.Callback):
    """Counts completed epochs in the model and tells the pipeline the current one.

    Args:
        tell: function that tells the pipeline the number of the epoch, or `None` where
            its order is its own. Defaults to `None`.
    """

    def __init__(self, tell: Callable[[int], Any] | None = None) -> None:
        super().__init__()
        self._tell = tell

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Shows the pipeline how many epochs are done."""
        # Read now: BackupAndRestore has restored the counter by this time.
        if self._tell is not None:
            self._tell(int(self.model.epochs_completed.numpy()))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Counts the epoch before any other callback saves the model."""
        self.model.epochs_completed.assign_add(1)


def is_array(x: Any) -> bool:
    """Whether `x` lies in memory as one array or tensor."""
    return isinstance(x, np.ndarray | InTurn) or tf.is_tensor(x)


def named_batches(names: Iterable[str], batches: tf.data.Dataset) -> tf.data.Dataset:
    """Batches of several arrays as dicts; those of one are left as they are."""
    names = tuple(names)
    if len(names) == 1:
        return batches

    @tf.autograph.experimental.do_not_convert
    def named(*entries: Tensor) -> dict[str, Tensor]:
        return dict(zip(names, entries, strict=True))

    return batches.map(named)


def checked_dataset(
    dataset: Any,
    entries: Entries,
    data_shape: Shape,
    multiple: int,
    reachable: tuple[float, float] | None,
    num_classes: Mapping[str, int],
) -> Any:
    """A user's dataset as the needed entries, checked; other kinds as they are.

    Args:
        dataset: `tf.data.Dataset`, `keras.utils.PyDataset` or generator, of data, of
            `(data, labels)`, or of dicts of entries.
        entries: `Entries` that are needed.
        data_shape: tuple, shape of one row that is generated.
        multiple: int, that must divide the rows of an element whose size is known.
        reachable: pair of floats, the generator's range, or `None`. Values that miss it
            by more than its width, as 0 to 255 do, stop the training.
        num_classes: dict from the entries that are classes to how many there are.

    Raises:
        ValueError: if the dataset is empty, states another shape, no batches or an
            unfit batch size, or lacks an entry.
        TypeError: if it states that the data are no floats, or classes no integers.
    """
    check = BatchCheck(entries, data_shape, multiple, reachable, num_classes)
    if _num_batches(dataset) == 0:
        raise ValueError(
            f"A dataset must bring batches of {entries.data}. Received: an empty one, "
            f"{dataset}"
        )
    if not isinstance(dataset, tf.data.Dataset):
        return checked_batches(dataset, check)
    _check_spec(dataset.element_spec, check)

    @tf.autograph.experimental.do_not_convert
    def needed(*element: Any) -> dict[str, Tensor]:
        example = entries.of(element)
        data = example[entries.data]
        if data.shape.rank is None:  # as of `from_generator` without a signature
            data = tf.ensure_shape(data, (None, *data_shape))
        data = _checked(entries.data, data, reachable)
        others = {
            name: _checked(name, entry, reachable)
            if name in entries.alike
            else told(name, entry, num_classes.get(name))
            for name, entry in example.items()
            if name != entries.data
        }
        return _of_as_many({entries.data: data, **others}, entries)

    return dataset.map(needed).prefetch(tf.data.AUTOTUNE)


def _num_batches(dataset: Any) -> Any:
    """Batches of an epoch; `None`, or below 0, where nobody knows."""
    if isinstance(dataset, tf.data.Dataset):
        return dataset.cardinality()
    return getattr(dataset, "num_batches", None)


def _of_as_many(example: dict[str, Tensor], entries: Entries) -> dict[str, Tensor]:
    """An example, refused where an entry has another number of rows than the data."""
    data = example[entries.data]
    checks = [
        tf.debugging.Assert(
            tf.equal(tf.shape(entry)[0], tf.shape(data)[0]),
            [unlike_rows(name, entries.data), tf.shape(entry)[0], tf.shape(data)[0]],
        )
        for name, entry in example.items()
        if name != entries.data and name not in entries.apart and tf.is_tensor(entry)
    ]
    checks += [
        tf.debugging.Assert(tf.shape(example[name])[0] > 0, [no_rows(name)])
        for name in entries.apart
        if tf.is_tensor(example.get(name))
    ]
    with tf.control_dependencies(checks):
        return {**example, entries.data: tf.identity(data)}


def _check_spec(element: Any, check: BatchCheck) -> None:
    specs = check.entries.of(element)
    for name in check.num_classes:
        if hasattr(specs.get(name), "dtype"):
            check_integers(name, specs[name].dtype)
    for name in (check.entries.data, *check.entries.alike):
        if name in specs:
            _check_data_spec(name, specs[name], check)


def _check_data_spec(name: str, spec: Any, check: BatchCheck) -> None:
    check_floats(name, spec.dtype)
    if spec.shape.rank is not None:
        check_batched(spec.shape, check.data_shape)
        check_data_shape(tuple(spec.shape[1:]), check.data_shape)
        if spec.shape[0] is not None and name == check.entries.data:
            check_batch_size(spec.shape[0], check.multiple)


def _finite(name: str, entry: Any) -> Any:
    if not tf.is_tensor(entry) or not entry.dtype.is_floating:
        return entry
    return tf.debugging.check_numerics(entry, not_finite(name))


def told(name: str, entry: Any, num_classes: int | None) -> Any:
    """An entry of a batch besides the data, refused where it is not finite or no class.

    Args:
        name: str, of the entry.
        entry: tensor; what is none is returned as it is.
        num_classes: int, or `None` where it numbers none that are known.
    """
    entry = _finite(name, entry)
    if num_classes is None or not tf.is_tensor(entry):
        return entry
    classes = tf.cast(entry, tf.int64)
    fit = tf.reduce_all((classes >= 0) & (classes < num_classes))
    extremes = [tf.reduce_min(classes), tf.reduce_max(classes)]
    check = tf.debugging.Assert(fit, [in_classes(name, num_classes), *extremes])
    with tf.control_dependencies([check]):
        return tf.identity(entry)


def _checked(name: str, data: Tensor, reachable: tuple[float, float] | None) -> Tensor:
    data = _finite(name, data)
    if reachable is None:
        return data
    extremes = [tf.reduce_min(data), tf.reduce_max(data)]
    near = tf.reduce_all(is_near(reachable, data))
    check = tf.debugging.Assert(near, [far_out(name), *extremes])
    with tf.control_dependencies([check]):
        return tf.identity(data)


def with_equal_shares(dataset: Any, entries: Entries, shares: Shares) -> Any:
    """A dataset whose elements are dealt to replicas, to each as many rows.

    A strategy would leave a replica without a row of the last, short batch, and the
    mean of nothing is NaN. The batch's first rows are shown twice instead. It also
    gives each replica rows that follow each other, of which the minibatches of a step
    would be others than those of one device.
    """
    if shares.replicas == 1:
        return dataset
    if isinstance(dataset, CheckedBatches):
        return dataset.in_shares(shares)
    if isinstance(dataset, GeneratorType):
        return (dealt_batch(batch, shares) for batch in dataset)
    if not isinstance(dataset, tf.data.Dataset):
        return dataset

    @tf.autograph.experimental.do_not_convert
    def full(*element: Any) -> Any:
        return shares.deal(entries.of(element))

    return dataset.map(full)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turns what stops the pipeline into the errors that arrays get at once."""
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        complaint = quoted_complaint(str(error))
        if complaint is not None:
            raise complaint from error
        sizes = _SIZES.search(str(error))
        if sizes is not None:
            raise ValueError(
                f"{OF_ANOTHER_SIZE} Received: data of shape {sizes[1]}, and "
                f"{sizes[2]} made."
            ) from error
        shapes = _SHAPES.search(str(error))
        if shapes is not None:
            raise ValueError(
                "Batches of the dataset must have the shape of what is generated, "
                f"{shapes[2]}. Received: {shapes[1]}"
            ) from error
        classes = _CLASSES.search(str(error))
        if classes is not None:
            raise ValueError(
                f"{classes[1]} Received: {classes[2]} from {classes[3]} to "
                f"{classes[4]} in a batch of the dataset."
            ) from error
        without = _NO_ROWS.search(str(error))
        if without is not None:
            raise ValueError(f"{without[1]} Received: none") from error
        rows = _ROWS.search(str(error))
        if rows is not None:
            raise ValueError(f"{rows[1]} Received: {rows[2]} for {rows[3]}") from error
        found = _NAMED.search(str(error))
        name = found[1] if found else ""
        if not_finite(name) in str(error):
            raise ValueError(
                f"{not_finite(name)} Received: NaN or infinity in a batch of the "
                "dataset."
            ) from error
        if far_out(name) in str(error):
            raise ValueError(
                f"{far_out(name)} Received: a batch of the dataset far outside of it. "
                f"{scale_first(name)}"
            ) from error
        raise
