"""The convolutional networks of 2014, layer by layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.layers import CeilMaxPooling2D, MaxoutConv2D, UntiedBias
from keras_gan.networks import (
    MaxoutBlock,
    deconvolutional_generator,
    maxout_convolutional_discriminator,
)

RANDOM = np.random.default_rng(0)


# ------------------------------------------------------------------------ maxout


@pytest.mark.parametrize("num_pieces", [1, 2, 3])
def test_maxout_is_the_largest_of_its_convolutions(num_pieces):
    images = RANDOM.normal(size=(2, 6, 7, 3)).astype("float32")
    layer = MaxoutConv2D(4, (3, 2), num_pieces, strides=2, padding="same")
    outputs = layer(images)
    layer.bias.assign(RANDOM.normal(size=layer.bias.shape))
    outputs = layer(images)
    pieces = [
        tf.nn.conv2d(images, layer.kernel[..., part], 2, "SAME") + layer.bias[part]
        for part in (slice(4 * p, 4 * p + 4) for p in range(num_pieces))
    ]
    expected = np.max(np.stack(pieces), axis=0)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)
    assert layer.compute_output_shape(images.shape) == outputs.shape


def test_maxout_needs_channels_last():
    with pytest.raises(ValueError, match="`data_format` must be 'channels_last'"):
        MaxoutConv2D(4, 3, 2, data_format="channels_first")
    with pytest.raises(ValueError, match="`num_pieces`"):
        MaxoutConv2D(4, 3, 0)


@pytest.mark.parametrize("arguments", [{"activation": "relu"}, {"groups": 2}])
def test_maxout_takes_no_other_activation(arguments):
    with pytest.raises(ValueError, match="`activation` and `groups` must be left out"):
        MaxoutConv2D(4, 3, 2, **arguments)


# ----------------------------------------------------------------------- pooling


def pooled_by_hand(images, pool_size, strides):
    """Every window that is needed to cover the map, cut at its far edge."""
    _, height, width, _ = images.shape

    def starts(size):
        found = [0]
        while found[-1] + pool_size < size:
            found.append(found[-1] + strides)
        return found

    return np.stack(
        [
            np.stack(
                [
                    images[:, i : i + pool_size, j : j + pool_size].max((1, 2))
                    for j in starts(width)
                ],
                axis=1,
            )
            for i in starts(height)
        ],
        axis=1,
    )


@pytest.mark.parametrize(
    ("size", "pool_size", "strides", "pooled"),
    [(33, 4, 2, 16), (15, 4, 2, 7), (9, 2, 2, 5), (8, 2, 2, 4), (4, 4, 3, 1)],
)
def test_pooling_keeps_partial_windows(size, pool_size, strides, pooled):
    images = RANDOM.normal(size=(2, size, size + strides, 3)).astype("float32") - 5
    outputs = CeilMaxPooling2D(pool_size, strides)(images)
    assert outputs.shape[1:3] == (pooled, pooled + 1)
    np.testing.assert_array_equal(outputs, pooled_by_hand(images, pool_size, strides))


def test_pooling_sends_the_gradient_to_pixels_alone():
    images = tf.constant(RANDOM.normal(size=(1, 5, 5, 1)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(CeilMaxPooling2D(2, 2)(images))
    gradient = tape.gradient(total, images)
    assert float(tf.reduce_sum(gradient)) == 9.0  # one for each of 3 x 3 windows
    assert set(np.unique(gradient)) == {0.0, 1.0}


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_pooling_in_low_precision(dtype):
    images = -RANDOM.uniform(1, 2, size=(2, 5, 5, 1)).astype("float32")
    outputs = CeilMaxPooling2D(2, 2, dtype=dtype)(images)
    expected = pooled_by_hand(images, 2, 2)
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), expected, rtol=1e-2)


def test_pooling_refuses_gaps_and_small_maps():
    with pytest.raises(ValueError, match="`strides` must be at most `pool_size`"):
        CeilMaxPooling2D(2, 3)
    with pytest.raises(ValueError, match="`pool_size=4` must fit into the map"):
        CeilMaxPooling2D(4, 2)(np.zeros((1, 3, 8, 1), "float32"))


def test_untied_bias_is_one_for_each_number():
    layer = UntiedBias()
    layer.build((None, 2, 3, 4))
    bias = RANDOM.normal(size=(2, 3, 4)).astype("float32")
    layer.bias.assign(bias)
    inputs = RANDOM.normal(size=(5, 2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(layer(inputs), inputs + bias)


# --------------------------------------------------------------- initial weights


def test_sparse_columns_have_exactly_so_many_weights():
    kernel = np.asarray(kg.initializers.SparseNormal(100, seed=1)((500, 400)))
    assert (np.count_nonzero(kernel, axis=0) == 100).all()
    weights = kernel[kernel != 0]  # 40,000 of them: 5 standard errors
    assert abs(weights.mean()) < 5 / 200
    assert abs(weights.std() - 1) < 5 / (200 * np.sqrt(2))
    # Each input is used by about a fifth of the units, none by all or by no unit.
    used = np.count_nonzero(kernel, axis=1) / 400
    assert abs(used - 0.2).max() < 6 * np.sqrt(0.2 * 0.8 / 400)


def test_sparse_columns_are_those_of_the_seed():
    one, two, other = (
        np.asarray(kg.initializers.SparseNormal(3, 0.5, seed)((9, 8)))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


@pytest.mark.parametrize("shape", [(5, 3), (3, 3, 8, 8)])
def test_sparse_columns_need_enough_inputs(shape):
    with pytest.raises(ValueError, match="`num_nonzero=6` needs a kernel"):
        kg.initializers.SparseNormal(6)(shape)


# ---------------------------------------------------------------------- networks


def test_published_sizes_of_the_discriminator():
    """Maps of cifar10_convolutional.yaml: 33, 16, 15, 7, 9, 5."""
    network = maxout_convolutional_discriminator((32, 32, 3))
    sizes = [
        network.get_layer(f"{kind}_{index}").output.shape[1:]
        for index in range(3)
        for kind in ("maxout_convolution", "pool")
    ]
    assert sizes == [
        (33, 33, 32),
        (16, 16, 32),
        (15, 15, 32),
        (7, 7, 32),
        (9, 9, 192),
        (5, 5, 192),
    ]
    assert network.get_layer("flatten").output.shape[1:] == (4800,)
    rates = [layer.rate for layer in network.layers if hasattr(layer, "rate")]
    assert rates == [0.2, 0.5, 0.5, 0.5, 0.5]


def test_generator_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"gives \(32, 32\)"):
        deconvolutional_generator(100, (28, 28, 1))


@pytest.mark.parametrize("kernel_size, height, width", [(2, 5, 8), (1, 4, 7)])
def test_a_kernel_leaves_no_pixel_out(kernel_size, height, width):
    # Keras's layer fills such images up to 6 x 9, which no weight reaches everywhere.
    layer = keras.layers.Conv2DTranspose(1, kernel_size, 3, use_bias=False)
    made = layer(np.ones((1, 2, 3, 4), "float32")).numpy()
    assert made.shape == (1, 6, 9, 1) and np.any(made == 0)
    with pytest.raises(ValueError, match="`kernel_size` must be at least `strides`"):
        deconvolutional_generator(
            3, (height, width, 1), 6, (2, 3, 4), kernel_size=kernel_size, strides=3
        )
    whole = deconvolutional_generator(
        3, (6, 9, 1), 6, (2, 3, 4), kernel_size=3, strides=3
    )
    assert whole.output_shape == (None, 6, 9, 1)


def test_weights_begin_within_their_range():
    generator = deconvolutional_generator(
        3, (7, 7, 1), hidden_units=50, grid=(2, 2, 8), kernel_size=4, seed=1
    )
    discriminator = maxout_convolutional_discriminator(
        (8, 8, 1), [MaxoutBlock(3, 3, 1, 2, 2)], hidden_units=4, seed=1
    )
    for network, bound in ((generator, 0.05), (discriminator, 0.005)):
        for variable in network.trainable_variables:
            largest = float(tf.reduce_max(tf.abs(variable)))
            assert largest <= bound if variable.name == "kernel" else largest == 0.0
            assert variable.name != "kernel" or largest > 0.2 * bound


def test_images_of_mixed_precision_are_float32():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = deconvolutional_generator(
            3, (7, 7, 1), hidden_units=5, grid=(2, 2, 4), kernel_size=4
        )
    finally:
        keras.config.set_dtype_policy(policy)
    assert network(np.zeros((1, 3))).dtype == "float32"
