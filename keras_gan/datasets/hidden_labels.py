"""Few labels: the class of most examples is hidden."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.datasets._known_labels import UNKNOWN, known_labels
from keras_gan.datasets.dataset import Dataset


def hide_labels(labels: Array, num_per_class: int, seed: int = 0) -> Array:
    """Leaves a few labels, as many of each class, and hides the others.

    Args:
        labels: integer array `[num_rows]`, classes.
        num_per_class: int, at least 1, labels of each class that stay.
        seed: int, of which. Defaults to `0`.

    Returns:
        labels: integer array `[num_rows]`, -1 where hidden.

    Raises:
        ValueError: if a class has fewer examples.

    Example:
    >>> hide_labels(np.array([0, 0, 0, 1, 1, 1]), num_per_class=1, seed=0)
    array([-1, -1,  0, -1, -1,  1])
    """
    check_seed("seed", seed)
    check_positive_integer("num_per_class", num_per_class)
    known = known_labels(np.asarray(labels))
    classes, counts = np.unique(known, return_counts=True)
    if not len(classes):
        raise ValueError("`labels` must name a class. Received: none but -1")
    if num_per_class > counts.min():
        raise ValueError(
            f"`num_per_class` must be at most {counts.min()}, the examples of class "
            f"{classes[counts.argmin()]}. Received: num_per_class={num_per_class}"
        )
    random = np.random.default_rng(seed)
    hidden = np.full(len(labels), UNKNOWN)
    for label in classes:
        rows = random.permutation(np.flatnonzero(np.equal(labels, label)))
        hidden[rows[:num_per_class]] = label
    return hidden


def with_few_labels(data: Dataset, num_per_class: int = 10, seed: int = 0) -> Dataset:
    """Returns the dataset with the labels of few training examples alone.

    Args:
        data: `Dataset` with labels.
        num_per_class: int, as in `hide_labels`. Defaults to `10`.
        seed: int, of which. Defaults to `0`.

    Raises:
        ValueError: if the data have no labels or a stream, or as `hide_labels` does.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> data = with_few_labels(load_digits(), num_per_class=2)
    >>> int((data.train.labels >= 0).sum())
    20
    """
    if data.train.labels is None:
        raise ValueError(
            "`data` must have labels, of which some are hidden. Received: "
            f"{data.name}, which has none"
        )
    if data.stream is not None:
        raise ValueError(
            "`data` must lie in memory: a stream shows the labels of its rows as they "
            f"are. Received: {data.name} with a stream; use keras_gan.datasets."
            "load_image_folder, or hide_labels where you read rows yourself."
        )
    labels = hide_labels(data.train.labels, num_per_class, seed)
    return dataclasses.replace(
        data, train=dataclasses.replace(data.train, labels=labels)
    )
