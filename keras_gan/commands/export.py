"""`keras-gan export`: the generator of a run in other formats, each one checked."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import keras_gan as kg
from keras_gan._durations import in_words
from keras_gan.commands._shared import (
    add_data_of_run,
    add_run,
    data_of_run,
    say,
)
from keras_gan.commands._tensorflow import start_tensorflow

SUMMARY = "export the generator and check it"
IF_STOPPED = (
    "formats that were told of as written are whole, the others are not there; "
    "--overwrite writes all of them again"
)

_PATIENCE = 2.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan export`."""
    add_run(parser)
    parser.add_argument(
        "--format",
        nargs="+",
        required=True,
        metavar="FORMAT",
        help="such as onnx; `keras-gan list --formats` shows all of them",
    )
    parser.add_argument(
        "--output-dir", metavar="DIR", help="default: exports, in the folder of the run"
    )
    add_data_of_run(parser)
    parser.add_argument("--opset", type=int, metavar="N", help="of ONNX; default: 17")
    parser.add_argument(
        "--version", type=int, metavar="N", help="of the SavedModel; default: 1"
    )
    parser.add_argument(
        "--discriminator",
        action="store_true",
        help="add discriminate(images) to the SavedModel",
    )
    parser.add_argument(
        "--license",
        metavar="NAME",
        help="under which the artefact is given away; default: not stated",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace what is there"
    )


def run(args: argparse.Namespace) -> None:
    """Exports format by format."""
    kg.runs.run_at(Path(args.path))  # no run, no TensorFlow
    start_tensorflow("to export the generator")
    progress = _Progress(args.format)
    exports = kg.export.export_run(
        args.path,
        args.format,
        best=args.best,
        directory=args.output_dir,
        **data_of_run(args),
        license=args.license,
        overwrite=args.overwrite,
        opset=args.opset,
        version=args.version,
        discriminator=args.discriminator or None,
    )
    for _ in args.format:
        progress.begin()
        path, report = next(exports)
        say(f"Written: {path}\n  {report}")


class _Progress:
    """What is written next, and how long all that is left may take."""

    def __init__(self, formats: Sequence[str]) -> None:
        self._formats, self._done, self._began = formats, 0, time.perf_counter()

    def begin(self) -> None:
        """Says it before a format begins; how long, once they take time to wait for."""
        total, taken = len(self._formats), time.perf_counter() - self._began
        line = f"Exporting {self._formats[self._done]}"
        if total > 1:
            line += f", {self._done + 1} of {total} formats"
        if self._done and taken > _PATIENCE:
            left = taken / self._done * (total - self._done)
            line += f", about {in_words(left)} to go"
        self._done += 1
        say(line)
