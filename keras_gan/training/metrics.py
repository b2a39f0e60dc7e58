"""What is logged of a game: losses, penalty, mean judgement of both kinds of images."""

import keras
import tensorflow as tf

from keras_gan._types import Tensor


class GameMetrics:
    """Running means over an epoch, in the order in which they are logged."""

    def __init__(self) -> None:
        self.d_loss = keras.metrics.Mean(name="d_loss")
        self.g_loss = keras.metrics.Mean(name="g_loss")
        self.d_real = keras.metrics.Mean(name="d_real")
        self.d_fake = keras.metrics.Mean(name="d_fake")
        self._penalties = {
            "discriminator": keras.metrics.Mean(name="penalty"),
            "generator": keras.metrics.Mean(name="g_penalty"),
        }

    def observe_discriminator(
        self,
        loss: Tensor,
        real_logits: Tensor,
        fake_logits: Tensor,
        weight: Tensor | None = None,
    ) -> None:
        """Takes in one judgement; `weight` is its share in the means."""
        d_real = tf.reduce_mean(tf.sigmoid(real_logits))
        d_fake = tf.reduce_mean(tf.sigmoid(fake_logits))
        self.d_loss.update_state(loss, weight)
        self.d_real.update_state(d_real, weight)
        self.d_fake.update_state(d_fake, weight)

    def observe_penalty(self, player: str, term: Tensor) -> None:
        """Takes in the penalties of one move."""
        self._penalties[player].update_state(term)

    def logged(self, players_with_penalties: set[str]) -> list[keras.Metric]:
        """The metrics of a game, those of penalties only where there are any."""
        losses = [self.d_loss, self.g_loss, self.d_real, self.d_fake]
        return losses + [
            metric
            for player, metric in self._penalties.items()
            if player in players_with_penalties
        ]
