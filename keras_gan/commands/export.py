"""`keras-gan export`: the generator of a run in other formats, each one checked."""

import argparse
from pathlib import Path

import keras_gan as kg
from keras_gan.commands._shared import (
    add_data_of_run,
    add_run,
    image_size_of,
    recipe_of,
    say,
)
from keras_gan.commands._tensorflow import start_tensorflow

SUMMARY = "export the generator and check it"
IF_STOPPED = (
    "formats that were told of as written are whole, the others are not there; "
    "--overwrite writes all of them again"
)


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
    start_tensorflow()
    for path, report in kg.export.export_run(
        args.path,
        args.format,
        best=args.best,
        directory=args.output_dir,
        data=args.data,
        data_dir=args.data_dir,
        image_size=image_size_of(args),
        recipe=recipe_of(args),
        licence=args.license,
        overwrite=args.overwrite,
        opset=args.opset,
        version=args.version,
        discriminator=args.discriminator or None,
    ):
        say(f"Written: {path}\n  {report}")
