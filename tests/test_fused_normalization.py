"""Batch normalization by one kernel is Keras's, in float64, up to rounding."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan

import keras_gan as kg
from keras_gan.layers.fused_normalization import fuse_normalization

RANDOM = np.random.default_rng(5)
MAPS = (4, 5, 6, 3)
SHAPES = [(12, 3), (4, 6, 3), (2, 3, 2, 4, 3)]
KINDS = {
    "plain": {},
    "no_gain": {"scale": False},
    "no_offset": {"center": False, "epsilon": 0.1},
    "neither": {"scale": False, "center": False, "momentum": 0.5},
}


def layer_with(shape, dtype, fused, **arguments):
    """A layer whose gains, offsets and moving statistics are not where they begin."""
    layer = keras.layers.BatchNormalization(dtype=dtype, **arguments)
    layer.build(shape)
    random = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(random.uniform(0.5, 2.0, weight.shape))
    if fused:
        fuse_normalization([layer])
        assert "call" in vars(layer)
    return layer


def played(layer, inputs, jit_compile=False):
    """Outputs, gradients, gradients of gradients, and all weights afterwards."""
    inputs = tf.constant(inputs, layer.compute_dtype)
    share = np.random.default_rng(2).normal(size=inputs.shape)
    weights = [weight.value for weight in layer.trainable_weights]

    @tf.function(jit_compile=jit_compile)
    def step():
        with tf.GradientTape() as outer:
            outer.watch(inputs)
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                outputs = layer(inputs, training=True)
                loss = tf.reduce_sum(tf.cast(share, outputs.dtype) * outputs**2)
            slopes = inner.gradient(loss, [inputs, *weights])
            penalty = tf.reduce_sum(slopes[0] ** 2)
        return outputs, slopes, outer.gradient(penalty, [inputs, *weights])

    found = [tf.cast(one, tf.float64).numpy() for one in tf.nest.flatten(step())]
    return [*found, *(np.asarray(one, "float64") for one in layer.get_weights())]


@pytest.mark.parametrize(
    ("shape", "kind", "jit_compile"),
    [
        *((shape, "plain", False) for shape in SHAPES),
        *((MAPS, kind, jit) for kind in KINDS for jit in (False, True)),
    ],
)
def test_values_gradients_and_statistics_are_those_of_keras(shape, kind, jit_compile):
    inputs = RANDOM.normal(2.0, 3.0, size=shape)
    twin = played(layer_with(shape, "float64", fused=False, **KINDS[kind]), inputs)
    layer = layer_with(shape, "float32", fused=True, **KINDS[kind])
    for ours, theirs in zip(played(layer, inputs, jit_compile), twin, strict=True):
        scale = np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-4 * scale)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_keeps_statistics_in_float32(dtype):
    shape = (64, 5, 5, 3)
    inputs = RANDOM.normal(2.0, 3.0, size=shape)
    inputs = tf.cast(tf.constant(inputs, dtype.removeprefix("mixed_")), tf.float64)
    layer = layer_with(shape, dtype, fused=True)
    twin = layer_with(shape, "float64", fused=False)
    outputs = layer(tf.cast(inputs, layer.compute_dtype), training=True)
    assert outputs.dtype == layer.compute_dtype
    expected = twin(inputs, training=True)
    np.testing.assert_allclose(tf.cast(outputs, tf.float64), expected, atol=0.05)
    for ours, theirs in zip(layer.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize(
    "arguments",
    [
        {"dtype": "float64"},
        {"axis": 1},
        {"trainable": False},
        {"synchronized": True},
    ],
    ids=str,
)
def test_what_the_kernel_cannot_do_is_left_to_keras(arguments, monkeypatch):
    def kernel(**_):
        raise AssertionError("the kernel was asked")

    monkeypatch.setattr(tf.raw_ops, "FusedBatchNormV3", kernel)
    layer = keras.layers.BatchNormalization(**arguments)
    twin = keras.layers.BatchNormalization(**arguments)
    fuse_normalization([layer])
    inputs = RANDOM.normal(size=(4, 3, 5, 3)).astype(layer.compute_dtype)
    for training in (True, False):
        np.testing.assert_array_equal(
            layer(inputs, training=training), twin(inputs, training=training)
        )
    with pytest.raises(AssertionError, match="was asked"):
        plain = keras.layers.BatchNormalization()
        fuse_normalization([plain])
        plain(inputs.astype("float32"), training=True)


def test_masked_rows_do_not_count():
    layer, twin = (keras.layers.BatchNormalization() for _ in range(2))
    fuse_normalization([layer])
    inputs = RANDOM.normal(size=(4, 6, 3)).astype("float32")
    mask = np.arange(6) < np.array([[2], [3], [6], [1]])
    given = {"training": True, "mask": mask}
    np.testing.assert_array_equal(layer(inputs, **given), twin(inputs, **given))


class Doubled(keras.layers.BatchNormalization):
    def call(self, inputs, training=None, mask=None):
        return 2 * super().call(inputs, training=training, mask=mask)


def test_a_rule_of_its_own_stays():
    layers = [Doubled(), kg.layers.ConditionalBatchNormalization(3)]
    fuse_normalization(layers)
    assert not any("call" in vars(layer) for layer in layers)


@pytest.mark.exhaustive
def test_a_game_trains_by_it_and_is_saved_with_layers_of_keras(tmp_path):
    latents = keras.Input((3,), name="latents")
    rows = keras.layers.BatchNormalization(name="normalized")(
        keras.layers.Dense(16)(latents)
    )
    generator = keras.Model(latents, keras.layers.Reshape((4, 4, 1))(rows))
    gan = kg.GAN(
        generator, make_tiny_gan().discriminator, kg.priors.UniformPrior(3), seed=0
    )
    gan.compile("sgd", "sgd")
    assert "call" in vars(generator.get_layer("normalized"))
    gan.fit(RANDOM.uniform(size=(20, 4, 4, 1)).astype("float32"), verbose=0)
    moved = generator.get_layer("normalized").moving_variance.numpy()
    assert np.all(moved != 1)
    gan.generator.save(tmp_path / "generator.keras")
    alone = keras.models.load_model(tmp_path / "generator.keras")
    normalization = alone.get_layer("normalized")
    assert type(normalization) is keras.layers.BatchNormalization
    assert "call" not in vars(normalization)
    np.testing.assert_array_equal(
        alone(np.ones((2, 3))), gan.generator(np.ones((2, 3)), training=False)
    )
