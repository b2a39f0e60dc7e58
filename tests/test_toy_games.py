"""Games whose answer is known in closed form."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import value_of
from scipy.linalg import sqrtm
from scipy.special import expit
from scipy.stats import norm

import keras_gan as kg
from keras_gan.objectives import LeastSquares, Minimax, NonSaturating, Wasserstein

# ------------------------------------------------------- a Gaussian moves to the data

MEAN = np.array([1.5, -1.0])
COVARIANCE = np.array([[0.5, 0.3], [0.3, 0.4]])
NUM_STEPS, NUM_EPOCHS = 400, 5
BATCH_SIZE = 128


@pytest.fixture(scope="module")
def gaussian_data():
    random = np.random.default_rng(0)
    num_points = NUM_STEPS * BATCH_SIZE // NUM_EPOCHS
    points = random.multivariate_normal(MEAN, COVARIANCE, size=num_points)
    return points.astype("float32")


def affine_generator():
    """G(z) = A z + b, so that p_g = N(b, A A^T); it begins as the standard normal."""
    return keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="identity")]
    )


def small_discriminator():
    dense = [
        keras.layers.Dense(
            units,
            activation,
            kernel_initializer=keras.initializers.GlorotUniform(seed=units),
        )
        for units, activation in ((32, "tanh"), (31, "tanh"), (1, None))
    ]
    return keras.Sequential([keras.Input((2,)), *dense])


def distance_to_data(generator):
    """Wasserstein-2 distance of two Gaussians, in closed form:

    |b - mean|^2 + trace(S + C - 2 (C^(1/2) S C^(1/2))^(1/2)), squared.
    """
    kernel, mean = (w.numpy().astype("float64") for w in generator.trainable_variables)
    covariance, root = kernel.T @ kernel, sqrtm(COVARIANCE)
    cross = sqrtm(root @ covariance @ root).real
    spread = np.trace(covariance + COVARIANCE - 2 * cross)
    return np.sqrt(np.sum((mean - MEAN) ** 2) + spread)


OBJECTIVES = [*sorted(kg.objectives._BY_NAME), LeastSquares(-1.0, 1.0, 0.0)]
GAMES = [
    *((objective, {}) for objective in OBJECTIVES),
    ("non_saturating", {"simultaneous": True}),
    ("relativistic_pairing", {"simultaneous": True, "fused_discriminator": True}),
    ("wasserstein", {"discriminator_constraint": kg.constraints.WeightClipping(0.2)}),
]


def name_of(value):
    if isinstance(value, dict):
        return "-".join(value) or "plain"
    return value if isinstance(value, str) else "pearson"


def test_the_distance_is_that_of_two_gaussians():
    # b = 0 and S = 1: |mean|^2 + trace(1 + C - 2 C^(1/2)).
    roots = np.sqrt(np.linalg.eigvalsh(COVARIANCE))
    expected = np.sqrt(np.sum(MEAN**2) + np.sum((1 - roots) ** 2))
    np.testing.assert_allclose(distance_to_data(affine_generator()), expected)


@pytest.mark.one_in(10)
@pytest.mark.parametrize(("objective", "rules"), GAMES, ids=name_of)
def test_every_objective_moves_a_gaussian_to_the_data(objective, rules, gaussian_data):
    gan = kg.GAN(affine_generator(), small_discriminator(), kg.priors.NormalPrior(2))
    is_bounded = objective != "wasserstein" or "discriminator_constraint" in rules
    gan.compile(
        keras.optimizers.Adam(5e-3, beta_1=0.5),
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        objective=objective,
        terms=[] if is_bounded else [kg.terms.GradientPenalty(1.0)],
        steps_per_execution=NUM_STEPS // NUM_EPOCHS,
        **rules,
    )
    before = distance_to_data(gan.generator)
    gan.fit(gaussian_data, batch_size=BATCH_SIZE, epochs=NUM_EPOCHS, verbose=0)
    assert gan.train_steps == NUM_STEPS
    assert distance_to_data(gan.generator) < before / 3


# ------------------------------------------- the generator's gradient at the optimal D

# p_r = N(0, 1), p_g = N(mu, 1), x = mu + e. Evaluated in NumPy from the closed forms
# mu E[D*], mu E[1 - D*] and mu E[D* (1 - D*)^2] with D*(x) = sigmoid(mu^2/2 - mu x);
# the Jensen-Shannon divergence in nats.
OPTIMA = [
    (0.5, 0.2352635, 0.264736, 0.0619331, 0.030311),
    (1.0, 0.3979729, 0.602027, 0.1144374, 0.111421),
    (2.0, 0.4495995, 1.550400, 0.1456609, 0.336831),
    (3.0, 0.2958638, 2.704136, 0.1015251, 0.526777),
    (4.0, 0.1371948, 3.862805, 0.0485142, 0.632720),
    (5.0, 0.0473796, 4.952620, 0.0170472, 0.675943),
    (6.0, 0.0124532, 5.987547, 0.0045293, 0.689298),
    (8.0, 3.92875e-4, 7.999607, 1.446294e-4, 0.693054),
]
ROUNDING = {"rtol": 2e-6, "atol": 5e-8}  # half of the last digit above
# The trapezoidal rule is exact to rounding for such tails at this distance of nodes.
NODES = np.linspace(-12.0, 12.0, 4801)
WEIGHTS = norm.pdf(NODES) * (NODES[1] - NODES[0])


def slopes_of_generator_loss(objective, logits):
    """d loss / d logit at each logit: losses are means over the batch."""
    logits = tf.constant(logits[:, np.newaxis], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = objective.generator_loss(logits)
    return len(logits) * tape.gradient(loss, logits).numpy()[:, 0]


def optimal_logits(mean, variance=1.0):
    """log p_r / p_g at x = mean + sqrt(variance) e, and its slope in x."""
    x = mean + np.sqrt(variance) * NODES
    return (mean**2 / 2 - mean * x) / variance, -mean / variance


def gradient_at_optimum(objective, mean, variance=1.0):
    """d / d mu E[loss(D*(mu + e))] with D* held fixed."""
    logits, slope = optimal_logits(mean, variance)
    return np.sum(WEIGHTS * slopes_of_generator_loss(objective, logits)) * slope


@pytest.mark.parametrize(("mean", "saturating", "non_saturating", "_ls", "_js"), OPTIMA)
def test_cross_entropy_gradients_at_the_optimal_discriminator(
    mean, saturating, non_saturating, _ls, _js
):
    received = gradient_at_optimum(Minimax(), mean)
    np.testing.assert_allclose(received, saturating, **ROUNDING)
    other = gradient_at_optimum(NonSaturating(), mean)
    np.testing.assert_allclose(other, non_saturating, **ROUNDING)
    np.testing.assert_allclose(received + other, mean, rtol=1e-9)


@pytest.mark.parametrize(("mean", "_s", "_ns", "expected", "_js"), OPTIMA)
def test_least_squares_gradient_at_the_optimal_discriminator(
    mean, _s, _ns, expected, _js
):
    logits, slope = optimal_logits(mean)
    optimum = expit(logits)  # least squares regress on codes 0 and 1
    by_output = slopes_of_generator_loss(LeastSquares(), optimum)
    by_x = by_output * optimum * (1 - optimum) * slope
    np.testing.assert_allclose(np.sum(WEIGHTS * by_x), expected, **ROUNDING)


@pytest.mark.parametrize("mean", [0.5, 8.0])
def test_the_wasserstein_gradient_is_1_at_any_distance(mean):
    critic = -(mean + NODES)  # the steepest 1-Lipschitz function towards the data
    by_output = slopes_of_generator_loss(Wasserstein(), critic)
    np.testing.assert_allclose(np.sum(WEIGHTS * by_output) * -1.0, 1.0, rtol=1e-9)


@pytest.mark.parametrize(("mean", "_s", "_ns", "_ls", "divergence"), OPTIMA)
@pytest.mark.parametrize("objective", [Minimax(), NonSaturating()], ids=["mm", "ns"])
def test_the_optimal_loss_is_the_jensen_shannon_divergence(
    objective, mean, _s, _ns, _ls, divergence
):
    # Goodfellow et al. 2014, Theorem 1: max V = -log 4 + 2 JSD, and d_loss = -V.
    fake, _ = optimal_logits(mean)
    real = -fake[::-1]  # by symmetry: data at e are as generated points at -e
    pairs = tf.constant(np.stack([real, fake], axis=1))
    losses = tf.vectorized_map(
        lambda pair: objective.discriminator_loss(pair[:1, None], pair[1:, None]), pairs
    )
    received = np.log(2) - np.sum(WEIGHTS * losses.numpy()) / 2
    np.testing.assert_allclose(received, divergence, atol=1e-6)


@pytest.mark.parametrize(
    ("stddev", "expected"),
    [(0.0, 0.0473796), (1.0, 0.1441048), (2.0, 0.1890792), (5.0, 0.0771625)],
)
def test_instance_noise_brings_the_saturating_gradient_back(stddev, expected):
    # mu = 5, both variances 1 + stddev^2; the same source as `OPTIMA`.
    received = gradient_at_optimum(Minimax(), 5.0, 1 + stddev**2)
    np.testing.assert_allclose(received, expected, **ROUNDING)


# ------------------------------------------------------------------ historical averages


def scalar_player(value):
    """A network whose only weight is a scalar."""
    initializer = keras.initializers.Constant(value)
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer=initializer)
    return keras.Sequential([keras.Input((1,)), dense])


def play_for_two_scalars(penalties, rate, num_steps):
    """Distance from (1, 1) after simultaneous descent on V = (f(x) - 1)(y - 1).

    x minimizes, y maximizes; f(x) = x below 0 and x^2 above.
    """
    players = scalar_player(0.5), scalar_player(0.0)
    x, y = (player.layers[-1].kernel.value for player in players)
    for penalty in penalties:
        penalty.bind(*players)

    def losses():
        value = (tf.where(x < 0, x, x**2) - 1) * (y - 1)
        terms = {"generator": value, "discriminator": -value}
        for penalty in penalties:
            terms[penalty.player] += value_of(penalty)
        return terms["generator"], terms["discriminator"]

    @tf.function(jit_compile=True)
    def play():
        for _ in tf.range(num_steps):
            with tf.GradientTape(persistent=True) as tape:
                x_loss, y_loss = losses()
            x_step, y_step = tape.gradient(x_loss, x), tape.gradient(y_loss, y)
            x.assign_sub(rate * x_step)
            y.assign_sub(rate * y_step)

    play()
    return np.hypot(x.numpy().item() - 1, y.numpy().item() - 1)


def test_historical_averaging_ends_the_circles_of_two_scalars():
    # Salimans et al. 2016, section 3.3. Simulated in NumPy over 400 / rate steps: the
    # distance falls to 9e-5 with weight 0.1; without it the players leave for good.
    averaging = [
        kg.terms.HistoricalAveraging(0.1, player=player)
        for player in ("discriminator", "generator")
    ]
    assert play_for_two_scalars(averaging, 0.01, 40_000) < 1e-3
    assert not play_for_two_scalars([], 0.01, 40_000) < 1.0
