"""The command line: `keras-gan list | train | evaluate | sample | export`."""

import argparse
import contextlib
import importlib
import sys
import warnings
from collections.abc import Iterator, Sequence

from keras_gan.commands import COMMANDS

_MISTAKES = (
    FileExistsError,
    FileNotFoundError,
    ImportError,
    NotADirectoryError,
    PermissionError,
    TypeError,
    ValueError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status, 2 for a mistake in what was given."""
    args = build_parser().parse_args(arguments)
    try:
        with _warnings_in_one_line():
            args.run(args)
    except _MISTAKES as error:
        if args.debug:
            raise
        return _say(f"error: {error}", 2)
    except FloatingPointError as error:
        return _say(f"training failed: {error}", 1)
    except KeyboardInterrupt:
        return _say("interrupted; --resume continues a training run", 130)
    except Exception as error:
        lost = _lost_worker(error)
        if lost is None:
            raise
        # EX_TEMPFAIL: trying again helps.
        return _say(
            f"a worker was lost ({lost}); start all of them again with --resume", 75
        )
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; `args.run` is the function that carries one out."""
    parser = argparse.ArgumentParser(
        prog="keras-gan",
        description="Train, measure and export generative adversarial networks.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        command = importlib.import_module(f"keras_gan.commands.{name}")
        summary = command.SUMMARY
        described = commands.add_parser(
            name, help=summary, description=f"{summary.capitalize()}."
        )
        described.add_argument("--debug", action="store_true", help="show tracebacks")
        described.set_defaults(run=command.run)
        command.add_arguments(described)
    return parser


@contextlib.contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """Warnings are said as errors are, without the line of code that they come from."""
    told = warnings.formatwarning
    warnings.formatwarning = lambda message, *_: f"keras-gan: warning: {message}\n"
    try:
        yield
    finally:
        warnings.formatwarning = told


def _lost_worker(error: Exception) -> str | None:
    """What TensorFlow says of a worker that is gone; `None` of any other error."""
    tf = sys.modules.get("tensorflow")
    if tf is None:  # it has said nothing
        return None
    if not isinstance(error, tf.errors.UnavailableError | tf.errors.AbortedError):
        return None
    return str(error.message).splitlines()[0]


def _say(text: str, status: int) -> int:
    sys.stderr.write(f"keras-gan: {text}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
