"""The measures that an `Evaluator` knows by name."""

from typing import cast

import numpy as np

from keras_gan._validation import check_known
from keras_gan.datasets.mixtures import GaussianMixture
from keras_gan.evaluation._class_measures import CLASS_MEASURES
from keras_gan.evaluation._measure import TEST_POINTS, Measure, Need
from keras_gan.evaluation._sets import RealSets, Sets
from keras_gan.evaluation.class_coverage import ClassCoverage, class_coverage
from keras_gan.evaluation.density_coverage import DensityCoverage, density_coverage
from keras_gan.evaluation.different_bins import DifferentBins, different_bins
from keras_gan.evaluation.frechet import FrechetDistance, frechet_distance
from keras_gan.evaluation.inception_score import InceptionScore, inception_score
from keras_gan.evaluation.kernel_distance import KernelDistance, kernel_distance
from keras_gan.evaluation.memorization import Memorization, memorization
from keras_gan.evaluation.mode_coverage import ModeCoverage, mode_coverage
from keras_gan.evaluation.parzen_protocol import ParzenEstimate, parzen_log_likelihood
from keras_gan.evaluation.parzen_validation import ParzenValidation, parzen_validation
from keras_gan.evaluation.precision_recall import PrecisionRecall, precision_recall
from keras_gan.evaluation.score import Quantity, Score
from keras_gan.evaluation.structural_diversity import (
    StructuralDiversity,
    structural_diversity,
)
from keras_gan.evaluation.two_sample import (
    ClassifierTwoSampleTest,
    classifier_two_sample_test,
)

_SMALLEST_SIDE = 8  # that structural_diversity compares
_MOST_MOMENTS = 2_048  # Inception's features; a covariance of more takes minutes


def quantity_of(name: str) -> Quantity:
    """Returns what is known of a value by its name in logs and tables.

    Use its `mode` for callbacks that watch the value.

    Args:
        name: str, e.g. `"frechet_distance"`.

    Returns:
        quantity: `Quantity`.

    Raises:
        ValueError: if no measure of `Evaluator` gives such a value.

    Example:
    >>> quantity_of("frechet_distance").mode, quantity_of("recall").mode
    ('min', 'max')
    """
    return _quantities(measure_giving(name))[name]


def measure_giving(name: str, argument: str = "name") -> str:
    """Returns the first measure that gives a value of this name; raises likewise."""
    givers = {value: measure for measure in MEASURES for value in _quantities(measure)}
    check_known(argument, name, givers)
    return next(measure for measure in MEASURES if name in _quantities(measure))


def given_beside(name: str) -> set[str]:
    """Names of the values that a measure gives together with this one, if one does."""
    givers = (_quantities(measure) for measure in MEASURES)
    return {value for values in givers if name in values for value in values}


def _quantities(measure: str) -> dict[str, Quantity]:
    return {quantity.name: quantity for quantity in MEASURES[measure].score.quantities}


def _parzen(sets: Sets) -> Score:
    points = sets.reals.parzen
    return parzen_validation(
        sets.samples, points.valid, points.bandwidths, verbose=sets.verbose
    )


def _parzen_log_likelihood(sets: Sets) -> Score:
    points = sets.reals.parzen
    return parzen_log_likelihood(
        sets.samples,
        points.valid,
        np.asarray(points.test),
        points.bandwidths,
        sets.verbose,
    )


def _kernel_distance(sets: Sets) -> Score:
    half = max(2, min(len(sets.real), len(sets.fake)) // 2)
    return kernel_distance(
        real=sets.real, fake=sets.fake, subset_size=min(1_000, half), seed=sets.seed
    )


def _class_coverage(sets: Sets) -> Score:
    probabilities = np.asarray(sets.fake.probabilities)  # [num, num_classes]
    labels, num_classes = probabilities.argmax(axis=1), probabilities.shape[1]
    return class_coverage(labels, num_classes, sets.fake.name)


def _different_bins(sets: Sets) -> Score:
    enough = min(len(sets.real), len(sets.fake)) // 10  # some ten points in a bin
    num_bins = max(2, min(100, enough))
    return different_bins(
        real=sets.real, fake=sets.fake, num_bins=num_bins, seed=sets.seed
    )


def _structural_diversity(sets: Sets) -> Score:
    return structural_diversity(
        images=sets.images,
        value_range=sets.reals.value_range,
        num_pairs=max(1, min(1_000, len(sets.images) // 2)),
        seed=sets.seed,
    )


def _mode_coverage(sets: Sets) -> Score:
    mixture = cast(GaussianMixture, sets.reals.mixture)
    return mode_coverage(sets.images, mixture.centers, mixture.stddev)


def _is_of_images(reals: RealSets) -> bool:
    shape = reals.images.shape
    return len(shape) == 4 and min(shape[1:3]) >= _SMALLEST_SIDE


_PROBABILITIES = Need(
    "class probabilities from `network`",
    lambda reals: reals.training.probabilities is not None,
)
_IMAGES = Need(
    f"images with sides of {_SMALLEST_SIDE} pixels or more",
    _is_of_images,
)
_SPLITS = 10  # of the inception score, where there are so many samples
_MIXTURE = Need(
    "the mixture that samples are to follow, `mixture`",
    lambda reals: reals.mixture is not None,
)

MEASURES: dict[str, Measure] = {
    "parzen": Measure(_parzen, ParzenValidation, reads=()),
    "parzen_log_likelihood": Measure(
        _parzen_log_likelihood, ParzenEstimate, (TEST_POINTS,), reads=()
    ),
    "frechet_distance": Measure(
        lambda sets: frechet_distance(real=sets.real, fake=sets.fake),
        FrechetDistance,
        most_dim=_MOST_MOMENTS,
    ),
    "kernel_distance": Measure(_kernel_distance, KernelDistance),
    "inception_score": Measure(
        lambda sets: inception_score(
            fake=sets.fake, num_splits=min(_SPLITS, len(sets.fake))
        ),
        InceptionScore,
        (_PROBABILITIES,),
    ),
    "precision_recall": Measure(
        lambda sets: precision_recall(real=sets.real, fake=sets.fake),
        PrecisionRecall,
        least=4,
    ),
    "density_coverage": Measure(
        lambda sets: density_coverage(real=sets.real, fake=sets.fake),
        DensityCoverage,
        least=6,
    ),
    "class_coverage": Measure(_class_coverage, ClassCoverage, (_PROBABILITIES,)),
    "different_bins": Measure(_different_bins, DifferentBins),
    "classifier_two_sample_test": Measure(
        lambda sets: classifier_two_sample_test(
            real=sets.reals.held_out, fake=sets.fake, seed=sets.seed
        ),
        ClassifierTwoSampleTest,
        reads=("held_out",),
        least=4,
    ),
    "memorization": Measure(
        lambda sets: memorization(
            real=sets.reals.training, fake=sets.fake, held_out=sets.reals.held_out
        ),
        Memorization,
        reads=("training", "held_out"),
    ),
    "structural_diversity": Measure(
        _structural_diversity, StructuralDiversity, (_IMAGES,), reads=()
    ),
    "mode_coverage": Measure(_mode_coverage, ModeCoverage, (_MIXTURE,), reads=()),
    **CLASS_MEASURES,
}
"""Every measure by its name, in the order of a table."""
