import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import Maxout, WeightNormalization, initialize_from_data

RANDOM = np.random.default_rng(7)


def test_outputs_and_gradients_are_the_closed_form():
    # Salimans and Kingma, equations 2 and 3, in float64.
    layer = WeightNormalization(keras.layers.Dense(4, dtype="float64"))
    inputs = tf.constant(RANDOM.normal(size=(5, 3)))
    layer.build(inputs.shape)
    kernel, scale, bias = (RANDOM.normal(size=size) for size in ((3, 4), 4, 4))
    layer.layer.kernel.assign(kernel)
    layer.layer.bias.assign(bias)
    layer.scale.assign(scale)
    with tf.GradientTape() as tape:
        outputs = layer(inputs)
        loss = tf.reduce_sum(tf.square(outputs))
    of_kernel, of_scale = tape.gradient(
        loss, [layer.layer.kernel.value, layer.scale.value]
    )
    norms = np.linalg.norm(kernel, axis=0)
    effective = scale * kernel / norms
    np.testing.assert_allclose(outputs, inputs.numpy() @ effective + bias, rtol=1e-12)
    slope = 2 * inputs.numpy().T @ outputs.numpy()  # of the effective kernel
    along = np.sum(slope * kernel / norms, axis=0)
    np.testing.assert_allclose(of_scale, along, rtol=1e-10)
    expected = scale / norms * (slope - along * kernel / norms)
    np.testing.assert_allclose(of_kernel, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "wrapped",
    [
        keras.layers.Conv2D(4, (3, 2), dtype="float64"),
        keras.layers.Conv2DTranspose(4, (3, 2), dtype="float64"),
    ],
    ids=["Conv2D", "Conv2DTranspose"],
)
def test_each_output_of_a_convolution_has_a_kernel_of_its_scale(wrapped):
    layer = WeightNormalization(wrapped)
    layer.build((None, 6, 6, 3))
    layer.scale.assign([1.0, 2.0, 0.5, 3.0])
    axes = (0, 1, 2) if type(wrapped) is keras.layers.Conv2D else (0, 1, 3)
    norms = np.sqrt(np.sum(np.square(layer.effective_kernel()), axis=axes))
    np.testing.assert_allclose(norms, [1.0, 2.0, 0.5, 3.0], rtol=1e-12)
    shape = layer(tf.zeros((2, 6, 6, 3), "float64")).shape
    assert shape == layer.compute_output_shape((2, 6, 6, 3))


def test_a_column_of_zeros_stays_zero():
    layer = WeightNormalization(keras.layers.Dense(2, kernel_initializer="zeros"))
    outputs = layer(tf.ones((1, 3)))
    np.testing.assert_array_equal(outputs, [[0.0, 0.0]])


def test_a_fixed_scale_is_no_trainable_weight():
    layer = WeightNormalization(keras.layers.Dense(2), trainable_scale=False)
    layer.build((None, 3))
    assert [one.name for one in layer.non_trainable_weights] == ["scale"]
    assert [one.name for one in layer.trainable_weights] == ["kernel", "bias"]


def network(*behind):
    inputs = keras.Input((6, 6, 2))
    outputs = inputs
    layers = keras.layers.Conv2D(3, 3), keras.layers.Flatten(), keras.layers.Dense(4)
    for layer in layers:
        normalized = not isinstance(layer, keras.layers.Flatten)
        outputs = (WeightNormalization(layer) if normalized else layer)(outputs)
        for one in behind:
            outputs = one()(outputs)
    return keras.Model(inputs, outputs)


def test_initialization_gives_every_layer_mean_0_and_deviation_1():
    model = network(keras.layers.ReLU)
    images = RANDOM.normal(3.0, 5.0, size=(300, 6, 6, 2)).astype("float32")
    initialize_from_data(model, images)
    for layer in model.layers:
        if isinstance(layer, WeightNormalization):
            outputs = keras.Model(model.input, layer.output)(images).numpy()
            rows = outputs.reshape(-1, outputs.shape[-1]).astype("float64")
            np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-5)
            np.testing.assert_allclose(rows.std(axis=0), 1, rtol=1e-5)


