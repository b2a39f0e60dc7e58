"""The command line: `keras-gan list | train | evaluate | sample | export`."""

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan import recipes
from keras_gan._cli_arguments import build_parser
from keras_gan._environment import jsonable, record_environment
from keras_gan._files import write_json
from keras_gan._replicas import is_chief, named_strategy
from keras_gan._types import Config, FloatArray
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.callbacks import (
    ParzenMonitor,
    SampleGrid,
    SaveBestEpoch,
    SaveEachEpoch,
)
from keras_gan.callbacks._finite_logs import FiniteLogs
from keras_gan.callbacks.parzen_monitor import PARZEN, PARZEN_AT_BEST_BANDWIDTH
from keras_gan.datasets.image_dataset import ImageDataset
from keras_gan.evaluation.score import DoubtfulScoreWarning
from keras_gan.evaluation.table import score_table
from keras_gan.gan import GAN
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs import (
    build_game,
    check_data,
    check_rules,
    load_data,
    load_model,
    load_run,
)
from keras_gan.runs.directory import RunDirectory
from keras_gan.runs.evaluation import RunEvaluator, columns, records
from keras_gan.saving import load
from keras_gan.visualization import save_image_grid

_MISTAKES = (
    FileExistsError,
    FileNotFoundError,
    ImportError,
    NotADirectoryError,
    PermissionError,
    TypeError,
    ValueError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status, 2 for a mistake in what was given."""
    args = build_parser(_COMMANDS).parse_args(arguments)
    try:
        args.command(args)
    except _MISTAKES as error:
        if args.debug:
            raise
        sys.stderr.write(f"keras-gan: error: {error}\n")
        return 2
    except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
        sys.stderr.write(
            f"keras-gan: a worker was lost ({error.message.splitlines()[0]}); start "
            "all of them again with --resume\n"
        )
        return 75  # EX_TEMPFAIL: trying again helps
    except FloatingPointError as error:
        sys.stderr.write(f"keras-gan: training failed: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("keras-gan: interrupted; --resume continues a training run\n")
        return 130
    return 0


# ------------------------------------------------------------------- commands


def _list(args: argparse.Namespace) -> None:
    width = max(map(len, recipes.RECIPES))
    for name, recipe in sorted(recipes.RECIPES.items()):
        _say(f"{name:<{width}}  {recipe.summary}\n{'':<{width}}  {recipe.source}")


def _train(args: argparse.Namespace) -> None:
    recipe = recipes.get(args.recipe)
    strategy = named_strategy(args.strategy)
    chief = is_chief(strategy)
    run = RunDirectory(Path(args.output_dir or Path("runs") / recipe.name))
    resumes = args.resume and run.config.exists()
    if not resumes and chief:
        run.check_free()  # before the dataset is loaded
    held = run.read_config() if resumes else {}
    config = _resolve(args, recipe, held)
    check_rules(recipe, config)
    data = load_data(recipe, config, config["data_dir"])
    fingerprint = check_data(held, data)
    with strategy.scope():
        if resumes and run.model.exists():
            gan = load(run.model)
        else:
            gan = build_game(recipe, data, config)
    config |= _describe(gan, data, fingerprint)
    completed = int(gan.epochs_completed.numpy())
    if chief:
        run.resume(config) if resumes else run.begin(config)
        run.discard_after(completed)
    if completed >= config["epochs"]:
        _say(f"{run.path} has its {completed} epochs already; --epochs asks for more.")
        return
    _say(f"{recipe.name}: epochs {completed + 1} to {config['epochs']}, in {run.path}")
    recorders = _recorders(run, recipe, data, config["seed"]) if chief else []
    try:
        gan.fit(
            _images_of_an_epoch(data, recipe),
            batch_size=recipe.batch_size,
            epochs=config["epochs"],
            initial_epoch=completed,
            callbacks=recorders,
            verbose=args.verbose,
        )
    except FloatingPointError:
        for callback in recorders:
            callback.on_train_end()  # closes files, which Keras leaves open
        raise
    _say(f"Trained: {run.model}. Next: keras-gan evaluate {run.path}")


def _images_of_an_epoch(data: ImageDataset, recipe: Recipe) -> FloatArray:
    images, passes = data.train.images, recipe.passes_per_epoch
    return images if passes == 1 else np.tile(images, (passes, 1, 1, 1))


def _evaluate(args: argparse.Namespace) -> None:
    run = RunDirectory(Path(args.run_dir))
    gan, data, recipe, config = load_run(run.path, args.best, args.data_dir)
    if args.num_kernels is not None:
        check_positive_integer("--num-kernels", args.num_kernels)
    evaluator = RunEvaluator(recipe, data, args.measures, args.num_kernels)
    with warnings.catch_warnings():
        # They stand below the table and in the record.
        warnings.simplefilter("ignore", DoubtfulScoreWarning)
        scores = evaluator(gan, args.verbose)
    model = {
        "recipe": recipe.name,
        "seed": config["seed"],
        "epochs": int(gan.epochs_completed.numpy()),
    }
    report = f"{score_table(columns(scores))}\n{evaluator.summary(scores)}"
    write_json(
        run.evaluation,
        {
            "model": model,
            "protocol": evaluator.protocol(),
            "scores": records(scores),
            "report": report,
            "environment": record_environment(),
        },
    )
    _say(report)
    _say(f"Written, with all of the protocol: {run.evaluation}")


def _sample(args: argparse.Namespace) -> None:
    check_positive_integer("--num", args.num)
    check_seed("--seed", args.seed)
    run = RunDirectory(Path(args.run_dir))
    output = Path(args.output)
    if output.exists():
        raise FileExistsError(f"`--output` must be new. Received: {output}")
    config = run.read_config()
    images = load_model(run, args.best).sample(args.num, seed=args.seed)
    save_image_grid(output, images, tuple(config["dataset"]["value_range"]))
    _say(f"Written: {output}")


def _export(args: argparse.Namespace) -> None:
    # The floor above: only this command opens that door.
    import export

    options = {
        "opset": args.opset,
        "version": args.version,
        "discriminator": args.discriminator or None,
    }
    for path, report in export.export_run(
        args.run_dir,
        args.format,
        best=args.best,
        directory=args.output_dir,
        data_dir=args.data_dir,
        licence=args.license,
        overwrite=args.overwrite,
        **options,
    ):
        _say(f"Written: {path}\n  {report}")


_COMMANDS = {
    "list": _list,
    "train": _train,
    "evaluate": _evaluate,
    "sample": _sample,
    "export": _export,
}


# -------------------------------------------------------------------- helpers


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


def _describe(gan: GAN, data: ImageDataset, fingerprint: Config) -> Config:
    return {
        "dataset": {
            "name": data.name,
            "image_shape": data.image_shape,
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
    run: RunDirectory, recipe: Recipe, data: ImageDataset, seed: int
) -> list[keras.callbacks.Callback]:
    protocol, watched = recipe.parzen, _watched(run)
    return [
        FiniteLogs(),
        SampleGrid(run.samples, value_range=data.value_range, seed=seed),
        ParzenMonitor(
            data.valid.images[: protocol.num_valid],
            num_samples=protocol.num_samples,
            bandwidths=protocol.bandwidths,
            seed=seed,
            best_bandwidth=watched == PARZEN_AT_BEST_BANDWIDTH,
        ),
        SaveBestEpoch(run.best_model, watched, best=run.best_value(watched)),
        keras.callbacks.CSVLogger(run.history, append=run.history.exists()),
        # Last: an epoch counts once everything else of it is written.
        SaveEachEpoch(run.model),
    ]


def _watched(run: RunDirectory) -> str:
    """The value that chooses `best.keras`, all through a run."""
    recorded = run.monitor()
    if recorded is not None:
        return recorded
    if PARZEN_AT_BEST_BANDWIDTH in run.columns() or not run.columns():
        return PARZEN_AT_BEST_BANDWIDTH
    _say(
        f"{run.history} has no {PARZEN_AT_BEST_BANDWIDTH}: best.keras stays the epoch "
        f"of the best {PARZEN}, as the run began."
    )
    return PARZEN


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
