import numpy as np
import pytest
from games import make_tiny_gan

import keras_gan as kg
from keras_gan.evaluation import FeatureMoments, frechet_distance, moments_of

ROWS = np.random.default_rng(4).normal(3.0, 2.0, size=(501, 7)) ** 2


def test_parts_have_the_moments_of_the_whole():
    parts = np.split(ROWS, [1, 20, 333])
    moments = FeatureMoments.combined(map(FeatureMoments.of, parts))
    assert moments.num_rows == 501
    np.testing.assert_allclose(moments.mean, ROWS.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(moments.covariance, np.cov(ROWS.T), rtol=1e-10)


def test_the_distance_is_that_of_whole_sets():
    first, second = ROWS[:250], ROWS[250:] + 0.25
    expected = frechet_distance(real=first, fake=second).value
    received = FeatureMoments.of(first).frechet_distance(FeatureMoments.of(second))
    np.testing.assert_allclose(received, expected, rtol=1e-9)


def test_a_stream_is_described_without_being_held():
    gan = make_tiny_gan()
    moments = moments_of(gan.sample_stream(230, seed=2, chunk_size=50))
    rows = np.concatenate([*gan.sample_stream(230, seed=2, chunk_size=50)])
    whole = FeatureMoments.of(rows.reshape(230, -1))
    np.testing.assert_allclose(moments.scatter, whole.scatter, rtol=1e-9, atol=1e-12)


def test_no_rows_have_no_moments():
    with pytest.raises(ValueError, match="`features` must be rows"):
        FeatureMoments.of(np.zeros((0, 3)))
    with pytest.raises(FileNotFoundError, match="`path`"):
        kg.runs.moments_with_ray("no.keras", 10)


def test_one_array_is_one_part():
    images = ROWS[:, :6].reshape(501, 3, 2, 1)
    alone, in_a_list = moments_of(images), moments_of([images])
    assert alone.num_rows == 501
    np.testing.assert_array_equal(alone.mean, in_a_list.mean)
    np.testing.assert_array_equal(alone.covariance, in_a_list.covariance)
