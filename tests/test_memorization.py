import math

import numpy as np
import pytest
import scipy.stats

from keras_gan.evaluation import _neighbors
from keras_gan.evaluation.features import Features
from keras_gan.evaluation.memorization import memorization

pytestmark = pytest.mark.usefixtures("one_thread")


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def nearest(points, centers):
    return np.linalg.norm(points[:, None] - centers, axis=-1).min(axis=1)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
def test_it_counts_pairs(dtype):
    # Small integers: many distances tie, some are 0.
    real, fake, held_out = (
        np.random.default_rng(seed).integers(0, 6, size=(num, 3)).astype(dtype)
        for seed, num in enumerate((90, 70, 150))
    )
    score = memorization(real=real, fake=fake, held_out=held_out)
    fake_distances = nearest(fake.astype(float), real.astype(float))
    held_out_distances = nearest(held_out.astype(float), real.astype(float))
    order = np.sign(held_out_distances - fake_distances[:, None])  # [70, 150]
    assert score.nearer_share == pytest.approx(np.mean((order + 1) / 2), rel=1e-12)
    assert score.exact_copies == np.mean(fake_distances == 0) > 0
    assert score.held_out_exact_copies == np.mean(held_out_distances == 0) > 0
    near = np.sort(held_out_distances)[1]  # ceil(0.01 * 150) = 2
    assert score.near_copies == np.mean(fake_distances <= near)
    assert score.expected_near_copies == pytest.approx(2 / 151)


def test_z_score_and_p_value_without_ties():
    real, fake, held_out = normal(0, 80, 2), normal(1, 60, 2), normal(2, 50, 2)
    score = memorization(real=real, fake=fake, held_out=held_out)
    # Under equal laws, U has the variance m n (m + n + 1) / 12.
    deviation = math.sqrt((60 + 50 + 1) / (12 * 60 * 50))
    assert score.z_score == pytest.approx((score.nearer_share - 0.5) / deviation)
    p_value = 2 * scipy.stats.norm.sf(abs(score.z_score))
    assert score.p_value == pytest.approx(p_value, rel=1e-9)


def test_z_score_agrees_with_the_p_value_where_distances_tie():
    real, fake, held_out = np.round(normal(3, 3, 100, 2) * 2)
    score = memorization(real=real, fake=fake, held_out=held_out[:60] * 2)
    p_value = 2 * scipy.stats.norm.sf(abs(score.z_score))
    assert 1e-12 < score.p_value < 0.5
    assert score.p_value == pytest.approx(p_value, rel=1e-9)


def test_equal_laws_give_a_standard_normal_score():
    random = np.random.default_rng(4)
    scores = []
    for dim in (1, 2, 6):
        for _ in range(80):
            real, fake, held_out = random.normal(size=(3, 120, dim))
            score = memorization(real=real, fake=fake[:100], held_out=held_out)
            scores.append(score)
    z_scores = [score.z_score for score in scores]
    assert abs(np.mean(z_scores)) < 5 / math.sqrt(len(scores))
    assert scipy.stats.kstest(z_scores, "norm").pvalue > 1e-4
    assert scipy.stats.kstest([s.p_value for s in scores], "uniform").pvalue > 1e-4
    # ceil(0.01 * 120) = 2: any fake is below the second of 120 with chance 2 / 121.
    near = np.array([score.near_copies for score in scores])
    standard_error = near.std(ddof=1) / math.sqrt(len(near))
    assert standard_error < 2e-3
    assert abs(near.mean() - 2 / 121) < 5 * standard_error


def test_copies_are_found():
    real, held_out = normal(5, 500, 3), normal(6, 400, 3)
    copies = memorization(real=real, fake=real[::2], held_out=held_out)
    assert (copies.nearer_share, copies.near_copies, copies.exact_copies) == (1, 1, 1)
    assert copies.z_score > 15
    assert copies.p_value < 1e-50
    close = real[::2] + 1e-3 * normal(7, 250, 3)
    close_copies = memorization(real=real, fake=close, held_out=held_out)
    assert close_copies.near_copies > 0.99
    assert close_copies.exact_copies == 0
    assert close_copies.z_score > 15


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_copies_are_at_distance_0_wherever_they_lie(offset):
    images = (normal(8, 300, 40) + offset).astype("float32")
    assert not _neighbors.nearest_distances(images[::-1], images).any()
    score = memorization(real=images, fake=images[:9], held_out=images[200:] + 1)
    assert score.exact_copies == 1
    assert score.held_out_exact_copies == 0


