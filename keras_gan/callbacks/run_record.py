"""What a training was, how far it came, and how it ended, in two small files."""

import json
import math
import os
import time
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from keras_gan._environment import jsonable, record_environment, timestamp
from keras_gan._files import replacing, write_json
from keras_gan._replicas import is_chief
from keras_gan._types import Config

_RUNNING = "running"


class RunRecord(keras.callbacks.Callback):
    """Writes what was trained and what came of it, for others and for later.

    `run.json` holds versions, devices, the configuration of the GAN and of `compile`,
    seed, times and how it ended. `history.jsonl` holds one line for each epoch: its
    number, as `epochs_completed` counts from 0, its seconds and all its logs; `null`
    stands for a value that is not finite. Both are replaced as a whole after each
    epoch, so that a killed run leaves whole files. Of several workers the chief alone
    writes them.

    Its `status` is `running`, `finished` or `stopped` by a callback, with the `reason`;
    a run that an error or a signal ended stays `running`. A GAN that was loaded
    continues the record: lines of epochs that it has yet to complete are dropped, and
    what `run.json` said of the earlier trainings moves to `earlier`. Put this callback
    behind those that add logs and before `SaveEachEpoch`.

    Args:
        directory: folder for both files; it is created.

    Raises:
        FileExistsError: when the first epoch begins, if the folder holds the record of
            another run: of another seed, or of a run that ended, while this GAN has
            completed no epoch.

    Example:
    ```python
    gan.fit(images, epochs=50, callbacks=[kg.callbacks.RunRecord("runs/first")])
    ```
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        super().__init__()
        self.directory = Path(directory)
        self._record: Config = {}
        self._rows: list[Config] = []
        self._broken: dict[str, float] = {}

    @property
    def record_path(self) -> Path:
        """What was trained and how it ended."""
        return self.directory / "run.json"

    @property
    def history_path(self) -> Path:
        """One JSON line for each epoch."""
        return self.directory / "history.jsonl"

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts the clock."""
        self._record = {}
        self._started = timestamp()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Begins the record or, after a resume, takes it up."""
        self._epoch = int(self.model.epochs_completed.numpy())
        # Not in on_train_begin, where BackupAndRestore may yet load its backup.
        if not self._record:
            self._begin()
        self._epoch_began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds the line of this epoch."""
        seconds = time.perf_counter() - self._epoch_began
        values = {name: float(value) for name, value in (logs or {}).items()}
        row = {"epoch": self._epoch, "seconds": round(seconds, 3)}
        self._rows.append(row | {name: _finite(values[name]) for name in values})
        self._broken = {
            name: value for name, value in values.items() if not math.isfinite(value)
        }
        self._last_epoch = epoch + 1
        self._write()

    def on_train_end(self, logs: Any = None) -> None:
        """States how it ended."""
        if not self._record:
            return
        if self.model.stop_training:
            broken = ", ".join(f"{name}={self._broken[name]}" for name in self._broken)
            reason = broken or "a callback"
            asked = self._record["epochs_asked"]
            self._record["status"] = "stopped"
            self._record["reason"] = f"{reason}, in epoch {self._last_epoch} of {asked}"
        else:
            self._record["status"] = "finished"
        self._write()

    def _begin(self) -> None:
        earlier = self._earlier_trainings()
        self._rows = [row for row in self._read_rows() if row["epoch"] < self._epoch]
        self._record = {
            "status": _RUNNING,
            "reason": None,
            "started": self._started,
            "first_epoch": self._epoch,
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

    def _earlier_trainings(self) -> list[Config]:
        if not self.record_path.exists():
            return []
        held = json.loads(self.record_path.read_text(encoding="utf-8"))
        earlier: list[Config] = held.pop("earlier")
        ended_elsewhere = self._epoch == 0 and held["status"] != _RUNNING
        if ended_elsewhere or held["seed"] != self.model.seed:
            raise FileExistsError(
                "`directory` must be new, or hold the run that this GAN continues. "
                f"Received: {self.directory}, with a run of seed={held['seed']} that "
                f"completed {held['epochs_completed']} epochs; this GAN has "
                f"seed={self.model.seed} and completed {self._epoch}."
            )
        return [*earlier, held]

    def _read_rows(self) -> list[Config]:
        if not self.history_path.exists():
            return []
        lines = self.history_path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def _write(self) -> None:
        if not is_chief(self.model.distribute_strategy):
            return
        with replacing(self.history_path) as partial:
            lines = [json.dumps(row, allow_nan=False) + "\n" for row in self._rows]
            partial.write_text("".join(lines), encoding="utf-8")
        progress = {
            "updated": timestamp(),
            "epochs_completed": int(self.model.epochs_completed.numpy()),
            "steps_completed": int(self.model.train_steps.numpy()),
            "epoch_seconds": [row["seconds"] for row in self._rows],
        }
        write_json(self.record_path, {**self._record, **progress})


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
