"""Max pooling that keeps the partial windows at the far edges."""

import math
from typing import Any

import keras

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive_integer


@keras.saving.register_keras_serializable(package="keras_gan")
class CeilMaxPooling2D(keras.layers.Layer):
    """Max pooling whose windows start at the first pixel and may reach past the last.

    Keras's `padding="valid"` drops the rows that no whole window covers and `"same"`
    adds to both sides; the published networks that count upwards need neither.

        size = ceil((input_size - pool_size) / strides) + 1

    Args:
        pool_size: int, at least 1. Height and width of a window.
        strides: int from 1 to `pool_size`: windows that touch.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, height, width, channels]`, both at least `pool_size`.

    Output shape: `[batch, pooled_height, pooled_width, channels]`.

    Raises:
        ValueError: if an argument is out of range, or a map is smaller than a window.

    Example:
    >>> CeilMaxPooling2D(4, 2)(keras.ops.zeros((2, 33, 33, 32))).shape
    TensorShape([2, 16, 16, 32])

    References:
        `pool_shape` and `pool_stride` of pylearn2's MaxoutConvC01B, as Goodfellow et
        al. 2014 use it (cifar10_convolutional.yaml).
    """

    def __init__(self, pool_size: int, strides: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size = check_positive_integer("pool_size", pool_size)
        self.strides = check_positive_integer("strides", strides)
        if strides > pool_size:
            raise ValueError(
                "`strides` must be at most `pool_size`, or pixels are left out. "
                f"Received: strides={strides}, pool_size={pool_size}"
            )
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks that a window fits."""
        if any(size is None or size < self.pool_size for size in input_shape[1:3]):
            raise ValueError(
                f"`pool_size={self.pool_size}` must fit into the map, whose sizes are "
                f"stated. Received: input_shape={tuple(input_shape)}"
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the largest number of each window."""
        _, height, width, _ = inputs.shape
        margins = [
            (0, (self._pooled(size) - 1) * self.strides + self.pool_size - size)
            for size in (height, width)
        ]
        padded = keras.ops.pad(
            inputs, [(0, 0), *margins, (0, 0)], constant_values=-math.inf
        )
        return keras.ops.max_pool(
            padded, self.pool_size, self.strides, data_format="channels_last"
        )

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `[batch, pooled_height, pooled_width, channels]`."""
        batch, *sizes, channels = input_shape
        return (batch, *(size and self._pooled(size) for size in sizes), channels)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
        }

    def _pooled(self, size: int) -> int:
        return math.ceil((size - self.pool_size) / self.strides) + 1
