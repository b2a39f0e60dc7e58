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
    _parzen_sums,
    _sample_parts,
    bandwidth_scores,
    parzen_log_likelihood,
    parzen_log_likelihood_over_folds,
)
from keras_gan.evaluation.parzen_distribution import ParzenMixture


@pytest.fixture
def points():
    random = np.random.default_rng(11)
    samples = random.uniform(size=(60, 5, 7, 1)).astype("float32")
    x = random.uniform(size=(23, 5, 7, 1)).astype("float32")
    return samples, x


@pytest.fixture
def small_tiles(monkeypatch):
    # The tile size is a constant of the graph: trace it anew.
    for name in ("add_centers", "log_means"):
        function = getattr(_kernel_sums, name).python_function
        for module in (_kernel_sums, _parzen_sums):
            monkeypatch.setattr(module, name, tf.function(function))
    monkeypatch.setitem(_kernel_sums._TILE_ENTRIES, "CPU", 100)
    monkeypatch.setattr(_sample_parts, "_ROWS", 19)
    monkeypatch.setattr(_parzen_sums, "_POINTS", 10)


@pytest.mark.parametrize("bandwidth", [0.01, 0.2, 3.0])
@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-9), ("float32", 1e-6)])
def test_log_prob_equals_brute_force_in_float64(points, bandwidth, dtype, rtol):
    samples, x = (values.astype(dtype) for values in points)
    log_probs = ParzenWindow(bandwidth).fit(samples).log_prob(x)
    expected = parzen_log_prob(x, samples, bandwidth)
    np.testing.assert_allclose(log_probs, expected, rtol=rtol)
    assert log_probs.dtype == np.float64


@pytest.mark.parametrize(
    ("bandwidth", "tolerance"), [(1.0, 1e-5), (0.1, 1e-4), (0.01, 2e-3)]
)
@pytest.mark.parametrize("offset", [0.0, 3.0])
def test_mean_in_float32_is_exact_at_the_dimension_of_mnist(
    bandwidth, tolerance, offset
):
    # The project's promise is 1e-3 nats, 0.05 at bandwidth 0.01. Plain float32
    # products, without moving the data and refining the nearest, err by 0.013 there.
    random = np.random.default_rng(2)
    samples = (offset + random.uniform(size=(300, 784)) ** 3).astype("float32")
    x = (offset + random.uniform(size=(40, 784)) ** 3).astype("float32")
    x[:10] = samples[:10] + random.normal(0, 0.02, size=(10, 784))
    mean = ParzenWindow(bandwidth).fit(samples).log_prob(x).mean()
    assert abs(mean - parzen_log_prob(x, samples, bandwidth).mean()) < tolerance


def test_a_sample_itself_has_the_density_of_its_kernel():
    samples = np.random.default_rng(0).uniform(size=(50, 784)).astype("float32")
    log_probs = ParzenWindow(0.01).fit(samples).log_prob(samples)
    alone = -784 * np.log(0.01 * np.sqrt(2 * np.pi)) - np.log(50)
    np.testing.assert_allclose(log_probs, alone, rtol=1e-6)


def test_log_prob_equals_its_tfp_and_sklearn_twins(points):
    samples, x = (values.astype("float64") for values in points)
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


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tiles_do_not_change_the_value(points, dtype, request):
    samples, x = (values.astype(dtype) for values in points)
    window = ParzenWindow([0.05, 0.2, 2.0]).fit(samples)
    whole = window.log_prob(x)
    request.getfixturevalue("small_tiles")
    np.testing.assert_allclose(window.log_prob(x), whole, rtol=1e-6)


class Stream:
    """Parts of an array, each time anew; counts how often it was read."""

    def __init__(self, array, size):
        self.array, self.size, self.num_readings = array, size, 0

    def __iter__(self):
        self.num_readings += 1
        starts = range(0, len(self.array), self.size)
        return (self.array[start : start + self.size] for start in starts)


