"""Seeds that come from others."""

import numpy as np

from keras_gan._validation import MAX_SEED, check_seed


def derived_seed(seed: int, index: int) -> int:
    """Returns a seed below 2^31; neighbouring seeds and indices get unrelated ones."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] % 2**31)


def pair_of_seeds(seed: int) -> tuple[int, int]:
    """Returns two seeds for two things that one seed stands for, both below 2^31.

    They are 2 seed and 2 seed + 1, which no two seeds share; where these are too large,
    numbers that have nothing to do with each other.

    Args:
        seed: int in [0, 2^31), of a recipe: two networks draw their weights from it.

    Example:
    >>> pair_of_seeds(3)
    (6, 7)
    """
    check_seed("seed", seed)
    if 2 * seed + 1 <= MAX_SEED:
        return 2 * seed, 2 * seed + 1
    return derived_seed(seed, 0), derived_seed(seed, 1)
