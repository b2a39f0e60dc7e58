"""Which classes a generator reaches, by a classifier: the measure of stacked digits."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_positive_integer
from keras_gan.evaluation.features import extract_features
from keras_gan.evaluation.mode_coverage import kl_to_uniform
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassCoverage(Score):
    """What `class_coverage` counted, with everything that the counts depend on.

    Args:
        modes: int, classes with at least one sample.
        reverse_kl: float, at least 0, in nats: how unevenly the samples spread over
            the classes.
        features: str, name of the classifier.
        num_samples: int, samples that were classified.
        num_classes: int, classes that there are.
        expected_modes: float, `modes` of a perfect generator in the mean.
        expected_reverse_kl: float, `reverse_kl` of a perfect generator in the mean.
    """

    quantities = (
        Quantity("captured_classes", "modes", better="higher"),
        Quantity("class_reverse_kl", "reverse_kl"),
    )

    modes: int
    reverse_kl: float
    features: str
    num_samples: int
    num_classes: int
    expected_modes: float
    expected_reverse_kl: float


def class_coverage(
    labels: Array, num_classes: int, features: str = "unnamed classifier"
) -> ClassCoverage:
    """Counts the classes among predicted labels and how evenly these are spread.

    For data whose classes are equally frequent, above all stacked MNIST: three digits
    drawn at random lie in the three channels of an image, 1000 classes, and a
    classifier of single digits labels each channel: `stacked_class_coverage`.

        modes      = number of classes with at least one sample
        reverse_kl = sum_k q_k log(K q_k)         # q_k = share of samples in class k

    The number of samples N belongs to both numbers. Even perfect samples reach
    K (1 - (1 - 1/K)^N) classes in the mean, and about (K - 1) / (2 N) nats where N is
    well above K: of 1000 classes 0.0193 nats with 26,000 samples, the usual number, and
    0.0509 with 10,000. The result has both, exactly, as `expected_modes` and
    `expected_reverse_kl`. Of M classes the KL is at least log(K / M).

    A classifier labels noise too: look at the samples as well.

    Args:
        labels: integer array `[num_samples]`, predicted classes in [0, num_classes).
        num_classes: int, at least 1: 1000 for stacked MNIST.
        features: str, name of the classifier, for the record.
            Defaults to `"unnamed classifier"`.

    Returns:
        coverage: `ClassCoverage`. It carries a warning where there are too few samples
            to reach every class even for perfect samples.

    Raises:
        TypeError: if `labels` are not integers.
        ValueError: if `labels` are no vector, empty or outside [0, num_classes).

    Example:
    >>> coverage = class_coverage([0, 0, 1, 1], num_classes=4)
    >>> coverage.modes, round(coverage.reverse_kl, 4)  # log(4 / 2)
    (2, 0.6931)

    References:
        Srivastava et al., VEEGAN, 2017. https://arxiv.org/abs/1705.07761
        Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
    """
    num_classes = check_positive_integer("num_classes", num_classes)
    labels = _labels("labels", labels, 1, num_classes)
    counts = np.bincount(labels, minlength=num_classes)
    expected_modes, expected_kl = expected_coverage(len(labels), num_classes)
    return ClassCoverage(
        modes=int(np.count_nonzero(counts)),
        reverse_kl=kl_to_uniform(counts),
        features=features,
        num_samples=len(labels),
        num_classes=num_classes,
        expected_modes=expected_modes,
        expected_reverse_kl=expected_kl,
        warnings=_few_samples(len(labels), num_classes, expected_modes),
    )


def stacked_class_coverage(
    images: Array, classifier: Callable[[Array], Any]
) -> ClassCoverage:
    """Counts the modes of stacked digits, one for each combination over the channels.

    Args:
        images: float array `[num_samples, height, width, num_channels]`, generated.
        classifier: feature function with class probabilities of one channel, as
            `extract_features` takes it: `load_digit_classifier()`.

    Returns:
        coverage: `ClassCoverage` over num_classes^num_channels classes.

    Raises:
        ValueError: if `images` have another shape, or `classifier` returns no
            probabilities.

    Example:
    ```python
    data = kg.datasets.load_stacked_mnist()
    classifier = kg.evaluation.load_digit_classifier()
    kg.evaluation.stacked_class_coverage(data.test.images, classifier).modes  # 1000
    ```

    References:
        Metz et al., Unrolled Generative Adversarial Networks, 2017.
        https://arxiv.org/abs/1611.02163
        Srivastava et al., VEEGAN, 2017. https://arxiv.org/abs/1705.07761
    """
    images = np.asarray(images)
    if images.ndim != 4 or not images.size:
        raise ValueError(
            "`images` must have the shape [num_samples, height, width, channels] with "
            f"at least one image. Received: images.shape={images.shape}"
        )
    channels = [
        extract_features(images[..., channel : channel + 1], classifier)
        for channel in range(images.shape[-1])
    ]
    probabilities = [
        channel.probabilities
        for channel in channels
        if channel.probabilities is not None
    ]
    if not probabilities:
        raise ValueError(
            '`classifier` must return a dict with "features" and "probabilities". '
            f"Received: features of {channels[0].name!r} without"
        )
    stacked = np.stack(probabilities, axis=1)  # [num_samples, channels, num_classes]
    num_classes = stacked.shape[2]
    return class_coverage(
        stacked_labels(stacked.argmax(axis=2), num_classes),
        num_classes ** len(channels),
        channels[0].name,
    )


def expected_coverage(num_samples: int, num_classes: int) -> tuple[float, float]:
    """What samples that are perfectly uniform over the classes reach in the mean.

    Exact, by the binomial law of the number of samples in one class.

    Args:
        num_samples: int, at least 1.
        num_classes: int, at least 1.

    Returns:
        modes: float, distinct classes.
        reverse_kl: float, in nats; about `(num_classes - 1) / (2 * num_samples)`.

    Raises:
        ValueError: if a number is below 1.

    Example:
    >>> modes, reverse_kl = expected_coverage(26_000, num_classes=1_000)
    >>> round(modes, 3), round(reverse_kl, 4)
    (1000.0, 0.0193)
    """
    import scipy.stats

    num_samples = check_positive_integer("num_samples", num_samples)
    num_classes = check_positive_integer("num_classes", num_classes)
    shares = np.arange(1, num_samples + 1) / num_samples
    law = scipy.stats.binom(num_samples, 1 / num_classes)
    terms = law.pmf(np.arange(1, num_samples + 1)) * shares
    reverse_kl = num_classes * np.sum(terms * np.log(num_classes * shares))
    return num_classes * (1 - (1 - 1 / num_classes) ** num_samples), float(reverse_kl)


def stacked_labels(channel_labels: Array, num_classes: int = 10) -> Array:
    """Joins the predicted classes of the channels of an image into one.

    For three channels of digits the label is 100 r + 10 g + b.

    Args:
        channel_labels: integer array `[num_samples, num_channels]`, in
            [0, num_classes): of class probabilities `[num_samples, num_channels,
            num_classes]` it is the argmax over the last axis.
        num_classes: int, classes of one channel. Defaults to `10`.

    Returns:
        labels: int64 array `[num_samples]`, in [0, num_classes^num_channels).

    Raises:
        TypeError: if `channel_labels` are not integers.
        ValueError: if `channel_labels` are no matrix, empty or out of range.

    Example:
    >>> stacked_labels([[3, 1, 4], [0, 0, 9]])
    array([314,   9])
    """
    num_classes = check_positive_integer("num_classes", num_classes)
    channel_labels = _labels("channel_labels", channel_labels, 2, num_classes)
    num_channels = channel_labels.shape[1]
    return np.ravel_multi_index(
        tuple(channel_labels.T), (num_classes,) * num_channels
    ).astype("int64")


def _labels(name: str, labels: Array, rank: int, num_classes: int) -> Array:
    labels = np.asarray(labels)
    if labels.ndim != rank or not labels.size:
        raise ValueError(
            f"`{name}` must have {rank} {'axes' if rank > 1 else 'axis'} and at least "
            f"one entry. Received: {name}.shape={labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"`{name}` must be integers. Received: dtype={labels.dtype}; take the "
            "argmax of class probabilities."
        )
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(
            f"`{name}` must lie in [0, {num_classes}). Received: values from "
            f"{labels.min()} to {labels.max()}"
        )
    return labels.astype("int64")


def _few_samples(
    num_samples: int, num_classes: int, expected_modes: float
) -> tuple[str, ...]:
    if expected_modes > num_classes - 0.5:
        return ()
    return (
        f"{num_samples} samples are few for {num_classes} classes: perfect ones would "
        f"reach {expected_modes:.1f} of them.",
    )
