"""Scores side by side."""

from collections.abc import Iterable, Iterator, Mapping

from keras_gan._tables import aligned
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.score import Score, format_value

_HEADERS = ("measure", "better")
_CLASSES_ABREAST = 10


def score_table(columns: Mapping[str, Iterable[Score]]) -> str:
    """Returns a text table: a row for each measured number, a column for each set.

    Numbers of each class by itself follow, a column for each class.

    Args:
        columns: dict from what was measured, e.g. `"generated"`, to its scores; all of
            the same measures.

    Returns:
        table: str, lines of equal width, those of classes, then the warnings.

    Raises:
        ValueError: if there is no column, or two have different measures.

    Example:
    >>> from keras_gan.evaluation import mode_coverage
    >>> centers = [[0.0, 0.0], [5.0, 5.0]]
    >>> one, both = (mode_coverage(points, centers, 0.1) for points in
    ...              ([[0.0, 0.1], [0.1, 0.0]], [[0.0, 0.1], [5.1, 5.0]]))
    >>> print(score_table({"generated": [one], "real": [both]}))
    measure          better  generated    real
    captured_modes   higher          1       2
    high_quality     higher          1       1
    mode_reverse_kl   lower     0.6931       0
    """
    scores_by_column = {name: list(scores) for name, scores in columns.items()}
    _check_columns(scores_by_column)
    (first, *_) = scores_by_column.values()
    rows = [(*_HEADERS, *scores_by_column)]
    for index, score in enumerate(first):
        for quantity in score.quantities:
            cells = (
                _cell(scores[index], quantity.name)
                for scores in scores_by_column.values()
            )
            rows.append((quantity.name, quantity.better, *cells))
    lines = [*aligned(rows), *_by_class(scores_by_column)]
    return "\n".join([*lines, *_warnings(scores_by_column)])


def _check_columns(scores_by_column: Mapping[str, list[Score]]) -> None:
    measures = {
        name: [quantity.name for score in scores for quantity in score.quantities]
        for name, scores in scores_by_column.items()
    }
    if not measures or any(
        names != next(iter(measures.values())) for names in measures.values()
    ):
        raise ValueError(
            "`columns` must hold at least one set, and scores of the same measures for "
            f"each. Received: {measures or 'none'}"
        )


def _by_class(scores_by_column: Mapping[str, list[Score]]) -> Iterator[str]:
    """Tables of at most ten classes abreast: a row for each number of each set."""
    found = {
        (number, column): values
        for column, scores in scores_by_column.items()
        for score in scores
        if isinstance(score, ClassScore)
        for number, values in score.class_values.items()
    }
    classes = sorted({label for values in found.values() for label in values})
    numbers = dict.fromkeys(number for number, _ in found)
    for start in range(0, len(classes), _CLASSES_ABREAST):
        abreast = classes[start : start + _CLASSES_ABREAST]
        rows = [("by class", *map(str, abreast))]
        for number in numbers:
            for column in scores_by_column:
                values = found.get((number, column), {})
                cells = (
                    format_value(values[label]) if label in values else ""
                    for label in abreast
                )
                rows.append((f"{number}, {column}", *cells))
        yield from ("", *aligned(rows))


def _warnings(scores_by_column: Mapping[str, list[Score]]) -> list[str]:
    """Each warning once, with the columns that it concerns."""
    columns: dict[str, list[str]] = {}
    for name, scores in scores_by_column.items():
        for score in scores:
            for warning in score.warnings:
                text = f"{type(score).__name__}: {warning}"
                columns.setdefault(text, []).append(name)
    return [f"warning ({', '.join(names)}): {text}" for text, names in columns.items()]


def _cell(score: Score, name: str) -> str:
    return format_value(score.values[name], score.errors.get(name))
