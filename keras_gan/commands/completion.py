"""`keras-gan completion`: what a shell needs to complete commands and options."""

import argparse
from collections.abc import Iterator

import keras_gan as kg
from keras_gan.commands._shared import say

SUMMARY = "print what a shell completes commands by"
IF_STOPPED = "nothing was to be written, but for what was printed"

_SHELLS = ("bash", "zsh", "tcsh")
_FOLDERS, _FILES = ("RUN", "DIR"), ("FILE",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan completion`."""
    parser.add_argument("shell", choices=_SHELLS, help="bash, zsh or tcsh")


def run(args: argparse.Namespace) -> None:
    """Prints it."""
    try:
        import shtab
    except ImportError as error:
        raise ImportError(
            "Completion needs shtab: pip install keras-gan[completion]"
        ) from error
    from keras_gan.commands.main import build_parser

    parser = build_parser()
    for action in _actions(parser):
        name = str(action.metavar or "")
        if name in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif name.startswith(_FILES):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.dest == "recipe":
            action.choices = [*kg.recipes.RECIPES]
    say(shtab.complete(parser, shell=args.shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
        else:
            yield action
