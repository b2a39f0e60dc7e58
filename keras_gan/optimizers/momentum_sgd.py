"""Momentum SGD whose momentum follows a schedule, as the code of 2014 has it."""

from typing import Any

import keras
from keras.optimizers.schedules import LearningRateSchedule

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_fraction
from keras_gan.optimizers._learning_rate import checked_rate
from keras_gan.optimizers.fused_updates import move_with_momentum


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
        super().__init__(learning_rate=checked_rate(learning_rate), name=name, **kwargs)
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
