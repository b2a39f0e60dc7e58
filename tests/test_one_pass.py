"""Slopes from the pass that gave the logits are those of a pass of their own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.training.round import Round


def smooth_discriminator(*layers):
    # Its second derivatives are not zero, as those of rectifiers are.
    images = keras.Input((4, 4, 1))
    outputs = keras.layers.Conv2D(3, 3, padding="same", activation="tanh")(images)
    for layer in layers:
        outputs = layer(outputs)
    outputs = keras.layers.Flatten()(outputs)
    return keras.Model(images, keras.layers.Dense(1)(outputs))


def game(*layers, **rules):
    keras.utils.set_random_seed(0)
    discriminator = smooth_discriminator(*layers)
    gan = kg.GAN(
        kg.networks.mlp_generator(3, (4, 4, 1), hidden_units=(8,)),
        discriminator,
        kg.priors.UniformPrior(3),
    )
    rules.setdefault("terms", [kg.terms.R1(3.0), kg.terms.R2(2.0)])
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), **rules)
    return gan


def images(num=12):
    return np.random.default_rng(0).random((num, 4, 4, 1), "float32")


def played(gan):
    gan.fit(images(), batch_size=4, epochs=2, shuffle=False, verbose=0)
    return [one.numpy() for one in gan.trainable_variables]


def counted_passes(gan):
    """Passes of the discriminator in one round of its own, terms among them."""
    passes, judge = [], gan.networks.judge
    gan.networks.judge = lambda *arguments: passes.append(1) or judge(*arguments)
    gan.run_eagerly = True
    round = Round(gan, {"images": tf.constant(images(4))}, ("discriminator",))
    with tf.GradientTape():
        gan.discriminator_player.stake(round)
    return len(passes)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("rules", "interval"), [({}, 1), ({}, 2), ({"jit_compile": True}, 1)]
)
def test_games_are_those_of_passes_of_their_own(monkeypatch, rules, interval):
    terms = [kg.terms.R1(3.0, interval), kg.terms.R2(2.0)]
    one_pass = played(game(terms=terms, **rules))
    monkeypatch.setattr(Round, "_one_pass_serves", lambda self, kind: False)
    of_their_own = played(game(terms=terms, **rules))
    for one, other in zip(one_pass, of_their_own, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-6)


def test_a_slope_is_that_of_a_finite_difference():
    gan = game()
    round = Round(gan, {"images": tf.constant(images(4))}, ("discriminator",))
    squares = round.squared_slopes("real").numpy()
    data, step = images(4).astype("float64"), 1e-2
    expected = np.zeros(4)
    for place in np.ndindex(4, 4, 1):
        up, down = data.copy(), data.copy()
        up[(slice(None), *place)] += step
        down[(slice(None), *place)] -= step
        logits = [
            gan.discriminator(one.astype("float32")).numpy() for one in (up, down)
        ]
        expected += ((logits[0] - logits[1])[:, 0] / (2 * step)) ** 2
    np.testing.assert_allclose(squares, expected, rtol=1e-3)


@pytest.mark.filterwarnings("ignore:A gradient penalty bounds the slope for each")
@pytest.mark.parametrize(
    ("layers", "rules", "expected"),
    [
        ((), {}, 2),
        # What another pass would not repeat has a pass of its own.
        ((keras.layers.Dropout(0.5),), {}, 4),
        ((keras.layers.BatchNormalization(),), {}, 4),
        ((), {"instance_noise": 0.1}, 4),
    ],
)
def test_passes_are_saved_where_they_say_the_same(layers, rules, expected):
    layers = [layer.from_config(layer.get_config()) for layer in layers]
    assert counted_passes(game(*layers, **rules)) == expected


def conditional_game(**rules):
    keras.utils.set_random_seed(0)
    data = keras.Input((4, 4, 1), name="images")
    labels = keras.Input((), name="labels", dtype="int32")
    rows = keras.layers.Concatenate()(
        [keras.layers.Flatten()(data), keras.layers.Embedding(3, 4)(labels)]
    )
    hidden = keras.layers.Dense(8, "tanh")(rows)
    latents = keras.Input((3,), name="latents")
    told = keras.layers.Embedding(3, 4)(labels)
    images = keras.layers.Dense(16)(keras.layers.Concatenate()([latents, told]))
    gan = kg.GAN(
        keras.Model([latents, labels], keras.layers.Reshape((4, 4, 1))(images)),
        keras.Model([data, labels], keras.layers.Dense(1)(hidden)),
        kg.priors.UniformPrior(3),
        conditions={"labels": kg.priors.CategoricalPrior(3)},
    )
    terms = [kg.terms.R1(3.0), kg.terms.R2(2.0)]
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), terms=terms)
    return gan


@pytest.mark.exhaustive
def test_conditional_games_are_those_of_passes_of_their_own(monkeypatch):
    def played_with_labels():
        gan, asked = conditional_game(), np.arange(12) % 3
        gan.fit(images(), asked, batch_size=4, epochs=2, shuffle=False, verbose=0)
        return [one.numpy() for one in gan.trainable_variables]

    one_pass = played_with_labels()
    monkeypatch.setattr(Round, "_one_pass_serves", lambda self, kind: False)
    for one, other in zip(one_pass, played_with_labels(), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-6)


def test_entries_that_differ_have_a_pass_of_their_own():
    gan = conditional_game()
    batch = {"images": tf.constant(images(4)), "labels": tf.constant([0, 1, 2, 0])}
    round = Round(gan, batch, ("discriminator",))
    assert round._one_pass_serves("real") and round._one_pass_serves("fake")
    other = Round(gan, batch, ("discriminator",))
    other.fake["labels"] = tf.constant([1, 1, 1, 1])
    assert other._one_pass_serves("real") and not other._one_pass_serves("fake")
