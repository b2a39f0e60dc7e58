"""What a penalty is: a weight, an interval, and the player whose loss it joins."""

import abc
from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive, check_positive_integer


class Penalty(abc.ABC):
    """Base class of the terms that a player's loss gets besides the game.

    Args:
        weight: float, above 0. Factor of the term.
        interval: int, at least 1. The game adds the term at every `interval`-th move of
            the discriminator, times `interval`, so that its mean over moves stays
            (lazy regularisation). No move is added, so Adam keeps its parameters; see
            `keras_gan.optimizers.lazy_adam_parameters`. Defaults to `1`.

    Example:
    >>> import tensorflow as tf
    >>> @keras.saving.register_keras_serializable(package="mine")
    ... class SmallLogits(Term):
    ...     def __call__(self, discriminator, real, fake, seed):
    ...         logits = discriminator(real, training=True)
    ...         return self.weight * tf.reduce_mean(tf.square(logits))
    >>> SmallLogits(0.1, interval=4).get_config()
    {'weight': 0.1, 'interval': 4}
    """

    player: str = "discriminator"
    """Whose loss gets the term: `"discriminator"` or `"generator"`."""

    replaces_objective: bool = False
    """Whether the player forgets the objective and minimises penalties alone."""

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
    def __call__(
        self, discriminator: Any, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted term, a float32 scalar.

        Args:
            discriminator: `keras.Model`, or a function with its signature, from images
                to logits `[batch, 1]`.
            real: float, `[batch, height, width, channels]`, images of the data.
            fake: float, of the same shape, generated images.
            seed: integers `[2]`, key of the term's own randomness.
        """

    def bind(  # noqa: B027 (most penalties have nothing to prepare)
        self, generator: keras.Model, discriminator: keras.Model
    ) -> None:
        """Prepares the term for the two networks of a game; `compile` calls it."""

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {"weight": self.weight, "interval": self.interval}

    @classmethod
    def from_config(cls, config: Config) -> "Term":
        """Builds a penalty from what `get_config` returned."""
        return cls(**config)
