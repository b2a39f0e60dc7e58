"""A restricted Boltzmann machine, trained by persistent contrastive divergence."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

_WEIGHT_DECAY = 2e-4  # of the kernel alone, as in Hinton's guide of 2010


class RestrictedBoltzmannMachine(keras.Model):
    """Binary visible and hidden units, with weights between the two layers alone.

        p(v, h) ~ exp(b.v + c.h + v W h)
        F(v) = -b.v - sum_j softplus(c_j + v W_j),    -log p(v) = F(v) + log Z

    The slope of log Z is the mean slope of F over the model's own v, which chains stand
    for that take one Gibbs step at each update and are never started anew. Data in
    [0, 1] are chances of ones, drawn anew at each update.

    Args:
        num_visible: int.
        num_hidden: int.
        num_chains: int, chains for the model's own v. Defaults to `100`.
        seed: int. Defaults to `0`.

    References:
        Tieleman, Training restricted Boltzmann machines using approximations to the
        likelihood gradient, 2008.
    """

    def __init__(
        self, num_visible: int, num_hidden: int, num_chains: int = 100, seed: int = 0
    ) -> None:
        super().__init__()
        self.random = keras.random.SeedGenerator(seed)
        self.kernel = self.add_weight(
            shape=(num_visible, num_hidden),
            initializer=keras.initializers.RandomNormal(stddev=0.01, seed=seed),
            name="kernel",
        )
        self.visible_bias = self.add_weight(
            shape=(num_visible,), initializer="zeros", name="visible_bias"
        )
        self.hidden_bias = self.add_weight(
            shape=(num_hidden,), initializer="zeros", name="hidden_bias"
        )
        self.chains = self.add_weight(
            shape=(num_chains, num_visible),
            initializer="zeros",
            trainable=False,
            name="chains",
        )
        self.built = True

    def start_from(self, means: np.ndarray) -> None:
        """Sets the visible bias to the data's own shares, and chains to draws of them.

        Args:
            means: float array `[num_rows, num_visible]`, in [0, 1].
        """
        # Within 0.1 % and 99.9 %: a pixel that is never set has no finite logit.
        shares = np.clip(means.mean(axis=0), 1e-3, 1 - 1e-3)
        self.visible_bias.assign(np.log(shares / (1 - shares)))
        self.chains.assign(self.draw(means[: self.chains.shape[0]], self.random))

    def free_energy(self, visible: tf.Tensor) -> tf.Tensor:
        """F(v), `[num_rows]`."""
        hidden = ops.matmul(visible, self.kernel) + self.hidden_bias
        return -ops.matmul(visible, self.visible_bias) - ops.sum(
            ops.softplus(hidden), axis=1
        )

    def hidden_means(self, visible: tf.Tensor) -> tf.Tensor:
        """p(h = 1 | v), `[num_rows, num_hidden]`."""
        return ops.sigmoid(ops.matmul(visible, self.kernel) + self.hidden_bias)

    def visible_means(self, hidden: tf.Tensor) -> tf.Tensor:
        """p(v = 1 | h), `[num_rows, num_visible]`."""
        kernel = ops.transpose(self.kernel)
        return ops.sigmoid(ops.matmul(hidden, kernel) + self.visible_bias)

    def gibbs_step(self, visible: tf.Tensor, random: Any) -> tf.Tensor:
        """One step v -> h -> v, both drawn."""
        hidden = self.draw(self.hidden_means(visible), random)
        return self.draw(self.visible_means(hidden), random)

    @staticmethod
    def draw(means: tf.Tensor, random: Any) -> tf.Tensor:
        """Zeros and ones with these chances."""
        chances = keras.random.uniform(ops.shape(means), seed=random)
        return ops.cast(chances < means, "float32")

    def call(self, visible: tf.Tensor) -> tf.Tensor:
        """What the layer above is trained on."""
        return self.hidden_means(visible)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Lowers F of the data and raises it where the chains are."""
        means, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        seen = self.draw(means, self.random)
        dreamt = self.gibbs_step(self.chains, self.random)
        self.chains.assign(dreamt)
        with tf.GradientTape() as tape:
            gap = ops.mean(self.free_energy(seen)) - ops.mean(self.free_energy(dreamt))
            loss = gap + _WEIGHT_DECAY / 2 * ops.sum(ops.square(self.kernel))
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"gap": gap, "error": self._one_step_error(seen)}

    def _one_step_error(self, seen: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of v given the means of h given v, in nats a unit."""
        again = self.visible_means(self.hidden_means(seen))
        return ops.mean(keras.losses.binary_crossentropy(seen, again))
