"""A run is begun, or taken up, and trained."""

import argparse
import contextlib
import dataclasses
import functools
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import keras_gan as kg
from keras_gan._durations import parse_duration
from keras_gan._types import Config
from keras_gan.commands._configuration import settled
from keras_gan.commands._shared import say
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    import keras

    from keras_gan.datasets import Dataset
    from keras_gan.evaluation.feature_networks import FeatureNetwork

_SPREAD_OF = 1_000  # training rows: a standard deviation needs no more
_MOST_DRAWN = 1_000  # training rows beside samples: as many as there are points
_COMPLETED = 8  # held-out images, a row of the picture for each
_PARZEN = "parzen"  # what runs of before watched


def check_options(args: argparse.Namespace) -> None:
    """Raises where what was asked for makes no sense, before TensorFlow is loaded."""
    args.seconds = None if args.time is None else parse_duration("--time", args.time)
    if args.seconds is not None and args.strategy == "multi_worker":
        raise ValueError(
            "`--time` is for one machine: workers whose clocks differ would wait for "
            "each other. Received: --strategy multi_worker; give --epochs."
        )


def train(
    args: argparse.Namespace, recipe: Recipe, locks: contextlib.ExitStack
) -> None:
    """Trains from where the run stands until it has its epochs, or its time is over."""
    from keras_gan._replicas import is_chief, named_strategy

    strategy = named_strategy(args.strategy)
    chief = is_chief(strategy)
    directory = RunDirectory(Path(args.output_dir))
    resumes = args.resume and directory.holds_run()
    if resumes and chief:
        locks.enter_context(directory.lock())  # before it is read
    held = directory.read() if resumes else {}
    data, recipe, config = settled(args, recipe, directory, held, chief)
    digests = kg.runs.check_data(held, data)
    network, features = kg.runs.network_of_run(config["data"], data, held)
    watchers = functools.partial(_watchers, recipe, data, config, network, chief)
    saved = directory.model if resumes and directory.model.exists() else None
    with strategy.scope():
        gan = kg.load(saved) if saved else kg.runs.build_game(recipe, data, config)
    if args.seconds and recipe.scheduled and args.epochs is None and not held:
        from keras_gan.commands._epochs_in_time import fit_into_time

        fit_into_time(args, gan, data, recipe, config, watchers)
        with strategy.scope():
            gan = kg.runs.build_game(recipe, data, config)
    if args.dry_run:
        from keras_gan.commands._dry_run import tell_of_dry_run

        tell_of_dry_run(gan, data, recipe, directory, config)
        return
    about = {
        "config": config,
        "dataset": kg.runs.described(data, digests),
        "features": features,
        "parzen": None if recipe.parzen is None else dataclasses.asdict(recipe.parzen),
        "replicas": strategy.num_replicas_in_sync,
    }
    if chief and not resumes:
        locks.enter_context(directory.lock())
        directory.check_free()  # nobody began it while the data were loaded
    if chief:
        directory.take_up()
    _play(gan, data, recipe, directory, about, watchers, args)


def _play(
    gan: "kg.GAN",
    data: "Dataset",
    recipe: Recipe,
    directory: RunDirectory,
    about: Config,
    watchers: Callable[[RunDirectory, "kg.GAN"], "list[keras.callbacks.Callback]"],
    args: argparse.Namespace,
) -> None:
    from keras_gan.commands._kept_warnings import kept_warnings
    from keras_gan.commands._stop_between_steps import StopBetweenSteps
    from keras_gan.commands._time_budget import TimeBudget
    from keras_gan.runs.endings import told_how_it_ended

    completed, epochs = int(gan.epochs_completed.numpy()), about["config"]["epochs"]
    if completed >= epochs:
        directory.state_finished()
        say(
            f"{directory.path} has its {completed} epochs already; --epochs asks for "
            "more."
        )
        return
    say(f"{recipe.name}: epochs {completed + 1} to {epochs}, in {directory.path}")
    record = kg.callbacks.RunRecord(directory.path, about)
    save = kg.callbacks.SaveEachEpoch(directory.model)
    stop, guard = StopBetweenSteps(), kg.callbacks.NaNGuard(restore=False)
    budget = TimeBudget(args.seconds or float("inf"), record)
    report = kg.runs.RunReport(directory.path)
    watched = watchers(directory, gan)
    with told_how_it_ended(record), kept_warnings(record), stop.listening():
        gan.fit(
            **_rows(gan, data, recipe),
            batch_size=recipe.batch_size,
            epochs=epochs,
            initial_epoch=completed,
            # The record last but for the GAN: an epoch counts once it is saved.
            callbacks=[stop, guard, *watched, budget, record, save, report],
            verbose=args.verbose,
        )
    _tell_of_end(gan, directory, budget.told, epochs)


