"""Learning rates as our optimizers take them: numbers, schedules, configurations."""

from typing import Any

from keras_gan._validation import check_nonnegative


def checked_rate(learning_rate: Any) -> Any:
    """Returns a schedule, or its configuration, as it is; raises for a bad number."""
    if isinstance(learning_rate, dict) or callable(learning_rate):
        return learning_rate
    return check_nonnegative("learning_rate", learning_rate)
