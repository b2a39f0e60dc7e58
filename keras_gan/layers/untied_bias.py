"""A bias for each pixel of each channel."""

from typing import Any

import keras

from keras_gan._types import Config, Tensor


@keras.saving.register_keras_serializable(package="keras_gan")
class UntiedBias(keras.layers.Layer):
    """Adds a bias of its own to every number of an example.

    A convolution shares its bias over a channel's map; after one without a bias, this
    layer lets every pixel start from its own value.

    Args:
        bias_initializer: Keras initializer. Defaults to `"zeros"`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, ...]`, all sizes but the batch's known.

    Output shape: the input's.

    Example:
    >>> layer = UntiedBias()
    >>> layer(keras.ops.zeros((2, 32, 32, 3))).shape, layer.count_params()
    (TensorShape([2, 32, 32, 3]), 3072)

    References:
        `tied_b: 0` in cifar10_convolutional.yaml of Goodfellow et al. 2014.
    """

    def __init__(self, bias_initializer: Any = "zeros", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the bias, of the shape of one example."""
        self.bias = self.add_weight(
            name="bias", shape=input_shape[1:], initializer=self.bias_initializer
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs plus the bias."""
        return keras.ops.add(inputs, self.bias)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }
