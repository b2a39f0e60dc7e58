import math

import numpy as np
import pytest

from keras_gan.evaluation.class_coverage import (
    class_coverage,
    expected_coverage,
    stacked_class_coverage,
    stacked_labels,
)


def test_hand_made_labels():
    coverage = class_coverage(np.array([2, 2, 2, 0], dtype="uint8"), num_classes=5)
    assert (coverage.modes, coverage.num_samples, coverage.num_classes) == (2, 4, 5)
    expected = 0.75 * math.log(5 * 0.75) + 0.25 * math.log(5 * 0.25)
    assert coverage.reverse_kl == pytest.approx(expected, rel=1e-13)
    assert coverage.values == {
        "captured_classes": 2,
        "class_reverse_kl": coverage.reverse_kl,
    }


@pytest.mark.parametrize(("num_hit", "published"), [(99, 2.313), (500, 0.693)])
def test_equally_hit_classes_reach_the_lower_bound(num_hit, published):
    # ln(1000 / K): VEEGAN's 99 modes of a DCGAN could not have a KL below 2.313.
    coverage = class_coverage(np.tile(np.arange(num_hit), 50), num_classes=1_000)
    assert coverage.modes == num_hit
    assert coverage.reverse_kl == pytest.approx(math.log(1_000 / num_hit), rel=1e-12)
    assert coverage.reverse_kl == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize(
    ("num_samples", "num_classes"), [(26_000, 1_000), (1_000, 1_000), (3, 7), (50, 1)]
)
def test_expected_values_are_those_of_uniform_labels(num_samples, num_classes):
    random = np.random.default_rng(0)
    coverages = [
        class_coverage(random.integers(num_classes, size=num_samples), num_classes)
        for _ in range(200)
    ]
    modes, reverse_kl = expected_coverage(num_samples, num_classes)
    for drawn, expected in (
        ([coverage.modes for coverage in coverages], modes),
        ([coverage.reverse_kl for coverage in coverages], reverse_kl),
    ):
        standard_error = np.std(drawn, ddof=1) / math.sqrt(len(drawn))
        assert abs(np.mean(drawn) - expected) <= 5 * standard_error + 1e-8
    assert coverages[0].expected_modes == modes
    assert coverages[0].expected_reverse_kl == reverse_kl


def test_floor_of_many_samples_is_the_chi_squared_one():
    # 2 N KL is about chi^2 with K - 1 degrees of freedom.
    for num_samples in (26_000, 50_000, 200_000):
        floor = expected_coverage(num_samples, 1_000)[1]
        assert floor == pytest.approx(999 / (2 * num_samples), rel=300 / num_samples)


def test_expected_modes_are_the_known_ones():
    # 1000 (1 - 0.999^N)
    for num_samples, modes in ((1_000, 632.305), (5_000, 993.279), (10_000, 999.955)):
        assert expected_coverage(num_samples, 1_000)[0] == pytest.approx(
            modes, abs=1e-3
        )


def test_two_samples_of_two_classes_by_hand():
    # Both alike: log 2, half of the time, with 1 class; else 0 with 2.
    modes, reverse_kl = expected_coverage(2, 2)
    assert (modes, reverse_kl) == (1.5, pytest.approx(math.log(2) / 2))


def test_too_few_samples_are_told():
    labels = np.arange(1_000)
    assert "632.3" in class_coverage(labels, 1_000).warnings[0]
    assert class_coverage(np.tile(labels, 10), 1_000).warnings == ()


def test_stacked_labels_write_digits_side_by_side():
    digits = np.random.default_rng(1).integers(10, size=(500, 3)).astype("uint8")
    labels = stacked_labels(digits)
    assert labels.dtype == "int64"
    written = [int("".join(map(str, row))) for row in digits]
    assert labels.tolist() == written
    assert stacked_labels([[1, 0], [2, 2]], num_classes=3).tolist() == [3, 8]
    assert stacked_labels([[4]]).tolist() == [4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0]], 3), "`labels`.*1 axis"),
        (([], 3), "`labels`.*at least one"),
        (([0, 3], 3), r"`labels`.*\[0, 3\)"),
        (([-1], 3), "`labels`.*from -1"),
        (([0], 0), "`num_classes`"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        class_coverage(*arguments)


def test_bad_channels_are_named():
    with pytest.raises(TypeError, match="`channel_labels`.*argmax"):
        stacked_labels([[0.1, 0.9]])
    with pytest.raises(ValueError, match="`channel_labels`.*2 axes"):
        stacked_labels([1, 2])
    with pytest.raises(ValueError, match="`channel_labels`.*to 10"):
        stacked_labels([[1, 10]])


def test_stacked_digits_are_read_channel_by_channel():
    def read(batch):
        # The gray value of a channel tells its class.
        classes = np.rint(batch[:, 0, 0, 0] * 10).astype(int)
        return {"features": batch, "probabilities": np.eye(10)[classes]}

    labels = np.array([314, 9, 314, 700])
    digits = np.stack([labels // 100, labels // 10 % 10, labels % 10], axis=1)
    images = np.ones((4, 2, 2, 3)) * digits[:, np.newaxis, np.newaxis] / 10
    coverage = stacked_class_coverage(images, read)
    assert (coverage.modes, coverage.num_classes) == (3, 1000)
    assert coverage.features == "read"
    expected = class_coverage(labels, 1000).reverse_kl
    np.testing.assert_allclose(coverage.reverse_kl, expected)
    with pytest.raises(ValueError, match="`classifier` must return a dict"):
        stacked_class_coverage(images, lambda batch: batch)
    with pytest.raises(ValueError, match="`images` must have the shape"):
        stacked_class_coverage(images[0], read)