@pytest.mark.parametrize("size", [1, 7, 60])
def test_a_stream_is_the_array_of_its_parts(points, size):
    samples, x = points
    whole = ParzenWindow([0.05, 0.5]).fit(samples).log_prob(x)
    stream = Stream(samples, size)
    streamed = ParzenWindow([0.05, 0.5]).fit(stream)
    np.testing.assert_allclose(streamed.log_prob(x), whole, rtol=1e-6)
    assert stream.num_readings == 1
    dataset = tf.data.Dataset.from_tensor_slices(samples).batch(size)
    estimate = parzen_log_likelihood(dataset, x[:10], x[10:])
    expected = parzen_log_likelihood(samples, x[:10], x[10:])
    np.testing.assert_allclose(estimate.mean, expected.mean, rtol=1e-6)
    assert estimate.num_samples == 60


def test_a_generators_stream_is_never_held(tiny_gan):
    stream = tiny_gan.sample_stream(250, seed=3, chunk_size=100)
    assert [len(part) for part in stream] == [100, 100, 50]
    samples = np.concatenate(list(stream))
    assert len(np.unique(samples.reshape(250, -1), axis=0)) == 250
    np.testing.assert_array_equal(samples, np.concatenate(list(stream)))
    other = np.concatenate(list(tiny_gan.sample_stream(250, seed=4, chunk_size=100)))
    assert not np.array_equal(samples, other)
    streamed = ParzenWindow(0.2).fit(stream).log_prob(samples[:9])
    whole = ParzenWindow(0.2).fit(samples).log_prob(samples[:9])
    np.testing.assert_allclose(streamed, whole, rtol=1e-6)


def test_a_stream_has_no_moments(points):
    window = ParzenWindow(0.2).fit(Stream(points[0], 10))
    for use in (window.mean, window.covariance, lambda: window.sample(3, seed=0)):
        with pytest.raises(ValueError, match="`samples` must be an array for this"):
            use()


def test_a_used_up_iterator_is_refused(points):
    samples, x = points
    parts = (samples[start : start + 10] for start in range(0, 60, 10))
    with pytest.raises(ValueError, match="can be read anew.*Received: an iterator"):
        ParzenWindow(0.2).fit(parts)
    with pytest.raises(ValueError, match="`samples` must hold samples. Received: none"):
        parzen_log_likelihood(Stream(samples[:0], 10), x, x)
    broken = Stream(np.full_like(samples, np.nan), 10)
    with pytest.raises(ValueError, match="`samples` must be finite"):
        ParzenWindow(0.2).fit(broken).log_prob(x)


def test_progress_is_shown_on_request(points, capsys):
    samples, x = points
    window = ParzenWindow(0.2).fit(Stream(samples, 25))
    window.log_prob(x)
    assert capsys.readouterr().out == ""
    window.log_prob(x, verbose=1)
    assert "60" in capsys.readouterr().out


def test_products_are_float64_where_a_gpu_would_round_them(points, monkeypatch):
    samples, x = points
    expected = ParzenWindow(0.2).fit(samples.astype("float64")).log_prob(x)
    monkeypatch.setattr(_kernel_sums, "_rounds_products", lambda: True)
    log_probs = ParzenWindow(0.2).fit(samples).log_prob(x)
    np.testing.assert_allclose(log_probs, expected, rtol=1e-12)
    mixture = ParzenMixture(samples.reshape(60, -1), 0.2)
    log_probs = mixture.log_prob(x.reshape(23, -1))
    assert log_probs.dtype == tf.float32
    np.testing.assert_allclose(log_probs, expected, rtol=1e-6)


