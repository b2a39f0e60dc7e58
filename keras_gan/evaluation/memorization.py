"""Whether samples lie nearer to the training images than unseen real images do."""

import dataclasses
import math

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._neighbors import nearest_distances
from keras_gan.evaluation.features import (
    Features,
    as_features,
    check_two_sets,
    range_warnings,
)
from keras_gan.evaluation.score import Quantity, Score

_NEAR = 0.01  # share of the held-out images that sets what "near" means


@dataclasses.dataclass(frozen=True, kw_only=True)
class Memorization(Score):
    """What `memorization` measured, with its protocol.

    Args:
        nearer_share: float in [0, 1], share of pairs in which the generated image is
            nearer to a training image than the held-out one is; ties count a half.
        z_score: float, of that share, in standard deviations under a perfect model.
        p_value: float in [0, 1], two-sided.
        near_copies: float in [0, 1], share of generated images as near to a training
            image as the nearest hundredth of the held-out ones.
        expected_near_copies: float in [0, 1], that share under a perfect model.
        exact_copies: float in [0, 1], share of generated images at distance 0.
        held_out_exact_copies: float in [0, 1], share of held-out images at distance 0.
        features: str, name of the feature function.
        num_real: int, training images.
        num_fake: int, generated images.
        num_held_out: int, real images that were not trained on.
        dim: int, length of a feature vector.
        warnings: strings, what makes the numbers doubtful. Defaults to `()`.
    """

    quantities = (
        Quantity("nearer_to_training", "nearer_share", better="0.5"),
        Quantity("memorization_z_score", "z_score", better="0"),
        Quantity("memorization_p_value", "p_value", better="higher"),
        Quantity("near_copies", "near_copies", better=str(_NEAR)),
        Quantity("exact_copies", "exact_copies"),
    )

    nearer_share: float
    z_score: float
    p_value: float
    near_copies: float
    expected_near_copies: float
    exact_copies: float
    held_out_exact_copies: float
    features: str
    num_real: int
    num_fake: int
    num_held_out: int
    dim: int


def memorization(
    *,
    real: "Features | Array",
    fake: "Features | Array",
    held_out: "Features | Array",
) -> Memorization:
    """Tells a generator that copies its training images from one that generalises.

    Use it beside every measure of quality: those that compare with the training set
    alone are best for a generator that replays it. It needs real images that were not
    trained on. With d(x) the Euclidean distance to the nearest of `real`,

        nearer_share = mean over i, j of [d(fake_i) < d(held_out_j)]
                       + [d(fake_i) = d(held_out_j)] / 2
                     = U / (num_fake num_held_out)           # Mann and Whitney's U
        z_score      = (nearer_share - 1/2) / its standard deviation under a perfect
                       model, sqrt((m + n + 1) / (12 m n)), corrected for ties

    A perfect model has 0.5 and a standard normal `z_score`. Towards 1 (z far above 0)
    the images copy; towards 0 (z far below 0) they miss the data, as noise does. The
    z score of the paper has the opposite sign, and its test is also taken cell by cell
    of a partition; this is the one for the whole space.

    The two can cancel: a generator that copies half the time and draws noise otherwise
    may reach 0.5. `near_copies` sees it, the share of `fake` as near as the r-th
    nearest of the held-out images, r = ceil(0.01 n): under a perfect model it is
    r / (n + 1) on average, whatever the law. `exact_copies` are equal in every feature:
    count them in pixels, for a network's last bits may depend on the batch. Dropped
    modes are not punished: ask `precision_recall`.

    Args:
        real: `Features` or array `[num_real, …]`, the images that were trained on.
        fake: `Features` or array `[num_fake, …]`, generated images.
        held_out: `Features` or array `[num_held_out, …]`, real images of the same
            source that were not trained on, at least 2.

    Returns:
        score: `Memorization`.

    Raises:
        ValueError: if a set has fewer than 2 rows or values that are not finite, or the
            dimensions or the feature functions differ.

    Example:
    >>> random = np.random.default_rng(0)
    >>> train, held_out = random.normal(size=(2, 500, 2))
    >>> honest = memorization(
    ...     real=train, fake=random.normal(size=(500, 2)), held_out=held_out
    ... )
    >>> abs(honest.z_score) < 3
    True
    >>> copy = memorization(real=train, fake=train[:50], held_out=held_out)
    >>> copy.nearer_share, copy.exact_copies
    (1.0, 1.0)

    References:
        Meehan, Chaudhuri, Dasgupta, A Non-Parametric Test to Detect Data-Copying in
        Generative Models, 2020. https://arxiv.org/abs/2004.05675
    """
    real, fake, warnings = check_two_sets(real, fake)
    held_out, more_warnings = _check_held_out(held_out, real)
    fake_distances = nearest_distances(fake.values, real.values)
    held_out_distances = nearest_distances(held_out.values, real.values)
    share, z_score, p_value = _mann_whitney(fake_distances, held_out_distances)
    rank = math.ceil(_NEAR * len(held_out))
    near = np.partition(held_out_distances, rank - 1)[rank - 1]
    held_out_copies = float(np.mean(held_out_distances == 0))
    return Memorization(
        nearer_share=share,
        z_score=z_score,
        p_value=p_value,
        near_copies=float(np.mean(fake_distances <= near)),
        expected_near_copies=rank / (len(held_out) + 1),
        exact_copies=float(np.mean(fake_distances == 0)),
        held_out_exact_copies=held_out_copies,
        features=real.name,
        num_real=len(real),
        num_fake=len(fake),
        num_held_out=len(held_out),
        dim=real.dim,
        warnings=(*warnings, *more_warnings, *_leaks(held_out_copies)),
    )


