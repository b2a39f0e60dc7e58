import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    SavedAfter,
    assert_equal_state,
    make_tiny_gan,
    tiny_images,
    value_of,
    without_dropout,
)

import keras_gan as kg
from keras_gan.terms import FeatureMatching, HistoricalAveraging, MomentMatching
from keras_gan.terms.features import features_of

SEED = tf.constant([3, 4])
RANDOM = np.random.default_rng(11)
KERNEL, BIAS = RANDOM.normal(size=(4, 3)), RANDOM.normal(size=3)
MIXING = RANDOM.normal(size=(2, 4))  # the generator: G(z) = z . MIXING
LATENTS = RANDOM.normal(size=(6, 2))
REAL = RANDOM.normal(1.0, 0.5, size=(5, 4))

# ------------------------------------------------------------------------- the oracle


def features(images):
    return np.tanh(images @ KERNEL + BIAS)


def mean_gap(real, fake):
    return features(real).mean(axis=0) - features(fake).mean(axis=0)


def spread_gap(real, fake):
    return features(real).std(axis=0) - features(fake).std(axis=0)


def squared_norm(real, fake):
    return np.sum(mean_gap(real, fake) ** 2)


def mean_squared(real, fake):
    return np.mean(mean_gap(real, fake) ** 2)


def mean_absolute(real, fake):
    return np.mean(np.abs(mean_gap(real, fake)))


def moments(real, fake, mean_tolerance=0.0, spread_tolerance=0.0):
    gaps = np.linalg.norm(mean_gap(real, fake)), np.linalg.norm(spread_gap(real, fake))
    return max(0, gaps[0] - mean_tolerance) + max(0, gaps[1] - spread_tolerance)


def moments_with_tolerances(real, fake):
    return moments(real, fake, 0.3, 0.1)


ORACLES = [
    (FeatureMatching(3.0, "hidden", "squared_norm"), squared_norm),
    (FeatureMatching(3.0, "hidden", "mean_squared"), mean_squared),
    (FeatureMatching(3.0, "hidden", "mean_absolute"), mean_absolute),
    (MomentMatching(3.0, "hidden"), moments),
    (MomentMatching(3.0, "hidden", 0.3, 0.1), moments_with_tolerances),
]


def name_of(value):
    return getattr(value, "__name__", type(value).__name__)


# ------------------------------------------------------------------------ the features


@pytest.fixture(scope="module")
def discriminator():
    hidden = keras.layers.Dense(3, "tanh", name="hidden")
    layers = [keras.Input((2, 2, 1)), keras.layers.Flatten(), hidden]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    hidden.set_weights([KERNEL, BIAS])
    return model


def as_images(rows):
    return tf.reshape(tf.cast(rows, tf.float32), [-1, 2, 2, 1])


def penalty_of_mixing(penalty, discriminator, mixing):
    fake = as_images(tf.constant(LATENTS, tf.float32) @ mixing)
    return value_of(penalty, discriminator, as_images(REAL), fake, SEED)


@pytest.mark.parametrize(("penalty", "oracle"), ORACLES, ids=name_of)
def test_features_are_compared_as_in_numpy(penalty, oracle, discriminator):
    received = penalty_of_mixing(penalty, discriminator, tf.cast(MIXING, tf.float32))
    expected = 3.0 * oracle(REAL, LATENTS @ MIXING)
    assert expected > 0.1
    np.testing.assert_allclose(received, expected, rtol=1e-5)


@pytest.mark.parametrize(("penalty", "oracle"), ORACLES, ids=name_of)
def test_generator_gradients_match_central_differences(penalty, oracle, discriminator):
    mixing = tf.Variable(MIXING, dtype=tf.float32)
    with tf.GradientTape() as tape:
        loss = penalty_of_mixing(penalty, discriminator, mixing)
    received, step = tape.gradient(loss, mixing).numpy(), 1e-6
    for place in np.ndindex(*MIXING.shape):
        shift = np.zeros_like(MIXING)
        shift[place] = step
        values = [3.0 * oracle(REAL, LATENTS @ (MIXING + s)) for s in (shift, -shift)]
        difference = (values[0] - values[1]) / (2 * step)
        np.testing.assert_allclose(received[place], difference, rtol=1e-4, atol=1e-5)


def test_gaps_within_their_tolerances_cost_nothing(discriminator):
    fake = LATENTS @ MIXING
    tolerances = (
        1.01 * np.linalg.norm(mean_gap(REAL, fake)),
        1.01 * np.linalg.norm(spread_gap(REAL, fake)),
    )
    mixing = tf.Variable(MIXING, dtype=tf.float32)
    with tf.GradientTape() as tape:
        penalty = MomentMatching(3.0, "hidden", *tolerances)
        loss = penalty_of_mixing(penalty, discriminator, mixing)
    assert float(loss) == 0.0
    np.testing.assert_array_equal(tape.gradient(loss, mixing), np.zeros_like(MIXING))


