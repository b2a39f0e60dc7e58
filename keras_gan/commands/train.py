"""`keras-gan train`: a recipe, or your own pictures, trained into a run directory."""

import argparse
import contextlib
from pathlib import Path

from keras_gan.commands._ray import check_engine, train_on_ray
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.commands._train_options import (
    add_engine,
    add_how_it_is_run,
    add_how_long,
    add_what_is_learned,
)
from keras_gan.commands._training import check_options, train
from keras_gan.commands._which_recipe import asked_for

SUMMARY = "train a recipe into a run directory"
IF_STOPPED = "the last complete epoch is saved, and --resume continues from it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan train`."""
    parser.add_argument(
        "recipe",
        metavar="RECIPE",
        help="see `keras-gan list`; or a folder of your own pictures, from which the "
        "recipe `default` chooses; or a Python file that defines RECIPE, as "
        "`keras-gan copy-recipe` writes it (it is run)",
    )
    add_what_is_learned(parser)
    add_how_long(parser, default="the recipe's")
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
        "--dry-run",
        action="store_true",
        help="print what would be trained, in which memory and time, measured by a few "
        "steps; write nothing",
    )
    add_how_it_is_run(parser)
    add_engine(parser)


def run(args: argparse.Namespace) -> None:
    """Trains from where the run stands until it has its epochs."""
    check_options(args)
    check_engine(args)
    asked = asked_for(args)  # before TensorFlow
    args.output_dir = args.output_dir or Path("runs") / asked.label
    args.recipe_file = asked.file
    if args.engine == "ray":
        args.status = train_on_ray(args)
        return
    start_tensorflow()
    with contextlib.ExitStack() as locks:
        train(args, asked.recipe(), locks)
