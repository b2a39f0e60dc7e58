"""`keras-gan compare`: runs beside each other."""

import argparse
import json
from pathlib import Path

from keras_gan.commands._shared import add_json, say
from keras_gan.runs.directory import run_at
from keras_gan.runs.report.comparison import Comparison

SUMMARY = "put runs beside each other"
IF_STOPPED = "the page, if one was asked for, is as it was"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan compare`."""
    parser.add_argument("paths", metavar="RUN", nargs="+", help="folders of runs")
    parser.add_argument(
        "--html", metavar="FILE.html", help="write a page, too, with samples and curves"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> None:
    """Prints the table, and writes the page."""
    if args.html is not None and Path(args.html).suffix.lower() != ".html":
        raise ValueError(f"`--html` must end in .html. Received: {args.html}")
    comparison = Comparison([run_at(Path(path)) for path in args.paths])
    if args.html is not None:
        comparison.write_page(args.html)
    if args.json:
        say(json.dumps(comparison.record(), indent=2))
        return
    say(comparison.text())
    if args.html is not None:
        say(f"Written: {args.html}")
