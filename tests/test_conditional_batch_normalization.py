import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.layers import ConditionalBatchNormalization

RANDOM = np.random.default_rng(7)
INPUTS = RANDOM.normal(2.0, 3.0, size=(6, 3, 4, 5))
LABELS = np.array([2, 0, 2, 1, 1, 0])
GAMMA, BETA = RANDOM.normal(size=(3, 5)), RANDOM.normal(size=(3, 5))


def layer_of_classes(**arguments):
    """A layer in float64 whose classes differ."""
    layer = ConditionalBatchNormalization(3, **{"dtype": "float64", **arguments})
    layer.build(INPUTS.shape, LABELS.shape)
    layer.gamma_of_classes.assign(GAMMA)
    layer.beta_of_classes.assign(BETA)
    return layer


def normalized(mean, variance, epsilon):
    gamma, beta = (one[LABELS][:, None, None, :] for one in (GAMMA, BETA))
    return gamma * (INPUTS - mean) / np.sqrt(variance + epsilon) + beta


def test_training_normalizes_by_the_batch_and_moves_to_the_class():
    layer = layer_of_classes(epsilon=1e-2)
    axes = (0, 1, 2)
    expected = normalized(INPUTS.mean(axis=axes), INPUTS.var(axis=axes), 1e-2)
    received = layer(INPUTS, LABELS, training=True)
    np.testing.assert_allclose(received, expected, rtol=1e-12)


def test_moving_statistics_are_those_of_keras_and_serve_inference():
    layer = layer_of_classes(momentum=0.75, epsilon=1e-2)
    mean, variance = np.zeros(5), np.ones(5)
    for shift in (0.0, 1.0, -2.0):
        layer(INPUTS + shift, LABELS, training=True)
        mean = 0.75 * mean + 0.25 * (INPUTS + shift).mean(axis=(0, 1, 2))
        variance = 0.75 * variance + 0.25 * INPUTS.var(axis=(0, 1, 2))
    np.testing.assert_allclose(layer.moving_mean, mean, rtol=1e-12)
    np.testing.assert_allclose(layer.moving_variance, variance, rtol=1e-12)
    received = layer(INPUTS, LABELS, training=False)
    np.testing.assert_allclose(received, normalized(mean, variance, 1e-2), rtol=1e-12)


def test_it_starts_as_batch_normalization_without_classes():
    plain = keras.layers.BatchNormalization()
    layer = ConditionalBatchNormalization(3)
    inputs = INPUTS.astype("float32")
    expected = plain(inputs, training=True)
    received = layer(inputs, LABELS, training=True)
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-6)
    assert [tuple(one.shape) for one in layer.trainable_weights] == [(3, 5), (3, 5)]
    assert len(layer.non_trainable_weights) == 2


def test_a_class_learns_from_its_rows_alone():
    layer = layer_of_classes()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(INPUTS, np.array([2, 2, 2, 0, 0, 0]), training=True))
    gradient = tf.convert_to_tensor(tape.gradient(loss, layer.beta_of_classes.value))
    # d sum(outputs) / d beta[c] = pixels of its rows: 3 rows of 12, or none.
    np.testing.assert_allclose(gradient, np.outer([36, 0, 36], np.ones(5)))


def test_it_is_a_layer_with_batch_statistics():
    images, labels = (
        keras.Input((4, 4, 1), name="images"),
        keras.Input((), name="labels"),
    )
    outputs = ConditionalBatchNormalization(3, name="of_class")(images, labels)
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(outputs))
    latents, told = keras.Input((3,), name="latents"), keras.Input((), name="labels")
    pixels = keras.layers.Dense(16)(
        keras.layers.Concatenate()([latents, told[:, None]])
    )
    gan = kg.GAN(
        keras.Model([latents, told], keras.layers.Reshape((4, 4, 1))(pixels)),
        keras.Model([images, labels], logits),
        kg.priors.UniformPrior(3),
    )
    with pytest.raises(ValueError, match="a discriminator with 'of_class'"):
        gan.compile("sgd", "sgd", fused_discriminator=True)


def test_half_precision_keeps_statistics_in_float32():
    layer = ConditionalBatchNormalization(3, dtype="mixed_float16")
    outputs = layer(INPUTS.astype("float16"), LABELS, training=True)
    assert outputs.dtype == "float16"
    assert {one.dtype for one in layer.weights} == {"float32"}
    axes = (0, 1, 2)
    expected = (INPUTS - INPUTS.mean(axis=axes)) / np.sqrt(INPUTS.var(axis=axes) + 1e-3)
    np.testing.assert_allclose(outputs, expected, atol=1e-2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_classes": 0}, "`num_classes`. Expected an integer of at least 1"),
        ({"momentum": 1.0}, r"`momentum`. Expected a float in \[0, 1\)"),
        ({"epsilon": 0.0}, "`epsilon`. Expected a positive float"),
    ],
)
def test_arguments_are_checked(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConditionalBatchNormalization(**{"num_classes": 3, **arguments})


def test_one_hot_labels_are_refused():
    with pytest.raises(ValueError, match=r"`labels` must have shape \[batch\]"):
        ConditionalBatchNormalization(3)(INPUTS, np.eye(3)[LABELS])


def test_arguments_of_the_plain_layer_are_refused():
    with pytest.raises(TypeError, match="Received: axis, gamma_regularizer; leave"):
        ConditionalBatchNormalization(3, axis=1, gamma_regularizer="l2")
    assert ConditionalBatchNormalization(3, name="own", dtype="float64").name == "own"
