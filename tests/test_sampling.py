import keras
import numpy as np

from keras_gan.training.named_inputs import NamedInputs
from keras_gan.training.sampling import InBatches


def in_batches(network):
    return InBatches(NamedInputs(network, "rows"), network)


def test_outputs_in_batches_are_those_of_all_rows_at_once():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    rows = np.random.default_rng(0).normal(size=(7, 3)).astype("float32")
    kernel, bias = network.get_weights()
    received = in_batches(network)({"rows": rows}, batch_size=3)
    assert received.dtype == np.float32
    np.testing.assert_allclose(received, rows @ kernel + bias, rtol=1e-6, atol=1e-6)


def test_many_networks_in_one_process_warn_of_nothing(caplog):
    # TensorFlow warns of the fifth trace of one function, here of two for each network.
    rows = {"rows": np.zeros((5, 3), "float32")}
    for _ in range(6):
        network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        in_batches(network)(rows, batch_size=3)
    assert "retracing" not in caplog.text
