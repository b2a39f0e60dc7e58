import csv
import dataclasses
import errno
import importlib.util
import io
import json
import math
import re
from typing import NamedTuple

import keras
import numpy as np
import pytest
from games import conditional_gan, make_tiny_gan, tiny_images
from PIL import Image
from tensorflow.compat.v1.train import summary_iterator

import keras_gan as kg
from keras_gan.callbacks import (
    EvaluationMonitor,
    NaNGuard,
    OptimizerSchedule,
    RunRecord,
    SampleGrid,
    SaveBestEpoch,
    SaveEachEpoch,
    run_record,
)
from keras_gan.evaluation import DoubtfulScoreWarning
from keras_gan.runs.directory import RunDirectory


@pytest.fixture
def tiny_gan():
    """A game without a graph: these callbacks act between steps, on what they left."""
    return make_tiny_gan(run_eagerly=True)


def test_sample_grid_draws_each_epoch(tiny_gan, tmp_path):
    callback = SampleGrid(tmp_path / "pictures", num_samples=4)
    tiny_gan.fit(tiny_images(20), epochs=2, verbose=0, callbacks=[callback])
    files = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert files == ["epoch_0001.png", "epoch_0002.png"]
    picture = np.asarray(Image.open(tmp_path / "pictures" / "epoch_0002.png"))
    expected = kg.visualization.image_grid(tiny_gan.sample(4, seed=0))
    np.testing.assert_array_equal(picture, expected)


def test_real_data_stand_beside_the_samples_in_their_layout(tiny_gan, tmp_path):
    images = tiny_images(20)
    callback = SampleGrid(tmp_path, num_samples=4, real=images)
    tiny_gan.fit(images, epochs=1, verbose=0, callbacks=[callback])
    picture = np.asarray(Image.open(tmp_path / "real.png"))
    np.testing.assert_array_equal(picture, kg.visualization.image_grid(images[:4]))
    assert picture.shape == np.asarray(Image.open(tmp_path / "epoch_0001.png")).shape
    three = SampleGrid(tmp_path, real=images[:3])
    tiny_gan.fit(images, epochs=1, verbose=0, callbacks=[three])
    picture = np.asarray(Image.open(tmp_path / "real.png"))
    np.testing.assert_array_equal(picture, kg.visualization.image_grid(images[:3]))
    wrong = SampleGrid(tmp_path, real=images[:, :3])
    with pytest.raises(ValueError, match="must equal the data shape"):
        tiny_gan.fit(images, verbose=0, callbacks=[wrong])


def test_real_data_of_classes_stand_one_class_a_row(tmp_path):
    gan = conditional_gan(conditions={"labels": kg.priors.CategoricalPrior(3)})
    gan.compile("adam", "adam", run_eagerly=True)
    images, labels = tiny_images(21), np.arange(21) % 3
    grid = SampleGrid(tmp_path, num_samples=6, real=(images, labels))
    gan.fit(images, labels, epochs=1, verbose=0, callbacks=[grid])
    picture = np.asarray(Image.open(tmp_path / "real.png"))
    by_class = images[[0, 3, 1, 4, 2, 5]]
    expected = kg.visualization.image_grid(by_class, num_columns=2)
    np.testing.assert_array_equal(picture, expected)
    assert picture.shape == np.asarray(Image.open(tmp_path / "epoch_0001.png")).shape


@pytest.mark.parametrize(
    ("activation", "value_range"),
    [("tanh", (-1, 1)), ("sigmoid", (0, 1)), ("linear", None)],
)
def test_sample_grid_knows_the_range_of_the_generator(
    tmp_path, monkeypatch, activation, value_range
):
    drawn = []
    monkeypatch.setattr(
        "keras_gan.callbacks.sample_grid.save_samples", lambda *args: drawn.append(args)
    )
    for shape, num in (((4, 4, 1), 64), ((2,), 1000), ((16, 1), 64)):
        gan = kg.GAN(
            kg.networks.mlp_generator(3, shape, (4,), output_activation=activation),
            kg.networks.maxout_discriminator(shape, (2,)),
            kg.priors.UniformPrior(3),
        )
        callback = SampleGrid(tmp_path)
        callback.set_model(gan)
        gan.epochs_completed.assign(1)
        callback.on_epoch_end(0)
        path, samples, received, _ = drawn.pop()
        assert path == tmp_path / "epoch_0001.png" and received == value_range
        np.testing.assert_array_equal(samples, gan.sample(num, seed=0))
    stated = SampleGrid(tmp_path, num_samples=5, value_range=(-2.0, 2.0))
    stated.set_model(gan)
    stated.on_epoch_end(1)
    assert drawn[0][2] == (-2.0, 2.0) and drawn[0][1].shape == (5, 16, 1)


@pytest.mark.parametrize("shape", [(4, 4, 1), (2,)])
def test_sample_grid_shows_its_pictures_in_tensorboard(tmp_path, shape):
    gan = kg.GAN(
        kg.networks.mlp_generator(3, shape, (4,), output_activation="tanh"),
        kg.networks.maxout_discriminator(shape, (2,)),
        kg.priors.UniformPrior(3),
    )
    gan.compile("sgd", "sgd", run_eagerly=True)
    board, pictures = tmp_path / "board", tmp_path / "pictures"
    callbacks = [
        # Its steps are logged every 7, none of which ends an epoch.
        keras.callbacks.TensorBoard(board, write_graph=False, update_freq=7),
        SampleGrid(pictures, num_samples=4, tensorboard_dir=board),
    ]
    data = np.linspace(-1, 1, 20 * math.prod(shape), dtype="float32")
    played = {"batch_size": 10, "verbose": 0, "callbacks": callbacks}
    gan.fit(data.reshape(20, *shape), epochs=2, **played)
    gan.fit(data.reshape(20, *shape), initial_epoch=2, epochs=3, **played)
    found = {
        event.step: value.tensor.string_val
        for file in sorted(board.glob("events*"))
        for event in summary_iterator(str(file))
        for value in event.summary.value
        if value.tag == "samples"
    }
    assert [*found] == [0, 1, 2]
    for step, (_, _, png) in found.items():
        written = Image.open(pictures / f"epoch_{step + 1:04d}.png")
        np.testing.assert_array_equal(Image.open(io.BytesIO(png)), written)
    assert len([*board.glob("train/events*")]) > 0  # the scalars of Keras lie beside


def test_sample_grid_needs_tensorboard_where_it_writes_for_it(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: name != "tensorboard" and find(name)
    )
    with pytest.raises(ImportError, match="pip install tensorboard"):
        SampleGrid(tmp_path, tensorboard_dir=tmp_path / "board")
    SampleGrid(tmp_path)


