import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf

import keras_gan.priors
from keras_gan.priors import (
    EmpiricalPrior,
    GaussianMixturePrior,
    NormalPrior,
    SphericalPrior,
    TruncatedNormalPrior,
    UniformPrior,
)

PRIORS = [
    (UniformPrior(4, low=-2.0, high=3.0), scipy.stats.uniform(-2.0, 5.0)),
    (NormalPrior(4, mean=1.0, stddev=0.5), scipy.stats.norm(1.0, 0.5)),
    (TruncatedNormalPrior(4, bound=2.5), scipy.stats.truncnorm(-2.5, 2.5)),
]


@pytest.mark.parametrize(("prior", "oracle"), PRIORS)
def test_samples_follow_the_distribution(prior, oracle):
    values = prior.sample(5_000, seed=17).numpy().ravel()
    # A right sampler fails once in a million seeds; this seed is fixed.
    assert scipy.stats.kstest(values, oracle.cdf).pvalue > 1e-6
    # And the test can see a shift of 2 % of the standard deviation.
    shifted = values + 0.05 * oracle.std()
    assert scipy.stats.kstest(shifted, oracle.cdf).pvalue < 1e-3


@pytest.mark.parametrize(("prior", "oracle"), PRIORS)
def test_log_prob_is_the_sum_over_coordinates(prior, oracle):
    latents = np.array([[0.1, 1.0, 0.7, 1.6], [0.5, 0.9, 1.1, 2.0]], "float32")
    expected = oracle.logpdf(latents.astype("float64")).sum(axis=1)
    assert prior.distribution.event_shape == [4]
    np.testing.assert_allclose(
        prior.distribution.log_prob(latents), expected, rtol=1e-6
    )


@pytest.mark.parametrize(("prior", "oracle"), PRIORS)
def test_a_seed_gives_the_same_latents_everywhere(prior, oracle):
    # In another process too: tests/test_conformance.py.
    eager = prior.sample(3, seed=5).numpy()
    graph = tf.function(lambda: prior.sample(3, seed=5))
    np.testing.assert_array_equal(graph(), eager)
    np.testing.assert_array_equal(graph(), eager)
    assert not np.array_equal(prior.sample(3, seed=6), eager)


@pytest.mark.parametrize("latent_dim", [0, -1, 2.0, True])
def test_invalid_latent_dim(latent_dim):
    with pytest.raises(ValueError, match="`latent_dim`"):
        NormalPrior(latent_dim)


def test_numpy_integers_are_seeds_too():
    prior = NormalPrior(2)
    np.testing.assert_array_equal(
        prior.sample(3, seed=np.int64(5)), prior.sample(3, seed=5)
    )


def test_a_pair_is_a_seed_as_in_tensorflow():
    prior = NormalPrior(2)
    pair = tf.constant([3, 4], tf.int64)
    np.testing.assert_array_equal(
        prior.sample(3, seed=pair), prior.sample(3, seed=np.array([3, 4]))
    )


def test_invalid_num_samples():
    with pytest.raises(ValueError, match="`num_samples`"):
        NormalPrior(2).sample(0, seed=1)


def test_invalid_bounds():
    with pytest.raises(ValueError, match="`high`"):
        UniformPrior(2, low=1.0, high=1.0)
    with pytest.raises(ValueError, match="`stddev`"):
        NormalPrior(2, stddev=0.0)


# ------------------------------------------------------------------ laws of whole rows

CENTERS = [[0.0, 1.0], [2.0, -1.0], [3.0, 3.0]]
ROWS = [SphericalPrior(3), GaussianMixturePrior(CENTERS, stddev=0.5)]


@pytest.mark.parametrize("bound", [0.5, 2.0, 4.5])
def test_truncated_latents_reach_their_bound_and_not_beyond(bound):
    values = TruncatedNormalPrior(100, bound).sample(5_000, seed=3).numpy()
    oracle = scipy.stats.truncnorm(-bound, bound)
    np.testing.assert_allclose(values.var(), oracle.var(), rtol=0.01)
    assert scipy.stats.kstest(values.ravel(), oracle.cdf).pvalue > 1e-6
    assert oracle.ppf(1 - 1e-4) < values.max() <= bound


