"""The page about a run, renewed while it is trained."""

import os
import time
import warnings
from pathlib import Path
from typing import Any

import keras

from keras_gan._replicas import is_chief
from keras_gan.runs.directory import RunDirectory
from keras_gan.runs.report.page import write_report
from keras_gan.runs.report.pictures import Pictures

_MOST_OF_THE_TIME = 0.05


class RunReport(keras.callbacks.Callback):
    """Writes `report.html` into the folder of a run after each epoch.

    List it last, behind `RunRecord`, whose files it shows with those of `SampleGrid`,
    `SaveBestEpoch` and an evaluation. Where epochs are so short that it would take more
    than a twentieth of the time, it waits; when the training ends it is always written.
    Of several workers the chief alone writes it. A page that fails is warned of: the
    training goes on without it.

    Args:
        directory: folder of the run, as `RunRecord` has it.

    Example:
    ```python
    record = kg.callbacks.RunRecord("runs/first")
    pictures = kg.callbacks.SampleGrid("runs/first/samples")
    report = kg.runs.RunReport("runs/first")
    gan.fit(images, epochs=50, callbacks=[pictures, record, report])
    ```
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        super().__init__()
        self.directory = RunDirectory(Path(directory))
        self._pictures = Pictures()
        self._due = 0.0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Renews the page, if it is due."""
        began = time.perf_counter()
        if began >= self._due:
            self._write()
            taken = time.perf_counter() - began
            self._due = began + taken / _MOST_OF_THE_TIME

    def on_train_end(self, logs: Any = None) -> None:
        """Renews it a last time."""
        self._write()

    def _write(self) -> None:
        if is_chief(self.model.distribute_strategy) and self.directory.holds_run():
            try:
                write_report(self.directory, self._pictures)
            except Exception as error:  # all it shows is kept without it
                warnings.warn(
                    f"{self.directory.report} could not be written: "
                    f"{type(error).__name__}: {error}",
                    stacklevel=2,
                )
