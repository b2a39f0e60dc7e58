import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy_oracles import discriminator_cross_entropy

import keras_gan as kg
from keras_gan.objectives import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    RelativisticPairing,
    Wasserstein,
)

REAL = np.array([[-3.0], [0.1], [2.5], [7.0]])
FAKE = np.array([[-6.0], [-0.4], [0.0], [3.0]])


def as_tensor(values):
    return tf.constant(values, tf.float32)


@pytest.mark.parametrize("objective_class", [Minimax, NonSaturating])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_discriminator_loss_is_one_sided_cross_entropy(
    objective_class, label_smoothing
):
    objective = objective_class(label_smoothing=label_smoothing)
    loss = objective.discriminator_loss(as_tensor(REAL), as_tensor(FAKE))
    expected = discriminator_cross_entropy(REAL, FAKE, label_smoothing)
    np.testing.assert_allclose(loss, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("objective", "d_loss", "g_loss"),
    [
        # Computed in float64 with NumPy from the closed forms, three logits a side.
        (NonSaturating(), 1.2446457461125644, 0.8268286174194249),
        (Minimax(), 1.2446457461125644, -0.6601619507527583),
        (LeastSquares(), 1.0416666666666667, 0.875),
        (LeastSquares(a=-1.0, b=1.0, c=0.0), 1.375, 0.20833333333333334),
        (Hinge(), 1.5, 0.16666666666666666),
        (Wasserstein(), -0.8333333333333333, 0.16666666666666666),
        (RelativisticPairing(), 0.6517564333562325, 1.4850897666895662),
    ],
    ids=lambda value: type(value).__name__,
)
def test_golden_values(objective, d_loss, g_loss):
    real, fake = as_tensor([[1.0], [-1.0], [2.0]]), as_tensor([[-1.0], [0.5], [0.0]])
    np.testing.assert_allclose(
        objective.discriminator_loss(real, fake), d_loss, rtol=1e-6
    )
    np.testing.assert_allclose(objective.generator_loss(fake, real), g_loss, rtol=1e-6)


def test_golden_value_of_one_sided_smoothing():
    # Smoothing to 0.9 moves the real term alone, to 0.6511504620264726.
    real, fake = as_tensor([[1.0], [-1.0], [2.0]]), as_tensor([[-1.0], [0.5], [0.0]])
    smoothed = NonSaturating(0.1).discriminator_loss(real, fake)
    fake_term = tf.reduce_mean(tf.nn.softplus(fake))
    np.testing.assert_allclose(smoothed - fake_term, 0.6511504620264726, rtol=1e-6)


