"""What the files of a run say of it, read without TensorFlow."""

import dataclasses
import math
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from keras_gan._files import parse_json
from keras_gan._run_files import RECORD
from keras_gan._types import Config
from keras_gan.runs.directory import RunDirectory, SavedFile
from keras_gan.runs.report.charts import Curve

GENERATED, HELD_OUT = "generated", "held-out real"
PLAYERS, TERMS = ("d_loss", "g_loss"), ("penalty", "g_penalty")
OUTPUTS = ("d_real", "d_fake")
_PIXELS = "pixels"
_UNMEASURED = ("epoch", "seconds", *PLAYERS, *TERMS, *OUTPUTS)


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known of a run.

    Args:
        directory: `RunDirectory`, where it lies.
        record: dict, of `run.json`.
        history: dicts, a row for each epoch.
        best: dict with `epoch`, `monitor` and `value`, or an empty one.
        evaluation: dict, of `evaluation.json`, or an empty one.
    """

    directory: RunDirectory
    record: Config
    history: list[Config]
    best: Config
    evaluation: Config

    @classmethod
    def of(cls, directory: RunDirectory) -> "Facts":
        """Reads them.

        Raises:
            FileNotFoundError: if there is no run.
            ValueError: if it is a file alone, or a file of the run is damaged.
        """
        if isinstance(directory, SavedFile):
            raise ValueError(
                f"`RUN` must be the folder of a run. Received: {directory.path}, a file"
            )
        return cls(
            directory,
            _record(directory),
            directory.history(),
            _best(directory.best_record),
            _evaluation(directory.evaluation),
        )

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.directory.path.resolve().name

    @property
    def config(self) -> Config:
        """What `keras-gan train` was asked for; empty for other runs."""
        return dict(self.record.get("config") or {})

    @property
    def epochs_completed(self) -> int:
        """By the history, where the record does not say."""
        last = self.history[-1]["epoch"] if self.history else 0
        return int(self.record.get("epochs_completed") or last)

    @property
    def trainings(self) -> list[Config]:
        """The records of all trainings, those before a resume first."""
        return [*(self.record.get("earlier") or []), self.record]

    @property
    def warnings(self) -> list[str]:
        """What was warned of, in the training and in the evaluation."""
        told = [
            f"Epoch {warning.get('epoch', '?')}: {warning.get('text', '')}"
            for training in self.trainings
            for warning in training.get("warnings") or []
        ]
        return [*told, *self._doubts()]

    def curve(self, key: str) -> Curve:
        """A logged value in each epoch."""
        return Curve(
            key, [(row["epoch"], _number(row.get(key))) for row in self.history]
        )

    def keys(self, of: tuple[str, ...]) -> list[str]:
        """Those of the keys that are logged."""
        return [key for key in of if any(key in row for row in self.history)]

    def measures(self) -> list[str]:
        """What else is logged, in the order in which it came up."""
        logged = dict.fromkeys(key for row in self.history for key in row)
        return [key for key in logged if key not in _UNMEASURED]

    def seconds(self) -> list[float]:
        """Of each epoch."""
        found = (_number(row.get("seconds")) for row in self.history)
        return [value for value in found if value is not None]

    def seconds_an_epoch(self) -> float | None:
        """The median."""
        return statistics.median(self.seconds()) if self.seconds() else None

    def value(self, name: str, column: str = GENERATED) -> Config:
        """A measured number of the evaluation: `value`, `error`, `better`; or none."""
        return dict((self._values().get(column) or {}).get(name) or {})

    def has_features_of(self, value: Config) -> bool:
        """Whether the training looked at the features that a number is measured by."""
        features, of_training = value.get("features"), self.record.get("features")
        if features is None or of_training is None:
            return True
        return (features == _PIXELS) == (of_training == _PIXELS)

    def measured(self) -> list[str]:
        """The names of the numbers of the evaluation."""
        return [*(self._values().get(GENERATED) or {})]

    def _values(self) -> Config:
        return dict(self.evaluation.get("values") or {})

    def _doubts(self) -> Iterator[str]:
        for column, scores in (self.evaluation.get("scores") or {}).items():
            for name, score in scores.items():
                for warning in score.get("warnings") or []:
                    yield f"Evaluation, {name} of {column}: {warning}"


def _record(directory: RunDirectory) -> Config:
    record = directory.read()
    told = record.get("warnings") or []
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise ValueError(
            f"{directory.path} must hold `warnings` as a list of objects in its "
            f"{RECORD}. Received: {told!r}"
        )
    return record


def _best(path: Path) -> Config:
    best = _json(path)
    if best and not isinstance(best.get("value"), int | float):
        raise ValueError(
            f"{path} must hold the `value` of the best epoch, a number. Received: "
            f"{best.get('value')!r}"
        )
    return best


def _evaluation(path: Path) -> Config:
    evaluation = _json(path)
    for column, values in (evaluation.get("values") or {}).items():
        for name, one in values.items():
            if not isinstance(one.get("value"), int | float | None):
                raise ValueError(
                    f"{path} must hold numbers as values. Received: {column}, {name}: "
                    f"{one.get('value')!r}"
                )
    return evaluation


def _json(path: Path) -> Config:
    if not path.is_file():
        return {}
    try:
        content = parse_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not a JSON object: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} is not a JSON object: {type(content).__name__}")
    return content


def range_of_outputs(curves: Sequence[Curve]) -> tuple[float, float] | None:
    """The ends of an axis of `OUTPUTS`: of probabilities, else the values' own."""
    values = [value for curve in curves for _, value in curve.points]
    known = [value for value in values if value is not None]
    return (0.0, 1.0) if all(0 <= value <= 1 for value in known) else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None
