"""A program of one's own that trains into a run's folder, and goes on."""

import json

import keras
import numpy as np
import pytest
from games import assert_equal_state, small_game

import keras_gan as kg


def images_of(num_images=40):
    random = np.random.default_rng(0)
    return random.uniform(size=(num_images, 4, 4, 1)).astype("float32")


def new_game():
    split = kg.datasets.Split(images_of())
    return small_game(kg.datasets.Dataset("arrays", split, split, split), seed=0)


def play(folder, epochs, **options):
    """What such a program does, each time that it is started."""
    gan = kg.runs.load_or_build(folder, new_game)
    options = {"batch_size": 10, "verbose": 0, **options}
    return gan, kg.runs.fit_to(gan, folder, images_of(), epochs=epochs, **options)


def test_stopped_and_started_anew_it_is_the_training_that_never_stopped(tmp_path):
    whole = new_game()
    whole.fit(images_of(), batch_size=10, epochs=3, verbose=0)
    _, first = play(tmp_path / "run", epochs=1)
    gan, second = play(tmp_path / "run", epochs=3)
    assert_equal_state(gan, whole)
    assert (first.epoch, second.epoch) == ([0], [1, 2])
    assert_equal_state(kg.load(tmp_path / "run" / "model.keras"), whole)


def test_with_its_epochs_complete_it_changes_nothing(tmp_path):
    play(tmp_path, epochs=2)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    gan, history = play(tmp_path, epochs=2)
    assert history is None
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert int(gan.epochs_completed.numpy()) == 2


def test_the_folder_is_a_run_with_what_the_callbacks_logged(tmp_path):
    def log_the_square(epoch, logs):
        logs["square"] = (epoch + 1) ** 2

    logger = keras.callbacks.LambdaCallback(on_epoch_end=log_the_square)
    play(tmp_path, epochs=2, about={"settings": "mine"}, callbacks=[logger])
    run = kg.runs.load_run(tmp_path)
    assert run.record["settings"] == "mine"
    assert run.record["status"] == "finished"
    assert [row["square"] for row in run.directory.history()] == [1, 4]
    assert "square" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_who_was_killed_before_an_epoch_was_complete_begins_anew(tmp_path):
    class Killed(Exception):
        pass

    def kill(epoch, logs):
        raise Killed

    killer = keras.callbacks.LambdaCallback(on_epoch_end=kill)
    with pytest.raises(Killed):
        play(tmp_path, epochs=1, callbacks=[killer])
    gan, _ = play(tmp_path, epochs=1)
    whole = new_game()
    whole.fit(images_of(), batch_size=10, verbose=0)
    assert_equal_state(gan, whole)
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record["epochs_completed"] == 1


@pytest.mark.parametrize("epochs", [0, -1, 1.5, True, None])
def test_epochs_are_named(tmp_path, epochs):
    with pytest.raises(ValueError, match="`epochs`. Expected an integer of at least 1"):
        play(tmp_path / "run", epochs)
    assert not (tmp_path / "run").exists()


def test_what_is_set_here_is_refused(tmp_path):
    with pytest.raises(TypeError, match="`initial_epoch` must be left out: the GAN"):
        play(tmp_path, 2, initial_epoch=1)


def test_a_builder_returns_a_gan(tmp_path):
    with pytest.raises(TypeError, match="`build` must return .*Received: Functional"):
        kg.runs.load_or_build(tmp_path, lambda: new_game().generator)


def test_the_folder_of_another_run_is_refused_and_kept(tmp_path):
    play(tmp_path, epochs=1)
    before = (tmp_path / "model.keras").read_bytes()
    with pytest.raises(FileExistsError, match="hold the run that this GAN continues"):
        kg.runs.fit_to(new_game(), tmp_path, images_of(), epochs=1, verbose=0)
    assert (tmp_path / "model.keras").read_bytes() == before
