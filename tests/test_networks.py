import keras
import numpy as np
import pytest

from keras_gan import networks
from keras_gan.networks import (
    maxout_discriminator,
    mlp_generator,
    pixel_marginal_logits,
)


def test_the_mnist_networks_have_the_parameters_of_2014():
    # reference: 100-1200-1200-784 and 784-240x5-240x5-1, with biases.
    generator = mlp_generator(100, (28, 28, 1))
    discriminator = maxout_discriminator((28, 28, 1))
    assert generator.count_params() == 2_503_984
    assert discriminator.count_params() == 1_231_441


def test_the_generator_starts_as_published():
    generator = mlp_generator(100, (28, 28, 1), output_bias=np.full(784, -2.0))
    kernels = [weight for weight in generator.weights if "kernel" in weight.path]
    for kernel in kernels:
        values = kernel.numpy()
        assert 0.0499 < np.abs(values).max() <= 0.05
        np.testing.assert_allclose(values.std(), 0.05 / np.sqrt(3), rtol=0.01)
    assert not np.allclose(kernels[0].numpy()[:50, :50], kernels[1].numpy()[:50, :50])
    np.testing.assert_array_equal(
        generator.get_layer("dense_2").bias, np.full(784, -2.0)
    )


def test_dropout_acts_on_the_input_of_every_layer():
    layers = maxout_discriminator((28, 28, 1)).layers
    names = [type(layer).__name__ for layer in layers]
    assert names[1:] == ["Flatten", *["Dropout", "Maxout"] * 2, "Dropout", "Dense"]
    rates = [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)]
    assert rates == [0.2, 0.5, 0.5]
    kernels = [layer.kernel for layer in layers if hasattr(layer, "kernel")]
    assert all(0.0049 < np.abs(kernel).max() <= 0.005 for kernel in kernels[:2])


def test_the_seed_decides_the_weights():
    one, same, other = (mlp_generator(4, (2, 2, 1), (5,), seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.get_weights()[0], same.get_weights()[0])
    assert not np.array_equal(one.get_weights()[0], other.get_weights()[0])


def test_pixel_marginals_are_clipped_as_pylearn2_does():
    images = np.array([[0.0, 1.0, 0.2], [0.0, 1.0, 0.4]]).reshape(2, 3, 1, 1)
    logits = pixel_marginal_logits(images).ravel()
    # An always-off pixel gets bias -16.118, its mean being clipped at 1e-7.
    np.testing.assert_allclose(logits, [-16.118, 16.118, np.log(0.3 / 0.7)], atol=1e-3)


@pytest.mark.parametrize("image_shape", [(8, 8, 1), (5, 7, 3)])
def test_generated_images_have_the_shape_asked_for(image_shape):
    assert mlp_generator(3, image_shape, (4,)).output_shape == (None, *image_shape)


@pytest.mark.parametrize(
    "build",
    [
        lambda: networks.dcgan_generator(2, (8, 8, 1), base_filters=2),
        lambda: networks.dcgan_discriminator((8, 8, 1), base_filters=2),
        lambda: networks.residual_generator(2, (8, 8, 1), base_filters=2),
        lambda: networks.r3gan_discriminator((8, 8, 1), base_filters=2),
        lambda: networks.stacked_digits_generator(2),
        lambda: networks.wavegan_generator(2, (64, 1), base_filters=2),
        lambda: networks.hifigan_discriminator(512, base_filters=2),
        lambda: networks.classifying_discriminator((8, 8, 1), 3),
    ],
)
def test_convolutions_are_laid_over_rows_and_columns(build):
    build()
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(ValueError, match="must be 'channels_last'"):
            build()
    finally:
        keras.config.set_image_data_format("channels_last")
