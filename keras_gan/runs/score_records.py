"""Scores of an evaluation as JSON, tables and pages hold them."""

import math
from collections.abc import Mapping

from keras_gan._types import Config
from keras_gan.evaluation.score import Score

Scores = dict[str, dict[str, Score]]
"""By column, generated or held-out real, then by the measure's name."""


def records(scores: Scores) -> dict[str, dict[str, Config]]:
    """Returns scores as JSON holds them."""
    return {
        column: {name: score.record() for name, score in measured.items()}
        for column, measured in scores.items()
    }


def measured(scores: Scores) -> dict[str, dict[str, Config]]:
    """Returns the measured numbers by column and name, and how to read them."""
    return {
        column: {
            quantity.name: {
                "value": _finite(score.values[quantity.name]),
                "error": _finite(score.errors.get(quantity.name)),
                "better": quantity.better,
                "features": getattr(score, "features", None),
            }
            for score in by_name.values()
            for quantity in score.quantities
        }
        for column, by_name in scores.items()
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def columns(scores: Scores) -> Mapping[str, list[Score]]:
    """Returns scores as `score_table` takes them."""
    return {column: list(measured.values()) for column, measured in scores.items()}
