"""What would be trained, in which memory and time: measured by a few steps."""

import math
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

import keras_gan as kg
from keras_gan._durations import in_words
from keras_gan._memory import bytes_in_words
from keras_gan._types import Config
from keras_gan.commands._shared import say
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    from keras_gan.datasets import Dataset

_UNTIMED = 3  # steps: the first two are traced and compiled
_TIMED = 12
_LONGEST = 30.0  # seconds of them


class TimedSteps(keras.callbacks.Callback):
    """Notes the seconds of a few steps, and ends the training."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._seen = 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Starts the clock."""
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stops it."""
        self._seen += 1
        if self._seen > _UNTIMED:
            self.seconds.append(time.perf_counter() - self._began)
        if len(self.seconds) >= _TIMED or sum(self.seconds) > _LONGEST:
            self.model.stop_training = True


def tell_of_dry_run(
    gan: "kg.GAN",
    data: "Dataset",
    recipe: Recipe,
    directory: RunDirectory,
    config: Config,
) -> None:
    """Says all of it; the GAN is played a few steps, and saved nowhere."""
    say(f"Dry run: nothing is written. It would train into {directory.path}:")
    for name, value in config.items():
        say(f"  {name:<17} {value}")
    say(f"  {'data':<17} {data}")
    for name in ("generator", "discriminator"):
        weights = getattr(gan, name).count_params()
        say(f"  {name:<17} {weights:,} weights")
    seconds = _seconds_of_a_step(gan, data, recipe)
    num_steps = recipe.steps_per_epoch(data, gan.rules.discriminator_steps)
    _tell_of_time(seconds, num_steps, config["epochs"])
    _tell_of_memory(gan, data)


def _seconds_of_a_step(gan: "kg.GAN", data: "Dataset", recipe: Recipe) -> list[float]:
    timed = TimedSteps()
    rows_per_step = recipe.batch_size * gan.rules.discriminator_steps
    enough = rows_per_step * (_UNTIMED + _TIMED + 1)
    passes = math.ceil(enough / len(data.train))
    rows = kg.datasets.Repeated(data.train, max(passes, recipe.passes_per_epoch))
    gan.fit(rows, batch_size=recipe.batch_size, verbose=0, callbacks=[timed])
    return timed.seconds


def _tell_of_time(seconds: list[float], num_steps: int, epochs: int) -> None:
    step = statistics.median(seconds)
    epoch = step * num_steps
    say(
        f"Time, measured: {in_words(step)} a step, the median of {len(seconds)} after "
        f"{_UNTIMED} that were not timed; {num_steps:,} steps an epoch, which makes "
        f"{in_words(epoch)}, and {in_words(epoch * epochs)} for {epochs} epochs. "
        "Pictures, measures and files of each epoch come on top."
    )


def _tell_of_memory(gan: "kg.GAN", data: "Dataset") -> None:
    of_data = sum(split.values.nbytes for split in data.splits.values())
    of_data += data.train.values.nbytes  # that TensorFlow holds
    of_gan = sum(
        math.prod(variable.shape) * tf.as_dtype(variable.dtype).size
        for variable in gan.variables
    )
    say(
        f"Memory, computed: {bytes_in_words(of_data)} for the data and the copy that "
        f"is drawn from, {bytes_in_words(of_gan)} for weights and what optimizers keep."
    )
    for name, peak in _peaks().items():
        used = bytes_in_words(peak)
        say(f"Memory, measured in those steps: {used} at the peak of {name}.")


def _peaks() -> dict[str, int]:
    peaks = {
        f"GPU {index}": tf.config.experimental.get_memory_info(f"GPU:{index}")["peak"]
        for index, _ in enumerate(tf.config.list_logical_devices("GPU"))
    }
    if sys.platform != "win32":
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peaks["this process, TensorFlow and all"] = unit * most
    return peaks
