"""A random order of many rows, of which no list is kept."""

import tensorflow as tf

from keras_gan._seeds import RANDOM_ALGORITHM
from keras_gan._types import Tensor

_ROUNDS = 8
# The finalizer of SplitMix64, whose constants are read as signed numbers.
_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))
_BITS = 64


def rows_in_order(places: Tensor, num_rows: int, key: Tensor) -> Tensor:
    """Which rows are at these places of a permutation that a key alone decides.

    When to use it: for orders of rows that are too many to shuffle in memory. A Feistel
    network of keyed rounds permutes the numbers below a power of four, and is applied
    again to what it takes beyond `num_rows`, fewer than four times on average.

        left, right <- right, left xor hash(right, key of the round)

    Args:
        places: int64 tensor, from 0 to `num_rows - 1`.
        num_rows: int, at least 1.
        key: integers `[2]`, such as seed and number of a pass.

    Returns:
        rows: int64 tensor of the same shape; different places have different rows.

    Example:
    >>> rows = rows_in_order(tf.range(5, dtype=tf.int64), 5, tf.constant([0, 1]))
    >>> sorted(rows.numpy().tolist())
    [0, 1, 2, 3, 4]

    References:
        Luby and Rackoff, How to construct pseudorandom permutations from pseudorandom
        functions, 1988. https://doi.org/10.1137/0217022
        Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014.
        https://doi.org/10.1145/2660193.2660195
    """
    half = max(1, (int(num_rows - 1).bit_length() + 1) // 2)
    keys = tf.unstack(
        tf.random.stateless_uniform(
            [_ROUNDS], key, None, None, tf.int64, alg=RANDOM_ALGORITHM
        )
    )
    (rows,) = tf.while_loop(
        lambda rows: tf.reduce_any(rows >= num_rows),
        lambda rows: [tf.where(rows >= num_rows, _permuted(rows, half, keys), rows)],
        [_permuted(places, half, keys)],
    )
    return rows


def _permuted(numbers: Tensor, half: int, keys: list[Tensor]) -> Tensor:
    """Numbers below 4^half, each another one below it."""
    mask = tf.constant(2**half - 1, tf.int64)
    left, right = _shifted(numbers, half), numbers & mask
    for key in keys:
        left, right = right, left ^ (_hashed(right + key) & mask)
    return tf.bitwise.left_shift(left, tf.constant(half, tf.int64)) | right


def _hashed(numbers: Tensor) -> Tensor:
    for shift, factor in _MIXING:
        signed = factor - 2**_BITS if factor >= 2 ** (_BITS - 1) else factor
        numbers = (numbers ^ _shifted(numbers, shift)) * tf.constant(signed, tf.int64)
    return numbers


def _shifted(numbers: Tensor, count: int) -> Tensor:
    """To the right, with zeros from the left, which signed numbers do not get."""
    shifted = tf.bitwise.right_shift(numbers, tf.constant(count, tf.int64))
    return shifted & tf.constant(2 ** (_BITS - count) - 1, tf.int64)
