import math
import sys

import numpy as np
import pytest
import scipy.signal

from keras_gan.evaluation.structural_diversity import scales, structural_diversity

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]  # Wang et al. 2003


def window(size, stddev):
    axis = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * stddev**2))
    weights = np.outer(axis, axis)
    return weights / weights.sum()


def terms(first, second, size):
    """Mean SSIM and mean contrast-structure term of a channel, in float64."""
    weights = window(size, 1.5 * size / 11)

    def blur(values):
        return scipy.signal.correlate2d(values, weights, mode="valid")

    means = blur(first), blur(second)
    variances = blur(first**2) - means[0] ** 2 + blur(second**2) - means[1] ** 2
    covariance = blur(first * second) - means[0] * means[1]
    contrast = (2 * covariance + 0.03**2) / (variances + 0.03**2)
    luminance = (2 * means[0] * means[1] + 0.01**2) / (
        means[0] ** 2 + means[1] ** 2 + 0.01**2
    )
    return (luminance * contrast).mean(), contrast.mean()


def halve(channel):
    height, width = channel.shape
    padded = np.pad(channel, ((0, height % 2), (0, width % 2)), mode="symmetric")
    return (
        padded[::2, ::2] + padded[1::2, ::2] + padded[::2, 1::2] + padded[1::2, 1::2]
    ) / 4


def slow_similarity(first, second, num_scales, size):
    """MS-SSIM of two images in [0, 1], channel by channel."""
    weights = np.array(WEIGHTS[:num_scales]) / sum(WEIGHTS[:num_scales])
    channels = []
    for one, other in zip(first.T, second.T, strict=True):
        product = 1.0
        for scale in range(num_scales):
            whole, contrast = terms(one, other, size)
            term = whole if scale == num_scales - 1 else contrast
            product *= max(term, 0) ** weights[scale]
            one, other = halve(one), halve(other)
        channels.append(product)
    return np.mean(channels)


def blurred_noise(random, shape):
    """Images in [0, 1] that are alike at coarse scales."""
    pattern = random.uniform(size=shape[1:])
    noise = 0.7 * pattern + 0.3 * random.uniform(size=shape)
    return noise.astype("float32")


@pytest.mark.parametrize(
    ("shape", "num_scales", "filter_size"),
    [
        ((8, 8, 1), 1, 7),
        ((9, 12, 2), 1, 9),
        ((28, 28, 1), 2, 11),
        ((32, 35, 3), 2, 11),
        ((161, 170, 1), 5, 11),
    ],
)
def test_a_pair_has_the_similarity_of_the_closed_form(shape, num_scales, filter_size):
    images = blurred_noise(np.random.default_rng(0), (2, *shape))
    diversity = structural_diversity(images=images, num_pairs=1)
    expected = slow_similarity(*images.astype("float64"), num_scales, filter_size)
    assert 0.05 < expected < 0.95
    # In float32 small variances at coarse scales are differences of near numbers: for
    # six seeds the five scales lay up to 1.6e-5 off, on either side.
    assert diversity.ms_ssim == pytest.approx(expected, rel=5e-5)
    assert math.isnan(diversity.standard_error)
    assert diversity.num_scales == num_scales
    assert diversity.filter_size == filter_size
    assert diversity.image_shape == shape


def test_scales_are_the_most_that_hold_the_window():
    for side in range(11, 400):
        sides = [math.ceil(side / 2**scale) for scale in range(5)]
        assert scales(side) == (sum(size >= 11 for size in sides), 11)
    assert [scales(side)[1] for side in (8, 9, 10)] == [7, 9, 9]


def test_mean_and_standard_error_are_those_over_disjoint_pairs():
    images = blurred_noise(np.random.default_rng(1), (6, 12, 12, 1))
    diversity = structural_diversity(images=images, num_pairs=3, seed=4)
    order = np.random.default_rng(4).permutation(6).reshape(3, 2)
    values = [slow_similarity(*images[pair].astype("float64"), 1, 11) for pair in order]
    assert diversity.ms_ssim == pytest.approx(np.mean(values), rel=1e-5)
    expected = np.std(values, ddof=1) / math.sqrt(3)
    assert diversity.standard_error == pytest.approx(expected, rel=1e-3)
    assert diversity.warnings == ()
    assert (
        "share images" in (structural_diversity(images=images, num_pairs=4).warnings[0])
    )