@pytest.mark.parametrize("penalty_class", [FeatureMatching, MomentMatching])
def test_equal_minibatches_cost_nothing_and_have_a_gradient(
    penalty_class, discriminator
):
    images = tf.Variable(as_images(REAL))
    with tf.GradientTape() as tape:
        loss = value_of(penalty_class(), discriminator, as_images(REAL), images, SEED)
    np.testing.assert_allclose(loss, 0.0, atol=3e-6)
    assert np.isfinite(tape.gradient(loss, images)).all()


def test_without_a_name_the_input_of_the_last_layer_is_taken(discriminator):
    mixing = tf.cast(MIXING, tf.float32)
    for named, unnamed in (
        (FeatureMatching(layer="hidden"), FeatureMatching()),
        (MomentMatching(layer="hidden"), MomentMatching()),
    ):
        np.testing.assert_array_equal(
            penalty_of_mixing(named, discriminator, mixing),
            penalty_of_mixing(unnamed, discriminator, mixing),
        )


def test_no_gradient_reaches_the_data(discriminator):
    real = tf.Variable(as_images(REAL))
    with tf.GradientTape() as tape:
        loss = value_of(
            FeatureMatching(), discriminator, real, as_images(REAL + 1), SEED
        )
    assert tape.gradient(loss, real) is None


# ------------------------------------------------------------------------- in the game

RATE = 0.1
BATCH = tf.constant(tiny_images(6))


def game(objective="non_saturating", **rules):
    def optimizer():
        return keras.optimizers.SGD(RATE)

    gan = make_tiny_gan(
        optimizer=optimizer, objective=objective, simultaneous=True, **rules
    )
    return without_dropout(gan)


def generator_gradients(gan, loss_of):
    """By hand, at the latents of the step that comes next."""
    latents = gan.sample_latents(len(BATCH), gan.seed_of(0))
    variables = gan.generator.trainable_variables
    with tf.GradientTape() as tape:
        loss = loss_of(gan.generator(latents, training=True))
    return [gradient.numpy() for gradient in tape.gradient(loss, variables)]


def moves_of(network, gan):
    before = [variable.numpy() for variable in network.trainable_variables]
    gan.train_step(BATCH)
    return [
        old - variable.numpy()
        for old, variable in zip(before, network.trainable_variables, strict=True)
    ]


@pytest.mark.parametrize("replaces_objective", [True, False])
@pytest.mark.parametrize("objective", ["minimax", "relativistic_pairing"])
def test_the_generator_follows_the_features_alone_or_both(
    objective, replaces_objective
):
    matching = FeatureMatching(5.0, replaces_objective=replaces_objective)
    gan = game(objective, terms=[matching])

    def loss_of(fake):
        loss = value_of(matching, gan.discriminator, BATCH, fake, SEED)
        if replaces_objective:
            return loss
        logits = [gan.discriminator(images) for images in (fake, BATCH)]
        return loss + gan.rules.objective.generator_loss(*logits)

    expected = generator_gradients(gan, loss_of)
    moves = moves_of(gan.generator, gan)
    assert max(np.abs(gradient).max() for gradient in expected) > 1e-3
    for move, gradient in zip(moves, expected, strict=True):
        np.testing.assert_allclose(move, RATE * gradient, rtol=1e-4, atol=1e-7)


def test_the_discriminator_plays_its_objective_as_before():
    gans = [game(terms=[FeatureMatching(5.0)]), game()]
    for with_term, plain in zip(
        *(moves_of(gan.discriminator, gan) for gan in gans), strict=True
    ):
        np.testing.assert_allclose(with_term, plain, rtol=1e-5, atol=1e-8)


def test_the_term_is_logged_apart_from_the_objective():
    matching = FeatureMatching(5.0)
    gan, plain = game(terms=[matching]), game()
    fake = gan.generator(gan.sample_latents(len(BATCH), gan.seed_of(0)), training=True)
    expected = value_of(matching, gan.discriminator, BATCH, fake, SEED)
    logs = gan.train_step(BATCH)
    np.testing.assert_allclose(logs["g_penalty"], expected, rtol=1e-5)
    np.testing.assert_allclose(logs["g_loss"], plain.train_step(BATCH)["g_loss"])
    assert "penalty" not in logs


# --------------------------------------------------------------------- past weights


def scalar_players():
    def player():
        return keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(3, use_bias=True)]
        )

    return player(), player()


