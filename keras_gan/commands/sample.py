"""`keras-gan sample`: a picture of what the generator of a run draws."""

import argparse
from pathlib import Path

import keras_gan as kg
from keras_gan._validation import check_integer, check_seed
from keras_gan.commands._shared import (
    add_recipe_file,
    add_run,
    add_seed,
    recipe_of,
    say,
)
from keras_gan.commands._tensorflow import start_tensorflow

SUMMARY = "draw a picture of generated samples"
_LARGEST_PICTURE = 100_000  # samples; `GAN.sample_stream` makes any number
IF_STOPPED = "no picture was written"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan sample`."""
    add_run(parser)
    parser.add_argument(
        "--num",
        type=int,
        default=64,
        metavar="N",
        help=f"at most {_LARGEST_PICTURE:,}; default: 64",
    )
    add_seed(parser)
    add_recipe_file(parser)
    parser.add_argument(
        "--label",
        type=int,
        nargs="+",
        metavar="CLASS",
        help="classes to draw, one a row, where the generator is told the class; "
        "default: every class",
    )
    parser.add_argument("--output", required=True, metavar="FILE.png")


def run(args: argparse.Namespace) -> None:
    """Draws it."""
    check_integer("--num", args.num, 1, _LARGEST_PICTURE)
    check_seed("--seed", args.seed)
    output = Path(args.output)
    if output.suffix.lower() != ".png":
        raise ValueError(f"`--output` must end in .png. Received: {output}")
    if output.exists():
        raise FileExistsError(f"`--output` must be new. Received: {output}")
    kg.runs.run_at(Path(args.path))  # no run, no TensorFlow
    start_tensorflow()
    from keras_gan.training.class_rows import sample_in_rows
    from keras_gan.training.examples import LABELS

    run = kg.runs.load_run(args.path, args.best, recipe=recipe_of(args))
    if args.label is not None and LABELS not in run.gan.networks.told:
        raise ValueError(
            "`--label` is for generators that are told a class. Received: --label "
            f"{' '.join(map(str, args.label))}, for one of "
            f"{', '.join(run.gan.networks.of_generator.names)}; leave it out."
        )
    samples, num_columns = sample_in_rows(run.gan, args.num, args.seed, args.label)
    kg.visualization.save_samples(output, samples, run.value_range, num_columns)
    say(f"Written: {output}")
