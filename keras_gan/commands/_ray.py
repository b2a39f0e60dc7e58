"""`keras-gan train --engine ray`: the command itself in each worker."""

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import keras_gan as kg
from keras_gan.commands._shared import say
from keras_gan.runs.directory import RunDirectory

_WORKERS = 2
_LOST = 75  # the command's status where another worker is gone


def check_engine(args: argparse.Namespace) -> None:
    """Raises where what was asked of an engine makes no sense."""
    if args.engine == "none":
        if args.workers is not None:
            raise ValueError(
                "`--workers` is of an engine. Received: "
                f"--workers {args.workers}; add --engine ray."
            )
        return
    if args.strategy != "none":
        raise ValueError(
            "`--strategy` is the engine's business: it starts the workers. Received: "
            f"--engine {args.engine} --strategy {args.strategy}; leave one out."
        )
    if args.dry_run:
        raise ValueError(
            "`--dry-run` looks at one machine. Received: --engine ray; leave it out."
        )
    if args.seconds is not None:
        raise ValueError(
            "`--time` is for one machine: workers whose clocks differ would wait for "
            "each other. Received: --engine ray; give --epochs."
        )


def train_on_ray(args: argparse.Namespace) -> int:
    """Trains in workers of Ray; returns the exit status."""
    output_dir = Path(args.output_dir).resolve()
    directory = RunDirectory(output_dir)
    if not args.resume:
        directory.check_free()
    # What comes last counts. Whichever worker is started anew takes the run up.
    asked = ["--engine", "none", "--strategy", "multi_worker", "--resume"]
    given = _without_engine(args.given)
    arguments = [*given, *asked, "--output-dir", str(output_dir)]
    logs = output_dir.with_name(f"{output_dir.name}.ray")
    workers = _WORKERS if args.workers is None else args.workers
    say(f"Training in {workers} workers of Ray; what each says: {logs}")
    return kg.runs.train_with_ray(
        _loop(arguments), workers, logs, verbose=int(args.verbose > 0)
    )


def _without_engine(given: Sequence[str]) -> list[str]:
    """What a command was given, without what is the engine's business."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--engine")
    parser.add_argument("--workers")
    return parser.parse_known_args(given)[1]


def _loop(arguments: Sequence[str]) -> Callable[[], int]:
    def loop() -> int:
        from keras_gan.commands.main import main

        # Ray lets TensorFlow's chatter through.
        logging.getLogger("tensorflow").setLevel(logging.WARNING)
        status = main(arguments)
        if status == _LOST:
            raise RuntimeError("another worker was lost")
        return status

    return loop
