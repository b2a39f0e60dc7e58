"""The real points that Parzen measures score."""

import dataclasses
from collections.abc import Sequence

from keras_gan._types import Array
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation.parzen_bandwidth import check_grid

NUM_VALID = 1_000  # of 2014


@dataclasses.dataclass(frozen=True, eq=False)
class ParzenPoints:
    """What the Parzen measures of an `Evaluator` score under kernels on the samples.

    Args:
        valid: array `[num_valid, …]`, real points that choose the bandwidth.
        test: array `[num_test, …]`, real points that are scored with it; `None` where
            there is nothing but validation, so that only `"parzen"` can be measured.
            Defaults to `None`.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.
        valid_labels: integer array `[num_valid]`, classes of `valid`, for the Parzen
            measure of classes. Defaults to `None`.
        test_labels: integer array `[num_test]`, likewise. Defaults to `None`.

    Raises:
        TypeError: if points are not numbers, or labels no integers.
        ValueError: if a set is empty or not finite, labels are not one for each point,
            or a bandwidth is not positive.

    Example:
    >>> import numpy as np
    >>> points = ParzenPoints(np.zeros((3, 2)), test=np.ones((4, 2)))
    >>> len(points.test), points.bandwidths
    (4, None)
    """

    valid: Array
    test: Array | None = None
    bandwidths: Sequence[float] | None = None
    valid_labels: Array | None = None
    test_labels: Array | None = None

    def __post_init__(self) -> None:
        check_grid(self.bandwidths)
        for name in ("valid", "test"):
            points, labels = getattr(self, name), getattr(self, f"{name}_labels")
            if points is not None:
                flat_rows(name, points)
            if labels is not None:
                check_labels(f"{name}_labels", labels, len(points))

    @classmethod
    def of_held_out(cls, held_out: Array) -> "ParzenPoints":
        """The first 1,000 held-out samples, as validation points."""
        return cls(held_out[:NUM_VALID])
