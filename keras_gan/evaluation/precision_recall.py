"""Improved precision and recall: how good samples are, and how much they cover."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_positive_integer
from keras_gan.evaluation._neighbors import (
    distance_tiles,
    repetition_warnings,
    squared_neighbor_radii,
)
from keras_gan.evaluation.features import Features, check_two_sets
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class PrecisionRecall(Score):
    """What `precision_recall` measured, with its protocol.

    Args:
        precision: float in [0, 1], share of generated points that look real.
        recall: float in [0, 1], share of real points that could be generated.
        features: str, name of the feature function.
        num_real: int, real points.
        num_fake: int, generated points.
        dim: int, length of a feature vector.
        k: int, which neighbor sets the radius of a ball.
        warnings: strings, what makes the numbers doubtful. Defaults to `()`.
    """

    quantities = (
        Quantity("precision", "precision", better="higher"),
        Quantity("recall", "recall", better="higher"),
    )

    precision: float
    recall: float
    features: str
    num_real: int
    num_fake: int
    dim: int
    k: int


def precision_recall(
    *, real: "Features | Array", fake: "Features | Array", k: int = 3
) -> PrecisionRecall:
    """Measures quality and variety apart, with balls about the points of each set.

    Use it where one distance hides which of the two a generator lacks: few modes drawn
    well have a high precision and a low recall, noise about every mode the reverse.

        manifold(S) = union over s in S of the balls about s, each reaching to the k-th
                      nearest other point of S, border included
        precision   = share of `fake` inside manifold(real)
        recall      = share of `real` inside manifold(fake)

    Two sets of one law do not reach 1: the values fall with the dimension (both are
    about 0.48 for 10,000 standard normal points in 1,000 dimensions and k = 5). Quote
    the value of held-out real against real beside yours, from equally large sets. A set
    against itself, or copies of it, reach 1. One outlier has a large ball: precision
    and recall forgive what falls into it, `density_coverage` does so less.

    A point on the border counts as inside, as in the authors' code. The package `prdc`
    takes the border as outside: the two differ only where distances tie, as those of
    images in few gray levels or of copies do.

    Args:
        real: `Features` or array `[num_real, …]`, finite, more than `k` rows.
        fake: `Features` or array `[num_fake, …]`, as many rows as `real`; other numbers
            are noted in the warnings.
        k: int, at least 1. Defaults to `3`, as published.

    Returns:
        score: `PrecisionRecall`.

    Raises:
        ValueError: if a set has `k` rows or fewer or values that are not finite, the
            dimensions or the feature functions differ, or `k` is not positive.

    Example:
    >>> real = np.array([[0.0], [1.0], [2.0], [3.5], [10.0]])
    >>> fake = np.array([[0.4], [1.1], [2.9], [20.0]])
    >>> score = precision_recall(real=real, fake=fake, k=1)
    >>> score.precision, score.recall
    (0.75, 1.0)

    References:
        Kynkäänniemi et al., Improved Precision and Recall Metric for Assessing
        Generative Models, 2019. https://arxiv.org/abs/1904.06991
    """
    k = check_positive_integer("k", k)
    real, fake, warnings = check_two_sets(real, fake, minimum=k + 1)
    real_radii = squared_neighbor_radii(real.values, k)  # [num_real]
    fake_radii = squared_neighbor_radii(fake.values, k)  # [num_fake]
    is_precise, is_recalled = np.zeros(len(fake), bool), np.zeros(len(real), bool)
    for tile in distance_tiles(fake.values, real.values):
        is_precise[tile.rows] = tile.within(real_radii).any(axis=1)
        balls = fake_radii[tile.rows, np.newaxis]
        is_recalled |= tile.within(balls).any(axis=0)
    repetitions = repetition_warnings(k, real=real_radii, fake=fake_radii)
    return PrecisionRecall(
        precision=float(is_precise.mean()),
        recall=float(is_recalled.mean()),
        features=real.name,
        num_real=len(real),
        num_fake=len(fake),
        dim=real.dim,
        k=k,
        warnings=(*warnings, *repetitions, *_unequal(len(real), len(fake))),
    )


def _unequal(num_real: int, num_fake: int) -> tuple[str, ...]:
    if num_real == num_fake:
        return ()
    return (
        f"`real` and `fake` differ in number, {num_real:,} and {num_fake:,}: precision "
        "and recall grow with the number of balls, and do not compare with each other.",
    )
