"""Data that a trained game is asked about: could its generator have made them?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray, Shape
from keras_gan.training.conditions import check_classes, num_classes_of
from keras_gan.training.data_checks import (
    check_condition,
    check_in_classes,
    check_integers,
    check_others,
    fits,
)
from keras_gan.training.examples import as_stated
from keras_gan.training.last_activations import reachable_range
from keras_gan.training.named_inputs import NamedInputs


def checked_data(gan: Any, data: Array) -> FloatArray:
    """Returns data as float32.

    Args:
        gan: the `GAN` that is asked.
        data: array `[num, ...]`.

    Raises:
        ValueError: if there are none, or they are of another shape than what the
            generator makes, or not finite, or outside the range of its last activation.
        TypeError: if they are no real numbers.
    """
    values = checked_floats(gan.data_name, as_stated(np.asarray(data), gan.data_shape))
    check_rows(gan.data_name, values, gan.data_shape)
    check_values(gan, values)
    return values.astype("float32", copy=False)


def checked_floats(name: str, values: Array) -> Array:
    """Returns an array; raises where float32 could not hold its values."""
    if not np.can_cast(values.dtype, np.float32, "same_kind"):
        raise TypeError(f"`{name}` must be floats. Received: dtype={values.dtype}")
    return values


def check_rows(name: str, values: Any, row_shape: Shape) -> None:
    """Raises unless there are rows, and they are of a shape.

    Args:
        name: str, of what somebody gave.
        values: array or tensor.
        row_shape: tuple, with `None` for an axis of any size.
    """
    received = tuple(values.shape)
    if not fits(received[1:], row_shape):
        remedy = f"Bring {name} to it as the training data were."
        if fits((*received[1:], 1), row_shape):
            remedy = f"Give them an axis of one channel: {name}[..., None]."
        elif fits(received, row_shape):
            remedy = f"One row is a batch of one: {name}[None]."
        raise ValueError(
            f"`{name}` must have shape [batch, {', '.join(map(str, row_shape))}]. "
            f"Received: {name}.shape={received}. {remedy}"
        )
    if not received[0]:
        raise ValueError(
            f"`{name}` must hold at least one row. Received: {name}.shape={received}"
        )


def check_values(gan: Any, values: FloatArray) -> None:
    """Raises unless all values are finite and in the generator's range."""
    if not values.size:
        return
    least, most = float(values.min()), float(values.max())
    if not np.isfinite([least, most]).all():
        raise ValueError(f"`{gan.data_name}` must be finite. Received: NaN or infinity")
    low, high = reachable_range(gan.generator) or (least, most)
    if not (low <= least and most <= high):
        raise ValueError(
            f"`{gan.data_name}` must lie in the generator's range, [{low:g}, {high:g}],"
            f" where they are given. Received: values from {least:g} to {most:g}. Scale"
            " them as the training data were."
        )


def checked_entries(
    gan: Any,
    data: Any,
    others: Mapping[str, Any],
    names: Sequence[str],
    also: Sequence[str] = (),
) -> dict[str, Array]:
    """Returns what comes beside data, as the networks state it.

    Args:
        gan: the `GAN` that is asked.
        data: array or tensor `[num, ...]`.
        others: arrays by name.
        names: of all that must come, that of the data among them or not.
        also: names of what may come. Defaults to `()`.

    Raises:
        ValueError: if one is missing or read by nobody, is the data once more, has not
            a row for each, another shape than networks state, is not finite or lies
            outside its classes.
        TypeError: if one is no numbers, or no integers where classes are asked for.
    """
    if gan.data_name in others:
        raise ValueError(
            f"The {gan.data_name} must be given once, as the first argument. Received: "
            f"another {gan.data_name}=…; leave it out."
        )
    check_others(data, others, (*names, *also))
    missing = [name for name in names if name not in (*others, gan.data_name)]
    if missing:
        raise ValueError(
            f"The networks name {missing} besides {gan.data_name}. Received: "
            f"{[*others] or 'nothing'}; pass {missing[0]}=…, a row for each."
        )
    return {
        name: _as_networks_state(gan, name, entry) for name, entry in others.items()
    }


def _as_networks_state(gan: Any, name: str, entry: Any) -> Array:
    encoder = NamedInputs(gan.game.encoder, gan.data_name)
    shapes = {**encoder.row_shapes(), **gan.networks.row_shapes()}
    dtype = gan.networks.dtype_of(name) or encoder.dtype_of(name)
    values: Array = as_stated(np.asarray(entry), shapes.get(name))
    if values.dtype.kind not in "biuf":
        raise TypeError(f"`{name}` must be numbers. Received: dtype={values.dtype}")
    known = {**encoder.class_counts(), **num_classes_of(gan, ())}
    check_condition(name, values, shapes.get(name), known.get(name))
    if dtype is not None and dtype.is_integer:
        check_integers(name, values.dtype)
    check_classes(name, values, gan.conditions.get(name))
    if name in known:
        check_in_classes(name, values, known[name])
    return values if dtype is None else values.astype(dtype.as_numpy_dtype)
