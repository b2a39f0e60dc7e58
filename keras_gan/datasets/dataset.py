"""What is learned from: images, signals or vectors in three splits and one range."""

import dataclasses
import math
from typing import Any

import numpy as np

from keras_gan._data_names import axes_of, data_name_of
from keras_gan._types import Array, FloatArray, Shape
from keras_gan._validation import check_positive_integer, check_range
from keras_gan.datasets._chunks import chunks_of
from keras_gan.datasets._html_table import table_of
from keras_gan.datasets._known_labels import known_labels
from keras_gan.datasets.mixtures import GaussianMixture
from keras_gan.datasets.stream import Stream

SPLITS = {"train": "training", "valid": "validation", "test": "test"}
"""Names of the splits, and what they are for."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Split:
    """One part of a dataset: rows of data, and their labels.

    The data can be asked for by their name: `split.images` are the `values` of a split
    of images.

    Args:
        values: float32 array `[num, …]`, such as images `[num, height, width,
            channels]`, signals `[num, length, channels]` or vectors `[num, dim]`.
        labels: integer array `[num]`, or `None` where the data have no classes.
            Defaults to `None`.
        data_name: str, what the data are, a plural such as `"points"` or `"waveforms"`;
            empty for `"images"`, `"signals"` or `"vectors"`, by the number of axes.
            Defaults to `""`.

    Raises:
        TypeError: if `values` is no array.

    Example:
    >>> split = Split(np.zeros((6, 2), "float32"), data_name="points")
    >>> split.points.shape, len(split)
    ((6, 2), 6)
    >>> split
    Split(6 points (2,))
    """

    values: FloatArray
    labels: Array | None = None
    data_name: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.values, np.ndarray):
            raise TypeError(
                "`values` must be a NumPy array [num, …]. Received: "
                f"{type(self.values).__name__}"
            )
        name = self.data_name or data_name_of(self.values.shape[1:])
        object.__setattr__(self, "data_name", name)

    def __getattr__(self, name: str) -> Any:
        if name == self.__dict__.get("data_name"):
            return self.values
        raise AttributeError(
            f"A split of {self.__dict__.get('data_name')} has no {name!r}."
        )

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Split({len(self)} {_described(self)})"


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Training, validation and test data of one shape in one value range.

    The range is stated, not guessed: generators are built for it, pictures are drawn
    with it, and a log-likelihood means nothing without it. Everything is checked once,
    here, so that later code can rely on it.

    Args:
        name: str, used in records, e.g. `"mnist"`.
        train: `Split` that the game is played on.
        valid: `Split` that hyper-parameters are chosen on.
        test: `Split` that results are reported on.
        value_range: pair of floats `(low, high)`; every value lies in it.
            Defaults to `(0.0, 1.0)`.
        mixture: `GaussianMixture` that the data were drawn from, where it is known: the
            truth that samples are held against. Defaults to `None`.
        stream: `Stream` of all training data, where memory does not hold them and
            `train` are some of them. Defaults to `None`.
        sampling_rate: int, at least 1, in Hz, of waveforms: what is made after them is
            heard and judged at it. `None` where nobody said. Defaults to `None`.

    Raises:
        TypeError: if values are not float32 or labels no integers.
        ValueError: if a split is empty, shapes or names differ, values and labels
            differ in number, values are NaN or outside `value_range`, or the rate is
            below 1.

    Example:
    >>> images = np.zeros((6, 8, 8, 1), "float32")
    >>> split = Split(images, labels=np.arange(6))
    >>> data = Dataset("zeros", train=split, valid=split, test=split)
    >>> data
    Dataset('zeros', 6/6/6 images (8, 8, 1) in [0, 1], 6 classes)
    >>> data.train.images.shape, data.image_shape, data.value_range
    ((6, 8, 8, 1), (8, 8, 1), (0.0, 1.0))
    """

    name: str
    train: Split
    valid: Split
    test: Split
    value_range: tuple[float, float] = (0.0, 1.0)
    mixture: GaussianMixture | None = None
    stream: Stream | None = None
    sampling_rate: int | None = None

    def __post_init__(self) -> None:
        # As a tuple, which others compare it with.
        value_range = check_range("value_range", self.value_range)
        object.__setattr__(self, "value_range", value_range)
        for name in SPLITS:
            self._check_split(name, getattr(self, name))
        if self.stream is not None:
            self._check_stream(self.stream)
        if self.sampling_rate is not None:
            check_positive_integer("sampling_rate", self.sampling_rate)

    @property
    def data_name(self) -> str:
        """What the data are: `"images"`, `"signals"`, `"points"` and so on."""
        return self.train.data_name

    @property
    def num_train(self) -> int:
        """Rows to learn from: all of the stream, where there is one."""
        return len(self.train if self.stream is None else self.stream)

    @property
    def data_shape(self) -> Shape:
        """Shape of one image, signal or vector."""
        return tuple(self.train.values.shape[1:])

    @property
    def image_shape(self) -> Shape:
        """Shape of one image, `(height, width, channels)`.

        Raises:
            ValueError: if the data are no images.
        """
        if len(self.data_shape) != 3:
            raise ValueError(
                f"{self.name} must hold images, [num_images, height, width, channels]. "
                f"Received: {self.data_name} of shape {self.data_shape}; ask for their "
                "`data_shape`."
            )
        return self.data_shape

    def in_range(self, low: float, high: float) -> "Dataset":
        """Returns the same data scaled to another range, such as that of `"tanh"`.

            x <- low + (high - low) * (x - old_low) / (old_high - old_low)

        Both ends are exact. The values are copied, 4 bytes for each number; labels are
        shared, and where the range is this one already, so is everything.

        Args:
            low: float, where the lower end of `value_range` goes.
            high: float, above `low`, where the upper end goes.

        Returns:
            data: `Dataset` with `value_range=(low, high)`.

        Raises:
            ValueError: if `low` is not below `high`, or either is not finite.

        Example:
        >>> gray_levels = np.array([[0.0, 0.25, 1.0]], "float32")
        >>> split = Split(gray_levels)
        >>> data = Dataset("levels", split, split, split).in_range(-1, 1)
        >>> data.train.vectors.tolist(), data.value_range
        ([[-1.0, -0.5, 1.0]], (-1.0, 1.0))
        """
        new = check_range("(low, high)", (low, high))
        if new == self.value_range:
            return self
        train, valid, test = (
            dataclasses.replace(
                split, values=_rescaled(split.values, self.value_range, new)
            )
            for split in self.splits.values()
        )
        stream = None if self.stream is None else self.stream.in_range(*new)
        mixture = self.mixture
        if mixture is not None:
            low, high = self.value_range
            ratio = (new[1] - new[0]) / (high - low)
            centers = new[0] + ratio * (mixture.centers - low)
            mixture = type(mixture)(centers, ratio * mixture.stddev)
        return dataclasses.replace(
            self,
            train=train,
            valid=valid,
            test=test,
            value_range=new,
            mixture=mixture,
            stream=stream,
        )

    @property
    def splits(self) -> dict[str, Split]:
        """The three splits by name."""
        return {name: getattr(self, name) for name in SPLITS}

    def __repr__(self) -> str:
        sizes = "/".join(str(len(split)) for split in self.splits.values())
        low, high = self.value_range
        described = _described(self.train, f" in [{low:g}, {high:g}]")
        return f"Dataset({self.name!r}, {sizes} {described})"

    def _repr_html_(self) -> str:
        """Returns a table for notebooks, with some training images."""
        return table_of(self)

    def _check_stream(self, stream: Stream) -> None:
        """Raises where it brings something else than the rows in memory are."""
        known = {
            "data_shape": (self.data_shape, stream.data_shape),
            "value_range": (self.value_range, stream.value_range),
        }
        for name, (of_train, of_stream) in known.items():
            if of_train != of_stream:
                raise ValueError(
                    f"`stream` must bring what `train` holds, {name}={of_train}. "
                    f"Received: {name}={of_stream}"
                )

    def _check_split(self, name: str, split: Split) -> None:
        data, of_train = split.data_name, self.train.data_name
        if data != of_train:
            raise ValueError(
                f"`{name}` must hold {of_train}, as `train` does. Received: {data}"
            )
        where = f"{name}.{data}"
        check_values(where, data, split.values)
        if split.values.shape[1:] != self.data_shape:
            raise ValueError(
                f"`{where}` must have the shape of `train.{data}`, {self.data_shape}. "
                f"Received: {tuple(split.values.shape[1:])}"
            )
        check_value_range(where, split.values, self.value_range)
        _check_labels(f"{name}.labels", split)


