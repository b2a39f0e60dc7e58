import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import Maxout, SpectralNormalization

CASES = {
    "dense": (lambda: keras.layers.Dense(5), (7,)),
    "maxout": (lambda: Maxout(3, num_pieces=2), (7,)),
    "conv": (lambda: keras.layers.Conv2D(6, 3, padding="same"), (4, 4, 5)),
    "transposed": (
        lambda: keras.layers.Conv2DTranspose(6, 3, padding="same"),
        (4, 4, 5),
    ),
    "embedding": (lambda: keras.layers.Embedding(9, 4), ()),
    "depthwise": (
        lambda: keras.layers.DepthwiseConv2D(3, depth_multiplier=2),
        (4, 4, 5),
    ),
    "einsum": (
        lambda: keras.layers.EinsumDense("...bc,cde->...bde", (3, 2, 4)),
        (3, 5),
    ),
}


def built(case, **arguments):
    make, shape = CASES[case]
    inputs = np.random.default_rng(1).normal(size=(2, *shape)).astype("float32")
    if case == "embedding":
        inputs = np.array([1, 8])
    layer = SpectralNormalization(make(), seed=3, **arguments)
    layer(inputs)
    random = np.random.default_rng(2)
    for weight in layer.layer.trainable_variables:
        # A mean of 1 sets the largest singular value apart from the next.
        weight.assign(random.normal(1.0, 1.0, size=weight.shape))
    return layer, inputs


def kernel_of(layer):
    return layer.layer.trainable_variables[0]


def as_matrix(kernel, case):
    if case == "transposed":  # [height, width, out, in]
        kernel = np.moveaxis(kernel, 2, 3)
    # [height, width, channels, outputs of each]; [in, two axes of outputs]
    num_axes = 2 if case in ("depthwise", "einsum") else 1
    outputs = np.prod(kernel.shape[-num_axes:])
    return kernel.reshape(-1, outputs).astype("float64")


@pytest.mark.parametrize("case", CASES)
def test_the_largest_singular_value_becomes_one(case):
    layer, inputs = built(case)
    kernel = kernel_of(layer).numpy()
    largest, second = np.linalg.svd(as_matrix(kernel, case))[1][:2]
    assert largest > 3 and largest > 1.2 * second
    for _ in range(20):
        layer(inputs, training=True)
    effective = layer.effective_kernel().numpy()
    sigma = np.linalg.svd(as_matrix(effective, case))[1][0]
    np.testing.assert_allclose(sigma, 1, rtol=1e-4)
    np.testing.assert_array_equal(kernel_of(layer).numpy(), kernel)
    # Direction is kept, and the layer's outputs are those of the effective kernel.
    np.testing.assert_allclose(effective, kernel / largest, rtol=1e-4, atol=1e-6)
    outputs = layer(inputs)
    kernel_of(layer).assign(effective)
    np.testing.assert_allclose(outputs, layer.layer(inputs), rtol=1e-5, atol=1e-6)


def test_one_call_makes_one_power_iteration():
    layer, inputs = built("dense")
    weights, u = kernel_of(layer).numpy().astype("float64"), layer.u.numpy()
    layer(inputs, training=True)
    v = weights @ u / np.linalg.norm(weights @ u)
    u = weights.T @ v / np.linalg.norm(weights.T @ v)
    np.testing.assert_allclose(layer.u.numpy(), u, rtol=1e-5)


def test_inference_leaves_u_alone_and_answers_as_training_does():
    layer, inputs = built("conv")
    u = layer.u.numpy()
    outputs = layer(inputs)
    np.testing.assert_array_equal(layer.u.numpy(), u)
    np.testing.assert_allclose(outputs, layer(inputs, training=True), rtol=1e-6)
    assert not np.allclose(layer.u.numpy(), u)
    assert [weight.path for weight in layer.non_trainable_weights] == [layer.u.path]


