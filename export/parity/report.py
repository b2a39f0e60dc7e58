"""How far an artefact is from the Keras model it was made of."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class ParityReport:
    """How far an artefact is from the Keras model it was made of.

    Args:
        file: str, name of the artefact.
        max_abs_error: float, largest absolute difference of a pixel, a latent or a
            probability; of bytes, in grey levels.
        mean_abs_error: float, mean absolute difference.
        tolerance: float, what the largest may be at most.
        batch_sizes: ints, compared in one call each.
        seed: int, of the inputs.
        num_bytes: int, size of the artefact on disk.
        endpoints: largest difference by endpoint.
    """

    file: str
    max_abs_error: float
    mean_abs_error: float
    tolerance: float
    batch_sizes: tuple[int, ...]
    seed: int
    num_bytes: int
    endpoints: dict[str, float]

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
            f"batches of {sizes}; {self.num_bytes:,} bytes"
        )
