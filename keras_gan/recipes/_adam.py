"""Adam, as the recipes of today's games take it."""

import keras


def adam_along_cosine(
    learning_rate: float,
    num_updates: int,
    final_share: float = 0.1,
    beta_1: float = 0.5,
    beta_2: float = 0.999,
) -> keras.optimizers.Optimizer:
    """Adam whose rate falls along half a cosine.

    Args:
        learning_rate: float, above 0, at the beginning.
        num_updates: int, after which the rate stays.
        final_share: float in [0, 1], what is left of the rate then. Defaults to `0.1`.
        beta_1: float in [0, 1), of the moving mean. Defaults to `0.5`.
        beta_2: float in [0, 1), of the moving square. Defaults to `0.999`.
    """
    rate = keras.optimizers.schedules.CosineDecay(
        learning_rate, num_updates, alpha=final_share
    )
    return keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=beta_2)


def pair_of_adams(
    learning_rate: float, beta_1: float, beta_2: float = 0.999
) -> tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]:
    """Adam at a constant rate for both players.

    Args:
        learning_rate: float, above 0.
        beta_1: float in [0, 1), of the moving mean.
        beta_2: float in [0, 1), of the moving square. Defaults to `0.999`.
    """
    first, second = (
        keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=beta_2)
        for _ in range(2)
    )
    return first, second
