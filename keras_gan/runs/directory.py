"""The folder of one run, or the one file of a GAN that was saved without one."""

import contextlib
import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keras_gan import _run_files as files
from keras_gan._files import is_partial, remove_partials_below
from keras_gan._run_lock import LOCK, RunLock, lock_run
from keras_gan._types import Config
from keras_gan.runs import older

_KEPT_FROM_START = (
    "recipe",
    "seed",
    "batch_size",
    "passes_per_epoch",
    "precision",
    "data",
    "image_size",
    "length",
    "sampling_rate",
    "alternating",
    "pretrained",
)


@dataclasses.dataclass(frozen=True)
class RunDirectory:
    """The folder of one run and the names of what it holds.

    `keras-gan train` writes it, or `keras_gan.callbacks.RunRecord` with `SaveEachEpoch`
    in a program of your own.

    Args:
        path: folder.

    Example:
    >>> RunDirectory(Path("runs/digits")).best_model.as_posix()
    'runs/digits/best.keras'
    """

    path: Path

    @property
    def record(self) -> Path:
        """What was trained, how far it came and how it ended, JSON."""
        return self.path / files.RECORD

    @property
    def samples(self) -> Path:
        """Folder of pictures."""
        return self.path / files.SAMPLES

    @property
    def model(self) -> Path:
        """The whole GAN after the last complete epoch."""
        named = self.path / files.MODEL
        others = files.saved_models(self.path)
        return others[0] if not named.exists() and len(others) == 1 else named

    @property
    def best_model(self) -> Path:
        """The whole GAN after the epoch with the best validation value."""
        return self.path / files.BEST_MODEL

    @property
    def best_record(self) -> Path:
        """The value and the epoch of `best_model`, JSON."""
        return self.path / files.BEST_RECORD

    @property
    def evaluation(self) -> Path:
        """Scores with their protocol, JSON."""
        return self.path / files.EVALUATION

    @property
    def exports(self) -> Path:
        """Folder of the generator in other formats."""
        return self.path / files.EXPORTS

    @property
    def pictures(self) -> Path:
        """Folder of what an evaluation draws."""
        return self.path / files.PICTURES

    @property
    def report(self) -> Path:
        """All of it on one page, HTML."""
        return self.path / files.REPORT

    def holds_run(self) -> bool:
        """Whether there is a record, of today or of before."""
        return self.record.exists() or (self.path / older.CONFIG).exists()

    def check_free(self) -> None:
        """Raises unless a new run can begin here.

        What a run leaves that was killed before its record was whole is in no way.

        Raises:
            FileExistsError: if the folder holds anything else already.
        """
        if self.path.exists() and (not self.path.is_dir() or any(self._held())):
            held = "another run" if self.holds_run() else "other files"
            raise FileExistsError(
                f"`--output-dir` must be new or empty. Received: {self.path}, which "
                f"holds {held}; choose another folder, or --resume to continue a run."
            )

    def check_continues(self, config: Config) -> None:
        """Raises unless a run of this configuration continues the one that is here.

        Raises:
            FileExistsError: if it is a run of something else.
        """
        held = self.read().get("config")
        if held is None:
            raise FileExistsError(
                "`--resume` must continue a run of `keras-gan train`. Received: "
                f"{self.path}, which a program of its own trained."
            )
        for key in _KEPT_FROM_START:
            if key in held and _as_stored(held[key]) != _as_stored(config[key]):
                raise FileExistsError(
                    f"`--resume` must continue the run in {self.path} as it began, "
                    f"with {key}={held[key]!r}. Received: {key}={config[key]!r}"
                )

    def lock(self) -> RunLock:
        """Returns the lock that keeps other trainers away, while it is held.

        Raises:
            FileExistsError: if another process trains this run.
        """
        return lock_run(self.path)

    def take_up(self) -> None:
        """Removes what a killed run left half; gives one of before today's files."""
        remove_partials_below(self.path)
        if self.holds_run() and not self.record.exists():
            files.write_history(self.path, older.history_of(self.path))
            files.write_record(self.path, older.record_of(self.path))

    def state_finished(self) -> None:
        """Says so of a run that was killed once its last epoch was complete."""
        if not self.record.is_file():
            return
        with contextlib.suppress(OSError), self.lock():  # held by who trains on
            record = files.read_record(self.path)
            asked = record.get("epochs_asked", math.inf)
            is_complete = record.get("epochs_completed", 0) >= asked
            if record["status"] == files.RUNNING and is_complete:
                files.write_record(self.path, record | {"status": files.FINISHED})

    def read(self) -> Config:
        """Returns the record; `"config"` in it is that of `keras-gan train`.

        Raises:
            FileNotFoundError: if the folder holds no run.
            ValueError: if its record is damaged.
        """
        if self.record.is_file():
            return files.read_record(self.path)
        if (self.path / older.CONFIG).is_file():
            return older.record_of(self.path)
        raise FileNotFoundError(
            f"`RUN` must be a folder that holds a run ({files.RECORD}), or a .keras "
            f"file. Received: {self.path}"
        )

    def history(self) -> list[Config]:
        """Returns a row for each epoch, `{"epoch": 1, …}` the first of them."""
        if self.record.is_file():
            return files.read_history(self.path, files.read_record(self.path))
        return older.history_of(self.path)

    def monitor(self) -> str | None:
        """Returns the key of the logs that chose `best_model`, `None` where unrecorded.

        Raises:
            ValueError: if the record is damaged.
        """
        return files.read_best(self.best_record).get("monitor")

    def best_value(self, name: str) -> float | None:
        """Returns the value of the best epoch so far: the highest or lowest finite one.

        It stands beside `best_model`; the history tells of runs without such a record.

        Args:
            name: str, key of the logs that the best epoch is chosen by.

        Returns:
            value: float, or `None` where nothing is to beat.

        Raises:
            ValueError: if the record is damaged, or `name` is that of no value of which
                higher or lower ones are better.
        """
        if not self.best_model.is_file():
            return None
        record = files.read_best(self.best_record)
        if record.get("monitor") == name:
            return float(record["value"])
        # Here, not above: it loads TensorFlow.
        from keras_gan.evaluation.measures import quantity_of

        best = {"max": max, "min": min}[quantity_of(name).mode]
        logged = [
            float(row[name])
            for row in self.history()
            if files.is_finite_number(row.get(name))
        ]
        return best(logged, default=None)

    def _held(self) -> Iterator[Path]:
        return (
            path
            for path in self.path.iterdir()
            if path.name != LOCK and not is_partial(path)
        )


