"""Keras's own machinery with two optimizers: callbacks, inputs, ways of compiling."""

import csv

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    SavedAfter,
    assert_equal_state,
    assert_equal_weights,
    make_tiny_gan,
    tiny_images,
    weights_of,
    without_dropout,
)

import keras_gan as kg
from keras_gan.terms import R1, HistoricalAveraging

# Five steps of two moves: where the first epoch ends, a penalty of every third move is
# not at the beginning of its turn.
EVERYTHING = {"discriminator_steps": 2, "ema_half_life": 40.0}
INTERVAL = 3


def everything_gan(**arguments):
    penalties = [
        R1(1.0, interval=INTERVAL),
        HistoricalAveraging(0.1, player="generator"),
    ]
    return make_tiny_gan(terms=penalties, **EVERYTHING, **arguments)


def play(gan, epochs=1, initial_epoch=0, callbacks=None):
    gan.fit(
        tiny_images(40),
        batch_size=4,
        epochs=epochs,
        initial_epoch=initial_epoch,
        callbacks=callbacks,
        verbose=0,
    )
    return gan


@pytest.fixture(scope="module")
def uncut(tmp_path_factory):
    """A game of three epochs, without a stop, and what it saved after the first."""
    folder = tmp_path_factory.mktemp("uncut")
    names = ("gan.keras", "gan.weights.h5")
    saves = [SavedAfter(1, folder / name) for name in names]
    return play(everything_gan(), 3, callbacks=saves), folder


def test_a_saved_model_resumes_exactly(uncut):
    whole, folder = uncut
    resumed = kg.load(folder / "gan.keras")
    assert resumed.train_steps == 5
    assert_equal_state(whole, play(resumed, epochs=3, initial_epoch=1))


@pytest.mark.exhaustive
def test_weights_alone_resume_all_that_moves(uncut):
    whole, folder = uncut
    resumed = everything_gan()
    resumed.load_weights(folder / "gan.weights.h5")
    assert resumed.train_steps == 5
    assert_equal_state(whole, play(resumed, epochs=3, initial_epoch=1))
    assert_equal_weights(whole, resumed)


