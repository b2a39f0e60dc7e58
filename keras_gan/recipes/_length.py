"""How long a training is, in steps."""

import math
from typing import TYPE_CHECKING

from keras_gan._validation import check_positive_integer

if TYPE_CHECKING:
    from keras_gan.datasets.dataset import Dataset

_HALF_LIVES = 5
_MOST_OF_STREAM = 1_000  # steps of an epoch: often enough to look and to save


def steps_of_epoch(data: "Dataset", batch_size: int, passes: int = 1) -> int:
    """Minibatches of an epoch: so many passes over the data, of a stream at most 1,000.

    Args:
        data: `Dataset`.
        batch_size: int, at least 1.
        passes: int, at least 1, over the training data. Defaults to `1`.
    """
    num_rows = passes * data.num_train
    if data.stream is None:
        return math.ceil(num_rows / batch_size)
    # Minibatches of a stream are whole ones.
    return min(max(1, num_rows // batch_size), _MOST_OF_STREAM)


def checked_steps(
    num_steps: int | None,
    data: "Dataset",
    *,
    epochs: int,
    batch_size: int,
    passes: int = 1,
) -> int:
    """The steps along which schedules run: those asked for, else those of the recipe.

    Args:
        num_steps: int, at least 1, or `None` for as many as the epochs have.
        data: `Dataset`.
        epochs: int, the recipe's.
        batch_size: int, the recipe's.
        passes: int, over the data in each epoch. Defaults to `1`.

    Raises:
        ValueError: if `num_steps` is below 1.
    """
    if num_steps is None:
        return epochs * steps_of_epoch(data, batch_size, passes)
    return check_positive_integer("num_steps", num_steps)


def within_training(half_life: float, num_steps: int, batch_size: int) -> float:
    """The half-life of an average that has left its initial weights behind.

    Five of them are in the training, after which the average holds 3 % of what it
    began with.

    Args:
        half_life: float, in rows, where the training is long enough.
        num_steps: int, of the training.
        batch_size: int.
    """
    return min(half_life, num_steps * batch_size / _HALF_LIVES)
