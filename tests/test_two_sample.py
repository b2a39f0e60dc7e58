import math
import warnings

import numpy as np
import pytest
import scipy.stats
import sklearn.exceptions

from keras_gan.evaluation import two_sample
from keras_gan.evaluation.features import Features
from keras_gan.evaluation.two_sample import (
    accuracy_p_value,
    classifier_test_power,
    classifier_two_sample_test,
)

CLASSIFIERS = ["knn", "network"]


pytestmark = pytest.mark.usefixtures("one_thread")


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


# From the formulae of Lopez-Paz and Oquab in float64, at a significance of 0.05.
def test_golden_p_value_and_powers():
    assert accuracy_p_value(0.53, 1000) == pytest.approx(0.02889, abs=5e-6)
    for effect, num_test, power in (
        (0.02, 1000, 0.35188),
        (0.05, 1000, 0.93638),
        (0.1, 200, 0.88647),
    ):
        assert classifier_test_power(effect, num_test) == pytest.approx(power, abs=5e-6)


def test_p_value_and_power_are_near_the_binomial_ones():
    exact = scipy.stats.binom.sf(529, 1000, 0.5)  # 530 or more right
    assert 0 < exact - accuracy_p_value(0.53, 1000) < 0.0025
    rejected = [n for n in range(1001) if accuracy_p_value(n / 1000, 1000) < 0.05]
    for effect in (0.02, 0.05):
        power = scipy.stats.binom.pmf(rejected, 1000, 0.5 + effect).sum()
        assert classifier_test_power(effect, 1000) == pytest.approx(power, abs=0.02)
    # Without an effect, the power is the error of the first kind.
    assert classifier_test_power(1e-12, 1000, 0.01) == pytest.approx(0.01)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_equal_laws_reject_no_more_often_than_they_may(classifier):
    num_tests = {"knn": 300, "network": 40}[classifier]
    random = np.random.default_rng(1)
    scores = []
    for seed in range(num_tests):
        real, fake = random.normal(size=(2, 100, 2))
        scores.append(
            classifier_two_sample_test(
                real=real, fake=fake, classifier=classifier, seed=seed
            )
        )
    accuracies = np.array([score.accuracy for score in scores])
    # At most a binomial variance: 1 / (4 num_test).
    assert abs(accuracies.mean() - 0.5) < 5 * math.sqrt(1 / (400 * num_tests))
    assert accuracies.std() < 1.3 * math.sqrt(1 / 400)
    num_rejected = sum(score.p_value < 0.05 for score in scores)
    assert scipy.stats.binom.sf(num_rejected - 1, num_tests, 0.05) > 1e-4


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_accuracy_comes_near_the_best_one(classifier):
    # Two normal laws two deviations apart: no classifier beats Phi(1) = 0.841.
    real, fake = normal(2, 2000, 1), normal(3, 2000, 1) + 2
    score = classifier_two_sample_test(real=real, fake=fake, classifier=classifier)
    assert score.standard_error == pytest.approx(0.00818, rel=0.1)
    assert abs(score.accuracy - scipy.stats.norm.cdf(1)) < 4 * score.standard_error
    assert score.p_value < 1e-100


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_noise_and_dropped_modes_are_caught_and_copies_pass(classifier):
    modes = np.repeat([[-20.0, 0.0], [20.0, 0.0]], 500, axis=0)
    train, real = normal(4, 1000, 2) + modes, normal(5, 1000, 2) + modes

    def test(fake):
        return classifier_two_sample_test(real=real, fake=fake, classifier=classifier)

    assert test(normal(6, 1000, 2) * 5 + [0, 40]).accuracy > 0.99
    # One of two modes: half of the real ones are told, the others are not.
    dropped = test(normal(7, 1000, 2) + modes[0])
    assert dropped.accuracy == pytest.approx(0.75, abs=0.05)
    assert test(train).p_value > 1e-3  # copies of what it was trained on


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_a_constant_classifier_is_right_half_of_the_time(classifier):
    same = np.ones((41, 3))
    score = classifier_two_sample_test(
        real=same, fake=same, classifier=classifier, test_fraction=0.3
    )
    assert score.accuracy == 0.5
    assert score.p_value == 0.5


def test_sets_are_cut_to_equal_numbers_and_the_numbers_recorded():
    real = Features(normal(8, 500, 2), name="moments")
    fake = Features(normal(9, 101, 2), name="moments")
    score = classifier_two_sample_test(real=real, fake=fake, test_fraction=0.25, seed=3)
    assert score.values.keys() == {"classifier_accuracy", "classifier_p_value"}
    assert {
        "features": "moments",
        "classifier": "knn",
        "num_real": 500,
        "num_fake": 101,
        "num_train": 152,  # 2 (101 - 25)
        "num_test": 50,
        "k": 12,  # floor(sqrt(152))
        "dim": 2,
        "test_fraction": 0.25,
        "seed": 3,
    }.items() <= score.record().items()


