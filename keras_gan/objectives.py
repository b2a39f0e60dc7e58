"""What the two players minimize, as pairs of losses on the discriminator's logits.

With l = discriminator logit and D = sigmoid(l):

    -log D = softplus(-l)        -log(1 - D) = softplus(l)

so that no logarithm of a rounded probability is ever taken.
"""

import abc
from typing import Any

import keras
import tensorflow as tf

from keras_gan._rebuilding import check_rebuilds
from keras_gan._representation import representation
from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_finite,
    check_fraction,
    check_known,
    check_same_shape,
    invalid_argument,
)

__all__ = [
    "Hinge",
    "LeastSquares",
    "Minimax",
    "NonSaturating",
    "Objective",
    "RelativisticPairing",
    "Wasserstein",
    "get",
]
__dir__ = __all__.copy


class Objective(abc.ABC):
    """Base class: one loss for each player, both to be minimized.

    A subclass implements the two losses on logits `[batch, 1]`, or on a map of them,
    `[batch, ..., 1]`, whose mean is taken; with several discriminators it is asked once
    for each. The training loop knows nothing else about it. Register it with
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

    needs_real_logits: bool = False
    """Whether `generator_loss` reads `real_logits`."""

    needs_lipschitz: bool = False
    """Whether the losses mean something only for discriminators of bounded slope."""

    has_log_odds: bool = False
    """Whether a logit l is that of a probability, D(x) = sigmoid(l). The log of a game
    has the means of D(x) then, as `d_real` and `d_fake`, else those of l itself."""

    @abc.abstractmethod
    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the discriminator's loss, a float32 scalar.

        Args:
            real_logits: float32, `[batch, 1]`, of data.
            fake_logits: float32, `[batch, 1]`, of generated images.
        """

    @abc.abstractmethod
    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns the generator's loss, a float32 scalar.

        Args:
            fake_logits: float32, `[batch, 1]`, of generated images.
            real_logits: float32, `[batch, 1]`, of data, for objectives that compare
                the two. Defaults to `None`.
        """

    def encoder_loss(self, real_logits: Tensor) -> Tensor:
        """Returns the loss of a network that has a hand in the real example.

        An encoder wants its examples to be held for generated ones, as the generator
        wants the opposite. By default its loss is the generator's on logits of the
        other sign; an objective whose codes are not each other's mirror says its own.

        Args:
            real_logits: float32, `[batch, 1]`, of examples that it made.
        """
        return self.generator_loss(-real_logits)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this objective."""
        return {}

    def __repr__(self) -> str:
        return representation(self)

    @classmethod
    def from_config(cls, config: Config) -> "Objective":
        """Builds an objective from what `get_config` returned."""
        return cls(**config)


class _CrossEntropy(Objective):
    """The discriminator's cross-entropy, shared by both games of 2014."""

    has_log_odds = True

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
    """The zero-sum game of 2014: the generator minimizes log(1 - D(G(z))).

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
    """The generator maximizes log D(G(z)) instead of minimizing log(1 - D(G(z))).

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


