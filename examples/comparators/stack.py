"""Layers of which each has as many visible units as the one below has hidden ones."""

import itertools
from collections.abc import Sequence
from typing import Any

import keras


def stack_of(
    layer: type[keras.Model], num_pixels: int, num_hidden: Sequence[int], seed: int
) -> list[Any]:
    """Builds the layers of a stack, from the lowest.

    Args:
        layer: class whose arguments are its visible and its hidden units, and `seed`.
        num_pixels: int, visible units of the lowest.
        num_hidden: ints, hidden units of each.
        seed: int, of the lowest; those above count on from it.
    """
    pairs = itertools.pairwise((num_pixels, *num_hidden))
    return [
        layer(below, above, seed=seed + number)
        for number, (below, above) in enumerate(pairs)
    ]
