"""Networks that complete: what their images hang on."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import networks

LATENT_DIM, SHAPE = 3, (12, 20, 2)  # halves twice, to 3x5
CODE_UNITS = 256


def inputs():
    latents = tf.random.stateless_normal((1, LATENT_DIM), seed=(0, 1))
    known = tf.random.stateless_uniform((1, *SHAPE), (0, 2), -1.0, 1.0)
    return latents, known, tf.ones((1, *SHAPE[:2], 1))


def test_where_nothing_is_given_it_is_the_generator_of_r3gan():
    painter = networks.inpainting_generator(LATENT_DIM, SHAPE, 4, num_blocks=2, seed=1)
    twin = networks.r3gan_generator(LATENT_DIM, SHAPE, 4, num_blocks=2, seed=2)
    random = np.random.default_rng(3)
    for layer in twin.layers:
        if layer.name != "dense" and layer.weights:
            # Blocks begin as the identity: weights as after some training.
            weights = [random.normal(size=one.shape) for one in layer.get_weights()]
            layer.set_weights(weights)
            painter.get_layer(layer.name).set_weights(weights)
    kernel, bias = painter.get_layer("drawn").get_weights()
    assert kernel.shape == (CODE_UNITS + LATENT_DIM, 3 * 5 * 8)
    twin.get_layer("dense").set_weights([kernel[CODE_UNITS:], bias])
    latents, known, mask = (0 * one if one.ndim > 2 else one for one in inputs())
    np.testing.assert_array_equal(painter([latents, known, mask]), twin(latents))
    assert np.abs(painter([latents, *inputs()[1:]]) - twin(latents)).max() > 0.1


def test_every_pixel_hangs_on_all_that_is_given_and_on_every_latent():
    painter = networks.inpainting_generator(LATENT_DIM, SHAPE, base_filters=4, seed=1)
    # Below the activation, whose slope vanishes in float32 where it saturates.
    logits = keras.Model(painter.inputs, painter.get_layer("last_doubling").output)
    given = inputs()
    with tf.GradientTape() as tape:
        tape.watch(given)
        pixels = logits(given)
    for slopes in tape.jacobian(pixels, given):
        assert (slopes.numpy() != 0).mean() > 0.999


def test_its_first_convolutions_have_the_spread_of_fix_up():
    # As in tests/test_residual_networks.py, of the blocks on both ways together.
    shape, filters, num_blocks = (16, 16, 1), 32, 4  # two stages down, two up
    painter = networks.inpainting_generator(LATENT_DIM, shape, filters, num_blocks)
    expected = np.sqrt(2 / (1 + 0.2**2) / (9 * 2 * filters)) * (4 * num_blocks) ** -0.5
    for name in ("first_convolution_given_1_0", "first_convolution_0_0"):
        kernel = painter.get_layer(name).kernel.numpy()
        assert kernel.std() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"latent_dim": 0}, "`latent_dim`"),
        ({"base_filters": 0}, "`base_filters`"),
        ({"num_blocks": 0}, "`num_blocks`"),
        ({"seed": -1}, "`seed`"),
        ({"image_shape": (56, 46, 1)}, "halves to 28 x 23; pad or resize"),
    ],
)
def test_arguments_are_refused(arguments, message):
    usual = {"latent_dim": LATENT_DIM, "image_shape": SHAPE}
    with pytest.raises(ValueError, match=message):
        networks.inpainting_generator(**{**usual, **arguments})