@keras.saving.register_keras_serializable(package="keras_gan")
class LeastSquares(Objective):
    """Both players regress the logits on codes: least squares GAN.

    Use it where cross-entropy saturates: a fake far on the right side of the boundary
    is still pulled towards the data.

        d_loss = (mean((real_logits - b')^2) + mean((fake_logits - a)^2)) / 2
        g_loss = mean((fake_logits - c)^2) / 2
        b'     = b - label_smoothing * (b - a)

    The defaults are the 0-1 coding of the paper's experiments. With `a=-1, b=1, c=0`
    the generator minimizes the Pearson chi^2 divergence between p_data + p_g and 2 p_g.

    Args:
        a: float, code of generated images. Defaults to `0.0`.
        b: float, code of data, different from `a`. Defaults to `1.0`.
        c: float, what the generator wants its images coded as. Defaults to `1.0`.
        label_smoothing: float in [0, 1). Moves the code of data towards `a`
            (one-sided). Defaults to `0.0`.

    Raises:
        ValueError: if a code is not finite, `a` equals `b`, or `label_smoothing` lies
            outside [0, 1).

    Example:
    >>> pearson = LeastSquares(a=-1.0, b=1.0, c=0.0)
    >>> float(pearson.discriminator_loss(tf.zeros((4, 1)), tf.zeros((4, 1))))
    1.0

    References:
        Mao et al., Least Squares Generative Adversarial Networks, 2017.
        https://arxiv.org/abs/1611.04076
    """

    def __init__(
        self,
        a: float = 0.0,
        b: float = 1.0,
        c: float = 1.0,
        label_smoothing: float = 0.0,
    ) -> None:
        self.a, self.b, self.c = (
            check_finite(name, value) for name, value in (("a", a), ("b", b), ("c", c))
        )
        if self.a == self.b:
            raise invalid_argument("b", f"a float other than a={self.a}", b)
        self.label_smoothing = check_fraction("label_smoothing", label_smoothing)

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns half the mean squared distance from both codes."""
        check_same_shape(real_logits=real_logits, fake_logits=fake_logits)
        real_code = self.b - self.label_smoothing * (self.b - self.a)
        real = tf.reduce_mean(tf.square(real_logits - real_code))
        fake = tf.reduce_mean(tf.square(fake_logits - self.a))
        return 0.5 * (real + fake)

    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns half the mean squared distance from `c`."""
        return 0.5 * tf.reduce_mean(tf.square(fake_logits - self.c))

    def encoder_loss(self, real_logits: Tensor) -> Tensor:
        """Returns half the mean squared distance from the mirror of `c`, a + b - c."""
        code = self.a + self.b - self.c
        return 0.5 * tf.reduce_mean(tf.square(real_logits - code))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this objective."""
        return {
            "a": self.a,
            "b": self.b,
            "c": self.c,
            "label_smoothing": self.label_smoothing,
        }


@keras.saving.register_keras_serializable(package="keras_gan")
class Hinge(Objective):
    """The discriminator separates by a margin; the generator raises its logits.

    The usual companion of spectral normalization.

        d_loss = mean(max(0, 1 - real_logits)) + mean(max(0, 1 + fake_logits))
        g_loss = -mean(fake_logits)

    Example:
    >>> float(Hinge().discriminator_loss(tf.zeros((4, 1)), tf.zeros((4, 1))))
    2.0

    References:
        Lim and Ye, Geometric GAN, 2017. https://arxiv.org/abs/1705.02894
        Miyato et al., Spectral Normalization for GANs, 2018.
        https://arxiv.org/abs/1802.05957
    """

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the mean violation of the margins of both."""
        check_same_shape(real_logits=real_logits, fake_logits=fake_logits)
        real = tf.reduce_mean(tf.nn.relu(1 - real_logits))
        return real + tf.reduce_mean(tf.nn.relu(1 + fake_logits))

    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns minus the mean logit of generated images."""
        return -tf.reduce_mean(fake_logits)


@keras.saving.register_keras_serializable(package="keras_gan")
class Wasserstein(Objective):
    """The discriminator is a critic f whose gap estimates the Wasserstein-1 distance.

    It means something only for Lipschitz critics: bound them by weight clipping, a
    gradient penalty or spectral normalization.

        d_loss = mean(fake_logits) - mean(real_logits)    # = -W1, up to a constant
        g_loss = -mean(fake_logits)

    Example:
    >>> float(Wasserstein().discriminator_loss(3 * tf.ones((4, 1)), tf.ones((4, 1))))
    -2.0

    References:
        Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017.
        https://arxiv.org/abs/1701.07875
    """

    needs_lipschitz = True

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the critic's gap, negated."""
        check_same_shape(real_logits=real_logits, fake_logits=fake_logits)
        return tf.reduce_mean(fake_logits) - tf.reduce_mean(real_logits)

    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns minus the critic's mean value of generated images."""
        return -tf.reduce_mean(fake_logits)


@keras.saving.register_keras_serializable(package="keras_gan")
class RelativisticPairing(Objective):
    """Each generated image is judged against one image of the data.

    Only the difference of a pair's logits counts, so no mode of the data can be given
    up for another. R3GAN plays it with R1 and R2 penalties. It is not the relativistic
    average loss: the i-th real is paired with the i-th fake. There is no label
    smoothing: a pair has one label for both images, which cannot be one-sided.

        d_loss = mean(softplus(-(real_logits - fake_logits)))
        g_loss = mean(softplus(-(fake_logits - real_logits)))

    Example:
    >>> logits = tf.ones((4, 1))
    >>> float(RelativisticPairing().discriminator_loss(logits, logits))  # log 2
    0.693...

    References:
        Jolicoeur-Martineau, The relativistic discriminator, 2018.
        https://arxiv.org/abs/1807.00734
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
    """

    needs_real_logits = True

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the mean cross-entropy of telling each pair apart."""
        check_same_shape(real_logits=real_logits, fake_logits=fake_logits)
        return tf.reduce_mean(tf.nn.softplus(fake_logits - real_logits))

    def generator_loss(
        self, fake_logits: Tensor, real_logits: Tensor | None = None
    ) -> Tensor:
        """Returns the mean cross-entropy of each pair told the wrong way."""
        if real_logits is None:
            raise ValueError(
                "`real_logits` must be given: this objective compares each fake with a "
                "real image. Received: real_logits=None"
            )
        check_same_shape(real_logits=real_logits, fake_logits=fake_logits)
        return tf.reduce_mean(tf.nn.softplus(real_logits - fake_logits))


_BY_NAME: dict[str, type[Objective]] = {
    "hinge": Hinge,
    "least_squares": LeastSquares,
    "minimax": Minimax,
    "non_saturating": NonSaturating,
    "relativistic_pairing": RelativisticPairing,
    "wasserstein": Wasserstein,
}


def get(identifier: Any) -> Objective:
    """Returns an objective from its name, its serialized form, or itself.

    Args:
        identifier: `"hinge"`, `"least_squares"`, `"minimax"`, `"non_saturating"`,
            `"relativistic_pairing"`, `"wasserstein"`, an `Objective`, or the dict that
            `keras.saving.serialize_keras_object` made of one.

    Raises:
        ValueError: if the name is unknown, or an objective's `get_config` does not
            return the arguments of its `__init__`.
        TypeError: if `identifier` is of another kind.

    Example:
    >>> get("minimax").get_config()
    {'label_smoothing': 0.0}
    """
    if isinstance(identifier, Objective):
        check_rebuilds("objective", identifier)
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