def test_gradient_is_that_of_kernel_over_sigma():
    # Central differences in float64 NumPy of sum((x W / (u^T W^T v) + b)^2): u and v
    # are held fixed, sigma is not.
    layer, inputs = built("dense")
    layer.layer.bias.assign(np.arange(5.0))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(layer(inputs)))
    gradient = tape.gradient(loss, kernel_of(layer).value).numpy()

    start = kernel_of(layer).numpy().astype("float64")
    v = start @ layer.u.numpy().astype("float64")
    v /= np.linalg.norm(v)
    u = start.T @ v
    u /= np.linalg.norm(u)

    def loss_at(kernel):
        outputs = inputs.astype("float64") @ kernel / (v @ kernel @ u) + np.arange(5)
        return np.sum(outputs**2)

    expected = np.empty_like(start)
    for index in np.ndindex(*start.shape):
        step = np.zeros_like(start)
        step[index] = 1e-6
        expected[index] = (loss_at(start + step) - loss_at(start - step)) / 2e-6
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)
    # The scale of W does not matter, so that the gradient is orthogonal to W.
    assert abs(np.sum(gradient * start)) < 1e-4 * np.linalg.norm(gradient)


def test_gradient_penalties_differentiate_twice():
    # D(x) = x w / sigma with w a column: sigma = |w|, the slope is 1 whatever w is.
    keras.utils.set_random_seed(1)  # of a sum of w near 0 few digits are left
    layer = SpectralNormalization(keras.layers.Dense(1))
    inputs = tf.ones((3, 4))
    layer(inputs)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            logits = tf.reduce_sum(layer(inputs) ** 2) / 2
        slopes = inner.gradient(logits, inputs)  # (x . e) e, with e = w / |w|
        penalty = tf.reduce_sum(slopes**2)  # 3 (x . e)^2
    gradient = outer.gradient(penalty, layer.layer.kernel.value).numpy()[:, 0]
    kernel = layer.layer.kernel.numpy()[:, 0].astype("float64")
    norm, total = np.linalg.norm(kernel), kernel.sum()
    expected = 6 * total / norm**2 * (1 - kernel * total / norm**2)
    np.testing.assert_allclose(penalty, 3 * total**2 / norm**2, rtol=1e-5)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("case", ["dense", "conv", "transposed"])
def test_trains_under_xla_as_it_does_eagerly(case):
    weights = []
    for jit_compile in (False, True):
        layer, inputs = built(case)
        optimizer = keras.optimizers.SGD(0.01)
        optimizer.build(layer.trainable_variables)

        def step(images, layer=layer, optimizer=optimizer):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(layer(images, training=True) ** 2)
            variables = layer.trainable_variables
            values = [variable.value for variable in variables]
            optimizer.apply(tape.gradient(loss, values), variables)

        if jit_compile:
            dynamic = tf.TensorSpec([None, *inputs.shape[1:]], tf.float32)
            step = tf.function(step, input_signature=[dynamic], jit_compile=True)
        before = kernel_of(layer).numpy()
        for _ in range(3):
            step(inputs)
        weights.append(layer.get_weights())
        assert np.abs(kernel_of(layer).numpy() - before).max() > 1e-5
    for eager, compiled in zip(*weights, strict=True):
        np.testing.assert_allclose(eager, compiled, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_sigma_is_float32_under_mixed_precision(policy):
    plain, inputs = built("dense")
    mixed = SpectralNormalization(keras.layers.Dense(5, dtype=policy), seed=3)
    symbolic = keras.Input((7,))
    model = keras.Model(symbolic, mixed(symbolic))
    mixed.layer.set_weights(plain.layer.get_weights())
    with tf.GradientTape() as tape:
        # A mixed model around the layer opens Keras's scope of casting.
        outputs = model(inputs, training=True)
    assert outputs.dtype == model.output.dtype == policy.removeprefix("mixed_")
    gradient = tape.gradient(outputs, mixed.layer.kernel.value)
    assert gradient.dtype == mixed.u.value.dtype == tf.float32
    expected = plain(inputs, training=True)
    np.testing.assert_allclose(mixed.u.numpy(), plain.u.numpy(), rtol=1e-6)
    np.testing.assert_allclose(
        mixed.effective_kernel(), plain.effective_kernel(), rtol=1e-6
    )
    tolerance = 0.01 if policy == "mixed_float16" else 0.05
    np.testing.assert_allclose(
        tf.cast(outputs, "float32"), expected, rtol=0, atol=tolerance
    )


def test_saves_clones_and_exports(tmp_path):
    images = keras.Input((4, 4, 2))
    hidden = SpectralNormalization(keras.layers.Conv2D(3, 3), seed=1)(images)
    hidden = keras.layers.Flatten()(hidden)
    model = keras.Model(images, SpectralNormalization(keras.layers.Dense(1))(hidden))
    inputs = np.random.default_rng(0).normal(size=(5, 4, 4, 2)).astype("float32")
    for _ in range(4):
        expected = model(inputs, training=True)
    expected = model(inputs)

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for old, new in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)
    np.testing.assert_allclose(loaded(inputs), expected, rtol=1e-6)

    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    np.testing.assert_allclose(clone(inputs), expected, rtol=1e-6)

    model.export(tmp_path / "exported", verbose=False)
    exported = tf.saved_model.load(tmp_path / "exported")
    np.testing.assert_allclose(exported.serve(inputs), expected, rtol=1e-5, atol=1e-6)


