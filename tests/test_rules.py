"""Rules that contradict each other are refused; those known to fail are warned of."""

import inspect

import keras
import pytest
import tensorflow as tf
from games import make_tiny_gan

import keras_gan as kg
from keras_gan.terms import DRAGAN, R1, FeatureMatching, GradientPenalty
from keras_gan.training.compile_arguments import _OF_KERAS, _REMEDIES


class NotForXla(R1):
    supports_jit = False


def gan_with(*layers):
    base = make_tiny_gan()
    discriminator = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), *layers]
    )
    return kg.GAN(base.generator, discriminator, base.prior)


def test_a_penalty_that_xla_cannot_compile_is_refused(tiny_gan):
    with pytest.raises(ValueError, match="NotForXla cannot be compiled by XLA"):
        tiny_gan.compile("adam", "adam", terms=[NotForXla()], jit_compile=True)
    tiny_gan.compile("adam", "adam", terms=[NotForXla()])


def test_an_optimizer_with_averages_of_its_own_is_refused(tiny_gan):
    averaging = keras.optimizers.Adam(use_ema=True)
    with pytest.raises(ValueError, match="`generator_optimizer` must not keep"):
        tiny_gan.compile(averaging, "adam")
    with pytest.raises(ValueError, match="ema_half_life"):
        tiny_gan.compile("adam", keras.optimizers.LossScaleOptimizer(averaging))


def test_a_lazy_penalty_of_the_generator_is_refused(tiny_gan):
    lazy = FeatureMatching()
    lazy.interval = 4
    with pytest.raises(ValueError, match="Only the discriminator"):
        tiny_gan.compile("adam", "adam", terms=[lazy])


def test_wasserstein_without_a_bound_on_the_slope_warns():
    gan = gan_with(keras.layers.Dense(1))
    with pytest.warns(UserWarning, match="nothing bounds this one") as caught:
        gan.compile("adam", "adam", objective="wasserstein")
    assert len(caught) == 1


@pytest.mark.parametrize(
    "rules",
    [
        {"terms": [GradientPenalty()]},
        {"terms": [DRAGAN()]},
        {"discriminator_constraint": kg.constraints.WeightClipping()},
    ],
)
def test_wasserstein_with_a_bound_is_quiet(rules):
    # Warnings are errors in these tests.
    gan = gan_with(keras.layers.Dense(1))
    gan.compile("adam", "adam", objective="wasserstein", **rules)


def test_spectral_normalization_is_a_bound():
    gan = gan_with(kg.layers.SpectralNormalization(keras.layers.Dense(1)))
    gan.compile("adam", "adam", objective="wasserstein")


def test_batch_normalization_under_a_gradient_penalty_warns():
    gan = gan_with(keras.layers.BatchNormalization(), keras.layers.Dense(1))
    gan.compile("adam", "adam")
    with pytest.warns(UserWarning, match="the bound is wrong"):
        gan.compile("adam", "adam", terms=[R1()])


def test_features_need_layers_in_one_order(tiny_gan):
    with pytest.raises(ValueError, match="`layer`.*Did you mean 'maxout_0'"):
        tiny_gan.compile("adam", "adam", terms=[FeatureMatching(layer="maxout")])

    class Subclass(keras.Model):
        def __init__(self):
            super().__init__()
            self.logit = keras.layers.Dense(1)

        def call(self, images, training=False):
            return self.logit(tf.reshape(images, [-1, 16]))

    gan = kg.GAN(tiny_gan.generator, Subclass(), tiny_gan.prior)
    with pytest.raises(ValueError, match="Features need a Sequential or functional"):
        gan.compile("adam", "adam", terms=[FeatureMatching()])


@pytest.mark.parametrize("shape", [(4,), (5, 1)])
@pytest.mark.parametrize("name", sorted(kg.objectives._BY_NAME))
def test_logits_of_two_shapes_are_never_broadcast(name, shape):
    objective = kg.objectives.get(name)
    with pytest.raises(ValueError, match="must have the same shape"):
        objective.discriminator_loss(tf.zeros((4, 1)), tf.zeros(shape))


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("optimizer", "adam", "`generator_optimizer` and `discriminator_optimizer`"),
        ("d_optimizer", "adam", "Here it is `discriminator_optimizer`"),
        ("g_optimizer", "adam", "Here it is `generator_optimizer`"),
        ("loss", "mse", "choose `objective`"),
        ("loss_fn", keras.losses.BinaryCrossentropy(), "choose `objective`"),
        ("loss_weights", [1.0], "terms="),
        ("metrics", ["accuracy"], "EvaluationMonitor"),
        ("weighted_metrics", ["accuracy"], "EvaluationMonitor"),
        ("auto_scale_loss", False, "LossScaleOptimizer"),
        ("discriminator_step", 2, "Did you mean `discriminator_steps`"),
        ("sampler", 2, "A game takes generator_optimizer, .*steps_per_execution"),
        ("kwargs", {}, "A game takes"),
    ],
)
def test_what_has_no_meaning_in_a_game_is_refused(tiny_gan, name, value, remedy):
    before = tiny_gan.generator_optimizer
    with pytest.raises(TypeError, match=f"`{name}` has no meaning.*{remedy}"):
        tiny_gan.compile("adam", "adam", **{name: value})
    # The wrong name is told, not the names that are missing.
    with pytest.raises(TypeError, match=f"`{name}` has no meaning"):
        tiny_gan.compile(**{name: value})
    assert tiny_gan.generator_optimizer is before


def test_every_argument_of_keras_is_kept_or_has_a_remedy_of_its_own():
    of_keras = set(inspect.signature(keras.Model.compile).parameters) - {"self"}
    assert of_keras - set(_OF_KERAS) <= set(_REMEDIES)
    assert set(_OF_KERAS) <= of_keras


def test_what_a_game_leaves_to_keras_is_kept(tiny_gan):
    tiny_gan.compile("adam", "adam", run_eagerly=True, steps_per_execution=2)
    assert tiny_gan.run_eagerly
    assert tiny_gan.steps_per_execution == 2
    tiny_gan.compile("adam", "adam", jit_compile=False)
    assert tiny_gan.jit_compile is False


@pytest.mark.parametrize(
    "terms", [None, R1(), "r1", (one for one in [R1()]), {R1(): 1.0}]
)
def test_terms_come_in_a_list(tiny_gan, terms):
    with pytest.raises(TypeError, match=r"`terms` must be a list.*=\[term\]"):
        tiny_gan.compile("adam", "adam", terms=terms)
