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


@pytest.mark.exhaustive
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


def test_another_gan_in_the_folder_is_neither_loaded_nor_written_over(tmp_path):
    teacher = tmp_path / "teacher.keras"
    new_game().save(teacher)
    before = teacher.read_bytes()
    calls = []

    def build():
        calls.append(1)
        return new_game()

    gan = kg.runs.load_or_build(tmp_path, build)
    kg.runs.fit_to(gan, tmp_path, images_of(), epochs=1, batch_size=10, verbose=0)
    assert calls == [1] and teacher.read_bytes() == before
    assert int(kg.load(tmp_path / "model.keras").epochs_completed.numpy()) == 1


class LogValues(keras.callbacks.Callback):
    """Logs a value by the number of the epoch, as a measure does."""

    def __init__(self, *values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["frechet_distance"] = self.values[epoch]


@pytest.mark.exhaustive
def test_the_best_epoch_of_before_is_to_be_beaten(tmp_path):
    def callbacks():  # new ones each time that the program is started
        best = kg.callbacks.SaveBestEpoch(tmp_path / "best.keras")
        return [LogValues(3.0, 1.0, 2.0, 0.5), best]

    def held():
        return json.loads((tmp_path / "best.json").read_text(encoding="utf-8"))

    play(tmp_path, epochs=2, callbacks=callbacks())
    play(tmp_path, epochs=3, callbacks=callbacks())
    assert (held()["epoch"], held()["value"]) == (2, 1.0)
    play(tmp_path, epochs=4, callbacks=callbacks())
    assert (held()["epoch"], held()["value"]) == (4, 0.5)


def test_who_was_killed_between_the_best_epoch_and_the_first_begins_anew(tmp_path):
    class Full(kg.callbacks.SaveBestEpoch):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            raise OSError("the disk is full")

    best = tmp_path / "best.keras"
    with pytest.raises(OSError, match="full"):
        play(tmp_path, epochs=1, callbacks=[LogValues(1.0), Full(best)])
    assert best.exists() and not (tmp_path / "model.keras").exists()
    gan, _ = play(tmp_path, epochs=1)
    whole = new_game()
    whole.fit(images_of(), batch_size=10, verbose=0)
    assert_equal_state(gan, whole)


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (KeyboardInterrupt(), "interrupted", "Ctrl-C"),
        (RuntimeError("no more"), "failed", "no more"),
    ],
)
def test_the_record_says_what_ended_it(tmp_path, error, status, reason):
    def fail(epoch, logs):
        if epoch == 1:
            raise error

    failing = keras.callbacks.LambdaCallback(on_epoch_begin=fail)
    with pytest.raises(type(error)):
        play(tmp_path, epochs=3, callbacks=failing)
    record = kg.runs.RunDirectory(tmp_path).read()
    assert (record["status"], record["reason"]) == (status, reason)
    assert reason in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not (tmp_path / ".lock").exists()  # others may train here


def test_who_was_killed_after_the_last_epoch_is_finished(tmp_path):
    play(tmp_path, epochs=1)
    path = tmp_path / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | {"status": "running"}), encoding="utf-8")
    play(tmp_path, epochs=1)
    assert kg.runs.RunDirectory(tmp_path).read() == record
