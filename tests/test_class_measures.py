"""Measures of conditional generators: of the class asked for, and of each class."""

import json
import math

import numpy as np
import pytest
import scipy.linalg
import scipy.special
import sklearn.linear_model
import sklearn.metrics
import sklearn.neighbors

import keras_gan as kg
from keras_gan.evaluation import (
    ClassifierTraining,
    Evaluator,
    ParzenPoints,
    asked_coverage,
    class_accuracy,
    class_frechet_distance,
    class_parzen,
    digit_classifier_training,
    gan_train,
    label_classifier,
    parzen_log_likelihood,
    score_table,
)
from keras_gan.evaluation._labels import balanced_labels
from keras_gan.evaluation.label_classifier import (
    DIGIT_NETWORK,
    PERCEPTRON,
    training_for,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def permuted(labels, seed=0):
    return np.random.default_rng(seed).permutation(labels)


# ------------------------------------------------------------------ counts


def test_class_accuracy_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    asked = random.choice([0, 2, 5], 400, p=[0.5, 0.3, 0.2])
    predicted = np.where(random.uniform(size=400) < 0.6, asked, random.integers(6))
    score = class_accuracy(predicted=predicted, asked=asked, classifier="toy")
    accuracy = sklearn.metrics.accuracy_score(asked, predicted)
    recalls = sklearn.metrics.recall_score(
        asked, predicted, labels=[0, 2, 5], average=None
    )
    assert score.accuracy == accuracy
    assert score.standard_error == math.sqrt(accuracy * (1 - accuracy) / 400)
    np.testing.assert_allclose(score.accuracies, recalls, rtol=1e-12)
    assert score.worst_class == [0, 2, 5][int(np.argmin(recalls))]
    assert score.worst_accuracy == min(score.accuracies)
    assert score.num_by_class == tuple(np.bincount(asked)[[0, 2, 5]])
    assert json.loads(json.dumps(score.record()))["classes"] == [0, 2, 5]


def test_asked_coverage_counts_by_hand():
    # Class 1 is never reached, class 3 never asked for.
    score = asked_coverage(
        asked=[0, 0, 1, 1, 2, 2, 2, 2], predicted=[0, 0, 2, 3, 2, 2, 2, 0]
    )
    assert score.classes == (0, 1, 2, 3)
    assert score.num_asked == (2, 2, 4, 0)
    assert score.num_found == (3, 0, 4, 1)
    assert score.num_right == (2, 0, 3, 0)
    assert (score.covered, score.num_asked_classes) == (2, 3)
    # |3-2| + |0-2| + |4-4| + |1-0| = 4, of 2 x 8.
    assert score.total_variation == 0.25
    assert score.worst_class == 1


@pytest.mark.parametrize("measure", [class_accuracy, asked_coverage])
@pytest.mark.parametrize(
    ("predicted", "asked", "error", "told"),
    [
        ([0, 1], [0, 1, 2], ValueError, "`predicted` must hold one label for each"),
        (np.zeros(0, int), np.zeros(0, int), ValueError, "`asked` must hold"),
        ([0.5, 1], [0, 1], TypeError, "`predicted` must be integers"),
        ([0, 1], [0, -1], ValueError, "`asked` must be classes from 0 on"),
    ],
)
def test_labels_that_are_none_are_refused(measure, predicted, asked, error, told):
    with pytest.raises(error, match=told):
        measure(predicted=predicted, asked=asked)


def test_balanced_labels_differ_by_one_at_most():
    labels = balanced_labels(np.array([7, 3, 3, 5]), 11)
    assert np.bincount(labels)[[3, 5, 7]].tolist() == [4, 4, 3]


# --------------------------------------------------------------- GAN-train


def logistic(samples, labels, seed):
    model = sklearn.linear_model.LogisticRegression(max_iter=200, random_state=seed)
    model.fit(samples.reshape(len(samples), -1), labels)
    return lambda images: model.predict(images.reshape(len(images), -1))


@pytest.mark.exhaustive
def test_gan_train_on_real_samples_is_the_ordinary_accuracy(digits):
    sets = {
        "samples": digits.train.images[:300],
        "labels": digits.train.labels[:300],
        "held_out": digits.test.images,
        "held_out_labels": digits.test.labels,
    }
    score = gan_train(**sets, training=ClassifierTraining("logistic", logistic))
    model = sklearn.linear_model.LogisticRegression(max_iter=200, random_state=0)
    model.fit(sets["samples"].reshape(300, -1), sets["labels"])
    rows = digits.test.images.reshape(len(digits.test), -1)
    assert score.accuracy == model.score(rows, digits.test.labels)
    recalls = sklearn.metrics.recall_score(
        digits.test.labels, model.predict(rows), average=None
    )
    np.testing.assert_allclose(score.accuracies, recalls, rtol=1e-12)
    assert (score.num_samples, score.num_held_out) == (300, 300)
    assert score.classifier == "logistic"
    # The package's own perceptron learns them as well as that.
    own = gan_train(**sets)
    assert own.classifier == PERCEPTRON.name
    assert abs(own.accuracy - score.accuracy) < 0.04
    assert gan_train(**sets) == own  # the same seed, the same classifier
    wrong = gan_train(**{**sets, "labels": permuted(sets["labels"])})
    assert wrong.accuracy < 0.2


def test_gan_train_sees_that_samples_of_a_class_are_alike(digits, few_updates):
    train = digits.train
    first = [np.flatnonzero(train.labels == label)[0] for label in range(10)]
    labels = np.arange(200) % 10
    alike = train.images[np.array(first)[labels]]
    evaluator = Evaluator(
        train.images,
        digits.valid.images,
        labels=train.labels,
        held_out_labels=digits.valid.labels,
        measures=["class_accuracy", "gan_train"],
    )
    scores = evaluator(alike, labels=labels)
    assert scores["class_accuracy"].accuracy == 1.0
    assert scores["gan_train"].accuracy < 0.85
    # Real images in the place of generated ones.
    real = evaluator(digits.test.images[:200], labels=digits.test.labels[:200])
    assert real["gan_train"].accuracy > 0.9
    assert real["class_accuracy"].accuracy > 0.94
    shuffled = evaluator(
        digits.test.images[:200], labels=permuted(digits.test.labels[:200])
    )
    # Chance is 0.1, with a standard error of 0.021.
    assert abs(shuffled["class_accuracy"].accuracy - 0.1) < 0.09


def test_what_gan_train_cannot_learn_from_is_refused(digits):
    images, labels = digits.test.images[:20], digits.test.labels[:20]
    known = {"held_out": images, "held_out_labels": labels}
    with pytest.raises(ValueError, match="`labels` must name at least 2 classes"):
        gan_train(samples=images, labels=np.full(20, 4), **known)
    with pytest.raises(ValueError, match="`samples` and `held_out` must have one"):
        gan_train(samples=images[:, :4], labels=labels, **known)
    with pytest.raises(ValueError, match="`held_out_labels` must hold one label"):
        gan_train(
            samples=images, labels=labels, held_out=images, held_out_labels=labels[:3]
        )


def test_digits_are_read_by_a_digit_network(monkeypatch):
    labels = np.arange(40) % 2
    real = np.random.default_rng(0).uniform(size=(40, 28, 28, 1)).astype("float32")
    assert training_for(real, labels) is DIGIT_NETWORK
    assert training_for(real, labels + 9) is PERCEPTRON
    assert training_for(2 * real - 1, labels) is PERCEPTRON
    assert training_for(real[:, :8, :8], labels) is PERCEPTRON
    trained = []

    class Network:
        """Tells the two images apart that it was trained on."""

        def __init__(self, images, labels, seed, num_epochs):
            trained.append((images, labels, seed, num_epochs))
            self.is_first = lambda some: np.all(some == images[0], axis=(1, 2, 3))

        def predict(self, images, **_):
            return np.stack([self.is_first(images), ~self.is_first(images)], axis=1)

    monkeypatch.setattr(digit_classifier_training, "fit_digit_network", Network)
    samples = np.concatenate([2 * real[:1], real[1:2] - 2])  # beyond [0, 1]
    with pytest.warns(UserWarning, match="different value ranges: samples from -2"):
        score = gan_train(
            samples=samples.repeat(100, axis=0),
            labels=np.repeat([0, 1], 100),
            held_out=samples.clip(0, 1),
            held_out_labels=labels[:2],
            seed=7,
        )
    assert score.accuracy == 1.0
    assert (
        score.classifier == "digit network, whole passes of at least 400 updates of 128"
    )
    ((images, asked, seed, num_epochs),) = trained
    assert images.dtype == "float32" and images.min() == 0 and images.max() == 1
    # 200 samples are two batches of at most 128.
    assert (len(asked), seed, num_epochs) == (200, 7, 200)


@pytest.fixture
def few_updates(monkeypatch):
    """What a test can do with that needs no good classifier."""
    monkeypatch.setattr(label_classifier, "_PERCEPTRON_UPDATES", 300)


# ------------------------------------------------------- Frechet and Parzen


def test_class_frechet_distances_are_those_of_scipy():
    random = np.random.default_rng(0)
    labels = np.arange(240) % 3
    real, fake = random.normal(size=(2, 240, 4)) * (1 + labels[:, np.newaxis])
    score = class_frechet_distance(
        real=real, real_labels=labels, fake=fake, fake_labels=labels
    )
    expected = []
    for label in range(3):
        one, other = real[labels == label], fake[labels == label]
        covariances = np.cov(one.T), np.cov(other.T)
        root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
        shift = np.sum((one.mean(axis=0) - other.mean(axis=0)) ** 2)
        expected.append(shift + np.trace(sum(covariances) - 2 * root))
    np.testing.assert_allclose(score.distances, expected, rtol=1e-8)
    np.testing.assert_allclose(score.mean, np.mean(expected), rtol=1e-8)
    assert score.worst_class == 2 and score.worst_distance == max(score.distances)
    assert score.num_real_by_class == score.num_fake_by_class == (80, 80, 80)


def test_as_many_real_samples_as_a_class_has_generated_ones():
    points = np.random.default_rng(0).normal(size=(100, 2))
    score = class_frechet_distance(
        real=points,
        real_labels=np.arange(100) % 2,
        fake=points[:70],
        fake_labels=np.repeat([0, 1], [10, 60]),
        seed=3,
    )
    assert score.num_fake_by_class == (10, 60)
    assert score.num_real_by_class == (10, 50)
    with pytest.raises(ValueError, match="`real_labels` must have at least 2.*class 4"):
        class_frechet_distance(
            real=points,
            real_labels=np.arange(100) % 2,
            fake=points[:10],
            fake_labels=np.full(10, 4),
        )


def clusters(seed):
    random = np.random.default_rng(seed)
    labels = np.arange(90) % 3
    return random.normal(size=(90, 3)) + 2 * labels[:, np.newaxis], labels


def parzen_arguments():
    names = {"samples": "labels", "valid": "valid_labels", "test": "test_labels"}
    arguments = {}
    for seed, (points, labels) in enumerate(names.items()):
        arguments[points], arguments[labels] = clusters(seed)
    return arguments


def test_class_parzen_is_that_of_scikit_learn():
    arguments, bandwidth = parzen_arguments(), 0.5
    score = class_parzen(**arguments, bandwidths=[bandwidth])
    expected = []
    for label in range(3):
        kernels, test = (
            arguments[points][arguments[labels] == label]
            for points, labels in (("samples", "labels"), ("test", "test_labels"))
        )
        density = sklearn.neighbors.KernelDensity(bandwidth=bandwidth).fit(kernels)
        expected.append(density.score_samples(test))
    np.testing.assert_allclose(score.class_means, np.mean(expected, 1), rtol=1e-8)
    np.testing.assert_allclose(score.mean, np.mean(expected), rtol=1e-8)
    error = np.std(expected) / math.sqrt(90)
    np.testing.assert_allclose(score.standard_error, error, rtol=1e-8)
    assert score.class_bandwidths == (bandwidth,) * 3
    assert score.num_samples_by_class == (30, 30, 30)


def test_one_set_of_kernels_is_the_mixture_of_the_classes():
    # Mirza and Osindero's protocol, equally many kernels of each class: p(x) is the
    # mean of p(x | c) over the classes.
    arguments, bandwidth = parzen_arguments(), 0.5
    one_set = parzen_log_likelihood(
        arguments["samples"], arguments["valid"], arguments["test"], [bandwidth]
    )
    of_class = [
        sklearn.neighbors.KernelDensity(bandwidth=bandwidth)
        .fit(arguments["samples"][arguments["labels"] == label])
        .score_samples(arguments["test"])
        for label in range(3)
    ]
    mixture = scipy.special.logsumexp(of_class, axis=0) - math.log(3)
    np.testing.assert_allclose(one_set.mean, mixture.mean(), rtol=1e-8)
    # Under its own class alone a point is likelier by log 3 at most.
    score = class_parzen(**arguments, bandwidths=[bandwidth])
    assert score.mean <= one_set.mean + math.log(3)


def test_each_class_chooses_its_bandwidth_on_its_validation_points():
    arguments = parzen_arguments()
    wide = arguments["labels"] == 2
    for points in ("samples", "valid"):
        arguments[points][wide] *= 4
    score = class_parzen(**arguments)
    assert score.best_class_bandwidths[2] > 2 * max(score.best_class_bandwidths[:2])
    moved = {**arguments, "test": arguments["test"] + 1}
    again = class_parzen(**moved)
    assert again.best_class_bandwidths == score.best_class_bandwidths
    assert again.mean != score.mean
    wrong = {**arguments, "labels": (arguments["labels"] + 1) % 3}
    assert class_parzen(**wrong).mean < score.mean - 1
    with pytest.raises(ValueError, match="`valid_labels` must have each.*class 3"):
        class_parzen(**{**arguments, "labels": arguments["labels"] + 1})


@pytest.mark.parametrize("value_range", [(-1.0, 1.0), (0.0, 255.0)])
def test_samples_of_another_range_are_told_of(digits, few_updates, value_range):
    low, high = value_range
    valid, test = digits.valid, digits.test
    samples = low + (high - low) * digits.train.images[:200]
    asked = {"samples": samples, "labels": digits.train.labels[:200]}
    with pytest.warns(UserWarning, match="`samples` and `held_out` seem to have diff"):
        score = gan_train(**asked, held_out=valid.images, held_out_labels=valid.labels)
    assert len(score.warnings) == 1
    with pytest.warns(UserWarning, match="`samples` and `(valid|test)` seem to have"):
        class_parzen(
            **asked,
            valid=valid.images,
            valid_labels=valid.labels,
            test=test.images,
            test_labels=test.labels,
            bandwidths=(0.1, 1.0),
        )


# ------------------------------------------------------------------ together


@pytest.fixture
def evaluator(digits, few_updates):
    valid, test = digits.valid, digits.test
    return Evaluator(
        digits.train.images[:400],
        valid.images,
        labels=digits.train.labels[:400],
        held_out_labels=valid.labels,
        parzen=ParzenPoints(
            valid.images,
            test=test.images,
            bandwidths=(0.1, 0.2),
            valid_labels=valid.labels,
            test_labels=test.labels,
        ),
    )


NEED_LABELS = {
    "class_accuracy",
    "gan_train",
    "asked_coverage",
    "class_frechet_distance",
    "class_parzen",
}


def test_an_evaluator_with_labels_takes_them_all(evaluator, digits):
    assert set(evaluator.measures) > NEED_LABELS
    assert evaluator.classes.tolist() == list(range(10))
    images, labels = digits.test.images[:100], digits.test.labels[:100]
    scores = evaluator(images, labels=labels)
    assert list(scores) == list(evaluator.measures)
    values = [name for score in scores.values() for name in score.values]
    assert len(set(values)) == len(values)
    assert scores["class_accuracy"].classifier == PERCEPTRON.name
    table = score_table({"generated": scores.values(), "real": scores.values()})
    rows = table.splitlines()
    start = next(i for i, row in enumerate(rows) if row.startswith("by class"))
    assert rows[start].split()[2:] == [str(label) for label in range(10)]
    (row,) = (row for row in rows if row.startswith("samples_asked, real"))
    assert row.split()[2:] == np.bincount(labels).astype(str).tolist()
    # Of an unconditional generator nothing is asked: what needs labels is left out.
    assert set(evaluator.measures) - set(evaluator(images)) == NEED_LABELS
    with pytest.raises(ValueError, match="`labels` must be the classes.*class_accurac"):
        evaluator(images, measures=["frechet_distance", "class_accuracy"])


@pytest.mark.parametrize(
    ("num_classes", "classifier"), [(10, "network"), (12, PERCEPTRON.name)]
)
def test_a_network_of_as_many_classes_tells_them_apart(
    digits, few_updates, num_classes, classifier
):
    def network(batch):
        flat = batch.reshape(len(batch), -1)
        always_3 = np.tile(np.eye(num_classes)[3], (len(batch), 1))
        return {"features": flat, "probabilities": always_3}

    labels, valid = digits.train.labels[:300], digits.valid
    evaluator = Evaluator(
        digits.train.images[:300],
        valid.images,
        network,
        ["class_accuracy"],
        labels=labels,
    )
    score = evaluator(valid.images[:50], labels=valid.labels[:50])["class_accuracy"]
    assert score.classifier == classifier
    share_of_3 = np.mean(valid.labels[:50] == 3)
    assert (score.accuracy == share_of_3) == (classifier == "network")


def test_what_labels_are_needed_for_is_said(evaluator, digits):
    sets = digits.train.images[:50], digits.valid.images
    for measure, told in {
        "class_accuracy": "class_accuracy needs classes: `labels` of the real samples",
        "gan_train": "gan_train needs classes",
        "class_parzen": "class_parzen needs test points",
    }.items():
        with pytest.raises(ValueError, match=told):
            Evaluator(*sets, measures=[measure])
    labels = digits.train.labels[:50]
    with pytest.raises(ValueError, match="gan_train needs `held_out_labels`"):
        Evaluator(*sets, measures=["gan_train"], labels=labels)
    points = ParzenPoints(digits.valid.images, test=digits.test.images)
    with pytest.raises(ValueError, match="class_parzen needs labels of the Parzen"):
        Evaluator(*sets, measures=["class_parzen"], parzen=points)
    asking = Evaluator(*sets, measures=["class_frechet_distance"], labels=labels)
    with pytest.raises(ValueError, match="`labels` must be the classes.*class_frechet"):
        asking(digits.test.images)
    with pytest.raises(
        ValueError, match="`labels` must hold one label for each of 300"
    ):
        asking(digits.test.images, labels=labels)
    with pytest.raises(ValueError, match="`held_out_labels` must hold one label"):
        Evaluator(*sets, held_out_labels=labels)


def test_more_than_ten_classes_stand_below_each_other():
    score = class_accuracy(predicted=np.arange(13), asked=np.arange(13))
    lines = score_table({"generated": [score]}).splitlines()
    heads = [line.split()[2:] for line in lines if line.startswith("by class")]
    assert heads == [[str(i) for i in range(10)], ["10", "11", "12"]]


@pytest.mark.exhaustive
def test_the_classifier_suits_the_classes_of_both_sets():
    samples = np.random.default_rng(0).uniform(size=(60, 28, 28, 1)).astype("float32")
    trained = kg.evaluation.gan_train(
        samples=samples,
        labels=np.arange(60) % 12,  # more than digits have
        held_out=samples[:20],
        held_out_labels=np.arange(20) % 10,
    )
    assert trained.num_held_out == 20
    assert 0 <= trained.accuracy <= 1


def test_few_samples_are_scored_in_as_many_parts():
    images = np.random.default_rng(0).uniform(size=(68, 28, 28, 1)).astype("float32")
    network = kg.evaluation.load_digit_classifier()
    evaluator = kg.evaluation.Evaluator(images[:30], images[30:60], network=network)
    scores = evaluator(images[60:])
    assert scores["inception_score"].num_splits == 8


def test_a_class_that_does_not_suit_leaves_its_measure_out(digits, few_updates):
    images, labels = digits.train.images[:100], np.arange(100) % 3
    rare = labels.copy()
    rare[0] = 3  # one example of this class
    evaluator = Evaluator(
        images, digits.valid.images[:50], labels=rare, held_out_labels=rare[:50]
    )
    with pytest.warns(UserWarning) as told:
        scores = evaluator(images, labels=rare)
    told = [str(one.message) for one in told]
    assert any(one.startswith("class_frechet_distance is left out: ") for one in told)
    assert "class_frechet_distance" not in scores
    assert {"frechet_distance", "gan_train", "class_accuracy"} <= {*scores}
    with pytest.warns(UserWarning, match="gan_train is left out: `labels` must name"):
        scores = evaluator(images, labels=np.ones(100, int))
    assert "gan_train" not in scores and "frechet_distance" in scores
    # Who names it is told.
    with pytest.raises(ValueError, match="`labels` must name at least 2 classes"):
        evaluator(images, labels=np.ones(100, int), measures=["gan_train"])
