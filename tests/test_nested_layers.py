"""Layers that other layers made for themselves, and layers that two networks share."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan

import keras_gan as kg
from keras_gan._layers_of import layers_of


@keras.saving.register_keras_serializable(package="test_nested_layers")
class Block(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.norm = keras.layers.BatchNormalization()
        self.drop = keras.layers.Dropout(0.5)

    def build(self, shape):
        self.norm.build(shape)
        self.built = True

    def call(self, inputs, training=False):
        return inputs + self.drop(
            self.norm(inputs, training=training), training=training
        )


def judge_with(*middle):
    return keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(8, "relu"),
            *middle,
            keras.layers.Dense(1),
        ]
    )


def gan_of(judge, **arguments):
    tiny = make_tiny_gan()
    return kg.GAN(tiny.generator, judge, tiny.prior, **arguments)


def test_layers_of_finds_each_layer_once():
    block, inner = Block(), keras.layers.Dense(8)
    wrapped = kg.layers.SpectralNormalization(inner)
    nested = keras.Sequential([keras.Input((8,)), wrapped])
    judge = judge_with(block, nested)
    found = layers_of(judge)
    for layer in (block, block.norm, block.drop, nested, wrapped, inner):
        assert sum(one is layer for one in found) == 1
    assert judge not in found


def test_batch_statistics_within_a_block_are_seen():
    gan = gan_of(judge_with(Block()))
    with pytest.raises(ValueError, match="`fused_discriminator=True` shows"):
        gan.compile("sgd", "sgd", fused_discriminator=True)
    with pytest.warns(UserWarning, match="depend on the whole"):
        gan.compile("sgd", "sgd", terms=[kg.terms.GradientPenalty()])


def test_replicas_drop_other_units_within_a_block_too(two_replicas):
    with two_replicas.scope():
        block = Block()
        gan_of(judge_with(block))
    dropped = tf.function(
        lambda: two_replicas.run(lambda: block.drop(tf.ones((1, 64)), training=True))
    )
    one, other = two_replicas.experimental_local_results(dropped())
    assert not np.array_equal(one, other)


def test_networks_that_share_weights_are_refused():
    images = keras.Input((4, 4, 1))
    trunk = keras.layers.Dense(8, "relu", name="trunk")(keras.layers.Flatten()(images))
    judge = keras.Model(images, keras.layers.Dense(1)(trunk))
    encoder = keras.Model(images, keras.layers.Dense(3)(trunk))
    with pytest.raises(ValueError, match="share no layer with weights.*'trunk/kernel'"):
        gan_of(judge, game=kg.games.Game(encoder))


def test_a_subclass_with_weights_of_its_own_is_scaled_in_float16():
    @keras.saving.register_keras_serializable(package="test_nested_layers")
    class Bare(keras.Model):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(3, 16), name="kernel")
            self.built = True

        def call(self, latents, training=False):
            kernel = tf.cast(self.kernel, latents.dtype)
            return tf.reshape(tf.sigmoid(latents @ kernel), (-1, 4, 4, 1))

    tiny = make_tiny_gan()
    gan = kg.GAN(Bare(dtype="mixed_float16"), tiny.discriminator, tiny.prior)
    gan.compile("sgd", "sgd")
    scaled = keras.optimizers.LossScaleOptimizer
    assert isinstance(gan.generator_optimizer, scaled)
    assert not isinstance(gan.discriminator_optimizer, scaled)


@pytest.mark.parametrize("first", ["logits", "tags"])
def test_the_activation_that_counts_is_that_of_the_logits(first):
    images = keras.Input((4, 4, 1))
    rows = keras.layers.Flatten()(images)
    made = {
        "logits": keras.layers.Dense(1)(rows),
        "tags": keras.layers.Dense(5, "sigmoid")(rows),
    }
    outputs = {name: made[name] for name in sorted(made, key=lambda one: one != first)}
    assert gan_of(keras.Model(images, outputs)).data_name == "images"
    outputs["logits"] = keras.layers.Dense(1, "sigmoid")(rows)
    with pytest.raises(ValueError, match="must end in one logit, without"):
        gan_of(keras.Model(images, outputs))