def test_noise_is_far_and_dropped_modes_pass():
    modes = np.repeat([[0.0, 0.0], [50.0, 0.0]], 300, axis=0)
    real, held_out = normal(9, 600, 2) + modes, normal(10, 600, 2) + modes
    noise = memorization(real=real, fake=30 * normal(11, 500, 2), held_out=held_out)
    assert noise.nearer_share < 0.2
    assert noise.z_score < -10
    dropped = memorization(real=real, fake=normal(12, 500, 2), held_out=held_out)
    assert abs(dropped.z_score) < 4


def test_copies_among_noise_show_as_near_copies_alone():
    real, held_out = normal(13, 800, 2), normal(14, 800, 2)
    fake = np.concatenate([real[:200], 10 * normal(15, 200, 2)])
    score = memorization(real=real, fake=fake, held_out=held_out)
    assert score.nearer_share == pytest.approx(0.5, abs=0.05)
    assert score.near_copies >= 0.5
    assert score.exact_copies == 0.5


def test_equal_distances_say_nothing():
    real = np.array([[0.0, 0.0], [9.0, 9.0]])
    ring = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -1.0]])
    score = memorization(real=real, fake=ring, held_out=ring[::-1])
    assert (score.nearer_share, score.z_score, score.p_value) == (0.5, 0.0, 1.0)


def test_chunks_change_nothing(monkeypatch):
    real, fake, held_out = normal(16, 3, 200, 7).astype("float32")
    whole = memorization(real=real, fake=fake, held_out=held_out)
    monkeypatch.setattr(_neighbors, "_PAIR_VALUES", 10)
    assert memorization(real=real, fake=fake, held_out=held_out) == whole


def test_a_held_out_set_that_was_seen_is_noted():
    real, fake = normal(17, 2, 100, 2)
    seen = np.concatenate([real[:1], normal(18, 99, 2)])
    score = memorization(real=real, fake=fake, held_out=seen)
    assert "1.00% of `held_out` are exact copies" in score.warnings[0]


def test_different_ranges_are_noted():
    pixels = np.random.default_rng(19).uniform(size=(3, 50, 4, 4, 1))
    real, fake, held_out = pixels
    score = memorization(real=real, fake=fake, held_out=2 * held_out - 1)
    assert "`held_out` and `real` seem to have different" in score.warnings[0]
    assert not memorization(real=real, fake=fake, held_out=held_out).warnings


def test_records_carry_the_protocol():
    real, fake, held_out = (
        Features(normal(seed, num, 2), name="moments")
        for seed, num in ((20, 30), (21, 40), (22, 50))
    )
    score = memorization(real=real, fake=fake, held_out=held_out)
    protocol = {"num_real": 30, "num_fake": 40, "num_held_out": 50, "dim": 2}
    assert {"features": "moments", **protocol}.items() <= score.record().items()
    assert list(score.values) == [
        "nearer_to_training",
        "memorization_z_score",
        "memorization_p_value",
        "near_copies",
        "exact_copies",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"held_out": np.zeros((1, 2))}, "`held_out` must hold at least 2 rows"),
        ({"held_out": np.full((5, 2), math.nan)}, "`held_out` must be finite"),
        ({"held_out": np.zeros((5, 3))}, "`held_out` and `real`.*one length"),
        ({"held_out": Features(np.eye(2), name="o")}, "`held_out`.*one feature func"),
        ({"fake": np.zeros((5, 3))}, "features of one length"),
        ({"real": np.zeros((1, 2))}, "`real` must hold at least 2 rows"),
    ],
)
def test_bad_arguments_are_named(changes, message):
    sets = {"real": normal(0, 9, 2), "fake": normal(1, 9, 2), "held_out": np.eye(2)}
    with pytest.raises(ValueError, match=message):
        memorization(**{**sets, **changes})


@pytest.mark.parametrize("far", [1e8, 1e12])
def test_one_row_far_away_does_not_blur_its_neighbors(far):
    points = normal(8, 200, 3)
    points[17] = far
    queries = normal(9, 50, 3)
    found = _neighbors.nearest_distances(queries, points)
    np.testing.assert_allclose(found, nearest(queries, points), rtol=1e-12)
    radii = np.sqrt(_neighbors.squared_neighbor_radii(points, 3))
    apart = np.linalg.norm(points[:, None] - points, axis=-1)
    np.testing.assert_allclose(radii, np.sort(apart, axis=1)[:, 3], rtol=1e-12)
