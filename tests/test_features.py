import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.evaluation import Evaluator, extract_features, frechet_distance

RING = kg.datasets.load_ring_of_gaussians(num_train=4000, num_valid=600, num_test=4000)


@pytest.mark.parametrize(
    ("shape", "name"), [((4, 4, 1), "pixels"), ((9, 2), "signals"), ((3,), "vectors")]
)
def test_samples_themselves_bear_the_name_of_what_they_are(shape, name):
    values = np.random.default_rng(0).uniform(size=(5, *shape))
    features = extract_features(values)
    assert features.name == name
    np.testing.assert_array_equal(features.values, values.reshape(5, -1))
    assert extract_features(values, name="raw").name == "raw"
    with pytest.raises(ValueError, match="`images` must hold at least one row"):
        extract_features(values[:0], lambda batch: batch)


def test_features_of_half_precision_are_rows_like_others():
    values = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    features = extract_features(values, lambda batch: tf.cast(batch, "bfloat16"))
    # bfloat16 keeps 8 bits of a number.
    np.testing.assert_allclose(features.values, values, rtol=2**-8)
    assert features.values.dtype == "float32"


def test_signals_have_a_range_and_vectors_none():
    points = RING.test.points
    for real, fake, num_doubts in (
        (points, points + 2, 0),
        (points[..., None], points[..., None] + 2, 1),
    ):
        score = frechet_distance(
            real=extract_features(real), fake=extract_features(fake)
        )
        doubts = [text for text in score.warnings if "value ranges" in text]
        assert len(doubts) == num_doubts


def test_an_evaluator_tells_the_ring_from_a_collapse():
    evaluator = Evaluator(
        RING.train.points,
        RING.valid.points,
        value_range=RING.value_range,
        measures=["frechet_distance", "precision_recall", "memorization"],
    )
    held_out = evaluator(RING.test.points)
    one_mode = evaluator(RING.test.points[RING.test.labels == 0])
    assert held_out["frechet_distance"].features == "vectors"
    assert held_out["precision_recall"].recall > 0.9
    assert one_mode["precision_recall"].recall < 0.2
    assert one_mode["precision_recall"].precision > 0.9
    # Means (0, 0) and (1, 0), covariances I / 2 and nearly 0: 1 + tr(I / 2) = 2, give
    # or take 2 / sqrt(2 * 500) = 0.06 for the mean of some 500 points.
    assert one_mode["frechet_distance"].value == pytest.approx(2.0, abs=0.3)
    assert held_out["frechet_distance"].value < 0.01


def test_measures_of_images_are_left_to_images():
    chosen = Evaluator(RING.train.points[:50], RING.valid.points[:50]).measures
    assert "structural_diversity" not in chosen and "inception_score" not in chosen
    with pytest.raises(ValueError, match="structural_diversity needs images with"):
        Evaluator(
            RING.train.points, RING.valid.points, measures=["structural_diversity"]
        )


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (lambda batch: [batch, batch], "a dict with 'features'. Received: a list of 2"),
        (lambda batch: {"x": batch}, "a dict with 'features'.*a dict of ..x.."),
        (lambda batch: batch[:1], "a row for each of 5. Received: {'features': "),
    ],
)
def test_a_feature_function_returns_one_row_for_each(network, message):
    with pytest.raises(ValueError, match=message):
        kg.evaluation.extract_features(np.zeros((5, 4, 4, 1)), network)
