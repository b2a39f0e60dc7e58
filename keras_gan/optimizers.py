"""Optimizers of the papers where Keras's own differ from them."""

from typing import Any

import keras
from keras.optimizers.schedules import LearningRateSchedule

from keras_gan._fused_updates import move_with_momentum
from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_fraction,
    check_nonnegative,
    check_positive,
    check_positive_integer,
)


@keras.saving.register_keras_serializable(package="keras_gan")
class MomentumSGD(keras.optimizers.Optimizer):
    """Gradient descent with heavy-ball momentum that may follow a schedule.

    The optimizer of the 2014 experiments. Keras's `SGD` takes the same step, but its
    momentum is a constant.

        velocity <- momentum * velocity - learning_rate * gradient
        variable <- variable + velocity

    Args:
        learning_rate: float, at least 0, or Keras schedule. Defaults to `0.1`.
        momentum: float in [0, 1), or a Keras schedule of values in [0, 1) evaluated at
            `iterations`, such as `keras_gan.schedules.LinearPerEpoch`. A float becomes
            a variable that may be set between steps, as `learning_rate` may; its
            value is saved with the optimizer. Defaults to `0.5`.
        **kwargs: what `keras.optimizers.Optimizer` takes.

    Raises:
        ValueError: if a constant `learning_rate` is negative or not finite, or a
            constant `momentum` lies outside [0, 1).

    Example:
    >>> weight = keras.Variable([1.0])
    >>> optimizer = MomentumSGD(learning_rate=0.1, momentum=0.5)
    >>> for _ in range(2):  # velocities -0.1 and 0.5 * -0.1 - 0.1
    ...     optimizer.apply([keras.ops.ones(1)], [weight])
    >>> float(weight.numpy()[0])
    0.75...

    References:
        Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
        Goodfellow et al., Generative Adversarial Nets, 2014 (the published YAML files).
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.1,
        momentum: float | Config | LearningRateSchedule = 0.5,
        name: str = "momentum_sgd",
        **kwargs: Any,
    ) -> None:
        if not isinstance(learning_rate, dict) and not callable(learning_rate):
            learning_rate = check_nonnegative("learning_rate", learning_rate)
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        if isinstance(momentum, dict):
            momentum = keras.optimizers.schedules.deserialize(momentum)
        if not isinstance(momentum, LearningRateSchedule):
            momentum = self.add_variable(
                shape=(),
                initializer=keras.initializers.Constant(
                    check_fraction("momentum", momentum)
                ),
                dtype="float32",
                aggregation="only_first_replica",
                name="momentum",
            )
        self._momentum = momentum

    @property
    def momentum(self) -> Any:
        """The `keras.Variable` of a constant momentum, or the schedule."""
        return self._momentum

    @momentum.setter
    def momentum(self, momentum: float) -> None:
        if isinstance(self._momentum, LearningRateSchedule):
            raise TypeError(
                "`momentum` follows a schedule and cannot be set; construct the "
                f"optimizer with a float. Received: momentum={momentum!r}"
            )
        self._momentum.assign(check_fraction("momentum", momentum))

    def build(self, variables: list[keras.Variable]) -> None:
        """Creates one velocity for each variable."""
        if self.built:
            return
        super().build(variables)
        self.velocities = self.add_optimizer_variables(variables, "velocity")

    def update_step(
        self, gradient: Tensor, variable: Tensor, learning_rate: Tensor
    ) -> None:
        """Moves one variable, which Keras hands over as its `tf.Variable`."""
        velocity = self.velocities[self._get_variable_index(variable)]
        momentum = self._current_momentum()
        move_with_momentum(variable, velocity, gradient, learning_rate, momentum)

    def _current_momentum(self) -> Tensor:
        if isinstance(self._momentum, LearningRateSchedule):
            return self._momentum(self.iterations)
        return self._momentum

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this optimizer."""
        if isinstance(self._momentum, LearningRateSchedule):
            momentum = keras.optimizers.schedules.serialize(self._momentum)
        else:
            momentum = float(self._momentum.numpy())
        return {**super().get_config(), "momentum": momentum}


def lazy_adam_parameters(
    interval: int, learning_rate: float, beta_1: float = 0.9, beta_2: float = 0.999
) -> dict[str, float]:
    """Adam's parameters where a lazy term takes an optimizer step of its own.

    When to use it: to reproduce published settings whose optimizer was corrected in
    this way, such as those of StyleGAN2, or in a loop of your own that gives the lazy
    term a step of its own. A `GAN` does not need it: there a lazy penalty joins every
    `interval`-th move that is made anyway and no step is added, so k moves go k times
    the learning rate in both designs, here with the plain parameters.

    A loop with one more step in every k takes k + 1 steps for k; smaller steps with
    longer memories let Adam move and forget over k minibatches as it would without:

        c = interval / (interval + 1)
        learning_rate <- c * learning_rate
        beta_1 <- beta_1 ** c,   beta_2 <- beta_2 ** c

    Args:
        interval: int, at least 1. The k of the lazy term.
        learning_rate: float, above 0.
        beta_1: float in [0, 1). Defaults to `0.9`.
        beta_2: float in [0, 1). Defaults to `0.999`.

    Returns:
        parameters: dict with `learning_rate`, `beta_1` and `beta_2`, to be passed to
        `keras.optimizers.Adam`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> parameters = lazy_adam_parameters(16, 0.002, beta_1=0.0, beta_2=0.99)
    >>> optimizer = keras.optimizers.Adam(**parameters, epsilon=1e-8)
    >>> round(parameters["learning_rate"], 8), round(parameters["beta_2"], 6)
    (0.00188235, 0.990585)

    References:
        Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020,
        appendix B. https://arxiv.org/abs/1912.04958
    """
    interval = check_positive_integer("interval", interval)
    share = interval / (interval + 1)
    return {
        "learning_rate": share * check_positive("learning_rate", learning_rate),
        "beta_1": check_fraction("beta_1", beta_1) ** share,
        "beta_2": check_fraction("beta_2", beta_2) ** share,
    }
