"""Training ends between two steps when a signal asks for it."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any

import keras

from keras_gan.commands._shared import say
from keras_gan.commands._signals import handled, raise_signal


class StopBetweenSteps(keras.callbacks.Callback):
    """Ends training after the step in which a signal came, or after the epoch's files.

    An epoch whose last step is done gets its files, all of them, before training ends;
    one that is not goes, and is played again by `--resume`. A second signal ends it at
    once. List it first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._signal: int | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Minds the signals in the block."""
        with handled(self._note, signal.SIGINT, signal.SIGTERM):
            yield

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Ends training after the files of the epoch before."""
        self._end()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Ends training, but for the last step of an epoch."""
        steps = self.params["steps"]
        if steps is None or batch + 1 < steps:
            self._end()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._signal is not None:
            raise_signal(number)
        self._signal = number
        say("Stopping after this step; a second signal stops at once.")

    def _end(self) -> None:
        if self._signal is not None:
            raise_signal(self._signal)
