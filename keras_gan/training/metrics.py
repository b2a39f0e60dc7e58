"""What is logged of a game: losses, penalty, mean judgement of real and fake."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._logits import mean_output, probability
from keras_gan._types import Tensor
from keras_gan.training.player import discriminator_loss, generator_loss
from keras_gan.training.round import Round
from keras_gan.training.rules import LOGGED
from keras_gan.training.terms_in_play import players_with_terms


class GameMetrics:
    """Running means over an epoch, in the order in which they are logged."""

    def __init__(self) -> None:
        means = (keras.metrics.Mean(name=name) for name in LOGGED)
        self.d_loss, self.g_loss, self.d_real, self.d_fake, *of_terms = means
        self._terms = dict(zip(("discriminator", "generator"), of_terms, strict=True))

    def observe(self, round: Round, player: str, loss: Tensor, terms: Tensor) -> None:
        """Takes in one move of a player."""
        if player == "discriminator":
            self.d_loss.update_state(loss)
            self._observe_judgement(round)
        else:
            self.g_loss.update_state(loss)
        self._terms[player].update_state(terms)

    def observe_held_out(self, round: Round, weight: Tensor) -> None:
        """Takes in a judgement of held-out data; `weight` is its share in the means."""
        self.d_loss.update_state(discriminator_loss(round), weight)
        self.g_loss.update_state(generator_loss(round), weight)
        self._observe_judgement(round, weight)

    def _observe_judgement(self, round: Round, weight: Tensor | None = None) -> None:
        has_log_odds = round.gan.rules.objective.has_log_odds
        judgement = probability if has_log_odds else mean_output
        for metric, kind in ((self.d_real, "real"), (self.d_fake, "fake")):
            metric.update_state(tf.reduce_mean(judgement(round.logits(kind))), weight)

    def of_held_out(self, results: dict[str, Tensor]) -> dict[str, Tensor]:
        """Results without the terms, which nobody computes for held-out data."""
        names = {metric.name for metric in self._terms.values()}
        return {name: value for name, value in results.items() if name not in names}

    def logged(self, gan: Any) -> list[keras.Metric]:
        """The metrics of a GAN's game, those of terms only where there are any.

        They come last: held-out data have none, and are told in the same order.
        """
        with_terms = players_with_terms(gan)
        losses = [self.d_loss, self.g_loss, self.d_real, self.d_fake]
        terms = [
            metric for player, metric in self._terms.items() if player in with_terms
        ]
        return [*losses, *gan.rules.round_metrics, *terms]
