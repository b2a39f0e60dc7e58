"""BiGAN's networks against their formulas in NumPy, float64."""

import numpy as np
import pytest

import keras_gan as kg

SHAPE, LATENT_DIM, UNITS, ROWS = (4, 3, 2), 5, 7, 6
SIZES = (LATENT_DIM, SHAPE, UNITS)
RANDOM = np.random.default_rng(0)
LATENTS = RANDOM.uniform(-1, 1, (ROWS, LATENT_DIM)).astype("float32")
IMAGES = RANDOM.uniform(0, 1, (ROWS, *SHAPE)).astype("float32")


def kernels_of(network):
    return {
        layer.name: np.float64(layer.kernel)
        for layer in network.layers
        if hasattr(layer, "kernel")
    }


def normalized(rows):
    return (rows - rows.mean(axis=0)) / np.sqrt(rows.var(axis=0) + 1e-5)


def leaky(rows):
    return np.maximum(rows, 0.2 * rows)


def assert_said(outputs, expected):
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-6)


def test_generator():
    network = kg.networks.bigan_generator(*SIZES, seed=1)
    kernels = kernels_of(network)
    hidden = np.maximum(normalized(LATENTS @ kernels["dense_0"]), 0)
    joined = hidden @ kernels["dense_1"] + LATENTS @ kernels["dense_of_latents"]
    pixels = np.maximum(normalized(joined), 0) @ kernels["dense_2"]
    images = 1 / (1 + np.exp(-pixels))
    assert_said(network(LATENTS, training=True), images.reshape(ROWS, *SHAPE))


@pytest.mark.parametrize("activation", ["tanh", "linear"])
def test_encoder(activation):
    network = kg.networks.bigan_encoder(*SIZES, activation, seed=1)
    kernels = kernels_of(network)
    hidden = leaky(IMAGES.reshape(ROWS, -1) @ kernels["dense_0"])
    hidden = leaky(normalized(hidden @ kernels["dense_1"]))
    codes = hidden @ kernels["latents"]
    codes = np.tanh(codes) if activation == "tanh" else codes
    assert_said(network(IMAGES, training=True), codes)


def test_discriminator():
    network = kg.networks.bigan_discriminator(*SIZES, seed=1)
    kernels = kernels_of(network)
    hidden = leaky(IMAGES.reshape(ROWS, -1) @ kernels["dense_0"])
    joined = hidden @ kernels["dense_1"] + LATENTS @ kernels["dense_of_latents"]
    logits = leaky(normalized(joined)) @ kernels["logits"]
    assert_said(network([IMAGES, LATENTS], training=True), logits)


def test_no_layer_has_a_bias():
    for name in ("generator", "encoder", "discriminator"):
        network = getattr(kg.networks, f"bigan_{name}")(*SIZES)
        names = {one.name for one in network.trainable_variables}
        assert names == {"kernel"}
