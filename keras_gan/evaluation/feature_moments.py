"""Mean and covariance of features that come in parts, wherever each was computed."""

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._sample_parts import is_stream
from keras_gan.evaluation.features import extract_features
from keras_gan.evaluation.frechet import gaussian_frechet_distance


class FeatureMoments(NamedTuple):
    """Number, mean and scatter of rows of features, which combine without the rows.

    When to use it: for the Frechet distance of more samples than memory holds, or of
    samples that several processes draw. Of two parts with n and m rows:

        mean    = (n mean_1 + m mean_2) / (n + m)
        scatter = scatter_1 + scatter_2 + n m / (n + m) * d d',   d = mean_2 - mean_1

    Args:
        num_rows: int.
        mean: float64 `[dim]`.
        scatter: float64 `[dim, dim]`, sum of the products of deviations from the mean.

    Example:
    >>> rows = np.random.default_rng(0).normal(size=(100, 3))
    >>> parts = [FeatureMoments.of(rows[:30]), FeatureMoments.of(rows[30:])]
    >>> whole = FeatureMoments.combined(parts)
    >>> np.allclose(whole.covariance, np.cov(rows.T))
    True
    >>> whole.frechet_distance(FeatureMoments.of(rows))
    0.0...

    References:
        Chan, Golub, LeVeque, Algorithms for computing the sample variance, 1983.
    """

    num_rows: int
    mean: FloatArray
    scatter: FloatArray

    @classmethod
    def of(cls, features: Array) -> "FeatureMoments":
        """Returns the moments of rows `[num, dim]`."""
        rows = np.asarray(features, "float64")
        if rows.ndim != 2 or not len(rows):
            raise ValueError(
                "`features` must be rows [num, dim], one at least. Received: shape "
                f"{rows.shape}"
            )
        mean = rows.mean(axis=0)
        deviations = rows - mean
        return cls(len(rows), mean, deviations.T @ deviations)

    @classmethod
    def combined(cls, parts: "Iterable[FeatureMoments]") -> "FeatureMoments":
        """Returns the moments of all rows of several parts, one at least."""
        return functools.reduce(cls._joined, parts)

    def _joined(self, other: "FeatureMoments") -> "FeatureMoments":
        total = self.num_rows + other.num_rows
        gap = other.mean - self.mean
        share = self.num_rows * other.num_rows / total
        return FeatureMoments(
            total,
            self.mean + other.num_rows / total * gap,
            self.scatter + other.scatter + share * np.outer(gap, gap),
        )

    @property
    def covariance(self) -> FloatArray:
        """Unbiased covariance `[dim, dim]`; of one row it is not a number."""
        return self.scatter / np.float64(self.num_rows - 1)

    def frechet_distance(self, other: "FeatureMoments") -> float:
        """Frechet distance of the Gaussians of both, at least 0."""
        return gaussian_frechet_distance(
            self.mean, self.covariance, other.mean, other.covariance
        )


def moments_of(
    parts: Iterable[Array], network: Callable[[Any], Any] | None = None
) -> FeatureMoments:
    """Moments of the features of images that come in parts, in flat memory.

    Args:
        parts: arrays `[num, …]`, such as `gan.sample_stream(1_000_000, seed=0)`; or one
            array.
        network: as `extract_features` takes it. Defaults to `None`.

    Returns:
        moments: `FeatureMoments`.

    Example:
    ```python
    real = kg.evaluation.moments_of([data.train.images], network)
    fake = kg.evaluation.moments_of(gan.sample_stream(1_000_000, seed=0), network)
    print(fake.frechet_distance(real))
    ```
    """
    if not is_stream(parts) and not isinstance(parts, list | tuple):
        parts = [np.asarray(parts)]
    moments = (
        FeatureMoments.of(extract_features(part, network).values) for part in parts
    )
    first = next(moments, None)
    if first is None:
        raise ValueError("`parts` must hold images. Received: no part")
    return FeatureMoments.combined(itertools.chain([first], moments))
