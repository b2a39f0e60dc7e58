"""What every measure returns: values together with the protocol behind them."""

import dataclasses
import math
import warnings
from typing import Any, ClassVar

import numpy as np

from keras_gan._html import element, rows_of
from keras_gan._types import Config, FloatArray


class DoubtfulScoreWarning(UserWarning):
    """A measure was computed from something that makes its value doubtful."""


@dataclasses.dataclass(frozen=True)
class Quantity:
    """One number of a score: its name in tables and logs, and where it is kept.

    Args:
        name: str, e.g. `"frechet_distance"`.
        field: str, field of the score that holds the number.
        error_field: str, field that holds its standard error, or `None`.
            Defaults to `None`.
        better: str, `"lower"`, `"higher"` or what a perfect model reaches, such as
            `"0.5"`. Defaults to `"lower"`.
    """

    name: str
    field: str
    error_field: str | None = None
    better: str = "lower"

    @property
    def mode(self) -> str:
        """`"max"` or `"min"`, as callbacks take it.

        Raises:
            ValueError: if neither is better: a perfect model has a certain value.
        """
        modes = {"higher": "max", "lower": "min"}
        if self.better not in modes:
            raise ValueError(
                f"`monitor` must be a value of which higher or lower ones are better. "
                f"Received: {self.name!r}, best at {self.better}"
            )
        return modes[self.better]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Score:
    """Base of the results of measures: frozen, with the protocol and its warnings.

    A subclass is a frozen dataclass that names in `quantities` which of its fields were
    measured; every other field is protocol, without which the numbers mean nothing.

    Args:
        warnings: strings, what makes the numbers doubtful; each is also issued as a
            `DoubtfulScoreWarning`, and stays in the record. Defaults to `()`.

    Example:
    >>> @dataclasses.dataclass(frozen=True, kw_only=True)
    ... class Accuracy(Score):
    ...     quantities = (Quantity("accuracy", "value", better="higher"),)
    ...     value: float
    ...     num_images: int
    >>> accuracy = Accuracy(value=0.9923, num_images=10_000)
    >>> accuracy.values
    {'accuracy': 0.9923}
    >>> print(accuracy)
    accuracy 0.9923 (num_images=10000)
    >>> accuracy.record()["num_images"]
    10000
    """

    quantities: ClassVar[tuple[Quantity, ...]] = ()

    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for warning in self.warnings:
            warnings.warn(
                f"Doubtful {type(self).__name__}: {warning}",
                DoubtfulScoreWarning,
                stacklevel=4,  # who called the measure that built this
            )

    @property
    def values(self) -> dict[str, float]:
        """The measured numbers by their names."""
        return {
            quantity.name: float(getattr(self, quantity.field))
            for quantity in self.quantities
        }

    @property
    def errors(self) -> dict[str, float]:
        """The standard errors of those numbers that have one."""
        return {
            quantity.name: float(getattr(self, quantity.error_field))
            for quantity in self.quantities
            if quantity.error_field is not None
        }

    def record(self) -> Config:
        """Returns everything, ready for JSON; what has no value is `None`."""
        record = {"measure": type(self).__name__, **dataclasses.asdict(self)}
        return {name: _for_json(value) for name, value in record.items()}

    def _repr_html_(self) -> str:
        """Returns a table for notebooks: numbers, then the protocol."""
        measured = [
            (name, format_value(value, self.errors.get(name)))
            for name, value in self.values.items()
        ]
        protocol = [(name, str(value)) for name, value in self._protocol().items()]
        doubts = [("warning", text) for text in self.warnings]
        head, body = rows_of(
            (type(self).__name__, "value"), measured + protocol + doubts
        )
        return element("table", head, body)

    def __str__(self) -> str:
        numbers = ", ".join(
            f"{name} {format_value(value, self.errors.get(name))}"
            for name, value in self.values.items()
        )
        protocol = ", ".join(
            f"{name}={value!r}" for name, value in self._protocol().items()
        )
        return f"{numbers} ({protocol})" + "".join(
            f"\n  warning: {warning}" for warning in self.warnings
        )

    def _protocol(self) -> Config:
        """The fields that were not measured, without the warnings."""
        measured = {quantity.field for quantity in self.quantities}
        measured |= {quantity.error_field or "" for quantity in self.quantities}
        return {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in measured | {"warnings"}
        }


def format_value(value: float, error: float | None = None) -> str:
    """Returns a number with four figures, or as many as its error bears.

    Example:
    >>> format_value(241.2345, 2.071), format_value(0.00123456)
    ('241.2 ± 2.1', '0.001235')
    """
    if error is None or not 0 < error < math.inf:
        return f"{value:.4g}"
    digits = max(0, 1 - int(f"{error:.1e}".partition("e")[2]))
    return f"{value:.{digits}f} ± {error:.{digits}f}"


def standard_error(values: FloatArray) -> float:
    """Standard error of the mean of independent values.

    NaN of a single one, and of values that are not finite.
    """
    if len(values) < 2:
        return math.nan
    largest = float(np.max(np.abs(values)))
    if not math.isfinite(largest):
        return math.nan
    # Squares of the largest floats are infinite. A power of two changes no bit.
    _, exponent = math.frexp(largest)
    error = np.ldexp(values, -exponent).std(ddof=1) / math.sqrt(len(values))
    return float(np.ldexp(error, exponent))


def _for_json(value: Any) -> Any:
    # JSON knows no NaN and no infinity.
    if isinstance(value, dict):
        return {key: _for_json(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(_for_json, value))
    if isinstance(value, np.ndarray | np.generic):
        return _for_json(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
