"""What `fit` and `evaluate` are given, brought to one form or refused in words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import GeneratorType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.pipeline import Repeated
from keras_gan.datasets.stream import Stream
from keras_gan.training.batches import is_array
from keras_gan.training.examples import LABELS

_OF_BATCHES = (
    *(tf.data.Dataset, tf.distribute.DistributedDataset),
    *(keras.utils.PyDataset, GeneratorType, Stream, Repeated),
)
_OF_ROWS = ("shape", "dtype", "__len__", "__getitem__")


def taken_apart(gan: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """Returns `x` and `y`, a split as its arrays by name.

    Args:
        gan: the `GAN`.
        x: what `fit` takes; of a `keras_gan.datasets.Split` its data and, where the
            game reads labels, its labels.
        y: labels, or `None`.

    Raises:
        TypeError: if `x` is a whole dataset, arrays in a tuple or list, or neither
            arrays nor batches.
        ValueError: if labels stand beside a split, which has its own.
    """
    if isinstance(x, Dataset):
        raise TypeError(
            "`x` must be one split of a dataset: pass data.train, or data.valid and "
            f"data.test to be judged. Received: {x!r}"
        )
    if isinstance(x, tuple | list):
        raise TypeError(
            f"`x` must be an array of {gan.data_name}, a dict of arrays or a dataset; "
            f"labels are an argument of their own: fit({gan.data_name}, labels). "
            f"Received: a {type(x).__name__} of {len(x)}"
        )
    if not isinstance(x, Split):
        return _in_memory(x), y
    if y is not None:
        raise ValueError(
            "`y` must be None where `x` is a split, which has labels of its own. "
            f"Received: y of type {type(y).__name__}; pass x.{x.data_name} and y."
        )
    arrays = {gan.data_name: x.values}
    if x.labels is not None and LABELS in gan.entries.needed:
        arrays[LABELS] = x.labels
    return arrays, None


def _in_memory(x: Any) -> Any:
    """Arrays of other libraries as NumPy's, in a dict, too; what brings batches as is.

    Raises:
        TypeError: if it is of a kind whose batches nobody would check.
    """
    if isinstance(x, Mapping):
        return {name: _as_array(rows) for name, rows in x.items()}
    array = _as_array(x)
    if x is None or _is_known(array):
        return array
    raise TypeError(
        "`x` must be an array, a dict of arrays, a split, a Stream, a tf.data.Dataset, "
        "a keras.utils.PyDataset or a generator. Received: "
        f"{type(x).__module__}.{type(x).__name__}; a generator of its batches will do."
    )


def _as_array(x: Any) -> Any:
    """What knows its rows, as an HDF5 dataset or a table does, as an array."""
    if isinstance(x, tf.Variable | keras.Variable):
        return x.numpy()
    of_rows = hasattr(x, "__array__") or {*_OF_ROWS} <= {*dir(x)}
    return np.asarray(x) if of_rows and not _is_known(x) else x


def _is_known(x: Any) -> bool:
    return is_array(x) or isinstance(x, _OF_BATCHES)


def checked_callbacks(callbacks: Any) -> list[Any]:
    """Returns Keras's callbacks in a list.

    Raises:
        ValueError: if one watches a loss that no game has.
    """
    listed: list[Any] = keras.tree.flatten(callbacks or [])
    if any(isinstance(one, keras.callbacks.TerminateOnNaN) for one in listed):
        raise ValueError(
            "`callbacks` cannot hold keras.callbacks.TerminateOnNaN, which watches one "
            "`loss`; a game has two, and would not be ended. Take "
            "keras_gan.callbacks.NaNGuard, which also restores what was there before."
        )
    return listed


def held_out(validation_data: Any) -> tuple[Any, Any]:
    """Returns `validation_data` as data and labels, which may be `None`.

    Raises:
        ValueError: if more stands beside them, which would be weights.
    """
    if not isinstance(validation_data, tuple | list):
        return validation_data, None
    if len(validation_data) == 1:
        return validation_data[0], None
    if len(validation_data) != 2:
        raise ValueError(
            "`validation_data` must be data alone or a pair (x, y): every row counts "
            f"once, without weights. Received: a tuple of {len(validation_data)}"
        )
    x, y = validation_data
    return x, y


@contextmanager
def held_out_by(argument: str) -> Iterator[None]:
    """Lets complaints about held-out data say which argument of `fit` brought them."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if "`validation_" in str(error):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"Held out by `{argument}`: {error}") from error
