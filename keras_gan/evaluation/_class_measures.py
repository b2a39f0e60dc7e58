"""The measures of conditional generators that an `Evaluator` knows by name."""

import numpy as np

from keras_gan.evaluation._measure import TEST_POINTS, Measure, Need
from keras_gan.evaluation._sets import Sets
from keras_gan.evaluation.asked_coverage import AskedCoverage, asked_coverage
from keras_gan.evaluation.class_accuracy import ClassAccuracy, class_accuracy
from keras_gan.evaluation.class_frechet import (
    ClassFrechetDistance,
    class_frechet_distance,
)
from keras_gan.evaluation.class_parzen import ClassParzen, class_parzen
from keras_gan.evaluation.gan_train import GANTrain, gan_train
from keras_gan.evaluation.score import Score


def _class_accuracy(sets: Sets) -> Score:
    classifier, predicted = sets.predicted
    return class_accuracy(
        predicted=predicted, asked=np.asarray(sets.labels), classifier=classifier
    )


def _asked_coverage(sets: Sets) -> Score:
    classifier, predicted = sets.predicted
    return asked_coverage(
        predicted=predicted, asked=np.asarray(sets.labels), classifier=classifier
    )


def _gan_train(sets: Sets) -> Score:
    return gan_train(
        samples=sets.images,
        labels=np.asarray(sets.labels),
        held_out=sets.reals.held_out_images,
        held_out_labels=np.asarray(sets.reals.held_out_labels),
        seed=sets.seed,
    )


def _class_frechet_distance(sets: Sets) -> Score:
    return class_frechet_distance(
        real=sets.reals.training,
        real_labels=np.asarray(sets.reals.labels),
        fake=sets.fake,
        fake_labels=np.asarray(sets.labels),
        seed=sets.seed,
    )


def _class_parzen(sets: Sets) -> Score:
    points = sets.reals.parzen
    return class_parzen(
        samples=sets.images,
        labels=np.asarray(sets.labels),
        valid=points.valid,
        valid_labels=np.asarray(points.valid_labels),
        test=np.asarray(points.test),
        test_labels=np.asarray(points.test_labels),
        bandwidths=points.bandwidths,
    )


_LABELS = Need(
    "classes: `labels` of the real samples, and samples that were asked for by them",
    lambda reals: reals.labels is not None and len(np.unique(reals.labels)) > 1,
)
_HELD_OUT_LABELS = Need(
    "`held_out_labels`", lambda reals: reals.held_out_labels is not None
)
_PARZEN_LABELS = Need(
    "labels of the Parzen points, as `ParzenPoints(…, valid_labels=…, test_labels=…)` "
    "has them",
    lambda reals: (
        reals.parzen.valid_labels is not None and reals.parzen.test_labels is not None
    ),
)

CLASS_MEASURES: dict[str, Measure] = {
    "class_accuracy": Measure(_class_accuracy, ClassAccuracy, (_LABELS,), asks=True),
    "gan_train": Measure(
        _gan_train, GANTrain, (_LABELS, _HELD_OUT_LABELS), reads=(), asks=True
    ),
    "asked_coverage": Measure(_asked_coverage, AskedCoverage, (_LABELS,), asks=True),
    "class_frechet_distance": Measure(
        _class_frechet_distance,
        ClassFrechetDistance,
        (_LABELS,),
        asks=True,
        least_of_class=2,
    ),
    "class_parzen": Measure(
        _class_parzen, ClassParzen, (TEST_POINTS, _PARZEN_LABELS), reads=(), asks=True
    ),
}
