"""`--time`: as many epochs as it allows, where rates run along all of them."""

import argparse
import dataclasses
import json

import keras
import pytest
from games import assert_equal_weights, small_game, small_recipe

import keras_gan as kg
from keras_gan.commands import _epochs_in_time, _timed_steps
from keras_gan.commands._configuration import settled
from keras_gan.commands._epochs_in_time import Measured, fit_into_time
from keras_gan.commands._timed_steps import TimedSteps, play_timed_steps
from keras_gan.commands.main import build_parser, main

DIGITS = kg.datasets.load_digits()


def falling_rate_game(data, seed, num_steps=None):
    gan = small_game(data, seed)
    rates = (
        keras.optimizers.schedules.CosineDecay(1e-2, num_steps or 1) for _ in range(2)
    )
    gan.compile(*map(keras.optimizers.Adam, rates), run_eagerly=True)
    return gan


@pytest.fixture
def scheduled(monkeypatch):
    """`digits` with a small game whose rates fall to nothing along its 30 epochs."""
    recipe = small_recipe("digits", build=falling_rate_game, scheduled=True, epochs=30)
    monkeypatch.setattr("keras_gan.recipes.get", lambda name: recipe)
    return recipe


def epochs_of(recipe, seconds, monkeypatch, measured):
    monkeypatch.setattr(_epochs_in_time, "_measure", lambda *args: measured)
    config = {"epochs": recipe.epochs}
    args = argparse.Namespace(seconds=seconds)
    game = recipe.build(DIGITS, 0)
    fit_into_time(args, game, DIGITS, recipe, config, lambda run, gan: [])
    assert seconds - 1 < args.seconds <= seconds
    return config["epochs"]


@pytest.mark.parametrize(
    ("seconds", "by_time", "expected"),
    [
        # Of 95 %, 2 s go once; an epoch takes 3 steps of 2 s and 1 s at its end.
        (100.0, False, 13),  # (95 - 2) / 7
        (5.0, False, 1),  # none is complete in time: one is played in any case
        (1000.0, False, 30),  # the recipe's
        (1000.0, True, 135),  # (950 - 2) / 7: its length was that of an hour
    ],
)
def test_epochs_are_those_that_fit(scheduled, monkeypatch, seconds, by_time, expected):
    recipe = dataclasses.replace(scheduled, length_by_time=by_time)
    measured = Measured(once=2.0, of_a_step=2.0, of_its_end=1.0)
    assert epochs_of(recipe, seconds, monkeypatch, measured) == expected


@pytest.mark.parametrize(
    ("name", "has_more"), [("default", True), ("inpainting", False)]
)
def test_as_the_data_chose_it_only_the_length_of_an_hour_grows(
    tmp_path, monkeypatch, name, has_more
):
    command = ["train", name, "--data", "digits", "--output-dir", str(tmp_path / "run")]
    args = build_parser().parse_args([*command, "--time", "100h"])
    args.recipe_file, args.seconds = None, 360_000.0
    directory = kg.runs.RunDirectory(tmp_path / "run")
    data, recipe, config = settled(args, kg.recipes.get(name), directory, {}, True)
    assert config["epochs"] == recipe.epochs and recipe.reasons
    measured = Measured(once=0.0, of_a_step=1e-3, of_its_end=0.0)
    monkeypatch.setattr(_epochs_in_time, "_measure", lambda *args: measured)
    fit_into_time(args, small_game(data, 0), data, recipe, config, lambda *args: [])
    fitting = 0.95 * 360_000 / (1e-3 * recipe.steps_per_epoch(data))
    expected = pytest.approx(fitting, rel=1e-3) if has_more else recipe.epochs
    assert fitting > 2 * recipe.epochs and config["epochs"] == expected


@pytest.mark.exhaustive
def test_the_run_is_that_of_so_many_epochs(scheduled, tmp_path, monkeypatch, capsys):
    measured = Measured(once=0.0, of_a_step=100.0, of_its_end=100.0)
    monkeypatch.setattr(_epochs_in_time, "_measure", lambda *args: measured)
    timed, asked = tmp_path / "timed", tmp_path / "asked"
    train = ["train", "digits", "--verbose", "0", "--output-dir"]
    # 1,520 seconds for epochs of 400.
    assert main([*train, str(timed), "--time", "1600s"]) == 0
    said = capsys.readouterr().out
    assert "digits: epochs 1 to 3 fit into" in said
    assert main([*train, str(asked), "--epochs", "3"]) == 0
    record = json.loads((timed / "run.json").read_text())
    assert record["config"]["epochs"] == record["epochs_asked"] == 3
    one, other = (kg.load(run / "model.keras") for run in (timed, asked))
    assert_equal_weights(one, other)
    rate = one.generator_optimizer.learning_rate
    assert float(rate) == pytest.approx(0.0, abs=1e-9)  # it came to its end


@pytest.mark.parametrize("asked", [["--epochs", "2"], []])
def test_nothing_is_measured_where_it_decides_nothing(
    scheduled, tmp_path, monkeypatch, asked
):
    monkeypatch.setattr(_epochs_in_time, "_measure", pytest.fail)
    recipe = dataclasses.replace(scheduled, epochs=2, scheduled=bool(asked))
    if not asked:  # rates that do not fall end anywhere
        recipe = dataclasses.replace(recipe, build=small_game)
    monkeypatch.setattr("keras_gan.recipes.get", lambda name: recipe)
    train = ["train", "digits", "--verbose", "0", "--time", "1h", *asked]
    assert main([*train, "--output-dir", str(tmp_path / "run")]) == 0
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["epochs_completed"] == 2


def test_it_is_measured_by_a_game_that_leaves_nothing(scheduled, tmp_path, monkeypatch):
    folders = []

    def watchers(run, gan):
        folders.append(run.path)
        return [kg.callbacks.SampleGrid(run.samples)]

    game = scheduled.build(DIGITS, 0)
    measured = _epochs_in_time._measure(game, DIGITS, scheduled, watchers)
    (folder,) = folders
    assert not folder.exists()
    assert measured.of_a_step > 0 and measured.of_its_end > 0 and measured.once >= 0


class Clock:
    """Each look at it is a second later."""

    def __init__(self):
        self.now = 0

    def perf_counter(self):
        self.now += 1
        return self.now


@pytest.mark.parametrize("steps", [1, 5])
def test_several_steps_of_one_call_are_timed_one_by_one(steps, monkeypatch):
    monkeypatch.setattr(_timed_steps, "time", Clock())
    recipe = small_recipe("digits")
    gan = recipe.build(DIGITS, 0)
    optimizers = (keras.optimizers.Adam(), keras.optimizers.Adam())
    gan.compile(*optimizers, steps_per_execution=steps)
    timed = play_timed_steps(gan, DIGITS, recipe)
    assert len(timed.of_steps) == 12
    assert timed.of_calls == [1.0] * 12
    assert timed.median == pytest.approx(1 / steps)


def test_slow_steps_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(_timed_steps, "_LONGEST", 2.5)
    monkeypatch.setattr(_timed_steps, "time", Clock())
    recipe = small_recipe("digits")
    timed = play_timed_steps(recipe.build(DIGITS, 0), DIGITS, recipe)
    assert isinstance(timed, TimedSteps) and len(timed.of_steps) == 3
