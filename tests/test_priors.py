import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from keras_gan.priors import NormalPrior, UniformPrior

PRIORS = [
    (UniformPrior(4, low=-2.0, high=3.0), scipy.stats.uniform(-2.0, 5.0)),
    (NormalPrior(4, mean=1.0, stddev=0.5), scipy.stats.norm(1.0, 0.5)),
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
