import math
import sys

import numpy as np
import pytest

from keras_gan.evaluation.features import Features
from keras_gan.evaluation.kernel_distance import kernel_distance

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def slow_distance(real, fake):
    """The U-statistic, pair by pair."""

    def mean_kernel(left, right, same):
        return np.mean(
            [
                (x @ y / len(x) + 1) ** 3
                for i, x in enumerate(left)
                for j, y in enumerate(right)
                if not (same and i == j)
            ]
        )

    within = mean_kernel(real, real, True) + mean_kernel(fake, fake, True)
    return within - 2 * mean_kernel(real, fake, False)


@pytest.mark.parametrize(
    # Computed by hand from the 16 kernels of each pair of sets.
    ("fake", "expected"),
    [(2 * SQUARE, 23 / 24), (SQUARE, -103 / 96)],
)
@pytest.mark.parametrize("subset_size", [None, 4, 100])
def test_hand_computed_distances(fake, expected, subset_size):
    distance = kernel_distance(real=SQUARE, fake=fake, subset_size=subset_size)
    assert distance.value == pytest.approx(expected, rel=1e-13)
    assert math.isnan(distance.standard_error)
    assert distance.num_subsets == 1


def test_whole_sets_of_different_sizes_equal_the_sum_over_pairs():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(13, 5)), random.normal(size=(8, 5)) + 0.5
    distance = kernel_distance(real=real, fake=fake, subset_size=None, seed=3)
    assert distance.value == pytest.approx(slow_distance(real, fake), rel=1e-12)
    record = distance.record()
    del record["value"], record["standard_error"]
    assert record == {
        "measure": "KernelDistance",
        "features": "unnamed array",
        "dim": 5,
        "num_real": 13,
        "num_fake": 8,
        "subset_size": None,
        "num_subsets": 1,
        "seed": 3,
        "warnings": (),
    }


def test_subsets_of_a_pair_take_every_pair_equally():
    # The mean over all subsets is the U-statistic of the whole sets.
    random = np.random.default_rng(1)
    real, fake = random.normal(size=(2, 12, 3))
    whole = kernel_distance(real=real, fake=fake, subset_size=None).value
    drawn = kernel_distance(real=real, fake=fake, subset_size=2, num_subsets=5_000)
    by_subsets = drawn.standard_error / math.sqrt(1 + 5_000 * 2 / (12 - 2))
    assert abs(drawn.value - whole) < 5 * by_subsets
    assert 0 < by_subsets < 0.1
    assert drawn.errors == {"kernel_distance": drawn.standard_error}


@pytest.mark.parametrize(("shift", "least", "most"), [(0.5, 0.8, 1.25), (0, 1, 2.5)])
def test_standard_error_is_that_of_other_samples(shift, least, most):
    # Subsets of half a set overlap: each row is drawn 25 times.
    values, errors = [], []
    for seed in range(60):
        real, fake = np.random.default_rng(seed).normal(size=(2, 100, 8))
        half = {"subset_size": 50, "num_subsets": 50}
        distance = kernel_distance(real=real, fake=fake + shift, **half)
        values.append(distance.value)
        errors.append(distance.standard_error)
    # Of one distribution it is a bound; a spread of 60 has an error of a tenth.
    assert least < np.mean(errors) / np.std(values, ddof=1) < most


def test_standard_error_is_that_of_disjoint_subsets():
    # Many rows make chosen subsets nearly disjoint: values of fresh sets spread as the
    # subsets of one large set do.
    random = np.random.default_rng(2)
    fresh = [
        kernel_distance(
            real=random.normal(size=(50, 4)),
            fake=random.normal(size=(50, 4)),
            subset_size=None,
        ).value
        for _ in range(400)
    ]
    large = random.normal(size=(2, 40_000, 4))
    distance = kernel_distance(
        real=large[0], fake=large[1], subset_size=50, num_subsets=400
    )
    # A ratio of standard deviations of 400 heavy-tailed values each.
    expected = np.std(fresh, ddof=1) / math.sqrt(400)
    assert distance.standard_error == pytest.approx(expected, rel=0.35)


def test_it_is_unbiased_for_small_sets():
    random = np.random.default_rng(3)
    values = np.array(
        [
            kernel_distance(
                real=random.normal(size=(10, 4)),
                fake=random.normal(size=(10, 4)),
                subset_size=None,
            ).value
            for _ in range(2_000)
        ]
    )
    assert abs(values.mean()) < 5 * values.std() / math.sqrt(len(values))
    # Far below the bias of the sum that keeps the pairs i = i: 2 E[k(x, x)] / 10 > 1.6.
    assert values.std() / math.sqrt(len(values)) < 0.1


@pytest.mark.parametrize("rows", [1, 7, 1_000])
def test_tiles_change_nothing(monkeypatch, rows):
    random = np.random.default_rng(4)
    real, fake = random.normal(size=(23, 3)), random.normal(size=(31, 3)) + 1
    module = sys.modules[kernel_distance.__module__]
    monkeypatch.setattr(module, "_ROWS", rows)
    distance = kernel_distance(real=real, fake=fake, subset_size=None)
    assert distance.value == pytest.approx(slow_distance(real, fake), rel=1e-12)


def test_float32_is_summed_in_float64():
    random = np.random.default_rng(5)
    real, fake = (30 + random.normal(size=(2, 60, 5))).astype("float32")
    distance = kernel_distance(real=real, fake=fake, subset_size=None)
    expected = slow_distance(real.astype("float64"), fake.astype("float64"))
    assert distance.value == pytest.approx(expected, rel=1e-9)


def test_seed_decides_which_subsets():
    real, fake = np.random.default_rng(6).normal(size=(2, 30, 2))

    def value(seed):
        return kernel_distance(
            real=real, fake=fake, subset_size=5, num_subsets=3, seed=seed
        )

    assert value(1) == value(1)
    assert value(1).value != value(2).value
    assert value(7).seed == 7


def test_small_sets_take_smaller_subsets_and_say_so():
    random = np.random.default_rng(7)
    real = Features(random.normal(size=(30, 2)), name="net")
    fake = Features(random.normal(size=(20, 2)), name="net")
    distance = kernel_distance(real=real, fake=fake, subset_size=25, num_subsets=4)
    assert (distance.subset_size, distance.num_subsets) == (20, 4)
    assert distance.standard_error > 0
    (warning,) = distance.warnings
    assert warning.startswith("`fake` has 20 samples")
    same = kernel_distance(real=real, fake=fake, subset_size=19, num_subsets=4)
    assert same.warnings == ()


def test_one_subset_has_no_standard_error():
    real, fake = np.random.default_rng(8).normal(size=(2, 9, 2))
    distance = kernel_distance(real=real, fake=fake, subset_size=4, num_subsets=1)
    assert math.isnan(distance.standard_error)
    assert "±" not in str(distance)


@pytest.mark.parametrize(
    "arguments", [{"subset_size": 1}, {"num_subsets": 0}, {"seed": -1}]
)
def test_bad_arguments_are_named(arguments):
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))}`"):
        kernel_distance(real=SQUARE, fake=SQUARE, **arguments)
