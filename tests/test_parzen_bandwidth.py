import math

import numpy as np
import pytest
from numpy_oracles import parzen_log_prob
from scipy.optimize import minimize_scalar

from keras_gan.evaluation import ParzenWindow, _parzen_sums, parzen_log_likelihood
from keras_gan.evaluation import parzen_bandwidth as module


def draw(num_axes, scale, dtype="float64"):
    """Samples, validation and test points around one origin."""
    random = np.random.default_rng(num_axes)
    samples = random.normal(0, scale, (200, num_axes))
    valid, test = random.normal(0, scale, (2, 50, num_axes))
    return tuple(points.astype(dtype) for points in (samples, valid, test))


def scipy_optimum(samples, valid, low, high):
    """Best log bandwidth by brute force over all pairs, and SciPy's search."""
    found = minimize_scalar(
        lambda log: -parzen_log_prob(valid, samples, math.exp(log)).mean(),
        bounds=(math.log(low), math.log(high)),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return math.exp(found.x), -found.fun


CASES = [
    # Between two of the grid of 2014, beyond either edge, and grids of few points.
    (30, 0.3, None),
    (30, 5.0, None),
    (30, 0.005, None),
    (2, 1.0, None),
    (300, 0.2, None),
    (30, 0.1, (0.2,)),
    (30, 0.1, (7.0,)),
    (30, 0.1, (10.0, 0.001)),
    (3, 1.0, (1.0, 0.1, 0.1, 10.0)),
]


@pytest.mark.parametrize(("num_axes", "scale", "grid"), CASES)
def test_the_best_bandwidth_is_that_of_scipy(num_axes, scale, grid):
    samples, valid, test = draw(num_axes, scale)
    estimate = parzen_log_likelihood(samples, valid, test, grid)
    best, best_mean = scipy_optimum(samples, valid, scale / 10, scale * 10)
    assert estimate.best_bandwidth == pytest.approx(best, rel=1e-3)
    # Second order: half of f'' = 2 d in log h, times the square of 1e-3.
    assert best_mean - num_axes * 1e-6 <= estimate.best_valid_mean <= best_mean + 1e-9
    assert estimate.best_valid_mean >= max(estimate.valid_means)
    values = parzen_log_prob(test, samples, estimate.best_bandwidth)
    np.testing.assert_allclose(estimate.mean_at_best_bandwidth, values.mean())
    np.testing.assert_allclose(
        estimate.standard_error_at_best_bandwidth, values.std() / math.sqrt(50)
    )
    assert all("of all" not in warning for warning in estimate.warnings)


def test_float32_finds_the_same_bandwidth():
    single, double = (
        parzen_log_likelihood(*draw(784, 0.2, dtype))
        for dtype in ("float32", "float64")
    )
    assert single.best_bandwidth == pytest.approx(double.best_bandwidth, rel=1e-3)
    assert single.best_valid_mean == pytest.approx(double.best_valid_mean, abs=1e-3)


def test_validation_points_alone_choose():
    samples, valid, test = draw(30, 0.3)
    one = parzen_log_likelihood(samples, valid, test)
    other = parzen_log_likelihood(samples, valid, 2 * test)
    assert other.best_bandwidth == one.best_bandwidth
    assert other.best_valid_mean == one.best_valid_mean
    assert other.mean_at_best_bandwidth < one.mean_at_best_bandwidth
    swapped = parzen_log_likelihood(samples, 2 * test, valid)
    assert swapped.best_bandwidth > 1.1 * one.best_bandwidth


def test_a_best_bandwidth_of_the_grid_stays():
    samples, valid, test = draw(30, 0.3)
    peak = parzen_log_likelihood(samples, valid, test).best_bandwidth
    estimate = parzen_log_likelihood(samples, valid, test, (peak / 2, peak, 3 * peak))
    assert estimate.bandwidth == peak
    assert estimate.best_valid_mean >= max(estimate.valid_means)
    assert estimate.best_bandwidth == pytest.approx(peak, rel=2e-3)


def test_copies_of_validation_points_have_no_best_bandwidth():
    samples, valid, test = draw(30, 0.3, dtype="float32")
    samples = np.concatenate([samples, valid])
    estimate = parzen_log_likelihood(samples, valid, test)
    assert "likelier the narrower the kernels, as far as 0.0001" in "".join(
        estimate.warnings
    )
    # A kernel of its own on each point: its height is the density.
    alone = ParzenWindow(1e-4).fit(valid[:1]).log_prob(valid[:1])[0] - math.log(250)
    assert estimate.best_valid_mean == pytest.approx(alone)
    assert math.isfinite(estimate.mean_at_best_bandwidth)


def test_the_samples_are_read_few_times(monkeypatch):
    passes = []

    def counting(points, name, samples, grid, verbose=0):
        passes.append(len(grid))
        return _parzen_sums.parzen_log_probs(points, name, samples, grid, verbose)

    monkeypatch.setattr(module, "parzen_log_probs", counting)
    samples, valid, test = draw(30, 0.3)
    parzen_log_likelihood(samples, valid, test)
    assert passes == [10, 10, 1]


def test_both_values_are_told():
    estimate = parzen_log_likelihood(*draw(30, 0.3))
    assert estimate.values == {
        "parzen_log_likelihood": estimate.mean,
        "parzen_at_best_bandwidth": estimate.mean_at_best_bandwidth,
    }
    assert estimate.errors["parzen_at_best_bandwidth"] > 0
    mean = f"{estimate.mean_at_best_bandwidth:.1f}"
    assert f"; {mean} ± " in str(estimate)
    assert str(estimate).endswith(f"best bandwidth, {estimate.best_bandwidth:.4f}")
    assert estimate.record()["best_bandwidth"] == estimate.best_bandwidth
