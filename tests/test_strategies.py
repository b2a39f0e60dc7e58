"""N replicas with batch B / N learn what one replica with batch B learns."""

import contextlib
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    assert_equal_state,
    make_tiny_gan,
    tiny_images,
    weights_of,
    without_dropout,
)

import keras_gan as kg
from keras_gan.terms import R1, R2, GradientPenalty, HistoricalAveraging

ONE = tf.distribute.get_strategy()
PER_SAMPLE_PENALTIES = [
    GradientPenalty(1.0),
    GradientPenalty(1.0, one_sided=True),
    R1(1.0),
    R1(1.0, interval=3),
    R2(1.0),
    HistoricalAveraging(0.1),
    HistoricalAveraging(0.1, player="generator"),
]


def play(strategy, dropout=False, num_images=1000, **arguments):
    """Steps of a hundred images; ten for the default number of images."""
    with strategy.scope():
        gan = make_tiny_gan(**arguments)
    if not dropout:
        without_dropout(gan)
    gan.fit(tiny_images(num_images), batch_size=100, verbose=0)
    return gan


def momentum_sgd():
    # Not Adam: it divides a gradient that is 0 but for rounding by its own size, and
    # rounding may differ between runs. Draws that differ show with either.
    return keras.optimizers.SGD(0.1, momentum=0.9)


def assert_replicas_agree(two_replicas, num_images=1000, **arguments):
    arguments = {"optimizer": momentum_sgd, "num_images": num_images, **arguments}
    # A few steps on one device take less time than the trace of their graph. Several
    # replicas stay in a graph: without one their sums may wait for each other for ever.
    one = play(ONE, run_eagerly=num_images <= 300, **arguments)
    two = play(two_replicas, **arguments)
    pairs = zip(weights_of(one), weights_of(two), strict=True)
    largest = max(np.abs(a - b).max() for a, b in pairs)
    assert largest < 1e-5


@pytest.mark.one_in(6)
@pytest.mark.parametrize("objective", sorted(kg.objectives._BY_NAME))
def test_every_objective_on_two_replicas(two_replicas, objective):
    constraint = kg.constraints.WeightClipping(0.5)
    assert_replicas_agree(
        two_replicas,
        num_images=300,
        objective=objective,
        discriminator_constraint=constraint,
    )


@pytest.mark.exhaustive
def test_every_per_sample_penalty_on_two_replicas(two_replicas):
    assert_replicas_agree(two_replicas, terms=PER_SAMPLE_PENALTIES)


@pytest.mark.exhaustive
def test_the_rest_of_the_game_on_two_replicas(two_replicas):
    assert_replicas_agree(
        two_replicas,
        objective="relativistic_pairing",
        simultaneous=True,
        packing=2,
        fused_discriminator=True,
        instance_noise=keras.optimizers.schedules.PolynomialDecay(0.2, 8, 0.0),
        ema_half_life=500.0,
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "limits",
    [
        ({"clipnorm": 0.01}, {"global_clipnorm": 0.01}),  # of G, of D
        ({"clipvalue": 0.001}, {"clipvalue": 0.001}),
    ],
    ids=["norms", "values"],
)
def test_gradients_are_clipped_for_the_whole_batch(two_replicas, limits):
    # Keras by itself would clip the share of each replica.
    players = itertools.cycle(limits)
    assert_replicas_agree(
        two_replicas,
        num_images=300,
        optimizer=lambda: keras.optimizers.SGD(1.0, **next(players)),
    )


@pytest.mark.exhaustive
def test_an_overflow_on_any_replica_skips_the_move_on_all(two_replicas, dtype_policy):
    # Keras asks the first replica alone: NaN would reach the weights.
    dtype_policy("mixed_float16")
    with two_replicas.scope():
        tiny = make_tiny_gan()
        unbounded = kg.networks.mlp_generator(
            3, (4, 4, 1), (8,), output_activation="linear"
        )
        gan = kg.GAN(unbounded, tiny.discriminator, tiny.prior)
        gan.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    images = tiny_images(20)
    images[15] = 6e4  # on the second replica, where its logit overflows
    before = weights_of(gan.discriminator)
    gan.fit(images, batch_size=20, shuffle=False, verbose=0)
    scaler = gan.discriminator_optimizer
    assert scaler.dynamic_scale.numpy() < scaler.initial_scale
    for one, other in zip(before, weights_of(gan.discriminator), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.exhaustive
def test_a_short_last_batch_leaves_no_replica_without_rows(two_replicas):
    gan = play(two_replicas, num_images=101, discriminator_steps=2)
    assert gan.train_steps == 1
    for weight in weights_of(gan):
        assert np.isfinite(weight).all()
    # The same graph takes batches of a dataset, 4, 4 and 1 of them.
    batches = tf.data.Dataset.from_tensor_slices(tiny_images(9)).batch(4)
    logs = gan.fit(batches, verbose=0).history
    assert gan.train_steps == 1 + 3 and np.isfinite(logs["d_loss"]).all()
    for weight in weights_of(gan):
        assert np.isfinite(weight).all()


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["arrays", "PyDataset"])
def test_minibatches_of_a_step_are_those_of_one_device(two_replicas, kind):
    images = tiny_images(24)
    weights = []
    for strategy in (ONE, two_replicas):
        with strategy.scope():
            gan = make_tiny_gan(optimizer=momentum_sgd, discriminator_steps=2)
        without_dropout(gan)
        if kind == "arrays":
            gan.fit(images, batch_size=4, shuffle=False, verbose=0)
        else:
            gan.fit(ShortAtLast(images), shuffle=False, verbose=0)
        weights.append(weights_of(gan.discriminator))
    for one, two in zip(*weights, strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-6)


