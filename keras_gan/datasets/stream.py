"""More data than memory holds: read row by row, in an order that a run can resume."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from keras_gan._types import Array, FloatArray, Shape, Tensor
from keras_gan._validation import check_positive_integer, check_range, check_seed
from keras_gan.datasets._chunks import chunks_of
from keras_gan.datasets.as_written import as_written
from keras_gan.datasets.index_order import rows_in_order

_LARGEST_BYTE = 255
_READERS = 2  # batches that are read at once, while a third one is learned from


class UnreadableRowError(ValueError):
    """One row of a source cannot be read; others may be."""


class Source(Protocol):
    """Rows of bytes by their numbers, wherever they lie."""

    @property
    def data_shape(self) -> Shape:
        """Shape of one row."""

    @property
    def has_labels(self) -> bool:
        """Whether each row has a class."""

    def __len__(self) -> int: ...

    def read(self, rows: Sequence[int]) -> tuple[Array, Array]:
        """Returns uint8 `[num, …]` and int32 labels `[num]`, zeros where none are.

        Raises:
            UnreadableRowError: if one of them is damaged.
        """


class Part:
    """Some rows of a source.

    Args:
        source: `Source`.
        rows: integer array, the numbers that they have there.
    """

    def __init__(self, source: Source, rows: Array) -> None:
        self._source, self._rows = source, rows
        self.data_shape, self.has_labels = source.data_shape, source.has_labels
        self.digest: str | None = getattr(source, "digest", None)

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, rows: Sequence[int]) -> tuple[Array, Array]:
        """Returns uint8 `[num, …]` and int32 labels `[num]`."""
        return self._source.read(self._rows[rows].tolist())


class Stream:
    """Images that are read as `GAN.fit` needs them, any number of them.

    When to use it: where images do not fit into memory; `load_image_folder` is simpler
    where they do. `stream_shards` and `stream_image_folder` make one.

    An epoch of `fit(stream, batch_size=64, steps_per_epoch=1000)` is as long as you
    say. The k-th row that a run reads is row `p(k mod n)` of its pass `k // n`, where p
    is a permutation of the n rows that (seed, pass) alone decide, and k follows from
    the steps that the GAN has trained: a run that was stopped anywhere reads on where
    it was, and no order is held in memory.

    Args:
        source: `Source`, where the rows lie.
        value_range: pair of floats, to which bytes are scaled.
            Defaults to `(0.0, 1.0)`.

    Raises:
        ValueError: if `value_range` does not rise.

    Example:
    >>> import numpy as np
    >>> class Ramp:
    ...     data_shape, has_labels = (2, 2, 1), False
    ...     def __len__(self):
    ...         return 256
    ...     def read(self, rows):
    ...         pixels = np.repeat(np.uint8(rows), 4).reshape(-1, 2, 2, 1)
    ...         return pixels, np.zeros(len(rows), "int32")
    >>> stream = Stream(Ramp(), value_range=(-1.0, 1.0))
    >>> stream
    Stream(256 images (2, 2, 1) in [-1, 1])
    >>> images, labels = next(iter(stream.batches(4, num_batches=1, seed=0)))
    >>> images.shape
    TensorShape([4, 2, 2, 1])
    """

    def __init__(
        self, source: Source, value_range: tuple[float, float] = (0.0, 1.0)
    ) -> None:
        self.source = source
        self.value_range = check_range("value_range", value_range)

    @property
    def data_shape(self) -> Shape:
        """Shape of one image, `(height, width, channels)`."""
        return tuple(self.source.data_shape)

    @property
    def has_labels(self) -> bool:
        """Whether each image has a class."""
        return self.source.has_labels

    def __len__(self) -> int:
        return len(self.source)

    def __repr__(self) -> str:
        low, high = self.value_range
        return f"Stream({len(self)} images {self.data_shape} in [{low:g}, {high:g}])"

    def in_range(self, low: float, high: float) -> "Stream":
        """Returns the same images scaled to another range.

        Args:
            low: float, what black becomes.
            high: float, above `low`.
        """
        return Stream(self.source, (low, high))

    def take(self, num_images: int, seed: int = 0) -> tuple[FloatArray, Array]:
        """Returns some images, drawn at random, in memory: for measures.

        Args:
            num_images: int, at least 1, and no more than there are.
            seed: int, of which. Defaults to `0`.

        Returns:
            images: float32 array `[num_images, height, width, channels]`.
            labels: int32 array `[num_images]`, zeros where there are none.
        """
        check_positive_integer("num_images", num_images)
        if num_images > len(self):
            raise ValueError(
                f"`num_images` must be at most {len(self)}, all that there are. "
                f"Received: num_images={num_images}"
            )
        rows = self._rows(tf.range(num_images, dtype=tf.int64), seed).numpy()
        images = np.empty((num_images, *self.data_shape), "float32")
        labels = np.empty(num_images, "int32")
        for part in chunks_of(num_images, self.data_shape):
            pixels, labels[part] = self._read(rows[part])
            images[part] = self._scaled(pixels)
        return images, labels

    def batches(
        self, batch_size: int, num_batches: int, seed: int, start: Tensor = 0
    ) -> tf.data.Dataset:
        """Batches of images and labels, from one place of the order on.

        Args:
            batch_size: int, at least 1, rows in a batch; one that is longer than a pass
                holds rows of several.
            num_batches: int, at least 1, of one reading.
            seed: int, key of the order.
            start: int or scalar integer `tf.Variable`, how many rows were read before;
                asked when a reading begins. Defaults to `0`.

        Returns:
            dataset: `tf.data.Dataset` of pairs: float32 images `[batch, height, width,
            channels]` in the value range, int32 labels `[batch]`.
        """
        check_positive_integer("batch_size", batch_size)
        check_positive_integer("num_batches", num_batches)
        check_seed("seed", seed)

        @tf.autograph.experimental.do_not_convert
        def numbers(_: Tensor) -> tf.data.Dataset:
            first = tf.cast(start, tf.int64)
            counted = tf.data.Dataset.range(num_batches)
            return counted.map(lambda index: first + index * batch_size)

        @tf.autograph.experimental.do_not_convert
        def batch(first: Tensor) -> tuple[Tensor, Tensor]:
            places = first + tf.range(batch_size, dtype=tf.int64)
            pixels, labels = tf.numpy_function(
                self._read, [self._rows(places, seed)], (tf.uint8, tf.int32)
            )
            pixels = tf.ensure_shape(pixels, (batch_size, *self.data_shape))
            return self._scaled(pixels), tf.ensure_shape(labels, (batch_size,))

        one_reading = tf.data.Dataset.from_tensors(0).flat_map(numbers)
        known = one_reading.apply(tf.data.experimental.assert_cardinality(num_batches))
        return as_written(known.map(batch, num_parallel_calls=_READERS), _READERS)

    def in_order(self, batch_size: int) -> tf.data.Dataset:
        """Every image once, with its label, in the order of the source: to judge them.

        Args:
            batch_size: int, at least 1, rows in a batch; the last has what is left.

        Returns:
            dataset: `tf.data.Dataset` of pairs, as `batches` makes them.
        """
        check_positive_integer("batch_size", batch_size)

        @tf.autograph.experimental.do_not_convert
        def batch(rows: Tensor) -> tuple[Tensor, Tensor]:
            pixels, labels = tf.numpy_function(self._read, [rows], (tf.uint8, tf.int32))
            pixels = tf.ensure_shape(pixels, (None, *self.data_shape))
            return self._scaled(pixels), tf.ensure_shape(labels, (None,))

        rows = tf.data.Dataset.range(len(self)).batch(batch_size)
        return as_written(rows.map(batch, num_parallel_calls=_READERS), _READERS)

    def _rows(self, places: Tensor, seed: int) -> Tensor:
        """Numbers of the rows at these places of the order, int64."""
        total = len(self)
        passes = places // total - places[0] // total
        num_passes = (places.shape[0] - 1) // total + 2  # that a batch may touch
        rows = places
        for index in range(num_passes):
            key = tf.stack([tf.constant(seed, tf.int64), places[0] // total + index])
            order = rows_in_order(places % total, total, key)
            rows = tf.where(passes == index, order, rows)
        return rows

    def _read(self, rows: Array) -> tuple[Array, Array]:
        return self.source.read(rows.tolist())

    def _scaled(self, pixels: Tensor) -> Tensor:
        low, high = self.value_range
        values = tf.cast(pixels, tf.float32) * ((high - low) / _LARGEST_BYTE) + low
        return tf.clip_by_value(values, low, high)  # rounding may lead out of it
