import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.networks import stacked_digits_discriminator, stacked_digits_generator

VEEGAN_GENERATOR = {
    **{"latent_dim": 100, "filters": (512, 256, 128, 64)},
    **{"kernel_size": 5, "last_stride": 2},
}
VEEGAN_DISCRIMINATOR = {
    **{"filters": (64, 128, 256, 512), "kernel_size": 5},
    **{"first_normalized": False, "negative_slope": 0.2},
}


def weights_of(layers):
    """Weights of kernels with biases, by the products of their published shapes."""
    return sum(np.prod(shape) + shape[-1] for shape in layers)


def test_small_networks_have_the_published_layers():
    # fjxmlzn/PacGAN 190853e, unrolled_GAN_experiment/D=0.25G/model.py
    generator = stacked_digits_generator()
    layers = [(256, 1024), (3, 3, 64, 32), (3, 3, 32, 16), (3, 3, 16, 8), (3, 3, 8, 3)]
    assert generator.count_params() == weights_of(layers) + 4 * (64 + 32 + 16 + 8)
    discriminator = stacked_digits_discriminator()
    layers = [(3, 3, 3, 2), (3, 3, 2, 4), (3, 3, 4, 8), (4 * 4 * 8, 1)]
    assert discriminator.count_params() == weights_of(layers) + 4 * (2 + 4 + 8)
    packed = stacked_digits_discriminator(packing=4)
    assert packed.count_params() - discriminator.count_params() == 3 * 3 * 9 * 2
    assert stacked_digits_discriminator((4, 8, 16)).layers[1].filters == 4


def test_large_networks_have_the_published_layers():
    # The same repository, VEEGAN_experiment/model.py: 28 halves to 14, 7, 4 and 2.
    generator = stacked_digits_generator(**VEEGAN_GENERATOR)
    sides = [
        layer.output.shape[1:] for layer in generator.layers if "transp" in layer.name
    ]
    assert sides == [(4, 4, 256), (7, 7, 128), (14, 14, 64), (28, 28, 3)]
    discriminator = stacked_digits_discriminator(**VEEGAN_DISCRIMINATOR)
    normalized = [
        layer.name
        for layer in discriminator.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert normalized == [f"normalization_{index}" for index in (1, 2, 3)]
    assert discriminator.get_layer("flatten").output.shape == (None, 2 * 2 * 512)


@pytest.mark.parametrize("kernel_size", [3, 5])
def test_a_grid_of_four_becomes_seven_as_in_the_published_code(kernel_size):
    generator = stacked_digits_generator(5, (4, 3, 2), kernel_size, last_stride=2)
    layer = generator.get_layer("transposed_convolution_1")
    random = np.random.default_rng(0)
    grid = random.normal(size=(2, 4, 4, 4)).astype("float32")
    expected = tf.nn.conv2d_transpose(
        grid, layer.kernel.value, (2, 7, 7, 3), strides=2, padding="SAME"
    )
    np.testing.assert_allclose(layer(grid), expected, rtol=1e-5, atol=1e-6)


def test_without_normalization_a_signal_arrives():
    images = np.random.default_rng(0).uniform(-1, 1, (200, 28, 28, 3))
    network = stacked_digits_discriminator((16, 32, 64), normalization=None)
    seen = keras.Model(network.input, network.get_layer("flatten").output)(images)
    assert 0.2 < np.std(seen) < 2  # He's scale; N(0, 0.02^2) would leave 1e-3


@pytest.mark.parametrize(
    ("build", "arguments"),
    [
        (stacked_digits_generator, {"latent_dim": 0}),
        (stacked_digits_generator, {"filters": (4, 0)}),
        (stacked_digits_generator, {"filters": (4,)}),
        (stacked_digits_generator, {"kernel_size": 4}),
        (stacked_digits_generator, {"last_stride": 3}),
        (stacked_digits_generator, {"filters": (2,) * 7}),
        (stacked_digits_discriminator, {"filters": (2,) * 6}),
        (stacked_digits_discriminator, {"packing": 0}),
        (stacked_digits_discriminator, {"normalization": "layer"}),
        (stacked_digits_discriminator, {"negative_slope": 1.0}),
        (stacked_digits_discriminator, {"seed": -1}),
    ],
)
def test_arguments_are_named(build, arguments):
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))}"):
        build(**arguments)