def test_sample_grid_tells_conditions(tmp_path):
    gan = conditional_gan("thumbnails")
    gan.compile("sgd", "sgd", run_eagerly=True)
    images, told = tiny_images(20), {"thumbnails": tiny_images(4, seed=9)}
    data = {"images": images, "thumbnails": tiny_images(20, seed=8)}
    callback = SampleGrid(tmp_path, num_samples=4, conditions=told)
    gan.fit(data, verbose=0, callbacks=[callback])
    picture = np.asarray(Image.open(tmp_path / "epoch_0001.png"))
    expected = kg.visualization.image_grid(gan.sample(4, seed=0, **told))
    np.testing.assert_array_equal(picture, expected)
    refused = {
        r"\['thumbnails'\].*conditions=\{…\}": SampleGrid(tmp_path),
        r"array of shape \(5, 4, 4, 1\)": SampleGrid(tmp_path, 5, conditions=told),
        "Received: colors": SampleGrid(tmp_path, 4, conditions={**told, "colors": 1}),
    }
    for message, callback in refused.items():
        with pytest.raises(ValueError, match=message):
            gan.fit(data, verbose=0, callbacks=[callback])
    assert gan.epochs_completed == 1


def test_sample_grid_says_before_the_first_epoch_what_it_cannot_draw(tmp_path):
    shape = (4, 4, 4, 1)
    dense = [keras.layers.Dense(64), keras.layers.Reshape(shape)]
    gan = kg.GAN(
        keras.Sequential([keras.Input((3,)), *dense]),
        keras.Sequential(
            [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(1)]
        ),
        kg.priors.NormalPrior(3),
    )
    gan.compile("sgd", "sgd", run_eagerly=True)
    volumes = np.zeros((8, *shape), "float32")
    with pytest.raises(ValueError, match=r"SampleGrid draws .*\(4, 4, 4, 1\)"):
        gan.fit(volumes, callbacks=[SampleGrid(tmp_path)], verbose=0)
    assert gan.train_steps == 0


def parzen_evaluator():
    images = tiny_images(30, seed=1)
    points = kg.evaluation.ParzenPoints(images, bandwidths=(0.3, 0.5))
    return kg.evaluation.Evaluator(images, images, measures=["parzen"], parzen=points)


def test_evaluation_monitor_tells_conditions():
    gan = conditional_gan("thumbnails")
    gan.compile("sgd", "sgd", run_eagerly=True)
    data = {"images": tiny_images(20), "thumbnails": tiny_images(20, seed=8)}
    told = {"thumbnails": tiny_images(10, seed=9)}
    monitor = EvaluationMonitor(parzen_evaluator(), num_samples=10, conditions=told)
    logs = gan.fit(data, verbose=0, callbacks=[monitor]).history
    expected = parzen_evaluator()(gan.sample(10, seed=0, **told))["parzen"].values
    assert logs["parzen"][0] == pytest.approx(expected["parzen"])
    for message, arguments in {
        r"\['thumbnails'\].*conditions=\{…\}": {},
        r"array of shape \(9, 4, 4, 1\)": {"num_samples": 9, "conditions": told},
    }.items():
        monitor = EvaluationMonitor(parzen_evaluator(), **arguments)
        with pytest.raises(ValueError, match=message):
            gan.fit(data, verbose=0, callbacks=[monitor])
    assert gan.epochs_completed == 1


