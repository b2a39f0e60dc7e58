"""Encoders that learn from generated images, in a game or after it."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from catalog import tiny_encoder
from games import (
    SavedAfter,
    assert_equal_state,
    make_tiny_gan,
    tiny_images,
    weights_of,
)

import keras_gan as kg
from keras_gan.training.round import Round

IMAGES = tiny_images(40)
BATCH = {"images": tf.constant(IMAGES[:8])}


def encoding_gan(*terms, game=None, **rules):
    """The tiny game with an encoder, of which the terms are told."""
    keras.utils.set_random_seed(1)
    tiny = make_tiny_gan()
    game = game or kg.games.Game(tiny_encoder())
    gan = kg.GAN(tiny.generator, tiny.discriminator, tiny.prior, game=game)
    gan.compile(
        *[keras.optimizers.Adam(1e-2) for _ in range(2)], terms=list(terms), **rules
    )
    return gan


def value_of(term, gan):
    return term(Round(gan, BATCH, ["generator"]), "generator")


def test_the_term_is_the_mean_squared_distance_of_latents():
    gan = encoding_gan(kg.terms.LatentRegression(0.5))
    latents = gan.sample_latents(8, gan.seed_of(0))
    images = np.asarray(gan.generator(latents, training=True), "float64")
    guesses = np.asarray(gan.game.encoder(images), "float64")
    squares = ((guesses - latents.numpy()) ** 2).sum(axis=1)
    np.testing.assert_allclose(
        value_of(gan.terms[0], gan), 0.5 * squares.mean(), rtol=1e-5
    )


@pytest.mark.parametrize("learns", [False, True])
def test_the_generator_learns_from_it_only_where_asked(learns):
    gan = encoding_gan(kg.terms.LatentRegression(generator_learns=learns))
    weights = [one.value for one in gan.generator.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch(weights)
        value = value_of(gan.terms[0], gan)
    gradients = tape.gradient(value, weights)
    assert all((one is not None) == learns for one in gradients)


@pytest.mark.parametrize(
    ("distance", "measure"), [("squared", np.square), ("absolute", np.abs)]
)
def test_reconstruction_is_the_distance_of_x_and_g_of_e_of_x(distance, measure):
    gan = encoding_gan(kg.terms.Reconstruction(3.0, distance=distance))
    gap = IMAGES[:8].astype("float64") - gan.reconstruct(IMAGES[:8])
    np.testing.assert_allclose(
        value_of(gan.terms[0], gan), 3 * measure(gap).mean(), rtol=1e-5
    )


def test_reconstruction_of_completions_is_their_distance():
    latents, known = keras.Input((2,), name="latents"), keras.Input((4, 4, 1))
    known = keras.Input((4, 4, 1), name="known")
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(known), latents])
    made = keras.layers.Reshape((4, 4, 1))(keras.layers.Dense(16, "sigmoid")(rows))
    gan = kg.GAN(
        keras.Model([latents, known], made),
        make_tiny_gan().discriminator,
        kg.priors.NormalPrior(2),
        game=kg.games.Inpainting(kg.games.HalfMask()),
    )
    term = kg.terms.Reconstruction(2.0)
    gan.compile("adam", "adam", terms=[term])
    round = Round(gan, BATCH, ["generator"])
    gap = IMAGES[:8] - round.fake["images"].numpy()
    np.testing.assert_allclose(term(round, "generator"), 2 * np.mean(gap**2), rtol=1e-5)


def test_the_encoder_moves_where_a_term_trains_it_and_nowhere_else():
    for terms, moves in [([], False), ([kg.terms.LatentRegression()], True)]:
        gan = encoding_gan(*terms)
        before = weights_of(gan.game.encoder)
        gan._move([gan.discriminator_player], BATCH, draw=0)
        for one, other in zip(before, weights_of(gan.game.encoder), strict=True):
            np.testing.assert_array_equal(one, other)
        gan._move([gan.generator_player], BATCH, draw=1)
        after = weights_of(gan.game.encoder)
        changed = [(a != b).any() for a, b in zip(before, after, strict=True)]
        assert all(one == moves for one in changed)


def linear_gan(game=None):
    """G(z) = 2 z, and nothing learns but an encoder: the best is E(x) = x / 2."""
    latents = keras.Input((1,))
    layer = keras.layers.Dense(
        1, use_bias=False, kernel_initializer=keras.initializers.Constant(2.0)
    )
    layer.trainable = False
    points = keras.Input((1,))
    return kg.GAN(
        keras.Model(latents, layer(latents)),
        keras.Model(points, keras.layers.Dense(1)(points)),
        kg.priors.NormalPrior(1),
        game=game,
    )


def linear_encoder():
    points = keras.Input((1,))
    slope = keras.layers.Dense(1, kernel_initializer="ones")
    return keras.Model(points, slope(points))


@pytest.mark.exhaustive
def test_a_linear_encoder_finds_the_inverse_of_a_linear_generator():
    gan = linear_gan(kg.games.Game(linear_encoder()))
    optimizers = [keras.optimizers.Adam(0.05) for _ in range(2)]
    gan.compile(*optimizers, terms=[kg.terms.LatentRegression()])
    points = np.linspace(-3, 3, 50, dtype="float32")[:, None]
    gan.fit(points, batch_size=10, epochs=60, verbose=0)
    np.testing.assert_allclose(gan.encode(points), points / 2, atol=0.02)
    np.testing.assert_allclose(gan.reconstruct(points), points, atol=0.04)


@pytest.mark.exhaustive
def test_stop_save_and_resume(tmp_path):
    arguments = {"batch_size": 10, "verbose": 0}
    path = tmp_path / "gan.keras"
    whole = encoding_gan(kg.terms.LatentRegression(), kg.terms.Reconstruction())
    whole.fit(IMAGES, epochs=3, callbacks=[SavedAfter(2, path)], **arguments)
    resumed = kg.load(path)
    resumed.fit(IMAGES, epochs=3, initial_epoch=2, **arguments)
    assert_equal_state(whole, resumed)
    np.testing.assert_array_equal(whole.encode(IMAGES), resumed.encode(IMAGES))


@pytest.mark.exhaustive
def test_two_replicas_move_the_encoder_as_one_does(two_replicas):
    def play():
        gan = encoding_gan(kg.terms.LatentRegression(), kg.terms.Reconstruction())
        for layer in gan.discriminator.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.rate = 0.0
        gan.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
        return weights_of(gan.game.encoder)

    alone = play()
    with two_replicas.scope():
        shared = play()
    for one, other in zip(alone, shared, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (kg.terms.LatentRegression(), "trains the encoder of the game.*without one"),
        (kg.terms.Reconstruction(), "needs a game that makes data anew"),
    ],
)
def test_terms_of_an_encoder_need_one(term, message):
    gan = make_tiny_gan()
    rules = gan.get_compile_config()
    with pytest.raises(ValueError, match=message):
        gan.compile("adam", "adam", terms=[term])
    assert gan.get_compile_config() == rules


def test_an_encoder_that_does_not_fit_is_refused():
    with pytest.raises(TypeError, match="`encoder` must be a keras.Model"):
        kg.games.Game("encoder")
    images = keras.Input((4, 4, 1))
    wide = keras.Model(images, keras.layers.Dense(5)(keras.layers.Flatten()(images)))
    with pytest.raises(ValueError, match=r"`encoder` must make latents.*\[batch, 3\]"):
        encoding_gan(game=kg.games.Game(wide))
    images = keras.Input((5, 5, 1))
    large = keras.Model(images, keras.layers.Dense(3)(keras.layers.Flatten()(images)))
    with pytest.raises(ValueError, match="The encoder does not accept"):
        encoding_gan(game=kg.games.Game(large))
