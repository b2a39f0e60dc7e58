import keras
import numpy as np
import pytest
import tensorflow as tf
from games import tiny_images, value_of

import keras_gan as kg
from keras_gan.terms import AuxiliaryClassifier

NUM_CLASSES = 3
RANDOM = np.random.default_rng(5)
KERNEL = RANDOM.normal(size=(16, NUM_CLASSES))
REAL, FAKE = RANDOM.normal(size=(2, 7, 4, 4, 1))
LABELS = np.arange(7) % NUM_CLASSES


def linear_classifier(images, training=False):
    """Class logits that are linear in the pixels, in float64."""
    rows = tf.reshape(images, [-1, 16])
    return {"logits": rows[:, :1], "classes": tf.matmul(rows, tf.constant(KERNEL))}


def cross_entropy(images):
    """The closed form and its gradient with respect to the images."""
    logits = images.reshape(-1, 16) @ KERNEL
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = shifted / shifted.sum(axis=1, keepdims=True)
    loss = -np.log(shares[np.arange(7), LABELS]).mean()
    slopes = (shares - np.eye(NUM_CLASSES)[LABELS]) / 7 @ KERNEL.T
    return loss, slopes.reshape(images.shape)


@pytest.mark.parametrize(
    ("judges", "player", "factors"),
    [
        ("both", "discriminator", (0.5, 0.5)),
        ("real", "discriminator", (0.5, 0.0)),
        ("both", "generator", (0.0, 0.25)),
        ("real", "generator", (0.0, 0.25)),
    ],
)
def test_losses_and_gradients_are_the_closed_form(judges, player, factors):
    term = AuxiliaryClassifier(0.5, generator_weight=0.25, judges=judges)
    images = [tf.constant(REAL), tf.constant(FAKE)]
    with tf.GradientTape() as tape:
        tape.watch(images)
        received = value_of(
            term, linear_classifier, *images, labels=tf.constant(LABELS), player=player
        )
    zero = tf.UnconnectedGradients.ZERO
    gradients = tape.gradient(received, images, unconnected_gradients=zero)
    of_both = [cross_entropy(one) for one in (REAL, FAKE)]
    expected = sum(
        factor * loss for factor, (loss, _) in zip(factors, of_both, strict=True)
    )
    np.testing.assert_allclose(received, expected, rtol=1e-12)
    for gradient, factor, (_, slopes) in zip(gradients, factors, of_both, strict=True):
        np.testing.assert_allclose(gradient, factor * slopes, rtol=1e-10, atol=1e-15)


def discriminator_with(outputs):
    images = keras.Input((4, 4, 1), name="images")
    features = keras.layers.Flatten()(images)
    return keras.Model(images, outputs(features))


def named_outputs(features, width=NUM_CLASSES):
    return {
        "logits": keras.layers.Dense(1)(features),
        "classes": keras.layers.Dense(width)(features),
    }


def told_generator(num_classes=NUM_CLASSES):
    latents = keras.Input((3,), name="latents")
    labels = keras.Input((), name="labels", dtype="int32")
    offsets = keras.layers.Embedding(num_classes, 16)(labels)
    pixels = keras.layers.Dense(16)(latents) + offsets
    images = keras.layers.Reshape((4, 4, 1))(pixels)
    return keras.Model([latents, labels], images)


def compiled_game(generator=None, discriminator=None, **arguments):
    gan = kg.GAN(
        generator or told_generator(),
        discriminator or discriminator_with(named_outputs),
        kg.priors.UniformPrior(3),
        **arguments,
    )
    rates = (keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    gan.compile(*rates, terms=[AuxiliaryClassifier()], run_eagerly=True)
    return gan


def test_both_players_learn_classes_from_the_labels_of_the_batch():
    gan = compiled_game()
    assert gan.entries.needed == ("images", "labels")
    labels = np.arange(20) % NUM_CLASSES
    logs = gan.fit(tiny_images(20), labels, batch_size=10, verbose=0).history
    assert logs["penalty"][0] > 0 and logs["g_penalty"][0] > 0
    with pytest.raises(ValueError, match="name \\['labels'\\], which the data do not"):
        gan.fit(tiny_images(20), verbose=0)


def test_discriminators_without_classes_are_refused():
    for outputs in (keras.layers.Dense(1), lambda rows: {"logits": rows[:, :1]}):
        with pytest.raises(ValueError, match="a dict of outputs, 'logits' and 'class"):
            compiled_game(discriminator=discriminator_with(outputs))
    one_class = discriminator_with(lambda rows: named_outputs(rows, width=1))
    with pytest.raises(ValueError, match="two classes or more. Received: shape"):
        compiled_game(discriminator=one_class)


def test_a_generator_that_is_told_no_class_is_refused():
    untold = kg.networks.mlp_generator(3, (4, 4, 1), (4,))
    with pytest.raises(ValueError, match="a generator that is told the class"):
        compiled_game(generator=untold)


def test_labels_that_do_not_fit_are_refused():
    gan = compiled_game()
    too_large = np.full(10, NUM_CLASSES)
    with pytest.raises(ValueError, match="`labels` must lie in 0 to 2. Received"):
        gan.fit(tiny_images(10), too_large, batch_size=10, verbose=0)
    batches = tf.data.Dataset.from_tensor_slices((tiny_images(10), too_large))
    with pytest.raises(Exception, match="`labels` must lie in 0 to 2"):
        gan.fit(batches.batch(5), verbose=0)
    told = compiled_game(conditions={"labels": kg.priors.CategoricalPrior(NUM_CLASSES)})
    with pytest.raises(ValueError, match="`labels` must lie in 0 to 2"):
        told.fit(tiny_images(10), too_large, batch_size=10, verbose=0)


def test_priors_of_more_classes_than_the_discriminator_has_are_refused():
    five = {"labels": kg.priors.CategoricalPrior(5)}
    with pytest.raises(
        ValueError, match="one for each label that is drawn. Received: "
    ):
        compiled_game(told_generator(5), conditions=five)


def test_packs_have_no_class():
    images = keras.Input((4, 4, 2), name="images")
    outputs = named_outputs(keras.layers.Flatten()(images))
    gan = compiled_game(discriminator=keras.Model(images, outputs), packing=2)
    with pytest.raises(ValueError, match=r"shape \[batch\].*no packs"):
        gan.fit(tiny_images(4), np.zeros(4, "int32"), batch_size=4, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weight": 0.0}, "`weight`. Expected a positive float"),
        ({"generator_weight": -1.0}, "`generator_weight`. Expected a positive float"),
        ({"judges": "fake"}, "`judges`. Expected one of both, real"),
    ],
)
def test_arguments_are_checked(arguments, message):
    with pytest.raises(ValueError, match=message):
        AuxiliaryClassifier(**arguments)