@pytest.mark.exhaustive
def test_backup_and_restore_keeps_all_that_moves(uncut, tmp_path):
    whole, _ = uncut

    class PowerCut(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise ConnectionAbortedError

    backup = keras.callbacks.BackupAndRestore
    with pytest.raises(ConnectionAbortedError):
        play(everything_gan(), 3, callbacks=[backup(tmp_path / "a"), PowerCut()])
    resumed = play(everything_gan(), 3, callbacks=[backup(tmp_path / "a")])
    assert_equal_state(whole, resumed)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "arguments",
    [
        {"simultaneous": True, "discriminator_steps": 1},
        {"run_eagerly": True},
        {"jit_compile": True, "discriminator_steps": 1},
        {"steps_per_execution": 4},
    ],
    ids="-".join,
)
def test_every_way_of_playing_resumes_exactly(arguments, tmp_path):
    arguments = {**EVERYTHING, "terms": [R1(1.0, interval=INTERVAL)], **arguments}
    whole = play(make_tiny_gan(**arguments))
    whole.save(tmp_path / "gan.keras")
    play(whole, epochs=2, initial_epoch=1)
    resumed = play(kg.load(tmp_path / "gan.keras"), epochs=2, initial_epoch=1)
    assert_equal_state(whole, resumed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_plays_and_resumes_exactly(policy, dtype_policy, tmp_path):
    dtype_policy(policy)
    whole = play(everything_gan())
    scaled = isinstance(whole.generator_optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (policy == "mixed_float16")
    assert whole.generator.layers[1].compute_dtype == policy.removeprefix("mixed_")
    assert whole.sample(2, seed=0).dtype == np.float32
    whole.save(tmp_path / "gan.keras")
    play(whole, epochs=2, initial_epoch=1)
    resumed = play(kg.load(tmp_path / "gan.keras"), epochs=2, initial_epoch=1)
    assert_equal_state(whole, resumed)


def test_each_network_has_a_loss_scaler_of_its_own(dtype_policy):
    dtype_policy("mixed_float16")
    gan = make_tiny_gan()
    players = (gan.generator_optimizer, gan.discriminator_optimizer)
    before = weights_of(gan.generator), weights_of(gan.discriminator)
    images = np.full((10, 4, 4, 1), 6e4, "float32")  # overflow in D's move alone
    gan.train_step(tf.constant(images))
    scales = [player.dynamic_scale.numpy() / player.initial_scale for player in players]
    assert scales == [1.0, 0.5]
    assert any(
        (a != b).any()
        for a, b in zip(before[0], weights_of(gan.generator), strict=True)
    )
    for one, other in zip(before[1], weights_of(gan.discriminator), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.exhaustive
def test_float16_learns_what_float32_learns(dtype_policy):
    games = []
    for policy in ("float32", "mixed_float16"):
        dtype_policy(policy)
        gan = make_tiny_gan(
            optimizer=lambda: keras.optimizers.SGD(0.1), terms=[R1(1.0)]
        )
        games.append(play(without_dropout(gan)))
    for one, other in zip(*map(weights_of, games), strict=True):
        np.testing.assert_allclose(one, other, rtol=0.02, atol=5e-3)


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """The logs and the files of a game that Keras's callbacks watched."""
    folder = tmp_path_factory.mktemp("watched")
    checkpoints = [
        keras.callbacks.ModelCheckpoint(
            folder / name,
            monitor="val_d_loss",
            mode="min",
            save_best_only=True,
            save_weights_only=name.endswith(".weights.h5"),
        )
        for name in ("gan.keras", "gan.weights.h5")
    ]
    loggers = [
        keras.callbacks.CSVLogger(folder / "history.csv"),
        keras.callbacks.TensorBoard(folder / "board", update_freq=1),
    ]
    history = make_tiny_gan().fit(
        tiny_images(),
        batch_size=10,
        epochs=4,
        validation_split=0.25,
        callbacks=checkpoints + loggers,
        verbose=0,
    )
    return history.history, folder


@pytest.mark.exhaustive
@pytest.mark.parametrize("whole_model", [True, False])
def test_model_checkpoint_keeps_the_best(whole_model, watched):
    logs, folder = watched
    if whole_model:
        best = kg.load(folder / "gan.keras")
    else:
        best = make_tiny_gan()
        best.load_weights(folder / "gan.weights.h5")
    score = best.evaluate(tiny_images()[30:], verbose=0, return_dict=True)
    np.testing.assert_allclose(score["d_loss"], min(logs["val_d_loss"]), rtol=1e-5)
    assert len(set(logs["val_d_loss"])) == 4


def test_loggers_write_both_losses(watched):
    logs, folder = watched
    rows = list(csv.DictReader((folder / "history.csv").read_text().splitlines()))
    for name in ("d_loss", "g_loss"):
        np.testing.assert_allclose([float(row[name]) for row in rows], logs[name])
    assert list((folder / "board" / "train").iterdir())


def one_step_epochs(callback, epochs, **arguments):
    """A game whose epochs have one step, eagerly: nothing here looks at a graph."""
    gan = make_tiny_gan(run_eagerly=True, **arguments)
    history = gan.fit(
        tiny_images(10), batch_size=10, epochs=epochs, callbacks=[callback], verbose=0
    )
    return gan, history.history


def test_early_stopping_restores_the_best_weights():
    stop = keras.callbacks.EarlyStopping(
        "g_loss", mode="max", patience=0, restore_best_weights=True, start_from_epoch=0
    )
    _, logs = one_step_epochs(stop, epochs=30)
    assert len(logs["g_loss"]) < 30


def knows_several_optimizers():
    major, minor, *_ = map(int, keras.__version__.split(".")[:2])
    return (major, minor) >= (3, 15)


several_optimizers = pytest.mark.skipif(
    not knows_several_optimizers(),
    reason="Keras's callbacks know of several optimizers from 3.15 on",
)


@several_optimizers
def test_learning_rate_scheduler_reaches_both_optimizers():
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    rates = iter([1e-3, 4e-3])
    gan, logs = one_step_epochs(
        halve, epochs=2, optimizer=lambda: keras.optimizers.Adam(next(rates))
    )
    np.testing.assert_allclose(logs["learning_rate_generator"], [5e-4, 2.5e-4])
    np.testing.assert_allclose(logs["learning_rate_discriminator"], [2e-3, 1e-3])
    np.testing.assert_allclose(gan.generator_optimizer.learning_rate, 2.5e-4)
    np.testing.assert_allclose(gan.discriminator_optimizer.learning_rate, 1e-3)


@several_optimizers
def test_reduce_on_plateau_reaches_both_optimizers():
    plateau = keras.callbacks.ReduceLROnPlateau(
        "d_loss", mode="min", patience=1, min_delta=1e9, factor=0.1
    )
    gan, _ = one_step_epochs(plateau, epochs=3)
    assert gan.generator_optimizer.learning_rate < 0.005
    assert gan.discriminator_optimizer.learning_rate < 0.005


def test_accumulated_gradients_equal_one_larger_batch():
    # Deterministic latents: two batches of 10 with equal rows are one batch of 20.
    games = []
    for size, steps in ((20, None), (10, 2)):
        gan = make_tiny_gan(
            optimizer=lambda steps=steps: keras.optimizers.SGD(
                0.1, gradient_accumulation_steps=steps
            ),
            simultaneous=True,
        )
        gan.prior = kg.priors.UniformPrior(3, low=0.5, high=0.5 + 1e-7)
        without_dropout(gan)
        gan.fit(tiny_images(20), batch_size=size, shuffle=False, verbose=0)
        games.append([*weights_of(gan.generator), *weights_of(gan.discriminator)])
    for one, other in zip(*games, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm", "clipvalue"])
def test_clipped_gradients_move_weights_by_no_more(limit):
    gan = make_tiny_gan(optimizer=lambda: keras.optimizers.SGD(1.0, **{limit: 1e-3}))
    before = weights_of(gan.generator)
    gan.train_step(tf.constant(tiny_images(8)))
    for one, other in zip(before, weights_of(gan.generator), strict=True):
        assert np.abs(one - other).max() <= 1.001e-3


def test_fit_takes_a_folder_of_pictures(tmp_path):
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for index in range(6):
            picture = np.full((4, 4, 1), 40 * index)
            keras.utils.save_img(tmp_path / name / f"{index}.png", picture, scale=False)
    folder = keras.utils.image_dataset_from_directory(
        tmp_path, color_mode="grayscale", image_size=(4, 4), batch_size=5, verbose=False
    )
    scaled = folder.map(lambda images, labels: (images / 255.0, labels))
    gan = make_tiny_gan()
    gan.fit(scaled, verbose=0)
    assert gan.train_steps == 3  # 5 + 5 + 2 pictures
    with pytest.raises(ValueError, match="Scale the images first"):
        gan.fit(folder, verbose=0)  # 0 to 255, where the generator ends in a sigmoid


def test_fit_takes_a_py_dataset():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return tiny_images(4, seed=index)

    gan = make_tiny_gan()
    gan.fit(Batches(), verbose=0)
    assert gan.train_steps == 3


def test_nan_in_a_dataset_is_refused():
    images = tiny_images(12)
    images[7] = np.nan
    batches = tf.data.Dataset.from_tensor_slices(images).batch(4)
    with pytest.raises(ValueError, match="must be finite. Received: NaN"):
        make_tiny_gan().fit(batches, verbose=0)
    with pytest.raises(TypeError, match="must be floats.*uint8"):
        make_tiny_gan().fit(batches.map(lambda one: tf.cast(one, tf.uint8)), verbose=0)


def test_validation_data_in_every_form():
    gan = make_tiny_gan()
    for validation_data in (tiny_images(8), (tiny_images(8),), (tiny_images(8), None)):
        logs = gan.fit(
            tiny_images(), batch_size=10, validation_data=validation_data, verbose=0
        ).history
        assert np.isfinite(logs["val_g_loss"]).all()


def test_a_batch_of_no_rows_is_refused(tiny_gan):
    images = tiny_images(8)
    with pytest.raises(ValueError, match="`batch_size`. Expected.*batch_size=0"):
        tiny_gan.fit(images, batch_size=0, verbose=0)
    with pytest.raises(ValueError, match="`validation_batch_size`. Expected"):
        tiny_gan.fit(images, validation_data=images, validation_batch_size=0, verbose=0)
    with pytest.raises(ValueError, match="`batch_size`. Expected.*batch_size=0"):
        tiny_gan.evaluate(images, batch_size=0, verbose=0)
    assert tiny_gan.train_steps == 0 and tiny_gan.test_steps == 0


def test_summary_counts_both_optimizers(tiny_gan):
    lines = []
    tiny_gan.summary(print_fn=lambda text, line_break=True: lines.append(text))
    assert "Optimizer params" in "\n".join(lines)
