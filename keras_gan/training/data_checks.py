"""Are data what a generator could make? Answered before they are trained on."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan._types import Shape, Tensor
from keras_gan.training.examples import check_floats
from keras_gan.training.last_activations import last_activation, reachable_range

OF_ANOTHER_SIZE = (
    "What the generator makes of what it is told must have the size of the data, in "
    "each batch."
)


def check_training_data(
    name: str, values: Any, generator: Any, data_shape: Shape
) -> None:
    """Raises, or warns, unless an array is what the generator could make."""
    low, high = check_near(name, values, generator, data_shape)
    _warn_of_unreachable_values(name, low, high, generator)


def check_near(
    name: str, values: Any, generator: Any, data_shape: Shape
) -> tuple[float, float]:
    """Returns extremes; raises unless data are finite and not far out of reach."""
    low, high = finite_range(name, values, data_shape)
    reachable = reachable_range(generator)
    if reachable is None or (is_near(reachable, low) and is_near(reachable, high)):
        return low, high
    raise ValueError(
        f"{far_out(name)} Received: values from {low:g} to {high:g}, and the generator "
        f"ends in {last_activation(generator)!r}. {scale_first(name)}"
    )


def check_condition(
    name: str, values: Any, row_shape: Shape | None, num_classes: int | None = None
) -> None:
    """Raises unless a condition is finite and of the shape that a network states.

    Args:
        name: str, of the entry.
        values: array, or tensor, `[num_rows, ...]`.
        row_shape: tuple, with `None` for an axis of any size, or `None` where no
            network states it.
        num_classes: int, of which it is the number of one, where that is known.
            Defaults to `None`.
    """
    received = tuple(values.shape[1:])
    # Keras itself adds or takes a last axis of one.
    forms = (received, (*received, 1), received[:-1] if received[-1:] == (1,) else None)
    if row_shape is not None and not any(fits(form, row_shape) for form in forms):
        raise ValueError(
            f"`{name}` must have rows of shape {row_shape}, as the input of that name "
            f"states it. Received: {name}.shape={tuple(values.shape)}"
            f"{taken_back(name, tuple(values.shape), num_classes)}"
        )
    check_finite_entry(name, values)


def taken_back(name: str, shape: Shape, num_classes: int | None) -> str:
    """The remedy for rows as long as there are classes, as one-hot ones are, or ''."""
    if num_classes is None or len(shape) != 2 or shape[1] != num_classes:
        return ""
    return f"; if they are one-hot, pass {name}.argmax(axis=1)."


def check_finite_entry(name: str, values: Any) -> None:
    """Raises where numbers with a fraction hold NaN or infinity."""
    if tf.as_dtype(values.dtype).is_floating and np.prod(values.shape):
        _extremes(name, values)


def fits(shape: Shape | None, stated: Shape) -> bool:
    """Whether a shape is one that is stated, where `None` stands for any size."""
    return (
        shape is not None
        and len(shape) == len(stated)
        and all(
            None in (axis, expected) or axis == expected
            for axis, expected in zip(shape, stated, strict=True)
        )
    )


def finite_range(name: str, values: Any, data_shape: Shape) -> tuple[float, float]:
    """Least and greatest value; raises unless data are finite floats of a shape."""
    check_data_shape(tuple(values.shape[1:]), data_shape)
    check_floats(name, values.dtype)
    return _extremes(name, values)


def _extremes(name: str, values: Any) -> tuple[float, float]:
    # TensorFlow would copy a NumPy array, which may be most of the memory.
    least, most = (
        (np.min, np.max)
        if isinstance(values, np.ndarray)
        else (tf.reduce_min, tf.reduce_max)
    )
    low, high = float(least(values)), float(most(values))
    if not np.isfinite(low) or not np.isfinite(high):
        raise ValueError(f"{not_finite(name)} Received: NaN or infinity.")
    return low, high


def not_finite(name: str) -> str:
    """What is said of data with NaN or infinity."""
    return f"All {name} must be finite."


def far_out(name: str) -> str:
    """What is said of data that no generator with the last activation could make."""
    return f"All {name} must lie in the range that generated {name} have."


def scale_first(name: str) -> str:
    """The remedy for data out of range."""
    scaled = "to [0, 1] for 'sigmoid', to [-1, 1] for 'tanh'"
    if name == "images":
        scaled = "x / 255 for 'sigmoid', x / 127.5 - 1 for 'tanh'"
    return f"Scale the {name} first: {scaled}."


def no_rows(name: str) -> str:
    """What is asked of an entry that a term takes means of, as a sentence."""
    return f"A batch must bring a row of {name}, or more."


def unlike_rows(name: str, data_name: str) -> str:
    """What is asked of the entries of a batch, as a sentence."""
    return f"A batch must bring as many {name} as {data_name}."


def is_near(reachable: tuple[float, float], values: Any) -> Any:
    """Whether values miss a range by less than its width, as 0 to 255 do not."""
    low, high = reachable
    return abs(values - (low + high) / 2) <= 1.5 * (high - low)


def check_batch_size(batch_size: int, multiple: int) -> None:
    """Raises unless packs and groups divide a minibatch."""
    if batch_size % multiple:
        raise ValueError(
            f"`batch_size` must be a multiple of {multiple}: the discriminator takes "
            "rows in packs (`packing`) or compares them in groups (`group_size`). "
            f"Received: batch_size={batch_size}; take {batch_size // multiple + 1} * "
            f"{multiple} = {(batch_size // multiple + 1) * multiple}."
        )


def check_fills_a_pack(name: str, num_rows: int, multiple: int) -> None:
    """Raises where there are fewer rows than a discriminator looks at together."""
    if num_rows < multiple:
        raise ValueError(
            f"At least {multiple} {name} are needed: the discriminator takes rows in "
            "packs (`packing`) or compares them in groups (`group_size`). Received: "
            f"{num_rows} {name} to learn from; with packing=1 and no groups, as in the "
            "recipes default and small_data, it takes them one by one."
        )


def check_whole_packs(name: str, num_rows: int, packing: int) -> None:
    """Raises unless rows fill the packs that the discriminator judges."""
    if num_rows % packing:
        raise ValueError(
            f"The number of {name} must be a multiple of {packing}: the discriminator "
            f"judges them in packs (`packing`). Received: {num_rows} {name}; leave out "
            f"{num_rows % packing}, or add {-num_rows % packing}."
        )


def check_batched(received: Any, data_shape: Shape) -> None:
    """Raises where an element of a dataset is one row of data instead of a batch."""
    if fits(tuple(received), data_shape):
        raise ValueError(
            "A dataset must come in batches, one for each training step. Received: "
            f"elements of the shape of one row, {data_shape}. Call "
            "dataset.batch(batch_size) first."
        )


def check_data_shape(received: Shape, data_shape: Shape) -> None:
    """Raises unless data and what is generated have one shape (None: unknown)."""
    if not fits(received, data_shape):
        remedy = "Change the generator's last layer or the dataset."
        if (*received, 1) == data_shape:
            remedy = "Give the data an axis of one channel: x[..., None]."
        raise ValueError(
            f"The generator's output shape {data_shape} must equal the data shape "
            f"{received}. {remedy}"
        )


def check_others(data: Any, others: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raises unless what comes beside data is read, and has as many rows.

    Args:
        data: array.
        others: arrays by name.
        names: of what is read.
    """
    unread = [name for name in others if name not in names]
    if unread:
        raise ValueError(f"Nobody reads {unread}. Received: {[*others]}; leave it out.")
    lengths = {name: (*np.shape(entry), None)[0] for name, entry in others.items()}
    if any(length != len(data) for length in lengths.values()):
        raise ValueError(
            f"There must be a row for each of {len(data)}. Received: {lengths}"
        )


