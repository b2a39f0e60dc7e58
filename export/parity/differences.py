"""What was found when an artefact's answers were held against those of Keras."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from export.contract.conditions import Condition
from export.parity.cases import Case
from keras_gan._types import FloatArray


def largest(differences: Iterable[tuple[Any, FloatArray]]) -> dict[Any, float]:
    """The largest number of all arrays of one key; a NaN is the largest."""
    found: dict[Any, float] = {}
    for key, difference in differences:
        # max() of Python would lose a NaN.
        found[key] = float(np.max([found.get(key, 0.0), difference.max()]))
    return found


def largest_by_class(
    conditions: Iterable[Condition], differences: Sequence[tuple[Case, FloatArray]]
) -> dict[str, dict[int, float]]:
    """The largest difference of each class, for each condition that is one.

    Args:
        conditions: of the generator.
        differences: absolute differences `[batch, …]`, each with its case.
    """
    found = {}
    for condition in conditions:
        rows = [
            (label, row)
            for case, difference in differences
            if condition.classes and len(case.inputs.get(condition.name, ()))
            for labels, row in zip(case.inputs[condition.name], difference, strict=True)
            for label in np.unique(labels).tolist()
        ]
        if rows:
            found[condition.name] = dict(sorted(largest(rows).items()))
    return found


def what_became_of_strangers(
    refusals: Iterable[tuple[Case, str]],
) -> dict[str, str]:
    """By condition, whether unknown classes were refused: one answer is an answer."""
    found: dict[str, str] = {}
    for case, refusal in refusals:
        if found.get(case.condition) != "answered":
            found[case.condition] = "refused" if refusal else "answered"
    return found
