import keras
import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from keras_gan.layers import Dropout


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_drops_its_share_and_keeps_the_mean(rate):
    outputs = Dropout(rate, seed=1)(tf.ones((100, 784)), training=True).numpy()
    num_dropped = int(np.sum(outputs == 0))
    share = round(2**16 * rate) / 2**16
    assert scipy.stats.binomtest(num_dropped, outputs.size, share).pvalue > 1e-3
    np.testing.assert_allclose(outputs[outputs != 0], 1 / (1 - share), rtol=1e-6)


def test_a_rate_that_rounds_to_one_keeps_a_share():
    outputs = Dropout(0.999_999, seed=1)(tf.ones((1000, 784)), training=True).numpy()
    kept = outputs[outputs != 0]
    np.testing.assert_array_equal(kept, 2**16)
    assert scipy.stats.binomtest(len(kept), outputs.size, 2**-16).pvalue > 1e-3


def test_neighboring_units_are_dropped_independently():
    # Both halves of one random word decide: their fates must not go together.
    kept = Dropout(0.5, seed=2)(tf.ones((1, 100_000)), training=True).numpy() != 0
    even, odd = kept[0, 0::2], kept[0, 1::2]
    table = [[np.sum(even & odd), np.sum(even & ~odd)]]
    table.append([np.sum(~even & odd), np.sum(~even & ~odd)])
    assert scipy.stats.chi2_contingency(table).pvalue > 1e-3


@pytest.mark.parametrize("jit_compile", [False, True])
def test_every_call_draws_anew_from_the_seed(jit_compile):
    def masks():
        layer = Dropout(0.5, seed=3)
        draw = tf.function(
            lambda: layer(tf.ones((5, 7)), training=True), jit_compile=jit_compile
        )
        return draw().numpy(), draw().numpy()

    first, second = masks()
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(masks(), (first, second))


def test_gradient_passes_where_units_are_kept():
    inputs = tf.random.stateless_normal((3, 5), seed=(0, 1))
    layer = Dropout(0.4, seed=4)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, training=True)
    np.testing.assert_allclose(
        tape.gradient(outputs, inputs), outputs / inputs, rtol=1e-6
    )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_keeps_the_dtype(dtype):
    outputs = Dropout(0.2, seed=5, dtype=dtype)(tf.ones((3, 3), dtype), training=True)
    assert outputs.dtype == dtype


def test_nothing_is_dropped_outside_training():
    inputs = tf.ones((4, 4))
    np.testing.assert_array_equal(Dropout(0.9)(inputs), inputs)
    np.testing.assert_array_equal(Dropout(0.0)(inputs, training=True), inputs)


def test_a_mask_that_is_repeated_is_that_of_keras():
    arguments = {"noise_shape": (None, 1), "seed": 6}
    inputs = tf.ones((50, 3))
    ours = Dropout(0.5, **arguments)(inputs, training=True)
    twin = keras.layers.Dropout(0.5, **arguments)(inputs, training=True)
    np.testing.assert_array_equal(ours, twin)


@pytest.mark.parametrize("rate", [-0.1, 1.0, "half"])
def test_invalid_rate(rate):
    with pytest.raises(ValueError, match="`rate`"):
        Dropout(rate)
