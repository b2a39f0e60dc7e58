"""What an `Evaluator` knows of a measure."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

from keras_gan.evaluation._sets import RealSets, Sets
from keras_gan.evaluation.score import Score


class Need(NamedTuple):
    """What a measure cannot do without.

    Args:
        text: str, as errors name it.
        is_met: function of the `RealSets`.
    """

    text: str
    is_met: Callable[[RealSets], bool]


@dataclasses.dataclass(frozen=True)
class Measure:
    """One measure of an `Evaluator`.

    Args:
        compute: function from `Sets` to a score.
        score: type of that score, which knows what is better.
        needs: what it cannot do without. Defaults to `()`.
        reads: of `"training"` and `"held_out"`, whose features it looks at.
            Defaults to `("training",)`.
        asks: bool, whether it looks at the labels that the samples were asked for.
            Defaults to `False`.
        least: int, rows that each set must have. Defaults to `2`.
        least_of_class: int, rows that each class must have in each set. Defaults to
            `1`.
        most_dim: int, features of which it takes long: with more it is computed only
            where it is named. `None` for any number. Defaults to `None`.
    """

    compute: Callable[[Sets], Score]
    score: type[Score]
    needs: tuple[Need, ...] = ()
    reads: tuple[str, ...] = ("training",)
    asks: bool = False
    least: int = 2
    least_of_class: int = 1
    most_dim: int | None = None

    def is_quick(self, reals: RealSets) -> bool:
        """Whether all measures of these samples may have it among them."""
        return self.most_dim is None or reals.training.dim <= self.most_dim


TEST_POINTS = Need(
    "test points, as `parzen=ParzenPoints(valid, test)` has them",
    lambda reals: reals.parzen.test is not None,
)