def test_parts_are_disjoint_and_drawn_from_everywhere():
    real, fake = np.arange(40.0)[:, None], np.arange(100.0, 130.0)[:, None]
    parts = two_sample._split(Features(real), Features(fake), 30, 10, seed=0)
    drawn = [part.points[:, 0] + real.mean() for part in parts]
    assert [len(part) for part in drawn] == [40, 20]
    values = np.concatenate(drawn)
    assert len(set(values)) == 60
    assert np.sum(values < 40) == 30
    assert max(values[values < 40]) > 35  # not just the first 30
    for part, points in zip(parts, drawn, strict=True):
        assert np.array_equal(part.labels, points >= 100)


def test_seeds_decide_the_split_and_the_network():
    real, fake = normal(10, 2, 100, 2)
    for classifier in CLASSIFIERS:
        first, again, other = (
            classifier_two_sample_test(
                real=real, fake=fake + 0.5, classifier=classifier, seed=seed
            )
            for seed in (0, 0, 1)
        )
        assert first == again
        assert first.accuracy != other.accuracy


def test_the_network_runs_its_epochs_and_keeps_its_warnings():
    # With nothing to learn, the library's own rule would stop after some 12 epochs.
    same, labels = np.ones((40, 2)), np.repeat([0, 1], 20)
    model = two_sample._network(len(same), seed=0)
    with pytest.warns(sklearn.exceptions.ConvergenceWarning):
        model.fit(same, labels)
    assert model[-1].n_iter_ == 100
    assert [weights.shape for weights in model[-1].coefs_] == [(2, 20), (20, 1)]
    with warnings.catch_warnings():
        warnings.simplefilter("error", sklearn.exceptions.ConvergenceWarning)
        classifier_two_sample_test(real=same, fake=same, classifier="network")


def test_the_network_sees_small_features_beside_large_ones():
    # All that differs is in the small one; the best accuracy is Phi(1) = 0.841.
    scales = np.array([1e-4, 1e4])
    real, fake = normal(11, 2, 500, 2)
    score = classifier_two_sample_test(
        real=real * scales,
        fake=(fake + np.eye(2)[0] * 2) * scales,
        classifier="network",
    )
    assert score.accuracy > 0.8


def test_a_far_origin_changes_nothing():
    real, fake = normal(12, 2, 200, 3)
    plain, moved = (
        classifier_two_sample_test(real=real + origin, fake=fake + 0.5 + origin)
        for origin in (0.0, 1e6)
    )
    # Two votes of 200 may turn: the points themselves are rounded at 1e6.
    assert plain.accuracy == pytest.approx(moved.accuracy, abs=0.011)


def test_few_test_points_are_noted():
    # Power 0.8 against 0.55 takes about (1.645 + 0.842)^2 / 4 / 0.05^2 = 618 points.
    real, fake = normal(13, 2, 700, 1)
    few = classifier_two_sample_test(real=real[:610], fake=fake[:610])
    assert "610 test points are few" in few.warnings[0]
    assert not classifier_two_sample_test(real=real[:626], fake=fake[:626]).warnings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classifier": "network2"}, "`classifier`.*Did you mean 'network'"),
        ({"test_fraction": 0.0}, "`test_fraction`"),
        ({"test_fraction": 1.0}, "`test_fraction`"),
        ({"test_fraction": 0.99}, "leaves points to train and to test on"),
        ({"seed": -1}, "`seed`"),
        ({"real": np.zeros((3, 2))}, "`real` must hold at least 4 rows"),
        ({"fake": np.full((9, 2), math.nan)}, "`fake` must be finite"),
        ({"fake": np.zeros((9, 3))}, "features of one length"),
    ],
)
def test_bad_arguments_are_named(changes, message):
    sets = {"real": normal(0, 9, 2), "fake": normal(1, 9, 2)}
    with pytest.raises(ValueError, match=message):
        classifier_two_sample_test(**{**sets, **changes})


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (classifier_test_power, (0.0, 100), "`effect`"),
        (classifier_test_power, (0.5, 100), "`effect`"),
        (classifier_test_power, (0.1, 0), "`num_test`"),
        (classifier_test_power, (0.1, 100, 1.0), "`significance`"),
        (accuracy_p_value, (1.5, 100), "`accuracy`"),
        (accuracy_p_value, (0.5, 0), "`num_test`"),
    ],
)
def test_bad_arguments_of_the_helpers_are_named(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)
