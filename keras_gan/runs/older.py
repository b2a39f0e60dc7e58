"""Folders of runs as they were before run.json: config.json and history.csv."""

import csv
import math
from pathlib import Path

from keras_gan._files import parse_json
from keras_gan._types import Config
from keras_gan.recipes.listing import LISTED

_EMPTY = ("", "NA", None)
CONFIG, _HISTORY = "config.json", "history.csv"
_FACTS = ("dataset", "environment", "gan", "compile", "replicas")


def record_of(folder: Path) -> Config:
    """The configuration as a record; how the run ended it does not say.

    Raises:
        ValueError: if it is damaged.
    """
    path = folder / CONFIG
    try:
        config = parse_json(path.read_text(encoding="utf-8"))
        facts = {key: config.pop(key) for key in _FACTS if key in config}
        listing = LISTED.get(config["recipe"])
        config["data"] = config.get("data") or (listing and listing.data)
        about = {"seed": config["seed"], "status": "stopped", "reason": None}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not the record of a run: {error!r}") from error
    completed = len(history_of(folder))
    return {**about, "epochs_completed": completed, "config": config, **facts}


def history_of(folder: Path) -> list[Config]:
    """The rows of the history, without the columns that are empty in them."""
    path = folder / _HISTORY
    if not path.is_file():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [_row(row) for row in csv.DictReader(file)]
    except (csv.Error, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} has a row that holds no epoch or no numbers: {error!r}"
        ) from error


def _row(row: dict[str, str]) -> Config:
    # Resumed runs have more fields in a row than in the header: under no name.
    return {"epoch": int(row.pop("epoch")) + 1} | {
        name: _number(row[name]) for name in row if name and row[name] not in _EMPTY
    }


def _number(text: str) -> float | None:
    return float(text) if math.isfinite(float(text)) else None