def test_evaluation_monitor_logs_what_others_can_watch(tiny_gan, tmp_path):
    monitor = EvaluationMonitor(parzen_evaluator(), num_samples=50, seed=2)
    logger = keras.callbacks.CSVLogger(tmp_path / "history.csv")
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", monitor="parzen", mode="max", save_best_only=True
    )
    history = tiny_gan.fit(
        tiny_images(20), epochs=2, verbose=0, callbacks=[monitor, logger, best]
    )
    expected = max(
        kg.evaluation.ParzenWindow(bandwidth)
        .fit(tiny_gan.sample(50, seed=2))
        .log_prob(tiny_images(30, seed=1))
        .mean()
        for bandwidth in (0.3, 0.5)
    )
    np.testing.assert_allclose(history.history["parzen"][-1], expected, rtol=1e-6)
    with open(tmp_path / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_allclose(float(rows[-1]["parzen"]), expected, rtol=1e-6)
    assert (tmp_path / "best.keras").exists()
    assert history.history["parzen_at_best_bandwidth"][-1] > expected


def test_a_doubt_is_told_of_once(tiny_gan):
    # Of two bandwidths the best lies at the edge, in each of three epochs.
    monitor = EvaluationMonitor(parzen_evaluator(), num_samples=20)
    monitor.set_model(tiny_gan)
    with pytest.warns(DoubtfulScoreWarning) as caught:
        for epoch in range(3):
            monitor.on_epoch_end(epoch, {})
    assert [str(one.message)[:35] for one in caught] == [
        "Doubtful parzen: The best bandwidth"
    ]


def test_evaluation_monitor_logs_measures_every_other_epoch(tiny_gan, tmp_path):
    evaluator = kg.evaluation.Evaluator(
        tiny_images(60, seed=1),
        tiny_images(30, seed=2),
        measures=["kernel_distance", "precision_recall"],
    )
    monitor = EvaluationMonitor(evaluator, num_samples=40, interval=2, seed=5)
    logger = keras.callbacks.CSVLogger(tmp_path / "history.csv")
    guard = NaNGuard()
    history = tiny_gan.fit(
        tiny_images(20), epochs=3, verbose=0, callbacks=[monitor, logger, guard]
    ).history
    scores = evaluator(tiny_gan.sample(40, seed=5))
    assert history["kernel_distance"][2] == scores["kernel_distance"].value
    assert history["recall"][2] == scores["precision_recall"].recall
    assert history["kernel_distance"][1] == history["kernel_distance"][0]
    assert history["kernel_distance"][2] != history["kernel_distance"][0]
    with open(tmp_path / "history.csv", newline="") as file:
        assert {"kernel_distance", "precision", "recall"} < set(next(csv.reader(file)))


def test_a_measure_without_a_value_is_left_out(tiny_gan):
    def far_modes(real, fake):
        far = np.full((2, fake.dim), 100.0)
        return kg.evaluation.mode_coverage(fake.values, far, stddev=0.1)

    evaluator = kg.evaluation.Evaluator(
        tiny_images(9), tiny_images(9), measures={"modes": far_modes}
    )
    monitor = EvaluationMonitor(evaluator, num_samples=10)
    history = tiny_gan.fit(tiny_images(20), verbose=0, callbacks=[monitor]).history
    assert history["captured_modes"] == [0.0]
    assert "mode_reverse_kl" not in history
    with pytest.raises(ValueError, match="`interval`"):
        EvaluationMonitor(evaluator, interval=0)


def test_save_each_epoch_keeps_one_whole_file(tiny_gan, tmp_path):
    path = tmp_path / "run" / "gan.keras"
    tiny_gan.fit(tiny_images(20), epochs=3, verbose=0, callbacks=[SaveEachEpoch(path)])
    assert [entry.name for entry in path.parent.iterdir()] == ["gan.keras"]
    assert kg.load(path).epochs_completed == 3


def test_a_failed_save_leaves_the_last_whole_file(tiny_gan, tmp_path, monkeypatch):
    path = tmp_path / "gan.keras"
    tiny_gan.fit(tiny_images(20), verbose=0, callbacks=[SaveEachEpoch(path)])
    whole = path.read_bytes()

    def fail(gan, partial, *arguments):
        partial.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(keras.Model, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        tiny_gan.fit(tiny_images(20), verbose=0, callbacks=[SaveEachEpoch(path)])
    assert path.read_bytes() == whole
    assert [entry.name for entry in tmp_path.iterdir()] == ["gan.keras"]


class LogValues(keras.callbacks.Callback):
    """Logs the given values, one at the end of each epoch."""

    def __init__(self, name, values):
        super().__init__()
        self.name, self.values = name, values

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]


# (mode, value to beat, epoch that is kept); `None` is what the score says of the
# Frechet distance.
KEPT = [(None, None, 4), ("max", None, 2), ("max", 5.5, None), ("max", 4.0, 2)]


@pytest.fixture(scope="module")
def saves(tmp_path_factory):
    """One game of four epochs that all of these have watched."""
    folder = tmp_path_factory.mktemp("best")
    saves = {
        (mode, best): SaveBestEpoch(
            folder / f"{mode}_{best}.keras", mode=mode, best=best
        )
        for mode, best, _ in KEPT
    }
    values = LogValues("frechet_distance", [3.0, 5.0, np.nan, 2.0])
    gan = make_tiny_gan(run_eagerly=True)
    callbacks = [values, *saves.values()]
    gan.fit(tiny_images(10), epochs=4, verbose=0, callbacks=callbacks)
    return saves


@pytest.mark.parametrize(("mode", "best", "kept"), KEPT)
def test_save_best_epoch_keeps_the_best(saves, mode, best, kept):
    path = saves[mode, best].path
    if kept is None:
        assert not list(path.parent.glob(f"*{path.stem}*"))
    else:
        assert kg.load(path).epochs_completed == kept
        record = json.loads(saves[mode, best].record_path.read_text())
        value = {2: 5.0, 4: 2.0}[kept]
        expected = {"epoch": kept, "monitor": "frechet_distance", "value": value}
        assert record == expected
    # One each with its record, and nothing beside them.
    assert len(list(path.parent.iterdir())) == 6


def test_a_measure_says_which_epoch_is_the_best(tmp_path):
    lowest = SaveBestEpoch(tmp_path / "x.keras", "frechet_distance", best=2.0)
    assert lowest._is_best(1.0) and not lowest._is_best(3.0)
    highest = SaveBestEpoch(tmp_path / "x.keras", "recall", best=2.0)
    assert highest._is_best(3.0) and not highest._is_best(1.0)
    with pytest.raises(ValueError, match="Did you mean 'frechet_distance'"):
        SaveBestEpoch(tmp_path / "x.keras", "frechet_distanze")
    with pytest.raises(ValueError, match="'classifier_accuracy', best at 0.5"):
        SaveBestEpoch(tmp_path / "x.keras", "classifier_accuracy")
    with pytest.raises(ValueError, match="`mode`"):
        SaveBestEpoch(tmp_path / "x.keras", mode="auto")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_never_the_best(tmp_path, value):
    path = tmp_path / "best.keras"
    with pytest.raises(ValueError, match="`best`. Expected a finite float"):
        SaveBestEpoch(path, best=value)
    save = SaveBestEpoch(path)
    save.on_epoch_end(
        0, {"frechet_distance": value}
    )  # needs no model: nothing is saved
    assert save.best is None and not path.exists()


def test_a_run_killed_before_the_record_beats_it_again(tiny_gan, tmp_path, monkeypatch):
    path = tmp_path / "best.keras"
    tiny_gan.fit(
        tiny_images(20),
        verbose=0,
        callbacks=[LogValues("parzen", [1.0]), SaveBestEpoch(path, "parzen")],
    )

    def kill(path, content):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("keras_gan.callbacks.save_best_epoch.write_json", kill)
        save = SaveBestEpoch(path, "parzen", best=1.0)
        save.set_model(tiny_gan)
        tiny_gan.epochs_completed.assign(2)
        with pytest.raises(KeyboardInterrupt):
            save.on_epoch_end(1, {"parzen": 2.0})
    assert kg.load(path).epochs_completed == 2
    held = RunDirectory(tmp_path).best_value("parzen")
    assert held == 1.0  # not more than what the file is worth
    again = SaveBestEpoch(path, "parzen", best=held)
    again.set_model(tiny_gan)
    again.on_epoch_end(1, {"parzen": 2.0})
    assert RunDirectory(tmp_path).best_value("parzen") == 2.0


def test_a_second_gan_is_not_compared_with_the_first(tmp_path):
    path = tmp_path / "best.keras"
    save = SaveBestEpoch(path, "parzen")
    for seed, values in ((1, [5.0, 6.0]), (2, [2.0, 1.0])):
        make_tiny_gan(seed=seed).fit(
            tiny_images(),
            epochs=2,
            verbose=0,
            callbacks=[LogValues("parzen", values), save],
        )
        assert kg.load(path).seed == seed
    assert RunDirectory(tmp_path).best_value("parzen") == 2.0


TOLD = "weights are not finite .dense_0/kernel, .*keras stays as it was.*NaNGuard"


def test_lost_weights_do_not_replace_good_ones(tiny_gan, tmp_path):
    best, last = tmp_path / "best.keras", tmp_path / "last.keras"
    value = LogValues("frechet_distance", [1.0])
    good = [value, SaveBestEpoch(best), SaveEachEpoch(last)]
    tiny_gan.fit(tiny_images(20), verbose=0, callbacks=good)
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for save in (SaveEachEpoch(last), SaveBestEpoch(best, best=1.0)):
        spoilt = [Spoil(0, 1), LogValues("frechet_distance", [0.5]), save]
        with pytest.raises(FloatingPointError, match=TOLD):
            tiny_gan.fit(tiny_images(20), batch_size=10, verbose=0, callbacks=spoilt)
    assert files == {path: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda: Spoil(1, 1),
            r"d_loss=nan.* in epoch 2 by batch 2\. The same settings",
        ),
        (lambda: SpoilAfterLastStep(), r"dense_0/kernel.* at the end of epoch 2\."),
    ],
    ids=["losses", "weights"],
)
def test_a_guard_without_a_copy_ends_the_run(tmp_path, spoil, told):
    gan, guard = game(), NaNGuard(restore=False)
    files = SampleGrid(tmp_path, num_samples=4)
    with pytest.raises(FloatingPointError, match=told):
        play(gan, 3, spoil(), guard, files)
    assert guard._good_state == []
    assert [path.name for path in tmp_path.iterdir()] == ["epoch_0001.png"]


