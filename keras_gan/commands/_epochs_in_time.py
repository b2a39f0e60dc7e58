"""As many epochs as a time allows, measured before a run begins."""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import keras

import keras_gan as kg
from keras_gan._durations import in_words
from keras_gan._types import Config
from keras_gan.commands._shared import say
from keras_gan.commands._timed_steps import play_timed_steps
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    from keras_gan.datasets import Dataset

_PLANNED = 0.95  # of the time: the report, and epochs that differ


class Measured(NamedTuple):
    """Seconds.

    Args:
        once: of compiling, and of what the callbacks prepare.
        of_a_step: of the median step.
        of_its_end: of what the callbacks do after an epoch.
    """

    once: float
    of_a_step: float
    of_its_end: float


Watchers: TypeAlias = Callable[[RunDirectory, kg.GAN], list[keras.callbacks.Callback]]


def fit_into_time(
    args: argparse.Namespace,
    gan: "kg.GAN",
    data: "Dataset",
    recipe: Recipe,
    config: Config,
    watchers: Watchers,
) -> None:
    """Sets the epochs of a new run by its time; takes from that what this takes.

    Rates or weights that run along the whole training do not come to their end where
    it is cut short. So a game is played a few steps, with all that the end of an epoch
    brings, in a folder that goes again. A recipe that chose its length by what an hour
    allows may get more epochs by it, others at most those that they have.

    Args:
        args: of the command; `seconds` are what the run may take.
        gan: compiled `GAN` of the recipe, which is not to be kept.
        data: `Dataset`, what it learns from.
        recipe: `Recipe`, as the data chose it.
        config: dict, what the run is to be; its `epochs` are set.
        watchers: function of a `RunDirectory` and the GAN that returns the callbacks
            before those that keep the run.
    """
    began = time.perf_counter()
    measured = _measure(gan, data, recipe, watchers)
    args.seconds = max(1.0, args.seconds - (time.perf_counter() - began))
    num_steps = recipe.steps_per_epoch(data, gan.rules.discriminator_steps)
    of_an_epoch = num_steps * measured.of_a_step + measured.of_its_end
    planned = _PLANNED * args.seconds - measured.once
    epochs = max(1, int(planned / of_an_epoch))
    if not recipe.length_by_time:
        epochs = min(epochs, recipe.epochs)
    config["epochs"] = epochs
    say(
        f"{recipe.name}: epochs 1 to {epochs} fit into {in_words(args.seconds)} that "
        f"are left. Measured: {num_steps:,} steps of {in_words(measured.of_a_step)} an "
        f"epoch, {in_words(measured.of_its_end)} for its pictures, measures and files, "
        f"and once {in_words(measured.once)} to compile and prepare."
    )


def _measure(
    gan: "kg.GAN", data: "Dataset", recipe: Recipe, watchers: Watchers
) -> Measured:
    began, ended = _EpochEnds(), _EpochEnds()
    with tempfile.TemporaryDirectory(prefix="keras_gan_") as folder:
        run = RunDirectory(Path(folder))
        callbacks = [
            began,
            *watchers(run, gan),
            kg.callbacks.RunRecord(run.path),
            kg.callbacks.SaveEachEpoch(run.model),
            ended,
        ]
        start = time.perf_counter()
        # What is compiled and prepared takes its time in the first.
        first = play_timed_steps(gan, data, recipe, 1, callbacks)
        second = play_timed_steps(gan, data, recipe, callbacks=callbacks)
    of_an_end = ended.times[1] - began.times[1]
    once = ended.times[0] - start - sum(first.of_calls) - of_an_end
    return Measured(max(0.0, once), second.median, of_an_end)


class _EpochEnds(keras.callbacks.Callback):
    """Notes when an epoch ends, as those before it in the list let it."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Looks at the clock."""
        self.times.append(time.perf_counter())
