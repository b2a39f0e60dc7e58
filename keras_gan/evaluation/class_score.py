"""What measures return that look at each class by itself."""

import dataclasses
from typing import ClassVar

from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassScore(Score):
    """Base of the results of measures that have a number for each class.

    A subclass names in `class_quantities` which of its fields are tuples of one number
    for each of `classes`; `keras_gan.evaluation.score_table` prints them.

    Args:
        classes: ints, ascending.

    Example:
    >>> @dataclasses.dataclass(frozen=True, kw_only=True)
    ... class Spread(ClassScore):
    ...     class_quantities = (Quantity("spread", "spreads", better="higher"),)
    ...     spreads: tuple[float, ...]
    >>> Spread(classes=(0, 4), spreads=(0.5, 2.0)).class_values
    {'spread': {0: 0.5, 4: 2.0}}
    """

    class_quantities: ClassVar[tuple[Quantity, ...]] = ()

    classes: tuple[int, ...]

    @property
    def class_values(self) -> dict[str, dict[int, float]]:
        """The numbers by their names, then by the class."""
        return {
            quantity.name: dict(
                zip(self.classes, getattr(self, quantity.field), strict=True)
            )
            for quantity in self.class_quantities
        }
