import math

import numpy as np
import pytest
import scipy.integrate
import scipy.spatial.distance
import scipy.special
import scipy.stats
from scipy.stats import norm
from tensorflow_probability import distributions as tfd

import keras_gan as kg
from keras_gan.divergences import (
    game_value,
    js_divergence,
    kl_divergence,
    optimal_discriminator,
    optimal_value,
    sliced_wasserstein,
    total_variation,
    transport,
    wasserstein_1,
)

LOG_2 = math.log(2)
DIVERGENCES = [kl_divergence, js_divergence, total_variation, wasserstein_1]
ANY_PAIR = [*DIVERGENCES, game_value, optimal_discriminator, optimal_value]


def normal(mean, stddev=1.0):
    return tfd.Normal(np.float64(mean), np.float64(stddev))


def uniform(low, high):
    return tfd.Uniform(np.float64(low), np.float64(high))


def cauchy(location):
    return tfd.Cauchy(np.float64(location), np.float64(1.0))


def mixture(means, stddev, weights=None):
    means = np.array(means, dtype="float64")
    weights = np.full(len(means), 1 / len(means)) if weights is None else weights
    return tfd.MixtureSameFamily(
        tfd.Categorical(probs=np.array(weights, dtype="float64")),
        tfd.Normal(means, np.full(len(means), float(stddev))),
    )


def random_probabilities(num, seed):
    random = np.random.default_rng(seed)
    return random.dirichlet(np.full(num, 0.5))


# Tails that have no end, and tails that do


def student(df, location=0.0, dtype="float64"):
    return tfd.StudentT(np.dtype(dtype).type(df), np.dtype(dtype).type(location), 1.0)


LAPLACE = tfd.Laplace(np.float64(0), np.float64(1))


