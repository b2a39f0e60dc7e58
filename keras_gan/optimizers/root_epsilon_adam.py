"""Adam whose epsilon sits under the root, as published codes of GANs have it."""

from typing import Any

import keras
import tensorflow as tf
from keras.optimizers.schedules import LearningRateSchedule

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_fraction, check_positive
from keras_gan.optimizers._learning_rate import checked_rate


@keras.saving.register_keras_serializable(package="keras_gan")
class RootEpsilonAdam(keras.optimizers.Adam):
    """Adam that adds epsilon to the corrected second moment, before its root is taken.

    When to use it: to repeat published settings whose code has this form, or where
    gradients are about as small as the root of epsilon. Keras's `Adam` adds epsilon
    behind the root of the moment as it stands, before its correction:

        m <- m + (1 - beta_1) (g - m),   v <- v + (1 - beta_2) (g^2 - v)
        here:   x <- x - rate * m' / sqrt(v' + epsilon)
        Keras:  x <- x - rate * m' / (sqrt(v') + epsilon / sqrt(1 - beta_2^t))
        m' = m / (1 - beta_1^t),   v' = v / (1 - beta_2^t)

    With beta_2 = 0.999 Keras's epsilon acts 32 times as large in the first step and
    3 times in the hundredth: a player whose gradients are small, as those of feature
    matching may be, starts more slowly than the other.

    Args:
        learning_rate: float, at least 0, or Keras schedule. Defaults to `0.001`.
        beta_1: float in [0, 1), memory of the mean. Defaults to `0.9`.
        beta_2: float in [0, 1), memory of the squares. Defaults to `0.999`.
        epsilon: float, above 0, in units of squared gradients. Defaults to `1e-8`.
        **kwargs: what `keras.optimizers.Optimizer` takes.

    Raises:
        TypeError: if `amsgrad` is among them, which the published codes do not have.
        ValueError: if an argument lies outside its range.

    Example:
    >>> weight = keras.Variable([1.0])
    >>> optimizer = RootEpsilonAdam(learning_rate=0.1, epsilon=3.0)
    >>> optimizer.apply([keras.ops.ones(1)], [weight])  # 1 - 0.1 * 1 / sqrt(1 + 3)
    >>> round(float(weight.numpy()[0]), 4)
    0.95

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, the published code
        (nn.py, adam_updates). https://arxiv.org/abs/1606.03498
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        name: str = "root_epsilon_adam",
        **kwargs: Any,
    ) -> None:
        if "amsgrad" in kwargs:
            raise TypeError(
                "`RootEpsilonAdam` has no maximum over past moments. Received: "
                f"amsgrad={kwargs['amsgrad']!r}; leave it out, or take "
                "keras.optimizers.Adam."
            )
        super().__init__(
            checked_rate(learning_rate),
            check_fraction("beta_1", beta_1),
            check_fraction("beta_2", beta_2),
            check_positive("epsilon", epsilon),
            name=name,
            **kwargs,
        )

    def update_step(
        self, gradient: Tensor, variable: Tensor, learning_rate: Tensor
    ) -> None:
        """Moves one variable, which Keras hands over as its `tf.Variable`."""
        index = self._get_variable_index(variable)
        mean, square = self._momentums[index], self._velocities[index]
        gradient = tf.cast(gradient, variable.dtype)
        step = tf.cast(self.iterations + 1, variable.dtype)
        left = 1.0 - tf.pow(tf.cast(self.beta_2, variable.dtype), step)
        rate = tf.cast(learning_rate, variable.dtype) * tf.sqrt(left)
        rate /= 1.0 - tf.pow(tf.cast(self.beta_1, variable.dtype), step)
        mean.assign_add((gradient - mean) * (1.0 - self.beta_1))
        square.assign_add((tf.square(gradient) - square) * (1.0 - self.beta_2))
        # The same move with both corrections taken out of the fraction.
        variable.assign_sub(rate * mean * tf.math.rsqrt(square + left * self.epsilon))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this optimizer."""
        config = super().get_config()
        del config["amsgrad"]
        return config
