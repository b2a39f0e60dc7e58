import numpy as np
import pytest

from keras_gan.datasets import from_arrays


def numbered(shape, dtype="float32"):
    """Rows that hold their own number."""
    num_rows = shape[0]
    rows = np.arange(num_rows).reshape(-1, *[1] * (len(shape) - 1))
    return np.broadcast_to(rows, shape).astype(dtype)


def test_every_row_is_in_one_split_with_its_label():
    data = from_arrays(numbered((50, 4, 4, 1)), labels=np.arange(50) + 100)
    sizes = [len(split) for split in data.splits.values()]
    assert sizes == [40, 5, 5]
    rows = np.concatenate([split.images[:, 0, 0, 0] for split in data.splits.values()])
    labels = np.concatenate([split.labels for split in data.splits.values()])
    assert sorted(rows) == [*range(50)] and not np.array_equal(rows, np.sort(rows))
    np.testing.assert_array_equal(labels, rows + 100)


def test_a_seed_chooses_the_split():
    values = numbered((50, 3))
    first, again, other = (from_arrays(values, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.test.values, again.test.values)
    assert not np.array_equal(first.test.values, other.test.values)


@pytest.mark.parametrize(
    ("values", "name", "value_range"),
    [
        (numbered((10, 4, 4, 3), "uint8"), "images", (0.0, 255.0)),
        (numbered((10, 8, 1), "int16"), "signals", (0.0, 9.0)),
        (numbered((10, 2), "float64") / 10, "vectors", (0.0, 0.9)),
        (numbered((10, 2), "float16"), "vectors", (0.0, 9.0)),
    ],
    ids=["bytes", "integers", "doubles", "halves"],
)
def test_any_numbers_become_float32_in_their_range(values, name, value_range):
    data = from_arrays(values)
    assert (data.data_name, data.value_range) == (name, value_range)
    assert all(split.values.dtype == np.float32 for split in data.splits.values())


def test_the_dataset_is_a_copy():
    values = numbered((10, 2))
    data = from_arrays(values, data_name="points", name="line")
    values[:] = -1
    assert data.train.points.min() >= 0
    assert repr(data) == "Dataset('line', 8/1/1 points (2,) in [0, 9])"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"values": np.zeros(5)}, ValueError, r"shape=\(5,\)"),
        ({"values": numbered((2, 3))}, ValueError, "at least three rows"),
        ({"values": np.array([["a"]] * 5)}, TypeError, "`values` must be numbers"),
        ({"labels": np.arange(9)}, ValueError, "each of the vectors. Received: 10"),
        ({"labels": np.arange(10) / 2}, TypeError, "labels` must be integers"),
        ({"value_range": (0, 5)}, ValueError, "stated value_range .*rescale them"),
        ({"value_range": (5, 0)}, ValueError, "`value_range`"),
        ({"values": np.zeros((5, 2))}, ValueError, "`value_range` must be stated"),
        ({"values": np.full((5, 2), np.nan)}, ValueError, "`values` must be finite"),
        ({"valid_fraction": 0.95}, ValueError, "must leave vectors to train on"),
        ({"test_fraction": 1.0}, ValueError, "`test_fraction`"),
        ({"seed": 0.5}, ValueError, "`seed`"),
    ],
)
def test_mistakes_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        from_arrays(**{"values": numbered((10, 3)), **arguments})
