"""What networks and terms bring beside the objective: added, or refused by name."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan, tiny_images

import keras_gan as kg


def game_of(kernel_regularizer=None, activity_regularizer=None, layer=None, **rules):
    points = keras.Input((2,), name="points")
    hidden = keras.layers.Dense(
        4,
        activation="tanh",
        kernel_initializer=keras.initializers.GlorotUniform(1),
        kernel_regularizer=kernel_regularizer,
        activity_regularizer=activity_regularizer,
    )(points)
    hidden = hidden if layer is None else layer(hidden)
    logits = keras.layers.Dense(1, kernel_initializer="ones")(hidden)
    latents = keras.Input((2,), name="latents")
    made = keras.layers.Dense(2, kernel_initializer="identity", name="points")(latents)
    gan = kg.GAN(
        keras.Model(latents, made),
        keras.Model(points, logits),
        kg.priors.NormalPrior(2),
        seed=0,
    )
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), **rules)
    return gan


POINTS = np.random.default_rng(0).normal(size=(20, 2)).astype("float32")


def played(gan):
    logs = gan.fit(POINTS, batch_size=20, verbose=0).history
    return gan.discriminator.layers[1].kernel.numpy(), logs


def test_kernel_regularizers_are_added_to_the_loss():
    plain, _ = played(game_of())
    decayed, logs = played(game_of(keras.regularizers.L2(0.25)))
    initial = game_of().discriminator.layers[1].kernel.numpy()
    # The slope of 0.25 |w|^2 is 0.5 w, and the rate 0.1.
    np.testing.assert_allclose(decayed, plain - 0.05 * initial, rtol=1e-5, atol=1e-7)
    assert logs["penalty"] == pytest.approx([0.25 * np.sum(initial**2)], rel=1e-5)
    assert "g_penalty" not in logs


def test_losses_of_outputs_are_refused():
    with pytest.raises(ValueError, match="`activity_regularizer` must be None.*'dense"):
        game_of(activity_regularizer=keras.regularizers.L1(0.1))

    class Loud(keras.layers.Layer):
        def call(self, inputs):
            self.add_loss(tf.reduce_mean(inputs))
            return inputs

    with pytest.raises(ValueError, match="must not call `add_loss`"):
        played(game_of(layer=Loud()))


class Unreduced(kg.terms.Term):
    def __call__(self, round, player):
        return tf.square(round.logits("real"))


def test_losses_that_are_no_scalars_are_refused():
    with pytest.raises(ValueError, match=r"Unreduced must return a scalar.*, 1\)"):
        played(game_of(terms=[Unreduced(1.0)]))


def test_a_compile_that_fails_leaves_the_terms_as_they_were():
    gan = game_of(terms=[kg.terms.HistoricalAveraging()])
    (averaging,) = gan.rules.terms
    played(gan)
    held = [variable.numpy() for variable in averaging.variables]
    assert held[0] == 1
    with pytest.raises(ValueError, match="nope"):
        gan.compile(
            "sgd", "sgd", terms=[averaging, kg.terms.FeatureMatching(layer="nope")]
        )
    for one, before in zip(averaging.variables, held, strict=True):
        np.testing.assert_array_equal(one, before)


def test_a_clipped_network_is_free_in_a_game_without_clipping():
    clipping = kg.constraints.WeightClipping(0.01)
    first = game_of(discriminator_constraint=clipping)
    played(first)
    second = kg.GAN(
        first.generator, first.discriminator, kg.priors.NormalPrior(2), ema_half_life=9
    )
    second.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    kernel, _ = played(second)
    assert np.abs(kernel).max() > 0.01
    second.compile("sgd", "sgd", discriminator_constraint=clipping)
    assert np.abs(played(second)[0]).max() <= 0.01


@pytest.mark.parametrize("names", [("d_loss",), ("mine", "mine")])
def test_metrics_have_names_of_their_own(names):
    metrics = [keras.metrics.Mean(name=name) for name in names]
    with pytest.raises(ValueError, match="`round_metrics` must have names of their"):
        make_tiny_gan(round_metrics=metrics)


class Sevens(keras.metrics.Mean):
    def update_state(self, round):
        return super().update_state(7.0)


def test_values_of_evaluate_have_the_order_of_the_names():
    gan = make_tiny_gan(terms=[kg.terms.R1()], round_metrics=[Sevens(name="mine")])
    images = tiny_images()
    values = gan.evaluate(images, batch_size=10, verbose=0)
    named = dict(zip(gan.metrics_names, values, strict=False))
    assert named["mine"] == 7.0 and "penalty" not in named


def test_an_average_of_a_long_half_life_is_finite():
    # 1 - 0.5 ** (10 / 4e8) is 1.7e-8, which float32 does not tell from 0 beside 1.
    gan = kg.GAN(
        *(getattr(make_tiny_gan(), name) for name in ("generator", "discriminator")),
        kg.priors.UniformPrior(3),
        discriminator_ema_half_life=4e8,
    )
    gan.compile("sgd", "sgd")
    gan.fit(tiny_images(), batch_size=10, epochs=2, verbose=0)
    assert np.isfinite(gan.discriminate(tiny_images())).all()


class WholeDiscriminator(kg.games.Game):
    """The generator moves against the discriminator in inference mode."""

    def judge(self, gan, example, players, training):
        return gan.judge(example, training and "generator" not in players)


def test_averages_are_not_in_the_game_in_inference_mode():
    weights = []
    for half_life in (None, 1e4):
        tiny = make_tiny_gan()
        gan = kg.GAN(
            tiny.generator,
            tiny.discriminator,
            kg.priors.UniformPrior(3),
            game=WholeDiscriminator(),
            discriminator_ema_half_life=half_life,
        )
        gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5))
        gan.fit(tiny_images(), batch_size=10, epochs=3, verbose=0)
        weights.append(gan.generator.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
    # Outside training it is the average that judges.
    judged = gan.discriminate(tiny_images())
    gan.discriminator.set_weights([0 * one for one in gan.discriminator.get_weights()])
    np.testing.assert_array_equal(gan.discriminate(tiny_images()), judged)


def trunk_of(gan):
    """A model on a layer of the discriminator."""
    discriminator = gan.discriminator
    return keras.Model(discriminator.inputs, discriminator.layers[1].output)


def test_features_on_layers_of_the_discriminator_are_refused():
    gan = game_of()
    term = WithFeatures(trunk_of(gan))
    with pytest.raises(
        ValueError, match="discriminator and the features of WithFeatures must share"
    ):
        gan.compile("sgd", "sgd", terms=[term])


class WithFeatures(kg.terms.Term):
    """Compares by a network of its own."""

    def __init__(self, features):
        super().__init__(1.0)
        self.features = features

    def __call__(self, round, player):
        return tf.reduce_mean(self.features(round.example("real")["points"]))

    def get_config(self):
        return {"features": keras.saving.serialize_keras_object(self.features)}


class Informed(kg.games.Game):
    """Has a network of its own."""

    def __init__(self, guesses, **kwargs):
        super().__init__(**kwargs)
        self.guesses = guesses

    def get_config(self):
        guesses = keras.saving.serialize_keras_object(self.guesses)
        return {**super().get_config(), "guesses": guesses}


def test_a_network_of_a_game_on_layers_of_the_discriminator_is_refused():
    gan = game_of()
    parts = gan.generator, gan.discriminator, kg.priors.NormalPrior(2)
    with pytest.raises(ValueError, match="discriminator and the guesses must share"):
        kg.GAN(*parts, game=Informed(trunk_of(gan)))


def test_an_encoder_on_layers_of_the_discriminator_is_refused():
    gan = game_of()
    trunk = gan.discriminator.layers[1].output
    encoder = keras.Model(gan.discriminator.inputs, keras.layers.Dense(2)(trunk))
    with pytest.raises(ValueError, match="discriminator and the encoder must share no"):
        kg.inference.fit_encoder(gan, encoder, num_steps=1, verbose=0)