@pytest.mark.parametrize(
    ("objective", "d_loss", "g_loss"),
    # Where no image can be told from another, D is undecided.
    [
        (LeastSquares(), 1 / 4, 1 / 8),  # at D* = 1/2
        (LeastSquares(-1.0, 1.0, 0.0), 1.0, 0.0),  # at D* = 0
        (Hinge(), 2.0, 0.0),
        (RelativisticPairing(), np.log(2), np.log(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_at_equilibrium(objective, d_loss, g_loss):
    undecided = (
        tf.fill((6, 1), (objective.a + objective.b) / 2)
        if isinstance(objective, LeastSquares)
        else tf.zeros((6, 1))
    )
    np.testing.assert_allclose(
        objective.discriminator_loss(undecided, undecided), d_loss, rtol=1e-6
    )
    np.testing.assert_allclose(
        objective.generator_loss(undecided, undecided), g_loss, rtol=1e-6, atol=1e-7
    )


def test_least_squares_smoothing_moves_the_code_of_data():
    smoothed = LeastSquares(a=-1.0, b=1.0, c=0.0, label_smoothing=0.1)
    at_the_code = smoothed.discriminator_loss(
        tf.fill((3, 1), 0.8), tf.fill((3, 1), -1.0)
    )
    np.testing.assert_allclose(at_the_code, 0.0, atol=1e-12)


def test_relativistic_losses_see_differences_alone():
    objective = RelativisticPairing()
    real, fake = as_tensor(REAL), as_tensor(FAKE)
    np.testing.assert_allclose(
        objective.discriminator_loss(real + 5, fake + 5),
        objective.discriminator_loss(real, fake),
        rtol=1e-5,
    )
    # Pairs, not averages: shuffling one side changes the value.
    shuffled = objective.discriminator_loss(real, fake[::-1])
    assert abs(shuffled - objective.discriminator_loss(real, fake)) > 0.1
    with pytest.raises(ValueError, match="`real_logits` must be given"):
        objective.generator_loss(fake)


def test_the_discriminator_answers_smoothing_with_its_smoothed_optimum():
    # Salimans et al. 2016, 3.4: with target 1 - a for real and 0 for fake, D* at a
    # point is (1 - a) p_data / (p_data + p_model).
    p_data, p_model, smoothing = 0.3, 0.7, 0.1
    objective = NonSaturating(smoothing)
    logits = np.linspace(-4, 4, 4001)
    d = 1 / (1 + np.exp(-logits))
    real, fake = (
        [
            float(objective.discriminator_loss(as_tensor([[r]]), as_tensor([[f]])))
            for r, f in pairs
        ]
        for pairs in (
            [(logit, -1e3) for logit in logits[::40]],  # the fake term is 0
            [(1e3, logit) for logit in logits[::40]],
        )
    )
    fake = np.array(fake) - smoothing * 1e3  # the smoothed real term at l = 1e3
    risk = p_data * np.array(real) + p_model * fake
    best = d[::40][np.argmin(risk)]
    assert abs(best - (1 - smoothing) * p_data / (p_data + p_model)) < 0.02


def test_generator_losses_follow_equation_1_and_its_remedy():
    fake = 1 / (1 + np.exp(-FAKE))  # D(G(z))
    minimax = Minimax().generator_loss(as_tensor(FAKE))
    non_saturating = NonSaturating().generator_loss(as_tensor(FAKE))
    np.testing.assert_allclose(minimax, np.mean(np.log(1 - fake)), rtol=1e-6)
    np.testing.assert_allclose(non_saturating, np.mean(-np.log(fake)), rtol=1e-6)


def test_the_optimum_of_the_value_function_is_minus_log_4():
    # Goodfellow et al. 2014, Theorem 1: D = 1/2 everywhere gives V = -log 4.
    undecided = tf.zeros((5, 1))
    loss = Minimax().discriminator_loss(undecided, undecided)
    np.testing.assert_allclose(-loss, -np.log(4), rtol=1e-6)


def test_losses_stay_exact_far_from_the_boundary():
    # log(sigmoid(x) + 1e-8) would be flat at 18.42 from x = -40 on.
    loss = NonSaturating().generator_loss(as_tensor([[-80.0]]))
    np.testing.assert_allclose(loss, 80.0, rtol=1e-6)


EVERY_OBJECTIVE = [
    Hinge(),
    LeastSquares(-1.0, 1.0, 0.5, label_smoothing=0.2),
    Minimax(0.2),
    NonSaturating(0.2),
    RelativisticPairing(),
    Wasserstein(),
]


@pytest.mark.parametrize("objective", EVERY_OBJECTIVE, ids=lambda o: type(o).__name__)
def test_gradients_match_central_differences(objective):
    real, fake = tf.constant(REAL, tf.float64), tf.constant(FAKE, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([real, fake])
        loss = objective.discriminator_loss(real, fake)
    real_gradient, fake_gradient = tape.gradient(loss, [real, fake])
    step = 1e-5
    for index in range(len(REAL)):
        shift = np.zeros_like(REAL)
        shift[index] = step
        by_real = objective.discriminator_loss(
            real + shift, fake
        ) - objective.discriminator_loss(real - shift, fake)
        by_fake = objective.discriminator_loss(
            real, fake + shift
        ) - objective.discriminator_loss(real, fake - shift)
        np.testing.assert_allclose(
            real_gradient[index], [by_real / (2 * step)], rtol=1e-5, atol=1e-7
        )
        np.testing.assert_allclose(
            fake_gradient[index], [by_fake / (2 * step)], rtol=1e-5, atol=1e-7
        )


def test_the_generator_gradient_saturates_in_minimax_alone():
    # Section 3: with D(G(z)) near 0 the minimax gradient vanishes, the other is 1.
    logits = tf.constant([[-20.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        minimax = Minimax().generator_loss(logits)
        non_saturating = NonSaturating().generator_loss(logits)
    assert abs(tape.gradient(minimax, logits).numpy().item()) < 1e-8
    np.testing.assert_allclose(tape.gradient(non_saturating, logits), [[-1.0]])


@pytest.mark.parametrize("objective", EVERY_OBJECTIVE, ids=lambda o: type(o).__name__)
@pytest.mark.parametrize("jit_compile", [False, True])
def test_graph_and_xla_agree_with_eager(objective, jit_compile):
    compiled = tf.function(objective.discriminator_loss, jit_compile=jit_compile)
    real, fake = as_tensor(REAL), as_tensor(FAKE)
    np.testing.assert_allclose(
        compiled(real, fake),
        objective.discriminator_loss(real, fake),
        rtol=1e-5 if jit_compile else 1e-6,
    )


@pytest.mark.parametrize("objective", EVERY_OBJECTIVE, ids=lambda o: type(o).__name__)
def test_logits_are_never_broadcast(objective):
    with pytest.raises(ValueError, match="must have the same shape"):
        objective.discriminator_loss(tf.zeros((4, 1)), tf.zeros((4,)))


def test_codes_must_differ():
    with pytest.raises(ValueError, match="`b`. Expected a float other than a=1.0"):
        LeastSquares(a=1.0, b=1.0)
    with pytest.raises(ValueError, match="`c`. Expected a finite float"):
        LeastSquares(c=float("nan"))


@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan"), "much"])
def test_invalid_label_smoothing(value):
    with pytest.raises(ValueError, match="`label_smoothing`"):
        NonSaturating(label_smoothing=value)


def test_get_takes_names_objects_and_configs():
    objective = Minimax(0.3)
    assert kg.objectives.get(objective) is objective
    assert isinstance(kg.objectives.get("non_saturating"), NonSaturating)
    restored = kg.objectives.get(keras.saving.serialize_keras_object(objective))
    assert restored.label_smoothing == 0.3


def test_get_suggests_the_nearest_name():
    with pytest.raises(ValueError, match="Did you mean 'non_saturating'"):
        kg.objectives.get("nonsaturating")
    with pytest.raises(TypeError, match="`objective`"):
        kg.objectives.get(3)
