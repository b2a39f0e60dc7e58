"""Few labels: the class of most examples is hidden."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.datasets.dataset import Dataset

UNKNOWN = -1
"""The label of what has none, as in scikit-learn's semi-supervised estimators."""


def hide_labels(labels: Array, num_labelled: int, seed: int = 0) -> Array:
    """Leaves a few labels, as many of each class, and hides the others.

    Args:
        labels: integer array `[num_rows]`, classes numbered from 0.
        num_labelled: int, labels that stay: a multiple of the number of classes.
        seed: int, of which. Defaults to `0`.

    Returns:
        labels: integer array `[num_rows]`, -1 where hidden.

    Raises:
        ValueError: if `num_labelled` is no multiple of the number of classes, or a
            class has too few examples.

    Example:
    >>> hide_labels(np.array([0, 0, 0, 1, 1, 1]), num_labelled=2, seed=0)
    array([-1, -1,  0, -1,  1, -1])
    """
    check_seed("seed", seed)
    check_positive_integer("num_labelled", num_labelled)
    classes, counts = np.unique(labels, return_counts=True)
    each, rest = divmod(num_labelled, len(classes))
    if rest or each > counts.min():
        raise ValueError(
            f"`num_labelled` must be a multiple of {len(classes)}, the number of "
            f"classes, and at most {len(classes) * counts.min()}. Received: "
            f"num_labelled={num_labelled}"
        )
    random = np.random.default_rng(seed)
    hidden = np.full(len(labels), UNKNOWN)
    for label in classes:
        rows = random.permutation(np.flatnonzero(np.equal(labels, label)))
        hidden[rows[:each]] = label
    return hidden


def with_few_labels(data: Dataset, num_labelled: int = 100, seed: int = 0) -> Dataset:
    """Returns the dataset with the labels of few training examples alone.

    Args:
        data: `Dataset` with labels.
        num_labelled: int, as in `hide_labels`. Defaults to `100`.
        seed: int, of which. Defaults to `0`.

    Raises:
        ValueError: if the data have no labels, or as `hide_labels` does.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> data = with_few_labels(load_digits(), num_labelled=20)
    >>> int((data.train.labels >= 0).sum())
    20
    """
    if data.train.labels is None:
        raise ValueError(
            "`data` must have labels, of which some are hidden. Received: "
            f"{data.name}, which has none"
        )
    labels = hide_labels(data.train.labels, num_labelled, seed)
    return dataclasses.replace(
        data, train=dataclasses.replace(data.train, labels=labels)
    )
