"""Maxout: a unit is the largest of a few affine functions."""

from typing import Any

import keras

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive_integer


@keras.saving.register_keras_serializable(package="keras_gan")
class Maxout(keras.layers.Layer):
    """Dense layer whose units output the maximum over `num_pieces` affine pieces.

    The activation of the 2014 discriminators. Piecewise linear and convex, it needs no
    other nonlinearity, and dropout averages its pieces well.

        outputs[b, u] = max_p (inputs @ kernel + bias)[b, p * units + u]

    Args:
        units: int, at least 1. Width of the output.
        num_pieces: int, at least 1. Affine functions that each unit chooses from.
        kernel_initializer: Keras initializer. Defaults to `"glorot_uniform"`.
        bias_initializer: Keras initializer. Defaults to `"zeros"`.
        kernel_constraint: Keras constraint or `None`; it sees every piece as a column.
            Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, features]`.

    Output shape: `[batch, units]`.

    Raises:
        ValueError: if `units` or `num_pieces` is below 1.

    Example:
    >>> layer = Maxout(240, num_pieces=5)
    >>> layer(keras.ops.zeros((2, 784))).shape
    TensorShape([2, 240])
    >>> layer.count_params()  # (784 + 1) * 240 * 5
    942000

    References:
        Goodfellow et al., Maxout Networks, 2013. https://arxiv.org/abs/1302.4389
    """

    def __init__(
        self,
        units: int,
        num_pieces: int,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = check_positive_integer("units", units)
        self.num_pieces = check_positive_integer("num_pieces", num_pieces)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the kernel `[features, num_pieces * units]` and the bias."""
        num_columns = self.num_pieces * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], num_columns),
            initializer=self.kernel_initializer,
            constraint=self.kernel_constraint,
        )
        self.bias = self.add_weight(
            name="bias", shape=(num_columns,), initializer=self.bias_initializer
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the largest piece of each unit."""
        columns = keras.ops.add(keras.ops.matmul(inputs, self.kernel), self.bias)
        # Pieces on the outer axis: the maximum runs over contiguous rows of units.
        pieces = keras.ops.reshape(columns, (-1, self.num_pieces, self.units))
        return keras.ops.max(pieces, axis=1)  # [batch, units]

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `[batch, units]`."""
        return (input_shape[0], self.units)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "units": self.units,
            "num_pieces": self.num_pieces,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
        }
