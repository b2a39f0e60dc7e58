"""`keras-gan resume`: a run goes on as it began, from its last complete epoch."""

import argparse
import contextlib
from pathlib import Path

import keras_gan as kg
from keras_gan.commands._shared import add_recipe_file
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.commands._train_options import add_how_it_is_run, add_how_long
from keras_gan.commands._training import check_options, train
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory, SavedFile, run_at

SUMMARY = "continue a run from its last complete epoch"
IF_STOPPED = "the last complete epoch is saved, and the same command goes on from it"

_AS_IT_BEGAN = (
    "alternating",
    "data",
    "image_size",
    "length",
    "on_damaged",
    "precision",
    "pretrained",
    "sampling_rate",
    "seed",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan resume`."""
    parser.add_argument(
        "path", metavar="RUN", help="folder of a run of `keras-gan train`"
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help="where the data were moved to; default: where it was trained from",
    )
    add_recipe_file(parser)
    add_how_long(parser, default="those that the run was to have")
    add_how_it_is_run(parser)


def run(args: argparse.Namespace) -> None:
    """Trains from where the run stands until it has its epochs."""
    check_options(args)
    directory = run_at(Path(args.path))  # no run, no TensorFlow
    config = _configuration(directory)
    if config.get("recipe_file") and args.recipe is None:
        raise ValueError(
            f"`--recipe` must name the Python file of the run in {directory.path}, "
            f"{config['recipe_file']}: it is run, and none is run by itself."
        )
    vars(args).update(dict.fromkeys(_AS_IT_BEGAN))
    args.output_dir, args.resume, args.dry_run = args.path, True, False
    args.recipe_file = config.get("recipe_file")
    start_tensorflow()
    with contextlib.ExitStack() as locks:
        train(args, _recipe(config, args.recipe), locks)


def _configuration(directory: RunDirectory) -> dict[str, str | None]:
    config = directory.read().get("config")
    if isinstance(directory, SavedFile) or not config:
        raise ValueError(
            "`RUN` must be the folder of a run of `keras-gan train`. Received: "
            f"{directory.path}, which a program of its own trained: continue it there, "
            "with kg.load and fit."
        )
    return dict(config)


def _recipe(config: dict[str, str | None], file: str | None) -> Recipe:
    if file is not None:
        return kg.recipes.load_recipe(file)
    return kg.recipes.get(config["recipe"] or "")
