"""Penalties of slopes where the examples of a game hold more than data."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan, tiny_images, without_dropout

import keras_gan as kg
from keras_gan.training.round import Round

IMAGES = tiny_images(8)


def total(tensor):
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    return dense(tensor)


def product_game(**arguments):
    """D(x, z) = sum x * sum z, and E(x) = 0: |grad_x D|^2 = 16 (sum z)^2."""
    images = keras.Input((4, 4, 1), name="images")
    latents = keras.Input((2,), name="latents")
    rows = keras.layers.Flatten()(images)
    logits = keras.layers.Multiply()([total(rows), total(latents)])
    seen = keras.Input((4, 4, 1))
    codes = keras.layers.Dense(2, kernel_initializer="zeros")
    encoder = keras.Model(seen, codes(keras.layers.Flatten()(seen)))
    pixels = keras.layers.Dense(16, "sigmoid")
    drawn = keras.Input((2,))
    generator = keras.Model(drawn, keras.layers.Reshape((4, 4, 1))(pixels(drawn)))
    return kg.GAN(
        generator,
        keras.Model([images, latents], logits),
        kg.priors.NormalPrior(2),
        game=kg.games.Bidirectional(encoder),
        **arguments,
    )


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_the_slope_at_fakes_is_beside_their_own_entries(noise):
    gan = product_game()
    r1, r2 = kg.terms.R1(2.0), kg.terms.R2(2.0)
    gan.compile("sgd", "sgd", terms=[r1, r2], instance_noise=noise)
    round = Round(gan, {"images": IMAGES}, ["discriminator"])
    expected = 16 * np.mean(np.sum(round.fake["latents"], axis=1) ** 2)
    np.testing.assert_allclose(r2(round, "discriminator"), expected, rtol=1e-5)
    np.testing.assert_allclose(r1(round, "discriminator"), 0.0)  # E(x) = 0


class Sharp(kg.games.Game):
    """Judges by ten times the logits."""

    def judge(self, gan, example, players, training):
        said = gan.judge(example, training)
        return {**said, "logits": 10.0 * said["logits"]}


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "rules", [{}, {"instance_noise": 1e-9}, {"simultaneous": True}], ids=str
)
def test_slopes_are_those_of_what_the_game_judges_by(rules):
    values = []
    for game in (None, Sharp()):
        gan = make_tiny_gan(
            game=game,
            optimizer=lambda: keras.optimizers.SGD(0.0),
            terms=[kg.terms.R1(2.0)],
            **rules,
        )
        gan.discriminator.set_weights(
            [np.full(one.shape, 0.05) for one in gan.discriminator.get_weights()]
        )
        history = gan.fit(IMAGES, batch_size=8, epochs=1, verbose=0).history
        values.append(history["penalty"][0])
    assert values[0] > 0
    np.testing.assert_allclose(values[1], 100 * values[0], rtol=1e-4)


class WarmUp(kg.terms.Term):
    """Another term, half as heavy."""

    limits_gradient = True

    def __init__(self, term):
        super().__init__(1.0)
        self.term = term

    def __call__(self, round, player):
        return 0.5 * self.term(round, player)

    def get_config(self):
        return {"term": keras.saving.serialize_keras_object(self.term)}


def test_a_term_may_play_another_one():
    gan = without_dropout(make_tiny_gan())
    gan.compile("sgd", "sgd", terms=[WarmUp(kg.terms.GradientPenalty())])
    (outer,) = gan.terms
    round = Round(gan, {"images": tf.constant(IMAGES)}, ["discriminator"])
    whole = outer.term(round, "discriminator")
    np.testing.assert_allclose(outer(round, "discriminator"), 0.5 * whole)
    history = gan.fit(IMAGES, batch_size=8, epochs=1, verbose=0).history
    assert history["penalty"][0] > 0


# ------------------------------------------------------------ features of one tensor


def test_features_of_several_tensors_are_refused():
    images = keras.Input((4, 4, 1), name="images")
    rows = keras.layers.Dense(3)(keras.layers.Flatten()(images))
    logits = keras.layers.Add()([keras.layers.Dense(1)(rows), total(rows)])
    gan = kg.GAN(
        make_tiny_gan().generator,
        keras.Model(images, logits),
        make_tiny_gan().prior,
    )
    for term in (kg.terms.FeatureMatching(), kg.terms.MomentMatching()):
        with pytest.raises(ValueError, match="Features must be one tensor"):
            gan.compile("sgd", "sgd", terms=[term])


def test_an_encoder_that_nothing_would_train_is_refused():
    gan = product_game()
    names = [layer.name for layer in gan.discriminator.layers]
    replaces = kg.terms.FeatureMatching(layer=names[-1])
    with pytest.raises(ValueError, match="encoder of a Bidirectional game"):
        gan.compile("sgd", "sgd", terms=[replaces])
    gan.compile("sgd", "sgd", terms=[replaces, kg.terms.Reconstruction()])
