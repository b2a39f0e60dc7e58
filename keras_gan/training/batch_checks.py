"""Batches of a `PyDataset` or a generator, checked as Keras asks for them."""

import re
import types
from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import numpy as np

from keras_gan._types import Shape
from keras_gan.training.data_checks import (
    check_batch_size,
    check_batched,
    check_finite_entry,
    check_in_classes,
    check_integers,
    far_out,
    finite_range,
    is_near,
    no_rows,
    scale_first,
    unlike_rows,
)
from keras_gan.training.examples import Entries, Shares, filled

_COMPLAINT = re.compile(r"(TypeError|ValueError): (Batch \d+ of the dataset: [^\n]*)")


class BatchCheck(NamedTuple):
    """What each batch has to be; it is pickled where batches come from processes.

    Args:
        entries: `Entries` that are needed.
        data_shape: tuple, shape of one row that is generated.
        multiple: int, that must divide the rows of the first batch; a last one may be
            short.
        reachable: pair of floats, the generator's range, or `None` for any.
        num_classes: dict from the entries that are classes to how many there are.
    """

    entries: Entries
    data_shape: Shape
    multiple: int
    reachable: tuple[float, float] | None
    num_classes: Mapping[str, int]

    def needed(self, batch: Any, index: int) -> Any:
        """Returns the needed entries, as Keras takes them; raises unless they are fit.

        Args:
            batch: data, a dict of entries, or a tuple or list that begins with them.
            index: int, of the batch; messages name it.
        """
        try:
            example = self.entries.of(batch)
            self._check_not_empty(example)
            for name, entry in example.items():
                if name in (self.entries.data, *self.entries.alike):
                    self._check(name, entry)
                elif hasattr(entry, "dtype"):
                    self._check_told(name, entry)
            self._check_rows(example)
            if index == 0:
                check_batch_size(len(example[self.entries.data]), self.multiple)
        except (TypeError, ValueError) as error:
            message = f"Batch {index} of the dataset: {error}"
            raise type(error)(message) from error
        return (example,) if len(example) > 1 else (example[self.entries.data],)

    def _check_not_empty(self, example: Mapping[str, Any]) -> None:
        for name in self.entries.apart:
            if np.shape(example.get(name, [0]))[:1] == (0,):
                raise ValueError(f"{no_rows(name)} Received: none")

    def _check_rows(self, example: Mapping[str, Any]) -> None:
        data, apart = self.entries.data, self.entries.apart
        rows = {name: len(one) for name, one in example.items() if name not in apart}
        for name, num in rows.items():
            if num != rows[data]:
                raise ValueError(
                    f"{unlike_rows(name, data)} Received: {num} for {rows[data]}"
                )

    def _check_told(self, name: str, entry: Any) -> None:
        check_finite_entry(name, np.asarray(entry))
        if name in self.num_classes:
            check_integers(name, entry.dtype)
            check_in_classes(name, np.asarray(entry), self.num_classes[name])

    def _check(self, name: str, data: Any) -> None:
        if not hasattr(data, "shape") or not hasattr(data, "dtype"):
            raise TypeError(
                f"`{name}` must be an array, alone or the first of a tuple. "
                f"Received: {type(data).__name__}"
            )
        values = np.asarray(data)
        check_batched(values.shape, self.data_shape)
        extremes = finite_range(name, values, self.data_shape)
        if self.reachable and not all(is_near(self.reachable, one) for one in extremes):
            low, high = extremes
            raise ValueError(
                f"{far_out(name)} Received: values in [{low:g}, {high:g}]. "
                f"{scale_first(name)}"
            )


class CheckedBatches(keras.utils.PyDataset):
    """A `PyDataset` whose batches were checked.

    Args:
        dataset: `keras.utils.PyDataset`; its workers and queue are kept.
        check: `BatchCheck`.
    """

    def __init__(self, dataset: keras.utils.PyDataset, check: BatchCheck) -> None:
        super().__init__(
            workers=dataset.workers,
            use_multiprocessing=dataset.use_multiprocessing,
            max_queue_size=dataset.max_queue_size,
        )
        self._dataset, self._check = dataset, check
        self._shares = Shares(1, 1, 1)
        self._seed: int | None = None
        self._num_steps: int | None = None
        self._epoch = 0
        self._order: tuple[Any, Any] = None, None

    def shuffled(self, seed: int | None, num_steps: int | None) -> "CheckedBatches":
        """The same in another order each epoch, as arrays have it.

        Args:
            seed: int, or `None` for the order of the dataset.
            num_steps: int, batches of an epoch, several passes or a part of one; `None`
                for all.
        """
        self._seed, self._num_steps = seed, num_steps
        return self

    def begin_epoch(self, epoch: int) -> None:
        """Says which epoch's order comes next; processes are started after it."""
        self._epoch = epoch

    def in_shares(self, shares: Shares) -> "CheckedBatches":
        """The same, dealt to replicas."""
        self._shares = shares
        return self

    @property
    def num_batches(self) -> int | None:
        """Batches of an epoch, `None` where there is no end."""
        available: int | None = self._dataset.num_batches
        return available if available is None else self._num_steps or available

    def __len__(self) -> int:
        return self._num_steps or len(self._dataset)

    def __getitem__(self, index: int) -> Any:
        place = self._place(index)
        batch = self._check.needed(self._dataset[place], place)
        return dealt_batch(batch, self._shares)

    def _place(self, index: int) -> int:
        available = self._dataset.num_batches
        if available is None:
            return index
        num_pass, place = divmod(index, available)
        if self._seed is None:
            return place
        key = (self._seed, self._epoch, num_pass)
        held, order = self._order  # read and set as a whole: threads ask, too
        if held != key:
            order = np.random.default_rng(key).permutation(available)
            self._order = key, order
        return int(order[place])

    def on_epoch_begin(self) -> None:
        """Tells the dataset."""
        self._dataset.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Tells the dataset."""
        self._dataset.on_epoch_end()


def dealt_batch(batch: tuple[Any], shares: Shares) -> tuple[Any]:
    """A batch as replicas take it; its first rows fill up the last share."""
    if shares.replicas == 1:
        return batch
    (entries,) = batch
    named = entries if isinstance(entries, dict) else {"": entries}
    dealt = {
        name: np.asarray(one)[shares.of(filled(len(one), shares.divisor, np.arange))]
        for name, one in named.items()
    }
    return (dealt if isinstance(entries, dict) else dealt[""],)


def checked_batches(data: Any, check: BatchCheck) -> Any:
    """A `PyDataset` or a generator whose batches are checked; others as they are."""
    if isinstance(data, keras.utils.PyDataset):
        return CheckedBatches(data, check)
    if isinstance(data, types.GeneratorType):
        return (check.needed(batch, index) for index, batch in enumerate(data))
    return data


def quoted_complaint(text: str) -> Exception | None:
    """The error of a `BatchCheck` that an error of the pipeline quotes, or `None`.

    TensorFlow hands errors of Python code on as text, and a check may have run in
    another process.
    """
    found = _COMPLAINT.search(text)
    if found is None:
        return None
    kind = TypeError if found[1] == "TypeError" else ValueError
    return kind(found[2])
