"""What codes of images say of their classes."""

import dataclasses
import warnings

import numpy as np

from keras_gan._types import Array
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation._shares import standard_error_of_share
from keras_gan.evaluation.score import Quantity, Score

_MAX_ITERATIONS = 500


@dataclasses.dataclass(frozen=True, kw_only=True)
class CodeAccuracy(Score):
    """What `code_accuracy` measured.

    Args:
        linear_accuracy: float in [0, 1], of a logistic regression on the codes.
        linear_error: float, standard error of that share, over the held-out codes.
        neighbor_accuracy: float in [0, 1], of the nearest code's class.
        neighbor_error: float, standard error of that share.
        num_codes: int, with labels to learn from.
        num_held_out: int.
    """

    quantities = (
        Quantity("linear_accuracy", "linear_accuracy", "linear_error", "higher"),
        Quantity("neighbor_accuracy", "neighbor_accuracy", "neighbor_error", "higher"),
    )

    linear_accuracy: float
    linear_error: float
    neighbor_accuracy: float
    neighbor_error: float
    num_codes: int
    num_held_out: int


def code_accuracy(
    *, codes: Array, labels: Array, held_out: Array, held_out_labels: Array
) -> CodeAccuracy:
    """Accuracy of the simplest classifiers that read codes instead of images.

    Print that of an untrained encoder of the same shape beside it: random features keep
    most of what neighbors say, and a good part of what lines do.

    Codes are scaled to a unit standard deviation for the regression, whose weights have
    scikit-learn's penalty, and left as they are for the neighbors.

    Args:
        codes: array `[num_codes, …]`, such as `gan.encode` makes of training images.
        labels: integer array `[num_codes]`, their classes.
        held_out: array `[num_held_out, …]`, codes of other images.
        held_out_labels: integer array `[num_held_out]`.

    Returns:
        accuracy: `CodeAccuracy`.

    Raises:
        TypeError: if labels are not integers.
        ValueError: if a set is empty or not finite, codes differ in length, or labels
            are not one for each, or of one class alone.

    Example:
    >>> codes = np.array([[0.0], [0.2], [1.0], [1.2]])
    >>> score = code_accuracy(codes=codes, labels=[0, 0, 1, 1],
    ...                       held_out=codes + 0.1, held_out_labels=[0, 0, 1, 1])
    >>> score.linear_accuracy, score.neighbor_accuracy
    (1.0, 1.0)
    """
    import sklearn.exceptions
    import sklearn.linear_model
    import sklearn.neighbors

    rows, tested = flat_rows("codes", codes), flat_rows("held_out", held_out)
    labels = check_labels("labels", labels, len(rows))
    held_out_labels = check_labels("held_out_labels", held_out_labels, len(tested))
    if rows.shape[1] != tested.shape[1]:
        raise ValueError(
            "`held_out` must have as many numbers in a code as `codes`, "
            f"{rows.shape[1]}. Received: {tested.shape[1]}"
        )
    if len(np.unique(labels)) < 2:
        raise ValueError(
            f"`labels` must be of two classes or more. Received: {labels[0]} alone"
        )
    mean, scale = rows.mean(axis=0, dtype="float64"), rows.std(axis=0, dtype="float64")
    # What is constant but for rounding tells nothing, and is not blown up.
    resolution = np.finfo("float32").eps * np.abs(mean)
    scale[scale <= resolution] = 1.0
    line = sklearn.linear_model.LogisticRegression(max_iter=_MAX_ITERATIONS)
    with warnings.catch_warnings():
        # A limit of its iterations is part of the protocol.
        warnings.simplefilter("ignore", sklearn.exceptions.ConvergenceWarning)
        line.fit((rows - mean) / scale, labels)
    neighbor = sklearn.neighbors.KNeighborsClassifier(1, algorithm="brute")
    neighbor.fit(rows, labels)
    shares = [
        float(np.mean(predicted == held_out_labels))
        for predicted in (
            line.predict((tested - mean) / scale),
            neighbor.predict(tested),
        )
    ]
    errors = [standard_error_of_share(share, len(tested)) for share in shares]
    return CodeAccuracy(
        linear_accuracy=shares[0],
        linear_error=errors[0],
        neighbor_accuracy=shares[1],
        neighbor_error=errors[1],
        num_codes=len(rows),
        num_held_out=len(tested),
    )