def test_far_points_do_not_underflow():
    parzen = ParzenWindow(0.1).fit(np.zeros((3, 2)))
    expected = -(100**2) / (2 * 0.1**2) - 2 * np.log(0.1 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(parzen.log_prob([[0.0, 100.0]]), [expected], rtol=1e-9)


def exploded(points, factor):
    random = np.random.default_rng(3)
    samples = (factor * random.uniform(size=(300, 784))).astype("float32")
    return samples, points.astype("float32")


@pytest.mark.parametrize("factor", [1e4, 1e6, 1e7, 1e15, 1e30])
def test_exploded_samples_have_their_finite_value(factor):
    samples, x = exploded(np.random.default_rng(4).uniform(size=(40, 784)), factor)
    log_probs = ParzenWindow([0.1, 1.0]).fit(samples).log_prob(x)
    for values, bandwidth in zip(log_probs, (0.1, 1.0), strict=True):
        expected = parzen_log_prob(x, samples, bandwidth)
        np.testing.assert_allclose(values, expected, rtol=1e-6)


@pytest.mark.parametrize("size", [1, 100, 300])
def test_exploded_points_beside_their_samples(size):
    # Of each point two copies lie at the distance of a few bandwidths: what the sums
    # hold besides the nearest counts.
    samples, _ = exploded(np.zeros((1, 784)), 1e4)
    x = samples[:20].copy()
    samples[20:40] = x + 0.001  # the nearest floats to it, some 1e-3 away
    samples[:20] = np.nextafter(x, np.float32(np.inf))
    log_probs = ParzenWindow(0.05).fit(Stream(samples, size)).log_prob(x)
    np.testing.assert_allclose(log_probs, parzen_log_prob(x, samples, 0.05), rtol=1e-6)


def test_a_late_part_may_explode():
    samples, x = exploded(np.random.default_rng(4).uniform(size=(40, 784)), 1.0)
    samples[200:] *= 1e20
    streamed = ParzenWindow(0.1).fit(Stream(samples, 100)).log_prob(x)
    np.testing.assert_allclose(streamed, parzen_log_prob(x, samples, 0.1), rtol=1e-6)


@pytest.mark.parametrize("bandwidth", [1e-3, 1e-6, 1e-30])
def test_a_narrow_bandwidth_has_its_finite_value(bandwidth):
    samples, x = exploded(np.random.default_rng(4).uniform(size=(40, 784)), 1.0)
    x[:10] = samples[:10]
    log_probs = ParzenWindow(bandwidth).fit(samples).log_prob(x)
    expected = parzen_log_prob(x, samples, bandwidth)
    np.testing.assert_allclose(log_probs, expected, rtol=1e-6)


def test_distances_beyond_every_float_are_refused():
    with pytest.raises(ValueError, match="`samples` and `x` must lie nearer.*1e\\+200"):
        ParzenWindow(0.1).fit(np.full((3, 2), 1e200)).log_prob(np.zeros((1, 2)))
    with pytest.raises(ValueError, match="bandwidth=1e-170"):
        ParzenWindow(1e-170).fit(np.ones((3, 2))).log_prob(np.zeros((1, 2)))


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


@pytest.mark.parametrize("bandwidth", [0.4, (0.4, 0.7, 1.5)])
def test_distribution_moments_match_its_twin_and_its_samples(points, bandwidth):
    centers = points[0].reshape(60, -1)[:, :2].astype("float64")
    mixture = ParzenMixture(centers, bandwidth)
    twin = tfp_twin(centers, bandwidth)
    assert mixture.batch_shape == twin.batch_shape
    for moment in ("mean", "covariance", "variance", "stddev"):
        expected = getattr(twin, moment)()
        np.testing.assert_allclose(getattr(mixture, moment)(), expected, rtol=1e-6)
    draws = mixture.sample(40_000, seed=3).numpy()
    assert draws.shape == (40_000, *twin.batch_shape, 2)
    # Six standard errors of a mean over 40,000 draws.
    bound = 6 * np.sqrt(mixture.variance().numpy().max() / 40_000)
    np.testing.assert_allclose(draws.mean(axis=0), mixture.mean(), atol=bound)
    first = draws.reshape(40_000, -1, 2)[:, 0]
    covariance = mixture.covariance().numpy().reshape(-1, 2, 2)[0]
    np.testing.assert_allclose(np.cov(first.T), covariance, atol=2 * bound)


def tfp_twin(centers, bandwidth):
    scales = np.broadcast_to(
        np.asarray(bandwidth, "float64")[..., np.newaxis, np.newaxis],
        (*np.shape(bandwidth), *centers.shape),
    )
    logits = np.zeros((*np.shape(bandwidth), len(centers)))
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=logits),
        tfd.MultivariateNormalDiag(np.broadcast_to(centers, scales.shape), scales),
    )


