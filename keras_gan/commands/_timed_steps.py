"""How long a step takes: a few are played by a game that nobody keeps."""

import math
import statistics
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras

import keras_gan as kg
from keras_gan.recipes.recipe import Recipe

if TYPE_CHECKING:
    from keras_gan.datasets import Dataset

NUM_UNTIMED = 3  # calls of the step: the first two are traced and compiled
NUM_TIMED = 12
_LONGEST = 30.0  # seconds of them


class TimedSteps(keras.callbacks.Callback):
    """Notes how long a few calls of the step take, and ends the training.

    A call makes `steps_per_execution` steps; Keras tells of it as of one.

    Args:
        num_calls: int, at least 1, that are timed.
    """

    def __init__(self, num_calls: int) -> None:
        super().__init__()
        self.num_calls = num_calls
        self.of_calls: list[float] = []
        self.of_steps: list[float] = []
        self._seen = 0

    @property
    def median(self) -> float:
        """Seconds of a step."""
        return statistics.median(self.of_steps)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Starts the clock."""
        self._steps = int(self.model.train_steps.numpy())
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stops it."""
        num_steps = int(self.model.train_steps.numpy()) - self._steps
        seconds = time.perf_counter() - self._began
        self._seen += 1
        if self._seen > NUM_UNTIMED:
            self.of_calls.append(seconds)
            self.of_steps.append(seconds / num_steps)
        if len(self.of_calls) >= self.num_calls or sum(self.of_calls) > _LONGEST:
            self.model.stop_training = True


def play_timed_steps(
    gan: "kg.GAN",
    data: "Dataset",
    recipe: Recipe,
    num_calls: int = NUM_TIMED,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> TimedSteps:
    """Plays a few steps and ends their epoch, with what the callbacks do there."""
    timed = TimedSteps(num_calls)
    rows_per_step = recipe.batch_size * gan.rules.discriminator_steps
    rows_per_call = rows_per_step * gan.steps_per_execution
    enough = rows_per_call * (NUM_UNTIMED + num_calls + 1)
    passes = math.ceil(enough / len(data.train))
    rows = kg.datasets.Repeated(data.train, max(passes, recipe.passes_per_epoch))
    gan.fit(
        rows, batch_size=recipe.batch_size, verbose=0, callbacks=[timed, *callbacks]
    )
    return timed
