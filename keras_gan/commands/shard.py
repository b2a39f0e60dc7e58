"""`keras-gan shard`: pictures as bytes in a few files, which stream fast."""

import argparse
import shlex
from pathlib import Path

import keras_gan as kg
from keras_gan.commands._shared import add_progress, draws_bars, say
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.commands._train_options import ON_DAMAGED

SUMMARY = "write a folder of pictures as files that stream into training"
IF_STOPPED = "files that are complete stay, without shards.json: begin anew"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan shard`."""
    parser.add_argument("data_dir", metavar="FOLDER", help="with pictures")
    parser.add_argument("output_dir", metavar="OUTPUT", help="a new folder")
    parser.add_argument(
        "--image-size",
        type=int,
        nargs="+",
        required=True,
        metavar="PIXELS",
        help="one number for a square, or height and width",
    )
    parser.add_argument(
        "--channels", type=int, choices=(1, 3), default=3, help="default: 3"
    )
    parser.add_argument(
        "--shard-size",
        type=int,
        default=10_000,
        help="images a file; default: 10000",
    )
    parser.add_argument(
        "--on-damaged",
        choices=ON_DAMAGED,
        default="raise",
        help="pictures that cannot be read: raise ends at the first (default), skip "
        "leaves them out and lists them at the end",
    )
    add_progress(parser)


def run(args: argparse.Namespace) -> None:
    """Writes them."""
    if not Path(args.data_dir).is_dir():
        raise FileNotFoundError(f"FOLDER must be a folder. Received: {args.data_dir}")
    start_tensorflow()
    size = args.image_size[0] if len(args.image_size) == 1 else tuple(args.image_size)
    stream = kg.datasets.stream_image_folder(args.data_dir, size, args.channels)
    bars = int(draws_bars(args))
    kg.datasets.write_shards(
        stream, args.output_dir, args.shard_size, bars, args.on_damaged
    )
    folder = shlex.quote(args.output_dir)
    written = kg.datasets.stream_shards(args.output_dir)
    say(
        f"Written: {args.output_dir}, {len(written):,} images of {stream.data_shape}. "
        f"Next: keras-gan train r3gan --data shards --data-dir {folder}"
    )
