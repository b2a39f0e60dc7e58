"""Measures of reconstructions, codes and completions, against plain NumPy."""

import json

import numpy as np
import pytest
import sklearn.datasets

import keras_gan as kg
from keras_gan.evaluation import (
    code_accuracy,
    completion_error,
    mean_completions,
    neighbor_completions,
    reconstruction_error,
)

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.uniform(size=(6, 4, 5, 2)).astype("float32")
MASKS = (RANDOM.uniform(size=(6, 4, 5, 1)) < 0.4).astype("float32")
COMPLETIONS = np.where(
    MASKS[:, None] > 0, IMAGES[:, None], RANDOM.uniform(size=(6, 3, 4, 5, 2))
).astype("float32")


# ------------------------------------------------------------------ reconstructions


def test_reconstructions_are_compared_with_those_of_other_images():
    images = RANDOM.normal(size=(500, 20))
    again = images + 0.5 * RANDOM.normal(size=images.shape)
    error = reconstruction_error(images=images, reconstructions=again, seed=3)
    distances = np.linalg.norm(images - again, axis=1)
    np.testing.assert_allclose(error.distance, distances.mean(), rtol=1e-12)
    np.testing.assert_allclose(
        error.standard_error, distances.std(ddof=1) / np.sqrt(500), rtol=1e-12
    )
    # All pairs of different images, of which 500 were drawn.
    pairs = np.linalg.norm(images[:, None] - again[None], axis=2)
    others = pairs[~np.eye(500, dtype=bool)].mean()
    np.testing.assert_allclose(error.shuffled_distance, others, rtol=0.02)
    assert error.ratio == error.distance / error.shuffled_distance
    assert error.values["reconstruction_over_shuffled"] == error.ratio


def test_no_reconstruction_stands_for_its_own_image_in_the_baseline():
    images = np.eye(3)
    for seed in range(20):
        error = reconstruction_error(images=images, reconstructions=images, seed=seed)
        assert error.ratio == 0
        np.testing.assert_allclose(error.shuffled_distance, np.sqrt(2))


def test_what_has_nothing_to_do_with_the_image_has_a_ratio_of_one():
    images = RANDOM.normal(size=(2000, 5))
    strangers = RANDOM.normal(size=(2000, 5))
    error = reconstruction_error(images=images, reconstructions=strangers)
    assert abs(error.ratio - 1) < 4 * np.sqrt(2) * error.ratio_error


@pytest.mark.parametrize("again", [IMAGES[:5], IMAGES[..., :1]])
def test_reconstructions_are_of_the_images_shape(again):
    with pytest.raises(ValueError, match="must have one shape"):
        reconstruction_error(images=IMAGES, reconstructions=again)


# ----------------------------------------------------------------------------- codes


def test_codes_are_read_by_a_line_and_by_neighbors():
    data = sklearn.datasets.load_digits()
    codes = data.data
    score = code_accuracy(
        codes=codes[:1000],
        labels=data.target[:1000],
        held_out=codes[1000:],
        held_out_labels=data.target[1000:],
    )
    pairs = np.linalg.norm(codes[1000:, None] - codes[None, :1000], axis=2)
    nearest = data.target[:1000][pairs.argmin(axis=1)]
    expected = np.mean(nearest == data.target[1000:])
    assert abs(score.neighbor_accuracy - expected) <= 1 / 797  # ties
    assert 0.85 < score.linear_accuracy < 0.97
    share = score.linear_accuracy
    assert score.linear_error == pytest.approx(np.sqrt(share * (1 - share) / 797))
    scaled = code_accuracy(
        codes=codes[:1000] * 1e3,
        labels=data.target[:1000],
        held_out=codes[1000:] * 1e3,
        held_out_labels=data.target[1000:],
    )
    assert scaled.linear_accuracy == pytest.approx(share, abs=3 / 797)


def test_labels_are_one_for_each_code():
    with pytest.raises(ValueError, match="`held_out_labels`"):
        code_accuracy(
            codes=IMAGES, labels=[0, 1] * 3, held_out=IMAGES, held_out_labels=[0]
        )


# ----------------------------------------------------------------------- completions