def test_pictures_bear_the_number_of_completed_epochs(tiny_gan, tmp_path):
    for epochs in (2, 1):  # the second time Keras counts from 0 again
        callback = SampleGrid(tmp_path, num_samples=4)
        tiny_gan.fit(tiny_images(20), epochs=epochs, verbose=0, callbacks=[callback])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"epoch_000{number}.png" for number in (1, 2, 3)]


def test_a_saved_game_of_lost_weights_is_told_of(tiny_gan, tmp_path):
    path = tmp_path / "gan.keras"
    weight = tiny_gan.generator.trainable_variables[0]
    weight.assign(weight * np.nan)
    tiny_gan.save(path)
    with pytest.warns(UserWarning, match=f"gan.keras holds.*in {weight.path}:"):
        loaded = kg.load(path)
    told = f"The generator is lost.*weights that are not: {weight.path}"
    with pytest.warns(UserWarning, match=told):
        loaded.sample(3, seed=0)


def test_images_that_overflow_are_told_of():
    gan = make_tiny_gan()
    linear = kg.networks.mlp_generator(3, (4, 4, 1), (2,), output_activation="linear")
    linear.set_weights([np.full_like(one, 1e30) for one in linear.get_weights()])
    overflowing = kg.GAN(linear, gan.discriminator, gan.prior)
    with pytest.warns(UserWarning, match="3 of 3 samples.*weights that are not: none"):
        overflowing.sample(3, seed=0)


def test_save_best_epoch_names_a_missing_log(tmp_path, tiny_gan):
    save = SaveBestEpoch(tmp_path / "best.keras", monitor="d_lss", mode="min")
    with pytest.raises(KeyError, match="`monitor` must be one of the logs.*'d_lss'"):
        tiny_gan.fit(tiny_images(20), verbose=0, callbacks=[save])


def test_invalid_counts(tmp_path):
    with pytest.raises(ValueError, match="`num_samples`"):
        SampleGrid(tmp_path, num_samples=0)
    with pytest.raises(ValueError, match="`value_range`"):
        SampleGrid(tmp_path, value_range=(1.0, -1.0))
    with pytest.raises(ValueError, match="`seed`"):
        EvaluationMonitor(None, seed=-1)
    with pytest.raises(TypeError, match="`evaluator`.*Received: ndarray"):
        EvaluationMonitor(tiny_images(3))


def test_early_stopping_watches_a_measure(tiny_gan):
    # A game that stands still: no epoch is better.
    tiny_gan.compile(
        keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0), run_eagerly=True
    )
    monitor = EvaluationMonitor(parzen_evaluator(), num_samples=20)
    stop = keras.callbacks.EarlyStopping("parzen", mode="max", patience=2)
    history = tiny_gan.fit(
        tiny_images(), epochs=9, verbose=0, callbacks=[monitor, stop]
    )
    assert len(history.history["parzen"]) == 3


# ------------------------------------------------------------------ NaNGuard


def test_the_guard_passes_over_logs_that_are_no_numbers(tiny_gan):
    guard = NaNGuard()
    guard.set_model(tiny_gan)
    guard.on_train_begin()
    guard.on_epoch_end(0, {"phase": "warm-up", "d_loss": 0.5, "steps": 3})
    assert not tiny_gan.stop_training
    with pytest.warns(UserWarning, match="d_loss=nan"):
        guard.on_epoch_end(1, {"phase": "warm-up", "d_loss": float("nan")})


EXECUTIONS = [
    {"run_eagerly": False},
    {"run_eagerly": False, "jit_compile": True},
    {"run_eagerly": False, "steps_per_execution": 3},
]


class Spoil(keras.callbacks.Callback):
    """Breaks one weight of a network before one batch."""

    def __init__(self, epoch, batch, network="discriminator", value=np.nan):
        super().__init__()
        self.epoch, self.batch, self.network, self.value = epoch, batch, network, value

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, self.batch):
            spoil(getattr(self.model, self.network), self.value)


def spoil(network, value=np.nan):
    weight = network.trainable_variables[0]
    broken = weight.numpy()
    broken.flat[0] = value
    weight.assign(broken)


class SpoilAfterLastStep(keras.callbacks.Callback):
    """Breaks a weight when the losses of the epoch are known."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            spoil(self.model.generator)


def game(run_eagerly=True, **compile_arguments):
    """A game in which everything that a state can hold moves; eager: none to trace."""
    parts = make_tiny_gan()
    gan = kg.GAN(parts.generator, parts.discriminator, parts.prior, ema_half_life=20)
    gan.compile(
        keras.optimizers.Adam(1e-2),
        keras.optimizers.Adam(1e-2),
        terms=[kg.terms.HistoricalAveraging(0.1)],
        run_eagerly=run_eagerly,
        **compile_arguments,
    )
    return gan


def full_state(gan):
    holders = [gan, gan.generator_optimizer, gan.discriminator_optimizer]
    return [
        variable.numpy()
        for holder in [*holders, *gan.terms]
        for variable in holder.variables
    ]


class Witness(keras.callbacks.Callback):
    """Remembers the state at the beginning and at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.states, self.players = [], []

    def on_train_begin(self, logs=None):
        self.players.append(weights_of_players(self.model))

    def on_epoch_end(self, epoch, logs=None):
        self.states.append(full_state(self.model))
        self.players.append(weights_of_players(self.model))


def weights_of_players(gan):
    return gan.generator.get_weights(), gan.discriminator.get_weights()


def play(gan, epochs, *callbacks, num_images=20, **kwargs):
    return gan.fit(
        tiny_images(num_images),
        batch_size=10,
        epochs=epochs,
        verbose=0,
        callbacks=list(callbacks),
        **kwargs,
    )


def assert_equal_states(first, second):
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


class Played(NamedTuple):
    gan: kg.GAN
    history: keras.callbacks.History
    witness: Witness
    told: list[str]
    rates: list[tuple[int, float]]


