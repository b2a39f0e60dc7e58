"""The whole GAN in one file whenever a logged value is the best so far."""

import math
import os
import warnings
from pathlib import Path
from typing import Any

import keras

from keras_gan._files import write_json
from keras_gan._replicas import is_chief
from keras_gan._run_files import read_best
from keras_gan._validation import check_finite, check_known
from keras_gan.callbacks._save_finite import save_finite
from keras_gan.evaluation.measures import (
    given_beside,
    measure_giving,
    quantity_of,
)

_MODES = ("max", "min")


class SaveBestEpoch(keras.callbacks.Callback):
    """Saves the whole GAN after each epoch whose value beats all before it.

    To choose the epoch by validation data and report another measure, or the same one
    on test data: list it after the callback that logs the value. Unlike
    `keras.callbacks.ModelCheckpoint` it writes beside the final name and renames, so
    that a killed run keeps the best epoch whole. A value that is not finite is never
    the best. Beside the file stands its record, of the same name with the suffix
    `.json`: `monitor`, `value` and `epoch`, as `epochs_completed` counts. Of several
    workers the chief alone writes them.

    Args:
        path: the `.keras` file.
        monitor: str, key of the logs. Of the Parzen values,
            `"parzen_at_best_bandwidth"` is finer than `"parzen"`.
            Defaults to `"frechet_distance"`.
        mode: str, `"max"` or `"min"`, which values are better; `None` takes what the
            score of that name says (`keras_gan.evaluation.quantity_of`).
            Defaults to `None`.
        best: float, finite, the value to beat. `None` is any for a GAN that has
            completed no epoch, and for one that goes on that of the record beside
            `path`, if it is of the same `monitor`. Defaults to `None`.

    Raises:
        ValueError: if `best` is not finite, `mode` is unknown, or `None` for a value
            that no measure gives or of which neither direction is better; when the
            first epoch begins, if the record of a GAN that goes on is damaged.
        KeyError: at the end of an epoch whose logs lack `monitor`, if none before of
            this training had it; but one without a validation is passed over where
            that is of held-out data, `"val_…"`.
        FloatingPointError: at the end of an epoch whose value is the best, but whose
            weights are not finite; the file stays as it is.

    Example:
    ```python
    monitor = kg.runs.monitor_of("frechet_distance", data)
    best = kg.callbacks.SaveBestEpoch("best.keras")
    gan.fit(images, epochs=50, callbacks=[monitor, best])
    ```
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        monitor: str = "frechet_distance",
        mode: str | None = None,
        best: float | None = None,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self.monitor = monitor
        if mode is None:
            measure_giving(monitor, "monitor")  # which an error is to name
            mode = quantity_of(monitor).mode
        self._sign = {"max": 1.0, "min": -1.0}[check_known("mode", mode, _MODES)]
        self._given = None if best is None else check_finite("best", best)
        self.best = self._given
        self._warned = self._seen = self._began = False

    @property
    def record_path(self) -> Path:
        """The record of the file, JSON."""
        return self.path.with_suffix(".json")

    def on_train_begin(self, logs: Any = None) -> None:
        """Asks for the value anew, of this GAN."""
        self.best = self._given
        self._warned = self._seen = self._began = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Takes the value to beat from the record, where a GAN goes on."""
        # Not in on_train_begin, where BackupAndRestore may yet load its backup.
        began, self._began = self._began, True
        if began or self.best is not None or not self.path.is_file():
            return
        if int(self.model.epochs_completed.numpy()) == 0:
            return
        record = read_best(self.record_path)
        if record.get("monitor") == self.monitor:
            self.best = float(record["value"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Replaces the file if this epoch is the best."""
        value = (logs or {}).get(self.monitor)
        if value is None and self._seen:
            return  # without a value in this epoch
        if value is None and self._is_of_no_validation(logs or {}):
            return
        if value is None and not given_beside(self.monitor).isdisjoint(logs or {}):
            return  # measured, and not finite: `EvaluationMonitor` leaves it out
        if value is None:
            raise KeyError(
                f"`monitor` must be one of the logs: {list(logs or {})}. Received: "
                f"{self.monitor!r}; list the callback that logs it before this one."
            )
        self._seen = True
        if self._is_best(float(value)):
            self.best = float(value)
            save_finite(self.model, self.path)
            self._record()

    def _is_of_no_validation(self, logs: Any) -> bool:
        """Whether the epoch was not judged, as with `validation_freq`; says so once."""
        if not self.monitor.startswith("val_") or any(
            name.startswith("val_") for name in logs
        ):
            return False
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{self.monitor!r} is logged in epochs that end in a validation, and "
                "this was none: such epochs are passed over.",
                stacklevel=3,
            )
        return True

    def _is_best(self, value: float) -> bool:
        if not math.isfinite(value):
            return False
        return self.best is None or self._sign * value > self._sign * self.best

    def _record(self) -> None:
        # After the file: a run that is killed in between repeats the epoch, and beats
        # the value that the record still holds.
        if is_chief(self.model.distribute_strategy):
            epoch = int(self.model.epochs_completed.numpy())
            content = {"epoch": epoch, "monitor": self.monitor, "value": self.best}
            write_json(self.record_path, content)
