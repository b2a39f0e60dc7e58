"""Frechet distance of each class by itself."""

import dataclasses

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_seed
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.features import Features, check_two_sets
from keras_gan.evaluation.frechet import distance_of_features
from keras_gan.evaluation.score import Quantity


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassFrechetDistance(ClassScore):
    """What `class_frechet_distance` measured, with all that the values depend on.

    Args:
        mean: float, at least 0, of the classes' distances, in squared units of the
            features.
        worst_distance: float, that of `worst_class`.
        worst_class: int, the class with the largest distance.
        distances: floats, at least 0, one for each class.
        num_fake_by_class: ints, generated samples of each class.
        num_real_by_class: ints, real samples that they were compared with.
        features: str, name of the feature function.
        dim: int, length of a feature vector.
        seed: int, of the choice of real samples.
    """

    quantities = (
        Quantity("class_frechet_distance", "mean"),
        Quantity("worst_class_frechet_distance", "worst_distance"),
    )
    class_quantities = (Quantity("class_frechet_distance", "distances"),)

    mean: float
    worst_distance: float
    worst_class: int
    distances: tuple[float, ...]
    num_fake_by_class: tuple[int, ...]
    num_real_by_class: tuple[int, ...]
    features: str
    dim: int
    seed: int


def class_frechet_distance(
    *,
    real: Features | Array,
    real_labels: Array,
    fake: Features | Array,
    fake_labels: Array,
    seed: int = 0,
) -> ClassFrechetDistance:
    """Frechet distance of the samples asked for of a class to real ones of that class.

    Unlike `frechet_distance` of all samples together it sees a generator that draws
    every class as often as it should, under the wrong labels. Each class is compared
    with as many real samples as it has generated ones, drawn at random, where there are
    so many. The value is biased upwards, the more the fewer samples a class has for
    each dimension: compare values of equal numbers only, and quote that of held-out
    real samples beside them.

    Args:
        real: `Features` or float array `[num_real, …]`.
        real_labels: integer array `[num_real]`, their classes.
        fake: `Features` or float array `[num_fake, …]`.
        fake_labels: integer array `[num_fake]`, the labels that they were drawn with.
        seed: int, of the choice of real samples. Defaults to `0`.

    Returns:
        score: `ClassFrechetDistance`, of the classes in `fake_labels`. It carries a
            warning where a class has no more samples than the features have dimensions.

    Raises:
        TypeError: if labels are not integers.
        ValueError: as `frechet_distance` does, if labels are not one for each sample,
            or a class has fewer than 2 samples of either kind.

    Example:
    >>> random = np.random.default_rng(0)
    >>> labels = np.arange(400) % 2
    >>> real, fake = random.normal(size=(2, 400, 2)) + labels[:, np.newaxis]
    >>> exchanged = class_frechet_distance(
    ...     real=real, real_labels=labels, fake=fake, fake_labels=1 - labels
    ... )
    >>> exchanged.mean  # near 1^2 + 1^2
    2.2...

    References:
        Benny et al., Evaluation metrics for conditional image generation, 2020: the
        within-class FID. https://arxiv.org/abs/2004.12361
    """
    real, fake, doubts = check_two_sets(real, fake)
    real_labels = check_labels("real_labels", real_labels, len(real))
    fake_labels = check_labels("fake_labels", fake_labels, len(fake))
    random = np.random.default_rng(check_seed("seed", seed))
    classes = tuple(np.unique(fake_labels).tolist())
    distances, num_fake, num_real = [], [], []
    for label in classes:
        fakes = fake.values[fake_labels == label]
        reals = real.values[real_labels == label]
        _check_class(label, real=len(reals), fake=len(fakes))
        if len(reals) > len(fakes):
            reals = reals[random.permutation(len(reals))[: len(fakes)]]
        distances.append(distance_of_features(reals, fakes))
        num_fake.append(len(fakes))
        num_real.append(len(reals))
    worst = int(np.argmax(distances))
    return ClassFrechetDistance(
        classes=classes,
        mean=float(np.mean(distances)),
        worst_distance=distances[worst],
        worst_class=classes[worst],
        distances=tuple(distances),
        num_fake_by_class=tuple(num_fake),
        num_real_by_class=tuple(num_real),
        features=real.name,
        dim=real.dim,
        seed=int(seed),
        warnings=(*doubts, *_few_samples(min(*num_fake, *num_real), real.dim)),
    )


def _check_class(label: int, **num_samples: int) -> None:
    for name, num in num_samples.items():
        if num < 2:
            raise ValueError(
                f"`{name}_labels` must have at least 2 samples of each class that is "
                f"asked for. Received: {num} of class {label}"
            )


def _few_samples(smallest: int, dim: int) -> tuple[str, ...]:
    if smallest > dim:
        return ()
    return (
        f"A class has {smallest} samples for {dim} dimensions, so its covariance is "
        "singular: distances are biased upwards.",
    )
