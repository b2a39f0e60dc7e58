"""Minibatch discrimination: each example is told how close the others are."""

from typing import Any, ClassVar

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive_integer


@keras.saving.register_keras_serializable(package="keras_gan")
class MinibatchDiscrimination(keras.layers.Layer):
    """Appends to each example its closeness to the other examples of the minibatch.

    A discriminator that sees examples one by one cannot tell a collapsed generator from
    a good one; with this layer near its end it can. Real and generated images have to
    pass in minibatches of their own; under `tf.distribute` each replica compares its
    own share. Memory grows with batch^2 * num_kernels * kernel_dim.

        M_i    = inputs_i . kernel                  [num_kernels, kernel_dim]
        o_i[b] = sum_j exp(-sum_c |M_i[b, c] - M_j[b, c]|)
        outputs_i = concat(inputs_i, o_i)

    Args:
        num_kernels: int, at least 1. Number of features that are appended.
        kernel_dim: int, at least 1. Dimensions in which one kernel measures distance.
        include_self: bool, whether the sum runs over j = i too, which adds 1, as in the
            paper; its code leaves that out. Defaults to `True`.
        kernel_initializer: Keras initializer. Defaults to `"random_normal"`, which is
            the published code's N(0, 0.05^2).
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, features]`.

    Output shape: `[batch, features + num_kernels]`.

    Raises:
        ValueError: if `num_kernels` or `kernel_dim` is below 1.

    Example:
    >>> layer = MinibatchDiscrimination(num_kernels=2, kernel_dim=3)
    >>> layer(tf.ones((4, 1))).numpy()  # four equal examples
    array([[1., 4., 4.],
           [1., 4., 4.],
           [1., 4., 4.],
           [1., 4., 4.]], dtype=float32)

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 3.2.
        https://arxiv.org/abs/1606.03498
    """

    uses_batch_statistics: ClassVar[bool] = True

    def __init__(
        self,
        num_kernels: int,
        kernel_dim: int,
        include_self: bool = True,
        kernel_initializer: Any = "random_normal",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_kernels = check_positive_integer("num_kernels", num_kernels)
        self.kernel_dim = check_positive_integer("kernel_dim", kernel_dim)
        self.include_self = bool(include_self)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the kernel `[features, num_kernels, kernel_dim]`."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.num_kernels, self.kernel_dim),
            initializer=self.kernel_initializer,
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs with their closeness to the minibatch behind them."""
        projected = tf.tensordot(inputs, self.kernel.value, axes=1)
        projected = tf.cast(projected, tf.float32)  # [batch, num_kernels, kernel_dim]
        differences = projected[:, None] - projected[None]
        distances = tf.reduce_sum(tf.abs(differences), axis=-1)
        closeness = tf.exp(-distances)  # [batch, batch, num_kernels]
        if not self.include_self:
            # A mask, because 1 + closeness - 1 would lose what is small.
            closeness *= 1 - tf.eye(tf.shape(inputs)[0])[:, :, None]
        appended = tf.cast(tf.reduce_sum(closeness, axis=1), inputs.dtype)
        return tf.concat([inputs, appended], axis=-1)

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns `[batch, features + num_kernels]`."""
        return (input_shape[0], input_shape[1] + self.num_kernels)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "num_kernels": self.num_kernels,
            "kernel_dim": self.kernel_dim,
            "include_self": self.include_self,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
