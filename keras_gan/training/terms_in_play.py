"""The terms of one player: which are due when, and their gradients."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from keras_gan._types import Tensor
from keras_gan.games.game import makers_of
from keras_gan.terms.term import Term
from keras_gan.training.regularization import regularized
from keras_gan.training.round import Round
from keras_gan.training.updates import Gradients


class TermsInPlay:
    """Adds up the terms of a player, at once or as lazily as they ask for.

    Args:
        terms: every `Term` of the game.
        player: `"discriminator"` or `"generator"`.
    """

    def __init__(self, terms: Sequence[Term], player: str) -> None:
        self._player = player
        self._terms = [term for term in terms if player in term.players]
        self.replaces_objective = any(term.replaces_objective for term in self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def at_once(self, round: Round) -> Tensor:
        """Sum of the terms that are due at every move."""
        total = tf.zeros(())
        for term in self._terms:
            if term.interval == 1:
                value = term(round, self._player)
                check_scalar(value, term)
                total += value
        return total

    def when_due(
        self,
        number: Tensor,
        round: Round,
        variables: Sequence[Any],
        share_of: Callable[[Tensor], Tensor],
    ) -> tuple[Tensor, Gradients]:
        """Sum of the lazy terms at this move, and its gradients.

        A term counts times its interval at every `interval`-th move. It is
        differentiated where it is computed: XLA cannot differentiate a branch.

        Args:
            number: integer scalar, moves that the discriminator has made.
            round: that is played; its examples have been asked for.
            variables: whose gradients are returned.
            share_of: function of a loss; its value is what gradients are taken of.

        Returns:
            total: float32 scalar.
            gradients: one for each variable, `None` where no term is lazy.
        """
        total: Tensor = tf.zeros(())
        gradients: Gradients = [None] * len(variables)
        values = [variable.value for variable in variables]
        for term in self._terms:
            if term.interval == 1:
                continue

            def due(term: Term = term) -> Any:
                with tf.GradientTape(watch_accessed_variables=False) as tape:
                    tape.watch(values)
                    value = term.interval * term(round.afresh(), self._player)
                    check_scalar(value, term)
                    share = share_of(value)
                zero = tf.UnconnectedGradients.ZERO
                slopes = tape.gradient(share, values, unconnected_gradients=zero)
                # Those of an embedding are sparse, and both branches must be alike.
                return value, [tf.convert_to_tensor(one) for one in slopes]

            def not_due() -> Any:
                return tf.zeros(()), [tf.zeros_like(one) for one in values]

            value, slopes = tf.cond(number % term.interval == 0, due, not_due)
            total += value
            gradients = add_gradients(gradients, slopes)
        return total, gradients


def players_with_terms(gan: Any) -> set[str]:
    """Names of the players whose objective something is added to."""
    players = {player for term in gan.rules.terms for player in term.players}
    if regularized(makers_of(gan, gan.rules.terms)):
        players.add("generator")
    if regularized([gan.discriminator]):
        players.add("discriminator")
    return players


def check_scalar(value: Any, source: Any) -> None:
    """Raises where a loss is no scalar: its gradient would be that of the sum."""
    shape = tf.convert_to_tensor(value).shape
    if shape.rank:
        raise ValueError(
            f"{type(source).__name__} must return a scalar, such as the mean over the "
            f"batch. Received: shape {tuple(shape)}"
        )


def add_gradients(first: Gradients, second: Gradients) -> Gradients:
    """Sums of aligned gradients, `None` where neither exists."""
    return [
        one if other is None else other if one is None else one + other
        for one, other in zip(first, second, strict=True)
    ]
