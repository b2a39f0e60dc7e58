"""Inputs that an artefact refuses itself, in whatever runtime it is played."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan._types import Tensor


def bounded(name: str, value: Tensor, low: int, high: int) -> Tensor:
    """Passes a scalar on, or fails by its name before any memory is asked for."""
    sound = (value >= low) & (value <= high)
    message = f"`{name}` must be an integer from {low} to {high}. Received:"
    scope = f"{name}_must_be_from_{low}_to_{high}"
    return _passed_if(sound, value, [message, value], scope)


def of_classes(name: str, values: Tensor, num_classes: int) -> Tensor:
    """Passes classes on, or fails by their name where one of them is none."""
    sound = (values >= 0) & (values < num_classes)
    message = f"`{name}` must lie in 0 to {num_classes - 1}. Received: {name} from"
    received = [message, tf.reduce_min(values), "to", tf.reduce_max(values)]
    scope = f"{name}_must_lie_in_0_to_{num_classes - 1}"
    return _passed_if(sound, values, received, scope)


def of_zeros_and_ones(name: str, values: Tensor) -> Tensor:
    """Passes a mask on, or fails by its name where it holds anything else."""
    sound = (values == 0) | (values == 1)
    received = [f"`{name}` must hold 0 and 1. Received: others"]
    return _passed_if(sound, values, received, f"{name}_must_hold_0_and_1")


def with_rows(name: str, values: Tensor, num_rows: Tensor) -> Tensor:
    """Passes a condition on, or fails by its name where it has another row count."""
    received = tf.shape(values)[0]
    message = [f"`{name}` must have", num_rows, "rows. Received:", received]
    return _passed_if(received == num_rows, values, message, f"{name}_must_have_rows")


def with_rows_or_drawn(
    name: str, values: Tensor, num_rows: Tensor, drawn: Tensor
) -> Tensor:
    """The same for a condition that may come without any row, for which one is drawn.

    Args:
        name: str.
        values: tensor `[num_rows, …]`, or `[0, …]`.
        num_rows: int32 scalar.
        drawn: tensor `[num_rows, …]` that takes the place of none.
    """
    received = tf.shape(values)[0]
    sound = (received == num_rows) | (received == 0)
    message = [f"`{name}` must have", num_rows, "rows or none. Received:", received]
    values = _passed_if(sound, values, message, f"{name}_must_have_rows_or_none")
    return tf.concat([values, drawn], axis=0)[:num_rows]


def _passed_if(
    sound: Tensor, value: Tensor, message: Sequence[Any], scope: str
) -> Tensor:
    """Passes a tensor on where one thing is sound, or all that say so of its elements.

    ONNX and LiteRT know no assertion: there an index out of bounds stops the graph.
    """
    refuse = tf.debugging.Assert(tf.reduce_all(sound), message)
    with tf.control_dependencies([refuse]):
        nothing = tf.gather(
            tf.zeros([1], value.dtype), tf.where(sound, 0, 1), name=scope
        )
        return value | nothing if value.dtype == tf.bool else value + nothing