@pytest.mark.parametrize("shape", [(2,), (1, 2), (3, 2), (5, 1, 2), (4, 3, 2)])
def test_a_batch_of_bandwidths_broadcasts_as_its_tfp_twin(points, shape):
    centers = points[0].reshape(60, -1)[:, :2].astype("float64")
    mixture = ParzenMixture(centers, (0.1, 0.4, 1.5))
    x = np.random.default_rng(0).normal(size=shape)
    expected = tfp_twin(centers, (0.1, 0.4, 1.5)).log_prob(x)
    np.testing.assert_allclose(mixture.log_prob(x), expected, rtol=1e-9)


def test_gradient_of_the_log_density(points):
    centers = points[0].reshape(60, -1)[:, :3].astype("float64")
    x = tf.constant(np.random.default_rng(5).normal(size=(7, 3)))

    def gradient(distribution):
        with tf.GradientTape() as tape:
            tape.watch(x)
            log_probs = distribution.log_prob(x)
        return tape.gradient(log_probs, x)

    expected = gradient(tfp_twin(centers, 0.3))
    np.testing.assert_allclose(
        gradient(ParzenMixture(centers, 0.3)), expected, rtol=1e-6
    )


def test_the_windows_own_moments_are_those_of_its_distribution(points):
    centers = points[0].reshape(60, -1)[:, :4]
    window = ParzenWindow((0.3, 0.9)).fit(centers)
    assert window.sample(6, seed=1).shape == (6, 2, 4)
    np.testing.assert_array_equal(window.sample(6, seed=1), window.sample(6, seed=1))
    np.testing.assert_allclose(window.mean(), [centers.mean(axis=0)] * 2, rtol=1e-6)
    spread = np.cov(centers.T.astype("float64"), ddof=0)
    expected = [spread + h**2 * np.eye(4) for h in (0.3, 0.9)]
    np.testing.assert_allclose(window.covariance(), expected, rtol=1e-5, atol=1e-7)


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


@pytest.mark.exhaustive
def test_evaluator_gate(real_data_dir):
    # Real training images must score 241.9 +- 2.3 nats, Sohl-Dickstein et al. 2015,
    # table 2, before any generator's number is believed.
    data = kg.datasets.load_mnist(real_data_dir)
    estimate = parzen_log_likelihood(
        data.train.images[:10_000], data.valid.images[:1_000], data.test.images
    )
    assert 239 < estimate.mean < 246
    np.testing.assert_allclose(estimate.bandwidth, 0.166810, rtol=1e-5)
    assert 0.167 < estimate.best_bandwidth < 0.215
    assert estimate.mean_at_best_bandwidth > estimate.mean + 1
    assert 1 < estimate.standard_error < 4


