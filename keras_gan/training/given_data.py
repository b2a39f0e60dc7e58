"""Data that a trained game is asked about: could its generator have made them?"""

from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.training.data_checks import check_data_shape
from keras_gan.training.network_checks import reachable_range


def checked_data(gan: Any, data: Array) -> FloatArray:
    """Returns data as float32.

    Args:
        gan: the `GAN` that is asked.
        data: array `[num, ...]`.

    Raises:
        ValueError: if they are of another shape than what the generator makes, or not
            finite, or outside the range of its last activation.
    """
    values = np.asarray(data)
    check_data_shape(tuple(values.shape[1:]), gan.data_shape)
    check_values(gan, values)
    return values.astype("float32")


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
