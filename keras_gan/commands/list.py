"""`keras-gan list`: recipes, or what they learn from, or what they are exported to."""

import argparse
import json
from collections.abc import Mapping

from keras_gan.commands import _formats
from keras_gan.commands._shared import add_json, say
from keras_gan.datasets import listing
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
        return {name: {"summary": one} for name, one in _formats.LISTED.items()}
    if args.data:
        return {name: {"summary": one} for name, one in listing.LISTED.items()}
    return {
        name: {key: value for key, value in recipe._asdict().items() if key != "name"}
        for name, recipe in sorted(LISTED.items())
    }


def _lines(entry: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"data: {value}" if key == "data" else value for key, value in entry.items()
    )


def _print(lines_by_name: Mapping[str, tuple[str, ...]]) -> None:
    width = max(map(len, lines_by_name))
    for name, lines in lines_by_name.items():
        say(f"{name:<{width}}  " + f"\n{'':<{width}}  ".join(lines))
