"""What a training was, how far it came, and how it ended, in two small files."""

import math
import os
import time
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._environment import jsonable, record_environment, timestamp
from keras_gan._files import remove_partials_below
from keras_gan._replicas import is_chief
from keras_gan._run_files import (
    BEST_MODEL,
    FINISHED,
    HISTORY,
    RECORD,
    RUNNING,
    in_words,
    missing_epochs,
    read_history,
    read_record,
    saved_models,
    write_history,
    write_record,
)
from keras_gan._run_lock import RunLock, lock_run
from keras_gan._types import Config

_STOPPED, _FAILED, _INTERRUPTED = "stopped", "failed", "interrupted"
_A_CALLBACK = "a callback"
_OF_COMMAND = ("recipe", "data", "seed", "precision")  # of `keras-gan train`
_FIELDS = frozenset(
    {
        "compile",
        "devices",
        "earlier",
        "environment",
        "epochs_asked",
        "epochs_completed",
        "first_epoch",
        "gan",
        "reason",
        "seed",
        "started",
        "status",
        "steps_completed",
        "steps_per_epoch",
        "updated",
        "version",
        "warnings",
    }
)


class RunRecord(keras.callbacks.Callback):
    """Writes what was trained and what came of it, for others and for later.

    `run.json` holds versions, devices, the configuration of the GAN and of `compile`,
    seed, times and how it ended. `history.jsonl` holds one line for each epoch: its
    number, from 1 as `epochs_completed` counts, its seconds and all its logs that are
    numbers; `null` stands for a value that is not finite. Both are replaced as a whole
    after each epoch, so that a killed run leaves whole files. Of several workers the
    chief alone writes them.

    Its `status` is `running`, `finished` or `stopped` by a callback, with the `reason`;
    a run that an error or a signal ended stays `running`, unless who catches it tells
    `fail` or `stop`, for `failed` or `interrupted`. A GAN that was loaded continues the
    record: lines of epochs that it has yet to complete are dropped, and what `run.json`
    said of the earlier trainings moves to `earlier`. Put this callback behind those
    that add logs and before `SaveEachEpoch`.

    While it trains, the folder is locked: a second trainer is refused, and a folder
    that is removed or renamed ends the training. The lock dies with its process.

    With `SaveEachEpoch` on `model.keras` in the same folder it is what `keras-gan
    train` leaves: `keras_gan.runs.load_run` and the command line take the folder.

    Args:
        directory: folder for both files; it is created.
        about: dict that JSON can hold, what else `run.json` is to say, such as
            hyper-parameters; a GAN that continues may say something else.
            Defaults to `None`.

    Raises:
        ValueError: if `about` names a field that the record has of its own, or
            something else by a name that the command line reads: `dataset`, `config`
            and `parzen`.
        FileExistsError: when the first epoch begins, if the folder holds the record of
            another run: of another seed, or of one that ended after it had completed
            epochs, while this GAN has completed none; or if another process trains
            there.
        OSError: after a step, if the folder is no longer where it was.

    Warns:
        UserWarning: when the first epoch begins, if the history lacks epochs that the
            GAN has completed; at the end of an epoch, once, if logs are no number.

    Example:
    ```python
    record = kg.callbacks.RunRecord("runs/first", about={"dataset": {"name": "mine"}})
    save = kg.callbacks.SaveEachEpoch("runs/first/model.keras")
    gan.fit(images, epochs=50, callbacks=[record, save])
    ```
    """

    def __init__(
        self, directory: str | os.PathLike[str], about: Config | None = None
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.about = _checked(about or {})
        self._record: Config = {}
        self._rows: list[Config] = []
        self._broken: dict[str, float] = {}
        self._because = _A_CALLBACK
        self._warnings: list[Config] = []
        self._lock: RunLock | None = None
        self._left_out: set[str] = set()

    @property
    def record_path(self) -> Path:
        """What was trained and how it ended."""
        return self.directory / RECORD

    @property
    def history_path(self) -> Path:
        """One JSON line for each epoch."""
        return self.directory / HISTORY

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts the clock."""
        self._record, self._because, self._warnings = {}, _A_CALLBACK, []
        self._started = timestamp()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Begins the record or, after a resume, takes it up."""
        self._epoch = int(self.model.epochs_completed.numpy())
        # Not in on_train_begin, where BackupAndRestore may yet load its backup.
        if not self._record:
            self._begin()
        self._epoch_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Ends the training once the folder is gone, before others make it anew."""
        if self._lock is not None:
            self._lock.check()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds the line of this epoch."""
        seconds = time.perf_counter() - self._epoch_began
        values = self._numbers(logs or {})
        row = {"epoch": self._epoch + 1, "seconds": round(seconds, 3)}
        self._rows.append(row | {name: _finite(values[name]) for name in values})
        self._broken = {
            name: value for name, value in values.items() if not math.isfinite(value)
        }
        self._last_epoch = epoch + 1
        self._write()

    def _numbers(self, logs: Config) -> dict[str, float]:
        """Logs that are one number each; others are told of once, and left out."""
        values = {name: np.asarray(value) for name, value in logs.items()}
        left_out = {
            name
            for name, value in values.items()
            if value.size != 1 or value.dtype.kind not in "biuf"
        }
        if left_out - self._left_out:
            warnings.warn(
                f"{self.history_path} holds numbers: {sorted(left_out)} of the logs "
                "are none, and are left out.",
                stacklevel=3,
            )
        self._left_out |= left_out
        return {
            name: float(value.item())
            for name, value in values.items()
            if name not in left_out
        }

    def on_train_end(self, logs: Any = None) -> None:
        """States how it ended."""
        if not self._record:
            return
        self._end_training()
        self._unlock()

    def stopped_because(self, reason: str) -> None:
        """Lets a callback that stops the training say why, before it ends."""
        self._because = reason

    def note_warning(self, text: str) -> None:
        """Adds what was warned of to the record, once, with the epoch."""
        epoch = int(self.model.epochs_completed.numpy()) if self.model else 0
        if text not in {warning["text"] for warning in self._warnings}:
            self._warnings.append({"epoch": epoch, "text": text})

    def fail(self, reason: str) -> None:
        """States that an error ended the training, which Keras tells no callback."""
        if self._record:
            self._end(_FAILED, reason)
        self._unlock()

    def stop(self, reason: str) -> None:
        """States that a signal ended it, likewise; completed epochs are whole."""
        if self._record:
            self._end(_INTERRUPTED, reason)
        self._unlock()

    def _end_training(self) -> None:
        if self.model.stop_training:
            broken = ", ".join(f"{name}={self._broken[name]}" for name in self._broken)
            reason = broken or self._because
            asked = self._record["epochs_asked"]
            self._end(_STOPPED, f"{reason}, in epoch {self._last_epoch} of {asked}")
        else:
            self._end(FINISHED)

    def _end(self, status: str, reason: str | None = None) -> None:
        self._record |= {"status": status, "reason": reason}
        self._write()

    def _unlock(self) -> None:
        self._lock = None  # given back, unless somebody else here holds it too

    def _begin(self) -> None:
        if is_chief(self.model.distribute_strategy):
            self._lock = lock_run(self.directory)
            remove_partials_below(self.directory)  # a run's that was killed
        earlier = self._earlier_trainings()
        self._rows = [row for row in self._read_rows() if row["epoch"] <= self._epoch]
        self._tell_of_missing_epochs(earlier)
        self._record = {
            **self.about,
            "status": RUNNING,
            "reason": None,
            "started": self._started,
            "first_epoch": self._epoch + 1,
            "epochs_asked": self.params["epochs"],
            "steps_per_epoch": self.params["steps"],
            "seed": self.model.seed,
            "devices": _devices(),
            "environment": record_environment(),
            "gan": jsonable(self.model.get_config()),
            "compile": jsonable(self.model.get_compile_config()),
            "earlier": earlier,
        }
        self._write()

    def _tell_of_missing_epochs(self, earlier: list[Config]) -> None:
        if not earlier:
            return
        first = earlier[0].get("first_epoch", 1)
        missing = missing_epochs(self._rows, first, self._epoch)
        if missing:
            warnings.warn(
                f"{self.history_path} has no line for epoch {in_words(missing)} of the "
                f"{self._epoch} that this GAN has completed: their logs are lost, and "
                "nothing else is.",
                stacklevel=2,
            )

    def _earlier_trainings(self) -> list[Config]:
        if not self.record_path.exists():
            return []
        held = read_record(self.directory)
        earlier: list[Config] = held.pop("earlier", [])
        held.setdefault("epochs_completed", 0)
        # What was cut off may have ended before its GAN was saved.
        saved = [*saved_models(self.directory)]
        if held["epochs_completed"] > 1:  # after one, the GAN itself would follow
            saved += self.directory.glob(BEST_MODEL)
        ended = held["status"] in (FINISHED, _STOPPED) or saved
        to_lose = ended and held["epochs_completed"] > 0
        if (to_lose and self._epoch == 0) or held["seed"] != self.model.seed:
            remedy = f"; keras_gan.load({str(saved[0])!r}) goes on" if saved else ""
            raise FileExistsError(
                "`directory` must be new, or hold the run that this GAN continues. "
                f"Received: {self.directory}, with a run of seed={held['seed']} that "
                f"completed {held['epochs_completed']} epochs; this GAN has "
                f"seed={self.model.seed} and completed {self._epoch}{remedy}."
            )
        return [*earlier, held]

    def _read_rows(self) -> list[Config]:
        if not self.record_path.exists():
            return []
        return read_history(self.directory, read_record(self.directory))

    def _write(self) -> None:
        if not is_chief(self.model.distribute_strategy):
            return
        if self._lock is not None:
            self._lock.check()
        progress = {
            "warnings": self._warnings,
            "updated": timestamp(),
            "epochs_completed": int(self.model.epochs_completed.numpy()),
            "steps_completed": int(self.model.train_steps.numpy()),
        }
        if not self.record_path.exists():  # first of all, by which a run is known
            write_record(self.directory, {**self._record, **progress})
        write_history(self.directory, self._rows)
        write_record(self.directory, {**self._record, **progress})


def _checked(about: Config) -> Config:
    taken = sorted(_FIELDS & set(about))
    if taken:
        raise ValueError(
            "`about` must leave the fields of the record itself alone. Received: "
            f"{', '.join(taken)}"
        )
    _check_what_commands_read(about)
    copy: Config = jsonable(about)
    return copy


def _check_what_commands_read(about: Config) -> None:
    """Raises where `keras-gan evaluate` and its like would find something else."""
    if not isinstance(about.get("dataset", {}), dict):
        raise ValueError(
            "`about` must say of its 'dataset' what it is in a dict, as {'name': …}. "
            f"Received: {about['dataset']!r}"
        )
    config = about.get("config", dict.fromkeys(_OF_COMMAND))
    if not (isinstance(config, dict) and set(config) >= set(_OF_COMMAND)):
        raise ValueError(
            "`about` cannot hold a 'config', which is what `keras-gan train` was asked "
            "for. Received: another one; call it otherwise, as 'settings'."
        )
    if not isinstance(about.get("parzen"), dict | None):
        raise ValueError(
            "`about` must hold a protocol in 'parzen', a dict. Received: "
            f"{about['parzen']!r}; call it otherwise."
        )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _devices() -> list[str]:
    """Names such as `GPU:0 NVIDIA H200`; TensorFlow has none for processors."""
    details = tf.config.experimental.get_device_details
    return [
        f"{device.name.rpartition('/physical_device:')[2]} "
        f"{details(device).get('device_name', '')}".strip()
        for device in tf.config.list_physical_devices()
    ]
