"""What `fit` and `evaluate` are given, brought to one form or refused in words."""

from typing import Any

from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.training.examples import LABELS


def taken_apart(gan: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """Returns `x` and `y`, a split as its arrays by name.

    Args:
        gan: the `GAN`.
        x: what `fit` takes; of a `keras_gan.datasets.Split` its data and, where the
            game reads labels, its labels.
        y: labels, or `None`.

    Raises:
        TypeError: if `x` is a whole dataset, or arrays in a tuple or list.
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
        return x, y
    if y is not None:
        raise ValueError(
            "`y` must be None where `x` is a split, which has labels of its own. "
            f"Received: y of type {type(y).__name__}; pass x.{x.data_name} and y."
        )
    arrays = {gan.data_name: x.values}
    if x.labels is not None and LABELS in gan.entries.needed:
        arrays[LABELS] = x.labels
    return arrays, None


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
