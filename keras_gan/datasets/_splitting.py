"""Rows divided into training, validation and test."""

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_fraction, check_seed


def split_rows(
    num_rows: int, valid_fraction: float, test_fraction: float, seed: int, what: str
) -> list[Array]:
    """Rows of the training, validation and test split, drawn at random.

    Args:
        num_rows: int, of all splits together.
        valid_fraction: float in [0, 1); at least one row validates.
        test_fraction: float in [0, 1); at least one row tests.
        seed: int in [0, 2^31).
        what: str, plural of what a row is, for messages.

    Raises:
        ValueError: if nothing is left to train on, or an argument is out of its range.
    """
    check_fraction("valid_fraction", valid_fraction)
    check_fraction("test_fraction", test_fraction)
    num_valid = max(1, round(num_rows * valid_fraction))
    num_test = max(1, round(num_rows * test_fraction))
    num_train = num_rows - num_valid - num_test
    if num_train < 1:
        raise ValueError(
            f"`valid_fraction` and `test_fraction` must leave {what} to train on. "
            f"Received: {valid_fraction} and {test_fraction} of {num_rows} {what}"
        )
    order = np.random.default_rng(check_seed("seed", seed)).permutation(num_rows)
    return np.split(order, [num_train, num_train + num_valid])
