"""What the weights of two players are drawn from, out of one seed."""

from keras_gan._seeds import derived_seed
from keras_gan._validation import MAX_SEED, check_seed


def player_seeds(seed: int) -> tuple[int, int]:
    """Returns the generator's and the discriminator's seed, both below 2^31.

    They are 2 seed and 2 seed + 1, which no two seeds share; where these are too large,
    numbers that have nothing to do with each other.

    Args:
        seed: int in [0, 2^31), of a recipe.

    Example:
    >>> player_seeds(3)
    (6, 7)
    """
    check_seed("seed", seed)
    if 2 * seed + 1 <= MAX_SEED:
        return 2 * seed, 2 * seed + 1
    return derived_seed(seed, 0), derived_seed(seed, 1)
