"""Training ends when its time is over."""

import time
from typing import Any

import keras

from keras_gan._durations import in_words
from keras_gan.callbacks import RunRecord


class TimeBudget(keras.callbacks.Callback):
    """Ends training after the epoch in which its time was over, and says so.

    List it before the record, to which it tells the reason. The last epoch that was
    asked for ends as ever.

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

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Looks at it."""
        taken = time.perf_counter() - self._began
        if taken >= self.seconds and epoch + 1 < self.params["epochs"]:
            self.told = (
                f"its {in_words(self.seconds)} were over after {in_words(taken)}"
            )
            self.record.stopped_because(self.told)
            self.model.stop_training = True
