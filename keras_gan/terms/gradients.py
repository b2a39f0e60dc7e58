"""Bounds on the discriminator's gradient.

Per-sample gradients are those of the sum of all logits, which is right only where the
discriminator judges each image by itself: batch normalization and minibatch layers
break that. Where it says a map of logits, its value, and what the gradient is of, is
the map's mean; of several discriminators each has its penalty.
"""

import abc
import functools
from typing import Any

import keras
import tensorflow as tf

from keras_gan._logits import added, parts_of
from keras_gan._replicas import draw_like, draw_rows
from keras_gan._seeds import RANDOM_ALGORITHM
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive
from keras_gan.terms.term import Term

_EPSILON = 1e-12  # inside the root: its slope at zero is infinite

# Gradients of logits are small numbers: raised by a power of two they survive float16,
# and in float32 they come back unchanged.
_GRADIENT_SCALE = 128.0


class SlopePenalty(Term):
    """Base class of penalties on slopes, which exist for each image by itself.

    A subclass says in `penalty` what slopes cost. They are those of the logit at images
    as they are, through all that is done to show them to the discriminator; conditions
    stay as they came.
    """

    limits_gradient = True

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted penalty of one round."""
        real, fake = round.packs("real"), round.packs("fake")
        return self.penalty(round.critic, real, fake, round.seed_of(self))

    @abc.abstractmethod
    def penalty(
        self, discriminator: Any, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted penalty, a float32 scalar.

        Args:
            discriminator: `keras.Model`, or a function with its signature, from images
                to logits `[batch, 1]`.
            real: float, `[batch, height, width, channels]`, or of another rank.
            fake: float, of the same shape.
            seed: integers `[2]`, key of the penalty's own randomness.
        """


@keras.saving.register_keras_serializable(package="keras_gan")
class GradientPenalty(SlopePenalty):
    """Keeps the discriminator's slope near 1 between data and generated images.

    The Lipschitz control of WGAN-GP. Each pair gets its own place on the line.

        x_hat   = e * real + (1 - e) * fake,    e ~ U[0, 1] for each sample
        penalty = weight * mean((norm(grad D(x_hat)) - 1)^2)
        one-sided:        weight * mean(max(0, norm(grad D(x_hat)) - 1)^2)

    Args:
        weight: float, above 0. The paper's lambda. Defaults to `10.0`.
        one_sided: bool, whether slopes below 1 are free. Defaults to `False`.
        interval: int, at least 1, see `Term`. Defaults to `1`.

    Raises:
        ValueError: if `weight` is not positive or `interval` is below 1.

    Example:
    >>> slope = keras.Sequential(
    ...     [keras.Input((1, 1, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    ... )
    >>> slope.layers[-1].kernel.assign([[3.0]])
    <...>
    >>> images = tf.zeros((4, 1, 1, 1))
    >>> term = GradientPenalty(10.0)
    >>> float(term.penalty(slope, images, images, [0, 0]))  # 10 (3 - 1)^2
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

    def penalty(
        self, discriminator: Any, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted mean squared distance of the slopes from 1."""
        share = _uniform_per_sample(real, seed)  # [batch, 1, 1, 1]
        between = share * real + (1 - share) * fake
        excess = [slope - 1 for slope in _slopes(discriminator, between)]
        if self.one_sided:
            excess = [tf.nn.relu(one) for one in excess]
        return self.weight * _mean_squares(excess)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {**super().get_config(), "one_sided": self.one_sided}


@keras.saving.register_keras_serializable(package="keras_gan")
class DRAGAN(SlopePenalty):
    """Keeps the discriminator's slope near 1 around the data.

    As `GradientPenalty`, in a cloud around real images instead of between both kinds.
    The width of the cloud is taken from the minibatch: on several replicas each takes
    that of its own share.

        x_hat   = real + e * scale * std(real) * u
        u ~ U[0, 1] for each pixel,  e ~ U[0, 1] for each sample
        penalty = weight * mean((norm(grad D(x_hat)) - 1)^2)

    Args:
        weight: float, above 0. Defaults to `10.0`.
        scale: float, above 0, of the cloud, in standard deviations of all pixels of the
            minibatch. Defaults to `0.5`.
        interval: int, at least 1, see `Term`. Defaults to `1`.

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

    def penalty(
        self, discriminator: Any, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted mean squared distance of the slopes from 1."""
        share_seed, noise_seed = tf.unstack(tf.random.split(seed, 2))
        share = _uniform_per_sample(real, share_seed)  # [batch, 1, 1, 1]
        spread = self.scale * tf.math.reduce_std(real)
        uniform = functools.partial(
            tf.random.stateless_uniform,
            seed=noise_seed,
            dtype=real.dtype,
            alg=RANDOM_ALGORITHM,
        )
        around = real + share * spread * draw_like(real, uniform)
        slopes = _slopes(discriminator, around)
        return self.weight * _mean_squares([slope - 1 for slope in slopes])

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        return {**super().get_config(), "scale": self.scale}


