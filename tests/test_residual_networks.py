"""Residual networks that are told no class: SNGAN's and R3GAN's."""

import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan import networks

SHAPE = (12, 20, 2)  # halves twice, to 3x5
PAIRS = {
    "residual": (networks.residual_generator, networks.residual_discriminator),
    "r3gan": (networks.r3gan_generator, networks.r3gan_discriminator),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize(
    ("shape", "grid"),
    [((28, 28, 1), (7, 7, 4)), ((32, 32, 3), (4, 4, 8)), (SHAPE, (3, 5, 4))],
)
def test_images_come_from_the_coarsest_grid(name, shape, grid):
    build_generator, build_discriminator = PAIRS[name]
    generator = build_generator(3, shape, base_filters=2)
    discriminator = build_discriminator(shape, base_filters=2)
    assert generator.output_shape == (None, *shape)
    assert generator.get_layer("grid").output.shape[1:] == grid
    assert discriminator.output_shape == (None, 1)
    images = generator(tf.random.stateless_normal((2, 3), seed=(0, 1)))
    assert np.abs(images).max() <= 1
    assert np.isfinite(discriminator(images)).all()


def test_without_classes_it_is_the_projection_network_of_one_class():
    # Conditional normalization of one class is normalization; the head differs.
    of_class = networks.projection_generator(3, 1, SHAPE, base_filters=2, seed=4)
    plain = networks.residual_generator(3, SHAPE, base_filters=2, seed=4)
    latents = tf.random.stateless_normal((2, 3), seed=(0, 1))
    np.testing.assert_allclose(
        plain(latents),
        of_class({"latents": latents, "labels": tf.zeros(2, tf.int32)}),
        atol=1e-6,
    )


@pytest.mark.exhaustive
def test_every_kernel_of_the_residual_discriminator_is_normalized():
    discriminator = networks.residual_discriminator((28, 28, 1), base_filters=4)
    images = tf.random.stateless_normal((2, 28, 28, 1), seed=(0, 1))
    for _ in range(60):
        discriminator(images, training=True)
    wrapped = [
        layer
        for layer in discriminator.layers
        if isinstance(layer, kg.layers.SpectralNormalization)
    ]
    assert len(wrapped) == 1 + 3 + 1  # halving, one block, logits
    for layer in wrapped:
        kernel = layer.effective_kernel().numpy()
        largest = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]))[1][0]
        assert largest == pytest.approx(1.0, abs=0.01)


def test_blocks_of_r3gan_begin_as_the_identity():
    # Fix-up: a block whose last convolution is zero hands on what it gets, so that more
    # blocks change nothing at the beginning but the weights that are drawn.
    discriminator = networks.r3gan_discriminator(SHAPE, base_filters=4, num_blocks=2)
    zeros = [one for one in discriminator.layers if one.name.startswith("second_conv")]
    assert len(zeros) == 2 * 2
    assert all((one.kernel.numpy() == 0).all() for one in zeros)
    images = tf.random.stateless_normal((2, *SHAPE), seed=(0, 1))
    before = discriminator(images).numpy()
    for layer in discriminator.layers:
        if layer.name.startswith("first_conv"):
            layer.kernel.assign(3 * layer.kernel)
    np.testing.assert_array_equal(discriminator(images), before)


@pytest.mark.parametrize("num_blocks", [1, 4])
def test_first_convolutions_have_the_spread_of_fix_up(num_blocks):
    # He's gain after leaky ReLU(0.2), times L^(-1 / (2 m - 2)) for blocks of m = 2.
    shape, filters = (16, 16, 1), 32  # halves twice: two stages
    network = networks.r3gan_discriminator(shape, filters, num_blocks)
    kernel = network.get_layer("first_convolution_1_0").kernel.numpy()
    expected = np.sqrt(2 / (1 + 0.2**2) / (9 * 2 * filters)) * (2 * num_blocks) ** -0.5
    assert kernel.std() == pytest.approx(expected, rel=0.02)
    assert abs(kernel.mean()) < 0.02 * expected


@pytest.mark.parametrize("name", PAIRS)
def test_the_seed_draws_the_weights(name):
    for build in (lambda seed: PAIRS[name][0](3, SHAPE, 2, seed=seed),):
        first, same, other = (build(seed).get_weights() for seed in (1, 1, 2))
        for one, again in zip(first, same, strict=True):
            np.testing.assert_array_equal(one, again)
        assert any((one != two).any() for one, two in zip(first, other, strict=True))


@pytest.mark.parametrize("name", PAIRS)
def test_arguments_are_refused(name):
    build_generator, build_discriminator = PAIRS[name]
    with pytest.raises(ValueError, match="halves to 28 x 23; pad or resize"):
        build_generator(3, (56, 46, 1))
    with pytest.raises(ValueError, match="`latent_dim`"):
        build_generator(0, SHAPE)
    with pytest.raises(ValueError, match="`base_filters`"):
        build_discriminator(SHAPE, base_filters=0)
    with pytest.raises(ValueError, match="`seed`"):
        build_discriminator(SHAPE, seed=-1)


def test_a_stage_has_blocks():
    with pytest.raises(ValueError, match="`num_blocks`"):
        networks.r3gan_generator(3, SHAPE, num_blocks=0)
