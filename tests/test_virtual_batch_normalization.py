import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import (
    DropReferenceBatch,
    ReferenceBatch,
    VirtualBatchNormalization,
)


def batch_normalization(rows, gamma, beta, epsilon):
    """Ordinary batch normalization over rows and pixels, in float64."""
    rows = rows.astype("float64")
    axes = tuple(range(rows.ndim - 1))
    mean, var = rows.mean(axis=axes), rows.var(axis=axes)
    return gamma * (rows - mean) / np.sqrt(var + epsilon) + beta


def test_golden():
    # Worked out in NumPy: mean [3, 1.75] and variance [5, 2.1875] of the four rows.
    reference = [[0.0, 2.0], [2.0, 4.0], [4.0, 0.0]]
    layer = VirtualBatchNormalization(3, epsilon=1e-12, gamma_initializer="ones")
    outputs = layer(np.array([*reference, [6.0, 1.0], [2.0, 2.0]]))
    expected = [[1.3416407865, -0.5070925528], [0.0, 0.0]]
    np.testing.assert_allclose(outputs[3:], expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("shape", [(3,), (4, 2, 3)])
@pytest.mark.parametrize("offset", [0.0, 300.0])
def test_each_row_is_normalized_with_the_reference_and_itself(shape, offset):
    random = np.random.default_rng(7)
    rows = random.normal(offset, 2.0, size=(9, *shape)).astype("float32")
    reference, live = rows[:5], rows[5:]
    layer = VirtualBatchNormalization(5, epsilon=1e-3)
    layer.build(rows.shape)
    gamma, beta = random.normal(size=(2, 3))
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    outputs = layer(rows)
    expected = batch_normalization(reference, gamma, beta, 1e-3)
    # Subtracting 300 in float32 costs two digits, and no more: variances are centered.
    tolerance = {"rtol": 1e-5, "atol": 1e-5 if offset == 0 else 2e-4}
    np.testing.assert_allclose(outputs[:5], expected, **tolerance)
    for row, output in zip(live, outputs[5:], strict=True):
        extended = np.concatenate([reference, row[None]])
        expected = batch_normalization(extended, gamma, beta, 1e-3)[-1]
        np.testing.assert_allclose(output, expected, **tolerance)


@pytest.mark.parametrize("derivatives", [1, 2])
def test_gradients_flow_through_the_reference(derivatives):
    # One channel, reference rows a and -1, live x: closed form with w = 1/3. The second
    # derivative is what a gradient penalty on a network with this layer reads.
    def outputs(a, x):
        mean = (a - 1 + x) / 3
        mean_square = (a**2 + 1 + x**2) / 3
        return (x - mean) / np.sqrt(mean_square - mean**2 + 1e-5)

    layer = VirtualBatchNormalization(2, gamma_initializer="ones")
    moving, live = tf.constant(1.5), 4.0
    with tf.GradientTape() as outer:
        outer.watch(moving)
        with tf.GradientTape() as inner:
            inner.watch(moving)
            rows = tf.stack([moving, -1.0, live])[:, None]
            output = layer(rows)[2, 0]
        slope = inner.gradient(output, moving)
    curvature = outer.gradient(slope, moving)
    step = 1e-4
    below, middle, above = (outputs(1.5 + sign * step, live) for sign in (-1, 0, 1))
    if derivatives == 1:
        np.testing.assert_allclose(slope, (above - below) / (2 * step), rtol=1e-5)
    else:
        expected = (above - 2 * middle + below) / step**2
        np.testing.assert_allclose(curvature, expected, rtol=1e-4)


def make_generator(policy=None):
    latents = keras.Input((6,))
    outputs = ReferenceBatch(8, seed=5, dtype=policy)(latents)
    outputs = keras.layers.Dense(16, dtype=policy)(outputs)
    outputs = VirtualBatchNormalization(8, dtype=policy)(outputs)
    outputs = keras.layers.Reshape((2, 2, 4), dtype=policy)(outputs)
    outputs = keras.layers.Conv2DTranspose(3, 3, 2, "same", dtype=policy)(outputs)
    outputs = VirtualBatchNormalization(8, dtype=policy)(outputs)
    outputs = keras.layers.Conv2D(1, 3, padding="same", dtype=policy)(outputs)
    return keras.Model(latents, DropReferenceBatch(8, dtype=policy)(outputs))


def make_latents(num_rows=5):
    return np.random.default_rng(0).normal(size=(num_rows, 6)).astype("float32")


def test_no_live_row_matters_to_another():
    generator, latents = make_generator(), make_latents()
    together = generator(latents)
    assert together.shape == (5, 4, 4, 1)
    for index in range(5):
        alone = generator(latents[index : index + 1], training=True)
        np.testing.assert_allclose(alone[0], together[index], rtol=1e-5, atol=1e-6)
    assert np.ptp(together, axis=0).max() > 0.1


@pytest.mark.one_in(2)
@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_generator_trains_any_batch(jit_compile):
    generator = make_generator()
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(generator.trainable_variables)
    reference = generator.layers[1].reference

    @tf.function(input_signature=[tf.TensorSpec([None, 6])], jit_compile=jit_compile)
    def step(latents):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((generator(latents, training=True) - 1) ** 2)
        values = [variable.value for variable in generator.trainable_variables]
        optimizer.apply(tape.gradient(loss, values), generator.trainable_variables)
        return loss

    before = reference.numpy()
    losses = [float(step(make_latents())) for _ in range(5)]
    assert losses[-1] < 0.9 * losses[0]
    assert np.isfinite(step(make_latents(1)))
    np.testing.assert_array_equal(reference.numpy(), before)
    assert "reference" not in {v.name for v in generator.trainable_variables}


def test_the_reference_is_standard_normal_by_seed():
    layers = [ReferenceBatch(2_000, seed=seed) for seed in (1, 1, 2)]
    for layer in layers:
        layer.build((None, 5))
    first, same, other = (layer.reference.numpy() for layer in layers)
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)
    # 10,000 draws: five standard errors, 5 / sqrt(n) and 5 sqrt(2 / n).
    assert abs(first.mean()) < 0.05 and abs(first.var() - 1) < 0.071


