import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import RoundOf, make_tiny_gan, tiny_images, value_of

import keras_gan as kg
from keras_gan.terms import DRAGAN, R1, R2, GradientPenalty
from keras_gan.training.terms_in_play import TermsInPlay

SEED = tf.constant([3, 4])


@pytest.fixture
def quadratic():
    """D(x) = sum_i a_i x_i^2, whose gradient 2 a_i x_i is known everywhere."""

    class Quadratic(keras.Model):
        def __init__(self):
            super().__init__()
            self.scale = self.add_weight(shape=(4,), initializer="ones")
            self.scale.assign([1.0, -0.5, 2.0, 0.25])

        def call(self, images, training=False):
            pixels = tf.reshape(images, [-1, 4])
            return tf.reduce_sum(self.scale * pixels**2, axis=1, keepdims=True)

    return Quadratic()


@pytest.fixture
def batches():
    random = np.random.default_rng(5)
    return (
        random.normal(size=(6, 2, 2, 1)).astype("float32") for _ in ("real", "fake")
    )


def slopes(quadratic, images):
    scale = quadratic.scale.numpy().astype("float64")
    gradients = 2 * scale * images.reshape(-1, 4)
    return np.sqrt(np.sum(gradients**2, axis=1))


def test_r1_and_r2_are_half_the_mean_squared_slope(quadratic, batches):
    real, fake = batches
    for penalty, images in ((R1(3.0), real), (R2(3.0), fake)):
        expected = 3.0 / 2 * np.mean(slopes(quadratic, images) ** 2)
        received = value_of(penalty, quadratic, real, fake, SEED)
        np.testing.assert_allclose(received, expected, rtol=1e-5)
        alone = penalty.penalty(quadratic, real, fake, SEED)  # without a round
        np.testing.assert_allclose(alone, expected, rtol=1e-5)


@pytest.mark.parametrize("one_sided", [False, True])
def test_gradient_penalty_draws_one_place_for_each_pair(quadratic, batches, one_sided):
    real, fake = (0.25 * images for images in batches)
    share = tf.random.stateless_uniform([6, 1, 1, 1], SEED).numpy()
    assert len(np.unique(share)) == 6 and 0 <= share.min() and share.max() <= 1
    excess = slopes(quadratic, share * real + (1 - share) * fake) - 1
    assert (excess < 0).any() and (excess > 0).any()
    if one_sided:
        excess = np.maximum(excess, 0)
    received = value_of(GradientPenalty(10.0, one_sided), quadratic, real, fake, SEED)
    np.testing.assert_allclose(received, 10 * np.mean(excess**2), rtol=1e-5)


def test_gradient_penalty_is_finite_where_the_slope_is_zero(quadratic):
    quadratic.scale.assign(np.zeros(4))
    images = tf.ones((3, 2, 2, 1))
    with tf.GradientTape() as tape:
        loss = value_of(GradientPenalty(), quadratic, images, images, SEED)
    assert np.isfinite(tape.gradient(loss, quadratic.scale.value)).all()


def test_dragan_looks_around_the_data(quadratic, batches):
    real, fake = batches
    expected = 10 * np.mean((slopes(quadratic, around(real)) - 1) ** 2)
    received = value_of(DRAGAN(10.0), quadratic, real, fake, SEED)
    np.testing.assert_allclose(received, expected, rtol=1e-5)
    np.testing.assert_array_equal(
        received, value_of(DRAGAN(10.0), quadratic, real, 100 * fake, SEED)
    )


def mean_square_slope(scale, images):
    return np.mean(np.sum((2 * scale * images.reshape(-1, 4)) ** 2, axis=1))


def mean_square_excess(scale, images, one_sided=False):
    norms = np.sqrt(np.sum((2 * scale * images.reshape(-1, 4)) ** 2, axis=1))
    excess = np.maximum(norms - 1, 0) if one_sided else norms - 1
    return np.mean(excess**2)


def between(real, fake):
    share = tf.random.stateless_uniform([len(real), 1, 1, 1], SEED).numpy()
    return share * real + (1 - share) * fake


