"""What would be trained, in which memory and time: measured by a few steps."""

import math
import sys
from typing import TYPE_CHECKING

import tensorflow as tf

import keras_gan as kg
from keras_gan._durations import in_words
from keras_gan._memory import bytes_in_words
from keras_gan._types import Config
from keras_gan.commands._shared import say
from keras_gan.commands._timed_steps import NUM_UNTIMED, TimedSteps, play_timed_steps
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    from keras_gan.datasets import Dataset


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
    timed = play_timed_steps(gan, data, recipe)
    num_steps = recipe.steps_per_epoch(data, gan.rules.discriminator_steps)
    _tell_of_time(timed, num_steps, config["epochs"])
    _tell_of_memory(gan, data)


def _tell_of_time(timed: TimedSteps, num_steps: int, epochs: int) -> None:
    epoch = timed.median * num_steps
    say(
        f"Time, measured: {in_words(timed.median)} a step, the median of "
        f"{len(timed.of_steps)} after {NUM_UNTIMED} that were not timed; "
        f"{num_steps:,} steps an epoch, which makes "
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
