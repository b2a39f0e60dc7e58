"""Dropout whose masks cost less to draw than those of Keras."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_fraction, check_optional_seed

_LEVELS = 2**16  # of the random bits of one unit


@keras.saving.register_keras_serializable(package="keras_gan")
class Dropout(keras.layers.Dropout):
    """Sets a random share of its inputs to zero while training.

    `keras.layers.Dropout` with one difference: a unit's fate takes 16 random bits
    instead of a float of 32, which makes it about three times as fast on a CPU. Where
    every layer drops, as in the discriminators of 2014, that is felt.

        outputs = inputs * keep / (1 - p),   keep ~ Bernoulli(1 - p) for each number
        p = round(2^16 rate) / 2^16

    Args:
        rate: float in [0, 1), share of units dropped, rounded to a multiple of 2^-16.
        noise_shape: tuple, shape of a mask that is repeated over the inputs, as in
            Keras and at its speed; or `None`. Defaults to `None`.
        seed: int, or `None` for a random one. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Raises:
        ValueError: if `rate` lies outside [0, 1).

    Example:
    >>> layer = Dropout(0.5, seed=0)
    >>> outputs = layer(tf.ones((1, 1000)), training=True)
    >>> sorted(set(outputs.numpy().ravel().tolist()))
    [0.0, 2.0]

    References:
        Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from
        Overfitting, 2014. https://jmlr.org/papers/v15/srivastava14a.html
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Shape | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            check_fraction("rate", rate),
            noise_shape=noise_shape,
            seed=check_optional_seed("seed", seed),
            **kwargs,
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns the inputs with units dropped, or as they are outside training."""
        num_dropped = min(round(_LEVELS * self.rate), _LEVELS - 1)
        if self.noise_shape is not None or not training or num_dropped == 0:
            return super().call(inputs, training=training)
        keep = self._draw(tf.shape(inputs)) >= tf.constant(num_dropped, tf.uint16)
        scale = _LEVELS / (_LEVELS - num_dropped)
        return tf.where(keep, inputs * tf.cast(scale, inputs.dtype), 0.0)

    def _draw(self, shape: Tensor) -> Tensor:
        num_units = tf.reduce_prod(shape)
        # XLA draws from 32-bit keys alone.
        key = tf.cast(self.seed_generator.next() % tf.int32.max, tf.int32)
        words = tf.random.stateless_uniform(
            [(num_units + 1) // 2],
            key,
            minval=None,
            maxval=None,
            dtype=tf.uint32,
        )
        halves = tf.reshape(tf.bitcast(words, tf.uint16), [-1])
        return tf.reshape(halves[:num_units], shape)
