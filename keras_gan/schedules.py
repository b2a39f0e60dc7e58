"""Learning-rate and momentum schedules of the papers, as functions of the update.

They are Keras schedules: an optimizer evaluates them at its own `iterations`, which is
saved, so a resumed run continues them exactly.
"""

import math

import keras
from keras.optimizers.schedules import LearningRateSchedule

from keras_gan._representation import representation
from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_finite,
    check_positive,
    check_positive_integer,
    invalid_argument,
)

__all__ = ["CriticHeadStart", "FlooredExponentialDecay", "LinearPerEpoch"]
__dir__ = __all__.copy


@keras.saving.register_keras_serializable(package="keras_gan")
class FlooredExponentialDecay(LearningRateSchedule):
    """Learning rate divided by a constant at every update, down to a floor.

    The schedule of the 2014 experiments.

        rate(t) = max(initial / decay_factor ** t, minimum)        # t = updates done

    The power is taken as exp(-t log(decay_factor)) with the logarithm in float64:
    1.000004 itself rounds in float32 by 1 % of its distance from 1.

    Args:
        initial: float, above 0. Learning rate of the first update.
        decay_factor: float, above 1. Defaults to `1.000004`.
        minimum: float, above 0. Defaults to `1e-6`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> schedule = FlooredExponentialDecay(0.1)
    >>> float(schedule(25_000))  # after 50 epochs of 500 updates
    0.0904...

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014 (the published YAML files;
        pylearn2's ExponentialDecay). https://arxiv.org/abs/1406.2661
    """

    def __init__(
        self, initial: float, decay_factor: float = 1.000004, minimum: float = 1e-6
    ) -> None:
        self.initial = check_positive("initial", initial)
        self.decay_factor = check_finite("decay_factor", decay_factor)
        self.minimum = check_positive("minimum", minimum)
        if self.decay_factor <= 1:
            raise invalid_argument("decay_factor", "a float above 1", decay_factor)

    def __call__(self, step: int | Tensor) -> Tensor:
        """Returns the learning rate, a float32 scalar, after `step` updates."""
        step = keras.ops.cast(step, "float32")
        decayed = self.initial * keras.ops.exp(-math.log(self.decay_factor) * step)
        return keras.ops.maximum(decayed, self.minimum)

    def __repr__(self) -> str:
        """Returns its name and what it was made with."""
        return representation(self)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this schedule."""
        return {
            "initial": self.initial,
            "decay_factor": self.decay_factor,
            "minimum": self.minimum,
        }


@keras.saving.register_keras_serializable(package="keras_gan")
class LinearPerEpoch(LearningRateSchedule):
    """A value that moves linearly from epoch to epoch and then stays.

    The momentum of the 2014 experiments: 0.5 in the first epoch, 0.7 from epoch 250 on.
    It is constant within an epoch.

        value(t) = initial + (final - initial) min(1, epoch / (saturation_epoch - 1))
        epoch    = floor(t / updates_per_epoch)                    # 0 in the first

    Args:
        initial: float. Value in the first epoch.
        final: float. Value from epoch `saturation_epoch` on, counted from 1.
        saturation_epoch: int, at least 2.
        updates_per_epoch: int, at least 1. Updates of this optimizer in one epoch.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> momentum = LinearPerEpoch(0.5, 0.7, saturation_epoch=250, updates_per_epoch=500)
    >>> float(momentum(0)), float(momentum(249 * 500))
    (0.5, 0.699...)

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014 (the published YAML files;
        pylearn2's MomentumAdjustor). https://arxiv.org/abs/1406.2661
    """

    def __init__(
        self,
        initial: float,
        final: float,
        saturation_epoch: int,
        updates_per_epoch: int,
    ) -> None:
        self.initial = check_finite("initial", initial)
        self.final = check_finite("final", final)
        self.saturation_epoch = check_positive_integer(
            "saturation_epoch", saturation_epoch
        )
        self.updates_per_epoch = check_positive_integer(
            "updates_per_epoch", updates_per_epoch
        )
        if self.saturation_epoch < 2:
            raise invalid_argument(
                "saturation_epoch", "an integer of at least 2", saturation_epoch
            )

    def __call__(self, step: int | Tensor) -> Tensor:
        """Returns the value, a float32 scalar, after `step` updates."""
        epoch = keras.ops.cast(step, "int64") // self.updates_per_epoch
        share = keras.ops.cast(epoch, "float32") / (self.saturation_epoch - 1)
        return self.initial + (self.final - self.initial) * keras.ops.minimum(share, 1)

    def __repr__(self) -> str:
        """Returns its name and what it was made with."""
        return representation(self)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this schedule."""
        return {
            "initial": self.initial,
            "final": self.final,
            "saturation_epoch": self.saturation_epoch,
            "updates_per_epoch": self.updates_per_epoch,
        }


@keras.saving.register_keras_serializable(package="keras_gan")
class CriticHeadStart(LearningRateSchedule):
    """A generator's rate that is zero while the critic catches up.

    The code of the first WGAN lets the critic move 100 times instead of 5 before each
    of the generator's first 25 moves, and before every 500th. With
    `discriminator_steps=5` that is `steps=20`: an iteration that takes twenty steps of
    training, in the last of which alone the generator moves.

        iteration i is long        if i < first or i is a multiple of interval
        rate(t) = 0                in all but the last step of a long iteration
        rate(t) = rate             elsewhere                # t = updates done

    Args:
        rate: float, above 0.
        steps: int, at least 1, of training in a long iteration. Defaults to `20`.
        first: int, at least 1, how many iterations are long at the beginning.
            Defaults to `25`.
        interval: int, above `first`. Defaults to `500`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> schedule = CriticHeadStart(5e-5, steps=20)
    >>> [t for t in range(100) if float(schedule(t))]
    [19, 39, 59, 79, 99]

    References:
        Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017, as its code plays it.
        https://github.com/martinarjovsky/WassersteinGAN
    """

    def __init__(
        self, rate: float, steps: int = 20, first: int = 25, interval: int = 500
    ) -> None:
        self.rate = check_positive("rate", rate)
        self.steps = check_positive_integer("steps", steps)
        self.first = check_positive_integer("first", first)
        self.interval = check_positive_integer("interval", interval)
        if self.interval <= self.first:
            expected = f"an integer above first={first}"
            raise invalid_argument("interval", expected, interval)

    def __call__(self, step: int | Tensor) -> Tensor:
        """Returns the rate, a float32 scalar, after `step` updates."""
        step = keras.ops.cast(step, "int64")
        begun = self.steps * self.first  # steps of the first long iterations
        at_first = (step + 1) % self.steps == 0
        # From the first multiple of `interval` on, cycles of one long iteration and
        # `interval - 1` short ones.
        since = step - begun - (self.interval - self.first)
        in_cycle = since % (self.interval - 1 + self.steps)
        later = (since < 0) | (in_cycle >= self.steps - 1)
        moves = keras.ops.where(step < begun, at_first, later)
        return self.rate * keras.ops.cast(moves, "float32")

    def __repr__(self) -> str:
        """Returns its name and what it was made with."""
        return representation(self)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this schedule."""
        return {
            "rate": self.rate,
            "steps": self.steps,
            "first": self.first,
            "interval": self.interval,
        }