@pytest.fixture(scope="module", params=EXECUTIONS, ids=str)
def played(request):
    """One game for each execution, of scheduled rates, which breaks in epoch 3.

    G stands still in its first epoch, the rate of D halves before each.
    """
    rates, witness, gan = [], Witness(), game(**request.param)

    def halve(epoch, rate):
        rates.append((epoch, round(rate, 6)))
        return rate / 2

    schedule = OptimizerSchedule(
        generator=lambda epoch, _: 0.0 if epoch == 0 else 1e-2, discriminator=halve
    )
    with pytest.warns(UserWarning, match="Training stopped") as warned:
        # Four steps, which three steps in one execution do not divide.
        history = play(
            gan,
            9,
            *(schedule, witness, Spoil(epoch=2, batch=3), NaNGuard()),
            num_images=40,
        )
    told = [str(one.message) for one in warned if "stopped" in str(one.message)]
    return Played(gan, history, witness, told, rates)


@pytest.mark.one_in(3)
def test_nan_guard_returns_to_the_last_good_epoch(played):
    # XLA on CPUs takes the larger of NaN and a number to be the number: there the
    # penalty on weights sees what the losses do not.
    failure = r"(d_loss|penalty)=nan.* in epoch 3 by batch 4\..*Lower"
    (warning,) = played.told
    assert re.search(failure, warning)
    assert len(played.history.epoch) == 3
    assert np.isnan(played.history.history["penalty"][-1])
    assert int(played.gan.epochs_completed.numpy()) == 2
    assert_equal_states(full_state(played.gan), played.witness.states[1])


@pytest.mark.exhaustive
def test_what_a_guarded_game_saved_goes_on_as_if_nothing_had_happened(tmp_path):
    save, spoiler = SaveEachEpoch(tmp_path / "gan.keras"), Spoil(1, 1, value=np.inf)
    with pytest.warns(UserWarning, match="Training stopped"):
        play(game(), 3, save, spoiler, NaNGuard())
    saved, twin = kg.load(tmp_path / "gan.keras"), game()
    assert int(saved.epochs_completed.numpy()) == 1
    play(saved, 2, initial_epoch=1)
    play(twin, 2)
    assert_equal_states(full_state(saved), full_state(twin))


def test_nan_guard_sees_every_log():
    # An objective of which only the generator's loss breaks, in its second epoch.
    class Breaks(kg.objectives.NonSaturating):
        def generator_loss(self, fake_logits, real_logits=None):
            loss = super().generator_loss(fake_logits, real_logits)
            return loss / keras.ops.cast(gan.train_steps.value < 3, "float32")

    gan = make_tiny_gan()
    gan.compile("adam", "sgd", objective=Breaks(), run_eagerly=True)
    with pytest.warns(
        UserWarning, match=r"stopped: g_loss=inf in epoch 2 by batch 2\."
    ):
        play(gan, 5, NaNGuard())
    assert int(gan.epochs_completed.numpy()) == 1
    assert int(gan.train_steps.numpy()) == 2


def test_nan_guard_in_the_first_epoch_returns_to_the_beginning(tmp_path):
    gan = game()
    beginning = full_state(gan)
    with pytest.warns(UserWarning, match="epoch 1 by batch 1"):
        play(gan, 3, Spoil(0, 0), NaNGuard(), SaveEachEpoch(tmp_path / "gan.keras"))
    assert_equal_states(full_state(gan), beginning)
    assert int(kg.load(tmp_path / "gan.keras").epochs_completed.numpy()) == 0


def test_nan_guard_looks_at_weights_that_broke_after_the_last_loss(tmp_path):
    gan, twin = game(), game()
    play(twin, 1, num_images=10)
    callbacks = (
        *(SpoilAfterLastStep(), NaNGuard()),
        SaveEachEpoch(tmp_path / "gan.keras"),
    )
    with pytest.warns(UserWarning, match="kernel at the end of epoch 2"):
        history = play(gan, 3, *callbacks, num_images=10)
    assert np.isfinite(history.history["g_loss"]).all()
    assert_equal_states(full_state(gan), full_state(twin))
    assert_equal_states(full_state(kg.load(tmp_path / "gan.keras")), full_state(twin))


def test_nan_guard_leaves_a_healthy_game_alone():
    guarded, free = game(), game()
    play(guarded, 2, NaNGuard(), num_images=10)
    play(free, 2, num_images=10)
    assert_equal_states(full_state(guarded), full_state(free))


def test_nan_guard_refuses_to_begin_with_broken_weights():
    gan = game()
    spoil(gan.generator)
    with pytest.raises(ValueError, match="must be finite when training begins"):
        play(gan, 1, NaNGuard())


# --------------------------------------------------------- OptimizerSchedule


@pytest.mark.exhaustive
def test_schedule_sets_the_rate_of_each_player(played):
    assert played.rates == [(0, 0.01), (1, 0.005), (2, 0.0025)]
    # Of the epoch that broke, the guard took back what had been set.
    for name, expected in (
        ("discriminator_learning_rate", [0.005, 0.0025]),
        ("generator_learning_rate", [0.0, 1e-2]),
    ):
        logged = played.history.history[name]
        np.testing.assert_allclose(logged[:2], expected, rtol=1e-6)
    # The compiled step read the rate of 0, and what came after it.
    beginning, first, second = played.witness.players[:3]
    assert_equal_states(beginning[0], first[0])
    for one, other in ((first[0], second[0]), (beginning[1], first[1])):
        assert any((a != b).any() for a, b in zip(one, other, strict=True))


@pytest.mark.exhaustive
def test_schedule_equals_a_rate_that_was_set_by_hand():
    scheduled, twin = (
        make_tiny_gan(optimizer=lambda: keras.optimizers.SGD(0.1), run_eagerly=True)
        for _ in range(2)
    )
    rates = [0.1, 0.03, 0.2]
    schedule = OptimizerSchedule(generator=lambda epoch, _: rates[epoch])
    play(scheduled, 3, schedule, num_images=10)
    for epoch, rate in enumerate(rates):
        twin.generator_optimizer.learning_rate = rate
        play(twin, epoch + 1, initial_epoch=epoch, num_images=10)
    assert_equal_states(full_state(scheduled), full_state(twin))


@pytest.mark.exhaustive
def test_schedule_of_a_resumed_run_continues(tmp_path):
    def schedule():
        return OptimizerSchedule(discriminator=lambda epoch, rate: rate * 0.9**epoch)

    whole, first = game(), game()
    play(whole, 3, schedule(), num_images=10)
    play(first, 2, schedule(), SaveEachEpoch(tmp_path / "gan.keras"), num_images=10)
    resumed = kg.load(tmp_path / "gan.keras")
    # Keras counts from 0 again, the GAN does not.
    play(resumed, 1, schedule(), num_images=10)
    assert_equal_states(full_state(whole), full_state(resumed))


