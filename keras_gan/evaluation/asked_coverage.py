"""Which of the classes that were asked for a conditional generator reaches."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.score import Quantity


@dataclasses.dataclass(frozen=True, kw_only=True)
class AskedCoverage(ClassScore):
    """What `asked_coverage` counted, with everything that the counts depend on.

    Args:
        covered: int, classes asked for with at least one sample that is found in them.
        total_variation: float in [0, 1], share of the samples that would have to lie in
            other classes for these to be as frequent as they were asked for.
        worst_class: int, asked for, with the fewest samples found for each asked for.
        num_found: ints, samples found in each class, whatever was asked for.
        num_asked: ints, samples asked for of each class.
        num_right: ints, samples of each class found where they were asked for.
        num_samples: int, all of them.
        num_asked_classes: int, classes asked for.
        classifier: str, its name.
    """

    quantities = (
        Quantity("covered_classes", "covered", better="higher"),
        Quantity("class_total_variation", "total_variation"),
    )
    class_quantities = (
        Quantity("samples_asked", "num_asked"),
        Quantity("samples_found", "num_found", better="samples_asked"),
    )

    covered: int
    total_variation: float
    worst_class: int
    num_found: tuple[int, ...]
    num_asked: tuple[int, ...]
    num_right: tuple[int, ...]
    num_samples: int
    num_asked_classes: int
    classifier: str


def asked_coverage(
    *, predicted: Array, asked: Array, classifier: str = "unnamed classifier"
) -> AskedCoverage:
    """Counts the classes that were asked for and reached, and samples found in each.

    Use it where a conditional generator may refuse some classes and prefer others:
    `class_accuracy` has one number for all of that.

        covered         = classes with a sample that was asked for and found in it
        total_variation = 1/2 sum_k |found_k - asked_k| / num_samples

    Args:
        predicted: integer array `[num_samples]`, what a classifier says of the samples.
        asked: integer array `[num_samples]`, the labels that they were drawn with.
        classifier: str, its name, for the record. Defaults to `"unnamed classifier"`.

    Returns:
        coverage: `AskedCoverage`; its classes are those asked for or found.

    Raises:
        TypeError: if labels are not integers.
        ValueError: if there are none, not one for each sample, or negative ones.

    Example:
    >>> coverage = asked_coverage(predicted=[0, 0, 0, 1], asked=[0, 0, 1, 1])
    >>> coverage.covered, coverage.total_variation, coverage.num_found
    (2, 0.25, (3, 1))
    """
    asked = check_labels("asked", asked, np.size(asked))
    predicted = check_labels("predicted", predicted, len(asked))
    num_classes = 1 + max(asked.max(), predicted.max())
    found, wanted, right = (
        np.bincount(labels, minlength=num_classes)
        for labels in (predicted, asked, asked[predicted == asked])
    )
    classes = np.flatnonzero(found + wanted)
    asked_classes = np.flatnonzero(wanted)
    ratios = found[asked_classes] / wanted[asked_classes]
    return AskedCoverage(
        classes=tuple(classes.tolist()),
        covered=int(np.count_nonzero(right)),
        total_variation=float(np.abs(found - wanted).sum() / (2 * len(asked))),
        worst_class=int(asked_classes[np.argmin(ratios)]),
        num_found=tuple(found[classes].tolist()),
        num_asked=tuple(wanted[classes].tolist()),
        num_right=tuple(right[classes].tolist()),
        num_samples=len(asked),
        num_asked_classes=len(asked_classes),
        classifier=classifier,
    )
