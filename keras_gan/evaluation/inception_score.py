"""Inception score: how sure and how varied a classifier is about generated images."""

import dataclasses
import itertools

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive_integer
from keras_gan.evaluation.features import Features, as_features, check_probabilities
from keras_gan.evaluation.score import Quantity, Score, standard_error

_ENOUGH = 5  # images of a split for each class: 50,000 in 10 splits, 1,000 classes


@dataclasses.dataclass(frozen=True, kw_only=True)
class InceptionScore(Score):
    """What `inception_score` measured, with everything that the value depends on.

    Args:
        value: float in [1, num_classes], mean over the splits.
        standard_error: float, of that mean; NaN of a single split.
        standard_deviation: float, over the splits with divisor n: what papers quote
            behind their ±.
        features: str, name of the feature function that classified.
        num_classes: int, classes of the classifier.
        num_fake: int, generated samples.
        num_splits: int, parts that were scored apart.
    """

    quantities = (
        Quantity("inception_score", "value", "standard_error", better="higher"),
    )

    value: float
    standard_error: float
    standard_deviation: float
    features: str
    num_classes: int
    num_fake: int
    num_splits: int


def inception_score(*, fake: Features | Array, num_splits: int = 10) -> InceptionScore:
    """Exponential of the information that images carry about their predicted class.

    Quote it to compare with papers that do, with their classifier and number of images:
    the Inception network of 2015 and 50,000 images in 10 splits.

        score = exp(mean_i sum_k p_ik (log p_ik - log mean_i p_ik))

    for each split of consecutive images, and the mean over splits. It is 1 where all
    images are classified alike and the number of classes where all are classified
    surely and equally often.

    Its limits: no real image enters. A generator of one perfect image for each class,
    or of training images learnt by heart, reaches the best score, and what varies
    within a class counts nothing. It means nothing for data that the classifier was not
    trained on, moves with the classifier's weights, and is biased downwards, the more
    the fewer images there are in a split.

    Args:
        fake: `Features` with `probabilities`, or the class probabilities themselves,
            float array `[num_fake, num_classes]`, in the order of generation.
        num_splits: int, from 1 to `num_fake`. Defaults to `10`.

    Returns:
        score: `InceptionScore`. It carries a warning where a split has fewer than 5
            images for each class.

    Raises:
        ValueError: if there are no probabilities, rows do not sum to 1, or there are
            more splits than images.

    Example:
    >>> sure = np.eye(4)[np.arange(400) % 4]  # 4 classes, equally often
    >>> inception_score(fake=sure).value
    4.0...
    >>> inception_score(fake=np.full((400, 4), 0.25)).value
    1.0

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 4.
        https://arxiv.org/abs/1606.03498
        Limits: Barratt, Sharma, A Note on the Inception Score, 2018.
        https://arxiv.org/abs/1801.01973
    """
    check_positive_integer("num_splits", num_splits)
    probabilities, name = _probabilities(fake)
    num_fake, num_classes = probabilities.shape
    if num_splits > num_fake:
        raise ValueError(
            "`num_splits` must not exceed the number of images. Received: "
            f"num_splits={num_splits} for {num_fake} images"
        )
    bounds = np.arange(num_splits + 1) * num_fake // num_splits
    scores = np.array(
        [
            _split_score(probabilities[start:stop])
            for start, stop in itertools.pairwise(bounds)
        ]
    )
    return InceptionScore(
        value=float(scores.mean()),
        standard_error=standard_error(scores),
        standard_deviation=float(scores.std()),
        features=name,
        num_classes=num_classes,
        num_fake=num_fake,
        num_splits=int(num_splits),
        warnings=_few_images(num_fake // num_splits, num_classes),
    )


def _split_score(probabilities: FloatArray) -> float:
    """The mean divergence is the entropy of the mean less the mean entropy."""
    import scipy.special

    probabilities = probabilities.astype("float64")
    probabilities /= probabilities.sum(axis=1, keepdims=True)  # float32 is near 1
    of_mean = scipy.special.entr(probabilities.mean(axis=0)).sum()
    mean = scipy.special.entr(probabilities).sum(axis=1).mean()
    return float(np.exp(max(of_mean - mean, 0)))  # rounding may go below 0


def _probabilities(fake: Features | Array) -> tuple[FloatArray, str]:
    if not isinstance(fake, Features):
        return check_probabilities("fake", fake), as_features("fake", fake).name
    if fake.probabilities is None:
        raise ValueError(
            "`fake` must have class probabilities. Received: features of "
            f"{fake.name!r} without; take a network that returns a dict with "
            '"features" and "probabilities".'
        )
    return fake.probabilities, fake.name


def _few_images(num_images: int, num_classes: int) -> tuple[str, ...]:
    if num_images >= _ENOUGH * num_classes:
        return ()
    return (
        f"A split has {num_images} images for {num_classes} classes, fewer than "
        f"{_ENOUGH} for each: the score is biased downwards.",
    )
