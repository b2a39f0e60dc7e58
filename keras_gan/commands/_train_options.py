"""What `train` and `resume` are told: their arguments."""

import argparse

from keras_gan.commands._shared import add_image_size, add_seed, add_sound, on_terminal

ENGINES = ("none", "ray")
STRATEGIES = ("none", "mirrored", "multi_worker")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
ON_DAMAGED = ("raise", "skip")


def add_what_is_learned(parser: argparse.ArgumentParser) -> None:
    """Adds what names data and game."""
    _add_data(parser)
    add_seed(parser, default=None)
    parser.add_argument(
        "--alternating",
        action="store_true",
        default=None,
        help="let the players of a 2014 recipe take turns, as Algorithm 1 of the paper "
        "does; default: both move at once, as its code does",
    )
    parser.add_argument(
        "--pretrained",
        metavar="RUN",
        help="run of the first stage, for a recipe that is a second one",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="Keras dtype policy of the networks; default: float32. mixed_bfloat16 is "
        "faster where the processor multiplies in bfloat16 (AVX512_BF16, AMX, GPUs "
        "since Ampere)",
    )


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        metavar="NAME",
        help="another dataset than the recipe's: see "
        "`keras-gan list --data`; image_folder takes your own pictures in --data-dir, "
        "wave_folder your recordings",
    )
    parser.add_argument("--data-dir", metavar="DIR", help="folder with the dataset")
    add_image_size(parser)
    add_sound(parser)
    parser.add_argument(
        "--on-damaged",
        choices=ON_DAMAGED,
        help="pictures or recordings of a folder that cannot be read: raise lists them "
        "and ends (default), skip lists them and leaves them out",
    )


def add_how_long(parser: argparse.ArgumentParser, default: str) -> None:
    """Adds what ends a training.

    Args:
        parser: of the command.
        default: str, whose epochs are meant where none are given.
    """
    parser.add_argument("--epochs", type=int, metavar="N", help=f"default: {default}")
    parser.add_argument(
        "--time",
        metavar="SPAN",
        help="end before an epoch that would not end in this much time, such as 90s, "
        "30m or 1h30m; `keras-gan resume` goes on. Where a recipe schedules its rates "
        "and no --epochs are given, a new run has as many epochs as a few steps say "
        "that will fit. Default: all epochs",
    )


def add_how_it_is_run(parser: argparse.ArgumentParser) -> None:
    """Adds devices and what is shown."""
    parser.add_argument(
        "--strategy",
        choices=STRATEGIES,
        default="none",
        help="none: one device (default); mirrored: all GPUs of this machine, or its "
        "CPU devices; multi_worker: the workers that TF_CONFIG names",
    )
    parser.add_argument(
        "--verbose",
        type=int,
        default=1 if on_terminal() else 2,
        choices=(0, 1, 2),
        help="0 silent, 1 progress bars, 2 one line per epoch; default: 1 on a "
        "terminal, else 2",
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Adds what starts workers."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="none",
        help="ray: start --workers workers by Ray, and start them again where one is "
        "lost; default: none",
    )
    parser.add_argument(
        "--workers", type=int, metavar="N", help="of an engine; default: 2"
    )
