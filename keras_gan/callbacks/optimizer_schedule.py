"""Learning rates or momenta of both players as functions of the epoch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras

from keras_gan._validation import check_fraction, check_nonnegative, invalid_argument
from keras_gan.optimizers._wrapped import wrapped

Schedule = Callable[[int, float], float]
"""A function of the epoch, from 0, and the present value; returns the new value."""


class _Begun(NamedTuple):
    """What was set when an epoch began."""

    variable: keras.Variable
    epoch: int
    before: float
    after: float


class OptimizerSchedule(keras.callbacks.Callback):
    """Sets a value of each player's optimizer when an epoch begins.

    Keras's `LearningRateScheduler` gives all optimizers one schedule; here each player
    has its own. Use it where a rate depends on the epoch or on the rate before; where
    it is a function of the step, a schedule object for the optimizer is simpler.

        value <- function(epochs_completed, value)

    The epoch is what the GAN counts, `epochs_completed`, so that a run that was stopped
    and loaded continues its schedule, and one that begins an epoch once more with the
    same callback, after an interrupt, does not take its step twice. The values are
    logged at the end of each epoch, as `generator_learning_rate` and
    `discriminator_learning_rate`.

    Args:
        generator: function of the epoch, int from 0, and the present value, float, to
            the new value; or `None`, which leaves that optimizer alone.
            Defaults to `None`.
        discriminator: the same for the other player. Defaults to `None`.
        attribute: name of a variable of the optimizers: `"learning_rate"`, or
            `"momentum"` of a `keras_gan.optimizers.MomentumSGD`.
            Defaults to `"learning_rate"`.

    Raises:
        TypeError: if a function cannot be called; when training begins, if the
            attribute follows a schedule object or is a constant of the optimizer.
        ValueError: if both functions are `None`; when an epoch begins, if a function
            returns a negative number, none at all, or a momentum of 1 or more.

    Example:
    ```python
    halve = lambda epoch, rate: rate / 2 if epoch in (20, 40) else rate
    rates = kg.callbacks.OptimizerSchedule(generator=halve, discriminator=halve)
    gan.fit(images, epochs=50, callbacks=[rates])
    ```
    """

    def __init__(
        self,
        generator: Schedule | None = None,
        discriminator: Schedule | None = None,
        attribute: str = "learning_rate",
    ) -> None:
        super().__init__()
        given = {"generator": generator, "discriminator": discriminator}
        self.functions = {
            player: _check_function(player, function)
            for player, function in given.items()
            if function is not None
        }
        if not self.functions:
            raise ValueError(
                "`generator` or `discriminator` must be a function of the epoch and "
                "the present value. Received: None for both."
            )
        self.attribute = attribute
        self._begun: dict[str, _Begun] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Refuses optimizers whose value cannot be set."""
        for player in self.functions:
            self._variable(player)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Sets the values of this epoch."""
        check = check_fraction if self.attribute == "momentum" else check_nonnegative
        completed = int(self.model.epochs_completed.numpy())
        for player, function in self.functions.items():
            variable = self._variable(player)
            before = self._value_before(player, variable, completed)
            value = function(completed, before)
            variable.assign(check(f"{player}(epoch={completed}, value)", value))
            begun = _Begun(variable, completed, before, float(variable.numpy()))
            self._begun[player] = begun

    def _value_before(self, player: str, variable: keras.Variable, epoch: int) -> float:
        """The present value; of an epoch that begins once more, that of before it."""
        present = float(variable.numpy())
        begun = self._begun.get(player)
        if begun is None or begun.variable is not variable:
            return present
        again = (begun.epoch, begun.after) == (epoch, present)
        return begun.before if again else present

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Logs the values of this epoch."""
        if logs is not None:
            for player in self.functions:
                value = float(self._variable(player).numpy())
                logs[f"{player}_{self.attribute}"] = value

    def _variable(self, player: str) -> keras.Variable:
        optimizer = getattr(self.model, f"{player}_optimizer")
        return _settable(player, wrapped(optimizer), self.attribute)


def _check_function(player: str, function: Any) -> Schedule:
    if not callable(function):
        raise TypeError(
            f"`{player}` must be a function of the epoch and the present value. "
            f"Received: {player}={function!r}"
        )
    return function


def _settable(
    player: str, optimizer: keras.optimizers.Optimizer, attribute: str
) -> keras.Variable:
    kind = type(optimizer).__name__
    value = getattr(optimizer, attribute, None)
    if isinstance(value, keras.Variable):
        return value
    if value is None:
        raise invalid_argument("attribute", f"a variable of {kind}", attribute)
    if isinstance(value, int | float):
        raise TypeError(
            f"`{attribute}` of {kind} is a constant of the compiled step and cannot "
            f"change during training. Received: {attribute}={value!r}; "
            "keras_gan.optimizers.MomentumSGD has a momentum that can."
        )
    raise TypeError(
        f"`{player}` cannot set what a schedule object decides at every step. "
        f"Received: {player}_optimizer of type {kind} with a schedule as its "
        f"{attribute}; construct it with a float, or leave `{player}` None."
    )
