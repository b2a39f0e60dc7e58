"""Several runs beside each other: as a table of text, as JSON, as a page."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_gan._durations import in_words
from keras_gan._files import replacing
from keras_gan._html import Html, element
from keras_gan._tables import aligned
from keras_gan._types import Config
from keras_gan.runs.directory import RunDirectory
from keras_gan.runs.report.charts import Curve, chart, written
from keras_gan.runs.report.facts import (
    GENERATED,
    HELD_OUT,
    OUTPUTS,
    PLAYERS,
    Facts,
    range_of_outputs,
)
from keras_gan.runs.report.html import page, section, table
from keras_gan.runs.report.page import with_error
from keras_gan.runs.report.pictures import Pictures

_MISSING = ""


class Comparison:
    """What is known of several runs.

    Args:
        directories: `RunDirectory` objects, one or more.

    Raises:
        FileNotFoundError: if one holds no run.
        ValueError: if there is none, or a file of a run is damaged.
    """

    def __init__(self, directories: Sequence[RunDirectory]) -> None:
        if not directories:
            raise ValueError("`directories` must name at least one run.")
        self.runs = [Facts.of(directory) for directory in directories]
        self.names = _names(self.runs)

    def rows(self) -> list[list[str]]:
        """A row for what each run is, then for each measured number."""
        facts: dict[str, list[Any]] = {
            "recipe": [run.config.get("recipe") for run in self.runs],
            "data": [
                (run.record.get("dataset") or {}).get("name") for run in self.runs
            ],
            "seed": [run.record.get("seed") for run in self.runs],
            "status": [run.record.get("status") for run in self.runs],
            "epochs": [run.epochs_completed for run in self.runs],
            "seconds an epoch": [written_seconds(run) for run in self.runs],
            "best epoch": [run.best.get("epoch") for run in self.runs],
            "chosen by": [run.best.get("monitor") for run in self.runs],
            "its value": [
                written(run.best["value"]) if run.best else None for run in self.runs
            ],
            "evaluated after epoch": [
                (run.evaluation.get("model") or {}).get("epochs") for run in self.runs
            ],
        }
        told = [
            [name, *(_MISSING if cell is None else str(cell) for cell in cells)]
            for name, cells in facts.items()
            if any(cell is not None for cell in cells)
        ]
        return told + self._measured()

    def text(self) -> str:
        """Returns the table, and the protocols behind its numbers."""
        lines = aligned([["run", *self.names], *self.rows()])
        return "\n".join([*(line.rstrip() for line in lines), *self.protocols()])

    def protocols(self) -> list[str]:
        """By what each evaluation measured."""
        return [
            f"{name}: {' / '.join(str(run.evaluation['summary']).splitlines())}"
            for name, run in zip(self.names, self.runs, strict=True)
            if run.evaluation.get("summary")
        ]

    def record(self) -> list[Config]:
        """Returns the same as JSON holds it, an object for each run."""
        return [
            {
                "name": name,
                "path": str(run.directory.path),
                "recipe": run.config.get("recipe"),
                "dataset": (run.record.get("dataset") or {}).get("name"),
                "seed": run.record.get("seed"),
                "status": run.record.get("status"),
                "epochs_completed": run.epochs_completed,
                "seconds_an_epoch": run.seconds_an_epoch(),
                "best": run.best or None,
                "values": run.evaluation.get("values"),
                "protocol": run.evaluation.get("protocol"),
                "last": run.history[-1] if run.history else None,
            }
            for name, run in zip(self.names, self.runs, strict=True)
        ]

    def write_page(self, path: str | os.PathLike[str]) -> None:
        """Writes an HTML page, whole or not at all."""
        caption = "What the runs are, and their scores"
        text = page(
            f"{len(self.runs)} runs beside each other",
            element("h1", f"{len(self.runs)} runs beside each other"),
            section("Runs", table(caption, ("run", *self.names), self.rows())),
            section("Samples of the last epoch", self._samples()),
            section("Curves", self._curves()),
            section(
                "Protocols", *[element("p", protocol) for protocol in self.protocols()]
            ),
        )
        with replacing(path) as partial:
            Path(partial).write_text(text, encoding="utf-8")

    def _measured(self) -> list[list[str]]:
        names = dict.fromkeys(name for run in self.runs for name in run.measured())
        rows = []
        for name in names:
            for column, label in ((GENERATED, name), (HELD_OUT, f"{name}, real data")):
                values = [run.value(name, column) for run in self.runs]
                cells = [with_error(value) if value else _MISSING for value in values]
                rows.append([label, *cells])
        return rows

    def _samples(self) -> Html:
        pictures, figures = Pictures(), []
        for name, run in zip(self.names, self.runs, strict=True):
            last = pictures.last_frame(run.directory.samples)
            if last is not None:
                told = f"{name}, epoch {last.epoch}"
                image = element("img", src=last.address, alt=f"Samples of {told}")
                caption = element("figcaption", told)
                figures.append(element("figure", caption, image, class_="film"))
        return element("div", *figures, class_="beside") if figures else Html("")

    def _curves(self) -> Html:
        keys = dict.fromkeys([*PLAYERS, *OUTPUTS])
        keys |= dict.fromkeys(key for run in self.runs for key in run.measures())
        charts = []
        for key in keys:
            curves = [
                Curve(name, run.curve(key).points)
                for name, run in zip(self.names, self.runs, strict=True)
                if run.keys((key,))
            ]
            if curves:
                ends = range_of_outputs(curves) if key in OUTPUTS else None
                charts.append(chart(key, curves, value_range=ends))
        return element("div", *charts, class_="charts") if charts else Html("")


def written_seconds(run: Facts) -> str | None:
    """The median time of an epoch, in words."""
    seconds = run.seconds_an_epoch()
    return None if seconds is None else in_words(seconds)


def _names(runs: Sequence[Facts]) -> list[str]:
    """What tells the runs apart: names of folders, paths where two have one."""
    names: list[Any] = [run.name for run in runs]
    return [
        name if names.count(name) == 1 else str(run.directory.path)
        for name, run in zip(names, runs, strict=True)
    ]