@pytest.mark.parametrize("player", ["discriminator", "generator"])
@pytest.mark.parametrize("compiled", [None, False, True], ids=["eager", "graph", "xla"])
def test_the_mean_of_past_weights_runs_on(player, compiled):
    generator, discriminator = scalar_players()
    network = generator if player == "generator" else discriminator
    kernel, bias = network.trainable_variables
    penalty = HistoricalAveraging(0.7, player)
    penalty.bind(generator, discriminator)

    def value_and_gradients():
        with tf.GradientTape() as tape:
            value = value_of(penalty)
        return value, tape.gradient(value, [kernel.value, bias.value])

    if compiled is not None:
        value_and_gradients = tf.function(value_and_gradients, jit_compile=compiled)
    path = np.random.default_rng(2).normal(size=(5, 9))
    for time, theta in enumerate(path, start=1):
        kernel.assign(theta[:6].reshape(2, 3))
        bias.assign(theta[6:])
        value, gradients = value_and_gradients()
        distance = theta - path[:time].mean(axis=0)
        expected = 0.7 * np.sum(distance**2)
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-12)
        received = np.concatenate([np.ravel(gradient) for gradient in gradients])
        np.testing.assert_allclose(received, 1.4 * distance, rtol=1e-4, atol=1e-6)


def test_the_mean_of_weights_of_16_bits_does_not_stand_still(dtype_policy):
    dtype_policy("bfloat16")
    penalty = HistoricalAveraging(1.0, "generator")
    generator, discriminator = scalar_players()
    kernel = generator.trainable_variables[0]
    kernel.assign(tf.zeros_like(kernel))
    penalty.bind(generator, discriminator)
    move = tf.function(lambda: value_of(penalty))
    for time in range(1_000):
        if time == 100:
            kernel.assign(tf.ones_like(kernel))
        move()
    np.testing.assert_allclose(penalty.variables[1], 0.9, atol=1e-4)


@pytest.mark.exhaustive
def test_past_weights_survive_saving(tmp_path):
    def averaging():
        players = ("discriminator", "generator")
        return [HistoricalAveraging(0.5, player) for player in players]

    images = tiny_images()
    whole, save = make_tiny_gan(terms=averaging()), tmp_path / "gan.keras"
    saves = [SavedAfter(1, save)]
    whole.fit(images, batch_size=10, epochs=2, verbose=0, callbacks=saves)
    loaded = kg.load(save)
    count, first_mean = loaded.terms[0].variables[:2]
    assert float(count.numpy()) == 4.0 and np.abs(first_mean.numpy()).max() > 0
    loaded.fit(images, batch_size=10, verbose=0)
    assert_equal_state(loaded, whole)


def test_invalid_terms(discriminator):
    with pytest.raises(ValueError, match="`distance`"):
        FeatureMatching(distance="cosine")
    with pytest.raises(ValueError, match="`spread_tolerance`"):
        MomentMatching(spread_tolerance=-0.1)
    with pytest.raises(ValueError, match="Did you mean 'hidden'"):
        FeatureMatching(layer="hiden").bind(discriminator, discriminator)
    with pytest.raises(ValueError, match="`player`"):
        HistoricalAveraging(player="both")


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", [FeatureMatching, HistoricalAveraging])
def test_a_term_that_two_games_are_given_is_each_one_s_own(kind):
    term, images = kind(), tiny_images()

    def losses(*others):
        gan = make_tiny_gan()
        gan.compile("sgd", "sgd", terms=[term])
        for other in others:  # compiled later with the same object
            other.compile("sgd", "sgd", terms=[term])
        return gan.fit(images, batch_size=4, epochs=2, verbose=0, shuffle=False).history

    alone = losses()
    assert losses(make_tiny_gan(seed=9)) == alone
    with pytest.raises(ValueError, match="`layer`"):
        make_tiny_gan().compile("sgd", "sgd", terms=[FeatureMatching(layer="none")])


def test_features_of_a_model_within_the_discriminator_are_refused(discriminator):
    outer = keras.Sequential([keras.Input((2, 2, 1)), discriminator])
    for layer in (None, discriminator.name):
        with pytest.raises(ValueError, match="a model within it. Name another layer"):
            FeatureMatching(layer=layer).bind(None, outer)


def test_features_are_what_logits_are_made_of():
    judge = kg.networks.classifying_discriminator((8, 8, 1), 10)
    ended = judge.layers[-1]
    assert not ended.weights  # it names the logits of the classes
    found = features_of(judge, None)
    (logits,) = [one for one in judge.layers if one.output is ended.input]
    assert found.output is logits.input
    plain = kg.networks.maxout_discriminator((8, 8, 1), (5,))
    assert features_of(plain, None).output is plain.layers[-1].input
