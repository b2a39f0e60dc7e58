"""`keras-gan sample`: what a run's generator draws, in pictures, sound or numbers."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import keras_gan as kg
from keras_gan._files import check_new_folder, replacing
from keras_gan._types import FloatArray
from keras_gan._validation import check_integer, check_positive_integer, check_seed
from keras_gan.commands._shared import (
    add_recipe_file,
    add_run,
    add_seed,
    recipe_of,
    say,
)
from keras_gan.commands._tensorflow import start_tensorflow

if TYPE_CHECKING:
    from keras_gan.runs.run import Run

SUMMARY = "draw pictures of generated samples, or write their sound or numbers"
_PICTURE, _SOUND, _NUMBERS = ".png", ".wav", ".npy"
_FOLDER = "/"
_LARGEST_PICTURE = 100_000  # samples; `GAN.sample_stream` makes any number
IF_STOPPED = "nothing was written"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan sample`."""
    add_run(parser)
    parser.add_argument(
        "--num",
        type=int,
        default=64,
        metavar="N",
        help=f"at most {_LARGEST_PICTURE:,}; of classes, the most that are as many of "
        "each, at least one; default: 64",
    )
    add_seed(parser)
    add_recipe_file(parser)
    parser.add_argument(
        "--label",
        type=int,
        nargs="+",
        metavar="CLASS",
        help="classes to draw, one a row, where the generator is told the class; "
        "default: every class",
    )
    parser.add_argument(
        "--sampling-rate",
        type=int,
        metavar="HZ",
        help="samples a second of a .wav; default: that of the data, else 8000",
    )
    parser.add_argument(
        "--output",
        required=True,
        metavar="FILE.png",
        help="a picture of all; or FILE.wav: waveforms to listen to, one after the "
        "other; or FILE.npy: float32 samples as the generator makes them; or DIR/: a "
        "picture of each image, 00000.png and on; what is there is never overwritten",
    )


def run(args: argparse.Namespace) -> None:
    """Draws it."""
    check_integer("--num", args.num, 1, _LARGEST_PICTURE)
    check_seed("--seed", args.seed)
    output, kind = _checked_output(args)
    kg.runs.run_at(Path(args.path))  # no run, no TensorFlow
    start_tensorflow()
    from keras_gan.training.class_rows import sample_in_rows
    from keras_gan.training.examples import LABELS

    run = kg.runs.load_run(args.path, args.best, recipe=recipe_of(args))
    if args.label is not None and LABELS not in run.gan.networks.told:
        raise ValueError(
            "`--label` is for generators that are told a class. Received: --label "
            f"{' '.join(map(str, args.label))}, for one of "
            f"{', '.join(run.gan.networks.of_generator.names)}; leave it out."
        )
    samples, num_columns = sample_in_rows(run.gan, args.num, args.seed, args.label)
    if kind == _SOUND:
        _save_sound(output, samples, run, args.sampling_rate)
    elif kind == _NUMBERS:
        with replacing(output) as partial, partial.open("wb") as file:
            np.save(file, samples, allow_pickle=False)
    elif kind == _FOLDER:
        _check_rank(4, output, samples, run)
        kg.visualization.save_images(output, samples, run.value_range)
    else:
        kg.visualization.save_samples(output, samples, run.value_range, num_columns)
    equal = f", {len(samples)} samples, as many of each class"
    say(f"Written: {output}{equal if len(samples) != args.num else ''}")


def _checked_output(args: argparse.Namespace) -> tuple[Path, str]:
    """The path to write, and what: an ending, or that of a folder."""
    output = Path(args.output)
    is_folder = args.output.endswith((_FOLDER, os.sep)) or output.is_dir()
    kind = _FOLDER if is_folder else output.suffix.lower()
    if kind not in (_PICTURE, _SOUND, _NUMBERS, _FOLDER):
        raise ValueError(
            f"`--output` must end in {_PICTURE}, in {_SOUND} for sound, in {_NUMBERS} "
            f"for numbers, or in {_FOLDER} for a folder of pictures. Received: {output}"
        )
    if is_folder:
        if not output.name:  # such as . and /
            raise ValueError(
                f"`--output` must name a folder to make. Received: {args.output}"
            )
        check_new_folder("--output", output)
    elif output.exists():
        raise FileExistsError(f"`--output` must be new. Received: {output}")
    if args.sampling_rate is not None:
        check_positive_integer("--sampling-rate", args.sampling_rate)
        if kind != _SOUND:
            raise ValueError(
                f"`--sampling-rate` is that of a {_SOUND}. Received: --output {output}"
            )
    return output, kind


def _check_rank(rank: int, output: Path, samples: FloatArray, run: "Run") -> None:
    """Raises where samples are not what the ending of the output says."""
    if samples.ndim != rank:
        what = {3: "sound", 4: "image"}[rank]
        raise ValueError(
            f"`--output` must end in {_PICTURE} for what is no {what}, or in "
            f"{_NUMBERS}. Received: {output} for {run.gan.data_name}"
        )


def _save_sound(
    output: Path, samples: FloatArray, run: "Run", sampling_rate: int | None
) -> None:
    _check_rank(3, output, samples, run)
    low, high = run.value_range or (-1.0, 1.0)
    in_range = -1.0 + 2.0 * (samples - low) / (high - low)
    rate = sampling_rate or run.sampling_rate or kg.sound.SAMPLING_RATE
    kg.sound.save_waveforms(output, in_range, rate)
