"""Adam, as the recipes of today's games take it."""

import keras

Optimizers = tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]


def adam_along_cosine(
    learning_rate: float, num_steps: int
) -> keras.optimizers.Optimizer:
    """Adam with a beta_1 of 0.5, whose rate falls along half a cosine to a tenth.

    Args:
        learning_rate: float, above 0, at the beginning.
        num_steps: int, after which the rate stays.
    """
    return keras.optimizers.Adam(along_cosine(learning_rate, num_steps), beta_1=0.5)


def pair_of_adams(
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule,
    beta_1: float,
    beta_2: float = 0.999,
) -> Optimizers:
    """Adam with the same numbers for both players.

    Args:
        learning_rate: float, above 0, or a schedule.
        beta_1: float in [0, 1), of the moving mean.
        beta_2: float in [0, 1), of the moving square. Defaults to `0.999`.
    """
    first, second = (
        keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=beta_2)
        for _ in range(2)
    )
    return first, second


def along_cosine(
    initial: float, num_steps: int, final_share: float = 0.1
) -> keras.optimizers.schedules.LearningRateSchedule:
    """A value that falls along half a cosine, such as a learning rate.

    Args:
        initial: float, above 0, at the beginning.
        num_steps: int, after which it stays.
        final_share: float in [0, 1], what is left of it then. Defaults to `0.1`.
    """
    return keras.optimizers.schedules.CosineDecay(initial, num_steps, alpha=final_share)
