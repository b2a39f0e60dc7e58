"""Training ends before its time is over."""

import time
from typing import Any

import keras

from keras_gan._durations import in_words
from keras_gan.callbacks import RunRecord


class TimeBudget(keras.callbacks.Callback):
    """Ends training before an epoch that would not end in time, and says so.

    An epoch is taken to last as long as the one before it. The first is played in any
    case. List it before the record, to which it tells the reason.

    Args:
        seconds: float, above 0, from the beginning of the training.
        record: `RunRecord`.
    """

    def __init__(self, seconds: float, record: RunRecord) -> None:
        super().__init__()
        self.seconds = seconds
        self.record = record
        self.told: str | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts the clock."""
        self.told, self._began = None, time.perf_counter()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Looks at it."""
        self._epoch_began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Looks at it again."""
        now = time.perf_counter()
        taken, last = now - self._began, now - self._epoch_began
        if taken + last > self.seconds and epoch + 1 < self.params["epochs"]:
            self.told = (
                f"{in_words(taken)} of its {in_words(self.seconds)} were over, and an "
                f"epoch takes {in_words(last)}"
            )
            self.record.stopped_because(self.told)
            self.model.stop_training = True
