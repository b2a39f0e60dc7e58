"""What commands that look at a run have in common, and how all of them speak."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

import keras_gan as kg
from keras_gan._validation import check_size

if TYPE_CHECKING:
    from keras_gan.recipes import Recipe

_UNSAID = "where the run does not say it: "


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


def add_recipe_file(parser: argparse.ArgumentParser) -> None:
    """Adds `--recipe`."""
    parser.add_argument(
        "--recipe",
        metavar="FILE.py",
        help="Python file of the recipe, for a run of one: it is run",
    )


def add_data_of_run(parser: argparse.ArgumentParser) -> None:
    """Adds what names the data of a run that may say it already."""
    parser.add_argument(
        "--data",
        metavar="NAME",
        help="dataset, where the run does not say which: see "
        "`keras-gan list --data`; default: what it was trained on",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help="where the data were moved to; default: where it was trained from",
    )
    add_image_size(parser, _UNSAID)
    add_sound(parser, _UNSAID)
    add_recipe_file(parser)


def data_of_run(args: argparse.Namespace) -> dict[str, Any]:
    """What `add_data_of_run` added, as `keras_gan.runs.load_run` takes it."""
    return {
        "data": args.data,
        "data_dir": args.data_dir,
        "image_size": image_size_of(args),
        "length": args.length,
        "sampling_rate": args.sampling_rate,
        "recipe": recipe_of(args),
    }


def on_terminal() -> bool:
    """Whether what is said goes to a terminal, where a progress bar can be redrawn."""
    return sys.stdout is not None and sys.stdout.isatty()


def add_progress(parser: argparse.ArgumentParser) -> None:
    """Adds `--verbose` of a command that draws progress bars, or does not."""
    parser.add_argument(
        "--verbose",
        type=int,
        choices=(0, 1),
        help="1 draws progress bars, 0 does not; default: 1 on a terminal, else 0",
    )


def draws_bars(args: argparse.Namespace) -> bool:
    """What `--verbose` says, or else the place that output goes to."""
    return on_terminal() if args.verbose is None else args.verbose == 1


def recipe_of(args: argparse.Namespace) -> "Recipe | None":
    """The recipe of the file that `--recipe` names."""
    return None if args.recipe is None else kg.recipes.load_recipe(args.recipe)


def add_image_size(parser: argparse.ArgumentParser, when: str = "") -> None:
    """Adds `--image-size`, for which `image_size_of` has a look."""
    parser.add_argument(
        "--image-size",
        type=int,
        nargs="+",
        metavar="N",
        help=f"{when}resize images to N x N, or to a height and a width, bilinear with "
        "antialiasing; default: as they are",
    )


def add_sound(parser: argparse.ArgumentParser, when: str = "") -> None:
    """Adds `--length` and `--sampling-rate`."""
    parser.add_argument(
        "--length",
        type=int,
        metavar="SAMPLES",
        help=f"{when}of each waveform; default: 4096",
    )
    parser.add_argument(
        "--sampling-rate",
        type=int,
        metavar="HZ",
        help=f"{when}of waveforms: recordings of another rate are resampled; default: "
        "theirs, where all have one",
    )


def image_size_of(args: argparse.Namespace) -> int | tuple[int, int] | None:
    """What `--image-size` says, one number for a square."""
    given = args.image_size
    if given is None:
        return None
    return squared(check_size("--image-size", given[0] if len(given) == 1 else given))


def squared(size: tuple[int, int]) -> int | tuple[int, int]:
    """A size as configurations have it: one number of a square."""
    height, width = size
    return height if height == width else (height, width)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds `--json`."""
    parser.add_argument(
        "--json", action="store_true", help="print JSON on stdout, for programs"
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
