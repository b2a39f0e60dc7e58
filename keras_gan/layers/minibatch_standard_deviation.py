"""Minibatch standard deviation: each example is told how varied its group is."""

from typing import Any, ClassVar

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive, check_positive_integer


@keras.saving.register_keras_serializable(package="keras_gan")
class MinibatchStandardDeviation(keras.layers.Layer):
    """Appends to each example the mean standard deviation over a group of examples.

    The cheap relative of `MinibatchDiscrimination`, without weights, near the end of
    the discriminators of progressive GANs and StyleGAN2. Real and generated images have
    to pass in minibatches of their own; on several replicas each groups its own share.

        group of row i: the rows j = i modulo batch / group_size
        std[p]  = sqrt(mean over the group of (inputs[p] - group mean[p])^2 + epsilon)
        feature = mean of std[p] over pixels and one block of channels

    A group no larger than the batch is taken: min(group_size, batch). Where that does
    not divide the batch, as with a short last one, the first rows are repeated behind
    the last to fill the groups.

    Args:
        group_size: int, at least 1. Examples of one group. Defaults to `4`.
        num_channels: int, at least 1, divides the channels of the input: into so many
            blocks they are cut, each of which appends one channel. Defaults to `1`.
        epsilon: float, above 0, inside the root. Defaults to `1e-8`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, height, width, channels]` or `[batch, channels]`.

    Output shape: that of the input with `channels + num_channels`.

    Raises:
        ValueError: if `group_size` or `num_channels` is below 1, `epsilon` is not
            positive, or, when it is built, `num_channels` does not divide the channels.

    Example:
    >>> layer = MinibatchStandardDeviation(group_size=2)
    >>> layer(tf.constant([[0.0], [0.0], [6.0], [0.0]])).numpy().round(3)
    array([[0., 3.],
           [0., 0.],
           [6., 3.],
           [0., 0.]], dtype=float32)

    References:
        Karras et al., Progressive Growing of GANs, 2018, section 3.
        https://arxiv.org/abs/1710.10196
        Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020.
        https://arxiv.org/abs/1912.04958
    """

    uses_batch_statistics: ClassVar[bool] = True

    def __init__(
        self,
        group_size: int = 4,
        num_channels: int = 1,
        epsilon: float = 1e-8,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.group_size = check_positive_integer("group_size", group_size)
        self.num_channels = check_positive_integer("num_channels", num_channels)
        self.epsilon = check_positive("epsilon", epsilon)

    @property
    def row_multiple(self) -> int:
        """What a batch size has to be a multiple of, for groups without repetition."""
        return self.group_size

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks that the channels fall into `num_channels` equal blocks."""
        if len(input_shape) not in (2, 4):
            raise ValueError(
                "`MinibatchStandardDeviation` needs inputs [batch, channels] or "
                "[batch, height, width, channels]. Received: "
                f"input_shape={input_shape}"
            )
        if input_shape[-1] is None or input_shape[-1] % self.num_channels:
            raise ValueError(
                "`num_channels` must divide the channels of the inputs. Received: "
                f"num_channels={self.num_channels}, input_shape={input_shape}"
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs with the deviation of their groups behind them."""
        batch = tf.shape(inputs)[0]
        rows = _fill_groups(inputs, tf.minimum(self.group_size, batch))
        num_groups = tf.shape(rows)[1]
        deviations = self._block_deviations(rows)  # [num_groups, num_channels]
        of_row = tf.gather(deviations, tf.range(batch) % num_groups)
        pixels = [1] * (inputs.shape.rank - 2)
        features = tf.reshape(of_row, [batch, *pixels, self.num_channels])
        shape = tf.concat([tf.shape(inputs)[:-1], [self.num_channels]], axis=0)
        features = tf.broadcast_to(tf.cast(features, inputs.dtype), shape)
        return tf.concat([inputs, features], axis=-1)

    def _block_deviations(self, rows: Tensor) -> Tensor:
        rows = tf.cast(rows, tf.float32)  # [group, num_groups, pixels, channels]
        centered = rows - tf.reduce_mean(rows, axis=0, keepdims=True)
        variances = tf.reduce_mean(tf.square(centered), axis=0)
        deviations = tf.sqrt(variances + self.epsilon)
        by_pixel = tf.reduce_mean(deviations, axis=1)  # [num_groups, channels]
        block_size = rows.shape[-1] // self.num_channels
        blocks = tf.reshape(by_pixel, [-1, self.num_channels, block_size])
        return tf.reduce_mean(blocks, axis=-1)

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns the shape of the inputs with `num_channels` more channels."""
        return (*input_shape[:-1], input_shape[-1] + self.num_channels)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "group_size": self.group_size,
            "num_channels": self.num_channels,
            "epsilon": self.epsilon,
        }


def _fill_groups(inputs: Tensor, group: Tensor) -> Tensor:
    """Returns the rows as [group, num_groups, pixels, channels], the first repeated."""
    batch = tf.shape(inputs)[0]
    num_groups = (batch + group - 1) // group
    filled = tf.gather(inputs, tf.range(group * num_groups) % batch)
    num_pixels = tf.reduce_prod(tf.shape(inputs)[1:-1])
    return tf.reshape(filled, [group, num_groups, num_pixels, inputs.shape[-1]])
