"""A player: networks that move together, their optimizer, and what they minimize."""

import abc
from collections.abc import Sequence
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_gan._logits import summed
from keras_gan._types import Tensor
from keras_gan.training.regularization import weight_penalty
from keras_gan.training.round import Round
from keras_gan.training.rules import Rules
from keras_gan.training.terms_in_play import TermsInPlay, add_gradients, check_scalar
from keras_gan.training.updates import Gradients, move, share_of


class Stake(NamedTuple):
    """What one round is worth to a player.

    Args:
        loss: float32 scalar, the objective's.
        terms: float32 scalar, sum of what is added to it.
        share: float32 scalar, what this replica minimizes of both.
    """

    loss: Tensor
    terms: Tensor
    share: Tensor


class Player(abc.ABC):
    """One side of the game.

    Args:
        networks: `keras.Model` objects that move together.
        optimizer: Keras optimizer, built for their trainable variables.
        rules: `Rules` of the game.
    """

    name: str

    def __init__(
        self,
        networks: Sequence[keras.Model],
        optimizer: keras.optimizers.Optimizer,
        rules: Rules,
    ) -> None:
        self.networks = tuple(networks)
        self.optimizer = optimizer
        self.objective = rules.objective
        self.terms = TermsInPlay(rules.terms, self.name)

    @property
    def variables(self) -> list[keras.Variable]:
        """What the player moves."""
        return [one for part in self.networks for one in part.trainable_variables]

    @abc.abstractmethod
    def objective_loss(self, round: Round) -> Tensor:
        """Returns the player's loss in the game, a float32 scalar."""

    def stake(self, round: Round) -> Stake:
        """Returns what the player minimizes of a round.

        Raises:
            ValueError: if a loss is no scalar, or a layer adds one of its own.
        """
        loss = self.objective_loss(round)
        check_scalar(loss, self.objective)
        terms = self.terms.at_once(round) + weight_penalty(self.networks)
        played = tf.zeros(()) if self.terms.replaces_objective else loss
        return Stake(loss, terms, share_of(played + terms, self.optimizer))

    def gradients(
        self, tape: tf.GradientTape, stake: Stake, round: Round, number: Tensor
    ) -> tuple[Gradients, Tensor]:
        """Returns the gradients of a stake and of lazy terms, and the terms' sum.

        Args:
            tape: that recorded the stake.
            stake: of this round.
            round: that is played.
            number: integer scalar, moves that the discriminator has made.
        """
        lazy, lazy_gradients = self.terms.when_due(
            number, round, self.variables, lambda loss: share_of(loss, self.optimizer)
        )
        at_once = tape.gradient(stake.share, self.variables)
        return add_gradients(at_once, lazy_gradients), stake.terms + lazy

    def move(self, gradients: Gradients) -> None:
        """Moves the networks."""
        move(self.optimizer, gradients, self.variables)


class Discriminator(Player):
    """Tells real from fake."""

    name = "discriminator"

    def objective_loss(self, round: Round) -> Tensor:
        """Returns the objective's loss of the discriminator."""
        return discriminator_loss(round)


class Generator(Player):
    """Makes the fake, and whatever else moves with it."""

    name = "generator"

    def objective_loss(self, round: Round) -> Tensor:
        """Returns the objective's loss of the generator, and of who makes the real."""
        return generator_loss(round)


def discriminator_loss(round: Round) -> Tensor:
    """The objective's loss of the discriminator, a float32 scalar."""
    objective = round.gan.rules.objective
    real_logits, fake_logits = round.logits("real"), round.logits("fake")
    return summed(objective.discriminator_loss, real_logits, fake_logits)


def generator_loss(round: Round) -> Tensor:
    """The objective's loss of the generator, and of who makes the real."""
    objective = round.gan.rules.objective
    fake_logits = round.logits("fake")
    compares = objective.needs_real_logits
    real_logits = round.logits("real") if compares else None
    loss = summed(objective.generator_loss, fake_logits, real_logits)
    # In alternating play an encoder learns from the real logits alone.
    if round.gan.game.makes_real and not compares:
        loss += summed(objective.encoder_loss, round.logits("real"))
    return loss