class MeanReal(keras.metrics.Mean):
    def update_state(self, round, sample_weight=None):
        means = tf.reduce_mean(round.real["images"], axis=[1, 2, 3])
        return super().update_state(means)


def test_a_replica_without_held_out_rows_shows_metrics_none(two_replicas):
    images = np.full((5, 4, 4, 1), 0.75, "float32")  # the last batch has a single row
    with two_replicas.scope():
        gan = make_tiny_gan(round_metrics=[MeanReal(name="mean_real")])
    score = gan.evaluate(images, batch_size=4, verbose=0, return_dict=True)
    assert score["mean_real"] == 0.75


def test_random_layers_say_whether_replicas_share_a_draw(two_replicas):
    with two_replicas.scope():
        shuffle = kg.layers.PhaseShuffle(4, seed=0)
        move = keras.layers.RandomTranslation(0.5, 0.5, seed=0)
        for layer, shape in ((shuffle, (16, 1)), (move, (4, 4, 1))):
            rows = keras.Input(shape, name="rows")
            logits = keras.layers.Dense(1)(keras.layers.Flatten()(layer(rows)))
            generator = kg.networks.mlp_generator(3, shape, (4,))
            kg.GAN(generator, keras.Model(rows, logits), kg.priors.NormalPrior(3))

    def drawn(layer, rows):
        moved = two_replicas.run(lambda: layer(rows, training=True))
        one, two = two_replicas.experimental_local_results(moved)
        return np.array_equal(one, two)

    waveform = tf.reshape(tf.range(16.0), (1, 16, 1))
    images = tf.constant(tiny_images(2))
    assert [drawn(shuffle, waveform) for _ in range(4)] == [True] * 4
    assert [drawn(move, images) for _ in range(2)] == [False] * 2


@pytest.mark.exhaustive
def test_validation_counts_every_image_once_on_any_number_of_replicas(two_replicas):
    # 9 images in batches of 4: the last one leaves the second replica without any.
    images = tiny_images(9)
    expected = make_tiny_gan().discriminate(images).mean()
    for strategy in (ONE, two_replicas):
        with strategy.scope():  # a rate of 0: training leaves the game as it is
            gan = make_tiny_gan(optimizer=lambda: keras.optimizers.SGD(0.0))
        logs = gan.fit(
            tiny_images(8), batch_size=4, validation_data=images, verbose=0
        ).history
        score = gan.evaluate(images, batch_size=4, verbose=0, return_dict=True)
        for d_real in (score["d_real"], logs["val_d_real"][0]):
            np.testing.assert_allclose(d_real, expected, rtol=1e-5)
        assert np.isfinite([score["d_loss"], logs["val_d_loss"][0]]).all()


@pytest.mark.exhaustive
def test_fit_inside_the_scope(two_replicas):
    with two_replicas.scope():
        gan = make_tiny_gan()
        gan.fit(tiny_images(20), batch_size=10, epochs=2, verbose=0)
    assert gan.train_steps == 4


@pytest.mark.exhaustive
def test_layers_with_a_state_move_in_a_lazy_penalty(two_replicas):
    with two_replicas.scope():
        base = make_tiny_gan()
        layers = [
            kg.layers.SpectralNormalization(keras.layers.Dense(4), seed=0),
            keras.layers.BatchNormalization(),
        ]
        discriminator = keras.Sequential(
            [
                keras.Input((4, 4, 1)),
                keras.layers.Flatten(),
                *layers,
                keras.layers.Dense(1),
            ]
        )
        gan = kg.GAN(base.generator, discriminator, base.prior)
        penalties = [NotCountedAsGradient(1.0, interval=2)]
        gan.compile("adam", "adam", terms=penalties)
    states = [state for layer in layers for state in layer.non_trainable_weights]
    assert len(states) == 1 + 2  # a left vector; a mean, a variance
    before = [state.numpy() for state in states]
    logs = gan.fit(tiny_images(40), batch_size=10, verbose=0).history
    assert np.isfinite(logs["penalty"]).all()
    for one, other in zip(before, states, strict=True):
        assert not np.array_equal(one, other.numpy()), other.path


