"""Terms that the discriminator's loss gets besides the game: bounds on its gradient.

A penalty is called with the discriminator and one minibatch and returns what is added
to the loss, weight included. Per-sample gradients are those of the sum of all logits,
which is right only where the discriminator judges each image by itself: batch
normalisation and minibatch layers break that.
"""

import abc
from collections.abc import Sequence

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive, check_positive_integer

_EPSILON = 1e-12  # inside the root: its slope at zero is infinite


class Penalty(abc.ABC):
    """Base class of the terms on the discriminator.

    Args:
        weight: float, above 0. Factor of the term.
        interval: int, at least 1. The game adds the term at every `interval`-th
            discriminator step, times `interval`, so that its mean over steps stays
            (lazy regularisation). Defaults to `1`.
    """

    def __init__(self, weight: float, interval: int = 1) -> None:
        self.weight = check_positive("weight", weight)
        self.interval = check_positive_integer("interval", interval)

    @abc.abstractmethod
    def __call__(
        self, discriminator: keras.Model, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted term, a float32 scalar.

        Args:
            discriminator: `keras.Model` from images to logits `[batch, 1]`.
            real: float, `[batch, height, width, channels]`, images of the data.
            fake: float, of the same shape, generated images.
            seed: integers `[2]`, key of the term's own randomness.
        """

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {"weight": self.weight, "interval": self.interval}

    @classmethod
    def from_config(cls, config: Config) -> "Penalty":
        """Builds a penalty from what `get_config` returned."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="keras_gan")
class GradientPenalty(Penalty):
    """Keeps the discriminator's slope near 1 between data and generated images.

    The Lipschitz control of WGAN-GP. Each pair gets its own place on the line.

        x_hat   = e * real + (1 - e) * fake,    e ~ U[0, 1] for each sample
        penalty = weight * mean((norm(grad D(x_hat)) - 1)^2)
        one-sided:        weight * mean(max(0, norm(grad D(x_hat)) - 1)^2)

    Args:
        weight: float, above 0. The paper's lambda. Defaults to `10.0`.
        one_sided: bool, whether slopes below 1 are free. Defaults to `False`.
        interval: int, at least 1, see `Penalty`. Defaults to `1`.

    Raises:
        ValueError: if `weight` is not positive or `interval` is below 1.

    Example:
    >>> slope = keras.Sequential(
    ...     [keras.Input((1, 1, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    ... )
    >>> slope.layers[-1].kernel.assign([[3.0]])
    <...>
    >>> images = tf.zeros((4, 1, 1, 1))
    >>> float(GradientPenalty(10.0)(slope, images, images, seed=[0, 0]))  # 10 (3 - 1)^2
    40.0

    References:
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017.
        https://arxiv.org/abs/1704.00028
    """

    def __init__(
        self, weight: float = 10.0, one_sided: bool = False, interval: int = 1
    ) -> None:
        super().__init__(weight, interval)
        self.one_sided = bool(one_sided)

    def __call__(
        self, discriminator: keras.Model, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted mean squared distance of the slopes from 1."""
        share = _uniform_per_sample(real, seed)  # [batch, 1, 1, 1]
        between = share * real + (1 - share) * fake
        slopes = tf.sqrt(squared_gradient_norms(discriminator, between) + _EPSILON)
        excess = slopes - 1
        if self.one_sided:
            excess = tf.nn.relu(excess)
        return self.weight * tf.reduce_mean(tf.square(excess))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {**super().get_config(), "one_sided": self.one_sided}


@keras.saving.register_keras_serializable(package="keras_gan")
class DRAGAN(Penalty):
    """Keeps the discriminator's slope near 1 around the data.

    As `GradientPenalty`, in a cloud around real images instead of between both kinds.

        x_hat   = real + e * scale * std(real) * u
        u ~ U[0, 1] for each pixel,  e ~ U[0, 1] for each sample
        penalty = weight * mean((norm(grad D(x_hat)) - 1)^2)

    Args:
        weight: float, above 0. Defaults to `10.0`.
        scale: float, above 0, of the cloud, in standard deviations of all pixels of the
            minibatch. Defaults to `0.5`.
        interval: int, at least 1, see `Penalty`. Defaults to `1`.

    Raises:
        ValueError: if `weight` or `scale` is not positive or `interval` is below 1.

    References:
        Kodali et al., On Convergence and Stability of GANs, 2017.
        https://arxiv.org/abs/1705.07215
    """

    def __init__(
        self, weight: float = 10.0, scale: float = 0.5, interval: int = 1
    ) -> None:
        super().__init__(weight, interval)
        self.scale = check_positive("scale", scale)

    def __call__(
        self, discriminator: keras.Model, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted mean squared distance of the slopes from 1."""
        share_seed, noise_seed = tf.unstack(tf.random.split(seed, 2))
        share = _uniform_per_sample(real, share_seed)  # [batch, 1, 1, 1]
        noise = tf.random.stateless_uniform(
            tf.shape(real), noise_seed, dtype=real.dtype
        )
        around = real + share * self.scale * tf.math.reduce_std(real) * noise
        slopes = tf.sqrt(squared_gradient_norms(discriminator, around) + _EPSILON)
        return self.weight * tf.reduce_mean(tf.square(slopes - 1))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {**super().get_config(), "scale": self.scale}


@keras.saving.register_keras_serializable(package="keras_gan")
class R1(Penalty):
    """Flattens the discriminator on the data: zero-centred gradient penalty.

        penalty = weight / 2 * mean(norm(grad D(real))^2)

    Args:
        weight: float, above 0. The paper's gamma; with its factor 1/2, which the
            published code leaves out. Defaults to `10.0`.
        interval: int, at least 1, see `Penalty`; StyleGAN2 takes 16. Defaults to `1`.

    Raises:
        ValueError: if `weight` is not positive or `interval` is below 1.

    References:
        Mescheder, Geiger, Nowozin, Which Training Methods for GANs do actually
        Converge?, 2018. https://arxiv.org/abs/1801.04406
    """

    def __init__(self, weight: float = 10.0, interval: int = 1) -> None:
        super().__init__(weight, interval)

    def __call__(
        self, discriminator: keras.Model, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted mean squared slope on the data."""
        norms = squared_gradient_norms(discriminator, real)
        return 0.5 * self.weight * tf.reduce_mean(norms)


@keras.saving.register_keras_serializable(package="keras_gan")
class R2(R1):
    """Flattens the discriminator on generated images; otherwise as `R1`.

        penalty = weight / 2 * mean(norm(grad D(fake))^2)

    Args:
        weight: float, above 0. The paper's gamma. Defaults to `10.0`.
        interval: int, at least 1, see `Penalty`. Defaults to `1`.

    References:
        Mescheder, Geiger, Nowozin, Which Training Methods for GANs do actually
        Converge?, 2018. https://arxiv.org/abs/1801.04406
    """

    def __call__(
        self, discriminator: keras.Model, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted mean squared slope on generated images."""
        return super().__call__(discriminator, fake, fake, seed)


def check_penalties(penalties: Sequence[Penalty]) -> list[Penalty]:
    """Returns the penalties as a list; raises unless each is a `Penalty`."""
    for penalty in penalties:
        if not isinstance(penalty, Penalty):
            raise TypeError(
                "`penalties` must hold keras_gan.penalties.Penalty objects. Received: "
                f"{penalty!r}"
            )
    return list(penalties)


def when_due(
    penalty: Penalty,
    step: Tensor,
    discriminator: keras.Model,
    real: Tensor,
    fake: Tensor,
    seed: Tensor,
) -> Tensor:
    """The penalty times its interval at every `interval`-th step, 0 at the others.

    Args:
        penalty: `Penalty`.
        step: integer scalar, discriminator steps done.
        discriminator: as in `Penalty.__call__`.
        real: as in `Penalty.__call__`.
        fake: as in `Penalty.__call__`.
        seed: as in `Penalty.__call__`.

    Returns:
        term: float32 scalar.
    """

    def term() -> Tensor:
        return penalty.interval * penalty(discriminator, real, fake, seed)

    if penalty.interval == 1:
        return term()
    return tf.cond(step % penalty.interval == 0, term, lambda: tf.constant(0.0))


def squared_gradient_norms(discriminator: keras.Model, images: Tensor) -> Tensor:
    """Squared norm of each image's gradient of its logit.

    Args:
        discriminator: `keras.Model` from images to logits `[batch, 1]`.
        images: float, `[batch, height, width, channels]`.

    Returns:
        squared_norms: float32, `[batch]`.
    """
    images = tf.convert_to_tensor(images)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        logits = tf.cast(discriminator(images, training=True), tf.float32)
    gradients = tf.cast(tape.gradient(logits, images), tf.float32)
    return tf.reduce_sum(tf.square(gradients), axis=[1, 2, 3])


def _uniform_per_sample(images: Tensor, seed: Tensor) -> Tensor:
    shape = [tf.shape(images)[0], 1, 1, 1]
    return tf.random.stateless_uniform(shape, seed, dtype=images.dtype)
