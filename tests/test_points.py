import numpy as np
import pytest

import keras_gan as kg
from keras_gan.datasets.points import (
    load_grid_of_gaussians,
    load_ring_of_gaussians,
    load_swiss_roll,
)

SMALL = {"num_train": 3000, "num_valid": 500, "num_test": 400}


@pytest.mark.parametrize(
    ("load", "mixture"),
    [
        (load_ring_of_gaussians, kg.datasets.ring_of_gaussians()),
        (load_grid_of_gaussians, kg.datasets.grid_of_gaussians()),
    ],
    ids=["ring", "grid"],
)
def test_points_lie_around_the_mode_of_their_label(load, mixture):
    data = load(**SMALL)
    assert [len(split) for split in data.splits.values()] == [3000, 500, 400]
    for split in data.splits.values():
        offsets = split.points - mixture.centers[split.labels]
        assert np.abs(offsets).max() < 6 * mixture.stddev  # one in 10^9 lies beyond
        assert {*split.labels} == {*range(mixture.num_modes)}
    low, high = data.value_range
    farthest = max(np.abs(split.points).max() for split in data.splits.values())
    assert low == -high and farthest <= high < farthest + 0.1


@pytest.mark.parametrize(
    ("load", "scale", "published", "place"),
    [
        (load_ring_of_gaussians, "radius", (2 / 1.414, 0.02 / 1.414), 2 / 1.414),
        (load_grid_of_gaussians, "spacing", (2 / 2.828, 0.05 / 2.828), 4 / 2.828),
    ],
    ids=["ring", "grid"],
)
def test_the_mixtures_of_wgan_gp_are_these_at_its_scale(load, scale, published, place):
    # gan_toy.py: radius 2 and width 0.02 over 1.414; spacing 2 and 0.05 over 2.828.
    data = load(**SMALL, **{scale: published[0]}, stddev=published[1])
    np.testing.assert_allclose(data.mixture.centers.max(), place)
    offsets = data.train.points - data.mixture.centers[data.train.labels]
    np.testing.assert_allclose(offsets.std(), published[1], rtol=0.05)


def test_the_swiss_roll_winds_by_its_angle():
    data = load_swiss_roll(**SMALL, noise=0.0)
    assert data.name == "swiss_roll" and data.mixture is None
    assert data.train.labels is None and data.value_range == (-1.9, 1.9)
    # scikit-learn: (t cos t, t sin t), t uniform on [1.5 pi, 4.5 pi]; so its radius is
    # its angle, up to whole turns, and uniform.
    x, y = 7.5 * data.train.points.astype("float64").T
    radius = np.hypot(x, y)
    turns = (radius - np.arctan2(y, x)) / (2 * np.pi)
    np.testing.assert_allclose(turns, turns.round(), atol=1e-5)
    expected = np.linspace(1.5 * np.pi, 4.5 * np.pi, len(radius))
    np.testing.assert_allclose(np.sort(radius), expected, atol=0.4)  # DKW, 1e-8


def test_splits_share_no_point_and_do_not_depend_on_each_other():
    data = load_ring_of_gaussians(**SMALL)
    rows = np.concatenate([split.points for split in data.splits.values()])
    assert len(np.unique(rows, axis=0)) == len(rows)
    shorter = load_ring_of_gaussians(**{**SMALL, "num_train": 10})
    np.testing.assert_array_equal(shorter.test.points, data.test.points)
    other = load_ring_of_gaussians(**SMALL, seed=1)
    assert not np.array_equal(other.test.points, data.test.points)


def test_they_are_loaded_by_name():
    data = kg.datasets.load("ring_of_gaussians")
    expected = "100000/10000/10000 points (2,) in [-1.1, 1.1], 8 classes"
    assert repr(data) == f"Dataset('ring_of_gaussians', {expected})"
    assert kg.datasets.load("grid_of_gaussians").data_name == "points"


def test_sizes_are_checked():
    with pytest.raises(ValueError, match="`num_valid`"):
        load_grid_of_gaussians(num_valid=0)
    with pytest.raises(ValueError, match="`seed`"):
        load_grid_of_gaussians(seed=-1)
    with pytest.raises(ValueError, match="`num_test`"):
        load_swiss_roll(num_test=0)
    with pytest.raises(ValueError, match="`noise`"):
        load_swiss_roll(noise=-1.0)
    with pytest.raises(ValueError, match="`stddev`"):
        load_ring_of_gaussians(stddev=0.0)