@dataclasses.dataclass(frozen=True)
class SavedFile(RunDirectory):
    """A `.keras` file, looked at as the run that left nothing else.

    What commands write of it stands beside it, under names that begin with its own.

    Args:
        path: the file.

    Example:
    >>> SavedFile(Path("games/gan.keras")).evaluation.as_posix()
    'games/gan_evaluation.json'
    """

    @property
    def model(self) -> Path:
        """The file itself."""
        return self.path

    @property
    def evaluation(self) -> Path:
        """Scores with their protocol, JSON."""
        return self.path.with_name(f"{self.path.stem}_{files.EVALUATION}")

    @property
    def exports(self) -> Path:
        """Folder of the generator in other formats."""
        return self.path.with_name(f"{self.path.stem}_{files.EXPORTS}")

    @property
    def pictures(self) -> Path:
        """Folder of what an evaluation draws."""
        return self.path.with_name(f"{self.path.stem}_{files.PICTURES}")

    def read(self) -> Config:
        """Returns an empty record: the file says nothing of a run."""
        return {}


def run_at(path: Path) -> RunDirectory:
    """What lies at a path: the folder of a run, or the file of a GAN.

    Raises:
        FileNotFoundError: if it is neither.
        ValueError: if the record of the run is damaged.
    """
    path = Path(path)
    run = SavedFile(path) if path.is_file() else RunDirectory(path)
    run.read()
    return run


def _as_stored(value: Any) -> Any:
    """A value as JSON holds it; the size of a square is one number, or two."""
    if not isinstance(value, list | tuple):
        return value
    return value[0] if len(value) == 2 and value[0] == value[1] else list(value)
