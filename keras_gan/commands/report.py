"""`keras-gan report`: what is known of a run, on one page."""

import argparse
from pathlib import Path

from keras_gan.commands._shared import say
from keras_gan.runs.directory import run_at
from keras_gan.runs.report import write_report

SUMMARY = "write a page about a run"
IF_STOPPED = "report.html is as it was"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan report`."""
    parser.add_argument("path", metavar="RUN", help="folder of a run")


def run(args: argparse.Namespace) -> None:
    """Writes it."""
    say(f"Written: {write_report(run_at(Path(args.path)))}")
