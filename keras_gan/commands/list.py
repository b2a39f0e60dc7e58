"""`keras-gan list`: recipes, or what they learn from, or what they are exported to."""

import argparse
import inspect
import json
from collections.abc import Callable, Mapping

import keras_gan as kg
from keras_gan.commands._shared import add_json, say
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
    add_json(parser)


def run(args: argparse.Namespace) -> None:
    """Prints them."""
    listed = _listed(args)
    if args.json:
        entries = [{"name": name, **entry} for name, entry in listed.items()]
        say(json.dumps(entries, indent=2))
    else:
        _print({name: _lines(entry) for name, entry in listed.items()})


def _listed(args: argparse.Namespace) -> dict[str, dict[str, str]]:
    """What is known of each, by its name."""
    if args.formats:
        start_tensorflow()
        formats = kg.export.FORMATS
        return {name: {"summary": format.summary} for name, format in formats.items()}
    if args.data:
        start_tensorflow()
        loaders = kg.datasets.LOADERS
        return {name: {"summary": _summary_of(one)} for name, one in loaders.items()}
    return {
        name: {key: value for key, value in recipe._asdict().items() if key != "name"}
        for name, recipe in sorted(LISTED.items())
    }


def _lines(entry: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"data: {value}" if key == "data" else value for key, value in entry.items()
    )


def _summary_of(loader: Callable[..., object]) -> str:
    return (inspect.getdoc(loader) or "").partition("\n")[0]


def _print(lines_by_name: Mapping[str, tuple[str, ...]]) -> None:
    width = max(map(len, lines_by_name))
    for name, lines in lines_by_name.items():
        say(f"{name:<{width}}  " + f"\n{'':<{width}}  ".join(lines))
