"""Progress bars are drawn where they can be drawn again: on a terminal."""

import argparse

import pytest

from keras_gan.commands import _shared
from keras_gan.commands._train_options import add_how_it_is_run
from keras_gan.commands.main import build_parser


def parsed(arguments, monkeypatch, is_terminal):
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal, raising=False)
    return build_parser().parse_args(arguments)


@pytest.mark.parametrize("command", [["evaluate", "run"], ["shard", "in", "out"]])
@pytest.mark.parametrize(
    ("is_terminal", "asked", "expected"),
    [
        (True, [], True),
        (False, [], False),
        (False, ["--verbose", "1"], True),
        (True, ["--verbose", "0"], False),
    ],
)
def test_a_terminal_or_a_wish_brings_bars(
    monkeypatch, command, is_terminal, asked, expected
):
    size = ["--image-size", "8"] if command[0] == "shard" else []
    args = parsed([*command, *size, *asked], monkeypatch, is_terminal)
    assert _shared.draws_bars(args) is expected


@pytest.mark.parametrize(("is_terminal", "expected"), [(True, 1), (False, 2)])
@pytest.mark.parametrize("command", ["train", "resume"])
def test_a_training_writes_lines_into_files(
    monkeypatch, command, is_terminal, expected
):
    assert parsed([command, "digits"], monkeypatch, is_terminal).verbose == expected
    asked = parsed([command, "digits", "--verbose", "0"], monkeypatch, is_terminal)
    assert asked.verbose == 0


def test_stdout_may_be_closed(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    assert _shared.on_terminal() is False
    add_how_it_is_run(argparse.ArgumentParser())
