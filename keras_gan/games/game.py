"""The plain game: data against what the generator makes, conditions beside both."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._types import Tensor
from keras_gan.training.examples import LATENTS, Example


@keras.saving.register_keras_serializable(package="keras_gan")
class Game(keras.layers.Layer):
    """The game of 2014: the discriminator tells data from what the generator makes.

    When to use another one: to let the discriminator see more than the data, a network
    besides the generator learn, or the generator be given something. A subclass changes
    the methods below and is handed to `GAN(game=...)`; the training step knows them
    alone. It is a Keras layer, so networks that it holds are tracked and saved.

        real example = {data and conditions of the batch}
        fake example = {data: G(latents, conditions), latents, the same conditions}

    Args:
        **kwargs: what `keras.layers.Layer` takes.

    Example:
    >>> @keras.saving.register_keras_serializable(package="mine")
    ... class WholeDiscriminator(Game):
    ...     '''The generator moves against the discriminator without its dropout.'''
    ...     def judge(self, gan, example, players, training):
    ...         return gan.judge(example, training and "generator" not in players)
    >>> WholeDiscriminator(name="whole").get_config()["name"]
    'whole'

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, equation 1.
        https://arxiv.org/abs/1406.2661
    """

    reads: Sequence[str] = ()
    """Entries of the batch, besides the data, that the game itself needs."""

    makes: Sequence[str] = ()
    """Entries that the game adds to examples, so that no batch must bring them."""

    makes_real: bool = False
    """Whether a network that moves as the generator has a hand in the real example."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.built = True

    def check(self, gan: Any) -> None:
        """Raises unless the networks of a GAN can play this game.

        Args:
            gan: the `GAN`, with its networks and its prior, before it was compiled.
        """

    def context(self, gan: Any, batch: Example, seed: Tensor) -> Example:
        """What both examples share: the batch without its data.

        Args:
            gan: the `GAN` that plays.
            batch: entries by name.
            seed: integers `[2]`, for what the game draws itself.
        """
        return {name: entry for name, entry in batch.items() if name != gan.data_name}

    def real(
        self, gan: Any, batch: Example, context: Example, training: bool
    ) -> Example:
        """The example that the discriminator should hold to be data."""
        return {**context, gan.data_name: batch[gan.data_name]}

    def fake(
        self,
        gan: Any,
        batch: Example,
        context: Example,
        latents: Tensor,
        training: bool,
    ) -> Example:
        """The example that the generator makes."""
        given = {**context, LATENTS: latents}
        return {**given, gan.data_name: gan.generate(given, training)}

    def judge(
        self, gan: Any, example: Example, players: Sequence[str], training: bool
    ) -> dict[str, Tensor]:
        """What the discriminator says of an example: a dict with `logits`.

        Args:
            gan: the `GAN` that plays.
            example: as the discriminator is shown it.
            players: names of those who move.
            training: bool.
        """
        return gan.judge(example, training)

    def makers(self, generator: keras.Model) -> list[keras.Model]:
        """Networks that move as the generator."""
        return [generator]


def check_game(game: Any, gan: Any) -> Game:
    """Returns the game, the plain one for `None`; raises unless a GAN can play it."""
    game = Game() if game is None else game
    if not isinstance(game, Game):
        raise TypeError(f"`game` must be a keras_gan.games.Game. Received: {game!r}")
    game.check(gan)
    return game