def test_folds_choose_their_own_bandwidths():
    random = np.random.default_rng(4)
    samples = random.normal(size=(80, 3))
    folds = [
        (random.normal(0, scale, (30, 3)), random.normal(0, scale, (40, 3)))
        for scale in (0.5, 1.0, 3.0)
    ]
    estimate = parzen_log_likelihood_over_folds(samples, folds)
    singles = [parzen_log_likelihood(samples, *fold) for fold in folds]
    assert estimate.folds == tuple(singles)
    assert len({fold.bandwidth for fold in estimate.folds}) > 1
    means = [single.mean for single in singles]
    np.testing.assert_allclose(estimate.mean, np.mean(means))
    expected = np.std(means, ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(estimate.standard_error, expected)
    best_means = [single.mean_at_best_bandwidth for single in singles]
    assert estimate.values == {
        "parzen_log_likelihood": estimate.mean,
        "parzen_at_best_bandwidth": pytest.approx(np.mean(best_means)),
    }
    expected = np.std(best_means, ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(estimate.standard_error_at_best_bandwidth, expected)
    assert f"best bandwidths, {singles[0].best_bandwidth:.4f}, " in str(estimate)
    with pytest.raises(ValueError, match="`folds` must hold at least two"):
        parzen_log_likelihood_over_folds(samples, folds[:1])


def test_a_bandwidth_at_the_edge_of_the_grid_stays_in_the_record(points):
    samples, x = points
    estimate = parzen_log_likelihood(samples, x, x, bandwidths=(5.0, 6.0))
    assert "edge of the grid" in estimate.warnings[0]
    assert parzen_log_likelihood(samples, x, x, bandwidths=(5.0,)).warnings == ()


@pytest.mark.parametrize(("sample_low", "low"), [(-1, 0), (0, -1)])
def test_different_ranges_stay_in_the_record(points, sample_low, low):
    def stretch(values, bottom):
        return bottom + (1 - bottom) * values

    samples, x = points
    estimate = parzen_log_likelihood(
        stretch(samples, sample_low), *[stretch(x, low)] * 2
    )
    assert any("different value ranges" in text for text in estimate.warnings)
    same = parzen_log_likelihood(stretch(samples, low), *[stretch(x, low)] * 2)
    assert not any("ranges" in text for text in same.warnings)
    assert same.sample_range[0] >= low


def test_the_shift_between_ranges_is_the_published_one():
    # The change of variables x -> 2 x - 1 in 784 dimensions, with a bandwidth twice as
    # wide: 784 log 2 = 543.4 nats.
    random = np.random.default_rng(1)
    samples, x = random.uniform(size=(30, 784)), random.uniform(size=(5, 784))
    narrow = ParzenWindow(0.2).fit(samples).log_prob(x)
    wide = ParzenWindow(0.4).fit(2 * samples - 1).log_prob(2 * x - 1)
    np.testing.assert_allclose(narrow - wide, 784 * np.log(2), rtol=1e-9)


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
    with pytest.raises(ValueError, match="`samples`.*at least one row"):
        ParzenWindow(0.2).fit(np.zeros((0, 2)))
    with pytest.raises(ValueError, match="`valid`.*at least one row"):
        parzen_log_likelihood(samples, x[:0], x)
    with pytest.raises(ValueError, match="`valid` must be finite"):
        parzen_log_likelihood(samples, np.full_like(x, np.nan), x)
    with pytest.raises(ValueError, match="`test` must have as many values"):
        parzen_log_likelihood(samples, x, x[:, :3])
    with pytest.raises(ValueError, match="`bandwidth`"):
        ParzenWindow([0.1, 0.0])
    with pytest.raises(TypeError, match="`samples` must be numbers"):
        ParzenWindow(0.1).fit(np.array([["a", "b"]]))
    with pytest.raises(ValueError, match="`bandwidths`"):
        parzen_log_likelihood(samples, x, x, bandwidths=())
    with pytest.raises(ValueError, match="`bandwidths`"):
        parzen_log_likelihood(samples, x, x, bandwidths=(0.1, 0.0))


def test_a_batch_of_one_bandwidth_is_a_batch():
    points = np.random.default_rng(0).normal(size=(20, 2))
    alone, batch = ParzenWindow(0.2).fit(points), ParzenWindow([0.2]).fit(points)
    expected = alone.distribution.log_prob(points[:5])  # [5]
    received = batch.distribution.log_prob(points[:5])
    assert batch.distribution.batch_shape == [1]
    np.testing.assert_array_equal(received, expected)
    scalar = ParzenWindow(np.array(0.2)).fit(points)
    np.testing.assert_array_equal(scalar.log_prob(points), alone.log_prob(points))
