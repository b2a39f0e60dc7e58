"""`keras-gan sample`: a picture of what the generator of a run draws, or its sound."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import keras_gan as kg
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

SUMMARY = "draw a picture of generated samples, or write their sound"
_PICTURE, _SOUND = ".png", ".wav"
_LARGEST_PICTURE = 100_000  # samples; `GAN.sample_stream` makes any number
IF_STOPPED = "no picture was written"


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
        help="a picture, or FILE.wav: waveforms to listen to, one after the other",
    )


def run(args: argparse.Namespace) -> None:
    """Draws it."""
    check_integer("--num", args.num, 1, _LARGEST_PICTURE)
    check_seed("--seed", args.seed)
    output = _checked_output(args)
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
    if output.suffix.lower() == _SOUND:
        _save_sound(output, samples, run, args.sampling_rate)
    else:
        kg.visualization.save_samples(output, samples, run.value_range, num_columns)
    equal = f", {len(samples)} samples, as many of each class"
    say(f"Written: {output}{equal if len(samples) != args.num else ''}")


def _checked_output(args: argparse.Namespace) -> Path:
    output = Path(args.output)
    suffix = output.suffix.lower()
    if suffix not in (_PICTURE, _SOUND):
        raise ValueError(
            f"`--output` must end in {_PICTURE}, or in {_SOUND} for sound. Received: "
            f"{output}"
        )
    if output.exists():
        raise FileExistsError(f"`--output` must be new. Received: {output}")
    if args.sampling_rate is not None:
        check_positive_integer("--sampling-rate", args.sampling_rate)
        if suffix != _SOUND:
            raise ValueError(
                f"`--sampling-rate` is that of a {_SOUND}. Received: --output {output}"
            )
    return output


def _save_sound(
    output: Path, samples: FloatArray, run: "Run", sampling_rate: int | None
) -> None:
    if samples.ndim != 3:
        raise ValueError(
            f"`--output` must end in {_PICTURE} for what is no sound. Received: "
            f"{output} for {run.gan.data_name}"
        )
    low, high = run.value_range or (-1.0, 1.0)
    in_range = -1.0 + 2.0 * (samples - low) / (high - low)
    rate = sampling_rate or run.sampling_rate or kg.sound.SAMPLING_RATE
    kg.sound.save_waveforms(output, in_range, rate)
