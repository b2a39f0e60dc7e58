"""Maxout over channels of a convolution."""

from typing import Any

import keras

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive_integer


@keras.saving.register_keras_serializable(package="keras_gan")
class MaxoutConv2D(keras.layers.Conv2D):
    """Convolution whose channels output the maximum over `num_pieces` convolutions.

    What `Maxout` is to `keras.layers.Dense`; each piece has its own bias, shared over
    the map.

        outputs[..., f] = max_p convolution(inputs)[..., p * filters + f]

    Args:
        filters: int, at least 1. Channels of the output.
        kernel_size: int or pair of ints.
        num_pieces: int, at least 1. Convolutions that each channel chooses from.
        **kwargs: what `keras.layers.Conv2D` takes, but for `activation` and `groups`.

    Input shape: `[batch, height, width, channels]`.

    Output shape: `[batch, new_height, new_width, filters]`.

    Raises:
        ValueError: if `filters` or `num_pieces` is below 1, maps have their channels
            first, or `activation` or `groups` are given.

    Example:
    >>> layer = MaxoutConv2D(32, 8, num_pieces=2)
    >>> layer(keras.ops.zeros((2, 40, 40, 3))).shape
    TensorShape([2, 33, 33, 32])
    >>> layer.count_params()  # (8 * 8 * 3 + 1) * 32 * 2
    12352

    References:
        Goodfellow et al., Maxout Networks, 2013, section 5.2.
        https://arxiv.org/abs/1302.4389
    """

    def __init__(
        self, filters: int, kernel_size: Any, num_pieces: int, **kwargs: Any
    ) -> None:
        self.units = check_positive_integer("filters", filters)
        self.num_pieces = check_positive_integer("num_pieces", num_pieces)
        super().__init__(self.units * self.num_pieces, kernel_size, **kwargs)
        if self.activation is not keras.activations.linear or self.groups != 1:
            raise ValueError(
                "`activation` and `groups` must be left out: the largest of its pieces "
                "is what the layer adds to a plain convolution. Received: "
                f"activation={self.activation}, groups={self.groups}"
            )
        if self.data_format != "channels_last":
            raise ValueError(
                "`data_format` must be 'channels_last'. Received: "
                f"data_format={self.data_format!r}"
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the largest piece of each channel."""
        channels = super().call(inputs)  # [batch, h, w, num_pieces * filters]
        # Not a reshape and a maximum over an axis: this one stays in the layout of the
        # convolution, and its gradient is a few multiplications by masks.
        pieces = keras.ops.split(channels, self.num_pieces, axis=-1)
        outputs = pieces[0]
        for piece in pieces[1:]:
            outputs = keras.ops.maximum(outputs, piece)
        return outputs

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `[batch, new_height, new_width, filters]`."""
        return (*super().compute_output_shape(input_shape)[:-1], self.units)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        config = super().get_config()
        del config["activation"], config["groups"], config["data_format"]
        return {**config, "filters": self.units, "num_pieces": self.num_pieces}
