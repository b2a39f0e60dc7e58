"""Structural diversity: how alike images of one set are, by pairs of them."""

import dataclasses

import numpy as np
import tensorflow as tf

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive_integer, check_range, check_seed
from keras_gan.evaluation import _arrays
from keras_gan.evaluation.score import Quantity, Score, standard_error

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al., finest scale first
_FILTER_SIZE, _FILTER_STDDEV = 11, 1.5
_SMALLEST_SIDE = 8
_CHUNK_VALUES = 2**21  # numbers of the images of a chunk: 8 MB, and a few times that

Range = tuple[float, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class StructuralDiversity(Score):
    """What `structural_diversity` measured, with all that the value depends on.

    Args:
        ms_ssim: float in [0, 1], mean similarity of pairs: high where images are alike.
        standard_error: float, of that mean over pairs; NaN of a single pair.
        num_images: int, images that pairs were drawn from.
        num_pairs: int, pairs that were compared.
        image_shape: tuple of int, `(height, width, channels)`.
        value_range: pair of floats, the range of the images.
        num_scales: int, scales that were compared.
        filter_size: int, side of the Gaussian window in pixels.
        seed: int, of the drawing of pairs.
    """

    quantities = (
        Quantity("ms_ssim", "ms_ssim", "standard_error", "that of real images"),
    )

    ms_ssim: float
    standard_error: float
    num_images: int
    num_pairs: int
    image_shape: tuple[int, ...]
    value_range: Range
    num_scales: int
    filter_size: int
    seed: int


def structural_diversity(
    *,
    images: Array,
    value_range: Range = (0.0, 1.0),
    num_pairs: int = 1_000,
    seed: int = 0,
) -> StructuralDiversity:
    """Mean multi-scale structural similarity (MS-SSIM) of random pairs of images.

    A generator that draws the same image again and again has a high value. Measure real
    images with the same arguments beside it: equal values are the aim, for a lower one
    noise is enough. Published for the images of one class at a time, which differ less
    than those of several; hand over one class where there are labels.

    Scales halve the sides. Five of them, with a window of 11 pixels of standard
    deviation 1.5, need sides of 161 pixels. Smaller images get

        num_scales  = how many scales, at most 5, have sides of 11 pixels or more, or 1
        filter_size = 11, or the largest odd number within the shorter side
        ms_ssim     = prod_s similarity_s^(w_s / sum(w))   # s: the num_scales finest

    and the window keeps its proportions. So 28 x 28 and 32 x 32 pixels get two scales,
    8 x 8 one with a window of 7. Values of different sizes of images, or of published
    code with another rule, do not compare. Terms below zero count as zero, in color
    the mean over channels is taken.

    Args:
        images: array `[num_images, height, width, channels]`, at least 2 images with
            sides of at least 8 pixels; real or generated.
        value_range: pair of floats, the range of the images, the lower first.
            Defaults to `(0.0, 1.0)`.
        num_pairs: int, at least 1. No image is in two pairs before each, but for an odd
            one, has been in one. Defaults to `1_000`.
        seed: int, of the drawing of pairs. Defaults to `0`.

    Returns:
        diversity: `StructuralDiversity`. It carries a warning where the pairs share
            images, so that the standard error is too small, or the images do not fit
            `value_range`.

    Raises:
        ValueError: if `images` have another shape, are too few, too small or not
            finite, or another argument is out of range.

    Example:
    >>> noise = np.random.default_rng(0).uniform(size=(40, 16, 16, 1))
    >>> diversity = structural_diversity(images=noise, num_pairs=20)
    >>> diversity.ms_ssim < 0.1, diversity.num_scales, diversity.filter_size
    (True, 1, 11)
    >>> collapsed = np.repeat(noise[:1], 40, axis=0)
    >>> structural_diversity(images=collapsed, num_pairs=20).ms_ssim
    1.0

    References:
        Wang, Simoncelli, Bovik, Multiscale structural similarity for image quality
        assessment, 2003.
        Odena, Olah, Shlens, Conditional Image Synthesis With Auxiliary Classifier GANs,
        2017, section 4.2. https://arxiv.org/abs/1610.09585
    """
    num_pairs = check_positive_integer("num_pairs", num_pairs)
    seed = check_seed("seed", seed)
    value_range = check_range("value_range", value_range)
    images = _check_images(images)
    num_scales, filter_size = scales(min(images.shape[1:3]))
    pairs = _draw_pairs(len(images), num_pairs, seed)
    similarities = _similarities(images, pairs, value_range, num_scales, filter_size)
    return StructuralDiversity(
        ms_ssim=float(similarities.mean()),
        standard_error=standard_error(similarities),
        num_images=len(images),
        num_pairs=num_pairs,
        image_shape=images.shape[1:],
        value_range=value_range,
        num_scales=num_scales,
        filter_size=filter_size,
        seed=seed,
        warnings=_doubts(images, value_range, num_pairs),
    )


def scales(side: int) -> tuple[int, int]:
    """Number of scales and side of the window for images with this shorter side.

    Example:
    >>> [scales(side) for side in (8, 16, 28, 64, 128, 161)]
    [(1, 7), (1, 11), (2, 11), (3, 11), (4, 11), (5, 11)]
    """
    if side < _FILTER_SIZE:
        return 1, side - (side + 1) % 2
    num_scales = 1
    # An odd side is padded by one before it is halved.
    while num_scales < len(_WEIGHTS) and (side := -(-side // 2)) >= _FILTER_SIZE:
        num_scales += 1
    return num_scales, _FILTER_SIZE


def _draw_pairs(num_images: int, num_pairs: int, seed: int) -> Array:
    """Rows of two different images, `[num_pairs, 2]`, disjoint as long as they last.

    Of an odd number one image is in no pair of a round.
    """
    random = np.random.default_rng(seed)
    half = num_images // 2
    rounds = [
        random.permutation(num_images)[: 2 * half].reshape(half, 2)
        for _ in range(-(-num_pairs // half))
    ]
    return np.concatenate(rounds)[:num_pairs]


def _similarities(
    images: Array, pairs: Array, value_range: Range, num_scales: int, filter_size: int
) -> FloatArray:
    weights = np.array(_WEIGHTS[:num_scales]) / sum(_WEIGHTS[:num_scales])
    low, high = value_range
    num_rows = max(1, _CHUNK_VALUES // images[0].size)
    chunks = []
    for start in range(0, len(pairs), num_rows):
        first, second = (
            ((images[index].astype("float64") - low) / (high - low)).astype("float32")
            for index in pairs[start : start + num_rows].T
        )
        chunk = tf.image.ssim_multiscale(
            first,
            second,
            max_val=1.0,
            power_factors=weights.tolist(),
            filter_size=filter_size,
            filter_sigma=_FILTER_STDDEV * filter_size / _FILTER_SIZE,
        )
        chunks.append(chunk.numpy())
    return np.concatenate(chunks).astype("float64")


def _doubts(images: Array, value_range: Range, num_pairs: int) -> tuple[str, ...]:
    doubts = []
    if num_pairs > len(images) // 2:
        doubts.append(
            f"{num_pairs} pairs of {len(images)} images share images: the standard "
            "error is too small."
        )
    observed = _arrays.value_range(images)
    doubt = _arrays.different_ranges(value_range=value_range, images=observed)
    return (*doubts, doubt) if doubt else tuple(doubts)


def _check_images(images: Array) -> Array:
    images = np.asarray(images)
    if images.ndim != 4 or len(images) < 2 or not images.size:
        raise ValueError(
            "`images` must have the shape [num_images, height, width, channels] with "
            f"at least 2 images. Received: images.shape={images.shape}"
        )
    if min(images.shape[1:3]) < _SMALLEST_SIDE:
        raise ValueError(
            f"`images` must have sides of at least {_SMALLEST_SIDE} pixels. Received: "
            f"images.shape={images.shape}"
        )
    if not np.isfinite(images).all():
        raise ValueError("`images` must be finite. Received: NaN or infinite values.")
    return images