def test_schedule_of_momentum():
    gan = make_tiny_gan(
        optimizer=lambda: kg.optimizers.MomentumSGD(0.1, momentum=0.5),
        run_eagerly=True,
    )
    rise = OptimizerSchedule(
        generator=lambda epoch, momentum: 0.5 + 0.1 * epoch, attribute="momentum"
    )
    history = play(gan, 3, rise, num_images=10).history
    np.testing.assert_allclose(history["generator_momentum"], [0.5, 0.6, 0.7], 1e-6)
    assert float(gan.discriminator_optimizer.momentum.numpy()) == 0.5
    high = OptimizerSchedule(generator=lambda *_: 1.0, attribute="momentum")
    with pytest.raises(ValueError, match=r"`generator\(epoch=3, value\)`"):
        play(gan, 1, high)


def test_schedule_reaches_the_optimizer_within_a_loss_scaler():
    def scaled():
        return keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1))

    gan = make_tiny_gan(optimizer=scaled, run_eagerly=True)
    play(gan, 1, OptimizerSchedule(generator=lambda *_: 0.025))
    inner = gan.generator_optimizer.inner_optimizer
    np.testing.assert_allclose(inner.learning_rate.numpy(), 0.025, rtol=1e-6)


def test_schedule_refuses_what_it_cannot_set(tiny_gan):
    decay = kg.schedules.FlooredExponentialDecay(0.1, 1.5)
    tiny_gan.compile(
        keras.optimizers.Adam(decay), keras.optimizers.SGD(0.1, 0.9), run_eagerly=True
    )

    def keep(epoch, value):
        return value

    with pytest.raises(TypeError, match="`generator` cannot set what a schedule"):
        play(tiny_gan, 1, OptimizerSchedule(generator=keep))
    momentum = OptimizerSchedule(discriminator=keep, attribute="momentum")
    with pytest.raises(TypeError, match="`momentum` of SGD is a constant.*MomentumSGD"):
        play(tiny_gan, 1, momentum)
    with pytest.raises(ValueError, match="`attribute`.*a variable of SGD"):
        play(tiny_gan, 1, OptimizerSchedule(discriminator=keep, attribute="rate"))
    play(tiny_gan, 1, OptimizerSchedule(discriminator=keep))
    with pytest.raises(ValueError, match="`generator` or `discriminator`"):
        OptimizerSchedule()
    with pytest.raises(TypeError, match="`discriminator` must be a function"):
        OptimizerSchedule(discriminator=0.1)
    with pytest.raises(ValueError, match="float of at least 0"):
        play(tiny_gan, 1, OptimizerSchedule(discriminator=lambda *_: None))


# ----------------------------------------------------------------- RunRecord


def read_record(directory):
    record = json.loads((directory / "run.json").read_text())
    lines = (directory / "history.jsonl").read_text().splitlines()
    return record, [json.loads(line) for line in lines]


def test_run_record_tells_what_was_trained(tmp_path):
    gan = make_tiny_gan(seed=3, steps_per_execution=3)
    history = play(
        gan, 2, RunRecord(tmp_path / "run"), num_images=40, validation_split=0.25
    )
    record, rows = read_record(tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "history.jsonl",
        "run.json",
    ]
    assert [row["epoch"] for row in rows] == [1, 2]
    for name, values in history.history.items():
        assert [row[name] for row in rows] == values
    assert record["status"] == "finished" and record["reason"] is None
    assert record["seed"] == 3 and record["epochs_asked"] == 2
    assert record["epochs_completed"] == 2
    # 30 images in batches of 10.
    assert record["steps_per_epoch"] == 3 and record["steps_completed"] == 6
    assert min(row["seconds"] for row in rows) > 0
    assert set(record) == run_record._FIELDS
    assert record["environment"]["keras"] == keras.__version__
    assert any(device.startswith("CPU:0") for device in record["devices"])
    rebuilt = kg.GAN.from_config(record["gan"])
    rebuilt.compile_from_config(record["compile"])
    np.testing.assert_array_equal(rebuilt.prior.low, gan.prior.low)
    assert rebuilt.generator.count_params() == gan.generator.count_params()
    rate = rebuilt.generator_optimizer.learning_rate.numpy()
    assert rate == np.float32(1e-2) and rebuilt.steps_per_execution == 3


def test_run_record_continues_without_an_epoch_twice(tmp_path):
    gan = make_tiny_gan(run_eagerly=True)

    class PowerCut(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    record, save = RunRecord(tmp_path), SaveEachEpoch(tmp_path / "gan.keras")
    with pytest.raises(KeyboardInterrupt):
        play(gan, 5, record, PowerCut(), save, num_images=10)
    held, rows = read_record(tmp_path)
    assert held["status"] == "running" and len(rows) == 3
    resumed = kg.load(tmp_path / "gan.keras")
    play(resumed, 5, RunRecord(tmp_path), initial_epoch=2, num_images=10)
    held, rows = read_record(tmp_path)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[2]["d_loss"] == resumed.history.history["d_loss"][0]
    assert held["status"] == "finished" and held["first_epoch"] == 3
    (earlier,) = held["earlier"]
    assert earlier["status"] == "running" and earlier["first_epoch"] == 1


def test_run_record_says_why_training_stopped(tmp_path):
    gan = make_tiny_gan(run_eagerly=True)
    with pytest.warns(UserWarning, match="Training stopped"):
        play(gan, 5, NaNGuard(), Spoil(1, 1), RunRecord(tmp_path / "broken"))
    record, rows = read_record(tmp_path / "broken")
    assert record["status"] == "stopped" and record["epochs_completed"] == 1
    assert "d_loss=nan" in record["reason"] and "epoch 2 of 5" in record["reason"]
    assert rows[1]["d_loss"] is None
    # It goes on where the guard left it.
    play(gan, 2, RunRecord(tmp_path / "broken"), initial_epoch=1)
    record, rows = read_record(tmp_path / "broken")
    assert [row["epoch"] for row in rows] == [1, 2] and rows[1]["d_loss"] is not None

    class StopNow(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    play(make_tiny_gan(run_eagerly=True), 5, StopNow(), RunRecord(tmp_path / "early"))
    record, _ = read_record(tmp_path / "early")
    assert record["reason"] == "a callback, in epoch 1 of 5"


def test_run_record_refuses_another_runs_folder(tmp_path):
    play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path), num_images=10)
    before = (tmp_path / "history.jsonl").read_text()
    with pytest.raises(FileExistsError, match="completed 1 epochs; this GAN"):
        play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path))
    other = make_tiny_gan(seed=5, run_eagerly=True)
    play(other, 1, num_images=10)
    with pytest.raises(FileExistsError, match="seed=0"):
        play(other, 1, RunRecord(tmp_path))
    assert (tmp_path / "history.jsonl").read_text() == before


def test_run_record_says_what_else_is_known(tmp_path):
    about = {"dataset": {"name": "mine"}, "notes": ("a", 1)}
    play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path, about))
    record, _ = read_record(tmp_path)
    assert record["dataset"] == {"name": "mine"} and record["notes"] == ["a", 1]
    with pytest.raises(ValueError, match="`about` must leave .* Received: gan, seed"):
        RunRecord(tmp_path, {"seed": 3, "gan": None, "mine": 1})


