"""BiGAN: the encoder is tracked, moved, saved and judged as the generator is."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_state, make_tiny_gan, tiny_images, weights_of

import keras_gan as kg
from keras_gan.training.round import Round

IMAGES = tiny_images(40)


def encoder_of(latent_dim=2):
    images = keras.Input((4, 4, 1), name="images")
    hidden = keras.layers.Dense(8, "tanh")(keras.layers.Flatten()(images))
    return keras.Model(images, keras.layers.Dense(latent_dim)(hidden))


def networks():
    latents = keras.Input((2,), name="latents")
    pixels = keras.layers.Dense(16, "sigmoid")(latents)
    generator = keras.Model(latents, keras.layers.Reshape((4, 4, 1))(pixels))
    images = keras.Input((4, 4, 1), name="images")
    codes = keras.Input((2,), name="latents")
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(images), codes])
    hidden = keras.layers.Dense(8, "relu")(rows)
    discriminator = keras.Model([images, codes], keras.layers.Dense(1)(hidden))
    return generator, discriminator


def bidirectional_gan(**arguments):
    keras.utils.set_random_seed(1)
    game = kg.games.Bidirectional(encoder_of())
    gan = kg.GAN(*networks(), kg.priors.NormalPrior(2), game=game, **arguments)
    return gan


def compiled(gan, **rules):
    gan.compile(*[keras.optimizers.SGD(0.1) for _ in range(2)], **rules)
    return gan


def test_the_encoder_moves_in_the_generator_s_turn_alone():
    gan = compiled(bidirectional_gan())
    batch = {"images": tf.constant(IMAGES[:8])}
    before = weights_of(gan.game.encoder)
    gan._move([gan.discriminator_player], batch, draw=0)
    for one, other in zip(before, weights_of(gan.game.encoder), strict=True):
        np.testing.assert_array_equal(one, other)
    gan._move([gan.generator_player], batch, draw=1)
    for one, other in zip(before, weights_of(gan.game.encoder), strict=True):
        assert (one != other).any()


@pytest.mark.parametrize("objective", ["non_saturating", "relativistic_pairing"])
def test_the_player_s_loss_sees_both_examples(objective):
    gan = compiled(bidirectional_gan(), objective=objective)
    round = Round(gan, {"images": tf.constant(IMAGES[:8])}, ["generator"])
    latents = np.asarray(gan.sample_latents(8, gan.seed_of(0)), "float64")
    images = np.asarray(IMAGES[:8], "float64")
    (first, bias), (last, last_bias) = (
        [np.asarray(w, "float64") for w in layer.get_weights()]
        for layer in gan.discriminator.layers
        if layer.get_weights()
    )

    def logits(images, codes):
        rows = np.concatenate([images.reshape(8, -1), codes], axis=1)
        return np.maximum(rows @ first + bias, 0) @ last + last_bias

    codes = gan.encode(IMAGES[:8])
    made = gan.generator(latents).numpy()
    real, fake = logits(images, codes), logits(made, latents)
    if objective == "non_saturating":
        # -log D(G(z), z) - log(1 - D(x, E(x))): Donahue et al., the labels exchanged.
        expected = np.mean(np.logaddexp(0, -fake)) + np.mean(np.logaddexp(0, real))
    else:
        expected = np.mean(np.logaddexp(0, real - fake))
    loss = gan.generator_player.objective_loss(round)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore:No file with")
def test_a_linear_encoder_inverts_a_frozen_linear_generator():
    # G(z) = 2 z is fixed, data are its outputs: the equilibrium is E(x) = x / 2.
    keras.utils.set_random_seed(3)
    latents = keras.Input((1,), name="latents")
    layer = keras.layers.Dense(
        1, use_bias=False, kernel_initializer=lambda *a, **k: 2.0 * tf.ones((1, 1))
    )
    layer.trainable = False
    generator = keras.Model(latents, layer(latents))
    points, codes = keras.Input((1,), name="points"), keras.Input((1,), name="latents")
    hidden = keras.layers.Concatenate()([points, codes])
    for _ in range(2):
        hidden = keras.layers.Dense(32, "leaky_relu")(hidden)
    discriminator = keras.Model([points, codes], keras.layers.Dense(1)(hidden))
    data = keras.Input((1,))
    encoder = keras.Model(data, keras.layers.Dense(1)(data))
    gan = kg.GAN(
        generator,
        discriminator,
        kg.priors.NormalPrior(1),
        game=kg.games.Bidirectional(encoder),
    )
    gan.compile(keras.optimizers.Adam(0.01, 0.5), keras.optimizers.Adam(0.01, 0.5))
    points = 2 * np.random.default_rng(0).normal(size=(2000, 1)).astype("float32")
    error = np.abs(gan.encode(points) - points / 2).mean()
    gan.fit(points, batch_size=100, epochs=15, verbose=0)
    assert np.abs(gan.encode(points) - points / 2).mean() < 0.15 < error
    np.testing.assert_allclose(
        gan.reconstruct(points), 2 * gan.encode(points), rtol=1e-5
    )


@pytest.mark.exhaustive
def test_stop_save_and_resume_with_an_encoder(tmp_path):
    arguments = {"batch_size": 10, "verbose": 0}
    whole = compiled(bidirectional_gan(ema_half_life=50.0))
    whole.fit(IMAGES, epochs=3, **arguments)
    cut = compiled(bidirectional_gan(ema_half_life=50.0))
    cut.fit(IMAGES, epochs=2, **arguments)
    cut.save(tmp_path / "gan.keras")
    resumed = kg.load(tmp_path / "gan.keras")
    resumed.fit(IMAGES, epochs=3, initial_epoch=2, **arguments)
    assert_equal_state(whole, resumed)
    np.testing.assert_array_equal(whole.encode(IMAGES), resumed.encode(IMAGES))
    average = resumed.evaluation_generator
    np.testing.assert_allclose(
        resumed.reconstruct(IMAGES), average(resumed.encode(IMAGES)), rtol=1e-5
    )


@pytest.mark.exhaustive
def test_two_replicas_move_the_encoder_as_one_does(two_replicas):
    alone = compiled(bidirectional_gan())
    with two_replicas.scope():
        shared = compiled(bidirectional_gan())
    for gan in (alone, shared):
        gan.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
    for one, other in zip(
        weights_of(alone.game.encoder), weights_of(shared.game.encoder), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_discriminator_of_pairs_asks_for_the_game_that_makes_them():
    gan = bidirectional_gan()
    plain = kg.GAN(gan.generator, gan.discriminator, gan.prior)
    with pytest.raises(ValueError, match="A discriminator of 'latents' judges pairs"):
        plain.compile("adam", "adam")


def test_what_cannot_be_played_is_refused():
    generator, discriminator = networks()
    prior = kg.priors.NormalPrior(2)
    with pytest.raises(TypeError, match="`encoder` must be a keras.Model"):
        kg.games.Bidirectional("encoder")
    with pytest.raises(ValueError, match=r"latents of shape \[batch, 2\]"):
        wrong = kg.games.Bidirectional(encoder_of(latent_dim=3))
        kg.GAN(generator, discriminator, prior, game=wrong)
    blind = kg.networks.maxout_discriminator((4, 4, 1), (8,))
    with pytest.raises(ValueError, match="an input named 'latents'"):
        game = kg.games.Bidirectional(encoder_of())
        kg.GAN(generator, blind, prior, game=game)
    for ask in (make_tiny_gan().encode, make_tiny_gan().reconstruct):
        with pytest.raises(ValueError, match="has no encoder.*Bidirectional"):
            ask(IMAGES)


@pytest.mark.parametrize(
    "objective", ["non_saturating", "hinge", "relativistic_pairing"]
)
def test_held_out_data_have_the_losses_of_the_game(objective):
    gan = bidirectional_gan()
    gan.compile(*[keras.optimizers.SGD(0.0) for _ in range(2)], objective=objective)
    # Nobody moves: what differs is which latents were drawn.
    images = np.repeat(IMAGES, 50, axis=0)
    logs = gan.fit(
        images, batch_size=500, epochs=1, validation_data=images, verbose=0
    ).history
    for loss in ("g_loss", "d_loss"):
        assert logs[f"val_{loss}"][0] == pytest.approx(logs[loss][0], 0.02, 0.01)
