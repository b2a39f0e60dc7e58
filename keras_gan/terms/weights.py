"""Penalties on the weights themselves."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._layers_of import layers_of
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_known
from keras_gan.terms.term import PLAYERS, Term


@keras.saving.register_keras_serializable(package="keras_gan")
class HistoricalAveraging(Term):
    """Draws a player's weights towards the mean of all weights it has had.

    It damps the circles that two players run around their equilibrium. For both
    players take two of these. It joins every move, never lazily: the mean is one of all
    weights.

        mean_t  = mean_{t-1} + (theta_t - mean_{t-1}) / t
        penalty = weight * ||theta_t - mean_t||^2        # no gradient through the mean

    Args:
        weight: float, above 0; the paper gives none. On its toy game 0.1 converges and
            2 is too slow. Defaults to `0.1`.
        player: `"discriminator"` or `"generator"`, whose network it is; of an encoder
            that moves with the generator it knows nothing. Defaults to
            `"discriminator"`.

    Raises:
        ValueError: if `weight` is not positive or `player` unknown.

    Example:
    ```python
    terms = [
        kg.terms.HistoricalAveraging(0.1, player="discriminator"),
        kg.terms.HistoricalAveraging(0.1, player="generator"),
    ]
    ```

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 3.3.
        https://arxiv.org/abs/1606.03498
    """

    def __init__(self, weight: float = 0.1, player: str = "discriminator") -> None:
        super().__init__(weight)
        self.player = check_known("player", player, PLAYERS)
        self.players = (self.player,)

    def bind(self, generator: keras.Model, discriminator: keras.Model) -> None:
        """Begins the mean of the player's weights."""
        network = generator if self.player == "generator" else discriminator
        # Also of frozen layers, so that a file fits whatever is frozen since; Keras has
        # no public way to what learns where its layer is free.
        layers = [network, *layers_of(network)]
        learning = {id(one) for each in layers for one in each._trainable_variables}
        self._weights = [one for one in network.variables if id(one) in learning]
        self._count = _state("count", tf.zeros(()))
        self._means = [
            _state(f"mean_{index}", tf.zeros_like(_wide(weight.value)))
            for index, weight in enumerate(self._weights)
        ]
        self.variables = (self._count, *self._means)

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted squared distance from the mean, which it moves."""
        self._count.assign_add(1.0)
        distance = tf.constant(0.0)
        for weight, mean in zip(self._weights, self._means, strict=True):
            present = _wide(tf.convert_to_tensor(weight))
            count = tf.cast(self._count, present.dtype)
            mean.assign_add(tf.stop_gradient(present - mean) / count)
            if weight.trainable:
                squares = tf.square(present - tf.stop_gradient(mean))
                distance += tf.cast(tf.reduce_sum(squares), tf.float32)
        return self.weight * distance

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {"weight": self.weight, "player": self.player}


def _wide(value: Tensor) -> Tensor:
    """At least float32: in 16 bits a mean stands still after some hundred moves."""
    return value if value.dtype == tf.float64 else tf.cast(value, tf.float32)


def _state(name: str, value: Tensor) -> keras.Variable:
    return keras.Variable(
        value, trainable=False, aggregation="only_first_replica", name=name
    )