def test_no_image_is_compared_with_itself():
    # Of all pairs of 5 images, only the same image would have a similarity near 1.
    images = np.random.default_rng(2).uniform(size=(5, 11, 11, 1))
    many = structural_diversity(images=images, num_pairs=200)
    assert many.ms_ssim < 0.2


def test_it_tells_a_collapsed_generator_from_digits(digits):
    images, labels = digits.train.images, digits.train.labels
    real = structural_diversity(
        images=images, value_range=digits.value_range, num_pairs=400
    )
    few = np.repeat(images[:4], 200, axis=0)
    collapsed = structural_diversity(
        images=few, value_range=digits.value_range, num_pairs=400
    )
    assert collapsed.ms_ssim > real.ms_ssim + 10 * real.standard_error
    assert 0 < real.ms_ssim < 1
    # One class at a time is less diverse than all.
    ones = structural_diversity(
        images=images[labels == 1],
        value_range=digits.value_range,
        num_pairs=80,
    )
    assert ones.ms_ssim > real.ms_ssim


def test_range_of_values_changes_nothing():
    images = blurred_noise(np.random.default_rng(3), (20, 16, 16, 3))
    integers = np.round(255 * images).astype("uint8")
    values = [
        structural_diversity(images=scaled, value_range=value_range, num_pairs=10)
        for scaled, value_range in (
            (integers / 255, (0.0, 1.0)),
            (integers, (0, 255)),
            (integers / 127.5 - 1, (-1.0, 1.0)),
        )
    ]
    for value in values[1:]:
        assert value.ms_ssim == pytest.approx(values[0].ms_ssim, rel=1e-6)
        assert value.warnings == ()
    wrong = structural_diversity(images=integers / 127.5 - 1, num_pairs=10)
    assert "`images` and `value_range`" in wrong.warnings[0]


def test_opposite_and_flat_images_stay_finite():
    # Structure terms below zero have no fractional power.
    random = np.random.default_rng(4)
    image = (random.uniform(size=(1, 32, 32, 1)) > 0.5).astype("float32")
    opposite = np.concatenate([image, 1 - image])
    assert structural_diversity(images=opposite, num_pairs=1).ms_ssim == 0
    flat = np.stack([np.zeros((32, 32, 1)), np.ones((32, 32, 1))])
    # Contrast terms are 1 and the luminance term is 0.01^2 / (1 + 0.01^2).
    expected = (1e-4 / (1 + 1e-4)) ** (0.2856 / (0.0448 + 0.2856))
    similarity = structural_diversity(images=flat, num_pairs=1).ms_ssim
    assert similarity == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("chunk_values", [1, 5 * 9 * 9])
def test_chunks_change_nothing(monkeypatch, chunk_values):
    images = blurred_noise(np.random.default_rng(5), (40, 9, 9, 1))
    whole = structural_diversity(images=images, num_pairs=17)
    module = sys.modules[structural_diversity.__module__]
    monkeypatch.setattr(module, "_CHUNK_VALUES", chunk_values)
    chunks = structural_diversity(images=images, num_pairs=17)
    assert chunks.ms_ssim == pytest.approx(whole.ms_ssim, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"images": np.zeros((4, 64))}, r"`images`.*\[num_images, height"),
        ({"images": np.zeros((1, 8, 8, 1))}, "`images`.*at least 2"),
        ({"images": np.zeros((4, 8, 7, 1))}, "`images`.*8 pixels"),
        ({"images": np.full((4, 8, 8, 1), np.nan)}, "`images`.*finite"),
        ({"num_pairs": 0}, "`num_pairs`"),
        ({"seed": -1}, "`seed`"),
        ({"value_range": (1.0, 0.0)}, "`value_range`.*lower end first"),
        ({"value_range": 1.0}, "`value_range`.*pair"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        structural_diversity(**{"images": np.zeros((4, 8, 8, 1)), **arguments})
