import math
import warnings

import numpy as np
import pytest
import scipy.stats
import sklearn.exceptions

from keras_gan.evaluation.different_bins import different_bins, proportion_z_scores
from keras_gan.evaluation.features import Features

CORNERS = np.array([[0.0, 0.0], [0.0, 100.0], [100.0, 0.0], [100.0, 100.0]])


pytestmark = pytest.mark.usefixtures("one_thread")


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def at_corners(seed, counts):
    centers = np.repeat(CORNERS, counts, axis=0)
    return centers + normal(seed, *centers.shape)


def test_golden_proportions():
    # Shares 0.10 of 10,000 and 0.13 of 1,000, in float64 from the pooled formula.
    (z_score,) = proportion_z_scores([1000], 10_000, [130], 1000)
    assert z_score == pytest.approx(-2.97934, abs=5e-6)
    assert 2 * scipy.stats.norm.sf(abs(z_score)) == pytest.approx(0.0028887, abs=5e-8)
    # The square is the chi^2 statistic of the two-by-two table.
    table = [[1000, 9000], [130, 870]]
    chi2 = scipy.stats.chi2_contingency(table, correction=False).statistic
    assert z_score**2 == pytest.approx(chi2, rel=1e-12)


def test_bins_that_hold_nothing_or_all_are_not_different():
    assert np.array_equal(proportion_z_scores([0, 50], 50, [0, 30], 30), [0.0, 0.0])


def test_known_proportions_of_four_clusters():
    # Apart by 100 deviations: the bins are the corners, whatever their order.
    real, fake = np.array([400, 300, 200, 100]), np.array([130, 75, 0, 45])
    score = different_bins(
        real=at_corners(0, real), fake=at_corners(1, fake), num_bins=4
    )
    tables = [
        [[in_real, 1000 - in_real], [in_fake, 250 - in_fake]]
        for in_real, in_fake in zip(real, fake, strict=True)
    ]
    p_values = [
        scipy.stats.chi2_contingency(table, correction=False).pvalue for table in tables
    ]
    assert score.num_different == sum(p < 0.05 for p in p_values) == 3
    assert score.share == 0.75
    p, q = real / 1000, fake / 250
    middle = (p + q) / 2
    expected = scipy.stats.entropy(p, middle) + scipy.stats.entropy(q, middle)
    assert score.jensen_shannon == pytest.approx(expected / 2, rel=1e-12)


def test_given_bins_differ_as_often_as_they_may():
    law = np.arange(1, 51) / np.arange(1, 51).sum()
    random = np.random.default_rng(2)
    z_scores = np.concatenate(
        [
            proportion_z_scores(
                random.multinomial(20_000, law), 20_000,
                random.multinomial(10_000, law), 10_000,
            )
            for _ in range(100)
        ]
    )  # fmt: skip
    assert abs(z_scores.std() - 1) < 5 / math.sqrt(2 * len(z_scores))
    share = np.mean(2 * scipy.stats.norm.sf(np.abs(z_scores)) < 0.05)
    assert abs(share - 0.05) < 5 * math.sqrt(0.05 * 0.95 / len(z_scores))


@pytest.mark.parametrize("significance", [0.05, 0.2])
def test_equal_laws_differ_in_no_more_bins_than_they_may(significance):
    # Fewer than in given bins: k-means evens out the counts that it was fitted to.
    random = np.random.default_rng(3)
    scores = []
    for seed in range(12):
        real, fake = random.normal(size=(2, 3000, 2))
        scores.append(
            different_bins(
                real=real,
                fake=fake,
                num_bins=50,
                significance=significance,
                seed=seed,
            )
        )
    share = np.mean([score.share for score in scores])
    standard_error = math.sqrt(significance * (1 - significance) / (12 * 50))
    assert significance / 5 < share < significance + 3 * standard_error
    # In given bins, chi^2 with 49 degrees of freedom times this scale.
    scale = (2 / 3000) / 8
    divergence = np.mean([score.jensen_shannon for score in scores])
    assert 0.6 * 49 * scale < divergence < 1.2 * 49 * scale


def test_bins_that_follow_single_points_differ_for_held_out_ones():
    # 5 points to a bin, in 256 dimensions: see the docstring.
    real, held_out = normal(3, 2, 500, 256)
    assert different_bins(real=real, fake=held_out).share > 0.2


