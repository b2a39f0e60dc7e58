import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.optimizers.fused_updates import fuse_updates

RANDOM = np.random.default_rng(11)
START = [RANDOM.normal(size=shape).astype("float32") for shape in ((3, 2), (4,))]
GRADIENTS = [
    [RANDOM.normal(size=one.shape).astype("float32") for one in START] for _ in range(6)
]
HALVING = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5)
OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(HALVING, beta_1=0.5, epsilon=1e-3),
    "adam_w": lambda: keras.optimizers.AdamW(0.05, weight_decay=0.1),
    "clipped": lambda: keras.optimizers.Adam(0.05, global_clipnorm=0.5),
    "accumulated": lambda: keras.optimizers.Adam(0.05, gradient_accumulation_steps=2),
    "momentum": lambda: keras.optimizers.SGD(HALVING, momentum=0.6),
    "nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.6, nesterov=True),
    "descent": lambda: keras.optimizers.SGD(0.05),
}


def play(optimizer, jit_compile=False, dtype="float32"):
    weights = [keras.Variable(one, dtype=dtype) for one in START]
    optimizer.build(weights)

    @tf.function(jit_compile=jit_compile)
    def step(gradients):
        optimizer.apply(gradients, weights)

    for gradients in GRADIENTS:
        step([tf.constant(one, dtype) for one in gradients])
    return [weight.numpy() for weight in weights]


def fused(optimizer):
    fuse_updates(optimizer)
    assert "update_step" in vars(optimizer)
    return optimizer


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_takes_the_steps_of_keras(name, jit_compile):
    moved = play(fused(OPTIMIZERS[name]()), jit_compile)
    for ours, twin, start in zip(moved, play(OPTIMIZERS[name]()), START, strict=True):
        # The kernel rounds 1 - beta_2 = 0.001 to float32 after the subtraction.
        np.testing.assert_allclose(ours - start, twin - start, rtol=1e-4, atol=1e-6)


def test_adam_in_float64_follows_its_formula():
    # Kingma and Ba 2015, algorithm 1, in the order of section 2's last paragraph.
    weight, mean, square = START[1].astype("float64"), 0.0, 0.0
    for step, (_, gradient) in enumerate(GRADIENTS, start=1):
        gradient = gradient.astype("float64")
        mean = 0.5 * mean + 0.5 * gradient
        square = 0.9 * square + 0.1 * gradient**2
        rate = 0.05 * np.sqrt(1 - 0.9**step) / (1 - 0.5**step)
        weight = weight - rate * mean / (np.sqrt(square) + 1e-3)
    adam = keras.optimizers.Adam(0.05, beta_1=0.5, beta_2=0.9, epsilon=1e-3)
    # Keras keeps the learning rate in float32.
    np.testing.assert_allclose(play(fused(adam), dtype="float64")[1], weight, rtol=1e-7)


def test_sparse_gradients_and_half_precision_take_the_way_of_keras():
    def moved(optimizer, dtype):
        weight = keras.Variable(np.ones((3, 2)), dtype=dtype)
        optimizer.build([weight])
        rows = tf.IndexedSlices(tf.ones((1, 2), dtype), tf.constant([1]), (3, 2))
        optimizer.apply([rows if dtype == "float32" else tf.ones((3, 2), dtype)])
        return keras.ops.convert_to_numpy(weight.value)

    for dtype in ("float32", "float16"):
        ours = moved(fused(keras.optimizers.SGD(0.5, momentum=0.5)), dtype)
        np.testing.assert_array_equal(
            ours, moved(keras.optimizers.SGD(0.5, momentum=0.5), dtype)
        )


def test_the_optimizer_inside_a_loss_scaler_is_fused():
    scaler = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())
    fuse_updates(scaler)
    assert "update_step" in vars(scaler.inner_optimizer)


class Ascent(keras.optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(-gradient, variable, learning_rate)


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.Adam(amsgrad=True),
        keras.optimizers.RMSprop,
        lambda: Ascent(0.1),
    ],
)
def test_rules_without_a_kernel_stay(make):
    optimizer = make()
    fuse_updates(optimizer)
    assert "update_step" not in vars(optimizer)
