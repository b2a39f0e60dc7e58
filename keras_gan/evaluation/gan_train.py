"""GAN-train: what a classifier that saw samples alone knows of real data."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_seed
from keras_gan.evaluation._arrays import flat_rows, range_warnings, value_range
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation._shares import shares_of_classes, standard_error_of_share
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.label_classifier import ClassifierTraining, training_for
from keras_gan.evaluation.score import Quantity


@dataclasses.dataclass(frozen=True, kw_only=True)
class GANTrain(ClassScore):
    """What `gan_train` measured, with everything that the value depends on.

    Args:
        accuracy: float in [0, 1], of a classifier trained on samples, on real data.
        standard_error: float, of the accuracy, over real samples.
        accuracies: floats in [0, 1], on the real samples of each class.
        num_by_class: ints, real samples of each class.
        num_samples: int, samples that the classifier was trained on.
        num_held_out: int, real samples that it was tested on.
        classifier: str, its name and its budget.
        seed: int, of its training.
        warnings: strings about what makes the value doubtful. Defaults to `()`.
    """

    quantities = (
        Quantity("gan_train_accuracy", "accuracy", "standard_error", "higher"),
    )
    class_quantities = (Quantity("gan_train_accuracy", "accuracies", better="higher"),)

    accuracy: float
    standard_error: float
    accuracies: tuple[float, ...]
    num_by_class: tuple[int, ...]
    num_samples: int
    num_held_out: int
    classifier: str
    seed: int


def gan_train(
    *,
    samples: Array,
    labels: Array,
    held_out: Array,
    held_out_labels: Array,
    training: ClassifierTraining | None = None,
    seed: int = 0,
) -> GANTrain:
    """Trains a classifier on samples and tests it on held-out real data.

    The measure of a conditional generator that sees both wrong classes and classes that
    are not as various as real ones: a classifier learns from few or like samples what
    does not hold for real ones. It is what training data made by the generator are
    worth. Real samples in the place of generated ones, as many, say what can be
    reached.

    The classifier makes as many whole passes over the samples as it needs for a least
    number of updates: 474 instead of 400 of 10,000 digits, 782 of 50,000. Compare sets
    of one size. On two cores it takes some seconds as a perceptron, and half a minute
    as a digit network.

    Args:
        samples: array `[num_samples, …]`, generated.
        labels: integer array `[num_samples]`, the labels that they were drawn with.
        held_out: array `[num_held_out, …]`, real samples that no generator saw.
        held_out_labels: integer array `[num_held_out]`, their classes.
        training: `ClassifierTraining`; `None` takes the package's digit network, at
            least 400 updates of 128, where `held_out` are 28x28 images in [0, 1] of ten
            classes at most, else a perceptron of 128 units, at least 2,000 updates of
            100, both by Adam. Defaults to `None`.
        seed: int, of the training. Defaults to `0`.

    Returns:
        score: `GANTrain`.

    Raises:
        TypeError: if labels are not integers.
        ValueError: if a set is empty or not finite, shapes differ, there are less than
            two labels, or labels are not one for each sample.

    Example:
    >>> labels = np.arange(200) % 2
    >>> points = np.random.default_rng(0).normal(size=(200, 2)) + 5 * labels[:, None]
    >>> apart = gan_train(samples=points[:100], labels=labels[:100],
    ...                   held_out=points[100:], held_out_labels=labels[100:])
    >>> apart.accuracy > 0.9
    True

    References:
        Shmelkov, Schmid, Alahari, How good is my GAN?, 2018.
        https://arxiv.org/abs/1807.09499
    """
    flat_rows("samples", samples), flat_rows("held_out", held_out)
    check_seed("seed", seed)
    if np.shape(samples)[1:] != np.shape(held_out)[1:]:
        raise ValueError(
            "`samples` and `held_out` must have one shape. Received: "
            f"{np.shape(samples)[1:]} and {np.shape(held_out)[1:]}"
        )
    labels = check_labels("labels", labels, len(samples))
    held_out_labels = check_labels("held_out_labels", held_out_labels, len(held_out))
    if len(np.unique(labels)) < 2:
        raise ValueError(
            f"`labels` must name at least 2 classes. Received: class {labels[0]} alone"
        )
    both = np.concatenate([labels, held_out_labels])
    training = training or training_for(held_out, both)
    predicted = training.train(samples, labels, seed)(held_out)
    is_right = np.asarray(predicted) == held_out_labels
    classes, shares, counts = shares_of_classes(is_right, held_out_labels)
    accuracy = float(np.mean(is_right))
    return GANTrain(
        classes=classes,
        accuracy=accuracy,
        standard_error=standard_error_of_share(accuracy, len(held_out)),
        accuracies=shares,
        num_by_class=counts,
        num_samples=len(samples),
        num_held_out=len(held_out),
        classifier=training.name,
        seed=int(seed),
        warnings=range_warnings(value_range(samples), held_out=held_out),
    )
