"""`keras-gan train`: a recipe, trained into a run directory."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras_gan as kg
from keras_gan._environment import jsonable, record_environment
from keras_gan._types import Config
from keras_gan._validation import check_known, check_positive_integer, check_seed
from keras_gan.commands._shared import add_seed, say
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    import keras

    from keras_gan.datasets import Dataset

SUMMARY = "train a recipe into a run directory"

_STRATEGIES = ("none", "mirrored", "multi_worker")
_PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan train`."""
    parser.add_argument("recipe", metavar="RECIPE", help="see `keras-gan list`")
    _add_what_is_learned(parser)
    _add_how_it_is_run(parser)


def _add_what_is_learned(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", metavar="DIR", help="folder with the dataset")
    parser.add_argument(
        "--data",
        metavar="NAME",
        help="another dataset than the recipe's, of a size that its networks can make: "
        "a key of keras_gan.datasets.LOADERS, such as olivetti",
    )
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
        metavar="RUN_DIR",
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
    from keras_gan._replicas import is_chief, named_strategy

    recipe = kg.recipes.get(args.recipe)
    strategy = named_strategy(args.strategy)
    chief = is_chief(strategy)
    run = RunDirectory(Path(args.output_dir or Path("runs") / recipe.name))
    resumes = args.resume and run.config.exists()
    if not resumes and chief:
        run.check_free()  # before the dataset is loaded
    held = run.read_config() if resumes else {}
    config = _resolve(args, recipe, held)
    kg.runs.check_rules(recipe, config)
    data = kg.runs.load_data(recipe, config, config["data_dir"])
    fingerprint = kg.runs.check_data(held, data)
    with strategy.scope():
        if resumes and run.model.exists():
            gan = kg.load(run.model)
        else:
            gan = kg.runs.build_game(recipe, data, config)
    config |= _describe(gan, data, fingerprint)
    if chief:
        run.resume(config) if resumes else run.begin(config)
        run.discard_after(int(gan.epochs_completed.numpy()))
    recorders = _recorders(run, recipe, data, config["seed"]) if chief else []
    _play(gan, data, recipe, config["epochs"], run, recorders, args.verbose)


def _play(
    gan: "kg.GAN",
    data: "Dataset",
    recipe: Recipe,
    epochs: int,
    run: RunDirectory,
    recorders: "list[keras.callbacks.Callback]",
    verbose: int,
) -> None:
    completed = int(gan.epochs_completed.numpy())
    if completed >= epochs:
        say(f"{run.path} has its {completed} epochs already; --epochs asks for more.")
        return
    say(f"{recipe.name}: epochs {completed + 1} to {epochs}, in {run.path}")
    try:
        gan.fit(
            kg.datasets.Repeated(data.train, recipe.passes_per_epoch),
            batch_size=recipe.batch_size,
            epochs=epochs,
            initial_epoch=completed,
            callbacks=recorders,
            verbose=verbose,
        )
    except FloatingPointError:
        for callback in recorders:
            callback.on_train_end()  # closes files, which Keras leaves open
        raise
    say(f"Trained: {run.model}. Next: keras-gan evaluate {run.path}")


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
        "data": choose(args.data, "data", None),
        "alternating": choose(args.alternating, "alternating", False),
        "pretrained": choose(_absolute(args.pretrained), "pretrained", None),
        "batch_size": recipe.batch_size,
        "passes_per_epoch": recipe.passes_per_epoch,
        "data_dir": choose(_absolute(args.data_dir), "data_dir", None),
    }


def _absolute(path: str | None) -> str | None:
    return None if path is None else os.path.abspath(path)


def _describe(gan: "kg.GAN", data: "Dataset", fingerprint: Config) -> Config:
    return {
        "dataset": {
            "name": data.name,
            "data_name": data.data_name,
            "data_shape": data.data_shape,
            "value_range": data.value_range,
            "num_train": len(data.train),
            "num_valid": len(data.valid),
            "num_test": len(data.test),
            "fingerprint": fingerprint,
        },
        "gan": jsonable(gan.get_config()),
        "compile": jsonable(gan.get_compile_config()),
        "replicas": gan.distribute_strategy.num_replicas_in_sync,
        "environment": record_environment(),
    }


def _recorders(
    run: RunDirectory, recipe: Recipe, data: "Dataset", seed: int
) -> "list[keras.callbacks.Callback]":
    import keras

    from keras_gan.callbacks._finite_logs import FiniteLogs

    watched = _watched(run)
    return [
        FiniteLogs(),
        kg.callbacks.SampleGrid(run.samples, value_range=data.value_range, seed=seed),
        kg.runs.monitor_of(
            watched, data, recipe.feature_network, seed, parzen=recipe.parzen
        ),
        kg.callbacks.SaveBestEpoch(
            run.best_model, watched, best=run.best_value(watched)
        ),
        keras.callbacks.CSVLogger(run.history, append=run.history.exists()),
        # Last: an epoch counts once everything else of it is written.
        kg.callbacks.SaveEachEpoch(run.model),
    ]


def _watched(run: RunDirectory) -> str:
    """The value that chooses `best.keras`, all through a run."""
    from keras_gan.runs.monitor import PARZEN, PARZEN_AT_BEST_BANDWIDTH

    recorded = run.monitor()
    if recorded is not None:
        return recorded
    if PARZEN_AT_BEST_BANDWIDTH in run.columns() or not run.columns():
        return PARZEN_AT_BEST_BANDWIDTH
    say(
        f"{run.history} has no {PARZEN_AT_BEST_BANDWIDTH}: best.keras stays the epoch "
        f"of the best {PARZEN}, as the run began."
    )
    return PARZEN
