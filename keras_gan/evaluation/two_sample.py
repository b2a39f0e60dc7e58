"""Classifier two-sample test: can a classifier tell generated from real?"""

import dataclasses
import math
import warnings
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import (
    check_between_0_and_1,
    check_fraction,
    check_known,
    check_positive_integer,
    check_seed,
    invalid_argument,
)
from keras_gan.evaluation._neighbors import centered
from keras_gan.evaluation._shares import standard_error_of_share
from keras_gan.evaluation.features import Features, check_two_sets
from keras_gan.evaluation.score import Quantity, Score

_EFFECT, _POWER = 0.05, 0.8  # an accuracy of 0.55 should be found in 4 of 5 tests


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassifierTwoSampleTest(Score):
    """What `classifier_two_sample_test` measured, with its protocol.

    Args:
        accuracy: float in [0, 1], on the test half; 0.5 where nothing can be told.
        standard_error: float, of the accuracy, over test points.
        p_value: float in [0, 1], one-sided.
        classifier: str, `"knn"` or `"network"`.
        k: int, neighbors that vote; `None` for the network.
        features: str, name of the feature function.
        num_real: int, real points given.
        num_fake: int, generated points given.
        num_train: int, points trained on, half of them real.
        num_test: int, points tested on, half of them real.
        dim: int, length of a feature vector.
        test_fraction: float in (0, 1).
        seed: int.
        warnings: strings, what makes the numbers doubtful. Defaults to `()`.
    """

    quantities = (
        Quantity("classifier_accuracy", "accuracy", "standard_error", better="0.5"),
        Quantity("classifier_p_value", "p_value", better="higher"),
    )

    accuracy: float
    standard_error: float
    p_value: float
    classifier: str
    k: int | None
    features: str
    num_real: int
    num_fake: int
    num_train: int
    num_test: int
    dim: int
    test_fraction: float
    seed: int


def classifier_two_sample_test(
    *,
    real: "Features | Array",
    fake: "Features | Array",
    classifier: str = "knn",
    test_fraction: float = 0.5,
    seed: int = 0,
) -> ClassifierTwoSampleTest:
    """Trains a classifier to tell two sets apart, and tests it on unseen points.

    Use it for a yes or no with an error rate, and in a space of features: on raw pixels
    every generator is caught by some texture. Real images should be held-out ones,
    for a generator that replays its training images passes the test against them.

        accuracy = share of num_test points that the classifier calls right
        p_value  = 1 - Phi((accuracy - 1/2) / sqrt(1 / (4 num_test)))

    Under equal laws the accuracy is 0.5 on average, and `p_value` is below 0.05 in at
    most about 5 % of the tests; `classifier_test_power` says how large a difference
    such a test finds. Noise and dropped modes both raise the accuracy; 1.0 is a perfect
    detection of fakes. Both sets are cut to equal numbers and split alike, by `seed`,
    so that no classifier gains by the commoner label.

    The classifiers, by scikit-learn:

        "knn"      floor(sqrt(num_train)) neighbors vote, on the features as they are
        "network"  20 rectified units, Adam, 100 epochs of batches of 200, on features
                   scaled by mean and deviation of the training half

    Args:
        real: `Features` or array `[num_real, …]`, held-out real points.
        fake: `Features` or array `[num_fake, …]`, generated points.
        classifier: str, `"knn"` or `"network"`. Defaults to `"knn"`.
        test_fraction: float in (0, 1), share of each set to test on.
            Defaults to `0.5`.
        seed: int, of the split and of the network. Defaults to `0`.

    Returns:
        score: `ClassifierTwoSampleTest`.

    Raises:
        ValueError: if a set has fewer than 4 rows or values that are not finite, the
            dimensions or the feature functions differ, the split leaves a part empty,
            or `classifier`, `test_fraction` or `seed` is unknown.

    Example:
    >>> random = np.random.default_rng(0)
    >>> real, fake = random.normal(size=(2, 200, 2))
    >>> score = classifier_two_sample_test(real=real, fake=fake + 10.0)
    >>> score.accuracy, score.num_test, score.k
    (1.0, 200, 14)

    References:
        Lopez-Paz, Oquab, Revisiting Classifier Two-Sample Tests, 2017.
        https://arxiv.org/abs/1610.06545
    """
    check_known("classifier", classifier, ("knn", "network"))
    check_seed("seed", seed)
    real, fake, doubts = check_two_sets(real, fake, minimum=4)
    num_each = min(len(real), len(fake))
    num_test = _num_test(num_each, test_fraction)  # of each set
    train, test = _split(real, fake, num_each, num_test, seed)
    k = math.isqrt(len(train)) if classifier == "knn" else None
    model = _knn(k) if k else _network(len(train), seed)
    accuracy = _accuracy(model, train, test)
    return ClassifierTwoSampleTest(
        accuracy=accuracy,
        standard_error=standard_error_of_share(accuracy, len(test)),
        p_value=accuracy_p_value(accuracy, len(test)),
        classifier=classifier,
        k=k,
        features=real.name,
        num_real=len(real),
        num_fake=len(fake),
        num_train=len(train),
        num_test=len(test),
        dim=real.dim,
        test_fraction=float(test_fraction),
        seed=int(seed),
        warnings=(*doubts, *_weakness(len(test))),
    )


