"""One number a row is `[num]` or `[num, 1]`, whichever a network states."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import NUM_CLASSES, assert_equal_state, tiny_images

import keras_gan as kg
from keras_gan.export import check_parity, export_onnx
from keras_gan.training.asked_labels import sample_classes
from keras_gan.training.class_rows import sample_in_rows

IMAGES = tiny_images(40)
LABELS = np.arange(40, dtype="int32") % NUM_CLASSES
BOTH_WAYS = {"rows": LABELS, "columns": LABELS[:, None]}


def labelled_gan(row_shape, names_classes=False):
    """A game whose networks state labels of `row_shape`, as many tutorials do."""
    keras.utils.set_random_seed(1)

    def with_labels(shape, name):
        data = keras.Input(shape, name=name)
        labels = keras.Input(row_shape, name="labels", dtype="int32")
        features = keras.layers.Embedding(NUM_CLASSES, 3)(labels)
        parts = [keras.layers.Flatten()(part) for part in (data, features)]
        return [data, labels], keras.layers.Concatenate()(parts)

    inputs, rows = with_labels((2,), "latents")
    pixels = keras.layers.Dense(16, "sigmoid")(rows)
    generator = keras.Model(inputs, keras.layers.Reshape((4, 4, 1))(pixels))
    inputs, rows = with_labels((4, 4, 1), "images")
    said = {"logits": keras.layers.Dense(1)(rows)}
    if names_classes:
        inputs = inputs[0]
        rows = keras.layers.Flatten()(inputs)
        said = {"logits": keras.layers.Dense(1)(rows)}
        said["classes"] = keras.layers.Dense(NUM_CLASSES)(rows)
    classes = {"labels": kg.priors.CategoricalPrior(NUM_CLASSES)}
    gan = kg.GAN(
        generator,
        keras.Model(inputs, said),
        kg.priors.UniformPrior(2),
        conditions=classes,
    )
    terms = [kg.terms.AuxiliaryClassifier(1.0)] if names_classes else []
    gan.compile(*[keras.optimizers.SGD(0.1) for _ in range(2)], terms=terms)
    return gan


@pytest.mark.one_in(4)
@pytest.mark.parametrize("names_classes", [False, True])
@pytest.mark.parametrize("row_shape", [(), (1,)])
def test_either_shape_plays_the_same_game(row_shape, names_classes):
    ends = []
    for labels in BOTH_WAYS.values():
        pairs = tf.data.Dataset.from_tensor_slices((IMAGES, labels)).batch(10)
        for data in ((IMAGES, labels), ({"images": IMAGES, "labels": labels},), pairs):
            given, size = (data, {"batch_size": 10})
            if data is pairs:
                given, size = (pairs,), {}
            gan = labelled_gan(row_shape, names_classes)
            gan.fit(*given, **size, shuffle=False, verbose=0)
            ends.append(gan)
    for other in ends[1:]:
        assert_equal_state(ends[0], other)


def test_one_game_takes_one_shape_after_the_other():
    gan = labelled_gan((1,))
    for labels in BOTH_WAYS.values():
        gan.fit(IMAGES, labels, batch_size=10, verbose=0)
    assert gan.epochs_completed == 2


@pytest.mark.parametrize("row_shape", [(), (1,)])
def test_samples_and_judgements_take_either(row_shape):
    gan = labelled_gan(row_shape)
    expected = gan.sample(3, seed=1, labels=np.array([2, 2, 2]))
    for told in (2, [2], [[2], [2], [2]]):
        told = told if row_shape or told != [2] else 2
        np.testing.assert_array_equal(gan.sample(3, seed=1, labels=told), expected)
    np.testing.assert_array_equal(
        *(gan.discriminate(IMAGES, labels=labels) for labels in BOTH_WAYS.values())
    )
    with pytest.raises(ValueError, match=r"Received: shape \(2,\)"):
        gan.sample(3, labels=[0, 1])


@pytest.mark.parametrize("row_shape", [(), (1,)])
def test_what_is_drawn_has_the_stated_shape(row_shape, tmp_path):
    gan = labelled_gan(row_shape)
    assert gan.deal(5, seed=1)["labels"].shape == (5, *row_shape)
    images, num_columns = sample_in_rows(gan, 6, seed=1)
    assert images.shape == (6, 4, 4, 1)
    assert num_columns == 2
    _, labels = sample_classes(gan, 6, seed=1, classes=np.arange(NUM_CLASSES))
    np.testing.assert_array_equal(labels, [0, 1, 2, 0, 1, 2])
    export_onnx(gan, tmp_path / "generator.onnx")
    assert check_parity(gan, tmp_path / "generator.onnx").max_abs_error <= 1e-6


def test_numbers_that_are_no_classes_keep_their_columns():
    entry = np.zeros((4, 3))
    stated = kg.training.examples.as_stated
    assert stated(entry, (1,)) is entry
    assert stated(entry, ()) is entry
    assert stated(np.zeros((4, 1)), None).shape == (4, 1)


@pytest.mark.parametrize("asked", ["generate", "judge"])
def test_examples_are_dicts_with_all_that_is_named(asked):
    gan = labelled_gan(())
    with pytest.raises(
        ValueError, match=r"must be a dict of tensors with \['.*ndarray"
    ):
        getattr(gan, asked)(IMAGES)
    with pytest.raises(ValueError, match=r"Received: \['labels'\]"):
        getattr(gan, asked)({"labels": LABELS})
