"""Kernel gradients of small maps are the sums that define them, and Keras's."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan

import keras_gan as kg
from keras_gan.layers import small_map_gradients
from keras_gan.layers.small_map_gradients import (
    kernel_gradient,
    quicken_kernel_gradients,
)

RANDOM = np.random.default_rng(3)
# kernel, strides, padding, size of the large map
GEOMETRIES = [
    (5, 2, "same", (8, 8)),
    (5, 2, "same", (7, 5)),
    (4, 2, "same", (8, 6)),
    (3, 1, "same", (4, 4)),
    (3, 2, "valid", (7, 7)),
    (3, 2, "valid", (8, 8)),  # the last row and column are under no kernel
    (1, 3, "same", (9, 10)),
    ((3, 5), 2, "same", (8, 8)),
]


@pytest.fixture
def any_dtype(monkeypatch):
    """The way for bfloat16, for every dtype and processor."""
    dtypes = (tf.bfloat16, tf.float32, tf.float64)
    monkeypatch.setattr(small_map_gradients, "_DTYPES", dtypes)
    monkeypatch.setattr(small_map_gradients, "_processor_gains", lambda: True)


def built(kind, geometry, channels, filters, dtype="float64", **arguments):
    kernel, strides, padding, size = geometry
    layer = kind(
        filters, kernel, strides, padding, dtype=dtype, activation="tanh", **arguments
    )
    layer.build((None, *size, channels))
    random = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(random.normal(scale=0.3, size=weight.shape))
    return layer


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_the_gradient_is_the_sum_that_defines_it(geometry):
    size = geometry[3]
    layer = built(keras.layers.Conv2D, geometry, 2, 3)
    _, height, width, _ = layer.compute_output_shape((None, *size, 2))
    large = RANDOM.normal(size=(5, *size, 2))
    small = RANDOM.normal(size=(5, height, width, 3))
    (rows, columns), (stride, _) = layer.kernel_size, layer.strides
    margins = [(0, 0)] * 4
    if geometry[2] == "same":  # TensorFlow's: what is odd goes behind
        for axis, (places, extent) in enumerate(
            zip((height, width), (rows, columns), strict=True), start=1
        ):
            total = max((places - 1) * stride + extent - size[axis - 1], 0)
            margins[axis] = (total // 2, total - total // 2)
    padded = np.pad(large, margins)
    expected = np.zeros((rows, columns, 2, 3))
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            window = padded[:, top : top + rows, left : left + columns]
            expected += np.einsum("nijc,no->ijco", window, small[:, row, column])
    found = kernel_gradient(tf.constant(large), tf.constant(small), layer)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def played(layer, inputs):
    """Outputs, gradients, and gradients of a slope penalty, in a graph."""
    inputs = tf.constant(inputs, layer.compute_dtype)
    share = np.random.default_rng(2).normal(size=layer(inputs).shape)
    weights = [weight.value for weight in layer.trainable_weights]

    # The number of images is not known to the graph.
    @tf.function(
        input_signature=[tf.TensorSpec([None, *inputs.shape[1:]], inputs.dtype)]
    )
    def step(inputs):
        with tf.GradientTape() as outer:
            outer.watch(inputs)
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                outputs = layer(inputs)
                loss = tf.reduce_sum(tf.cast(share, outputs.dtype) * outputs)
            slopes = inner.gradient(loss, [inputs, *weights])
            penalty = tf.reduce_sum(slopes[0] ** 2)
        return outputs, slopes, outer.gradient(penalty, [inputs, *weights])

    return [tf.cast(one, tf.float64).numpy() for one in tf.nest.flatten(step(inputs))]


@pytest.mark.parametrize("kind", [keras.layers.Conv2D, keras.layers.Conv2DTranspose])
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "mixed_bfloat16"])
@pytest.mark.parametrize("geometry", [GEOMETRIES[0], GEOMETRIES[4]], ids=str)
def test_layers_play_as_those_of_keras(
    kind, use_bias, dtype, geometry, any_dtype, monkeypatch
):
    size = (3, 4) if kind is keras.layers.Conv2DTranspose else geometry[3]
    geometry = (*geometry[:3], size)
    layer = built(kind, geometry, 3, 2, dtype, use_bias=use_bias)
    twin = built(kind, geometry, 3, 2, "float64", use_bias=use_bias)
    twin.set_weights([np.asarray(one, "float64") for one in layer.get_weights()])
    quicken_kernel_gradients([layer], False)
    computed = []
    monkeypatch.setattr(
        small_map_gradients,
        "kernel_gradient",
        lambda *given: computed.append(1) or kernel_gradient(*given),
    )
    inputs = RANDOM.normal(size=(4, *size, 3))
    inputs = tf.cast(tf.cast(inputs, layer.compute_dtype), tf.float64).numpy()
    tolerance = 1e-10 if dtype == "float64" else 0.1
    for ours, theirs in zip(played(layer, inputs), played(twin, inputs), strict=True):
        scale = np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale)
    assert computed


@pytest.mark.parametrize(
    "arguments",
    [
        {"dtype": "float32"},
        {"dilation_rate": 2, "strides": 1},
        {"groups": 2},
        {"strides": 1},  # 64 places, more than four for each of the nine entries
    ],
    ids=str,
)
def test_what_gains_nothing_is_left_to_keras(arguments, monkeypatch):
    monkeypatch.setattr(small_map_gradients, "_processor_gains", lambda: True)
    monkeypatch.setattr(small_map_gradients, "kernel_gradient", None)
    arguments = {"strides": 2, "padding": "same", "dtype": "bfloat16"} | arguments
    layer = keras.layers.Conv2D(4, 3, **arguments)
    inputs = tf.cast(RANDOM.normal(size=(2, 8, 8, 2)), arguments["dtype"])
    quicken_kernel_gradients([layer], False)
    with tf.GradientTape() as tape:
        outputs = layer(inputs)
    assert tape.gradient(outputs, layer.trainable_weights)[0] is not None


class Doubled(keras.layers.Conv2D):
    def convolution_op(self, inputs, kernel):
        return 2 * super().convolution_op(inputs, kernel)


def test_a_rule_of_its_own_and_other_ranks_stay(any_dtype):
    layers = [
        Doubled(2, 3),
        keras.layers.Conv1D(2, 3),
        keras.layers.Conv1DTranspose(2, 3),
        keras.layers.DepthwiseConv2D(3),
    ]
    quicken_kernel_gradients(layers, False)
    plain = keras.layers.Conv2D(2, 3)
    quicken_kernel_gradients([plain], jit_compile=True)
    for layer in (*layers, plain):
        assert not {"call", "convolution_op"} & vars(layer).keys()


def test_a_game_learns_by_it_and_is_saved_with_layers_of_keras(any_dtype, tmp_path):
    images = keras.Input((4, 4, 1), name="images")
    maps = keras.layers.Conv2D(2, 3, 2, "same", name="convolution")(images)
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(maps))
    discriminator = keras.Model(images, logits)
    before = discriminator.get_weights()
    gan = kg.GAN(
        make_tiny_gan().generator, discriminator, kg.priors.UniformPrior(3), seed=0
    )
    gan.compile("sgd", "sgd", jit_compile=False)
    assert "convolution_op" in vars(discriminator.get_layer("convolution"))
    gan.fit(RANDOM.uniform(size=(20, 4, 4, 1)).astype("float32"), verbose=0)
    assert np.abs(discriminator.get_weights()[0] - before[0]).max() > 0
    discriminator.save(tmp_path / "discriminator.keras")
    alone = keras.models.load_model(tmp_path / "discriminator.keras")
    convolution = alone.get_layer("convolution")
    assert type(convolution) is keras.layers.Conv2D
    assert "convolution_op" not in vars(convolution)