class _ZeroCentered(SlopePenalty):
    """What R1 and R2 share: weight / 2 times the mean squared slope."""

    example: str  # "real" or "fake": where slopes are taken

    def __init__(
        self,
        weight: float = 10.0,
        interval: int = 1,
        schedule: Any = None,
    ) -> None:
        super().__init__(weight, interval)
        self.schedule = _checked_schedule(schedule)

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted penalty of one round, at its place in the schedule."""
        penalty = self._weighted(round.squared_slopes(self.example))
        if self.schedule is None:
            return penalty
        return tf.cast(self.schedule(round.step), penalty.dtype) * penalty

    def penalty(
        self, discriminator: Any, real: Tensor, fake: Tensor, seed: Tensor
    ) -> Tensor:
        """Returns the weighted mean squared slope on one of the two."""
        images = real if self.example == "real" else fake
        return self._weighted(squared_gradient_norms(discriminator, images))

    def _weighted(self, squared_slopes: Tensor) -> Tensor:
        return 0.5 * self.weight * tf.reduce_mean(squared_slopes)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this penalty."""
        schedule = keras.saving.serialize_keras_object(self.schedule)
        return {**super().get_config(), "schedule": schedule}


@keras.saving.register_keras_serializable(package="keras_gan")
class R1(_ZeroCentered):
    """Flattens the discriminator on the data: zero-centered gradient penalty.

        penalty = schedule(t) * weight / 2 * mean(norm(grad D(real))^2)

    Args:
        weight: float, above 0. The paper's gamma; with its factor 1/2, which the
            published code leaves out. Defaults to `10.0`.
        interval: int, at least 1, see `Term`; StyleGAN2 takes 16. Defaults to `1`.
        schedule: `keras.optimizers.schedules` object, a factor of the weight by the
            step of training, such as the burn-in of R3GAN; `None` is always 1.
            Defaults to `None`.

    Raises:
        ValueError: if `weight` is not positive or `interval` is below 1.
        TypeError: if `schedule` is no schedule.

    References:
        Mescheder, Geiger, Nowozin, Which Training Methods for GANs do actually
        Converge?, 2018. https://arxiv.org/abs/1801.04406
    """

    example = "real"


@keras.saving.register_keras_serializable(package="keras_gan")
class R2(_ZeroCentered):
    """Flattens the discriminator on generated images; otherwise as `R1`.

        penalty = schedule(t) * weight / 2 * mean(norm(grad D(fake))^2)

    Args:
        weight: float, above 0. The paper's gamma. Defaults to `10.0`.
        interval: int, at least 1, see `Term`. Defaults to `1`.
        schedule: as in `R1`. Defaults to `None`.

    References:
        Mescheder, Geiger, Nowozin, Which Training Methods for GANs do actually
        Converge?, 2018. https://arxiv.org/abs/1801.04406
    """

    example = "fake"


def squared_gradient_norms(discriminator: Any, images: Tensor) -> Tensor:
    """Squared norm of each image's gradient of its logit.

    Args:
        discriminator: `keras.Model`, or a function with its signature, from images to
            logits `[batch, 1]`, a map of them, or a list of either.
        images: float, `[batch, height, width, channels]`, or of another rank.

    Returns:
        squared_norms: float32, `[batch]`; of several discriminators their sum.
    """
    return added(_each_squared_norm(discriminator, images))


def squared_norms(tape: tf.GradientTape, logits: Any, images: Tensor) -> Tensor:
    """The same of logits that a tape saw made from the images.

    Args:
        tape: that watched `images`; persistent if there are several discriminators.
        logits: float32, `[batch, 1]`, a map of them, or a list of either.
        images: float, `[batch, ...]`.
    """
    return added([_squared_norm(tape, part, images) for part in parts_of(logits)])


def _each_squared_norm(discriminator: Any, images: Tensor) -> list[Tensor]:
    """`[batch]` of each discriminator."""
    images = tf.convert_to_tensor(images)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(images)
        parts = parts_of(discriminator(images, training=True))
        logits = [tf.cast(part, tf.float32) for part in parts]
    return [_squared_norm(tape, part, images) for part in logits]


def _squared_norm(tape: tf.GradientTape, logits: Tensor, images: Tensor) -> Tensor:
    shape = tf.shape(logits)
    raised = tf.fill(shape, _GRADIENT_SCALE)
    if logits.shape[1:] != (1,):
        raised /= tf.cast(tf.reduce_prod(shape[1:]), raised.dtype)
    gradients = tape.gradient(logits, images, output_gradients=raised)
    gradients = tf.cast(gradients, tf.float32) / _GRADIENT_SCALE
    return tf.reduce_sum(tf.square(gradients), axis=range(1, images.shape.rank))


def _slopes(discriminator: Any, images: Tensor) -> list[Tensor]:
    squares = _each_squared_norm(discriminator, images)
    return [tf.sqrt(square + _EPSILON) for square in squares]  # [batch]


def _mean_squares(parts: list[Tensor]) -> Tensor:
    return added([tf.reduce_mean(tf.square(part)) for part in parts])


def _uniform_per_sample(images: Tensor, seed: Tensor) -> Tensor:
    ones = [1] * (len(images.shape) - 1)

    def draw(num_rows: Tensor) -> Tensor:
        shape = [num_rows, *ones]
        return tf.random.stateless_uniform(shape, seed, dtype=images.dtype)

    return draw_rows(draw, tf.shape(images)[0])


def _checked_schedule(schedule: Any) -> Any:
    if isinstance(schedule, dict):
        schedule = keras.saving.deserialize_keras_object(schedule)
    kind = keras.optimizers.schedules.LearningRateSchedule
    if schedule is None or isinstance(schedule, kind):
        return schedule
    raise TypeError(
        "`schedule` must be a keras.optimizers.schedules object, which gives a factor "
        f"of the weight by the step of training. Received: schedule={schedule!r}"
    )
