"""Penalties on what a layer of the discriminator sees in both kinds of images."""

import abc
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_known, check_nonnegative
from keras_gan.terms.term import Term

_EPSILON = 1e-12  # inside the root: its slope at zero is infinite


class _FeatureTerm(Term):
    """Compares features of real and of generated images; for the generator.

    Features come from minibatches: on several replicas each compares its own share.
    """

    players = ("generator",)

    def __init__(self, weight: float = 1.0, layer: str | None = None) -> None:
        super().__init__(weight)
        self.layer = layer

    def bind(self, generator: keras.Model, discriminator: keras.Model) -> None:
        """Finds the layer."""
        self._network = features_of(discriminator, self.layer)

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted distance of the features."""
        real_features, fake_features = (
            _as_rows(round.features(self._network, kind)) for kind in ("real", "fake")
        )
        distance = self.compare(tf.stop_gradient(real_features), fake_features)
        return self.weight * distance

    @abc.abstractmethod
    def compare(self, real_features: Tensor, fake_features: Tensor) -> Tensor:
        """Returns the distance of two sets of features `[batch, num_features]`."""

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {"weight": self.weight, "layer": self.layer}


@keras.saving.register_keras_serializable(package="keras_gan")
class FeatureMatching(_FeatureTerm):
    """The generator matches mean features of the data instead of winning the game.

    It trains where the game does not settle, and makes good classifiers and dull
    pictures. The discriminator plays its objective as before. With f = activations of
    one of its layers:

        "squared_norm"   weight * sum_i (mean f_i(x) - mean f_i(G(z)))^2    # the paper
        "mean_squared"   the same, mean over i     # its code for MNIST
        "mean_absolute"  weight * mean_i |mean f_i(x) - mean f_i(G(z))|   # for CIFAR-10

    Means are those of the minibatch; on several replicas each compares its own share.

    Args:
        weight: float, above 0. Defaults to `1.0`.
        layer: str, name of a layer of the discriminator, whose output is f; `None`
            takes the input of its last layer with weights. Defaults to `None`.
        distance: str, as above. Defaults to `"squared_norm"`.
        replaces_objective: bool; `False` adds the term to the generator's loss in the
            game. Defaults to `True`.

    Raises:
        ValueError: if an argument is out of range, or, at compile time, if the
            discriminator has no such layer.

    Example:
    >>> features = FeatureMatching(distance="mean_absolute")
    >>> float(features.compare(tf.zeros((4, 3)), tf.ones((4, 3))))
    1.0

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 3.1, and
        the published code. https://arxiv.org/abs/1606.03498
    """

    def __init__(
        self,
        weight: float = 1.0,
        layer: str | None = None,
        distance: str = "squared_norm",
        replaces_objective: bool = True,
    ) -> None:
        super().__init__(weight, layer)
        self.distance = check_known("distance", distance, _DISTANCES)
        self.replaces_objective = bool(replaces_objective)

    def compare(self, real_features: Tensor, fake_features: Tensor) -> Tensor:
        """Returns the distance of the mean features."""
        real_mean = tf.reduce_mean(real_features, axis=0)  # [num_features]
        fake_mean = tf.reduce_mean(fake_features, axis=0)  # [num_features]
        return _DISTANCES[self.distance](real_mean - fake_mean)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {
            **super().get_config(),
            "distance": self.distance,
            "replaces_objective": self.replaces_objective,
        }


@keras.saving.register_keras_serializable(package="keras_gan")
class MomentMatching(_FeatureTerm):
    """Holds mean and spread of the generator's features near those of the data.

    The information loss of table-GAN, on top of the game, with the moments of the
    minibatch (on several replicas, of each one's share) in place of running ones:

        mean_gap   = ||mean f(x) - mean f(G(z))||
        spread_gap = ||stddev f(x) - stddev f(G(z))||
        penalty    = weight * (max(0, mean_gap - mean_tolerance)
                               + max(0, spread_gap - spread_tolerance))

    Args:
        weight: float, above 0. Defaults to `1.0`.
        layer: str, name of a layer of the discriminator, whose output is f; `None`
            takes the input of its last layer with weights. Defaults to `None`.
        mean_tolerance: float, at least 0, gap that costs nothing. Defaults to `0.0`.
        spread_tolerance: float, at least 0. Defaults to `0.0`.

    Raises:
        ValueError: if an argument is out of range, or, at compile time, if the
            discriminator has no such layer.

    Example:
    >>> moments = MomentMatching(mean_tolerance=1.0)
    >>> float(moments.compare(tf.zeros((4, 1)), 3 * tf.ones((4, 1))))
    2.0...

    References:
        Park et al., Data Synthesis based on Generative Adversarial Networks, 2018,
        equations 1 to 5. https://arxiv.org/abs/1806.03384
    """

    def __init__(
        self,
        weight: float = 1.0,
        layer: str | None = None,
        mean_tolerance: float = 0.0,
        spread_tolerance: float = 0.0,
    ) -> None:
        super().__init__(weight, layer)
        self.mean_tolerance = check_nonnegative("mean_tolerance", mean_tolerance)
        self.spread_tolerance = check_nonnegative("spread_tolerance", spread_tolerance)

    def compare(self, real_features: Tensor, fake_features: Tensor) -> Tensor:
        """Returns what the gaps exceed their tolerances by."""
        real_mean, real_variance = tf.nn.moments(real_features, axes=[0])
        fake_mean, fake_variance = tf.nn.moments(fake_features, axes=[0])
        spread_gap = _root(real_variance) - _root(fake_variance)  # [num_features]
        return tf.nn.relu(
            _norm(real_mean - fake_mean) - self.mean_tolerance
        ) + tf.nn.relu(_norm(spread_gap) - self.spread_tolerance)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {
            **super().get_config(),
            "mean_tolerance": self.mean_tolerance,
            "spread_tolerance": self.spread_tolerance,
        }


def features_of(discriminator: keras.Model, layer: str | None) -> keras.Model:
    """The discriminator up to a layer, or to what its logits are made of for `None`."""
    if not getattr(discriminator, "inputs", None):
        raise ValueError(
            "Features need a Sequential or functional discriminator, whose layers have "
            f"one order. Received: {type(discriminator).__name__}"
        )
    if layer is None:
        last = _last_with_weights(discriminator.layers[-1])
        features = last.input
    else:
        names = [known.name for known in discriminator.layers]
        check_known("layer", layer, names)
        last = discriminator.get_layer(layer)
        features = last.output
    if isinstance(last, keras.Model):  # whose tensors are of a graph of its own
        raise ValueError(
            "Features must be those of a layer of the discriminator itself. Received: "
            f"{last.name!r}, a model within it. Name another layer (layer=…), or build "
            "the discriminator in one piece."
        )
    if not isinstance(features, keras.KerasTensor):
        place = (
            "the input of the last layer" if layer is None else f"the output of {layer}"
        )
        raise ValueError(
            f"Features must be one tensor. Received: {place}, which is {features}. "
            "Name a layer of one output (layer=…)."
        )
    return keras.Model(discriminator.inputs, features)


def _last_with_weights(last: keras.layers.Layer) -> keras.layers.Layer:
    """The layer that makes the logits, before others that only shape or name them."""
    layer = last
    while not layer.weights:
        made_by = getattr(layer.input, "_keras_history", None)
        if made_by is None or isinstance(made_by.operation, keras.layers.InputLayer):
            return last
        if not isinstance(made_by.operation, keras.layers.Layer):
            return last
        layer = made_by.operation
    return layer


def _as_rows(features: Tensor) -> Tensor:
    rows = tf.reshape(features, [tf.shape(features)[0], -1])  # [batch, width]
    return tf.cast(rows, tf.float32)


def _root(squares: Tensor) -> Tensor:
    return tf.sqrt(squares + _EPSILON)


def _norm(vector: Tensor) -> Tensor:
    return _root(tf.reduce_sum(tf.square(vector)))


_DISTANCES = {
    "squared_norm": lambda gap: tf.reduce_sum(tf.square(gap)),
    "mean_squared": lambda gap: tf.reduce_mean(tf.square(gap)),
    "mean_absolute": lambda gap: tf.reduce_mean(tf.abs(gap)),
}