def around(real):
    share_seed, noise_seed = tf.unstack(tf.random.split(SEED, 2))
    share = tf.random.stateless_uniform([len(real), 1, 1, 1], share_seed).numpy()
    noise = tf.random.stateless_uniform(real.shape, noise_seed).numpy()
    return real + share * 0.5 * real.std() * noise


@pytest.mark.parametrize(
    ("penalty", "closed_form"),
    [
        (R1(2.0), lambda scale, real, fake: mean_square_slope(scale, real)),
        (R2(2.0), lambda scale, real, fake: mean_square_slope(scale, fake)),
        (
            GradientPenalty(2.0),
            lambda scale, real, fake: (
                2 * mean_square_excess(scale, between(real, fake))
            ),
        ),
        (
            GradientPenalty(2.0, one_sided=True),
            lambda scale, real, fake: (
                2 * mean_square_excess(scale, between(real, fake), one_sided=True)
            ),
        ),
        (
            DRAGAN(2.0),
            lambda scale, real, fake: 2 * mean_square_excess(scale, around(real)),
        ),
    ],
    ids=["R1", "R2", "GradientPenalty", "one-sided", "DRAGAN"],
)
def test_gradients_on_weights_match_central_differences(
    quadratic, batches, penalty, closed_form
):
    # The second derivative, through the inner gradient: what training uses. Penalties
    # are float32; the differences are those of their closed forms in float64.
    real, fake = (images / 4 for images in batches)  # slopes on both sides of 1
    with tf.GradientTape() as tape:
        loss = value_of(penalty, quadratic, real, fake, SEED)
    gradient = tape.gradient(loss, quadratic.scale.value).numpy()
    start, step = quadratic.scale.numpy().astype("float64"), 1e-6
    real, fake = (images.astype("float64") for images in (real, fake))
    np.testing.assert_allclose(loss, closed_form(start, real, fake), rtol=1e-5)
    for index, shift in enumerate(step * np.eye(4)):
        values = [closed_form(start + s, real, fake) for s in (shift, -shift)]
        difference = (values[0] - values[1]) / (2 * step)
        np.testing.assert_allclose(gradient[index], difference, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_lazy_terms_keep_their_mean(quadratic, batches, jit_compile):
    real, fake = batches
    terms = TermsInPlay([R1(2.0, interval=4)], "discriminator")

    @tf.function(jit_compile=jit_compile)
    def due(move):
        return terms.when_due(
            move,
            RoundOf(quadratic, real, fake, SEED),
            [quadratic.scale],
            lambda loss: loss,
        )

    values, gradients = zip(*(due(tf.constant(move)) for move in range(8)), strict=True)
    assert [float(value) > 0 for value in values] == [True, False, False, False] * 2
    with tf.GradientTape() as tape:
        expected = value_of(R1(2.0), quadratic, real, fake, SEED)
    np.testing.assert_allclose(np.mean(values), expected, rtol=1e-5)
    np.testing.assert_allclose(
        np.mean(gradients, axis=0)[0],
        tape.gradient(expected, quadratic.scale.value),
        rtol=1e-5,
    )


def test_over_their_intervals_lazy_terms_pull_as_those_of_every_move(
    quadratic, batches
):
    # Several at once, each with an interval of its own, over the least common multiple.
    real, fake = batches

    def kinds(*intervals):
        return [
            kind(2.0, interval=interval)
            for kind, interval in zip((R1, R2, GradientPenalty), intervals, strict=True)
        ]

    lazy, eager = (
        TermsInPlay(kinds(*intervals), "discriminator")
        for intervals in ((4, 3, 2), (1, 1, 1))
    )

    @tf.function
    def due(move):
        return lazy.when_due(
            move,
            RoundOf(quadratic, real, fake, SEED),
            [quadratic.scale],
            lambda loss: loss,
        )

    values, gradients = zip(
        *(due(tf.constant(move)) for move in range(12)), strict=True
    )
    with tf.GradientTape() as tape:
        expected = eager.at_once(RoundOf(quadratic, real, fake, SEED))
    np.testing.assert_allclose(np.mean(values), expected, rtol=1e-5)
    np.testing.assert_allclose(
        np.mean(gradients, axis=0)[0],
        tape.gradient(expected, quadratic.scale.value),
        rtol=1e-5,
    )


@pytest.mark.parametrize("simultaneous", [False, True])
def test_the_game_adds_and_logs_penalties(simultaneous, tmp_path):
    gans = [
        make_tiny_gan(
            optimizer=lambda: keras.optimizers.SGD(0.1),
            simultaneous=simultaneous,
            terms=penalties,
            run_eagerly=True,  # graphs with penalties: tests/test_conformance.py
        )
        for penalties in ([], [R1(5.0), GradientPenalty(1.0, interval=2)])
    ]
    logs = [gan.fit(tiny_images(20), batch_size=10, verbose=0).history for gan in gans]
    assert "penalty" not in logs[0] and logs[1]["penalty"][0] > 0
    before, after = (gan.discriminator.get_weights()[0] for gan in gans)
    assert not np.allclose(before, after)
    gans[1].save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras").terms
    assert [type(penalty) for penalty in loaded] == [R1, GradientPenalty]
    assert loaded[1].get_config() == {"weight": 1.0, "interval": 2, "one_sided": False}


@pytest.mark.parametrize("weight", [0.2, 2.0])
def test_dirac_gan_converges_with_r1_alone(weight):
    # Mescheder et al. 2018: x = 0, G = theta, D(x) = psi x. Without R1 the gradient
    # flow circles for ever; with it theta and psi go to 0.
    theta, rate = tf.Variable(1.0), 0.02
    critic = keras.Sequential(
        [
            keras.Input((1, 1, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros"),
        ]
    )
    psi = critic.layers[-1].kernel.value
    zeros = tf.zeros((1, 1, 1, 1))
    penalty, objective = R1(weight), kg.objectives.NonSaturating()

    @tf.function
    def play():
        for _ in tf.range(3_000):
            with tf.GradientTape(persistent=True) as tape:
                fake = tf.reshape(theta, (1, 1, 1, 1))
                fake_logits = critic(fake)
                d_loss = objective.discriminator_loss(critic(zeros), fake_logits)
                d_loss += value_of(penalty, critic, zeros, fake, SEED)
                g_loss = objective.generator_loss(fake_logits)
            d_gradient, g_gradient = (
                tape.gradient(d_loss, psi),
                tape.gradient(g_loss, theta),
            )
            psi.assign_sub(rate * d_gradient)
            theta.assign_sub(rate * g_gradient)

    play()
    # Eigenvalues -w/2 +- sqrt(w^2/4 - 1/4): with w = 0.2 the envelope is exp(-0.1 t).
    assert np.hypot(theta.numpy(), psi.numpy().item()) < 0.05


def test_invalid_penalties(tiny_gan):
    with pytest.raises(ValueError, match="`weight`"):
        R1(0.0)
    with pytest.raises(ValueError, match="`interval`"):
        R2(1.0, interval=0)
    with pytest.raises(ValueError, match="`scale`"):
        DRAGAN(scale=-1.0)
    with pytest.raises(TypeError, match="`terms` must hold"):
        tiny_gan.compile("adam", "adam", terms=["r1"])


@pytest.mark.parametrize("kind", [kg.terms.R1, kg.terms.R2])
def test_a_schedule_scales_the_penalty_by_the_step_of_training(kind):
    decay = keras.optimizers.schedules.CosineDecay(1.0, 4, alpha=0.1)
    discriminator = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    gan = kg.GAN(
        kg.networks.mlp_generator(2, (4, 4, 1), (3,)),
        discriminator,
        kg.priors.UniformPrior(2),
    )
    # Rates of zero: the slope of the linear discriminator stays as it is.
    gan.compile(
        keras.optimizers.SGD(0.0),
        keras.optimizers.SGD(0.0),
        terms=[kind(2.0, schedule=decay)],
    )
    images = np.zeros((8, 4, 4, 1), "float32")
    squared = float(np.square(discriminator.layers[-1].kernel).sum())
    for step in range(6):
        logs = gan.fit(images, batch_size=8, verbose=0).history
        factor = 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * min(step / 4, 1)))
        assert logs["penalty"][0] == pytest.approx(factor * squared, rel=1e-5)


def test_a_schedule_of_a_penalty_is_a_schedule():
    with pytest.raises(TypeError, match="`schedule` must be a keras.optimizers"):
        kg.terms.R1(schedule=0.5)
