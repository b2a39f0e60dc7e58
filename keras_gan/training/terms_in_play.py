"""The penalties of one game: who gets which, and when."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from keras_gan._types import Tensor
from keras_gan.terms.term import Term


class PenaltiesInPlay:
    """Adds up penalties, at once or as lazily as they ask for.

    Args:
        penalties: `Term` objects.

    Raises:
        TypeError: if they are no list or tuple, or one is not a `Term`.
        ValueError: if one of the generator's is lazy.
    """

    def __init__(self, penalties: Sequence[Term]) -> None:
        if not isinstance(penalties, list | tuple):
            raise TypeError(
                "`terms` must be a list of keras_gan.terms.Term objects. "
                f"Received: terms={penalties!r}. Pass terms=[penalty] for one, "
                "and terms=[] for none."
            )
        for penalty in penalties:
            _check(penalty)
        self.penalties = list(penalties)
        self.players = {penalty.player for penalty in penalties}
        self.replaces_objective = any(
            penalty.replaces_objective for penalty in penalties
        )

    def at_once(
        self, player: str, judge: Any, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Sum of the player's penalties that are due at every move.

        Args:
            player: `"discriminator"` or `"generator"`.
            judge: the discriminator, or a function with its signature.
            real: float, `[batch, height, width, channels]`.
            fake: float, of the same shape.
            seed: integers `[2]`.
        """
        total = tf.zeros(())
        for index, penalty in enumerate(self.penalties):
            if penalty.player == player and penalty.interval == 1:
                total += penalty(judge, real, fake, _seed_of(seed, index))
        return total

    def when_due(
        self,
        move: Tensor,
        judge: Any,
        real: Tensor,
        fake: Tensor,
        seed: Tensor,
        variables: Sequence[Any],
        share_of: Callable[[Tensor], Tensor],
    ) -> tuple[Tensor, list[Tensor | None]]:
        """Sum of the discriminator's lazy penalties at this move, and its gradients.

        A term counts times its interval at every `interval`-th move. It is
        differentiated where it is computed: XLA cannot differentiate a branch.

        Args:
            move: integer scalar, moves that the discriminator has made.
            judge: as in `at_once`.
            real: as in `at_once`.
            fake: as in `at_once`.
            seed: as in `at_once`.
            variables: whose gradients are returned.
            share_of: function of a loss; its value is what gradients are taken of.

        Returns:
            total: float32 scalar.
            gradients: one for each variable, `None` where no penalty is lazy.
        """
        total: Tensor = tf.zeros(())
        gradients: list[Tensor | None] = [None] * len(variables)
        values = [variable.value for variable in variables]
        for index, penalty in enumerate(self.penalties):
            if penalty.interval == 1:
                continue

            def term(penalty: Term = penalty, index: int = index) -> Any:
                with tf.GradientTape(watch_accessed_variables=False) as tape:
                    tape.watch(values)
                    value = penalty(judge, real, fake, _seed_of(seed, index))
                    value = penalty.interval * value
                    share = share_of(value)
                zero = tf.UnconnectedGradients.ZERO
                return value, tape.gradient(share, values, unconnected_gradients=zero)

            def nothing() -> Any:
                return tf.zeros(()), [tf.zeros_like(one) for one in values]

            value, slopes = tf.cond(move % penalty.interval == 0, term, nothing)
            total += value
            gradients = add_gradients(gradients, slopes)
        return total, gradients


def add_gradients(
    first: Sequence[Tensor | None], second: Sequence[Tensor | None]
) -> list[Tensor | None]:
    """Sums of aligned gradients, `None` where neither exists."""
    return [
        one if other is None else other if one is None else one + other
        for one, other in zip(first, second, strict=True)
    ]


def _check(penalty: Any) -> None:
    if not isinstance(penalty, Term):
        raise TypeError(
            "`terms` must hold keras_gan.terms.Term objects. Received: "
            f"{penalty!r}"
        )
    if penalty.player == "generator" and penalty.interval > 1:
        raise ValueError(
            "Only the discriminator's penalties can be lazy. Received: "
            f"{type(penalty).__name__} of the generator with interval="
            f"{penalty.interval}; set it to 1."
        )


def _seed_of(seed: Tensor, index: int) -> Tensor:
    return tf.random.experimental.stateless_fold_in(seed, index)
