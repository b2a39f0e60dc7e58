"""Which games XLA compiles where `jit_compile` is left open, on processors alone."""

import keras
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.networks import dcgan_discriminator, dcgan_generator
from keras_gan.training import compilation
from keras_gan.training.compilation import _kernel_exceeds_map

pytestmark = pytest.mark.skipif(
    bool(tf.config.get_visible_devices("GPU")), reason="there Keras chooses"
)


@pytest.fixture
def without_onednn(monkeypatch):
    monkeypatch.setattr(compilation, "tensorflow_has_onednn", lambda: False)


def dense_gan(units=1000, dtype="float32"):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        return kg.GAN(
            kg.networks.mlp_generator(4, (4, 4, 1), hidden_units=(units, units)),
            kg.networks.maxout_discriminator((4, 4, 1), hidden_units=(5,)),
            kg.priors.NormalPrior(4),
        )
    finally:
        keras.config.set_dtype_policy(policy)


def chosen(gan, **rules):
    gan.compile("adam", keras.optimizers.Adam(), **rules)
    return gan.jit_compile


class NeedsKernels(kg.terms.GradientPenalty):
    supports_jit = False


@pytest.mark.parametrize(
    ("gan", "rules", "expected"),
    [
        ({}, {}, True),
        ({}, {"jit_compile": "auto"}, True),
        ({}, {"jit_compile": False}, False),
        ({}, {"simultaneous": True}, False),
        ({}, {"run_eagerly": True}, False),
        ({}, {"terms": [NeedsKernels()]}, False),
        ({"units": 100}, {}, False),
        ({"units": 100}, {"jit_compile": True}, True),
        ({"dtype": "mixed_bfloat16"}, {}, False),
    ],
)
def test_rules_of_the_game_choose(without_onednn, gan, rules, expected):
    assert chosen(dense_gan(**gan), **rules) is expected


def test_onednn_needs_no_xla(monkeypatch):
    monkeypatch.setattr(compilation, "tensorflow_has_onednn", lambda: True)
    assert chosen(dense_gan()) is False


@pytest.mark.exhaustive
def test_a_layer_that_xla_cannot_compile(without_onednn):
    gan = dense_gan()
    gan.discriminator.layers[1].supports_jit = False
    assert chosen(gan) is False


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (keras.layers.Dropout(0.5), False),
        (keras.layers.GaussianNoise(0.5), False),
        (kg.layers.GaussianInputNoise(0.5), False),
        (kg.layers.Dropout(0.5), True),  # of bits
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_random_floats_are_left_to_kernels(without_onednn, layer, expected):
    pair = dense_gan()
    images = keras.Input((4, 4, 1))
    logits = pair.discriminator(layer(images))
    gan = kg.GAN(pair.generator, keras.Model(images, logits), pair.prior)
    assert chosen(gan) is expected


def test_replicas_are_not_compiled(without_onednn):
    with tf.distribute.OneDeviceStrategy("CPU:0").scope():
        assert chosen(dense_gan()) is False


@pytest.mark.parametrize(("asked", "elsewhere"), [("auto", False), (True, True)])
def test_what_was_asked_is_saved(
    asked, elsewhere, without_onednn, monkeypatch, tmp_path
):
    gan = dense_gan()
    assert chosen(gan, jit_compile=asked)
    gan.save(tmp_path / "gan.keras")
    monkeypatch.setattr(compilation, "tensorflow_has_onednn", lambda: True)
    assert kg.load(tmp_path / "gan.keras").jit_compile is elsewhere


@pytest.mark.parametrize(("side", "expected"), [(28, True), (32, False)])
def test_kernels_beyond_their_maps_are_left_to_tensorflow(
    without_onednn, side, expected
):
    """5 x 5 kernels: 28 pixels a side are halved to 7, but 32 to 4."""
    shape = (side, side, 1)
    gan = kg.GAN(
        dcgan_generator(100, shape),
        dcgan_discriminator(shape),
        kg.priors.NormalPrior(100),
    )
    assert chosen(gan) is expected


@pytest.mark.parametrize(
    ("side", "kernel_size", "strides", "expected"),
    [(4, 4, 1, False), (4, 5, 1, True), (8, 5, 2, True), (16, 5, 2, False)],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_the_smaller_map_counts(side, kernel_size, strides, expected, wrapped):
    layer = keras.layers.Conv2D(2, kernel_size, strides=strides, padding="same")
    outer = keras.layers.SpectralNormalization(layer) if wrapped else layer
    outer.build((None, side, side, 3))
    assert _kernel_exceeds_map(layer) is expected


def test_maps_of_open_size_are_left_to_xla():
    layer = keras.layers.Conv2D(2, 5)
    assert _kernel_exceeds_map(layer) is False
    layer.build((None, None, None, 3))
    assert _kernel_exceeds_map(layer) is False


def test_tensorflow_tells_whether_onednn_is_on():
    assert isinstance(compilation.tensorflow_has_onednn(), bool)


def test_a_layer_of_ones_own_with_a_kernel_size_is_no_convolution(without_onednn):
    class Block(keras.layers.Layer):
        kernel_size = 3

        def call(self, inputs):
            return inputs

    latents, images = keras.Input((3,)), keras.Input((4,))
    wide = keras.layers.Dense(400_000)(latents)
    gan = kg.GAN(
        keras.Model(latents, keras.layers.Dense(4)(wide)),
        keras.Model(images, keras.layers.Dense(1)(Block()(images))),
        kg.priors.NormalPrior(3),
    )
    assert chosen(gan) is True
