import math
import tracemalloc

import numpy as np
import pytest
import scipy.spatial.distance

from keras_gan.evaluation import _neighbors
from keras_gan.evaluation.density_coverage import density_coverage
from keras_gan.evaluation.features import Features
from keras_gan.evaluation.memorization import memorization
from keras_gan.evaluation.precision_recall import precision_recall

MEASURES = [precision_recall, density_coverage]
REAL = np.array([0.0, 1.0, 2.0, 3.5, 10.0])[:, None]
FAKE = np.array([0.4, 1.1, 2.9, 20.0])[:, None]


pytestmark = pytest.mark.usefixtures("one_thread")


def brute_force(real, fake, k, compare):
    """Precision, recall, density, coverage from SciPy's distances, all at once."""
    distances = scipy.spatial.distance.cdist
    # The point itself comes first: its k-th nearest other one is at index k.
    real_radii = np.sort(distances(real, real), axis=1)[:, k]
    fake_radii = np.sort(distances(fake, fake), axis=1)[:, k]
    between = distances(real, fake)  # [num_real, num_fake]
    in_real = compare(between, real_radii[:, None])
    in_fake = compare(between, fake_radii)
    return (
        in_real.any(axis=0).mean(),
        in_fake.any(axis=1).mean(),
        in_real.sum() / (k * len(fake)),
        in_real.any(axis=1).mean(),
    )


def measured(real, fake, k):
    manifolds = precision_recall(real=real, fake=fake, k=k)
    balls = density_coverage(real=real, fake=fake, k=k)
    return manifolds.precision, manifolds.recall, balls.density, balls.coverage


# Worked by hand; the distances do not tie, so that both rules agree.
@pytest.mark.parametrize(
    ("k", "expected"), [(1, (0.75, 1.0, 1.5, 0.8)), (2, (0.75, 1.0, 1.125, 1.0))]
)
def test_golden_points_on_a_line(k, expected):
    assert measured(REAL, FAKE, k) == pytest.approx(expected, abs=1e-15)
    for compare in (np.less, np.less_equal):
        assert brute_force(REAL, FAKE, k, compare) == pytest.approx(expected)


def test_the_border_is_inside_for_precision_and_outside_for_density():
    # The set against itself, k = 2: density 0.9 by prdc's rule, 1.5 by the other.
    strict = brute_force(REAL, REAL, 2, np.less)
    inclusive = brute_force(REAL, REAL, 2, np.less_equal)
    assert (strict[2], inclusive[2]) == pytest.approx((0.9, 1.5))
    assert measured(REAL, REAL, 2) == pytest.approx((*inclusive[:2], *strict[2:]))
    border, line = np.array([[-1.0], [3.1]]), np.arange(3.0)[:, None]
    assert precision_recall(real=line, fake=border, k=1).precision == 0.5
    assert density_coverage(real=line, fake=border, k=1).density == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [1, 3, 7])
def test_it_equals_brute_force(k, dtype):
    random = np.random.default_rng(k)
    real = random.normal(size=(211, 5)).astype(dtype)
    fake = (0.8 * random.normal(size=(170, 5)) + 0.3).astype(dtype)
    inclusive = brute_force(real, fake, k, np.less_equal)
    strict = brute_force(real, fake, k, np.less)
    assert measured(real, fake, k) == pytest.approx((*inclusive[:2], *strict[2:]))


def test_ties_of_gray_levels_are_decided_exactly():
    # Small integers tie all the time; SciPy subtracts before it squares.
    random = np.random.default_rng(2)
    real = random.integers(0, 4, size=(300, 6))
    fake = random.integers(0, 4, size=(250, 6))
    inclusive = brute_force(real, fake, 3, np.less_equal)
    strict = brute_force(real, fake, 3, np.less)
    assert inclusive[2] - strict[2] > 0.05  # so many borders are hit
    assert measured(real, fake, 3) == pytest.approx((*inclusive[:2], *strict[2:]))