def of_one_size(data: Tensor, made: Tensor) -> Tensor:
    """What is made, refused in each batch where its size is not that of the data.

    Args:
        data: batch of the data.
        made: what a generator made whose output has the size of what it is told.

    Raises:
        ValueError: in tracing, where both sizes are known.
        tf.errors.InvalidArgumentError: in training, where they are not.
    """
    check_data_shape(tuple(data.shape[1:]), tuple(made.shape[1:]))
    if None not in (*data.shape[1:], *made.shape[1:]):
        return made
    sizes = tf.shape(data), tf.shape(made)
    equal = tf.reduce_all(tf.equal(*sizes))
    check = tf.debugging.Assert(equal, [OF_ANOTHER_SIZE, *sizes])
    with tf.control_dependencies([check]):
        # XLA leaves out what only asserts; it refuses to join rows of other sizes.
        joined = tf.concat([tf.cast(data[:0], made.dtype), made], axis=0)
        return tf.ensure_shape(joined, made.shape)


def _warn_of_unreachable_values(
    name: str, low: float, high: float, generator: Any
) -> None:
    activation = last_activation(generator)
    reachable = reachable_range(generator)
    if reachable is None:
        return
    reachable_low, reachable_high = reachable
    covers_range = low >= reachable_low and high <= reachable_high
    uses_sign = reachable_low == 0 or low < 0
    if not (covers_range and uses_sign):
        warnings.warn(
            f"Training {name} lie in [{low:g}, {high:g}], but the generator ends in "
            f"{activation!r} with range [{reachable_low:g}, {reachable_high:g}]. "
            "Rescale the data or change the last activation.",
            stacklevel=4,
        )


def in_classes(name: str, num_classes: int) -> str:
    """What is asked of labels, as a sentence."""
    return f"`{name}` must lie in 0 to {num_classes - 1}."


def check_in_classes(name: str, labels: Any, num_classes: int) -> None:
    """Raises unless labels lie from 0 to the last class."""
    if labels.size:
        low, high = int(labels.min()), int(labels.max())
        if low < 0 or high >= num_classes:
            raise ValueError(
                f"{in_classes(name, num_classes)} Received: {name} from {low} to {high}"
            )


def check_integers(name: str, dtype: Any) -> None:
    """Raises unless entries are integers, as classes are."""
    dtype = np.dtype(getattr(dtype, "as_numpy_dtype", dtype))
    if dtype.kind not in "iu":
        remedy = (
            f'if they number classes, pass {name}.astype("int32").'
            if dtype.kind in "fb"
            else "number the classes from 0."
        )
        raise TypeError(f"`{name}` must be integers. Received: dtype={dtype}; {remedy}")
