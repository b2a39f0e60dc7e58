"""What commands that look at a run have in common, and how all of them speak."""

import argparse
import sys
from typing import Any


def add_run(parser: argparse.ArgumentParser) -> None:
    """Adds RUN and `--best`."""
    parser.add_argument(
        "path", metavar="RUN", help="folder of a run, or a .keras file of a GAN"
    )
    parser.add_argument(
        "--best",
        action="store_true",
        help="take the epoch with the best value of what the run watched, as best.json "
        "says it; default: the last",
    )


def add_data_of_run(parser: argparse.ArgumentParser) -> None:
    """Adds `--data` and `--data-dir`, of a run that may have them already."""
    parser.add_argument(
        "--data",
        metavar="NAME",
        help="dataset, where the run does not say which: a key of "
        "keras_gan.datasets.LOADERS; default: what it was trained on",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help="where the data were moved to; default: where it was trained from",
    )


def add_seed(parser: argparse.ArgumentParser, default: Any = 0) -> None:
    """Adds `--seed`."""
    parser.add_argument(
        "--seed",
        type=int,
        default=default,
        metavar="N",
        help="in [0, 2^31); default: 0",
    )


def say(text: str) -> None:
    """Writes a line at once, for people who wait."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
