"""What a term is: a weight, an interval, and the players whose loss it joins."""

import abc
import types
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_gan._representation import representation
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive, check_positive_integer

PLAYERS = ("discriminator", "generator")
"""Names of those who move."""


class Term(abc.ABC):
    """Base class of what a player's loss gets besides the objective.

    Args:
        weight: float, above 0. Factor of the term.
        interval: int, at least 1. The game adds the term at every `interval`-th move of
            the discriminator, times `interval`, so that its mean over moves stays
            (lazy regularization). No move is added, so Adam keeps its parameters; see
            `keras_gan.optimizers.lazy_adam_parameters`. Defaults to `1`.

    Example:
    >>> import tensorflow as tf
    >>> @keras.saving.register_keras_serializable(package="mine")
    ... class SmallLogits(Term):
    ...     def __call__(self, round, player):
    ...         return self.weight * tf.reduce_mean(tf.square(round.logits("real")))
    >>> SmallLogits(0.1, interval=4).get_config()
    {'weight': 0.1, 'interval': 4}
    """

    players: Sequence[str] = ("discriminator",)
    """Whose losses get the term: `"discriminator"`, `"generator"` or both."""

    reads: Sequence[str] = ()
    """Entries of the batch that the term needs and no network names."""

    reads_data: Sequence[str] = ()
    """Those of `reads` that are rows of data: of their shape and in their range."""

    num_classes: Mapping[str, int] = types.MappingProxyType({})
    """How many classes integer entries of the batch number, by name, where it knows."""

    replaces_objective: bool = False
    """Whether the player forgets the objective and minimizes its terms alone."""

    trains_encoder: bool = False
    """Whether the game's encoder, where there is one, moves by the term."""

    limits_gradient: bool = False
    """Whether the term bounds the discriminator's slope image by image."""

    supports_jit: bool = True
    """Whether XLA can compile the term."""

    supports_replicas: bool = True
    """Whether the term means the same when several replicas share the batch."""

    variables: Sequence[keras.Variable] = ()
    """State of the term, saved with the GAN."""

    def __init__(self, weight: float, interval: int = 1) -> None:
        self.weight = check_positive("weight", weight)
        self.interval = check_positive_integer("interval", interval)

    @abc.abstractmethod
    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted term, a float32 scalar.

        Args:
            round: `keras_gan.training.round.Round`: the batch, the real and the fake
                example, what the discriminator says of each, the networks.
            player: whose loss it joins, `"discriminator"` or `"generator"`.
        """

    def check(self, gan: Any) -> None:  # noqa: B027 (most terms ask for nothing)
        """Raises unless a GAN can play with the term; `compile` calls it first."""

    def bind(  # noqa: B027 (most terms have nothing to prepare)
        self, generator: keras.Model, discriminator: keras.Model
    ) -> None:
        """Prepares the term for the two networks of a game.

        `compile` calls it on a copy of its own of what it was given.
        """

    def arrange(self, arrays: dict[str, Any], data_name: str) -> dict[str, Any]:
        """Returns arrays as the term reads them; `fit` asks before it deals rows.

        Args:
            arrays: what the user brought, by name.
            data_name: str, name of the data among them.
        """
        return arrays

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        return {"weight": self.weight, "interval": self.interval}

    def __repr__(self) -> str:
        return representation(self)

    @classmethod
    def from_config(cls, config: Config) -> "Term":
        """Builds a term from what `get_config` returned."""
        return cls(**config)
