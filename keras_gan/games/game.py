"""The plain game: data against what the generator makes, conditions beside both."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._rebuilding import check_rebuilds
from keras_gan._replicas import outside_training
from keras_gan._types import Config, Tensor
from keras_gan.training.examples import LATENTS, Example
from keras_gan.training.named_inputs import NamedInputs
from keras_gan.training.network_checks import (
    check_apart,
    check_encoder,
    check_has_latents,
    check_is_model,
    models_of,
)


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
        encoder: `keras.Model` from data, and conditions that it names, to latents
            `[batch, latent_dim]`, or `None`. It moves with the generator where a term
            trains it, such as `keras_gan.terms.LatentRegression`; then
            `gan.encode(images)` and `gan.reconstruct(images)` are there.
            Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Raises:
        TypeError: if `encoder` is not a `keras.Model`.
        ValueError: when the GAN is made, if the encoder does not take its data or makes
            no latents of its prior's length.

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

    def __init__(self, encoder: keras.Model | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if encoder is not None:
            check_is_model("encoder", encoder)
        self.encoder = encoder
        self.built = True

    def reconstructs(self, gan: Any) -> bool:
        """Whether data are made anew: from their latents, or from what is told of them.

        Args:
            gan: the `GAN` that plays.
        """
        return self.encoder is not None or bool(gan.networks.told)

    def check(self, gan: Any) -> None:
        """Raises unless the networks of a GAN can play this game.

        Args:
            gan: the `GAN`, with its networks and its prior, before it was compiled.
        """
        if self.encoder is not None:
            check_has_latents(gan, "An encoder makes")
            latent_dim = gan.prior.latent_dim
            check_encoder(
                self.encoder, gan.data_name, gan.networks.trial_shape, latent_dim
            )

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

    def encode(self, gan: Any, example: Example, training: bool = False) -> Tensor:
        """Latents `[batch, latent_dim]` of the data of an example, float32.

        Args:
            gan: the `GAN` that plays.
            example: the data, and conditions that the encoder names.
            training: bool. Defaults to `False`.
        """
        inputs = NamedInputs(self.encoder, gan.data_name)
        with outside_training(not training):
            return tf.cast(inputs(example, training), tf.float32)

    def reconstruction(
        self, gan: Any, real: Example, fake: Example, training: bool
    ) -> Tensor:
        """The data of the real example as the generator makes them, row by row.

        Without an encoder they are the fake example's, made of the same conditions.

        Args:
            gan: the `GAN` that plays.
            real: the real example.
            fake: the fake example of the same round.
            training: bool.
        """
        if self.encoder is None:
            return fake[gan.data_name]
        latents = self.encode(gan, real, training)
        return gan.generate({**real, LATENTS: latents}, training)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this game."""
        config: Config = super().get_config()
        if self.encoder is None:
            return config
        encoder = keras.saving.serialize_keras_object(self.encoder)
        return {**config, "encoder": encoder}

    @classmethod
    def from_config(cls, config: Config) -> "Game":
        """Builds the game from what `get_config` returned."""
        deserialize = keras.saving.deserialize_keras_object
        parts = {
            name: deserialize(value)
            for name, value in config.items()
            if isinstance(value, dict)
        }
        return cls(**{**config, **parts})


def makers_of(gan: Any, terms: Sequence[Any]) -> list[keras.Model]:
    """Networks that move as the generator: the game's, and what a term trains.

    Args:
        gan: the `GAN`.
        terms: `keras_gan.terms.Term` objects of the rules to come.
    """
    networks = gan.game.makers(gan.generator)
    encoder = gan.game.encoder
    is_trained = encoder is not None and any(term.trains_encoder for term in terms)
    if not is_trained or any(one is encoder for one in networks):
        return networks
    return [*networks, encoder]


def check_game(game: Any, gan: Any) -> Game:
    """Returns the game, the plain one for `None`; raises unless a GAN can play it."""
    game = Game() if game is None else game
    if not isinstance(game, Game):
        raise TypeError(f"`game` must be a keras_gan.games.Game. Received: {game!r}")
    check_rebuilds("game", game)
    game.check(gan)
    players = {"generator": gan.generator, "discriminator": gan.discriminator}
    check_apart(**players, **models_of(game))
    return game