def test_clones_saves_and_loads_the_reference(tmp_path):
    generator, latents = make_generator(), make_latents()
    generator.layers[1].reference.assign(np.ones((8, 6)) * np.arange(8)[:, None])
    expected = generator(latents)
    generator.save(tmp_path / "generator.keras")
    clone = keras.models.clone_model(generator)
    clone.set_weights(generator.get_weights())
    for copy in (keras.models.load_model(tmp_path / "generator.keras"), clone):
        np.testing.assert_array_equal(copy.layers[1].reference.numpy()[:, 0], range(8))
        np.testing.assert_allclose(copy(latents), expected, rtol=1e-6)


def test_predict_sees_batches_of_any_size():
    generator, latents = make_generator(), make_latents(7)
    predicted = generator.predict(latents, batch_size=3, verbose=0)
    np.testing.assert_allclose(predicted, generator(latents), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("policy", "tolerance"), [("mixed_float16", 0.02), ("mixed_bfloat16", 0.1)]
)
def test_mixed_precision(policy, tolerance):
    plain, mixed = make_generator(), make_generator(policy)
    mixed.set_weights(plain.get_weights())
    outputs = mixed(make_latents())
    assert outputs.dtype == policy.removeprefix("mixed_")
    np.testing.assert_allclose(
        tf.cast(outputs, "float32"), plain(make_latents()), rtol=0, atol=tolerance
    )


def test_half_precision_keeps_large_statistics():
    # The mean square of 300 lies beyond float16, whose largest number is 65504.
    rows = np.array([[290.0], [310.0], [300.0]])
    layer = VirtualBatchNormalization(
        2, gamma_initializer="ones", dtype="mixed_float16"
    )
    np.testing.assert_allclose(layer(rows), [[-1.0], [1.0], [0.0]], atol=1e-3)


def test_shapes_and_claims():
    assert not VirtualBatchNormalization(2).uses_batch_statistics
    assert ReferenceBatch(3).compute_output_shape((2, 5)) == (5, 5)
    assert ReferenceBatch(3).compute_output_shape((None, 5)) == (None, 5)
    assert DropReferenceBatch(3).compute_output_shape((5, 4, 4, 1)) == (2, 4, 4, 1)


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`reference_size`"):
        ReferenceBatch(0)
    with pytest.raises(ValueError, match="Give the seed to the initializer"):
        ReferenceBatch(2, initializer="ones", seed=1)
    with pytest.raises(ValueError, match="`reference_size`"):
        DropReferenceBatch(0)
    with pytest.raises(ValueError, match="`epsilon`"):
        VirtualBatchNormalization(2, epsilon=0.0)
    with pytest.raises(ValueError, match=r"Put ReferenceBatch\(4\) in front"):
        VirtualBatchNormalization(4)(tf.ones((3, 2)))
