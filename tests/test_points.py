import numpy as np
import pytest

import keras_gan as kg
from keras_gan.datasets.points import load_grid_of_gaussians, load_ring_of_gaussians

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
        offsets = split.points - mixture.centres[split.labels]
        assert np.abs(offsets).max() < 6 * mixture.stddev  # one in 10^9 lies beyond
        assert {*split.labels} == {*range(mixture.num_modes)}
    low, high = data.value_range
    farthest = max(np.abs(split.points).max() for split in data.splits.values())
    assert low == -high and farthest <= high < farthest + 0.1


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
