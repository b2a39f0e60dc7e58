"""One folder for one training run: configuration, history, pictures, model, scores.

config.json                resolved configuration, seed, versions, digests of the data
history.csv                one row for each epoch
samples/epoch_0001.png     pictures of the same latents
model.keras                the GAN after the last complete epoch
best.keras                 the GAN after the epoch of the best validation value
best.json                  that value and that epoch
evaluation.json            scores with their protocol
exports/                   the generator in other formats, with parity figures
"""

import csv
import dataclasses
import json
import math
from pathlib import Path

from keras_gan._files import remove_partials, replacing, write_json
from keras_gan._types import Config

_REQUIRED = ("recipe", "seed", "batch_size", "precision")
_KEPT_FROM_START = (*_REQUIRED, "data", "alternating", "pretrained")


@dataclasses.dataclass(frozen=True)
class RunDirectory:
    """The folder of one run and the names of what it holds.

    Args:
        path: folder.

    Example:
    >>> RunDirectory(Path("runs/digits")).model.as_posix()
    'runs/digits/model.keras'
    """

    path: Path

    @property
    def config(self) -> Path:
        """The resolved configuration, JSON."""
        return self.path / "config.json"

    @property
    def history(self) -> Path:
        """One CSV row for each epoch."""
        return self.path / "history.csv"

    @property
    def samples(self) -> Path:
        """Folder of pictures."""
        return self.path / "samples"

    @property
    def model(self) -> Path:
        """The whole GAN after the last complete epoch."""
        return self.path / "model.keras"

    @property
    def best_model(self) -> Path:
        """The whole GAN after the epoch with the best validation value."""
        return self.path / "best.keras"

    @property
    def best_record(self) -> Path:
        """The value and the epoch of `best_model`, JSON."""
        return self.path / "best.json"

    @property
    def evaluation(self) -> Path:
        """Scores with their protocol, JSON."""
        return self.path / "evaluation.json"

    @property
    def exports(self) -> Path:
        """Folder of the generator in other formats."""
        return self.path / "exports"

    def check_free(self) -> None:
        """Raises unless a new run can begin here.

        Raises:
            FileExistsError: if the folder holds anything already.
        """
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            held = "another run" if self.config.exists() else "other files"
            raise FileExistsError(
                f"`--output-dir` must be new or empty. Received: {self.path}, which "
                f"holds {held}; choose another folder, or --resume to continue a run."
            )

    def begin(self, config: Config) -> None:
        """Writes the configuration of a new run; raises as `check_free` does."""
        self.check_free()
        write_json(self.config, config)

    def resume(self, config: Config) -> None:
        """Continues the run that the folder holds.

        Raises:
            FileExistsError: if it is a run of something else.
        """
        held = self.read_config()
        for key in _KEPT_FROM_START:
            if key in held and held[key] != config[key]:
                raise FileExistsError(
                    f"`--resume` must continue the run in {self.path} as it began, "
                    f"with {key}={held[key]!r}. Received: {key}={config[key]!r}"
                )
        write_json(self.config, config)

    def read_config(self) -> Config:
        """Returns the configuration.

        Raises:
            FileNotFoundError: if the folder holds no run.
            ValueError: if its configuration is damaged.
        """
        if not self.config.is_file():
            raise FileNotFoundError(
                f"`RUN_DIR` must hold a run (config.json). Received: {self.path}"
            )
        try:
            config = json.loads(self.config.read_text(encoding="utf-8"))
            missing = set(_REQUIRED) - set(config)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self.config} is not a JSON object: {error}") from error
        if missing:
            raise ValueError(
                f"{self.config} is not the record of a run. Missing: "
                f"{', '.join(sorted(missing))}"
            )
        return config

    def discard_after(self, num_epochs: int) -> None:
        """Removes what a killed run wrote beyond its last complete epoch."""
        remove_partials(self.path)
        if self.history.is_file():
            with self.history.open(newline="", encoding="utf-8") as file:
                header, *rows = [*csv.reader(file)] or [[]]
            kept = [row for row in rows if row and int(row[0]) < num_epochs]
            if not kept:  # a file without a header too, as a first epoch leaves it
                self.history.unlink()
                return
            with (
                replacing(self.history) as partial,
                partial.open("w", newline="", encoding="utf-8") as file,
            ):
                csv.writer(file).writerows([header, *kept])

    def columns(self) -> list[str]:
        """Returns the names of the history's columns; none without a history."""
        if not self.history.is_file():
            return []
        with self.history.open(newline="", encoding="utf-8") as file:
            return next(csv.reader(file), [])

    def logged(self, name: str) -> list[float]:
        """Returns the values of one column of the history; none without a history."""
        if not self.history.is_file():
            return []
        with self.history.open(newline="", encoding="utf-8") as file:
            return [float(row[name]) for row in csv.DictReader(file) if row.get(name)]

    def monitor(self) -> str | None:
        """Returns the key of the logs that chose `best_model`, `None` where unrecorded.

        Raises:
            ValueError: if the record is damaged.
        """
        return self._read_best_record().get("monitor")

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
        record = self._read_best_record()
        if record.get("monitor") == name:
            return float(record["value"])
        # Here, not above: it loads TensorFlow.
        from keras_gan.evaluation.measures import quantity_of

        best = {"max": max, "min": min}[quantity_of(name).mode]
        return best(filter(math.isfinite, self.logged(name)), default=None)

    def _read_best_record(self) -> Config:
        if not self.best_record.is_file():
            return {}
        try:
            record = json.loads(self.best_record.read_text(encoding="utf-8"))
            sound = isinstance(record["monitor"], str) and math.isfinite(
                record["value"]
            )
        except (KeyError, TypeError, ValueError):
            sound = False
        if not sound:
            raise ValueError(
                f"{self.best_record} is damaged: it must hold `monitor` and a finite "
                "`value`. Repair it, or remove it to take the best value of "
                f"{self.history.name} instead."
            )
        return dict(record)
