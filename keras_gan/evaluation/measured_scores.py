"""What an `Evaluator` returns: scores by the names of their measures, and a table."""

from collections.abc import Iterable, Iterator, Mapping

from keras_gan._html import element, rows_of
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.score import Score, format_value


class MeasuredScores(dict[str, Score]):
    """Scores by the names of their measures, a table in notebooks.

    A dict in all else: it is equal to one, and what is joined with another is one.

    Args:
        scores: dict from names to `Score` objects, or pairs. Defaults to `()`.
        features: str, name of the features that were compared, or `None` where it is
            not known. Defaults to `None`.
        num_samples: int, how many samples were measured, or `None` where it is not
            known, as of a stream. Defaults to `None`.
    """

    def __init__(
        self,
        scores: Mapping[str, Score] | Iterable[tuple[str, Score]] = (),
        features: str | None = None,
        num_samples: int | None = None,
    ) -> None:
        super().__init__(scores)
        self.features = features
        self.num_samples = num_samples

    def _repr_html_(self) -> str:
        """Returns a table for notebooks: numbers, what was compared, doubts."""
        rows = [row for score in self.values() for row in _rows(score)]
        if self.features is not None:
            rows.append(("features", self.features, ""))
        if self.num_samples is not None:
            rows.append(("samples", f"{self.num_samples:,}", ""))
        head, body = rows_of(("measure", "value", "better"), [*rows, *self._doubts()])
        return element("table", head, body)

    def _doubts(self) -> Iterator[tuple[str, str, str]]:
        for score in self.values():
            for warning in score.warnings:
                yield "warning", f"{type(score).__name__}: {warning}", ""


def _rows(score: Score) -> Iterator[tuple[str, str, str]]:
    """The numbers of a score, then those of each class."""
    for quantity in score.quantities:
        error = score.errors.get(quantity.name)
        value = format_value(score.values[quantity.name], error)
        yield quantity.name, value, quantity.better
    if isinstance(score, ClassScore):
        for quantity in score.class_quantities:
            values = score.class_values[quantity.name].items()
            listed = [f"{label}: {format_value(value)}" for label, value in values]
            yield f"{quantity.name} by class", ", ".join(listed), quantity.better
