"""What the tests share: small games, the embedded digits, and real data if named."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg

# Two devices on any machine, before TensorFlow has looked for any.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)


@pytest.fixture(scope="session")
def digits():
    return kg.datasets.load_digits()


@pytest.fixture
def tiny_gan():
    return make_tiny_gan()


@pytest.fixture
def real_data_dir() -> Path:
    named = os.environ.get("KERAS_GAN_DATA")
    if not named:
        pytest.skip("KERAS_GAN_DATA is unset: it names the folder with real datasets")
    return Path(named)


@pytest.fixture(scope="session")
def two_replicas():
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


@pytest.fixture
def dtype_policy():
    """Sets the global policy, until the test is over."""
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


def make_tiny_gan(
    seed: int = 0, optimizer=None, packing=1, ema_half_life=None, **compile_arguments
) -> kg.GAN:
    """A game on 4x4 images with dropout, small enough to play in milliseconds."""
    gan = kg.GAN(
        generator=kg.networks.mlp_generator(
            3, (4, 4, 1), hidden_units=(8,), weight_range=0.5, seed=2 * seed
        ),
        discriminator=kg.networks.maxout_discriminator(
            (4, 4, packing),
            hidden_units=(6,),
            num_pieces=2,
            weight_range=0.5,
            seed=2 * seed + 1,
        ),
        prior=kg.priors.UniformPrior(3),
        ema_half_life=ema_half_life,
        packing=packing,
        seed=seed,
    )
    make = optimizer or (lambda: keras.optimizers.Adam(1e-2))
    gan.compile(make(), make(), **compile_arguments)
    return gan


def tiny_images(num_images: int = 40, seed: int = 0):
    random = np.random.default_rng(seed)
    return random.uniform(size=(num_images, 4, 4, 1)).astype("float32")


def without_dropout(gan: kg.GAN) -> kg.GAN:
    for layer in gan.discriminator.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    return gan


def everything_of(gan: kg.GAN) -> list[np.ndarray]:
    """All that training moves: networks, average, optimizers, counters, seeds."""
    state = [
        *gan.variables,
        *gan.generator_optimizer.variables,
        *gan.discriminator_optimizer.variables,
        *(variable for penalty in gan.penalties for variable in penalty.variables),
    ]
    return [variable.numpy() for variable in state]


def assert_equal_state(first: kg.GAN, second: kg.GAN) -> None:
    for one, other in zip(everything_of(first), everything_of(second), strict=True):
        np.testing.assert_array_equal(one, other)


def weights_of(model: keras.Model) -> list[np.ndarray]:
    return [weight.numpy() for weight in model.weights]


def assert_equal_weights(first: keras.Model, second: keras.Model) -> None:
    for one, other in zip(weights_of(first), weights_of(second), strict=True):
        np.testing.assert_array_equal(one, other)