def accuracy_p_value(accuracy: float, num_test: int) -> float:
    """Chance of an accuracy at least as high where there is nothing to tell.

    By the normal law that the binomial one approaches, as published: too low for few
    test points, by about 0.002 at 1,000.

    Args:
        accuracy: float in [0, 1].
        num_test: int, at least 1, points that were tested on.

    Returns:
        p_value: float in [0, 1].

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> round(accuracy_p_value(0.53, 1000), 5)
    0.02889
    """
    import scipy.stats

    num_test = check_positive_integer("num_test", num_test)
    if not 0 <= accuracy <= 1:
        raise invalid_argument("accuracy", "a float in [0, 1]", accuracy)
    return float(scipy.stats.norm.sf((accuracy - 0.5) * 2 * math.sqrt(num_test)))


def classifier_test_power(
    effect: float, num_test: int, significance: float = 0.05
) -> float:
    """Chance that the test finds a classifier whose true accuracy is 1/2 + `effect`.

        power = Phi((effect sqrt(num_test) - Phi^-1(1 - significance) / 2)
                    / sqrt(1/4 - effect^2))

    Args:
        effect: float in (0, 0.5).
        num_test: int, at least 1, points to test on.
        significance: float in (0, 1), the p value below which the test rejects.
            Defaults to `0.05`.

    Returns:
        power: float in [0, 1].

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> round(classifier_test_power(0.05, 1000), 4)
    0.9364
    """
    import scipy.stats

    num_test = check_positive_integer("num_test", num_test)
    if not 0 < effect < 0.5:
        raise invalid_argument("effect", "a float in (0, 0.5)", effect)
    significance = check_between_0_and_1("significance", significance)
    threshold = scipy.stats.norm.isf(significance) / 2
    excess = effect * math.sqrt(num_test) - threshold
    return float(scipy.stats.norm.cdf(excess / math.sqrt(0.25 - effect**2)))


@dataclasses.dataclass(frozen=True)
class _Labelled:
    points: FloatArray  # [num, dim]
    labels: Array  # [num], 1 where generated

    def __len__(self) -> int:
        return len(self.points)


def _num_test(num_each: int, test_fraction: float) -> int:
    num_test = round(num_each * check_fraction("test_fraction", test_fraction))
    if not 0 < num_test < num_each:
        raise invalid_argument(
            "test_fraction",
            f"a float in (0, 1) that leaves points to train and to test on, of "
            f"{num_each} in each set",
            test_fraction,
        )
    return num_test


def _split(
    real: Features, fake: Features, num_each: int, num_test: int, seed: int
) -> tuple[_Labelled, _Labelled]:
    """Draws equally many of both sets, and as many of each for the test."""
    random = np.random.default_rng(seed)
    origin = real.values.mean(axis=0, dtype="float64")
    drawn = [
        centered(features.values[random.permutation(len(features))[:num_each]], origin)
        for features in (real, fake)
    ]
    test = _label(*(points[:num_test] for points in drawn))
    return _label(*(points[num_test:] for points in drawn)), test


def _label(real: FloatArray, fake: FloatArray) -> _Labelled:
    labels = np.repeat([0, 1], [len(real), len(fake)])
    return _Labelled(np.concatenate([real, fake]), labels)


def _knn(k: int) -> Any:
    import sklearn.neighbors

    return sklearn.neighbors.KNeighborsClassifier(k)


def _network(num_train: int, seed: int) -> Any:
    import sklearn.neural_network
    import sklearn.pipeline
    import sklearn.preprocessing

    network = sklearn.neural_network.MLPClassifier(
        (20,),
        batch_size=min(200, num_train),
        max_iter=100,
        n_iter_no_change=100,  # never before 100 epochs
        random_state=seed,
    )
    scaler = sklearn.preprocessing.StandardScaler()
    return sklearn.pipeline.make_pipeline(scaler, network)


def _accuracy(model: Any, train: _Labelled, test: _Labelled) -> float:
    import sklearn.exceptions

    with warnings.catch_warnings():
        # The epochs are part of the protocol: it need not have converged.
        warnings.simplefilter("ignore", sklearn.exceptions.ConvergenceWarning)
        model.fit(train.points, train.labels)
    return float(np.mean(model.predict(test.points) == test.labels))


def _weakness(num_test: int) -> tuple[str, ...]:
    power = classifier_test_power(_EFFECT, num_test)
    if power >= _POWER:
        return ()
    return (
        f"{num_test:,} test points are few: a true accuracy of {0.5 + _EFFECT} would "
        f"be told from 0.5 in {power:.0%} of such tests.",
    )