class NotCountedAsGradient(R1):
    limits_gradient = False  # no warning of batch normalization


def test_replicas_drop_different_units(two_replicas):
    with two_replicas.scope():
        gan = make_tiny_gan()
    images = tf.ones((4, 4, 4, 1))
    logits = two_replicas.run(
        lambda: gan.judge({"images": images}, training=True)["logits"]
    )
    first, second = two_replicas.experimental_local_results(logits)
    assert not np.allclose(first, second)


@pytest.mark.exhaustive
def test_stop_and_resume_on_two_replicas(two_replicas, tmp_path):
    # Five steps of two moves: the penalty of every third move is amid its turn.
    arguments = {
        "dropout": True,
        "discriminator_steps": 2,
        "terms": [R1(1.0, interval=3)],
        "ema_half_life": 200.0,
    }
    whole = play(two_replicas, **arguments)
    whole.save(tmp_path / "gan.keras")
    with two_replicas.scope():
        resumed = kg.load(tmp_path / "gan.keras")
    for gan in (whole, resumed):
        gan.fit(tiny_images(1000), batch_size=100, verbose=0)
    assert_equal_state(whole, resumed)


@pytest.mark.exhaustive
def test_compile_outside_the_scope_still_mirrors_the_optimizers(two_replicas):
    with two_replicas.scope():
        gan = make_tiny_gan()
    with pytest.raises(ValueError, match="inside `with strategy.scope"):
        gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
    gan.compile("adam", "adam")
    gan.fit(tiny_images(20), batch_size=10, verbose=0)
    assert gan.generator_optimizer.iterations == 2


class WholeBatch(R1):
    supports_replicas = False


def test_several_steps_at_once_are_refused_on_replicas(two_replicas):
    with two_replicas.scope(), pytest.raises(ValueError, match="2 on 2 replicas"):
        make_tiny_gan(steps_per_execution=2)


def test_a_penalty_that_needs_the_whole_batch_is_refused(two_replicas):
    with pytest.raises(ValueError, match="WholeBatch needs the whole batch"):
        play(two_replicas, terms=[WholeBatch()])


class ShortAtLast(keras.utils.PyDataset):
    def __init__(self, images):
        super().__init__()
        self._images = images

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return self._images[8 * index : 8 * index + 8]


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", [ShortAtLast, "generator"])
def test_each_replica_gets_a_row_of_a_short_batch(two_replicas, kind):
    images = tiny_images(17)
    with two_replicas.scope():
        gan = make_tiny_gan()
    if kind == "generator":
        data = (images[8 * index : 8 * index + 8] for index in range(3))
        history = gan.fit(data, steps_per_epoch=3, epochs=1, verbose=0).history
    else:
        history = gan.fit(kind(images), epochs=1, verbose=0).history
    assert np.isfinite([value for values in history.values() for value in values]).all()


@pytest.mark.one_in(3)
@pytest.mark.parametrize("clip", ["clipnorm", "global_clipnorm", "clipvalue"])
def test_gradients_of_embeddings_are_clipped_on_replicas(two_replicas, clip):
    def play(scope):
        keras.utils.set_random_seed(0)
        with scope:
            latents = keras.Input((3,), name="latents")
            labels = keras.Input((), name="labels", dtype="int32")
            embedded = keras.layers.Embedding(3, 4)(labels)
            rows = keras.layers.Concatenate()([latents, embedded])
            pixels = keras.layers.Dense(16, "sigmoid")(rows)
            generator = keras.Model(
                [latents, labels], keras.layers.Reshape((4, 4, 1))(pixels)
            )
            layers = [keras.layers.Flatten(), keras.layers.Dense(1)]
            judge = keras.Sequential([keras.Input((4, 4, 1)), *layers])
            gan = kg.GAN(generator, judge, kg.priors.NormalPrior(3))
            sgd = [keras.optimizers.SGD(0.5, **{clip: 0.01}) for _ in range(2)]
            gan.compile(*sgd)
        labels = np.arange(16) % 3
        gan.fit(tiny_images(16), labels, batch_size=16, epochs=2, verbose=0)
        return gan.generator.get_weights()

    several, alone = play(two_replicas.scope()), play(contextlib.nullcontext())
    for one, other in zip(several, alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_accumulation_on_replicas_is_refused(two_replicas):
    def accumulating():
        return keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)

    with two_replicas.scope():
        with pytest.raises(ValueError, match="`gradient_accumulation_steps` must be"):
            make_tiny_gan(optimizer=accumulating)