def _rows(gan: "kg.GAN", data: "Dataset", recipe: Recipe) -> dict[str, Any]:
    """What an epoch is made of, as `fit` takes it."""
    if data.stream is None:
        return {"x": kg.datasets.Repeated(data.train, recipe.passes_per_epoch)}
    num_steps = recipe.steps_per_epoch(data, gan.rules.discriminator_steps)
    return {"x": data.stream, "steps_per_epoch": num_steps}


def _tell_of_end(
    gan: "kg.GAN", directory: RunDirectory, told: str | None, epochs: int
) -> None:
    folder = shlex.quote(str(directory.path))
    if told is not None:
        completed = int(gan.epochs_completed.numpy())
        say(
            f"Stopped after epoch {completed} of {epochs}: {told}. It goes on with: "
            f"keras-gan resume {folder}"
        )
    say(f"Trained: {directory.model}. Next: keras-gan evaluate {folder}")


def _watchers(
    recipe: Recipe,
    data: "Dataset",
    config: Config,
    network: "FeatureNetwork | None",
    chief: bool,
    directory: RunDirectory,
    gan: "kg.GAN",
) -> "list[keras.callbacks.Callback]":
    """Pictures and the value of each epoch, and the epoch that has the best one."""
    if not chief:
        return []
    watched, seed = _watched(directory, recipe), config["seed"]
    best = directory.best_value(watched)
    return [
        _pictures(directory, data, gan.game, seed),
        kg.callbacks.CollapseMonitor(data.train.values[:_SPREAD_OF], seed=seed),
        kg.runs.monitor_of(watched, data, network, seed, parzen=recipe.parzen),
        kg.callbacks.SaveBestEpoch(directory.best_model, watched, best=best),
    ]


def _pictures(
    directory: RunDirectory, data: "Dataset", game: "kg.games.Game", seed: int
) -> "keras.callbacks.Callback":
    """Samples or, where the game completes images, completions of held-out ones."""
    shown: dict[str, Any] = {"value_range": data.value_range, "seed": seed}
    if not isinstance(game, kg.games.Inpainting):
        train = data.train  # of a stream, those that lie in memory
        rows = np.random.default_rng(seed).permutation(len(train))[:_MOST_DRAWN]
        labels = None if train.labels is None else train.labels[rows]
        real = train.values[rows], labels
        return kg.callbacks.SampleGrid(directory.samples, real=real, **shown)
    held_out = data.valid.values[:_COMPLETED]
    return kg.callbacks.CompletionGrid(directory.samples, held_out, **shown)


def _watched(directory: RunDirectory, recipe: Recipe) -> str:
    """The value that chooses `best.keras`, all through a run."""
    recorded = directory.monitor()
    if recorded is not None:
        return recorded
    logged = {name for row in directory.history() for name in row}
    if recipe.monitor in logged or _PARZEN not in logged:
        return recipe.monitor
    say(
        f"The history in {directory.path} has no {recipe.monitor}: best.keras stays "
        f"the epoch of the best {_PARZEN}, as the run began."
    )
    return _PARZEN
