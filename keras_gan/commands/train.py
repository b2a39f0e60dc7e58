"""`keras-gan train`: a recipe, trained into a run directory."""

import argparse
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras_gan as kg
from keras_gan._environment import jsonable
from keras_gan._types import Config
from keras_gan._validation import check_known, check_positive_integer, check_seed
from keras_gan.commands._shared import (
    add_image_size,
    add_seed,
    image_size_of,
    say,
)
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    import keras

    from keras_gan.datasets import Dataset
    from keras_gan.evaluation.feature_networks import FeatureNetwork
    from keras_gan.runs import DataSource

SUMMARY = "train a recipe into a run directory"
IF_STOPPED = "the last complete epoch is saved, and --resume continues from it"

_SPREAD_OF = 1_000  # training rows: a standard deviation needs no more
_PARZEN = "parzen"  # what runs of before watched
_STRATEGIES = ("none", "mirrored", "multi_worker")
_PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan train`."""
    parser.add_argument("recipe", metavar="RECIPE", help="see `keras-gan list`")
    _add_what_is_learned(parser)
    _add_how_it_is_run(parser)


def _add_what_is_learned(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        metavar="NAME",
        help="another dataset than the recipe's: see "
        "`keras-gan list --data`; image_folder takes your own pictures in --data-dir",
    )
    parser.add_argument("--data-dir", metavar="DIR", help="folder with the dataset")
    add_image_size(parser)
    parser.add_argument("--epochs", type=int, metavar="N", help="default: the recipe's")
    add_seed(parser, default=None)
    parser.add_argument(
        "--alternating",
        action="store_true",
        default=None,
        help="let the players of a 2014 recipe take turns, as Algorithm 1 of the paper "
        "does; default: both move at once, as its code does",
    )
    parser.add_argument(
        "--pretrained",
        metavar="RUN",
        help="run of the first stage, for a recipe that is a second one",
    )


def _add_how_it_is_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output-dir", metavar="DIR", help="run directory; default: runs/RECIPE"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue the run in the output directory from its last complete epoch; "
        "begin it where there is none",
    )
    parser.add_argument(
        "--precision",
        choices=_PRECISIONS,
        help="Keras dtype policy of the networks; default: float32. mixed_bfloat16 is "
        "faster where the processor multiplies in bfloat16 (AVX512_BF16, AMX, GPUs "
        "since Ampere)",
    )
    parser.add_argument(
        "--strategy",
        choices=_STRATEGIES,
        default="none",
        help="none: one device (default); mirrored: all GPUs of this machine, or its "
        "CPU devices; multi_worker: the workers that TF_CONFIG names",
    )
    parser.add_argument(
        "--verbose",
        type=int,
        default=1,
        choices=(0, 1, 2),
        help="0 silent, 1 progress bar (default), 2 one line per epoch",
    )


def run(args: argparse.Namespace) -> None:
    """Trains from where the run stands until it has its epochs."""
    check_known("recipe", args.recipe, kg.recipes.RECIPES)  # before TensorFlow
    start_tensorflow()
    with contextlib.ExitStack() as locks:
        _train(args, kg.recipes.get(args.recipe), locks)


def _train(
    args: argparse.Namespace, recipe: Recipe, locks: contextlib.ExitStack
) -> None:
    from keras_gan._replicas import is_chief, named_strategy

    strategy = named_strategy(args.strategy)
    chief = is_chief(strategy)
    directory = RunDirectory(Path(args.output_dir or Path("runs") / recipe.name))
    resumes = args.resume and directory.holds_run()
    if resumes and chief:
        locks.enter_context(directory.lock())  # before it is read
    held = directory.read() if resumes else {}
    data, recipe, config = _settled(args, recipe, directory, held, chief)
    digests = kg.runs.check_data(held, data)
    network, features = kg.runs.network_of_run(config["data"], data, held)
    with strategy.scope():
        if resumes and directory.model.exists():
            gan = kg.load(directory.model)
        else:
            gan = kg.runs.build_game(recipe, data, config)
    about = {
        "config": config,
        "dataset": kg.runs.described(data, digests),
        "features": features,
        "replicas": strategy.num_replicas_in_sync,
    }
    if chief and not resumes:
        locks.enter_context(directory.lock())
        directory.check_free()  # nobody began it while the data were loaded
    if chief:
        directory.take_up()

    def watchers() -> "list[keras.callbacks.Callback]":
        return _watchers(directory, recipe, data, config, network) if chief else []

    _play(gan, data, recipe, directory, about, watchers, args.verbose)


def _settled(
    args: argparse.Namespace,
    recipe: Recipe,
    directory: RunDirectory,
    held: Config,
    chief: bool,
) -> tuple["Dataset", Recipe, Config]:
    """The data, the recipe as they choose it, and the options; refused if unfit."""
    begun = held.get("config", {})
    config: Config = jsonable(_resolve(args, recipe, begun))
    kg.runs.check_rules(recipe, config)
    # Before the dataset is loaded, or even downloaded.
    if held:
        directory.check_continues(config)
    elif chief:
        directory.check_free()
    data = _source(config).load(recipe)
    recipe = recipe.for_data(data)
    config = jsonable(_resolve(args, recipe, begun))
    if held:
        directory.check_continues(config)
    for reason in recipe.reasons:
        say(f"{recipe.name}: {reason}.")
    return data, recipe, config


def _source(config: Config) -> "DataSource":
    size = config["image_size"]
    return kg.runs.DataSource(config["data"], config["data_dir"], size)


def _play(
    gan: "kg.GAN",
    data: "Dataset",
    recipe: Recipe,
    directory: RunDirectory,
    about: Config,
    watchers: Callable[[], "list[keras.callbacks.Callback]"],
    verbose: int,
) -> None:
    from keras_gan.commands._stop_between_steps import (
        StopBetweenSteps,
        told_how_it_ended,
    )

    completed, epochs = int(gan.epochs_completed.numpy()), about["config"]["epochs"]
    if completed >= epochs:
        say(
            f"{directory.path} has its {completed} epochs already; --epochs asks for "
            "more."
        )
        return
    say(f"{recipe.name}: epochs {completed + 1} to {epochs}, in {directory.path}")
    record = kg.callbacks.RunRecord(directory.path, about)
    save = kg.callbacks.SaveEachEpoch(directory.model)
    stop, guard = StopBetweenSteps(), kg.callbacks.NaNGuard(restore=False)
    with told_how_it_ended(record), stop.listening():
        gan.fit(
            kg.datasets.Repeated(data.train, recipe.passes_per_epoch),
            batch_size=recipe.batch_size,
            epochs=epochs,
            initial_epoch=completed,
            # The record last but for the GAN: an epoch counts once it is saved.
            callbacks=[stop, guard, *watchers(), record, save],
            verbose=verbose,
        )
    say(f"Trained: {directory.model}. Next: keras-gan evaluate {directory.path}")


def _resolve(args: argparse.Namespace, recipe: Recipe, held: Config) -> Config:
    """What was asked for, else what the run began with, else the recipe's default."""

    def choose(asked: Any, key: str, default: Any) -> Any:
        return held.get(key, default) if asked is None else asked

    return {
        "recipe": recipe.name,
        "seed": check_seed("--seed", choose(args.seed, "seed", 0)),
        "epochs": check_positive_integer(
            "--epochs", choose(args.epochs, "epochs", recipe.epochs)
        ),
        "precision": choose(args.precision, "precision", "float32"),
        "data": choose(args.data, "data", recipe.data),
        "image_size": choose(image_size_of(args), "image_size", None),
        "alternating": choose(args.alternating, "alternating", False),
        "pretrained": choose(_absolute(args.pretrained), "pretrained", None),
        **_of_recipe(recipe, held),
        "data_dir": choose(_absolute(args.data_dir), "data_dir", None),
    }


def _of_recipe(recipe: Recipe, held: Config) -> Config:
    """What nobody is asked for; before the data are known, as the run began."""
    known = {
        "batch_size": recipe.batch_size,
        "passes_per_epoch": recipe.passes_per_epoch,
    }
    if recipe.choose is None:
        return known
    return {key: held.get(key, value) for key, value in known.items()}


def _absolute(path: str | None) -> str | None:
    return None if path is None else os.path.abspath(path)


def _watchers(
    directory: RunDirectory,
    recipe: Recipe,
    data: "Dataset",
    config: Config,
    network: "FeatureNetwork | None",
) -> "list[keras.callbacks.Callback]":
    """The pictures, the value of each epoch, and the epoch that has the best one."""
    watched, seed = _watched(directory, recipe), config["seed"]
    best = directory.best_value(watched)
    return [
        kg.callbacks.SampleGrid(
            directory.samples, value_range=data.value_range, seed=seed
        ),
        kg.callbacks.CollapseMonitor(data.train.values[:_SPREAD_OF], seed=seed),
        kg.runs.monitor_of(watched, data, network, seed, parzen=recipe.parzen),
        kg.callbacks.SaveBestEpoch(directory.best_model, watched, best=best),
    ]


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
