"""Parzen log-likelihood of each class under samples of that class."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._arrays import flat_rows, range_warnings, value_range
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation._parzen_sums import parzen_log_probs
from keras_gan.evaluation._sample_parts import SampleParts
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.parzen_bandwidth import (
    BandwidthChoice,
    check_grid,
    choose_bandwidth,
)
from keras_gan.evaluation.score import Quantity


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassParzen(ClassScore):
    """What `class_parzen` measured, with everything that the values depend on.

    Args:
        mean: float, mean log-likelihood of the test points at the bandwidth of their
            class, in nats.
        standard_error: float, of that mean over test points (ddof 0), in nats.
        mean_at_best_bandwidth: float, as `mean`, at the best bandwidth of all.
        standard_error_at_best_bandwidth: float, of that mean, likewise.
        class_means: floats, mean of each class, in nats.
        class_means_at_best_bandwidth: floats, likewise.
        class_bandwidths: floats, of the grid the best on the validation points of each
            class, in data units.
        best_class_bandwidths: floats, of all the best on them.
        num_samples_by_class: ints, kernels of each class.
        num_valid: int, points that bandwidths were chosen on.
        num_test: int, points that were scored.
        dim: int, values in a point.
        bandwidths: floats, the grid.
    """

    quantities = (
        Quantity("class_parzen_log_likelihood", "mean", "standard_error", "higher"),
        Quantity(
            "class_parzen_at_best_bandwidth",
            "mean_at_best_bandwidth",
            "standard_error_at_best_bandwidth",
            "higher",
        ),
    )
    class_quantities = (
        Quantity(
            "class_parzen_at_best_bandwidth",
            "class_means_at_best_bandwidth",
            better="higher",
        ),
    )

    mean: float
    standard_error: float
    mean_at_best_bandwidth: float
    standard_error_at_best_bandwidth: float
    class_means: tuple[float, ...]
    class_means_at_best_bandwidth: tuple[float, ...]
    class_bandwidths: tuple[float, ...]
    best_class_bandwidths: tuple[float, ...]
    num_samples_by_class: tuple[int, ...]
    num_valid: int
    num_test: int
    dim: int
    bandwidths: tuple[float, ...]


def class_parzen(
    *,
    samples: Array,
    labels: Array,
    valid: Array,
    valid_labels: Array,
    test: Array,
    test_labels: Array,
    bandwidths: Sequence[float] | None = None,
) -> ClassParzen:
    """Scores real points of each class under kernels on the samples of that class.

    It is log p(x | c), which a conditional generator is for. The published protocol,
    1,000 samples of each class as one set of 10,000 kernels, is
    `parzen_log_likelihood` of these samples, log p(x); it does not look at labels and
    cannot see that they are wrong. Each class chooses its bandwidth on the validation
    points of that class.

    Args:
        samples: array `[num_samples, …]`, generated.
        labels: integer array `[num_samples]`, the labels that they were drawn with.
        valid: array `[num_valid, …]`, real points that choose bandwidths.
        valid_labels: integer array `[num_valid]`, their classes.
        test: array `[num_test, …]`, real points that are scored.
        test_labels: integer array `[num_test]`, their classes.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.

    Returns:
        score: `ClassParzen`, in nats, over the classes of `labels`; points of other
            classes are left out.

    Raises:
        TypeError: if labels are not integers.
        ValueError: as `parzen_log_likelihood` does, if labels are not one for each
            point, or a class of the samples has no validation or no test point.

    Example:
    >>> labels = np.arange(300) % 2
    >>> points = np.random.default_rng(0).normal(size=(3, 300, 2))
    >>> points += 3 * labels[:, np.newaxis]
    >>> sets = dict(zip(("samples", "valid", "test"), points))
    >>> known = dict(valid_labels=labels, test_labels=labels)
    >>> right = class_parzen(**sets, labels=labels, **known)
    >>> wrong = class_parzen(**sets, labels=1 - labels, **known)
    >>> right.mean > wrong.mean
    True

    References:
        Mirza, Osindero, Conditional generative adversarial nets, 2014, Table 1, for
        the protocol of one set. https://arxiv.org/abs/1411.1784
    """
    kernels = _by_class("samples", samples, "labels", labels)
    valid_points = _by_class("valid", valid, "valid_labels", valid_labels)
    test_points = _by_class("test", test, "test_labels", test_labels)
    scored = [
        _score(
            SampleParts("samples", rows),
            _of_class(valid_points, "valid_labels", label),
            _of_class(test_points, "test_labels", label),
            check_grid(bandwidths),
        )
        for label, rows in kernels.items()
    ]
    log_probs = np.concatenate([one for _, one in scored], axis=1)  # [2, num_test]
    means, best_means = np.array([one.mean(axis=1) for _, one in scored]).T
    errors = log_probs.std(axis=1) / math.sqrt(log_probs.shape[1])
    choices = [choice for choice, _ in scored]
    return ClassParzen(
        classes=tuple(kernels),
        mean=float(log_probs[0].mean()),
        standard_error=float(errors[0]),
        mean_at_best_bandwidth=float(log_probs[1].mean()),
        standard_error_at_best_bandwidth=float(errors[1]),
        class_means=tuple(means.tolist()),
        class_means_at_best_bandwidth=tuple(best_means.tolist()),
        class_bandwidths=tuple(choice.bandwidth for choice in choices),
        best_class_bandwidths=tuple(choice.best_bandwidth for choice in choices),
        num_samples_by_class=tuple(map(len, kernels.values())),
        num_valid=sum(len(valid_points[label]) for label in kernels),
        num_test=log_probs.shape[1],
        dim=next(iter(kernels.values())).shape[1],
        bandwidths=check_grid(bandwidths),
        warnings=_doubts(choices)
        + range_warnings(value_range(samples), valid=valid, test=test),
    )


def _by_class(
    name: str, points: Array, labels_name: str, labels: Array
) -> dict[int, FloatArray]:
    rows = flat_rows(name, points)
    labels = check_labels(labels_name, labels, len(rows))
    return {label: rows[labels == label] for label in np.unique(labels).tolist()}


def _of_class(points: dict[int, FloatArray], name: str, label: int) -> FloatArray:
    if label not in points:
        raise ValueError(
            f"`{name}` must have each class of the samples. Received: none of class "
            f"{label}"
        )
    return points[label]


def _score(
    kernels: SampleParts,
    valid: FloatArray,
    test: FloatArray,
    bandwidths: Sequence[float],
) -> tuple[BandwidthChoice, FloatArray]:
    """Returns the bandwidths of a class and log densities `[2, num_test]` with them."""
    choice = choose_bandwidth(kernels, valid, bandwidths)
    chosen = (choice.bandwidth, choice.best_bandwidth)
    return choice, parzen_log_probs(test, "test", kernels, chosen)


def _doubts(choices: list[BandwidthChoice]) -> tuple[str, ...]:
    num_doubtful = sum(bool(choice.warnings) for choice in choices)
    if not num_doubtful:
        return ()
    return (
        f"In {num_doubtful} of {len(choices)} classes the best bandwidth lies at the "
        "edge of the grid or was not found.",
    )
