"""Labels of examples whose class nobody said."""

from keras_gan._types import Array

UNKNOWN = -1
"""The label of what has none, as in scikit-learn's semi-supervised estimators."""


def known_labels(labels: Array) -> Array:
    """Returns those that name a class.

    Example:
    >>> import numpy as np
    >>> known_labels(np.array([2, -1, 0]))
    array([2, 0])
    """
    return labels[labels != UNKNOWN]