def test_the_inverse_error_function_is_scipys():
    x = np.linspace(-1, 1, 20_001)[1:-1].astype("float32")
    x = np.append(x, 1 - 2.0 ** -np.arange(10.0, 21.0, dtype="float32"))
    received = keras_gan.priors._root_2_erfinv(tf.constant(x)).numpy()
    expected = np.sqrt(2) * scipy.special.erfinv(x.astype("float64"))
    np.testing.assert_allclose(received, expected, rtol=2e-6, atol=1e-7)


def test_latents_on_the_sphere_are_uniform():
    latents = SphericalPrior(3).sample(20_000, seed=2).numpy()
    np.testing.assert_allclose(np.linalg.norm(latents, axis=1), 1.0, rtol=1e-6)
    # Archimedes: each coordinate of the sphere in space is uniform on [-1, 1].
    for coordinate in latents.T:
        oracle = scipy.stats.uniform(-1, 2)
        assert scipy.stats.kstest(coordinate, oracle.cdf).pvalue > 1e-6
    # The sphere's area is 4 pi.
    density = SphericalPrior(3).distribution.log_prob(latents[:5])
    np.testing.assert_allclose(density, -np.log(4 * np.pi), rtol=1e-6)


def test_latents_of_a_mixture_have_its_moments_and_density():
    prior = GaussianMixturePrior(CENTERS, stddev=0.5)
    latents = prior.sample(50_000, seed=4).numpy()
    centers = np.array(CENTERS)
    covariance = np.cov(centers.T, ddof=0) + 0.25 * np.eye(2)
    error = 6 * np.sqrt(np.diag(covariance) / len(latents))
    assert np.all(np.abs(latents.mean(axis=0) - centers.mean(axis=0)) < error)
    np.testing.assert_allclose(np.cov(latents.T), covariance, atol=0.05)
    # The components' shares are alike.
    offsets = np.linalg.norm(latents[:, None] - centers, axis=2)
    shares = np.bincount(offsets.argmin(axis=1)) / len(latents)
    np.testing.assert_allclose(shares, 1 / 3, atol=0.02)
    densities = [
        scipy.stats.multivariate_normal(center, 0.25).logpdf(latents[:20])
        for center in centers
    ]
    expected = scipy.special.logsumexp(densities, axis=0) - np.log(3)
    received = prior.distribution.log_prob(latents[:20])
    np.testing.assert_allclose(received, expected, rtol=1e-5)


@pytest.mark.parametrize("prior", ROWS)
def test_a_seed_gives_the_same_rows_everywhere(prior):
    eager = prior.sample(3, seed=5).numpy()
    np.testing.assert_array_equal(tf.function(lambda: prior.sample(3, 5))(), eager)
    assert not np.array_equal(prior.sample(3, seed=6), eager)


def test_arguments_of_these_priors_are_checked():
    with pytest.raises(ValueError, match="`bound`"):
        TruncatedNormalPrior(2, bound=6.0)
    with pytest.raises(ValueError, match="`bound`"):
        TruncatedNormalPrior(2, bound=0.0)
    with pytest.raises(ValueError, match="`latent_dim`"):
        SphericalPrior(1)
    for centers in ([1.0, 2.0], [[1.0, np.inf]], [[]]):
        with pytest.raises(ValueError, match="`centers`"):
            GaussianMixturePrior(centers)
    with pytest.raises(ValueError, match="`stddev`"):
        GaussianMixturePrior(CENTERS, stddev=-1.0)


def test_rows_are_drawn_equally_often_and_keep_their_kind():
    rows = np.arange(12).reshape(4, 3)
    drawn = EmpiricalPrior(rows).sample(4_000, seed=5).numpy()
    assert drawn.dtype == "int32"
    which, counts = np.unique(drawn, axis=0, return_counts=True)
    np.testing.assert_array_equal(which, rows)
    assert scipy.stats.chisquare(counts).pvalue > 1e-3
    halves = EmpiricalPrior(rows / 2)
    np.testing.assert_array_equal(halves.sample(4_000, seed=5), drawn / 2)
    assert EmpiricalPrior([3, 4]).sample(5, seed=0).shape == (5,)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        3.0,
        "ab",
        [[np.nan]],
        [[1.0], [np.inf]],
        None,
        [1e39],
        [2**40],
        [-(2**31) - 1],
    ],
)
def test_rows_that_are_none_are_refused(rows):
    with pytest.raises(ValueError, match="rows"):
        EmpiricalPrior(rows)