@pytest.mark.exhaustive
@pytest.mark.parametrize("q", [normal(0), normal(3, 2.0), LAPLACE, student(5.0)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_cauchy_distribution_is_infinitely_far(q, dtype):
    p = tfd.Cauchy(np.dtype(dtype).type(0), np.dtype(dtype).type(1))
    assert wasserstein_1(p, q) == wasserstein_1(q, p) == math.inf
    # log(p / q) grows as r^2, r or log r, and p falls as 1 / r^2.
    assert math.isinf(kl_divergence(p, q)) == (not isinstance(q, tfd.StudentT))
    for measure in (js_divergence, total_variation):
        assert 0 < measure(p, q) < 1
    assert 0 < kl_divergence(q, p) < 2


@pytest.mark.exhaustive
def test_heavy_tails_that_fall_are_integrated():
    half = tfd.HalfCauchy(np.float64(0), np.float64(1))
    assert wasserstein_1(half, tfd.HalfNormal(np.float64(1))) == math.inf
    # E|x| of t(1.5), the distance from all mass near 0: SciPy's.
    expected = scipy.stats.t(1.5).expect(abs)
    near_0 = normal(0, 1e-6)
    assert wasserstein_1(student(1.5), near_0) == pytest.approx(expected, rel=1e-5)
    # KL of Cauchy distributions is log(1 + d^2 / 4) (Chyzak, Nielsen 2019).
    assert kl_divergence(cauchy(0), cauchy(3)) == pytest.approx(math.log(3.25), 1e-5)
    assert math.isfinite(kl_divergence(student(2.5), normal(0)))
    assert kl_divergence(student(1.9), normal(0)) == math.inf
    assert math.isfinite(kl_divergence(cauchy(0), normal(0), support=(-9e3, 9e3)))


def mean_distance_from_0(df):
    """E|x| of Student's t."""
    gammas = scipy.special.gammaln([(df + 1) / 2, df / 2])
    return 2 * math.sqrt(df / math.pi) / (df - 1) * math.exp(gammas[0] - gammas[1])


@pytest.mark.parametrize(("dtype", "precision"), [("float64", 1e-5), ("float32", 1e-2)])
@pytest.mark.parametrize("df", [3.0, 2.5, 2.1, 2.01])
def test_tails_that_the_mass_leaves_out_count(df, dtype, precision):
    # E x^2 of t is df / (df - 2): most of it where almost no mass is.
    expected = -scipy.stats.t(df).entropy() + 0.5 * math.log(2 * math.pi)
    expected += 0.5 * df / (df - 2)
    q = tfd.Normal(np.dtype(dtype).type(0), np.dtype(dtype).type(1))
    kl = kl_divergence(student(df, dtype=dtype), q)
    assert kl == pytest.approx(expected, rel=precision)


@pytest.mark.exhaustive
def test_tails_of_distances_count():
    df = 1.02
    expected = -scipy.stats.t(df).entropy() + math.log(2) + mean_distance_from_0(df)
    assert kl_divergence(student(df), LAPLACE) == pytest.approx(expected, rel=1e-4)
    for df in (1.5, 1.05):  # t and 2 t are E|t| apart
        twice = tfd.StudentT(np.float64(df), np.float64(0), np.float64(2))
        expected = mean_distance_from_0(df)
        assert wasserstein_1(student(df), twice) == pytest.approx(expected, rel=1e-4)


def test_a_divergence_without_end_is_infinite():
    # E x^4 of t has no end up to df = 4, whose standard deviation is finite.
    steep = tfd.GeneralizedNormal(*np.float64([0, 1, 4]))
    assert kl_divergence(student(3.0), steep) == math.inf
    assert kl_divergence(student(4.0), steep) == math.inf
    assert math.isfinite(kl_divergence(student(4.5), steep))
    # -log q grows as 1 / x towards 0, where p has mass.
    inverse = tfd.InverseGamma(*np.float64([3, 1]))
    for p in (tfd.Exponential(np.float64(1)), tfd.Uniform(*np.float64([0, 1]))):
        assert kl_divergence(p, inverse) == math.inf
    # As a root it has an end: KL(U, Beta(1/2, 1)) = E log 2 sqrt(x) = log 2 - 1/2.
    root = tfd.Beta(*np.float64([0.5, 1]))
    uniform = tfd.Uniform(*np.float64([0, 1]))
    kl = kl_divergence(uniform, root)
    assert kl == pytest.approx(math.log(2) - 0.5, abs=1e-6)


# Arrays of probabilities


@pytest.mark.parametrize("num", [1, 2, 7, 300])
def test_arrays_equal_scipy(num):
    p, q = random_probabilities(num, seed=1), random_probabilities(num, seed=2)
    positions = np.random.default_rng(3).normal(size=num)
    near = pytest.approx
    assert kl_divergence(p, q) == near(scipy.stats.entropy(p, q), rel=1e-9)
    jensen_shannon = scipy.spatial.distance.jensenshannon(p, q) ** 2
    assert js_divergence(p, q) == near(jensen_shannon, rel=1e-9, abs=1e-15)
    assert total_variation(p, q) == near(np.abs(p - q).sum() / 2, rel=1e-12)
    by_scipy = scipy.stats.wasserstein_distance(positions, positions, p, q)
    assert wasserstein_1(p, q, positions) == near(by_scipy, rel=1e-9)
    # The definition: the area between the distribution functions.
    area = np.abs(np.cumsum(p - q))[:-1].sum()
    assert wasserstein_1(p, q) == near(area, rel=1e-9, abs=1e-15)


def test_piles_are_moved_by_the_work_in_their_units():
    # Pile 3 takes 2 from pile 1, two steps away, and 1 from pile 4: 4 + 1.
    assert wasserstein_1([3, 2, 1, 4], [1, 2, 4, 3]) == pytest.approx(5)
    doubled = wasserstein_1([6, 4, 2, 8], [2, 4, 8, 6], positions=[0, 10, 20, 30])
    assert doubled == pytest.approx(100)


def test_positions_need_not_be_sorted():
    p, q = random_probabilities(9, seed=1), random_probabilities(9, seed=2)
    positions = np.random.default_rng(3).normal(size=9)
    order = np.argsort(positions)
    assert wasserstein_1(p, q, positions) == pytest.approx(
        wasserstein_1(p[order], q[order], positions[order])
    )


def test_disjoint_arrays():
    p, q = [0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 0.75]
    assert kl_divergence(p, q) == kl_divergence(q, p) == math.inf
    assert js_divergence(p, q) == pytest.approx(LOG_2)
    assert total_variation(p, q) == 1
    assert optimal_value(p, q) == pytest.approx(0, abs=1e-15)


def test_kl_is_finite_where_only_p_is_zero():
    assert kl_divergence([0.0, 1.0], [0.5, 0.5]) == pytest.approx(LOG_2)


@pytest.mark.parametrize("divergence", DIVERGENCES)
def test_nothing_lies_between_equals(divergence):
    p = random_probabilities(50, seed=1)
    narrow = mixture([-1, 1], 1e-3)
    for distribution in (p, normal(1.0), narrow):
        assert 0 <= divergence(distribution, distribution) < 1e-15


def test_probabilities_in_float32_and_integers_will_do():
    p = random_probabilities(1000, seed=1).astype("float32")
    q = random_probabilities(1000, seed=2)
    assert kl_divergence(p, q) == pytest.approx(scipy.stats.entropy(p, q), abs=1e-4)
    assert total_variation([0, 1], [1, 0]) == 1


# Densities: closed forms


@pytest.mark.parametrize(
    ("p", "q"),
    [((0, 1), (2, 1)), ((1, 0.5), (-2, 3)), ((0, 1e-3), (1, 2)), ((-50, 1), (50, 1))],
)
def test_kl_between_gaussians(p, q):
    (mean_p, stddev_p), (mean_q, stddev_q) = p, q
    expected = (
        math.log(stddev_q / stddev_p)
        + (stddev_p**2 + (mean_p - mean_q) ** 2) / (2 * stddev_q**2)
        - 0.5
    )
    assert kl_divergence(normal(*p), normal(*q)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("delta", [0.01, 0.5, 2.0, 30.0, 1e5])
def test_shifted_gaussians(delta):
    p, q = normal(0.0, 2.0), normal(2 * delta, 2.0)
    expected = 2 * norm.cdf(delta / 2) - 1
    assert total_variation(p, q) == pytest.approx(expected, abs=1e-9)
    assert wasserstein_1(p, q) == pytest.approx(2 * delta, rel=1e-9)


def test_wasserstein_of_concentric_gaussians():
    # |F^-1 - G^-1| = 2 |z| on average: 2 sqrt(2 / pi).
    distance = wasserstein_1(normal(3.0, 1.0), normal(3.0, 3.0))
    assert distance == pytest.approx(2 * math.sqrt(2 / math.pi), rel=1e-9)


@pytest.mark.parametrize("scale", [1e-7, 1.0, 1e7])
def test_wasserstein_keeps_its_digits_in_any_unit(scale):
    distance = wasserstein_1(normal(0.0, scale), normal(0.3 * scale, 2 * scale))
    unit = wasserstein_1(normal(0.0, 1.0), normal(0.3, 2.0))
    assert distance == pytest.approx(scale * unit, rel=1e-8, abs=0)


@pytest.mark.parametrize(
    ("mean", "expected"),
    # The reference's table for N(0, 1) and N(mean, 1), to six digits.
    [
        (0.5, 0.030311),
        (1, 0.111421),
        (2, 0.336831),
        (3, 0.526777),
        (4, 0.632720),
        (5, 0.675943),
        (6, 0.689298),
        (8, 0.693054),
    ],
)
def test_js_between_shifted_gaussians_is_the_tabled_one(mean, expected):
    p, q = normal(0.0), normal(mean)
    divergence = js_divergence(p, q)
    assert divergence == pytest.approx(expected, abs=6e-7)
    assert divergence == pytest.approx(js_divergence(q, p), abs=1e-12)

    def integrand(x):  # with r = q / p: of p log(2 / (1 + r)), then of its mirror image
        return norm.pdf(x) * (LOG_2 - np.logaddexp(0, mean * x - mean**2 / 2))

    by_scipy, _ = scipy.integrate.quad(
        integrand, -12, 12, epsabs=1e-12, points=[0, mean / 2], limit=200
    )
    assert divergence == pytest.approx(by_scipy, abs=1e-9)


def test_far_apart_gaussians_whose_densities_underflow():
    p, q = normal(0.0), normal(1e6)
    assert js_divergence(p, q) == pytest.approx(LOG_2, abs=1e-9)
    assert total_variation(p, q) == pytest.approx(1, abs=1e-9)
    assert kl_divergence(p, q) == pytest.approx(5e11, rel=1e-9)


def test_mixtures_of_narrow_gaussians():
    # 25 modes against 13 of them: on each, q is 25/13 of p; elsewhere q is nothing.
    means = np.linspace(-4, 4, 25)
    p, q = mixture(means, 0.001), mixture(means[:13], 0.001)
    assert kl_divergence(q, p) == pytest.approx(math.log(25 / 13), abs=1e-6)
    assert total_variation(p, q) == pytest.approx(12 / 25, abs=1e-6)
    of_modes = js_divergence(np.full(25, 1 / 25), np.r_[np.full(13, 1 / 13), [0] * 12])
    assert js_divergence(p, q) == pytest.approx(of_modes, abs=1e-6)
    # Mass is moved between the modes as if they were points.
    shift = wasserstein_1(p, mixture(means + 0.01, 0.001))
    assert shift == pytest.approx(0.01, rel=1e-6)


def test_a_rare_mode_far_out_is_found():
    weights = np.array([1 - 1e-5, 1e-5])
    p = mixture([0, 1e5], 1e-3, weights)
    q = mixture([0, 1e5], 1e-3, [0.5, 0.5])
    expected = scipy.stats.entropy(weights, [0.5, 0.5])
    assert kl_divergence(p, q) == pytest.approx(expected, abs=1e-6)


def test_supports_with_ends():
    half = uniform(0.0, 0.5)
    assert kl_divergence(half, uniform(0.0, 1.0)) == pytest.approx(LOG_2)
    assert kl_divergence(uniform(0.0, 1.0), half) == math.inf
    assert total_variation(uniform(0, 1), uniform(0.3, 1.3)) == pytest.approx(0.3)
    apart = uniform(0.0, 1.0), uniform(3.0, 4.0)
    assert js_divergence(*apart) == pytest.approx(LOG_2)
    assert total_variation(*apart) == pytest.approx(1)
    assert kl_divergence(*apart) == math.inf
    assert wasserstein_1(*apart) == pytest.approx(3)
    beta = tfd.Beta(np.float64(0.5), np.float64(0.5))  # infinite at both ends
    arcsine_entropy = scipy.stats.beta(0.5, 0.5).entropy()
    assert kl_divergence(beta, uniform(0, 1)) == pytest.approx(
        -arcsine_entropy, abs=1e-6
    )


def test_what_tfp_says_outside_a_support_does_not_count():
    exponential = tfd.Exponential(np.float64(1.0))
    assert exponential.log_prob(np.float64(-3.0)) > 0  # of a point it never draws
    expected = 0.5 * math.log(2 * math.pi)  # -entropy + E[x^2] / 2
    assert kl_divergence(exponential, normal(0.0)) == pytest.approx(expected, abs=1e-7)
    assert optimal_discriminator(exponential, normal(0.0))([-3.0]) == 0
    gamma = tfd.Gamma(np.float64(2.0), np.float64(1.0))  # NaN below 0
    assert wasserstein_1(gamma, exponential) == pytest.approx(1, rel=1e-8)


def test_heavy_tails():
    # log(((1 + 1)^2 + 1) / 4), Chyzak and Nielsen, 2019.
    kl = kl_divergence(cauchy(0.0), cauchy(1.0))
    assert kl == pytest.approx(math.log(5 / 4), abs=1e-7)
    assert wasserstein_1(cauchy(0.0), cauchy(1.0)) == pytest.approx(1, rel=1e-6)


def test_distributions_in_float32_keep_their_digits():
    p, q = tfd.Normal(5.0, 0.01), tfd.Normal(5.02, 0.01)
    assert kl_divergence(p, q) == pytest.approx(2, abs=1e-5)
    assert wasserstein_1(p, q) == pytest.approx(0.02, rel=1e-4)


def test_support_can_be_given_and_must_hold_the_mass():
    p, q = tfd.VonMises(*np.float64([0, 2])), tfd.VonMises(*np.float64([1, 2]))
    # kappa A(kappa) (1 - cos(difference)), A the ratio of Bessel functions.
    ratio = scipy.special.i1(2) / scipy.special.i0(2)
    expected = 2 * ratio * (1 - math.cos(1))
    whole_turn = (-math.pi, math.pi)
    assert kl_divergence(p, q, support=whole_turn) == pytest.approx(expected, abs=1e-9)
    with pytest.raises(ValueError, match="`p` must integrate to 1.*Give `support`"):
        kl_divergence(p, q)
    with pytest.raises(ValueError, match=r"`q` must integrate.*0\.5 over \(-12, 12\)"):
        js_divergence(normal(0.0), normal(12.0), support=(-12, 12))


def test_support_is_asked_for_where_nothing_tells_it():
    pareto = tfd.Pareto(np.float64(1.5), np.float64(1.0))  # no stddev, no quantiles
    with pytest.raises(ValueError, match="`support`=.* is needed: `q`"):
        js_divergence(normal(0.0), pareto)
    mass = pareto.cdf(np.float64(1e4)).numpy()
    assert mass > 0.999
    apart = js_divergence(normal(-20.0), pareto, support=(-40, 1e4))
    assert apart == pytest.approx((1 + mass) / 2 * LOG_2, abs=1e-9)


def test_a_distribution_without_cdf_has_divergences_but_no_transport():
    class Triangle(tfd.Triangular):
        def _cdf(self, x):
            raise NotImplementedError

        def _survival_function(self, x):
            raise NotImplementedError

    triangle = Triangle(*np.float64([0, 1, 0.5]))
    # Where the density exceeds 1, the excess is a triangle, 1 high and 1/2 wide.
    assert total_variation(triangle, uniform(0, 1)) == pytest.approx(0.25, abs=1e-9)
    with pytest.raises(ValueError, match="`p` and `q` must be .* that have a `cdf`"):
        wasserstein_1(triangle, uniform(0, 1))


def test_discrete_distributions_of_tfp_are_turned_away():
    with pytest.raises(TypeError, match="`p` must be a continuous.*as an array"):
        kl_divergence(tfd.Categorical(probs=[0.5, 0.5]), normal(0.0))
    with pytest.raises(ValueError, match="does not settle.*must be continuous"):
        kl_divergence(tfd.Poisson(np.float64(3)), tfd.Poisson(np.float64(2)))


# The game


def test_best_discriminator_of_arrays():
    answers = optimal_discriminator(
        data=[0.5, 0.25, 0.25, 0.0, 0.0], model=[0.0, 0.25, 0.5, 0.25, 0.0]
    )
    assert answers.tolist() == pytest.approx([1, 1 / 2, 1 / 3, 0, 1 / 2])


def test_best_discriminator_of_gaussians_is_a_sigmoid():
    discriminator = optimal_discriminator(data=normal(0.0), model=normal(5.0))
    x = np.linspace(-1000, 1000, 24).reshape(4, 6)
    expected = scipy.special.expit(12.5 - 5 * x)
    np.testing.assert_allclose(discriminator(x), expected, rtol=1e-9)
    nowhere = optimal_discriminator(uniform(0, 1), uniform(2, 3))
    assert nowhere([0.5, 1.5, 2.5]).tolist() == [1, 0.5, 0]


def test_value_at_the_best_discriminator():
    data, model = random_probabilities(20, seed=1), random_probabilities(20, seed=2)
    value = game_value(data, model)
    assert value == pytest.approx(-math.log(4) + 2 * js_divergence(data, model))
    best = optimal_discriminator(data, model)
    by_hand = np.sum(data * np.log(best) + model * np.log(1 - best))
    assert value == pytest.approx(by_hand, rel=1e-9)
    assert value == pytest.approx(game_value(data, model, best), rel=1e-9)
    assert value == pytest.approx(optimal_value(data, model), rel=1e-9)


def test_value_at_the_best_discriminator_of_densities():
    data, model = mixture([-1, 1], 0.1), normal(0.0, 1.0)
    value = optimal_value(data, model)
    best = optimal_discriminator(data, model)
    assert value == pytest.approx(game_value(data, model), abs=1e-9)
    assert value == pytest.approx(game_value(data, model, best), abs=1e-9)
    # An estimate from samples; the standard error is below 0.005.
    real = data.sample(20_000, seed=1).numpy()
    fake = model.sample(20_000, seed=2).numpy()
    estimate = np.log(best(real)).mean() + np.log1p(-best(fake)).mean()
    assert value == pytest.approx(estimate, abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_any_other_discriminator_is_worth_less(seed):
    random = np.random.default_rng(seed)
    data, model = random.dirichlet(np.ones(10)), random.dirichlet(np.ones(10))
    best = optimal_discriminator(data, model)
    moved = np.clip(best + 0.05 * random.normal(size=10), 0.01, 0.99)
    assert game_value(data, model, moved) < game_value(data, model) - 1e-6

    def weaker(x):
        return scipy.special.expit(0.9 * (2 - 2 * x))

    densities = normal(0.0), normal(2.0)
    assert game_value(*densities, weaker) < game_value(*densities) - 1e-6


def test_the_value_is_least_only_where_the_model_is_the_data():
    data = random_probabilities(10, seed=1)
    assert optimal_value(data, data) == pytest.approx(-math.log(4), abs=1e-15)
    assert optimal_value(normal(0.0), normal(0.0)) == pytest.approx(-math.log(4))
    assert optimal_value(data, data[::-1]) > -math.log(4) + 1e-3
    assert optimal_value(normal(0.0), normal(0.1)) > -math.log(4) + 1e-3
    assert optimal_value(normal(0.0), normal(1e3)) == pytest.approx(0, abs=1e-9)


def test_a_coin_is_worth_minus_log_4_against_anyone():
    p, q = random_probabilities(10, seed=1), random_probabilities(10, seed=2)
    assert game_value(p, q, np.full(10, 0.5)) == pytest.approx(-math.log(4))
    value = game_value(normal(0.0), normal(7.0), lambda x: np.full((len(x), 1), 0.5))
    assert value == pytest.approx(-math.log(4), abs=1e-9)


def test_being_certain_and_wrong_costs_everything():
    assert game_value([0.5, 0.5], [0.5, 0.5], [1.0, 0.5]) == -math.inf
    assert game_value([1.0, 0.0], [0.0, 1.0], [1.0, 0.0]) == 0
    always_real = game_value(normal(0.0), normal(1.0), lambda x: np.ones_like(x))
    assert always_real == -math.inf


def test_a_discriminator_that_rounds_to_float32_or_jumps():
    data, model = normal(0.0), normal(1.0)
    best = optimal_discriminator(data, model)
    coarse = game_value(data, model, lambda x: best(x).astype("float32"))
    assert coarse == pytest.approx(optimal_value(data, model), abs=1e-6)
    jump = game_value(data, model, lambda x: np.where(x < 0.3, 0.75, 0.25))
    right = norm.cdf(0.3) + norm.sf(0.3 - 1.0)
    expected = right * math.log(0.75) + (2 - right) * math.log(0.25)
    assert jump == pytest.approx(expected, abs=1e-9)


# Sets of points


def test_sliced_distance_on_the_line_is_the_distance():
    random = np.random.default_rng(1)
    x, y = random.normal(size=(70, 1)), random.gamma(2.0, size=(45, 1))
    distance = sliced_wasserstein(x, y, num_projections=3)
    by_scipy = scipy.stats.wasserstein_distance(x[:, 0], y[:, 0])
    assert distance == pytest.approx(by_scipy, rel=1e-9)


def test_order_2_on_the_line_is_that_of_sorted_pairs():
    random = np.random.default_rng(1)
    x, y = random.normal(size=(60, 1)), random.gamma(2.0, size=(60, 1))
    paired = np.sqrt(np.mean((np.sort(x, axis=0) - np.sort(y, axis=0)) ** 2))
    assert sliced_wasserstein(x, y, 2, order=2) == pytest.approx(paired, rel=1e-9)
    # Points that are repeated leave the distribution, and so the distance, alone.
    repeated = sliced_wasserstein(np.repeat(x, 3, axis=0), y, 2, order=2)
    assert repeated == pytest.approx(paired, rel=1e-9)


@pytest.mark.parametrize(("num_x", "num_y"), [(40, 40), (40, 24), (1, 50)])
def test_sliced_distance_is_the_mean_over_directions(num_x, num_y):
    random = np.random.default_rng(2)
    x, y = random.normal(size=(num_x, 3)), random.normal(1.0, size=(num_y, 3))
    directions = np.random.default_rng(7).standard_normal((20, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    expected = np.mean(
        [scipy.stats.wasserstein_distance(x @ t, y @ t) for t in directions]
    )
    distance = sliced_wasserstein(x, y, num_projections=20, seed=7)
    assert distance == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("dim", [2, 3, 10])
def test_shifted_copies(dim):
    # E|<t, v>| = norm(v) Gamma(d / 2) / (sqrt(pi) Gamma((d + 1) / 2)), and
    # E<t, v>^2 = norm(v)^2 / d, over the sphere in d dimensions.
    points = np.random.default_rng(3).normal(size=(30, dim))
    shifted, num = points + 2.0, 20_000
    length = 2.0 * math.sqrt(dim)
    log_mean = math.lgamma(dim / 2) - math.lgamma((dim + 1) / 2)
    mean = length * math.exp(log_mean) / math.sqrt(math.pi)
    standard_error = math.sqrt((length**2 / dim - mean**2) / num)
    first = sliced_wasserstein(points, shifted, num_projections=num, seed=1)
    assert abs(first - mean) < 5 * standard_error
    second = sliced_wasserstein(points, shifted, num_projections=num, order=2, seed=1)
    assert second == pytest.approx(2.0, rel=0.03)
    assert second > first


def test_sliced_distance_is_deterministic_symmetric_and_blind_to_order():
    random = np.random.default_rng(4)
    x, y = random.normal(size=(50, 4)), random.normal(0.5, size=(80, 4))
    distance = sliced_wasserstein(x, y, num_projections=50, seed=3)
    assert sliced_wasserstein(x, y, num_projections=50, seed=3) == distance
    assert sliced_wasserstein(x, y, num_projections=50, seed=4) != distance
    shuffled = sliced_wasserstein(
        random.permutation(y), random.permutation(x), num_projections=50, seed=3
    )
    assert shuffled == pytest.approx(distance, rel=1e-12)
    assert sliced_wasserstein(x, x[::-1], num_projections=50) == pytest.approx(0)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("max_entries", [1, 500, 1300])
def test_chunks_do_not_change_the_distance(monkeypatch, order, max_entries):
    random = np.random.default_rng(5)
    x, y = random.normal(size=(50, 4)), random.normal(0.5, size=(80, 4))
    whole = sliced_wasserstein(x, y, num_projections=25, order=order)
    monkeypatch.setattr(transport, "_MAX_ENTRIES", max_entries)
    chunked = sliced_wasserstein(x, y, num_projections=25, order=order)
    assert chunked == pytest.approx(whole, rel=1e-12)


# Bad input


@pytest.mark.parametrize("function", ANY_PAIR)
@pytest.mark.parametrize(
    ("p", "q", "message"),
    [
        ([0.5, -0.5, 1.0], [0.5, 0.5, 0.0], "`(p|data)` must not be negative.*-0.5"),
        ([0.5, 0.5], [math.nan, 1.0], "`(q|model)` must be finite"),
        ([0.5, 0.5], [0.25, 0.25, 0.5], r"must have the same shape.*\(2,\).*\(3,\)"),
        ([[0.5, 0.5]], [[0.5, 0.5]], "`(p|data)` must have one axis"),
        ([], [], "`(p|data)` must have one axis and at least one entry"),
        (
            tfd.Normal([0.0, 1.0], 1.0),
            tfd.Normal(0.0, 1.0),
            "`(p|data)` must be a distribution on the line.*batch_shape=.2",
        ),
        (
            tfd.Normal(0.0, 1.0),
            tfd.MultivariateNormalDiag([0.0, 0.0]),
            "`(q|model)` must be a distribution on the line.*event_shape=.2",
        ),
    ],
)
def test_bad_pairs_are_named(function, p, q, message):
    with pytest.raises(ValueError, match=message):
        function(p, q)


@pytest.mark.parametrize("function", [f for f in ANY_PAIR if f is not wasserstein_1])
def test_probabilities_must_sum_to_1(function):
    with pytest.raises(ValueError, match="`(q|model)` must sum to 1.*of 4; divide"):
        function([0.5, 0.5], [3, 1])


@pytest.mark.parametrize("function", ANY_PAIR)
@pytest.mark.parametrize(
    "other", [[0.5, 0.5], kg.datasets.ring_of_gaussians()], ids=["array", "mixture"]
)
def test_kinds_do_not_mix(function, other):
    with pytest.raises(TypeError, match="both be arrays of probabilities or both be"):
        function(tfd.Normal(0.0, 1.0), other)


@pytest.mark.parametrize("function", ANY_PAIR)
def test_words_are_no_probabilities(function):
    with pytest.raises(TypeError, match="must be numbers"):
        function(["a", "b"], ["a", "b"])


@pytest.mark.parametrize("function", [*DIVERGENCES, game_value, optimal_value])
@pytest.mark.parametrize("support", [(1.0, 1.0), (0.0, math.inf), (1.0,), 3.0, "ab"])
def test_bad_supports_are_named(function, support):
    with pytest.raises(ValueError, match="argument `support`"):
        function(normal(0.0), normal(1.0), support=support)
    with pytest.raises(ValueError, match="`support`. Expected None with arrays"):
        function([0.5, 0.5], [0.5, 0.5], support=support)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [1, 3]), "`p` and `q` must have one total.*3 and 4; divide"),
        (([0, 0], [0, 0]), "one total, above 0"),
        (([1, 0], [0, 1], [0, 1, 2]), "`positions` and `p` must have the same shape"),
        (([1, 0], [0, 1], [0, math.inf]), "`positions` must be finite"),
        ((normal(0.0), normal(1.0), [0, 1]), "`positions`. Expected None with distr"),
    ],
)
def test_bad_transport_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        wasserstein_1(*arguments)


@pytest.mark.parametrize(
    ("discriminator", "error", "message"),
    [
        ([0.5, 1.5], ValueError, r"probabilities in \[0, 1\].*1.5; take the sigmoid"),
        ([0.5, math.nan], ValueError, "`discriminator` must be finite"),
        ([0.5], ValueError, "`discriminator` and `points` must have the same shape"),
        (lambda x: x, TypeError, "`discriminator` must be an array .* function"),
    ],
)
def test_bad_discriminators_are_named(discriminator, error, message):
    with pytest.raises(error, match=message):
        game_value([0.5, 0.5], [0.25, 0.75], discriminator)


@pytest.mark.parametrize(
    ("discriminator", "error", "message"),
    [
        (lambda x: x, ValueError, r"probabilities in \[0, 1\]"),
        (lambda x: np.full(3, 0.5), ValueError, "must have the same shape"),
        (lambda x: x * math.nan, ValueError, "`discriminator` must be finite"),
        ([0.5, 0.5], TypeError, "`discriminator` must be an array .* function"),
    ],
)
def test_bad_discriminators_of_densities_are_named(discriminator, error, message):
    with pytest.raises(error, match=message):
        game_value(normal(0.0), normal(1.0), discriminator)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": np.zeros(3)}, r"`x` must have the shape \[num, dim\]"),
        ({"y": np.zeros((0, 2))}, "`y`.*at least one point"),
        ({"y": np.zeros((3, 1))}, "points of one dimension"),
        ({"x": np.full((3, 2), math.nan)}, "`x` must be finite"),
        ({"num_projections": 0}, "`num_projections`"),
        ({"order": 3}, "`order`. Expected 1 or 2"),
        ({"order": 1.5}, "`order`"),
        ({"seed": -1}, "`seed`"),
    ],
)
def test_bad_sets_of_points_are_named(arguments, message):
    sets = {"x": np.zeros((3, 2)), "y": np.ones((4, 2))}
    with pytest.raises(ValueError, match=message):
        sliced_wasserstein(**(sets | arguments))