@pytest.mark.exhaustive
def test_tiles_change_nothing_and_bound_memory(monkeypatch):
    random = np.random.default_rng(3)
    real, fake = random.integers(0, 9, size=(2, 3000, 4)).astype("float32")
    whole = measured(real, fake, 3)
    monkeypatch.setattr(_neighbors, "_TILE_MEMORY", 1)
    monkeypatch.setattr(_neighbors, "_PAIR_VALUES", 4096)
    tiles = list(_neighbors.distance_tiles(fake, real))
    assert len(tiles) > 50
    assert sum(len(tile.points) for tile in tiles) == len(fake)
    del tiles
    tracemalloc.start()
    try:
        assert measured(real, fake, 3) == whole
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3000 * 3000 * 8 / 4  # all distances at once: 72 MB


def test_groups_far_apart_are_measured_within_each():
    # 1e6 apart and 1e-3 wide: the products of norms hide all distances in the second.
    random = np.random.default_rng(7)

    def groups(num):
        far = [1e6, 1e6] + 1e-3 * random.normal(size=(num, 2))
        return np.concatenate([random.normal(size=(num, 2)), far])

    real, fake = groups(150), groups(100)
    score = density_coverage(real=real, fake=fake, k=5)
    radii = np.sort(scipy.spatial.distance.cdist(real, real))[:, 5]
    inside = scipy.spatial.distance.cdist(real, fake) < radii[:, None]
    assert score.density == pytest.approx(inside.sum() / 5 / len(fake), rel=1e-12)
    twice = np.concatenate([fake, fake[:30]])
    radii = _neighbors.squared_neighbor_radii(twice, 2)
    expected = np.sort(scipy.spatial.distance.cdist(twice, twice))[:, 2] ** 2
    np.testing.assert_allclose(radii, expected, rtol=1e-12)
    nearest = _neighbors.nearest_distances(real, twice)
    expected = scipy.spatial.distance.cdist(real, twice).min(axis=1)
    np.testing.assert_allclose(nearest, expected, rtol=1e-12)
    copied = memorization(real=real, fake=real[::2].copy(), held_out=fake)
    assert copied.exact_copies == 1


def test_a_far_origin_changes_nothing():
    random = np.random.default_rng(4)
    # Multiples of 2^-10 stay exact at 10^6, where products alone have lost them.
    real, fake = np.round(random.normal(size=(2, 400, 3)) * 1024) / 1024
    assert measured(real + 1e6, fake + 1e6, 3) == measured(real, fake, 3)
    copies = np.repeat(real[:100] + 1e6, 3, axis=0)
    assert not _neighbors.squared_neighbor_radii(copies, 2).any()
    assert not _neighbors.nearest_distances(copies, real + 1e6).any()


def test_swapped_sets_swap_precision_and_recall():
    random = np.random.default_rng(5)
    one, other = random.normal(size=(200, 2)), 0.5 * random.normal(size=(200, 2))
    forth = precision_recall(real=one, fake=other)
    back = precision_recall(real=other, fake=one)
    assert (forth.precision, forth.recall) == (back.recall, back.precision)
    assert forth.precision > forth.recall


@pytest.mark.parametrize(("num_real", "num_fake", "k"), [(60, 60, 5), (50, 20, 2)])
def test_equal_laws_have_the_expected_density_and_coverage(num_real, num_fake, k):
    # The n + m - 1 points about a real one come in random order: it is not covered if
    # the first k are all of the n - 1 real ones. Each ball holds k / n of the fakes.
    random = np.random.default_rng(6)
    scores = [
        density_coverage(
            real=random.normal(size=(num_real, dim)) ** 3,
            fake=random.normal(size=(num_fake, dim)) ** 3,
            k=k,
        )
        for dim in (1, 2, 8)
        for _ in range(60)
    ]
    uncovered = math.comb(num_real - 1, k) / math.comb(num_real + num_fake - 1, k)
    assert scores[0].expected_coverage == pytest.approx(1 - uncovered, rel=1e-12)
    for field, mean in (("coverage", 1 - uncovered), ("density", 1.0)):
        values = np.array([getattr(score, field) for score in scores])
        standard_error = values.std(ddof=1) / math.sqrt(len(values))
        assert standard_error < 0.03
        assert abs(values.mean() - mean) < 5 * standard_error


