"""Who moves when: the turns of one training step."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from keras_gan.training.examples import Example
from keras_gan.training.player import Player


class Turn(NamedTuple):
    """One move.

    Args:
        players: those who move, at once where there are several.
        minibatch: example that they see.
    """

    players: tuple[Player, ...]
    minibatch: Example


def turns_of(gan: Any, minibatches: Sequence[Example]) -> list[Turn]:
    """The turns of one step: k of the discriminator, then those of the generator.

    Args:
        gan: the `GAN` that plays.
        minibatches: examples, one for each move of the discriminator.
    """
    discriminator, generator = gan.discriminator_player, gan.generator_player
    if gan.rules.simultaneous:
        return [Turn((discriminator, generator), minibatches[0])]
    its_turns = [Turn((discriminator,), minibatch) for minibatch in minibatches]
    turn = Turn((generator,), minibatches[-1])
    return [*its_turns, *[turn] * gan.rules.generator_steps]
