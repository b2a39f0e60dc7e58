import numpy as np
import pytest
import tensorflow as tf
from numpy_oracles import parzen_log_prob
from sklearn.neighbors import KernelDensity
from tensorflow_probability import distributions as tfd

import keras_gan as kg
from keras_gan.evaluation import (
    TABLE_1_BANDWIDTHS,
    ParzenWindow,
    _kernel_sums,
    bandwidth_scores,
    parzen_log_likelihood,
)
from keras_gan.evaluation.parzen_distribution import ParzenMixture


@pytest.fixture
def points():
    random = np.random.default_rng(11)
    samples = random.uniform(size=(60, 5, 7, 1)).astype("float32")
    x = random.uniform(size=(23, 5, 7, 1)).astype("float32")
    return samples, x


@pytest.mark.parametrize("bandwidth", [0.01, 0.2, 3.0])
def test_log_prob_equals_brute_force_in_float64(points, bandwidth):
    samples, x = points
    log_probs = ParzenWindow(bandwidth).fit(samples).log_prob(x)
    expected = parzen_log_prob(x, samples, bandwidth)
    np.testing.assert_allclose(log_probs, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("bandwidth", "tolerance"), [(0.1, 1e-3), (0.167, 1e-3), (0.01, 0.05)]
)
def test_mean_is_exact_at_the_dimension_of_mnist(bandwidth, tolerance):
    random = np.random.default_rng(2)
    samples = random.uniform(size=(300, 784)).astype("float32")
    x = random.uniform(size=(40, 784)).astype("float32")
    mean = ParzenWindow(bandwidth).fit(samples).log_prob(x).mean()
    assert abs(mean - parzen_log_prob(x, samples, bandwidth).mean()) < tolerance


def test_log_prob_equals_its_tfp_and_sklearn_twins(points):
    samples, x = points
    flat, flat_x = samples.reshape(60, -1), x.reshape(23, -1)
    mixture = tfd.MixtureSameFamily(
        tfd.Categorical(logits=np.zeros(60)),
        tfd.MultivariateNormalDiag(flat.astype("float64"), np.full(35, 0.3)),
    )
    log_probs = ParzenWindow(0.3).fit(samples).log_prob(x)
    np.testing.assert_allclose(
        log_probs, mixture.log_prob(flat_x.astype("float64")), rtol=1e-9
    )
    sklearn_twin = KernelDensity(bandwidth=0.3).fit(flat).score_samples(flat_x)
    np.testing.assert_allclose(log_probs, sklearn_twin, rtol=1e-6)


def test_tiles_do_not_change_the_value(points, monkeypatch):
    samples, x = points
    whole = ParzenWindow(0.2).fit(samples).log_prob(x)
    monkeypatch.setattr(_kernel_sums, "_ROWS", 5)
    monkeypatch.setattr(_kernel_sums, "_CENTRES", 7)
    # The tile sizes are constants of the graph: trace it anew.
    fresh = tf.function(_kernel_sums._log_kernel_means.python_function)
    monkeypatch.setattr(_kernel_sums, "_log_kernel_means", fresh)
    tiled = ParzenWindow(0.2).fit(samples).log_prob(x)
    np.testing.assert_allclose(tiled, whole, rtol=1e-12)


