"""A factor of a term's weight that changes in training."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Tensor


def checked_schedule(schedule: Any) -> Any:
    """Returns a schedule, rebuilt where it is a configuration, or `None`.

    Args:
        schedule: `keras.optimizers.schedules` object, its configuration, or `None`.

    Raises:
        TypeError: if it is none of these.
    """
    if isinstance(schedule, dict):
        schedule = keras.saving.deserialize_keras_object(schedule)
    kind = keras.optimizers.schedules.LearningRateSchedule
    if schedule is None or isinstance(schedule, kind):
        return schedule
    raise TypeError(
        "`schedule` must be a keras.optimizers.schedules object, which gives a factor "
        f"of the weight by the step of training. Received: schedule={schedule!r}"
    )


def scheduled(value: Tensor, schedule: Any, step: Tensor) -> Tensor:
    """Returns a weighted term at its place in a schedule; `None` is always 1.

    Args:
        value: float scalar.
        schedule: what `checked_schedule` returned.
        step: integer scalar, steps trained before.
    """
    if schedule is None:
        return value
    return tf.cast(schedule(step), value.dtype) * value
