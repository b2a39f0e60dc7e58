"""An autoencoder whose codes change little where data are."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops


class ContractiveAutoencoder(keras.Model):
    """Sigmoid codes and reconstructions by one kernel, with a penalty on slopes.

        h = s(x W + b),    r = s(h W' + c),    s the logistic function
        loss = mean_x [cross-entropy(x, r), summed over units,
                       + weight ||dh/dx||_F^2]
        ||dh/dx||_F^2 = sum_j (h_j (1 - h_j))^2 sum_i W_ij^2

    Args:
        num_visible: int.
        num_hidden: int.
        weight: float, of the penalty. Defaults to `1.0`: with the 0.1 of the authors'
            code chains leave the digits, with 3 they go to few of them.
        seed: int. Defaults to `0`.

    References:
        Rifai, Vincent, Muller, Glorot, Bengio, Contractive auto-encoders, 2011.
    """

    def __init__(
        self, num_visible: int, num_hidden: int, weight: float = 1.0, seed: int = 0
    ) -> None:
        super().__init__()
        self.weight = weight
        self.kernel = self.add_weight(
            shape=(num_visible, num_hidden),
            initializer=keras.initializers.GlorotUniform(seed=seed),
            name="kernel",
        )
        self.hidden_bias = self.add_weight(
            shape=(num_hidden,), initializer="zeros", name="hidden_bias"
        )
        self.visible_bias = self.add_weight(
            shape=(num_visible,), initializer="zeros", name="visible_bias"
        )
        self.built = True

    def call(self, visible: tf.Tensor) -> tf.Tensor:
        """The codes, `[num_rows, num_hidden]`."""
        return ops.sigmoid(ops.matmul(visible, self.kernel) + self.hidden_bias)

    def decode(self, codes: tf.Tensor) -> tf.Tensor:
        """The reconstructions, `[num_rows, num_visible]`."""
        return ops.sigmoid(self._decoded_logits(codes))

    def moved_codes(self, codes: tf.Tensor, moves: tf.Tensor) -> tf.Tensor:
        """J moves: how far codes go with what is seen, J = dh/dx.

        Args:
            codes: `[num_rows, num_hidden]`, where slopes are taken.
            moves: `[num_rows, num_visible]`.
        """
        return codes * (1 - codes) * ops.matmul(moves, self.kernel)

    def moved_back(self, codes: tf.Tensor, moves: tf.Tensor) -> tf.Tensor:
        """J' moves, `[num_rows, num_visible]`, of moves of codes."""
        return ops.matmul(codes * (1 - codes) * moves, ops.transpose(self.kernel))

    def penalty(self, codes: tf.Tensor) -> tf.Tensor:
        """||dh/dx||_F^2, `[num_rows]`."""
        columns = ops.sum(ops.square(self.kernel), axis=0)  # [num_hidden]
        return ops.matmul(ops.square(codes * (1 - codes)), columns)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Lowers the error of reconstructions and the slopes of codes."""
        visible, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            codes = self(visible)
            error = ops.mean(self._error(visible, codes))
            penalty = ops.mean(self.penalty(codes))
            loss = error + self.weight * penalty
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"error": error, "penalty": penalty}

    def _error(self, visible: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        """Cross-entropy in nats, summed over units."""
        logits = self._decoded_logits(codes)
        return ops.sum(ops.softplus(logits) - visible * logits, axis=1)

    def _decoded_logits(self, codes: tf.Tensor) -> tf.Tensor:
        return ops.matmul(codes, ops.transpose(self.kernel)) + self.visible_bias