def test_initialization_sees_the_noise_of_training():
    def deviation_after(stddev):
        model = network(lambda: keras.layers.GaussianNoise(stddev, seed=1))
        initialize_from_data(model, RANDOM.normal(size=(300, 6, 6, 2)))
        return model.layers[-2].scale.numpy().mean()

    assert deviation_after(0.99) < 0.9 * deviation_after(1e-6)


def test_what_cannot_be_initialized_is_refused():
    rows = np.ones((5, 3), "float32")
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="`network` must have layers"):
        initialize_from_data(plain, rows)
    bent = keras.layers.Dense(2, activation="relu")
    bent = keras.Sequential([keras.Input((3,)), WeightNormalization(bent)])
    with pytest.raises(ValueError, match="activations behind"):
        initialize_from_data(bent, rows)
    pieces = WeightNormalization(Maxout(2, 3))
    pieces = keras.Sequential([keras.Input((3,)), pieces])
    with pytest.raises(ValueError, match="a Maxout, with 6 scales and 2 outputs"):
        initialize_from_data(pieces, RANDOM.normal(size=(20, 3)))
    straight = WeightNormalization(keras.layers.Dense(2))
    straight = keras.Sequential([keras.Input((3,)), straight])
    before = straight.get_weights()
    with pytest.raises(ValueError, match="`data` must let every output"):
        initialize_from_data(straight, rows)
    for old, new in zip(before, straight.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_layer_without_a_kernel_is_refused():
    with pytest.raises(ValueError, match="`layer` must have a weight named"):
        WeightNormalization(keras.layers.LayerNormalization())(tf.ones((1, 2)))


def test_each_output_of_a_depthwise_convolution_has_a_scale():
    layer = WeightNormalization(keras.layers.DepthwiseConv2D(3, depth_multiplier=2))
    layer.build((None, 6, 6, 4))
    scale = np.arange(1.0, 9.0)
    layer.scale.assign(scale)
    kernel = layer.effective_kernel().numpy()  # [height, width, channels, outputs]
    norms = np.sqrt(np.sum(np.square(kernel), axis=(0, 1)))
    np.testing.assert_allclose(norms.ravel(), scale, rtol=1e-5)
    model = keras.Sequential([keras.Input((6, 6, 4)), layer])
    images = RANDOM.normal(2.0, 3.0, size=(200, 6, 6, 4)).astype("float32")
    initialize_from_data(model, images)
    np.testing.assert_allclose(model(images).numpy().std((0, 1, 2)), 1, rtol=1e-4)


def test_without_a_bias_the_deviation_alone_is_set():
    plain = WeightNormalization(keras.layers.Dense(2, use_bias=False))
    model = keras.Sequential([keras.Input((3,)), plain])
    rows = RANDOM.normal(5.0, 2.0, size=(500, 3)).astype("float32")
    before = model(rows).numpy()
    initialize_from_data(model, rows)
    expected = before / before.std(axis=0, dtype="float64")
    np.testing.assert_allclose(model(rows), expected, rtol=1e-4)


def test_layers_that_would_stay_as_they_are_are_refused():
    rows = RANDOM.normal(size=(50, 3)).astype("float32")
    layer = WeightNormalization(keras.layers.Dense(3))
    inputs = keras.Input((3,))
    twice = keras.Model(inputs, layer(layer(inputs)))
    with pytest.raises(ValueError, match="call each .* once.*called 2 times"):
        initialize_from_data(twice, rows)
    dense = (WeightNormalization(keras.layers.Dense(3)) for _ in range(2))
    inner = keras.Sequential([keras.Input((3,)), next(dense)])
    outer = keras.Sequential([keras.Input((3,)), inner, next(dense)])
    with pytest.raises(ValueError, match="Received: 1 within other models"):
        initialize_from_data(outer, rows)
    with pytest.raises(ValueError, match="`data` must be finite"):
        initialize_from_data(inner, np.full((5, 3), np.nan, "float32"))
