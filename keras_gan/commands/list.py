"""`keras-gan list`: recipes, or what they learn from, or what they are exported to."""

import argparse
import inspect
from collections.abc import Callable, Mapping

import keras_gan as kg
from keras_gan.commands._shared import say
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.recipes import LISTED

SUMMARY = "show the recipes"
IF_STOPPED = "nothing was to be written"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan list`."""
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--data",
        action="store_true",
        help="show the datasets of `keras-gan train --data` instead",
    )
    instead.add_argument(
        "--formats",
        action="store_true",
        help="show the formats of `keras-gan export` instead",
    )


def run(args: argparse.Namespace) -> None:
    """Prints them."""
    if args.formats:
        start_tensorflow()
        formats = kg.export.FORMATS
        _print({name: (format.summary,) for name, format in formats.items()})
    elif args.data:
        start_tensorflow()
        loaders = kg.datasets.LOADERS
        _print({name: (_summary_of(loader),) for name, loader in loaders.items()})
    else:
        _print(
            {
                name: (recipe.summary, recipe.source, f"data: {recipe.data}")
                for name, recipe in sorted(LISTED.items())
            }
        )


def _summary_of(loader: Callable[..., object]) -> str:
    return (inspect.getdoc(loader) or "").partition("\n")[0]


def _print(lines_by_name: Mapping[str, tuple[str, ...]]) -> None:
    width = max(map(len, lines_by_name))
    for name, lines in lines_by_name.items():
        say(f"{name:<{width}}  " + f"\n{'':<{width}}  ".join(lines))
