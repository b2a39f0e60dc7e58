"""What the two players minimise, as pairs of losses on the discriminator's logits.

With l = discriminator logit and D = sigmoid(l):

    -log D = softplus(-l)        -log(1 - D) = softplus(l)

so that no logarithm of a rounded probability is ever taken.
"""

import abc
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_fraction, check_known, check_same_shape


class Objective(abc.ABC):
    """Base class: one loss for each player, both to be minimised.

    A subclass implements the two losses on logits `[batch, 1]`. The training loop knows
    nothing else about it. Register it with
    `keras.saving.register_keras_serializable` so that a saved GAN finds it again.

    Example:
    >>> class Disagreement(Objective):
    ...     def discriminator_loss(self, real_logits, fake_logits):
    ...         return tf.reduce_mean(fake_logits) - tf.reduce_mean(real_logits)
    ...     def generator_loss(self, fake_logits, real_logits=None):
    ...         return -tf.reduce_mean(fake_logits)
    >>> float(Disagreement().discriminator_loss(tf.ones((4, 1)), tf.zeros((4, 1))))
    -1.0
    """

    @abc.abstractmethod
    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the discriminator's loss, a float32 scalar in nats.

        Args:
            real_logits: float32, `[batch, 1]`, of data.
            fake_logits: float32, `[batch, 1]`, of generated images.
        """

    @abc.abstractmethod
    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns the generator's loss, a float32 scalar in nats.

        Args:
            fake_logits: float32, `[batch, 1]`, of generated images.
            real_logits: float32, `[batch, 1]`, of data, for objectives that compare
                the two. Defaults to `None`.
        """

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this objective."""
        return {}

    @classmethod
    def from_config(cls, config: Config) -> "Objective":
        """Builds an objective from what `get_config` returned."""
        return cls(**config)


class _CrossEntropy(Objective):
    """The discriminator's cross-entropy, shared by both games of 2014."""

    def __init__(self, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = check_fraction("label_smoothing", label_smoothing)

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the mean cross-entropy of real plus that of fake."""
        check_same_shape(real_logits=real_logits, fake_logits=fake_logits)
        smoothing = self.label_smoothing
        real = tf.reduce_mean(tf.nn.softplus(-real_logits))
        if smoothing:
            real = (1 - smoothing) * real + smoothing * tf.reduce_mean(
                tf.nn.softplus(real_logits)
            )
        return real + tf.reduce_mean(tf.nn.softplus(fake_logits))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this objective."""
        return {"label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable(package="keras_gan")
class Minimax(_CrossEntropy):
    """The zero-sum game of 2014: the generator minimises log(1 - D(G(z))).

    Use it to study the theory: its optimum is that of the value function V(D, G). In
    practice prefer `NonSaturating`, since this generator loss is flat while the
    discriminator wins.

        d_loss = mean((1 - a) softplus(-real_logits) + a softplus(real_logits))
                 + mean(softplus(fake_logits))          # = -V(D, G) for a = 0
        g_loss = -mean(softplus(fake_logits))           # a = label_smoothing

    Args:
        label_smoothing: float in [0, 1). The target for real data becomes
            `1 - label_smoothing` (one-sided). Defaults to `0.0`.

    Raises:
        ValueError: if `label_smoothing` lies outside [0, 1).

    Example:
    >>> objective = Minimax()
    >>> float(objective.generator_loss(tf.zeros((4, 1))))  # log 1/2, in nats
    -0.693...

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, equation 1.
        https://arxiv.org/abs/1406.2661
    """

    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns mean(log(1 - D(G(z))))."""
        return -tf.reduce_mean(tf.nn.softplus(fake_logits))


@keras.saving.register_keras_serializable(package="keras_gan")
class NonSaturating(_CrossEntropy):
    """The generator maximises log D(G(z)) instead of minimising log(1 - D(G(z))).

    Same discriminator loss and same fixed point as `Minimax`; use it in practice,
    because its gradient does not vanish while the discriminator wins early in training.

        d_loss = mean((1 - a) softplus(-real_logits) + a softplus(real_logits))
                 + mean(softplus(fake_logits))
        g_loss = mean(softplus(-fake_logits))           # a = label_smoothing

    Args:
        label_smoothing: float in [0, 1). The target for real data becomes
            `1 - label_smoothing` (one-sided). Defaults to `0.0`.

    Raises:
        ValueError: if `label_smoothing` lies outside [0, 1).

    Example:
    >>> objective = NonSaturating()
    >>> float(objective.generator_loss(tf.zeros((4, 1))))  # log 2, in nats
    0.693...

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, section 3.
        https://arxiv.org/abs/1406.2661
        Label smoothing: Salimans et al., Improved Techniques for Training GANs, 2016.
        https://arxiv.org/abs/1606.03498
    """

    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns mean(-log D(G(z)))."""
        return tf.reduce_mean(tf.nn.softplus(-fake_logits))


_BY_NAME: dict[str, type[Objective]] = {
    "minimax": Minimax,
    "non_saturating": NonSaturating,
}


def get(identifier: Any) -> Objective:
    """Returns an objective from its name, its serialised form, or itself.

    Args:
        identifier: `"minimax"`, `"non_saturating"`, an `Objective`, or the dict that
            `keras.saving.serialize_keras_object` made of one.

    Raises:
        ValueError: if the name is unknown.
        TypeError: if `identifier` is of another kind.

    Example:
    >>> get("minimax").get_config()
    {'label_smoothing': 0.0}
    """
    if isinstance(identifier, Objective):
        return identifier
    if isinstance(identifier, str):
        return _BY_NAME[check_known("objective", identifier, _BY_NAME)]()
    if isinstance(identifier, dict):
        restored = keras.saving.deserialize_keras_object(identifier)
        if isinstance(restored, Objective):
            return restored
    raise TypeError(
        "`objective` must be a name or an `Objective`. Received: "
        f"objective={identifier!r}"
    )