def test_run_record_is_told_of_an_error(tmp_path):
    gan, record = make_tiny_gan(run_eagerly=True), RunRecord(tmp_path)
    guard = NaNGuard(restore=False)
    record.fail("before it began")
    assert not (tmp_path / "run.json").exists()
    with pytest.raises(FloatingPointError) as error:
        play(gan, 2, guard, Spoil(0, 1), record)
    record.fail(str(error.value))
    held, rows = read_record(tmp_path)
    assert held["status"] == "failed" and "d_loss=nan" in held["reason"]
    assert rows == [] and held["epochs_completed"] == 0
    # Nothing came of it: the same game may begin again.
    play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path))
    held, rows = read_record(tmp_path)
    assert held["status"] == "finished" and held["earlier"][0]["status"] == "failed"


def test_run_record_counts_on_from_a_record_of_before(tmp_path):
    gan = make_tiny_gan(run_eagerly=True)
    play(gan, 2, RunRecord(tmp_path), num_images=10)
    record, rows = read_record(tmp_path)
    del record["version"]  # epochs counted from 0
    (tmp_path / "run.json").write_text(json.dumps(record))
    older = [json.dumps({**row, "epoch": row["epoch"] - 1}) for row in rows]
    (tmp_path / "history.jsonl").write_text("\n".join(older) + "\n")
    play(gan, 3, RunRecord(tmp_path), initial_epoch=2, num_images=10)
    assert [row["epoch"] for row in read_record(tmp_path)[1]] == [1, 2, 3]


def test_run_record_ends_when_its_folder_goes(tmp_path):
    folder, gan = tmp_path / "run", make_tiny_gan(run_eagerly=True)

    class Remove(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if self.model.epochs_completed == 1 and batch == 1:
                folder.rename(tmp_path / "moved")

    callbacks = [Remove(), SampleGrid(folder), RunRecord(folder)]
    callbacks.append(SaveEachEpoch(folder / "gan.keras"))
    with pytest.raises(OSError, match="was removed or renamed while it was trained"):
        play(gan, 3, *callbacks, num_images=30)
    assert not folder.exists()
    held, rows = read_record(tmp_path / "moved")
    assert len(rows) == 1 and held["status"] == "running"
    assert int(kg.load(tmp_path / "moved" / "gan.keras").epochs_completed.numpy()) == 1


def test_run_record_names_a_hole_in_the_history(tmp_path):
    gan = make_tiny_gan(run_eagerly=True)
    play(gan, 3, RunRecord(tmp_path), num_images=10)
    first, _, third = (tmp_path / "history.jsonl").read_text().splitlines()
    (tmp_path / "history.jsonl").write_text(f"{first}\n{third}\n")
    with pytest.warns(UserWarning, match="no line for epoch 2 of the 3 that"):
        play(gan, 4, RunRecord(tmp_path), initial_epoch=3, num_images=10)
    assert [row["epoch"] for row in read_record(tmp_path)[1]] == [1, 3, 4]


def test_run_record_asks_for_no_epoch_before_it_began(tmp_path):
    gan = make_tiny_gan(run_eagerly=True)
    play(gan, 2, num_images=10)
    for epoch in (2, 3):
        play(gan, epoch + 1, RunRecord(tmp_path), initial_epoch=epoch, num_images=10)
    assert [row["epoch"] for row in read_record(tmp_path)[1]] == [3, 4]


def test_run_record_locks_its_folder_while_it_trains(tmp_path):
    held = []

    class Look(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            held.append((tmp_path / ".lock").exists())

    play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path), Look(), num_images=10)
    assert held == [True] and not (tmp_path / ".lock").exists()


def test_a_second_save_builds_nothing(tmp_path, monkeypatch):
    gan, save = make_tiny_gan(run_eagerly=True), SaveEachEpoch(tmp_path / "gan.keras")
    save.set_model(gan)
    save.on_epoch_end(0)
    built = []
    for kind in (keras.layers.Layer, keras.metrics.Metric, keras.optimizers.Optimizer):
        monkeypatch.setattr(
            kind, "__init__", lambda self, *_, **__: built.append(type(self))
        )
    save.on_epoch_end(1)
    assert built == []


@pytest.mark.parametrize("name", ["write_history", "write_record"])
def test_a_run_that_failed_at_its_first_file_can_begin_again(
    tmp_path, monkeypatch, name
):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    gan, run = make_tiny_gan(run_eagerly=True), RunDirectory(tmp_path)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(run_record, name, full)
        play(gan, 1, RunRecord(tmp_path), num_images=10)
    if not run.holds_run():
        run.check_free()
    play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path), num_images=10)
    record, rows = read_record(tmp_path)
    assert record["status"] == "finished" and len(rows) == 1


@pytest.mark.parametrize("end", ["fail", "stop"])
def test_a_run_whose_first_save_failed_can_begin_again(tmp_path, end):
    record = RunRecord(tmp_path)
    play(make_tiny_gan(run_eagerly=True), 1, record, num_images=10)
    getattr(record, end)("No space left on device")  # as the GAN was saved
    play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path), num_images=10)
    assert read_record(tmp_path)[0]["earlier"][0]["epochs_completed"] == 1


@pytest.mark.parametrize("end", ["fail", "stop", "kill"])
def test_a_run_that_was_saved_is_not_begun_again(tmp_path, end):
    record = RunRecord(tmp_path)
    save = SaveEachEpoch(tmp_path / "model.keras")
    play(make_tiny_gan(run_eagerly=True), 2, record, save, num_images=10)
    if end == "kill":
        running = {**read_record(tmp_path)[0], "status": "running"}
        (tmp_path / "run.json").write_text(json.dumps(running))
    else:
        getattr(record, end)("Ctrl-C")
    before = (tmp_path / "model.keras").read_bytes()
    with pytest.raises(FileExistsError, match=r"2 epochs.*load\(.*model.keras"):
        play(make_tiny_gan(run_eagerly=True), 1, RunRecord(tmp_path), save)
    assert (tmp_path / "model.keras").read_bytes() == before
    resumed = kg.load(tmp_path / "model.keras")
    play(resumed, 1, RunRecord(tmp_path), save, num_images=10)
    assert read_record(tmp_path)[0]["epochs_completed"] == 3


def test_epochs_without_a_validation_are_passed_over(tmp_path):
    save = SaveBestEpoch(tmp_path / "best.keras", "val_d_loss", mode="min")
    images = tiny_images(20)
    options = {"validation_data": images, "validation_freq": 2, "callbacks": [save]}
    gan = make_tiny_gan(run_eagerly=True)
    with pytest.warns(UserWarning, match="such epochs are passed over") as told:
        gan.fit(images, batch_size=10, epochs=5, verbose=0, **options)
    assert sum("passed over" in str(one.message) for one in told) == 1
    assert json.loads(save.record_path.read_text())["epoch"] in (2, 4)