def test_far_points_do_not_underflow():
    parzen = ParzenWindow(0.1).fit(np.zeros((3, 2)))
    expected = -(100**2) / (2 * 0.1**2) - 2 * np.log(0.1 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(parzen.log_prob([[0.0, 100.0]]), [expected], rtol=1e-9)


def test_distribution_is_the_same_density(points):
    samples, x = points
    parzen = ParzenWindow(0.2).fit(samples)
    distribution = parzen.distribution
    assert isinstance(distribution, tfd.Distribution)
    assert distribution.event_shape == [35]
    flat_x = x.reshape(23, -1)
    expected = parzen.log_prob(x)
    np.testing.assert_allclose(distribution.log_prob(flat_x), expected, rtol=1e-6)
    in_graph = tf.function(distribution.log_prob)
    np.testing.assert_allclose(in_graph(flat_x), expected, rtol=1e-6)
    assert distribution.log_prob(flat_x[0]).shape == []


def test_distribution_moments_match_its_samples(points):
    samples, _ = points
    centres = samples.reshape(60, -1)[:, :2].astype("float64")
    mixture = ParzenMixture(centres, 0.4)
    twin = tfd.MixtureSameFamily(
        tfd.Categorical(logits=np.zeros(60)),
        tfd.MultivariateNormalDiag(centres, np.full(2, 0.4, "float64")),
    )
    np.testing.assert_allclose(mixture.mean(), twin.mean(), rtol=1e-6)
    np.testing.assert_allclose(mixture.covariance(), twin.covariance(), rtol=1e-6)
    np.testing.assert_allclose(mixture.variance(), twin.variance(), rtol=1e-6)
    draws = mixture.sample(40_000, seed=3).numpy()
    # Six standard errors of a mean over 40,000 draws.
    bound = 6 * np.sqrt(mixture.variance().numpy().max() / 40_000)
    np.testing.assert_allclose(draws.mean(axis=0), mixture.mean(), atol=bound)
    np.testing.assert_allclose(np.cov(draws.T), mixture.covariance(), atol=2 * bound)


def test_refitting_moves_the_distribution(points):
    parzen = ParzenWindow(1.0).fit(np.zeros((2, 3)))
    before = parzen.distribution.mean()
    after = parzen.fit(np.ones((2, 3))).distribution.mean()
    assert not np.array_equal(before, after)


def test_protocol_of_table_1():
    random = np.random.default_rng(0)
    samples, valid, test = (random.normal(size=(n, 3)) for n in (200, 50, 80))
    estimate = parzen_log_likelihood(samples, valid, test)
    by_hand = [parzen_log_prob(valid, samples, h).mean() for h in TABLE_1_BANDWIDTHS]
    best = TABLE_1_BANDWIDTHS[int(np.argmax(by_hand))]
    values = parzen_log_prob(test, samples, best)
    assert estimate.bandwidth == best
    np.testing.assert_allclose(estimate.valid_means, by_hand, rtol=1e-9)
    np.testing.assert_allclose(estimate.mean, values.mean(), rtol=1e-9)
    # Standard error over test points with ddof 0, as parzen_ll.py of 2014.
    np.testing.assert_allclose(
        estimate.standard_error, values.std(ddof=0) / np.sqrt(80), rtol=1e-9
    )
    assert (estimate.num_samples, estimate.num_valid, estimate.num_test) == (
        200,
        50,
        80,
    )
    np.testing.assert_allclose(bandwidth_scores(samples, valid), by_hand, rtol=1e-9)


def test_the_grid_of_2014():
    published = [0.1, 0.129155, 0.166810, 0.215443, 0.278256]
    published += [0.359381, 0.464159, 0.599484, 0.774264, 1.0]
    np.testing.assert_allclose(TABLE_1_BANDWIDTHS, published, rtol=1e-5)


def test_evaluator_gate(real_data_dir):
    # Real training images must score 241.9 +- 2.3 nats, Sohl-Dickstein et al. 2015,
    # table 2, before any generator's number is believed.
    data = kg.datasets.load_mnist(real_data_dir)
    estimate = parzen_log_likelihood(
        data.train.images[:10_000], data.valid.images[:1_000], data.test.images
    )
    assert 239 < estimate.mean < 246
    np.testing.assert_allclose(estimate.bandwidth, 0.166810, rtol=1e-5)
    assert 1 < estimate.standard_error < 4


def test_a_bandwidth_at_the_edge_of_the_grid_is_reported(points):
    samples, x = points
    with pytest.warns(UserWarning, match="edge of the grid"):
        parzen_log_likelihood(samples, x, x, bandwidths=(5.0, 6.0))


def test_invalid_arguments(points):
    samples, x = points
    with pytest.raises(ValueError, match="`bandwidth`. Expected a positive float"):
        ParzenWindow(-0.2)
    with pytest.raises(ValueError, match="call `fit` first"):
        ParzenWindow(0.2).log_prob(x)
    with pytest.raises(ValueError, match="as many values in a point"):
        ParzenWindow(0.2).fit(samples).log_prob(x[:, :3])
    with pytest.raises(ValueError, match="must be finite"):
        ParzenWindow(0.2).fit(np.full((3, 2), np.nan))
    with pytest.raises(ValueError, match="at least one entry"):
        ParzenWindow(0.2).fit(np.zeros((0, 2)))
    with pytest.raises(ValueError, match="`bandwidths`"):
        parzen_log_likelihood(samples, x, x, bandwidths=())
    with pytest.raises(ValueError, match="`bandwidths`"):
        parzen_log_likelihood(samples, x, x, bandwidths=(0.1, 0.0))
