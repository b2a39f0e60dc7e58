import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan

from keras_gan.optimizers import MomentumSGD, RootEpsilonAdam, lazy_adam_parameters
from keras_gan.schedules import FlooredExponentialDecay, LinearPerEpoch

GRADIENTS = np.random.default_rng(7).normal(size=(6, 3)).astype("float32")


def play(optimizer, jit_compile=False):
    weight = keras.Variable(np.ones(3, "float32"))
    optimizer.build([weight])
    step = tf.function(
        lambda gradient: optimizer.apply([gradient], [weight]), jit_compile=jit_compile
    )
    for gradient in GRADIENTS:
        step(tf.constant(gradient))
    return weight.numpy()


@pytest.mark.parametrize("jit_compile", [False, True])
def test_takes_the_step_of_keras_sgd(jit_compile):
    ours = play(MomentumSGD(0.05, momentum=0.6), jit_compile)
    twin = play(keras.optimizers.SGD(0.05, momentum=0.6))
    np.testing.assert_allclose(ours, twin, rtol=1e-6)


def test_scheduled_momentum_follows_pylearn2():
    # inc <- m inc - lr grad; param <- param + inc, in float64.
    rate, weight, velocity = 0.05, np.ones(3), np.zeros(3)
    for step, gradient in enumerate(GRADIENTS):
        momentum = 0.5 + 0.2 * min(1.0, (step // 2) / 2)
        velocity = momentum * velocity - rate / 1.5**step * gradient
        weight = weight + velocity
    optimizer = MomentumSGD(
        FlooredExponentialDecay(rate, 1.5), LinearPerEpoch(0.5, 0.7, 3, 2)
    )
    np.testing.assert_allclose(play(optimizer), weight, rtol=1e-6)


@pytest.mark.parametrize("momentum", [-0.1, 1.0, "high"])
def test_invalid_momentum(momentum):
    with pytest.raises(ValueError, match="`momentum`"):
        MomentumSGD(momentum=momentum)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_constant_momentum_changes_without_a_retrace(jit_compile):
    # The recurrence of the class docstring in float64, momentum 0.6 and then 0.2.
    weight, velocity = np.ones(3), np.zeros(3)
    for step, gradient in enumerate(GRADIENTS):
        velocity = (0.6 if step < 3 else 0.2) * velocity - 0.05 * gradient
        weight = weight + velocity
    optimizer = MomentumSGD(0.05, momentum=0.6)
    moved = keras.Variable(np.ones(3, "float32"))
    optimizer.build([moved])
    traces = []

    @tf.function(jit_compile=jit_compile)
    def step_on(gradient):
        traces.append(1)
        optimizer.apply([gradient], [moved])

    for step, gradient in enumerate(GRADIENTS):
        if step == 3:
            optimizer.momentum = 0.2
        step_on(tf.constant(gradient))
    np.testing.assert_allclose(moved.numpy(), weight, rtol=1e-6)
    assert len(traces) == 1


def test_a_momentum_that_was_set_is_saved():
    optimizer = MomentumSGD(0.05, momentum=0.5)
    optimizer.momentum = 0.75
    assert optimizer.get_config()["momentum"] == 0.75
    moved = keras.Variable(np.ones(3, "float32"))
    optimizer.build([moved])
    store = {}
    optimizer.save_own_variables(store)
    loaded = MomentumSGD(0.05, momentum=0.5)
    loaded.build([moved])
    loaded.load_own_variables(store)
    assert float(loaded.momentum.numpy()) == 0.75


def test_momentum_is_set_within_its_range_and_not_against_a_schedule():
    with pytest.raises(ValueError, match="`momentum`"):
        MomentumSGD().momentum = 1.0
    with pytest.raises(TypeError, match="`momentum` follows a schedule"):
        MomentumSGD(momentum=LinearPerEpoch(0.5, 0.7, 3, 2)).momentum = 0.6


def test_lazy_adam_parameters_are_those_of_stylegan2():
    # Karras et al. 2020, appendix B: c = k / (k + 1), k = 16 for R1.
    parameters = lazy_adam_parameters(16, 0.002, beta_1=0.0, beta_2=0.99)
    assert parameters["beta_1"] == 0.0
    np.testing.assert_allclose(parameters["learning_rate"], 0.00188235, rtol=2e-6)
    np.testing.assert_allclose(parameters["beta_2"], 0.990585, rtol=1e-6)
    keras.optimizers.Adam(**parameters)


@pytest.mark.parametrize("interval", [1, 4, 16])
def test_lazy_adam_moves_and_forgets_in_k_plus_1_steps_as_adam_in_k(interval):
    parameters = lazy_adam_parameters(interval, 0.01, 0.5, 0.9)
    steps = interval + 1
    np.testing.assert_allclose(steps * parameters["learning_rate"], interval * 0.01)
    np.testing.assert_allclose(parameters["beta_1"] ** steps, 0.5**interval)
    np.testing.assert_allclose(parameters["beta_2"] ** steps, 0.9**interval)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, 0.002, 0.0, 0.99), "interval"),
        ((16, 0.0, 0.0, 0.99), "learning_rate"),
        ((16, 0.002, 1.0, 0.99), "beta_1"),
        ((16, 0.002, 0.0, -0.1), "beta_2"),
    ],
)
def test_invalid_lazy_adam_parameters(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        lazy_adam_parameters(*arguments)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_epsilon_goes_under_the_root_of_the_corrected_moment(jit_compile):
    # The published recurrence in float64, with gradients below and above the root.
    weight, mean, square = np.ones(3), 0.0, 0.0
    for step, gradient in enumerate(GRADIENTS.astype("float64"), start=1):
        mean = 0.5 * mean + 0.5 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        corrected = mean / (1 - 0.5**step), square / (1 - 0.99**step)
        weight = weight - 0.05 * corrected[0] / np.sqrt(corrected[1] + 0.3)
    optimizer = RootEpsilonAdam(0.05, beta_1=0.5, beta_2=0.99, epsilon=0.3)
    np.testing.assert_allclose(play(optimizer, jit_compile), weight, rtol=1e-6)


def test_an_epsilon_of_almost_nothing_makes_it_keras_adam():
    ours = play(RootEpsilonAdam(0.05, epsilon=1e-20))
    twin = play(keras.optimizers.Adam(0.05, epsilon=1e-10))
    np.testing.assert_allclose(ours, twin, rtol=1e-5)


def test_root_epsilon_adam_is_rebuilt_from_its_configuration():
    optimizer = RootEpsilonAdam(0.05, beta_1=0.5, epsilon=1e-6, clipnorm=1.0)
    twin = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert isinstance(twin, RootEpsilonAdam)
    assert twin.get_config() == optimizer.get_config()
    np.testing.assert_array_equal(play(twin), play(optimizer))


def test_root_epsilon_adam_has_no_amsgrad():
    with pytest.raises(TypeError, match="no maximum over past moments.*amsgrad=True"):
        RootEpsilonAdam(0.05, amsgrad=True)


def test_an_optimizer_of_another_game_is_refused():
    first, second = make_tiny_gan(), make_tiny_gan()
    optimizers = first.generator_optimizer, first.discriminator_optimizer
    first.compile(*optimizers)  # its own once more
    with pytest.raises(ValueError, match="built for others; make a new one"):
        second.compile(*optimizers)