@pytest.mark.parametrize("kind", ["SampleGrid", "CollapseMonitor"])
def test_a_condition_without_a_prior_is_told_of_before_training(kind, tmp_path):
    inputs = [
        keras.Input((3,), name="latents"),
        keras.Input((), dtype="int32", name="labels"),
    ]
    classes = keras.layers.Embedding(2, 3)(inputs[1])
    images = keras.layers.Reshape((2, 2, 1))(
        keras.layers.Dense(4)(keras.layers.Add()([inputs[0], classes]))
    )
    gan = kg.GAN(
        keras.Model(inputs, images),
        kg.networks.maxout_discriminator((2, 2, 1), (2,)),
        kg.priors.NormalPrior(3),
    )
    gan.compile("sgd", "sgd", run_eagerly=True)
    arguments = [tmp_path] if kind == "SampleGrid" else []
    callback = getattr(kg.callbacks, kind)(*arguments)
    before = gan.get_weights()
    data = {"images": np.zeros((4, 2, 2, 1), "float32"), "labels": np.arange(4) % 2}
    with pytest.raises(ValueError, match=r"priors of what .* \['labels'\]"):
        gan.fit(data, verbose=0, callbacks=[callback])
    for old, new in zip(before, gan.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_an_epoch_whose_value_is_not_finite_is_never_the_best(tmp_path):
    # A mode that no sample is near leaves the divergence of the modes undefined.
    best = SaveBestEpoch(tmp_path / "x.keras", "mode_reverse_kl")
    best.on_epoch_end(0, {"modes": 0.0, "high_quality": 0.0})
    assert best.best is None and not best.path.exists()
    with pytest.raises(KeyError, match="`monitor` must be one of the logs"):
        best.on_epoch_end(0, {"d_loss": 1.0})


@pytest.mark.parametrize(
    "about",
    [{"dataset": "mine"}, {"config": {"lr": 1e-3}}, {"config": 3}, {"parzen": 0.2}],
)
def test_run_record_holds_nothing_else_by_names_that_commands_read(about, tmp_path):
    (name,) = about
    with pytest.raises(ValueError, match=f"`about` .*'{name}'"):
        RunRecord(tmp_path, about)


def test_run_record_leaves_out_logs_that_are_no_number(tiny_gan, tmp_path):
    logged = {"by_class": np.array([0.1, 0.2]), "state": "warm", "none": None}

    class Log(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs.update(logged, one=np.array([0.5]))

    callbacks = [Log(), RunRecord(tmp_path), SaveEachEpoch(tmp_path / "model.keras")]
    with pytest.warns(UserWarning, match=r"\['by_class', 'none', 'state'\]") as told:
        tiny_gan.fit(tiny_images(), epochs=2, verbose=0, callbacks=callbacks)
    assert sum("left out" in str(one.message) for one in told) == 1
    rows = kg.runs.RunDirectory(tmp_path).history()
    assert [row["one"] for row in rows] == [0.5, 0.5]
    assert not {*logged} & {*rows[0]}


def own_monitor(**measures):
    images = tiny_images(30)
    evaluator = kg.evaluation.Evaluator(images, images[:20], measures=measures)
    return EvaluationMonitor(evaluator, num_samples=20)


def test_an_own_measure_may_lack_a_value_in_one_epoch(tiny_gan, tmp_path):
    values = iter([3.0, float("nan"), 2.0])

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Own(kg.evaluation.Score):
        quantities = (kg.evaluation.Quantity("sharpness", "value", better="higher"),)
        value: float

    monitor = own_monitor(sharp=lambda real, fake: Own(value=next(values)))
    best = SaveBestEpoch(tmp_path / "best.keras", "sharpness", mode="min")
    tiny_gan.fit(tiny_images(), epochs=3, verbose=0, callbacks=[monitor, best])
    assert best.best == 2.0
    with pytest.raises(KeyError, match="sharpness"):  # of another training
        tiny_gan.fit(tiny_images(), verbose=0, callbacks=[best])


def test_two_own_measures_of_one_name_are_both_logged(tiny_gan):
    distance = kg.evaluation.frechet_distance
    monitor = own_monitor(
        all=lambda real, fake: distance(real=real, fake=fake),
        some=lambda real, fake: distance(
            real=real.values[:, :4], fake=fake.values[:, :4]
        ),
    )
    tiny_gan.fit(tiny_images(), verbose=0, callbacks=[monitor])
    logs = tiny_gan.history.history
    assert {"all/frechet_distance", "some/frechet_distance"} <= {*logs}
    with pytest.raises(TypeError, match=r"measures\['bare'\].*Received: float"):
        bare = own_monitor(bare=lambda real, fake: 3.0)
        tiny_gan.fit(tiny_images(), verbose=0, callbacks=[bare])


def test_a_monitor_forgets_the_game_before():
    images = tiny_images(30)
    evaluator = kg.evaluation.Evaluator(images, images, measures=["frechet_distance"])
    monitor = EvaluationMonitor(evaluator, num_samples=20, interval=5)
    for seed in range(2):
        gan = make_tiny_gan(seed=seed, run_eagerly=True)
        gan.fit(
            tiny_images(), epochs=3, initial_epoch=2, verbose=0, callbacks=[monitor]
        )
        logged = gan.history.history["frechet_distance"][-1]
        expected = evaluator(gan.sample(20, seed=0))["frechet_distance"].value
        assert logged == pytest.approx(expected, rel=1e-6)


def test_a_step_of_a_schedule_is_not_taken_twice(tiny_gan):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.epochs_completed == 1:
                raise KeyboardInterrupt

    rates = OptimizerSchedule(
        generator=lambda epoch, rate: rate / 2 if epoch == 1 else rate
    )
    before = float(tiny_gan.generator_optimizer.learning_rate.numpy())
    with pytest.raises(KeyboardInterrupt):
        tiny_gan.fit(tiny_images(), epochs=3, verbose=0, callbacks=[rates, Interrupt()])
    for _ in range(2):  # once more, and on from there
        tiny_gan.fit(
            tiny_images(), initial_epoch=1, epochs=2, verbose=0, callbacks=[rates]
        )
        (rate,) = tiny_gan.history.history["generator_learning_rate"]
        assert rate == pytest.approx(before / 2)
    tiny_gan.generator_optimizer.learning_rate = 0.25
    tiny_gan.fit(tiny_images(), initial_epoch=1, epochs=2, verbose=0, callbacks=[rates])
    assert tiny_gan.generator_optimizer.learning_rate == 0.25
