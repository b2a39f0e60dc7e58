import weakref
import zipfile

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    assert_equal_state,
    assert_equal_weights,
    make_tiny_gan,
    tiny_images,
    weights_of,
    without_dropout,
)

import keras_gan as kg
from keras_gan.datasets import pipeline
from keras_gan.objectives import NonSaturating
from keras_gan.training import fitting
from keras_gan.training.sampling import InBatches


class RecordingObjective(NonSaturating):
    """Keeps the logits of every call: what each player was shown."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def get_config(self):
        return {}

    def discriminator_loss(self, real_logits, fake_logits):
        self.calls.append(("d", real_logits.numpy(), fake_logits.numpy()))
        return super().discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits, real_logits=None):
        self.calls.append(("g", None, fake_logits.numpy()))
        return super().generator_loss(fake_logits, real_logits)


def sgd(rate=0.1):
    return keras.optimizers.SGD(rate)


def one_step(gan, images):
    gan.train_step(tf.constant(images))


def test_fit_logs_losses_and_mean_discriminations(tiny_gan):
    history = tiny_gan.fit(
        tiny_images(), batch_size=10, epochs=2, validation_split=0.25, verbose=0
    )
    names = {"d_loss", "g_loss", "d_real", "d_fake"}
    assert set(history.history) == names | {f"val_{name}" for name in names}
    assert tiny_gan.train_steps == 6 and tiny_gan.epochs_completed == 2
    for name in ("d_real", "d_fake"):
        assert all(0 < value < 1 for value in history.history[name])


@pytest.mark.parametrize(
    ("objective", "has_log_odds"),
    [
        ("minimax", True),
        ("non_saturating", True),
        ("least_squares", False),
        ("hinge", False),
        ("wasserstein", False),
        ("relativistic_pairing", False),
    ],
)
def test_probabilities_are_logged_where_logits_are_log_odds(objective, has_log_odds):
    gan = without_dropout(
        make_tiny_gan(objective=objective, terms=[kg.terms.GradientPenalty(0.1)])
    )
    images = tiny_images(8)
    logits = gan.discriminator(images, training=False).numpy()
    said = 1 / (1 + np.exp(-logits)) if has_log_odds else logits
    logged = gan.evaluate(images, batch_size=8, verbose=0, return_dict=True)
    np.testing.assert_allclose(logged["d_real"], said.mean(), rtol=1e-5)
    # One batch, judged before D moves.
    history = gan.fit(images, batch_size=8, verbose=0).history
    np.testing.assert_allclose(history["d_real"], [said.mean()], rtol=1e-5)


def test_each_player_moves_only_in_its_own_step():
    gan = make_tiny_gan()
    images = tf.constant(tiny_images(8))
    generator, discriminator = weights_of(gan.generator), weights_of(gan.discriminator)
    batch = {"images": images}
    gan._move([gan.discriminator_player], batch, draw=0)
    for before, after in zip(generator, weights_of(gan.generator), strict=True):
        np.testing.assert_array_equal(before, after)
    moved = weights_of(gan.discriminator)
    assert any((a != b).any() for a, b in zip(discriminator, moved, strict=True))
    gan._move([gan.generator_player], batch, draw=1)
    for before, after in zip(moved, weights_of(gan.discriminator), strict=True):
        np.testing.assert_array_equal(before, after)
    pairs = zip(generator, weights_of(gan.generator), strict=True)
    assert any((a != b).any() for a, b in pairs)


def test_k_discriminator_steps_see_fresh_data_and_latents():
    objective = RecordingObjective()
    # With learning rate 0 equal logits would mean equal data, equal latents.
    gan = make_tiny_gan(
        optimizer=lambda: sgd(0.0),
        objective=objective,
        discriminator_steps=3,
        run_eagerly=True,
    )
    without_dropout(gan)
    one_step(gan, tiny_images(12))
    assert [player for player, _, _ in objective.calls] == ["d", "d", "d", "g"]
    reals = [real for _, real, _ in objective.calls[:3]]
    fakes = [fake for _, _, fake in objective.calls]
    assert all(len(logits) == 4 for logits in (*reals, *fakes))
    assert len({value for real in reals for value in real.ravel().tolist()}) == 12
    assert len({value for fake in fakes for value in fake.ravel().tolist()}) == 16


@pytest.fixture(scope="module")
def three_to_one():
    """A game of three moves of D for one of G; new data need no new graph."""
    return make_tiny_gan(discriminator_steps=3)


def moves_in(gan, num_images):
    """How often D and G moved for so many images, and the loss of D."""
    players = (gan.discriminator_optimizer, gan.generator_optimizer)
    before = [int(player.iterations.numpy()) for player in players]
    logs = gan.fit(tiny_images(num_images), batch_size=4, verbose=0).history
    after = [int(player.iterations.numpy()) for player in players]
    return *np.subtract(after, before), logs["d_loss"]


def test_batch_size_is_that_of_one_minibatch(three_to_one):
    d_moves, g_moves, _ = moves_in(three_to_one, 24)
    assert (d_moves, g_moves) == (6, 2)


@pytest.mark.parametrize("num_images", [1, 2, 7, 11])
def test_a_short_last_batch_still_feeds_every_discriminator_step(
    three_to_one, num_images
):
    d_moves, g_moves, d_loss = moves_in(three_to_one, num_images)
    assert np.isfinite(d_loss).all()
    assert (d_moves, g_moves) == (3, 1)
    assert all(np.isfinite(weight).all() for weight in weights_of(three_to_one))


def test_simultaneous_step_uses_old_parameters_and_shared_samples():
    objective = RecordingObjective()
    gan = make_tiny_gan(
        optimizer=sgd, objective=objective, simultaneous=True, run_eagerly=True
    )
    one_step(gan, tiny_images(8))
    (d_call, g_call) = objective.calls
    # The very logits, so the same latents, dropout masks and parameters.
    np.testing.assert_array_equal(d_call[2], g_call[2])


def test_simultaneous_step_equals_both_gradients_by_hand():
    images = tf.constant(tiny_images(8))
    gan = make_tiny_gan(optimizer=sgd, simultaneous=True)
    without_dropout(gan)
    latents = gan.sample_latents(8, gan.seed_of(0))
    d_weights = gan.discriminator.trainable_variables
    g_weights = gan.generator.trainable_variables
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        real = gan.discriminator(images)
        fake = gan.discriminator(gan.generator(latents))
        # Written out, not through the objective.
        d_loss = -tf.reduce_mean(tf.math.log_sigmoid(real)) - tf.reduce_mean(
            tf.math.log(1 - tf.sigmoid(fake))
        )
        g_loss = -tf.reduce_mean(tf.math.log_sigmoid(fake))
    expected = [
        weight.numpy() - 0.1 * gradient.numpy()
        for weights, gradients in (
            (d_weights, d_tape.gradient(d_loss, d_weights)),
            (g_weights, g_tape.gradient(g_loss, g_weights)),
        )
        for weight, gradient in zip(weights, gradients, strict=True)
    ]
    one_step(gan, images)
    received = [weight.numpy() for weight in (*d_weights, *g_weights)]
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_alternating_generator_answers_the_moved_discriminator():
    objective = RecordingObjective()
    gan = make_tiny_gan(optimizer=sgd, objective=objective, run_eagerly=True)
    without_dropout(gan)
    latents = gan.sample_latents(8, gan.seed_of(1))
    old = gan.judge({"images": gan.generator(latents)})["logits"].numpy()
    one_step(gan, tiny_images(8))
    fake_logits = objective.calls[-1][2]
    assert not np.allclose(fake_logits, old)
    # G moved last and D not since: D on the images G made before its own step.
    assert objective.calls[0][2].shape == fake_logits.shape


def test_batch_statistics_move_during_training():
    # A direct call without training=True leaves them at their start in Keras 3.
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(16),
            keras.layers.BatchNormalization(),
            keras.layers.Activation("sigmoid"),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )
    base = make_tiny_gan()
    gan = kg.GAN(generator, base.discriminator, base.prior)
    gan.compile(sgd(), sgd())
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    assert np.abs(generator.layers[1].moving_mean.numpy()).max() > 1e-4


def test_the_seed_of_the_gan_governs_dropout():
    networks = make_tiny_gan(seed=1)
    first = keras.models.clone_model(networks.discriminator)
    first.set_weights(networks.discriminator.get_weights())
    gans = [
        kg.GAN(networks.generator, discriminator, networks.prior, seed=9)
        for discriminator in (networks.discriminator, first)
    ]
    images = tiny_images(6)
    logits = [
        gan.judge({"images": images}, training=True)["logits"].numpy() for gan in gans
    ]
    np.testing.assert_array_equal(*logits)


def play(gan, epochs, initial_epoch=0, callbacks=()):
    gan.fit(
        tiny_images(),
        batch_size=7,
        epochs=epochs,
        initial_epoch=initial_epoch,
        callbacks=list(callbacks),
        verbose=0,
    )
    return gan


class Witness(keras.callbacks.Callback):
    """Remembers the weights at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        self.weights.append(weights_of(self.model))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Games of four epochs and of two with one seed, by who moves when."""

    def played(simultaneous):
        witness = Witness()
        whole = play(make_tiny_gan(simultaneous=simultaneous), 4, callbacks=[witness])
        stopped = play(make_tiny_gan(simultaneous=simultaneous), 2)
        folder = tmp_path_factory.mktemp("stopped")
        stopped.save(folder / "gan.keras")
        stopped.save_weights(folder / "gan.weights.h5")
        return whole, witness.weights, stopped, folder

    return {simultaneous: played(simultaneous) for simultaneous in (False, True)}


@pytest.mark.parametrize("simultaneous", [False, True])
def test_two_runs_with_one_seed_are_equal(runs, simultaneous):
    _, by_epoch, stopped, _ = runs[simultaneous]
    for one, other in zip(by_epoch[1], weights_of(stopped), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("simultaneous", [False, True])
def test_another_seed_is_another_game(simultaneous):
    games = [make_tiny_gan(seed, simultaneous=simultaneous) for seed in (4, 5)]
    for gan in games:
        one_step(gan, tiny_images(7))
    # The bias of the logits, which both begin with at 0.
    one, other = (weights_of(gan.discriminator)[-1] for gan in games)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("simultaneous", [False, True])
def test_save_load_continue_equals_the_uninterrupted_run(runs, simultaneous):
    whole, _, _, folder = runs[simultaneous]
    resumed = play(kg.load(folder / "gan.keras"), 4, initial_epoch=2)
    assert_equal_weights(whole, resumed)
    assert_equal_state(whole, resumed)


def test_a_weights_file_resumes_exactly_too(runs):
    whole, _, _, folder = runs[False]
    resumed = make_tiny_gan()
    resumed.load_weights(folder / "gan.weights.h5")
    assert_equal_weights(whole, play(resumed, 4, initial_epoch=2))


@pytest.mark.exhaustive
def test_backup_and_restore_resumes_exactly(runs, tmp_path):
    whole, *_ = runs[False]

    class PowerCut(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise ConnectionAbortedError

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    with pytest.raises(ConnectionAbortedError):
        play(make_tiny_gan(), 4, callbacks=[backup(), PowerCut()])
    assert_equal_weights(whole, play(make_tiny_gan(), 4, callbacks=[backup()]))


def test_loading_restores_rules_and_samples(tmp_path):
    gan = make_tiny_gan(
        seed=3, objective=kg.objectives.Minimax(0.1), discriminator_steps=2
    )
    one_step(gan, tiny_images(10))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.rules.objective.get_config() == {"label_smoothing": 0.1}
    assert loaded.rules.discriminator_steps == 2 and loaded.seed == 3
    np.testing.assert_array_equal(loaded.sample(5, seed=1), gan.sample(5, seed=1))


def test_sample_depends_on_its_seed_alone(tiny_gan):
    first = tiny_gan.sample(5, seed=1)
    assert first.shape == (5, 4, 4, 1) and first.dtype == np.float32
    tiny_gan.sample(3)
    np.testing.assert_array_equal(tiny_gan.sample(5, seed=1), first)
    np.testing.assert_allclose(
        tiny_gan.sample(5, seed=1, batch_size=2), first, rtol=1e-5, atol=1e-6
    )
    assert not np.array_equal(tiny_gan.sample(5, seed=2), first)
    assert not np.array_equal(tiny_gan.sample(5), tiny_gan.sample(5))


def test_discriminate_returns_probabilities_of_inference(tiny_gan):
    images = tiny_images(7)
    probabilities = tiny_gan.discriminate(images)
    expected = tf.sigmoid(tiny_gan.discriminator(images, training=False))[:, 0]
    assert probabilities.shape == (7,)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-5)


def test_evaluate_is_repeatable_and_moves_nothing(tiny_gan):
    before = weights_of(tiny_gan.generator) + weights_of(tiny_gan.discriminator)
    first = tiny_gan.evaluate(tiny_images(), verbose=0, return_dict=True)
    second = tiny_gan.evaluate(tiny_images(), verbose=0, return_dict=True)
    assert first == second and first["d_loss"] > 0
    after = weights_of(tiny_gan.generator) + weights_of(tiny_gan.discriminator)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_fit_takes_datasets_with_and_without_labels(tiny_gan):
    images = tiny_images(20)
    plain = tf.data.Dataset.from_tensor_slices(images).batch(8)
    labelled = tf.data.Dataset.from_tensor_slices((images, np.arange(20))).batch(8)
    tiny_gan.fit(plain, validation_data=plain, verbose=0)
    tiny_gan.fit(labelled, verbose=0)
    assert tiny_gan.train_steps == 6


def without_chance(**arguments):
    """Weights after six steps in which nothing is drawn."""
    # XLA draws other random bits than the CPU kernels.
    gan = without_dropout(make_tiny_gan(optimizer=sgd, **arguments))
    gan.prior = kg.priors.UniformPrior(3, low=0.5, high=0.5 + 1e-7)
    gan.fit(tiny_images(36), batch_size=6, verbose=0)
    return weights_of(gan)


@pytest.fixture(scope="module")
def weights_of_the_plain_way():
    return without_chance()


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    "arguments", [{"jit_compile": True}, {"steps_per_execution": 3}]
)
def test_compiled_ways_of_playing_agree(arguments, weights_of_the_plain_way):
    weights = without_chance(**arguments)
    for one, two in zip(weights_of_the_plain_way, weights, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-5)


def test_no_retrace_after_the_first_epoch(tiny_gan):
    traces = []
    play = tiny_gan.train_step
    tiny_gan.train_step = lambda data: traces.append(1) or play(data)
    tiny_gan.fit(tiny_images(25), batch_size=10, epochs=4, verbose=0)
    assert len(traces) <= 2


@pytest.mark.exhaustive
def test_the_game_moves_a_gaussian_to_the_data():
    # One pixel from N(0.7, 0.05^2); G starts near 0.5. It must come closer by far.
    random = np.random.default_rng(0)
    images = random.normal(0.7, 0.05, size=(400, 1, 1, 1)).astype("float32")
    gan = kg.GAN(
        kg.networks.mlp_generator(2, (1, 1, 1), (16,), output_activation="linear"),
        kg.networks.maxout_discriminator(
            (1, 1, 1), (16,), input_dropout=0.0, hidden_dropout=0.0, weight_range=0.5
        ),
        kg.priors.NormalPrior(2),
    )
    gan.compile(
        keras.optimizers.Adam(2e-3, beta_1=0.5), keras.optimizers.Adam(2e-3, beta_1=0.5)
    )
    before = abs(gan.sample(2000, seed=0).mean() - 0.7)
    gan.fit(images, batch_size=50, epochs=60, verbose=0)
    after = abs(gan.sample(2000, seed=0).mean() - 0.7)
    assert before > 0.5 and after < 0.15


# --------------------------------------------------------------- what is refused


def test_networks_that_do_not_fit_are_refused():
    gan = make_tiny_gan()
    logits = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match="must end in one logit, output shape"):
        kg.GAN(gan.generator, logits, gan.prior)
    logits.add(keras.layers.Dense(1, activation="sigmoid"))
    with pytest.raises(ValueError, match="without an activation"):
        kg.GAN(gan.generator, logits, gan.prior)
    larger = kg.networks.maxout_discriminator((5, 5, 1), (4,))
    with pytest.raises(ValueError, match="does not accept the generator's images"):
        kg.GAN(gan.generator, larger, gan.prior)
    with pytest.raises(ValueError, match="does not accept the prior's latents"):
        kg.GAN(gan.generator, gan.discriminator, kg.priors.NormalPrior(4))
    with pytest.raises(TypeError, match="`prior`"):
        kg.GAN(gan.generator, gan.discriminator, "uniform")
    with pytest.raises(TypeError, match="`generator`"):
        kg.GAN(lambda z: z, gan.discriminator, gan.prior)
    with pytest.raises(ValueError, match="`seed`"):
        kg.GAN(gan.generator, gan.discriminator, gan.prior, seed=-1)
    for several in (lambda made: [made, made], lambda made: {"images": made}):
        generator = keras.Model(gan.generator.input, several(gan.generator.output))
        with pytest.raises(ValueError, match="generator must have one output"):
            kg.GAN(generator, gan.discriminator, gan.prior)


class LastLayerIsNotLast(keras.Model):
    """A subclass whose layers are listed in another order than they are called."""

    def __init__(self):
        super().__init__()
        self.flatten = keras.layers.Flatten()
        self.logit = keras.layers.Dense(1)
        self.gate = keras.layers.Dense(16, activation="sigmoid")

    def call(self, images, training=False):
        pixels = self.flatten(images)
        return self.logit(pixels * self.gate(pixels))


def test_subclassed_networks_are_built_and_play():
    base = make_tiny_gan()
    gan = kg.GAN(base.generator, LastLayerIsNotLast(), base.prior)
    gan.compile(sgd(), sgd())
    before = gan.discriminator.logit.kernel.numpy()
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    assert not np.array_equal(gan.discriminator.logit.kernel.numpy(), before)


def test_rules_that_contradict_are_refused(tiny_gan):
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="must be two objects"):
        tiny_gan.compile(adam, adam)
    with pytest.raises(ValueError, match="moves each player once"):
        tiny_gan.compile("adam", "adam", simultaneous=True, discriminator_steps=2)
    with pytest.raises(ValueError, match="moves each player once"):
        tiny_gan.compile("adam", "adam", simultaneous=True, generator_steps=2)
    with pytest.raises(ValueError, match="`generator_steps`"):
        tiny_gan.compile("adam", "adam", generator_steps=0)
    with pytest.raises(ValueError, match="`discriminator_steps`"):
        tiny_gan.compile("adam", "adam", discriminator_steps=0)


def test_data_that_the_generator_cannot_make_are_refused(tiny_gan):
    with pytest.raises(ValueError, match="must equal the data shape"):
        tiny_gan.fit(np.zeros((8, 5, 5, 1), "float32"))
    with pytest.raises(ValueError, match="must equal the data shape"):
        tiny_gan.fit(tf.data.Dataset.from_tensors(tf.zeros((8, 5, 5, 1))))
    with pytest.raises(TypeError, match="must be floats"):
        tiny_gan.fit(np.zeros((8, 4, 4, 1), "uint8"))
    with pytest.raises(ValueError, match="must be finite"):
        tiny_gan.fit(np.full((8, 4, 4, 1), np.nan, "float32"))
    with pytest.warns(UserWarning, match="ends in 'sigmoid' with range"):
        tiny_gan.fit(tiny_images(8) * 2 - 1, verbose=0)
    with pytest.raises(ValueError, match="`y` has no place in this game"):
        tiny_gan.fit(tiny_images(8), np.arange(8))
    with pytest.raises(ValueError, match="`sample_weight` has no meaning"):
        tiny_gan.fit(tiny_images(8), sample_weight=np.ones(8))
    with pytest.raises(ValueError, match="`num_samples`"):
        tiny_gan.sample(0)


def test_load_explains_what_it_cannot_load(tmp_path):
    with pytest.raises(FileNotFoundError, match="must name a saved GAN"):
        kg.load(tmp_path / "nothing.keras")
    (tmp_path / "cut.keras").write_bytes(b"PK\x03\x04 half a file")
    with pytest.raises(ValueError, match="which is damaged"):
        kg.load(tmp_path / "cut.keras")
    (tmp_path / "text.keras").write_text("no archive")
    with pytest.raises(ValueError, match="which is damaged"):
        kg.load(tmp_path / "text.keras")
    make_tiny_gan().generator.save(tmp_path / "generator.keras")
    with pytest.raises(TypeError, match="must hold a GAN"):
        kg.load(tmp_path / "generator.keras")


@pytest.mark.parametrize("packed", [True, False])
def test_weights_that_a_file_does_not_hold_are_not_unpacked(packed, tmp_path):
    path, bomb = tmp_path / "gan.keras", tmp_path / "bomb.h5"
    make_tiny_gan().save(path)
    with h5py.File(bomb, "w") as weights:  # 1.6 GB of zeros, or none at all
        options = {"chunks": (200, 20_000), "compression": "gzip"} if packed else {}
        weights.create_dataset("w", (20_000, 20_000), "f4", **options)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["model.weights.h5"] = bomb.read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="are said to have 1,600,000,000 bytes"):
        kg.load(path)


def test_files_that_cannot_hold_a_game_are_not_begun(tmp_path):
    gan = make_tiny_gan()
    with pytest.raises(ValueError, match=r"must end in \.keras.*gan\.h5"):
        gan.save(tmp_path / "gan.h5")
    with pytest.raises(ValueError, match=r"export_saved_model.*format='onnx'"):
        gan.export(tmp_path / "generator.onnx", format="onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[1, 2", None])
def test_a_file_with_a_damaged_part_is_named(tmp_path, name, content):
    whole, path = tmp_path / "whole.keras", tmp_path / "damaged.keras"
    make_tiny_gan().save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
            elif content is not None:
                new.writestr(member, content)
    with pytest.raises(ValueError, match="damaged.keras"):
        kg.load(path)


def test_a_file_is_measured_before_it_is_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "gan.keras"
    make_tiny_gan().save(path)
    monkeypatch.setenv("KERAS_GAN_MAX_BYTES", "1000")
    with pytest.raises(ValueError, match="gan.keras holds .*1,000 are taken at most"):
        kg.load(path)


def test_numbers_of_numpy_become_python_s():
    tiny = make_tiny_gan()
    judge = kg.networks.maxout_discriminator((4, 4, 2), (4,))
    numbers = {"packing": np.int64(2), "ema_half_life": np.float32(50)}
    gan = kg.GAN(tiny.generator, judge, tiny.prior, **numbers)
    assert {name: type(gan.get_config()[name]) for name in numbers} == {
        "packing": int,
        "ema_half_life": float,
    }


def test_nothing_to_judge_is_told_of(tiny_gan):
    with pytest.raises(TypeError, match="`x` must be images to judge"):
        tiny_gan.evaluate()


def test_held_out_batches_are_made_once_in_a_training(tiny_gan, monkeypatch):
    made = []
    make = fitting.evaluation_batches
    monkeypatch.setattr(
        fitting, "evaluation_batches", lambda *args: made.append(1) or make(*args)
    )
    images = tiny_images(20)
    history = tiny_gan.fit(
        images, epochs=3, validation_data=images, batch_size=10, verbose=0
    )
    assert made == [] and len(history.history["val_d_loss"]) == 3


def test_rows_are_judged_from_where_they_lie(tiny_gan, monkeypatch):
    run, sizes = InBatches(lambda example: example["images"], tiny_gan), []
    convert = tf.convert_to_tensor

    def watched(rows, *args, **kwargs):
        sizes.append(len(rows))
        return convert(rows, *args, **kwargs)

    monkeypatch.setattr(tf, "convert_to_tensor", watched)
    images = tiny_images(20)
    np.testing.assert_array_equal(run({"images": images}, 6), images)
    assert sizes == [1, 6, 6, 6, 2]


@pytest.mark.exhaustive
def test_copies_of_earlier_trainings_do_not_pile_up(tiny_gan):
    images = np.zeros((600_000, 4, 4, 1), "float32")  # 38 MB
    copies = []
    keep = pipeline._as_tensor

    def count(array):
        tensor = keep(array)
        copies.append(weakref.ref(tensor))
        return tensor

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "_as_tensor", count)
        for _ in range(4):
            tiny_gan.fit(images, batch_size=300_000, verbose=0)
    assert sum(copy() is not None for copy in copies) <= 2
