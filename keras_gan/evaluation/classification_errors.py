"""How often a classifier is wrong."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation._shares import standard_error_of_share
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassificationErrors(Score):
    """What `classification_errors` counted.

    Args:
        num_errors: int, examples that are in another class than the one predicted.
        error_rate: float in [0, 1], their share.
        standard_error: float, of that share, over examples.
        num_examples: int, all of them.
    """

    quantities = (
        Quantity("num_errors", "num_errors", better="lower"),
        Quantity("error_rate", "error_rate", "standard_error", "lower"),
    )

    num_errors: int
    error_rate: float
    standard_error: float
    num_examples: int


def classification_errors(*, predicted: Array, labels: Array) -> ClassificationErrors:
    """Counts the examples whose class a classifier gets wrong.

    Args:
        predicted: classes `[num_examples]` that it says, or probabilities or logits
            `[num_examples, num_classes]`, of which the largest is taken, as
            `GAN.classify` returns them.
        labels: integer array `[num_examples]`, the true classes.

    Returns:
        errors: `ClassificationErrors`.

    Raises:
        TypeError: if labels are not integers, nor a single column that is predicted.
        ValueError: if there are none, not one for each example, or negative ones.

    Example:
    >>> score = classification_errors(
    ...     predicted=[[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], labels=[0, 1, 1]
    ... )
    >>> score.num_errors, round(score.error_rate, 3)
    (1, 0.333)
    """
    labels = check_labels("labels", labels, np.size(labels))
    said = np.asarray(predicted)
    if said.ndim == 2 and said.shape[1] > 1:
        said = said.argmax(axis=1)
    said = check_labels("predicted", said, len(labels))
    num_errors = int(np.count_nonzero(said != labels))
    rate = num_errors / len(labels)
    return ClassificationErrors(
        num_errors=num_errors,
        error_rate=rate,
        standard_error=standard_error_of_share(rate, len(labels)),
        num_examples=len(labels),
    )
