"""What a run leaves in its folder: the names, its record and its history.

run.json                   what was trained, how far it came and how it ended
history.jsonl              one line for each epoch: its number, from 1, seconds and logs
samples/epoch_0001.png     pictures of the same latents, by the same number
model.keras                the GAN after the last complete epoch
best.keras                 the GAN after the epoch of the best validation value
best.json                  that value and the number of that epoch
evaluation.json            scores with their protocol
pictures/                  interpolations, and samples beside training pictures
report.html                all of it on one page
exports/                   the generator in other formats, with parity figures
.lock                      who trains the run, while somebody does
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from keras_gan._files import parse_json, replacing, write_json
from keras_gan._types import Config

RECORD, HISTORY, SAMPLES = "run.json", "history.jsonl", "samples"
MODEL, BEST_MODEL, BEST_RECORD = "model.keras", "best.keras", "best.json"
EVALUATION, EXPORTS = "evaluation.json", "exports"
REPORT, PICTURES = "report.html", "pictures"
INTERPOLATIONS, NEAREST = "interpolations.png", "nearest_training.png"
REAL = "real.png"  # beside the samples of the epochs

RUNNING, FINISHED = "running", "finished"  # of the statuses in the record

_OBJECTS = ("config", "dataset")  # in the record, where they are known
_VERSION = 2  # of the record: until 1, which had no number, epochs counted from 0


def write_record(folder: Path, record: Config) -> None:
    """Writes what is known of a run, whole or not at all."""
    write_json(folder / RECORD, {"version": _VERSION, **record})


def saved_models(folder: Path) -> list[Path]:
    """Files of the GAN to go on from; that of the best epoch is none."""
    return sorted({*folder.glob("*.keras")} - {folder / BEST_MODEL})


def read_best(path: Path) -> Config:
    """Returns the record of the best epoch, empty where there is none.

    Raises:
        ValueError: if it is damaged.
    """
    if not path.is_file():
        return {}
    try:
        record = parse_json(path.read_text(encoding="utf-8"))
        sound = isinstance(record["monitor"], str)
        sound = sound and is_finite_number(record["value"])
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise ValueError(
            f"{path} is damaged: it must hold `monitor` and a finite `value`. Repair "
            "it, or remove it to take the best value of the history instead."
        )
    return dict(record)


def is_finite_number(value: Any) -> bool:
    """Whether JSON held a number, and no NaN."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)


def read_record(folder: Path) -> Config:
    """Returns what is known of a run.

    Raises:
        ValueError: if the record is damaged.
    """
    path = folder / RECORD
    try:
        record = parse_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not a JSON object: {error}") from error
    if not isinstance(record, dict):
        raise ValueError(f"{path} is not a JSON object: {type(record).__name__}")
    missing = sorted({"seed", "status"} - set(record))
    if missing:
        raise ValueError(f"{path} is not the record of a run. Missing: {missing}")
    for field in _OBJECTS:
        if not isinstance(record.get(field, {}), dict):
            raise ValueError(
                f"{path} is not the record of a run: `{field}` must be a JSON object. "
                f"Received: {record[field]!r}"
            )
    return record


def write_history(folder: Path, rows: Iterable[Config]) -> None:
    """Writes one line for each epoch, whole or not at all."""
    with replacing(folder / HISTORY) as partial:
        lines = [json.dumps(row, allow_nan=False) + "\n" for row in rows]
        partial.write_text("".join(lines), encoding="utf-8")


def read_history(folder: Path, record: Config) -> list[Config]:
    """Returns the rows of a history, none where there is no file.

    Args:
        folder: of the run.
        record: what `read_record` returned; it says how epochs were counted.

    Raises:
        ValueError: if a line is damaged.
    """
    path = folder / HISTORY
    if not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows: list[Config] = [parse_json(line) for line in lines]
    except ValueError as error:
        raise ValueError(f"{path} has a line that is not JSON: {error}") from error
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not isinstance(row.get("epoch"), int):
            raise ValueError(
                f"{path} must hold an object with a whole number `epoch` in each line. "
                f"Received: {lines[number - 1]!r} in line {number}"
            )
    if "version" in record:
        return rows
    return [{**row, "epoch": row["epoch"] + 1} for row in rows]


def missing_epochs(rows: Iterable[Config], first: int, last: int) -> list[int]:
    """Returns the numbers of epochs, from `first` to `last`, that no row is of."""
    held = {row["epoch"] for row in rows}
    return [epoch for epoch in range(first, last + 1) if epoch not in held]


def in_words(epochs: Iterable[int]) -> str:
    """Returns rising numbers with their runs drawn together.

    Example:
    >>> in_words([1, 4, 5, 6, 9])
    '1, 4 to 6, 9'
    """
    spans: list[list[int]] = []
    for epoch in epochs:
        if spans and epoch == spans[-1][1] + 1:
            spans[-1][1] = epoch
        else:
            spans.append([epoch, epoch])
    return ", ".join(
        f"{first}" if first == last else f"{first} to {last}" for first, last in spans
    )