def check_values(name: str, data_name: str, values: FloatArray) -> None:
    """Raises unless values are float32 rows with the axes that data of a name have."""
    if values.dtype != np.float32:
        raise TypeError(f"`{name}` must be float32. Received: dtype={values.dtype}")
    axes = axes_of(data_name)
    fits = values.ndim > 1 if axes is None else values.ndim == len(axes) + 1
    if not fits or not values.size:
        of_one = "…" if axes is None else ", ".join(axes)
        raise ValueError(
            f"`{name}` must have shape [num_{data_name}, {of_one}] with at least one "
            f"row. Received: shape={values.shape}"
        )


def check_value_range(
    name: str, values: FloatArray, value_range: tuple[float, float]
) -> None:
    """Raises `ValueError` unless all values are finite and lie in `value_range`."""
    smallest, largest = np.min(values), np.max(values)
    if not np.isfinite(smallest) or not np.isfinite(largest):
        raise ValueError(
            f"`{name}` must be finite. Received: NaN or infinite values; remove or "
            "repair those rows."
        )
    low, high = check_range("value_range", value_range)
    # As float32, which the values are: 0.1 lies in [0.1, 1].
    if smallest < np.float32(low) or largest > np.float32(high):
        raise ValueError(
            f"`{name}` must lie in the stated value_range [{low}, {high}]. Received: "
            f"values from {smallest} to {largest}; rescale them or state their range."
        )


