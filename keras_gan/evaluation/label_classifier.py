"""Classifiers that are trained within a measure: seeded, and on a budget of updates."""

import dataclasses
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation.digit_classifier import IMAGE_SHAPE, NUM_CLASSES

_PERCEPTRON_UNITS = 128
_PERCEPTRON_UPDATES, _PERCEPTRON_BATCH = 2_000, 100
_DIGIT_UPDATES, _DIGIT_BATCH = 400, 128

Predict = Callable[[Array], Array]


@dataclasses.dataclass(frozen=True)
class ClassifierTraining:
    """How a measure trains a classifier of labelled samples.

    Args:
        name: str, for the record: the network and its budget.
        train: function of samples `[num, …]`, integer labels `[num]` and a seed that
            returns a function from samples to predicted labels.

    Example:
    >>> samples = np.array([[0.0], [0.1], [5.0], [5.1]])
    >>> predict = PERCEPTRON.train(samples, np.array([3, 3, 7, 7]), 0)
    >>> predict(np.array([[0.05], [4.9]]))
    array([3, 7])
    """

    name: str
    train: Callable[[Array, Array, int], Predict]


def training_for(real: Array, labels: Array) -> ClassifierTraining:
    """The digit network for 28x28 images in [0, 1] of ten classes, else a perceptron.

    Args:
        real: array `[num, …]`, real samples, by which one is chosen for all sets.
        labels: integer array `[num]`, their classes.
    """
    real = np.asarray(real)
    is_digit_like = (
        real.shape[1:] == IMAGE_SHAPE
        and real.min() >= 0
        and real.max() <= 1
        and np.max(labels) < NUM_CLASSES
    )
    return DIGIT_NETWORK if is_digit_like else PERCEPTRON


def _train_perceptron(samples: Array, labels: Array, seed: int) -> Predict:
    import sklearn.exceptions
    import sklearn.neural_network

    rows = flat_rows("samples", samples)
    # One scale for all values: a pixel that is nearly constant in samples must not
    # decide what real images are.
    mean, scale = rows.mean(axis=0), max(float(rows.std()), 1e-6)
    batch_size = min(_PERCEPTRON_BATCH, len(rows))
    num_epochs = math.ceil(_PERCEPTRON_UPDATES / math.ceil(len(rows) / batch_size))
    network = sklearn.neural_network.MLPClassifier(
        (_PERCEPTRON_UNITS,),
        batch_size=batch_size,
        max_iter=num_epochs,
        n_iter_no_change=num_epochs,  # never before
        random_state=seed,
    )
    with warnings.catch_warnings():
        # The budget is part of the protocol: it need not have converged.
        warnings.simplefilter("ignore", sklearn.exceptions.ConvergenceWarning)
        network.fit((rows - mean) / scale, labels)

    def predict(images: Array) -> Array:
        return network.predict((flat_rows("images", images) - mean) / scale)

    return predict


def _train_digit_network(samples: Array, labels: Array, seed: int) -> Predict:
    # Here, not above: its room needs the datasets, which a perceptron does not.
    from keras_gan.evaluation.digit_classifier_training import fit_digit_network

    num_epochs = math.ceil(_DIGIT_UPDATES / math.ceil(len(samples) / _DIGIT_BATCH))
    model: Any = fit_digit_network(_pixels(samples), labels, seed, num_epochs)

    def predict(images: Array) -> Array:
        logits = model.predict(_pixels(images), batch_size=500, verbose=0)  # [num, 10]
        return logits.argmax(axis=1)

    return predict


def _pixels(images: Array) -> FloatArray:
    return np.clip(images, 0, 1).astype("float32")


PERCEPTRON = ClassifierTraining(
    f"perceptron of {_PERCEPTRON_UNITS} units, whole passes of at least "
    f"{_PERCEPTRON_UPDATES:,} updates of {_PERCEPTRON_BATCH}",
    _train_perceptron,
)
DIGIT_NETWORK = ClassifierTraining(
    f"digit network, whole passes of at least {_DIGIT_UPDATES} updates of "
    f"{_DIGIT_BATCH}",
    _train_digit_network,
)
