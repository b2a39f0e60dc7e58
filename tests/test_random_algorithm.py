"""Large arrays of floats are drawn by an algorithm that XLA compiles to fast code."""

import keras
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.training.view import DiscriminatorView

IMAGES = tf.zeros((4, 6, 6, 1))
SEED = tf.constant([3, 4])
PHILOX = 1  # tf.random.Algorithm.PHILOX.value
NUM_LARGE = 100  # fewer floats cost nothing

NOISE, OF_KERAS = kg.layers.GaussianInputNoise(0.5), keras.layers.GaussianNoise(0.5)
CRITIC = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Flatten()])
SHOWN = DiscriminatorView(instance_noise=0.1)

DRAWS = {
    "a layer": lambda: NOISE(IMAGES, training=True),
    "instance noise": lambda: SHOWN(IMAGES, SEED, tf.constant(0)),
    "DRAGAN": lambda: kg.terms.DRAGAN().penalty(CRITIC, IMAGES, IMAGES, SEED),
    "a mask": lambda: kg.games.PixelMask()(IMAGES, SEED),
}


def draws_of(graph):
    """The nodes that draw many floats."""
    return [
        node
        for node in graph.get_operations()
        if node.type in ("StatelessRandomUniformV2", "StatelessRandomNormalV2")
        and node.outputs[0].dtype.is_floating
        and node.outputs[0].shape.num_elements() not in range(NUM_LARGE)
    ]


@pytest.mark.parametrize("name", DRAWS)
def test_the_algorithm_is_stated(name):
    graph = tf.function(DRAWS[name]).get_concrete_function().graph
    draws = draws_of(graph)
    assert draws
    assert {int(tf.get_static_value(node.inputs[3])) for node in draws} == {PHILOX}


def test_keras_leaves_it_to_tensorflow():
    # What the test above would find of a draw that states nothing.
    function = tf.function(lambda: OF_KERAS(IMAGES, training=True))
    (draw,) = draws_of(function.get_concrete_function().graph)
    assert int(tf.get_static_value(draw.inputs[3])) != PHILOX