def _check_held_out(
    held_out: "Features | Array", real: Features
) -> tuple[Features, tuple[str, ...]]:
    held_out = as_features("held_out", held_out)
    if len(held_out) < 2:
        raise ValueError(
            f"`held_out` must hold at least 2 rows. Received: {len(held_out)}"
        )
    if (held_out.name, held_out.dim) != (real.name, real.dim):
        raise ValueError(
            "`held_out` and `real` must come from one feature function and have "
            f"features of one length. Received: held_out.name={held_out.name!r}, "
            f"held_out.dim={held_out.dim}, real.name={real.name!r}, "
            f"real.dim={real.dim}"
        )
    if not range_warnings(real, held_out):
        return held_out, ()
    return held_out, (
        "`held_out` and `real` seem to have different value ranges: bring both to one "
        "range, or the value means nothing.",
    )


def _mann_whitney(
    fake_distances: FloatArray, held_out_distances: FloatArray
) -> tuple[float, float, float]:
    """Share of pairs in which the fake one is nearer, its z score and p value."""
    import scipy.stats

    num_fake, num_held_out = len(fake_distances), len(held_out_distances)
    num_all, num_pairs = num_fake + num_held_out, num_fake * num_held_out
    ties = np.unique(
        np.concatenate([fake_distances, held_out_distances]), return_counts=True
    )[1].astype("float64")
    tied_share = np.sum(ties**3 - ties) / (num_all**3 - num_all)
    variance = num_pairs * (num_all + 1) / 12 * (1 - tied_share)
    if len(ties) == 1:  # every distance is the same: nothing to order
        return 0.5, 0.0, 1.0
    # The first argument's U counts the pairs in which it is the larger one.
    test = scipy.stats.mannwhitneyu(
        held_out_distances,
        fake_distances,
        use_continuity=False,
        method="asymptotic",
    )
    z_score = (test.statistic - num_pairs / 2) / math.sqrt(variance)
    return float(test.statistic / num_pairs), float(z_score), float(test.pvalue)


def _leaks(held_out_copies: float) -> tuple[str, ...]:
    if not held_out_copies:
        return ()
    return (
        f"{held_out_copies:.2%} of `held_out` are exact copies of rows of `real`: it "
        "may not be held out.",
    )
