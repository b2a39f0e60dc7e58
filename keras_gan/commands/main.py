"""The command line: `keras-gan COMMAND`, a module of this room each."""

import argparse
import contextlib
import importlib
import os
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence

from keras_gan._version import __version__
from keras_gan.commands import COMMANDS
from keras_gan.commands._failures import failure_of
from keras_gan.commands._signals import handled, raise_signal


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status, as `_failures` lists them."""
    if sys.stdout is None:
        return _say("failed: stdout is closed; send it to a file or /dev/null", 1)
    args = build_parser().parse_args(arguments)
    args.given, args.status = [*(sys.argv[1:] if arguments is None else arguments)], 0
    try:
        with _warnings_in_one_line(), handled(raise_signal, signal.SIGTERM):
            args.run(args)
    except BaseException as error:
        failure = failure_of(error, args.if_stopped)
        if failure is None or args.debug:
            raise
        _give_up_unwritable_stdout()
        return _say(*failure)
    return int(args.status)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; `args.run` is the function that carries one out."""
    parser = argparse.ArgumentParser(
        prog="keras-gan",
        description="Train, measure and export generative adversarial networks.",
    )
    parser.add_argument(
        "--version", action="version", version=f"keras-gan {__version__}"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        command = importlib.import_module(f"keras_gan.commands.{name}")
        summary = command.SUMMARY
        described = commands.add_parser(
            name.replace("_", "-"), help=summary, description=f"{summary.capitalize()}."
        )
        described.add_argument("--debug", action="store_true", help="show tracebacks")
        described.set_defaults(run=command.run, if_stopped=command.IF_STOPPED)
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


def _give_up_unwritable_stdout() -> None:
    """Python writes what is left when it ends, and would complain then."""
    try:
        sys.stdout.flush()
    except OSError:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _say(text: str, status: int) -> int:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # the status tells of it, too
            sys.stderr.write(f"keras-gan: {text}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