def test_completions_are_compared_where_pixels_were_asked_for():
    error = completion_error(
        images=IMAGES, mask=MASKS, completions=COMPLETIONS, value_range=(-1.0, 1.0)
    )
    asked = np.broadcast_to(MASKS == 0, IMAGES.shape)
    truth = IMAGES.astype("float64")
    gaps = (COMPLETIONS.astype("float64").mean(axis=1) - truth)[asked]
    np.testing.assert_allclose(error.rmse, np.sqrt(np.mean(gaps**2)), rtol=1e-6)
    best = [
        min(np.mean((one - truth[b])[asked[b]] ** 2) for one in COMPLETIONS[b])
        for b in range(6)
    ]
    np.testing.assert_allclose(error.best_rmse, np.sqrt(np.mean(best)), rtol=1e-6)
    np.testing.assert_allclose(error.psnr, 20 * np.log10(2 / error.rmse), rtol=1e-6)
    spread = np.sqrt(np.mean(COMPLETIONS.var(axis=1, ddof=1)[asked]))
    np.testing.assert_allclose(error.spread, spread, rtol=1e-5)
    assert error.given_share == 1.0
    assert error.asked_share == pytest.approx(np.mean(MASKS == 0))


def test_one_changed_bit_of_a_given_pixel_is_seen():
    changed = COMPLETIONS.copy()
    row, column = np.argwhere(MASKS[0, ..., 0] == 1)[0]
    given = changed[0, 1, row, column, 0]
    changed[0, 1, row, column, 0] = np.nextafter(given, np.float32(2))
    error = completion_error(images=IMAGES, mask=MASKS, completions=changed)
    assert error.given_share == pytest.approx(1 - 1 / (2 * MASKS.sum()))


def test_a_perfect_completion_has_no_error_and_one_alone_no_spread():
    error = completion_error(images=IMAGES, mask=MASKS, completions=IMAGES[:, None])
    assert (error.rmse, error.psnr, error.best_rmse) == (0, np.inf, 0)
    assert np.isnan(error.spread)


def test_what_are_no_completions_is_refused():
    good = {"images": IMAGES, "mask": MASKS, "completions": COMPLETIONS}
    for change, message in [
        ({"completions": COMPLETIONS[:, 0]}, "`completions` must have shape"),
        ({"completions": COMPLETIONS[:3]}, "`completions` must have shape"),
        ({"mask": MASKS[..., 0]}, "`mask` must hold 0 and 1"),
        ({"mask": MASKS + 1}, "`mask` must hold 0 and 1"),
        ({"mask": np.ones((4, 5, 1))}, "an image that was given whole"),
        ({"value_range": (1.0, 0.0)}, "`value_range`"),
    ]:
        with pytest.raises(ValueError, match=message):
            completion_error(**{**good, **change})


def test_neighbors_are_nearest_in_what_is_given():
    train = RANDOM.uniform(size=(40, 4, 5, 2)).astype("float32")
    copies = neighbor_completions(
        images=IMAGES, mask=MASKS, train=train, num_neighbors=3
    )
    for b in range(6):
        gaps = ((train - IMAGES[b]) ** 2 * MASKS[b]).sum(axis=(1, 2, 3))
        expected = np.where(MASKS[b] > 0, IMAGES[b], train[np.argsort(gaps)[:3]])
        np.testing.assert_array_equal(copies[b], expected)
    hidden = np.where(MASKS > 0, IMAGES, np.nan)
    again = neighbor_completions(images=hidden, mask=MASKS, train=train)
    np.testing.assert_array_equal(again[:, 0], copies[:, 0])
    with pytest.raises(ValueError, match="`num_neighbors` must be at most 40"):
        neighbor_completions(images=IMAGES, mask=MASKS, train=train, num_neighbors=41)


def test_the_mean_of_the_data_fills_in():
    train = RANDOM.uniform(size=(40, 4, 5, 2))
    filled = mean_completions(images=IMAGES, mask=MASKS[0], train=train)
    expected = np.where(MASKS[0] > 0, IMAGES, train.mean(axis=0))
    np.testing.assert_allclose(filled[:, 0], expected, rtol=1e-6)
    with pytest.raises(ValueError, match="must have rows of one shape"):
        mean_completions(images=IMAGES, mask=MASKS[0], train=train[:, 1:])


def test_images_that_are_all_alike_have_no_ratio():
    alike = np.ones((3, 4))
    with pytest.raises(ValueError, match="`images` must differ"):
        kg.evaluation.reconstruction_error(images=alike, reconstructions=alike)