def test_a_stateless_call_reads_and_returns_what_it_is_given():
    layer, inputs = built("dense")
    given = [3 * weight.numpy() for weight in layer.layer.trainable_variables]
    u = layer.u.numpy()
    outputs, (new_u,) = layer.stateless_call(given, [u], inputs, training=True)
    np.testing.assert_array_equal(layer.u.numpy(), u)
    for weight, value in zip(layer.layer.trainable_variables, given, strict=True):
        weight.assign(value)
    np.testing.assert_allclose(outputs, layer(inputs, training=True), rtol=1e-6)
    np.testing.assert_allclose(new_u, layer.u.numpy(), rtol=1e-6)


def test_constraints_regularizers_and_other_weights_of_the_layer_go_on():
    class Counting(keras.layers.Dense):
        def build(self, input_shape):
            super().build(input_shape)
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs):
            self.calls.assign_add(1.0)
            return super().call(inputs)

    dense = Counting(2, kernel_regularizer="l2", kernel_constraint="non_neg")
    layer = SpectralNormalization(dense)
    for _ in range(3):
        layer(tf.ones((1, 3)), training=True)
    assert dense.calls.numpy() == 3
    assert isinstance(dense.kernel.constraint, keras.constraints.NonNeg)
    expected = 0.01 * np.sum(dense.kernel.numpy() ** 2)
    np.testing.assert_allclose(layer.losses[0], expected, rtol=1e-6)


def test_a_zero_kernel_stays_zero_and_can_learn():
    layer = SpectralNormalization(keras.layers.Dense(2, kernel_initializer="zeros"))
    inputs = tf.ones((1, 3))
    layer.build((None, 3))
    u = layer.u.numpy()
    with tf.GradientTape() as tape:
        outputs = layer(inputs, training=True)
    np.testing.assert_array_equal(outputs, np.zeros((1, 2)))
    np.testing.assert_array_equal(layer.u.numpy(), u)
    gradient = tape.gradient(outputs, layer.layer.kernel.value)
    np.testing.assert_array_equal(gradient, np.ones((3, 2)))


def test_refused_layers_and_arguments():
    with pytest.raises(ValueError, match="`layer` must have a weight named `kernel`"):
        SpectralNormalization(keras.layers.LayerNormalization())(tf.ones((1, 2)))
    with pytest.raises(ValueError, match="`power_iterations`"):
        SpectralNormalization(keras.layers.Dense(1), power_iterations=0)
    with pytest.raises(ValueError, match="`epsilon`"):
        SpectralNormalization(keras.layers.Dense(1), epsilon=0.0)


@pytest.mark.parametrize("equation", ["abc,dc->abd", "abc,acd->abd"])
def test_outputs_that_are_not_the_last_axes_are_refused(equation):
    layer = SpectralNormalization(keras.layers.EinsumDense(equation, (None, 4)))
    with pytest.raises(ValueError, match="followed by those of its outputs.*equation"):
        layer.build((2, 3, 5))
