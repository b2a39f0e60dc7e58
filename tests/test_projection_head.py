import keras
import numpy as np
import pytest

from keras_gan.layers import ProjectionHead

RANDOM = np.random.default_rng(3)
FEATURES = RANDOM.normal(size=(5, 4))
LABELS = np.array([1, 0, 2, 2, 1])
KERNEL, BIAS = RANDOM.normal(size=(4, 1)), RANDOM.normal(size=1)
EMBEDDINGS = RANDOM.normal(size=(3, 4))


def head_with_weights(**arguments):
    head = ProjectionHead(3, dtype="float64", seed=0, **arguments)
    head.build(FEATURES.shape, LABELS.shape)
    weights = {"kernel": KERNEL, "bias": BIAS, "embeddings": EMBEDDINGS}
    for variable in head.trainable_weights:
        variable.assign(weights[variable.name])
    return head


def logits(kernel, embeddings):
    agreement = (embeddings[LABELS] * FEATURES).sum(axis=1, keepdims=True)
    return FEATURES @ kernel + BIAS + agreement


def test_logits_are_the_closed_form():
    head = head_with_weights(spectral_normalization=False)
    received = head(FEATURES, LABELS)
    np.testing.assert_allclose(received, logits(KERNEL, EMBEDDINGS), rtol=1e-12)


@pytest.mark.exhaustive
def test_both_matrices_are_divided_by_their_largest_singular_values():
    head = head_with_weights()
    for _ in range(200):
        head(FEATURES, LABELS, training=True)
    # LAPACK's singular values.
    kernel, embeddings = (
        one / np.linalg.svd(one, compute_uv=False)[0] for one in (KERNEL, EMBEDDINGS)
    )
    received = head(FEATURES, LABELS, training=False)
    np.testing.assert_allclose(received, logits(kernel, embeddings), rtol=1e-9)


def test_inference_moves_nothing():
    head = head_with_weights()
    before = [weight.numpy() for weight in head.weights]
    head(FEATURES, LABELS, training=False)
    for old, weight in zip(before, head.weights, strict=True):
        np.testing.assert_array_equal(old, weight)
    head(FEATURES, LABELS, training=True)
    moved = [
        (old != weight.numpy()).any()
        for old, weight in zip(before, head.weights, strict=True)
    ]
    assert sum(moved) == 2  # the directions of two power iterations


def test_the_difference_of_two_classes_is_linear_in_the_features():
    # What makes it the optimal form: log p(c|x) - log p(c'|x) of a softmax regression.
    head = head_with_weights(spectral_normalization=False)
    one, other = (head(FEATURES, np.full(5, label)) for label in (0, 2))
    expected = FEATURES @ (EMBEDDINGS[0] - EMBEDDINGS[2])
    np.testing.assert_allclose((one - other)[:, 0], expected, rtol=1e-10)


def test_half_precision_and_a_logit_of_full_precision():
    head = ProjectionHead(3, dtype="mixed_float16")
    assert head(FEATURES, LABELS).dtype == "float16"
    features = keras.Input((4,), dtype="float16")
    labels = keras.Input((), dtype="int32")
    assert ProjectionHead(3, dtype="float32")(features, labels).dtype == "float32"


def test_a_saved_head_answers_alike(tmp_path):
    features, labels = keras.Input((4,)), keras.Input((), dtype="int32")
    network = keras.Model([features, labels], ProjectionHead(3)(features, labels))
    inputs = [FEATURES.astype("float32"), LABELS.astype("int32")]
    for _ in range(3):
        network(inputs, training=True)
    network.save(tmp_path / "head.keras")
    loaded = keras.models.load_model(tmp_path / "head.keras")
    np.testing.assert_array_equal(loaded(inputs), network(inputs))


def test_maps_and_one_hot_labels_are_refused():
    with pytest.raises(ValueError, match="expected ndim=2, found ndim=4"):
        ProjectionHead(3)(np.zeros((2, 7, 7, 4)), np.zeros(2, "int32"))
    with pytest.raises(ValueError, match=r"`labels` must have shape \[batch\]"):
        ProjectionHead(3)(FEATURES, np.eye(3)[LABELS])
    with pytest.raises(ValueError, match="`num_classes`. Expected an integer"):
        ProjectionHead(0)
