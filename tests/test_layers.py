import numpy as np
import pytest
import tensorflow as tf
from numpy_oracles import maxout

from keras_gan.layers import Maxout


def test_maxout_is_the_largest_of_its_pieces():
    random = np.random.default_rng(3)
    inputs = random.normal(size=(7, 5)).astype("float32")
    layer = Maxout(3, num_pieces=4)
    outputs = layer(inputs)
    layer.bias.assign(random.normal(size=12))
    outputs = layer(inputs)
    expected = maxout(inputs, layer.kernel.numpy(), layer.bias.numpy(), 3, 4)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)


def test_only_the_largest_piece_learns():
    layer = Maxout(1, num_pieces=2)
    layer.build((None, 2))
    layer.kernel.assign([[1.0, -1.0], [0.0, 0.0]])
    with tf.GradientTape() as tape:
        output = tf.reduce_sum(layer(tf.constant([[2.0, 5.0]])))
    gradient = tape.gradient(output, layer.kernel.value)
    np.testing.assert_array_equal(gradient, [[2.0, 0.0], [5.0, 0.0]])


@pytest.mark.parametrize(("units", "num_pieces"), [(0, 5), (3, 0), (2.5, 2)])
def test_invalid_sizes(units, num_pieces):
    with pytest.raises(ValueError, match="Expected an integer of at least 1"):
        Maxout(units, num_pieces)