def test_copies_pass():
    real = normal(14, 2000, 8)
    score = different_bins(real=real, fake=real)
    assert (score.share, score.jensen_shannon) == (0.0, 0.0)


def test_dropped_modes_and_noise_fill_the_wrong_bins():
    real = at_corners(4, [500] * 4)
    dropped = at_corners(5, [1000, 1000, 0, 0])
    score = different_bins(real=real, fake=dropped, num_bins=4)
    assert score.num_different == 4
    # The divergence as the entropy of the mean less the mean of the entropies.
    p, q = np.full(4, 0.25), np.array([0.5, 0.5, 0, 0])
    entropies = [scipy.stats.entropy(law) for law in ((p + q) / 2, p, q)]
    expected = entropies[0] - (entropies[1] + entropies[2]) / 2
    assert score.jensen_shannon == pytest.approx(expected, rel=1e-12)
    noise = np.random.default_rng(6).uniform(-3, 3, size=(2000, 2))
    score = different_bins(real=normal(7, 2000, 2), fake=noise, num_bins=20)
    assert score.share > 0.5


def test_one_far_point_fills_one_bin():
    real = at_corners(8, [100] * 4)
    score = different_bins(real=real, fake=np.full((400, 2), 1e6), num_bins=4)
    assert score.share == 1
    p, q = np.full(4, 0.25), np.array([1.0, 0, 0, 0])
    middle = (p + q) / 2
    expected = scipy.stats.entropy(p, middle) + scipy.stats.entropy(q, middle)
    assert score.jensen_shannon == pytest.approx(expected / 2)


def test_repeated_points_leave_bins_empty_without_a_number_lost():
    repeated = np.repeat(CORNERS, 50, axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", sklearn.exceptions.ConvergenceWarning)
        score = different_bins(real=repeated, fake=repeated, num_bins=10)
    assert (score.share, score.num_different, score.jensen_shannon) == (0.0, 0, 0.0)
    assert "6 of 10 bins are empty" in score.warnings[0]


def test_few_expected_points_are_noted():
    real = normal(9, 1000, 2)
    score = different_bins(real=real, fake=normal(10, 20, 2), num_bins=10)
    assert "In 10 of 10 bins fewer than 5 points" in score.warnings[0]
    assert not different_bins(real=real, fake=normal(10, 1000, 2), num_bins=5).warnings


def test_a_far_origin_and_single_precision_change_nothing():
    # Multiples of 1/16 below 2^24 / 16 are exact in float32.
    real, fake = np.round(normal(11, 2, 500, 2) * 16) / 16
    plain = different_bins(real=real, fake=fake + 0.25, num_bins=20)
    moved = different_bins(
        real=(real + 65536).astype("float32"),
        fake=(fake + 65536.25).astype("float32"),
        num_bins=20,
    )
    assert moved.values == pytest.approx(plain.values, rel=1e-6)


def test_records_carry_the_protocol_and_seeds_decide():
    real, fake = Features(normal(12, 200, 2), "m"), Features(normal(13, 150, 2), "m")
    settings = {"num_bins": 20, "significance": 0.1, "seed": 5}
    score = different_bins(real=real, fake=fake, **settings)
    protocol = {"features": "m", "num_real": 200, "num_fake": 150, "dim": 2}
    assert {**protocol, **settings}.items() <= score.record().items()
    names = ["different_bins", "num_different_bins", "bins_jensen_shannon"]
    assert list(score.values) == names
    assert different_bins(real=real, fake=fake, **settings) == score
    other = different_bins(real=real, fake=fake, **{**settings, "seed": 6})
    assert other.jensen_shannon != score.jensen_shannon


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_bins": 1}, "`num_bins`"),
        ({"num_bins": 10}, "`real` must hold at least one row for each bin"),
        ({"significance": 0.0}, "`significance`"),
        ({"significance": 1.0}, "`significance`"),
        ({"seed": 0.5}, "`seed`"),
        ({"real": np.full((9, 2), math.nan)}, "`real` must be finite"),
        ({"fake": np.zeros((9, 3))}, "features of one length"),
    ],
)
def test_bad_arguments_are_named(changes, message):
    sets = {"real": normal(0, 9, 2), "fake": normal(1, 9, 2), "num_bins": 3}
    with pytest.raises(ValueError, match=message):
        different_bins(**{**sets, **changes})
