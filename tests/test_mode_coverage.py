import dataclasses
import math

import numpy as np
import pytest

import keras_gan as kg

SQUARE = np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 0.0], [10.0, 10.0]])


@pytest.mark.parametrize("num_stddevs", [1.0, 3.0, 4.0])
@pytest.mark.parametrize("build", ["ring_of_gaussians", "grid_of_gaussians"])
def test_perfect_samples_reach_the_ceiling(build, num_stddevs):
    # The squared distance, in variances, is chi^2 with 2 degrees of freedom.
    mixture, num_samples = getattr(kg.datasets, build)(), 100_000
    samples = mixture.sample(num_samples, seed=5)
    coverage = kg.evaluation.mode_coverage(
        samples, mixture.centers, mixture.stddev, num_stddevs
    )
    ceiling = 1 - math.exp(-(num_stddevs**2) / 2)
    standard_error = math.sqrt(ceiling * (1 - ceiling) / num_samples)
    assert abs(coverage.high_quality - ceiling) < 5 * standard_error
    assert coverage.modes == mixture.num_modes
    # 2 n KL is about chi^2 with K - 1 degrees of freedom: 100 is beyond 10^-10.
    assert 0 <= 2 * num_samples * coverage.reverse_kl < 100


def test_ceiling_of_three_standard_deviations_is_the_published_one():
    mixture = kg.datasets.ring_of_gaussians()
    coverage = kg.evaluation.mode_coverage(
        mixture.sample(1_000_000, seed=0), mixture.centers, mixture.stddev
    )
    assert coverage.high_quality == pytest.approx(0.98889, abs=5e-4)


@pytest.mark.parametrize("num_hit", [1, 2, 3, 4])
def test_equally_hit_modes_cost_the_logarithm_of_the_share_missed(num_hit):
    samples = np.repeat(SQUARE[:num_hit], 7, axis=0)
    coverage = kg.evaluation.mode_coverage(samples, SQUARE, stddev=1.0)
    assert coverage.modes == num_hit
    assert coverage.high_quality == 1
    assert coverage.reverse_kl == pytest.approx(math.log(4 / num_hit), abs=1e-12)


def test_hand_made_samples():
    samples = [
        [0.0, 0.0],
        [0.0, 2.999],  # inside
        [0.0, 3.001],  # outside
        [10.0, 7.1],  # inside, of (10, 10)
        [5.0, 5.0],  # nowhere
        [math.nan, 0.0],
        [math.inf, 0.0],
        [10.0, 10.0],
    ]
    coverage = kg.evaluation.mode_coverage(samples, SQUARE, stddev=1.0)
    assert dataclasses.asdict(coverage) == {
        "modes": 2,
        "high_quality": 0.5,
        "reverse_kl": pytest.approx(math.log(2)),
        "num_samples": 8,
        "num_stddevs": 3.0,
        "num_modes": 4,
        "warnings": (),
    }
    assert coverage.values == {
        "captured_modes": 2,
        "high_quality": 0.5,
        "mode_reverse_kl": pytest.approx(math.log(2)),
    }


def test_a_bad_sample_captures_no_mode():
    coverage = kg.evaluation.mode_coverage([[0.0, 4.0]], SQUARE, stddev=1.0)
    assert (coverage.modes, coverage.high_quality) == (0, 0)
    assert math.isnan(coverage.reverse_kl)


def test_overlapping_modes_share_by_the_nearest_center():
    samples = np.array([[0.4], [0.6], [0.7]])
    coverage = kg.evaluation.mode_coverage(samples, [[0.0], [1.0]], stddev=1.0)
    expected = math.log(2 / 3) / 3 + 2 * math.log(4 / 3) / 3
    assert coverage.modes == 2
    assert coverage.reverse_kl == pytest.approx(expected)


def test_counts_equal_brute_force_and_add_up_over_chunks():
    random = np.random.default_rng(1)
    samples, centers = random.normal(size=(999, 3)), random.normal(size=(11, 3))
    distances = np.linalg.norm(samples[:, None] - centers, axis=-1)  # [999, 11]
    good = distances.min(axis=1) <= 0.6
    whole = kg.evaluation.mode_coverage(samples, centers, 0.3, num_stddevs=2.0)
    assert whole.modes == len(set(distances[good].argmin(axis=1)))
    assert whole.high_quality == pytest.approx(good.mean())
    chunks = [
        kg.evaluation.mode_coverage(chunk, centers, 0.3, num_stddevs=2.0)
        for chunk in np.array_split(samples, [100, 500])
    ]
    num_good = sum(chunk.high_quality * chunk.num_samples for chunk in chunks)
    assert num_good / len(samples) == pytest.approx(whole.high_quality)
    shuffled = random.permutation(samples)
    assert kg.evaluation.mode_coverage(shuffled, centers, 0.3, 2.0) == whole


def test_it_says_what_it_measured():
    coverage = kg.evaluation.mode_coverage(SQUARE[:2], SQUARE, stddev=1.0)
    assert str(coverage) == (
        "2 of 4 modes, 100.0% of 2 samples within 3 standard deviations, "
        "reverse KL 0.693 nats"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros(3), SQUARE, 1.0), "`samples` must be a matrix"),
        ((np.zeros((0, 2)), SQUARE, 1.0), "`samples`.*at least one row"),
        ((np.zeros((3, 2)), [0.0, 1.0], 1.0), "`centers` must be a matrix"),
        ((np.zeros((3, 1)), SQUARE, 1.0), "rows of one length"),
        ((np.zeros((3, 1)), [[math.nan]], 1.0), "`centers`.*finite"),
        ((np.zeros((3, 2)), SQUARE, 0.0), "`stddev`"),
        ((np.zeros((3, 2)), SQUARE, 1.0, -3.0), "`num_stddevs`"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        kg.evaluation.mode_coverage(*arguments)
