"""How far an artefact is from the Keras model it was made of."""

import dataclasses
from collections.abc import Collection


@dataclasses.dataclass(frozen=True)
class ParityReport:
    """How far an artefact is from the Keras model it was made of.

    Args:
        file: str, name of the artefact.
        max_abs_error: float, largest absolute difference of a pixel, a latent or a
            probability; of bytes, in gray levels.
        mean_abs_error: float, mean absolute difference.
        tolerance: float, what the largest may be at most.
        batch_sizes: ints, compared in one call each.
        seed: int, of the inputs.
        num_bytes: int, size of the artefact on disk.
        endpoints: largest difference by endpoint.
        classes: by the name of each condition that is a class, such as `labels`, the
            largest difference of a pixel by class. Defaults to none.
        outside: by name too, what becomes of a call for a class that there is not:
            `"refused"` or `"answered"`, with what means nothing.
            Defaults to none.
    """

    file: str
    max_abs_error: float
    mean_abs_error: float
    tolerance: float
    batch_sizes: tuple[int, ...]
    seed: int
    num_bytes: int
    endpoints: dict[str, float]
    classes: dict[str, dict[int, float]] = dataclasses.field(default_factory=dict)
    outside: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance (a NaN is not)."""
        return self.max_abs_error <= self.tolerance

    def __str__(self) -> str:
        *others, last = map(str, self.batch_sizes)
        sizes = f"{', '.join(others)} and {last}" if others else last
        return (
            f"parity with Keras: largest difference {self.max_abs_error:.1e} "
            f"(tolerance {self.tolerance:g}) on inputs of seed {self.seed}, "
            f"batches of {sizes}{self._of_classes()}; {self.num_bytes:,} bytes"
        )

    def _of_classes(self) -> str:
        return "".join(
            f", {name} {classes_text(classes)} each (others: {self.outside[name]})"
            for name, classes in self.classes.items()
        )


def classes_text(classes: Collection[int]) -> str:
    """`0 to 9`; `2, 3` where they are not all from 0 on."""
    if [*classes] == [*range(len(classes))]:
        return f"0 to {len(classes) - 1}"
    return ", ".join(map(str, classes))
