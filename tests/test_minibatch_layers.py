import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import MinibatchDiscrimination, MinibatchStandardDeviation


def discrimination(inputs, kernel, include_self):
    """Salimans et al. 2016, section 3.2, pair by pair in float64."""
    projected = np.tensordot(inputs.astype("float64"), kernel, axes=1)
    appended = np.zeros(projected.shape[:2])
    for i, one in enumerate(projected):
        for j, other in enumerate(projected):
            if i != j or include_self:
                appended[i] += np.exp(-np.abs(one - other).sum(axis=-1))
    return np.concatenate([inputs, appended], axis=1)


def standard_deviation(inputs, group_size, num_channels, epsilon=1e-8):
    """Karras et al. 2018 group by group in float64, with StyleGAN2's strided groups."""
    batch, channels = len(inputs), inputs.shape[-1]
    group_size = min(group_size, batch)
    num_groups = -(-batch // group_size)
    rows = [inputs[index % batch] for index in range(num_groups * group_size)]
    appended = np.empty((*inputs.shape[:-1], num_channels))
    for row in range(batch):
        group = np.array(rows[row % num_groups :: num_groups], "float64")
        assert len(group) == group_size
        deviation = np.sqrt(group.var(axis=0) + epsilon)
        for block in range(num_channels):
            size = channels // num_channels
            columns = slice(block * size, (block + 1) * size)
            appended[row, ..., block] = deviation[..., columns].mean()
    return np.concatenate([inputs, appended], axis=-1)


@pytest.mark.parametrize("include_self", [True, False])
def test_golden_closeness(include_self):
    # Worked out in NumPy from the paper's formula.
    layer = MinibatchDiscrimination(2, 2, include_self=include_self)
    layer.build((None, 2))
    layer.kernel.assign(np.arange(8.0).reshape(2, 2, 2) / 10)
    inputs = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    closeness = np.array(
        [
            [2.1826835241, 2.1224564283],
            [2.1826835241, 2.1224564283],
            [1.3653670481, 1.2449128565],
        ]
    )
    expected = np.concatenate([inputs, closeness - (not include_self)], axis=1)
    np.testing.assert_allclose(layer(inputs), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("include_self", [True, False])
def test_closeness_is_that_of_all_pairs(include_self):
    random = np.random.default_rng(0)
    inputs = random.normal(size=(6, 5)).astype("float32")
    layer = MinibatchDiscrimination(
        4, 3, include_self, keras.initializers.RandomNormal(0.0, 0.3, seed=1)
    )
    outputs = layer(inputs)
    expected = discrimination(inputs, layer.kernel.numpy(), include_self)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5)
    order = random.permutation(6)
    np.testing.assert_allclose(layer(inputs[order]), outputs.numpy()[order], rtol=1e-5)


def test_small_closeness_survives_without_self():
    layer = MinibatchDiscrimination(1, 1, False, "ones")
    outputs = layer(tf.constant([[0.0], [30.0]]))
    np.testing.assert_allclose(outputs[:, 1], [np.exp(-30)] * 2, rtol=1e-5)


def test_closeness_gradient_matches_central_differences():
    random = np.random.default_rng(4)
    inputs = random.normal(size=(4, 3))
    layer = MinibatchDiscrimination(2, 2)
    layer.build((None, 3))
    kernel = random.normal(size=(3, 2, 2))
    layer.kernel.assign(kernel)
    weights = random.normal(size=(4, 5))
    tensor = tf.constant(inputs, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        loss = tf.reduce_sum(tf.cast(weights, tf.float32) * layer(tensor))
    expected = np.empty_like(inputs)
    for index in np.ndindex(*inputs.shape):
        step = np.zeros_like(inputs)
        step[index] = 1e-6
        above, below = (
            np.sum(weights * discrimination(moved, kernel, True))
            for moved in (inputs + step, inputs - step)
        )
        expected[index] = (above - below) / 2e-6
    # The layer computes in float32: looser than the house's rule for gradients.
    np.testing.assert_allclose(
        tape.gradient(loss, tensor), expected, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("shape", [(6,), (2, 3, 6)])
@pytest.mark.parametrize("batch", [1, 3, 4, 8, 10])
@pytest.mark.parametrize("num_channels", [1, 3])
def test_standard_deviation_of_strided_groups(shape, batch, num_channels):
    random = np.random.default_rng(batch)
    inputs = random.normal(100.0, 3.0, size=(batch, *shape)).astype("float32")
    layer = MinibatchStandardDeviation(4, num_channels)
    expected = standard_deviation(inputs, 4, num_channels)
    # A mean of 100 costs float32 two digits.
    np.testing.assert_allclose(layer(inputs), expected, rtol=1e-4, atol=1e-6)
    assert layer.compute_output_shape(inputs.shape) == expected.shape


def test_groups_are_those_of_stylegan2():
    # Its reshape to [group, batch / group, ...] puts rows 0, 2, 4, 6 into one group.
    inputs = np.zeros((8, 1), "float32")
    inputs[::2, 0] = [0.0, 0.0, 2.0, 2.0]
    layer = MinibatchStandardDeviation(group_size=4)
    expected = [1.0, 1e-4] * 4  # 1e-4 is the root of epsilon
    np.testing.assert_allclose(layer(inputs)[:, 1], expected, rtol=1e-5)
    assert layer.row_multiple == 4


def test_equal_images_have_finite_gradients():
    inputs = tf.ones((4, 2, 2, 3))
    layer = MinibatchStandardDeviation()
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs)[..., 3:]
    np.testing.assert_array_equal(
        tape.gradient(outputs, inputs), np.zeros((4, 2, 2, 3))
    )


def critic(policy=None):
    images = keras.Input((2, 2, 3))
    outputs = MinibatchStandardDeviation(2, dtype=policy)(images)
    outputs = keras.layers.Flatten(dtype=policy)(outputs)
    outputs = keras.layers.Dense(
        4, dtype=policy, kernel_initializer=keras.initializers.GlorotNormal(seed=0)
    )(outputs)
    outputs = MinibatchDiscrimination(
        3, 2, dtype=policy, kernel_initializer=keras.initializers.GlorotNormal(seed=1)
    )(outputs)
    return keras.Model(images, outputs)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_graph_takes_any_batch(jit_compile):
    model = critic()
    graph = tf.function(
        model,
        input_signature=[tf.TensorSpec([None, 2, 2, 3])],
        jit_compile=jit_compile,
    )
    random = np.random.default_rng(0)
    for batch in (1, 2, 5):
        images = random.normal(size=(batch, 2, 2, 3)).astype("float32")
        np.testing.assert_allclose(graph(images), model(images), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("policy", "tolerance"), [("mixed_float16", 0.01), ("mixed_bfloat16", 0.05)]
)
def test_mixed_precision(policy, tolerance):
    images = np.random.default_rng(0).normal(size=(6, 2, 2, 3)).astype("float32")
    outputs = critic(policy)(images)
    assert outputs.dtype == policy.removeprefix("mixed_")
    np.testing.assert_allclose(
        tf.cast(outputs, "float32"), critic()(images), rtol=0, atol=tolerance
    )


def test_saves_and_loads(tmp_path):
    model = critic()
    images = np.random.default_rng(0).normal(size=(5, 2, 2, 3)).astype("float32")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded(images), model(images), rtol=1e-6)


def test_both_say_that_they_compare_examples():
    assert MinibatchDiscrimination(1, 1).uses_batch_statistics
    assert MinibatchStandardDeviation().uses_batch_statistics


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`num_kernels`"):
        MinibatchDiscrimination(0, 1)
    with pytest.raises(ValueError, match="`kernel_dim`"):
        MinibatchDiscrimination(1, 0)
    with pytest.raises(ValueError, match="`group_size`"):
        MinibatchStandardDeviation(0)
    with pytest.raises(ValueError, match="`num_channels` must divide"):
        MinibatchStandardDeviation(2, num_channels=2)(tf.ones((4, 3)))
    with pytest.raises(ValueError, match="needs inputs"):
        MinibatchStandardDeviation()(tf.ones((4, 3, 3)))
    with pytest.raises(ValueError, match="`epsilon`"):
        MinibatchStandardDeviation(epsilon=0.0)
