"""GAN-test: are samples of the class that was asked for?"""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation._shares import shares_of_classes, standard_error_of_share
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.score import Quantity


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassAccuracy(ClassScore):
    """What `class_accuracy` counted, with everything that the counts depend on.

    Args:
        accuracy: float in [0, 1], share of the samples found in the class asked for.
        standard_error: float, of that share, over samples.
        worst_accuracy: float in [0, 1], that of `worst_class`.
        worst_class: int, the class with the smallest share.
        accuracies: floats in [0, 1], share of the samples of each class.
        num_by_class: ints, samples asked for of each class.
        num_samples: int, all of them.
        classifier: str, its name.
    """

    quantities = (
        Quantity("class_accuracy", "accuracy", "standard_error", "higher"),
        Quantity("worst_class_accuracy", "worst_accuracy", better="higher"),
    )
    class_quantities = (Quantity("class_accuracy", "accuracies", better="higher"),)

    accuracy: float
    standard_error: float
    worst_accuracy: float
    worst_class: int
    accuracies: tuple[float, ...]
    num_by_class: tuple[int, ...]
    num_samples: int
    classifier: str


def class_accuracy(
    *, predicted: Array, asked: Array, classifier: str = "unnamed classifier"
) -> ClassAccuracy:
    """Share of samples that a classifier finds in the class they were asked for.

    The GAN-test of a conditional generator: the classifier is trained on real data and
    tested on samples. It punishes samples of the wrong class and samples that are none;
    it does not see that all samples of a class are alike, as `gan_train` does. Quote
    the value of held-out real data beside it: samples can have a higher one, where a
    generator draws typical members of a class alone.

    Args:
        predicted: integer array `[num_samples]`, what the classifier says of them.
        asked: integer array `[num_samples]`, the labels that they were drawn with.
        classifier: str, its name, for the record. Defaults to `"unnamed classifier"`.

    Returns:
        accuracy: `ClassAccuracy`.

    Raises:
        TypeError: if labels are not integers.
        ValueError: if there are none, not one for each sample, or negative ones.

    Example:
    >>> score = class_accuracy(predicted=[0, 0, 1, 2], asked=[0, 1, 1, 1])
    >>> score.accuracy, score.worst_class, score.class_values["class_accuracy"][0]
    (0.5, 1, 1.0)

    References:
        Shmelkov, Schmid, Alahari, How good is my GAN?, 2018.
        https://arxiv.org/abs/1807.09499
    """
    asked = check_labels("asked", asked, np.size(asked))
    predicted = check_labels("predicted", predicted, len(asked))
    is_right = predicted == asked
    classes, shares, counts = shares_of_classes(is_right, asked)
    accuracy = float(np.mean(is_right))
    worst = int(np.argmin(shares))
    return ClassAccuracy(
        classes=classes,
        accuracy=accuracy,
        standard_error=standard_error_of_share(accuracy, len(asked)),
        worst_accuracy=shares[worst],
        worst_class=classes[worst],
        accuracies=shares,
        num_by_class=counts,
        num_samples=len(asked),
        classifier=classifier,
    )
