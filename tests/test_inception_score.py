import math

import numpy as np
import pytest
import scipy.stats

from keras_gan.evaluation.features import Features
from keras_gan.evaluation.inception_score import inception_score

FOUR = np.array(
    [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9], [0.8, 0.1, 0.1]]
)


def kl_score(probabilities):
    """By the definition, with SciPy's relative entropy of each row."""
    mean = probabilities.mean(axis=0)
    return math.exp(np.mean([scipy.stats.entropy(row, mean) for row in probabilities]))


def test_golden_value():
    # From the closed form in float64 NumPy.
    score = inception_score(fake=FOUR, num_splits=1)
    assert score.value == pytest.approx(1.8474633379885024, rel=1e-14)
    assert kl_score(FOUR) == pytest.approx(1.8474633379885024, rel=1e-14)
    assert math.isnan(score.standard_error)
    assert score.standard_deviation == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("num_splits", [1, 3, 10])
def test_splits_are_consecutive_parts(num_splits, dtype):
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.full(5, 0.3), size=60).astype(dtype)
    scores = [
        kl_score(part.astype("float64"))
        for part in np.split(probabilities, num_splits)  # 60 = 3 * 20 = 10 * 6
    ]
    score = inception_score(fake=probabilities, num_splits=num_splits)
    assert score.value == pytest.approx(np.mean(scores), rel=1e-6)
    assert score.standard_deviation == pytest.approx(np.std(scores), rel=1e-5)
    if num_splits > 1:
        expected = scipy.stats.sem(scores)
        assert score.standard_error == pytest.approx(expected, rel=1e-5)


def test_uneven_splits_take_every_image_once():
    # Each image alone in its class: a split of n scores n.
    score = inception_score(fake=np.eye(11), num_splits=4)  # 2, 3, 3, 3 images
    assert score.value == pytest.approx(11 / 4, rel=1e-12)
    assert score.values == {"inception_score": score.value}


def test_bounds_and_certain_zeros():
    sure = np.eye(7)[np.arange(70) % 7]
    assert inception_score(fake=sure).value == pytest.approx(7, rel=1e-12)
    assert inception_score(fake=sure[::7]).value == 1  # one class alone
    assert inception_score(fake=np.full((70, 7), 1 / 7)).value == pytest.approx(
        1, rel=1e-12
    )


def test_rows_that_float16_rounded_count_as_distributions():
    rounded = FOUR * np.array([[1.0009], [0.9991], [1.0], [1.0005]])
    score = inception_score(fake=rounded, num_splits=1)
    assert score.value == pytest.approx(1.8474633379885024, rel=1e-12)


def test_features_bring_their_probabilities():
    features = Features(np.zeros((4, 2)), name="net", probabilities=FOUR)
    score = inception_score(fake=features, num_splits=2)
    assert score.value == inception_score(fake=FOUR, num_splits=2).value
    assert (score.features, score.num_fake) == ("net", 4)
    assert (score.num_classes, score.num_splits) == (3, 2)


def test_small_splits_are_told_and_biased_downwards():
    # 5 images for each class are the convention of 50,000 images of 1000 classes.
    few = np.eye(10)[np.random.default_rng(1).integers(10, size=490)]
    score = inception_score(fake=few)
    assert "49 images for 10 classes" in score.warnings[0]
    assert score.value < inception_score(fake=few, num_splits=1).value < 10
    assert inception_score(fake=few, num_splits=1).warnings == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fake": FOUR, "num_splits": 5}, "`num_splits`.*4 images"),
        ({"fake": FOUR, "num_splits": 0}, "`num_splits`"),
        ({"fake": 2 * FOUR}, "`fake`.*sum to 1"),
        ({"fake": Features(FOUR, name="net")}, "`fake` must have class probabilities"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        inception_score(**arguments)
