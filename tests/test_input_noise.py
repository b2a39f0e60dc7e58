import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import GaussianInputNoise

NUM_DRAWS = 100_000


def draws(layer, **arguments):
    return layer(tf.zeros((NUM_DRAWS // 10, 10)), training=True, **arguments).numpy()


def test_noise_has_its_mean_and_variance():
    noise = draws(GaussianInputNoise(0.3, seed=4)).astype("float64")
    # Five standard errors: stddev / sqrt(n) of the mean, sqrt(2 / n) of the variance.
    assert abs(noise.mean()) < 5 * 0.3 / np.sqrt(NUM_DRAWS)
    assert abs(noise.var() / 0.09 - 1) < 5 * np.sqrt(2 / NUM_DRAWS)


def test_every_call_draws_anew_and_a_seed_repeats_the_sequence():
    first, second = (GaussianInputNoise(0.3, seed=4) for _ in range(2))
    calls = [draws(first) for _ in range(2)]
    np.testing.assert_array_equal(draws(second), calls[0])
    np.testing.assert_array_equal(draws(second), calls[1])
    correlation = np.corrcoef(calls[0].ravel(), calls[1].ravel())[0, 1]
    assert abs(correlation) < 5 / np.sqrt(NUM_DRAWS)


def test_one_replica_draws_what_keras_draws():
    ours, theirs = GaussianInputNoise(0.3, seed=4), keras.layers.GaussianNoise(0.3, 4)
    np.testing.assert_array_equal(draws(ours), draws(theirs))


def test_inference_is_identity_and_leaves_the_state():
    layer = GaussianInputNoise(0.3, seed=4)
    inputs = tf.random.stateless_normal((5, 3), [0, 1])
    np.testing.assert_array_equal(layer(inputs), inputs)
    (state,) = layer.variables
    assert state.name == "seed_generator_state"  # by which the game saves it
    np.testing.assert_array_equal(state, [4, 0])
    layer(inputs, training=True)
    np.testing.assert_array_equal(state, [4, 1])
    np.testing.assert_array_equal(
        GaussianInputNoise(0.0)(inputs, training=True), inputs
    )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_graph_draws_for_any_batch(jit_compile):
    layer = GaussianInputNoise(0.5, seed=1)
    graph = tf.function(
        lambda images: layer(images, training=True),
        input_signature=[tf.TensorSpec([None, 5])],
        jit_compile=jit_compile,
    )
    # XLA's generator has its own sequence, so that moments are all one can compare.
    for batch in (3_000, 7_000):
        noise, other = (graph(2 * tf.ones((batch, 5))).numpy() - 2 for _ in range(2))
        error = 5 / np.sqrt(noise.size)
        assert abs(noise.mean()) < 0.5 * error
        assert abs(noise.var() / 0.25 - 1) < np.sqrt(2) * error
        assert abs(np.corrcoef(noise.ravel(), other.ravel())[0, 1]) < error


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(policy):
    noise = draws(GaussianInputNoise(0.5, seed=1, dtype=policy))
    assert noise.dtype == policy.removeprefix("mixed_")
    assert abs(noise.astype("float64").std() - 0.5) < 0.01


def test_replicas_draw_different_noise(two_replicas):
    with two_replicas.scope():
        layers = [
            GaussianInputNoise(0.5, seed=1),
            keras.layers.GaussianNoise(0.5, seed=1),
        ]
    images = tf.zeros((1000, 4))
    draw = tf.function(lambda: [layer(images, training=True) for layer in layers])

    def correlation(noise):
        first, second = two_replicas.experimental_local_results(noise)
        return np.corrcoef(np.ravel(first), np.ravel(second))[0, 1]

    for _ in range(2):
        ours, theirs = map(correlation, two_replicas.run(draw))
        assert abs(ours) < 5 / np.sqrt(4_000)
        assert theirs > 0.999  # why the layer exists


def test_invalid_stddev():
    with pytest.raises(ValueError, match="`stddev`"):
        GaussianInputNoise(-0.1)
