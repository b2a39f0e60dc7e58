"""Your own arrays as a dataset."""

from typing import Any

import numpy as np

from keras_gan._data_names import data_name_of
from keras_gan._types import Array
from keras_gan._validation import check_range
from keras_gan.datasets._splitting import split_rows
from keras_gan.datasets.dataset import Dataset, Split

_BYTES = (0.0, 255.0)


def from_arrays(
    values: Array,
    labels: Array | None = None,
    valid_fraction: float = 0.1,
    test_fraction: float = 0.1,
    seed: int = 0,
    value_range: tuple[float, float] | None = None,
    name: str = "arrays",
    data_name: str = "",
) -> Dataset:
    """Divides arrays of your own into training, validation and test data.

    Use it for images, signals or vectors that lie in memory; the dataset holds a
    float32 copy of them.

    Args:
        values: array `[num, …]` of floats, or of integers such as bytes: images `[num,
            height, width, channels]`, signals `[num, length, channels]` or vectors
            `[num, dim]`.
        labels: integer array `[num]`, or `None`. Defaults to `None`.
        valid_fraction: float in [0, 1), share of rows to validate on; at least one row
            does. Defaults to `0.1`.
        test_fraction: float in [0, 1), likewise. Defaults to `0.1`.
        seed: int in [0, 2^31), of the split. Defaults to `0`.
        value_range: pair of floats in which every value lies; `None` takes 0 to 255 for
            bytes, else the least and the greatest value. Defaults to `None`.
        name: str, of the dataset, for records. Defaults to `"arrays"`.
        data_name: as in `Split`. Defaults to `""`.

    Returns:
        data: `Dataset`; `data.in_range(-1, 1)` scales it for a generator that ends in
        tanh.

    Raises:
        TypeError: if `values` are no numbers or `labels` no integers.
        ValueError: if there are fewer than three rows, arrays differ in length, a value
            is NaN or outside `value_range`, or the fractions leave nothing to train on.

    Example:
    >>> images = np.random.default_rng(0).integers(256, size=(100, 8, 8, 1), dtype="u1")
    >>> data = from_arrays(images, labels=np.arange(100) % 10)
    >>> data
    Dataset('arrays', 80/10/10 images (8, 8, 1) in [0, 255], 10 classes)
    >>> data.in_range(-1, 1).value_range
    (-1.0, 1.0)
    """
    values = np.asarray(values)
    what = data_name or data_name_of(values.shape[1:])
    _check(values, what)
    labels = None if labels is None else np.asarray(labels)
    if labels is not None and labels.shape != (len(values),):
        raise ValueError(
            f"`labels` must hold one label for each of the {what}. Received: "
            f"{len(values)} {what}, labels.shape={labels.shape}"
        )
    train, valid, test = (
        Split(
            values[rows].astype("float32", copy=False),
            None if labels is None else labels[rows],
            what,
        )
        for rows in split_rows(len(values), valid_fraction, test_fraction, seed, what)
    )
    return Dataset(name, train, valid, test, _range_of(values, value_range))


def _check(values: Array, what: str) -> None:
    if values.dtype.kind not in "fiu":
        raise TypeError(f"`values` must be numbers. Received: dtype={values.dtype}")
    if values.ndim < 2 or len(values) < 3 or not values.size:
        raise ValueError(
            f"`values` must have shape [num_{what}, …] with at least three rows, one "
            f"for each split. Received: shape={values.shape}"
        )


def _range_of(values: Array, stated: Any) -> tuple[float, float]:
    if stated is not None:
        return check_range("value_range", stated)
    if values.dtype == np.uint8:
        return _BYTES
    low, high = float(np.min(values)), float(np.max(values))
    if not np.isfinite(low) or not np.isfinite(high):
        raise ValueError(
            "`values` must be finite. Received: NaN or infinite values; remove or "
            "repair those rows."
        )
    if low == high:
        raise ValueError(
            f"`value_range` must be stated where all values are equal. Received: "
            f"value_range=None, all values {low:g}"
        )
    return low, high