def symmetric_range(*splits: Split) -> tuple[float, float]:
    """The range around 0 that holds all values, rounded up to a tenth."""
    largest = max(float(np.abs(split.values).max()) for split in splits)
    bound = math.ceil(largest * 10) / 10
    return -bound, bound


def _check_labels(name: str, split: Split) -> None:
    labels, data = split.labels, split.data_name
    if labels is None:
        return
    if not isinstance(labels, np.ndarray):
        raise TypeError(
            f"`{name}` must be an array of integers. Received: {type(labels).__name__}"
        )
    if labels.shape != (len(split),):
        raise ValueError(
            f"`{name}` must hold one label for each of the {data}. Received: "
            f"{len(split)} {data}, labels.shape={labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"`{name}` must be integers. Received: dtype={labels.dtype}")


def _rescaled(
    values: FloatArray, old: tuple[float, float], new: tuple[float, float]
) -> FloatArray:
    old_low, old_high = (float(np.float32(end)) for end in old)  # as the values have
    low, high = new
    rescaled = np.empty(values.shape, "float32")
    for part in chunks_of(len(values), values.shape[1:]):
        shares = (values[part].astype("float64") - old_low) / (old_high - old_low)
        # This way round, 0 and 1 become the very ends.
        rescaled[part] = low * (1 - shares) + high * shares
    return rescaled


def _described(split: Split, where: str = "") -> str:
    shape = tuple(split.values.shape[1:])
    classes = ""
    if split.labels is not None:
        classes = f", {len(np.unique(known_labels(split.labels)))} classes"
    return f"{split.data_name} {shape}{where}{classes}"