def test_dropped_modes_lower_recall_and_coverage_alone():
    random = np.random.default_rng(7)
    near, far = random.normal(size=(500, 2)), random.normal(size=(500, 2)) + 100
    fake = random.normal(size=(1000, 2))
    real = np.concatenate([near, far])
    manifolds = precision_recall(real=real, fake=fake)
    assert manifolds.precision > 0.9
    assert manifolds.recall <= 0.5
    balls = density_coverage(real=real, fake=fake)
    # Within the mode that is left, the laws are equal.
    uncovered = math.comb(499, 5) / math.comb(1499, 5)
    assert balls.coverage == pytest.approx((1 - uncovered) / 2, abs=0.02)
    assert balls.density == pytest.approx(1, abs=0.15)


def test_noise_lowers_precision_and_density():
    random = np.random.default_rng(8)
    real, noise = random.normal(size=(1000, 2)), random.uniform(-20, 20, (1000, 2))
    manifolds = precision_recall(real=real, fake=noise)
    assert manifolds.precision < 0.1
    assert manifolds.recall > 0.8  # few balls, but large ones
    balls = density_coverage(real=real, fake=noise)
    assert balls.density < 0.1
    assert balls.coverage < 0.3


def test_copies_are_perfect_here():
    real = np.random.default_rng(9).normal(size=(300, 3))
    assert measured(real, real, 4) == (1.0, 1.0, 1.0, 1.0)
    assert measured(real, real + 1000, 4) == (0.0, 0.0, 0.0, 0.0)


def test_repeated_points_are_noted():
    random = np.random.default_rng(10)
    real = random.normal(size=(100, 2))
    collapsed = np.repeat(real[:2], 50, axis=0)
    score = precision_recall(real=real, fake=collapsed)
    assert (score.precision, score.recall) == (1.0, 0.02)
    (warning,) = score.warnings
    assert "`fake` repeats itself: 100 of 100 rows have 3 copies or more" in warning
    # Balls of no size hold nothing that is strictly inside them.
    score = density_coverage(real=collapsed, fake=collapsed)
    assert (score.density, score.coverage) == (0.0, 0.0)
    assert "`real` repeats itself" in score.warnings[0]


def test_unequal_numbers_are_noted():
    real, fake = np.random.default_rng(11).normal(size=(2, 50, 2))
    (warning,) = precision_recall(real=real, fake=fake[:49]).warnings
    assert "differ in number, 50 and 49" in warning
    assert not precision_recall(real=real, fake=fake).warnings


def test_records_carry_the_protocol():
    real, fake = Features(REAL, name="line"), Features(FAKE, name="line")
    protocol = {"features": "line", "num_real": 5, "num_fake": 4, "dim": 1, "k": 2}
    for measure, names in (
        (precision_recall, ["precision", "recall"]),
        (density_coverage, ["density", "coverage"]),
    ):
        score = measure(real=real, fake=fake, k=2)
        assert list(score.values) == names
        assert protocol.items() <= score.record().items()
        arrays = measure(real=REAL[:, :, None], fake=FAKE[:, :, None], k=2)
        assert arrays.values == score.values


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"k": 0}, "`k`"),
        ({"k": 1.5}, "`k`"),
        ({"k": 4}, "`fake` must hold at least 5 rows"),
        ({"k": 5}, "`real` must hold at least 6 rows"),
        ({"real": np.full((5, 1), math.nan)}, "`real` must be finite"),
        ({"fake": np.full((5, 1), math.inf)}, "`fake` must be finite"),
        ({"fake": np.zeros((5, 2))}, "features of one length"),
        ({"fake": Features(FAKE, name="other")}, "one feature function"),
        ({"fake": np.zeros(5)}, "`fake` must have the shape"),
    ],
)
def test_bad_arguments_are_named(measure, changes, message):
    with pytest.raises(ValueError, match=message):
        measure(**{"real": REAL, "fake": FAKE, "k": 1, **changes})


@pytest.mark.parametrize("measure", MEASURES)
def test_sets_are_told_apart_by_name(measure):
    with pytest.raises(TypeError, match="positional"):
        measure(REAL, FAKE)