def test_what_is_ready_for_json_has_no_infinity():
    images, mask = np.zeros((2, 2, 2, 1)), np.array([[1, 1], [0, 0]])[..., None]
    error = kg.evaluation.completion_error(
        images=images, mask=mask, completions=np.stack([images, images], 1)
    )
    record = json.loads(json.dumps(error.record(), allow_nan=False))
    assert record["psnr"] is None


def test_a_constant_number_of_a_code_tells_nothing():
    random = np.random.default_rng(0)
    codes, held_out = (random.normal(size=(n, 5)).astype("float32") for n in (500, 200))
    labels, held_labels = (
        (codes[:, 0] > 0).astype(int),
        (held_out[:, 0] > 0).astype(int),
    )

    def accuracy(constant):
        codes[:, 4], held_out[:, 4] = 3.7, constant
        return kg.evaluation.code_accuracy(
            codes=codes, labels=labels, held_out=held_out, held_out_labels=held_labels
        ).linear_accuracy

    assert accuracy(3.7) == accuracy(3.71) > 0.95


def test_the_nearest_of_images_far_from_zero_is_the_nearest():
    random = np.random.default_rng(0)
    train = 100 + random.uniform(size=(50, 4, 4, 1))
    train = np.concatenate([train, train + random.normal(0, 0.02, train.shape)])
    train = train.astype("float32")
    mask = np.ones((4, 4, 1))
    mask[2:] = 0
    found = kg.evaluation.neighbor_completions(
        images=train[:50], mask=mask, train=train
    )
    gaps = np.square(train[:50, None, :2].astype("float64") - train[None, :, :2])
    expected = train[gaps.sum(axis=(2, 3, 4)).argmin(axis=1)]
    np.testing.assert_array_equal(found[:, 0, 2:], expected[:, 2:])


def test_moments_of_nothing_are_refused():
    with pytest.raises(ValueError, match="`parts` must hold images"):
        kg.evaluation.moments_of([])


def test_completions_must_be_finite_and_some():
    images, mask = np.zeros((2, 2, 2, 1)), np.array([[1, 1], [0, 0]])[..., None]
    completions = np.zeros((2, 3, 2, 2, 1))
    for name, given in (
        ("completions", {"completions": completions * np.nan, "images": images}),
        ("images", {"completions": completions, "images": images + np.inf}),
        ("completions", {"completions": completions[:, :0], "images": images}),
    ):
        with pytest.raises(ValueError, match=f"`{name}` must"):
            kg.evaluation.completion_error(mask=mask, **given)


def test_vectors_are_completed_number_by_number():
    random = np.random.default_rng(7)
    vectors, train = random.normal(size=(2, 9, 5)).astype("float32")
    mask = np.array([1, 1, 0, 0, 0])
    nearest = kg.evaluation.neighbor_completions(images=vectors, mask=mask, train=train)
    for row, (copy,) in zip(vectors, nearest, strict=True):
        gaps = np.square(train[:, :2] - row[:2]).sum(axis=1)
        np.testing.assert_array_equal(copy[2:], train[gaps.argmin(), 2:])
        np.testing.assert_array_equal(copy[:2], row[:2])
    error = completion_error(images=vectors, mask=mask, completions=nearest)
    expected = np.sqrt(np.square(nearest[:, 0, 2:] - vectors[:, 2:]).mean())
    np.testing.assert_allclose(error.rmse, expected, rtol=1e-6)
    with pytest.raises(ValueError, match=r"0 and 1 in shape \(5,\) or \(9, 5\)"):
        completion_error(images=vectors, mask=mask[:, None], completions=nearest)


@pytest.mark.parametrize(
    ("held_out", "labels", "message"),
    [
        (np.zeros((5, 3)), [0, 1, 0, 1, 0], "as many numbers in a code as `codes`, 2"),
        (np.zeros((5, 2)), [1, 1, 1, 1, 1], "`labels` must be of two classes or more"),
    ],
)
def test_codes_that_cannot_be_told_apart_are_refused(held_out, labels, message):
    codes = np.arange(10.0).reshape(5, 2)
    with pytest.raises(ValueError, match=message):
        kg.evaluation.code_accuracy(
            codes=codes, labels=labels, held_out=held_out, held_out_labels=labels
        )
