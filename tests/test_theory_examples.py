"""The arithmetic of the examples on theory, against what is known of it."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def example(name):
    """An example's functions, without running it."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -------------------------------------------------------------- no equilibrium by steps


@pytest.fixture(scope="module")
def no_equilibrium():
    return example("no_equilibrium")


@pytest.mark.parametrize("rate", [0.3, 0.1, 0.01])
def test_both_at_once_leave_by_the_closed_form(no_equilibrium, rate):
    points = no_equilibrium.simulate(no_equilibrium.at_once, (0.6, -0.8), rate, 1000)
    assert points.dtype == "float64"
    # The step's matrix is a rotation times its modulus, sqrt(1 + rate^2).
    modulus = abs(np.linalg.eigvals([[1.0, -rate], [rate, 1.0]]))
    expected = modulus.max() ** np.arange(1001)
    np.testing.assert_allclose(np.hypot(*points.T), expected, rtol=1e-11)
    growth = no_equilibrium.growth(rate, np.arange(1001))
    np.testing.assert_allclose(growth, expected, rtol=1e-11)


@pytest.mark.parametrize("rate", [0.3, 0.1, 0.01])
def test_those_in_turns_circle_for_ever(no_equilibrium, rate):
    points = no_equilibrium.simulate(no_equilibrium.in_turns, (0.6, -0.8), rate, 5000)
    kept = no_equilibrium.invariant(points, rate)
    np.testing.assert_allclose(kept, kept[0], rtol=1e-11)
    # So they stay between two circles: |l x y| <= l (x^2 + y^2) / 2.
    squared = np.sum(points**2, axis=1)
    assert squared.max() <= kept[0] / (1 - rate / 2) * (1 + 1e-9)
    assert squared.min() >= kept[0] / (1 + rate / 2) * (1 - 1e-9)


@pytest.mark.parametrize("simultaneous", [True, False])
def test_the_package_plays_these_steps(no_equilibrium, simultaneous):
    play = no_equilibrium.build_game(
        no_equilibrium.product, (0.6, -0.8), 0.1, simultaneous=simultaneous
    )
    step = no_equilibrium.at_once if simultaneous else no_equilibrium.in_turns
    expected = no_equilibrium.simulate(step, (0.6, -0.8), 0.1, 20)
    received = no_equilibrium.play(play, 20)
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-6)


# --------------------------------------------------------------------- plans, distances


@pytest.fixture(scope="module")
def distances():
    return example("distances")


@pytest.mark.parametrize("seed", range(5))
def test_transport_plans_move_everything_and_no_further_than_they_must(distances, seed):
    random = np.random.default_rng(seed)
    earth = random.integers(0, 9, size=6)
    wanted = random.multinomial(earth.sum(), np.ones(5) / 5)
    plan = distances.transport_plan(earth, wanted)
    np.testing.assert_array_equal(plan.sum(axis=1), earth)
    np.testing.assert_array_equal(plan.sum(axis=0), wanted)
    work = np.sum(plan * np.abs(np.arange(6)[:, None] - np.arange(5)))
    np.testing.assert_allclose(work, distances.least_work(earth, wanted), atol=1e-9)


def test_parallel_lines_are_as_the_paper_says(distances):
    # Arjovsky, Chintala, Bottou 2017, example 1.
    expected = {"W": 0.25, "JS": np.log(2), "KL": np.inf, "TV": 1.0}
    assert distances.line_distances(-0.25) == pytest.approx(expected)
    assert set(distances.line_distances(0.0).values()) == {0.0}


def test_a_penalized_critic_is_steeper_by_what_the_law_of_its_points_leaves(distances):
    # The points e x + (1 - e) y drawn, and their density counted around the middle.
    random = np.random.default_rng(0)
    share = random.uniform(size=1_000_000)
    points = share * random.normal(size=share.size)
    points += (1 - share) * random.normal(5.0, size=share.size)
    density = np.mean(np.abs(points - 2.5) < 0.1) / 0.2
    slope = distances.penalized_slope(np.array([2.5]))
    between = 2 * 0.9937903 - 1  # standard normal up to 2.5, twice, less 1
    np.testing.assert_allclose(slope, 1 + between / (20 * density), rtol=2e-3)


# ---------------------------------------------------------------------- critic surfaces


@pytest.fixture(scope="module")
def critic_surfaces():
    return example("critic_surfaces")


def test_gradients_in_layers_are_products_of_the_weights_behind(critic_surfaces):
    keras.utils.set_random_seed(0)
    critic = critic_surfaces.build_critic(4)
    points = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    hidden = [points.astype("float64")]
    for layer in critic.layers[:-1]:
        kernel, bias = (weight.numpy() for weight in layer.weights)
        hidden.append(np.maximum(0, hidden[-1] @ kernel + bias))
    # Backwards by hand: through each kernel, and through the rectifiers that are on.
    gradient = np.repeat(critic.layers[-1].kernel.numpy().T, 5, axis=0)
    norms = [np.linalg.norm(gradient, axis=1).mean()]
    for layer, output in zip(critic.layers[-2:0:-1], hidden[:1:-1], strict=True):
        gradient = (gradient * (output > 0)) @ layer.kernel.numpy().T
        norms.insert(0, np.linalg.norm(gradient, axis=1).mean())
    received = critic_surfaces.layer_norms(critic, points)
    np.testing.assert_allclose(received, norms, rtol=1e-4)


def test_the_bound_of_a_linear_critic_is_the_mean_of_the_noise(critic_surfaces):
    critic = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    critic.layers[-1].kernel.assign([[3.0], [4.0]])
    points = np.random.default_rng(1).normal(size=(100, 2))
    noise = np.random.default_rng(0).normal(size=(100, 2))
    expected = -np.mean(noise @ [0.6, 0.8])
    received = critic_surfaces.lower_bound(critic, points)
    np.testing.assert_allclose(received, expected, rtol=1e-5)


# -------------------------------------------------------------- least squares on a ring


def test_the_published_ring_has_one_mode_twice():
    mixture = example("least_squares_stability").MIXTURES["published"]
    # numpy.linspace(0, 2 pi, 9), both ends included, as the published code has it.
    angles = np.linspace(0, 2 * np.pi, 9)
    expected = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    np.testing.assert_allclose(mixture.centers, expected, atol=1e-12)
    points = mixture.sample(90_000, seed=0)
    share = np.mean(np.linalg.norm(points - [1.0, 0.0], axis=1) < 0.1)
    np.testing.assert_allclose(share, 2 / 9, atol=0.01)


def test_seeds_differ_by_the_deviation_of_a_sample():
    from statistics import stdev

    told = example("least_squares_stability").mean_and_deviation
    counts = [8.0, 2.0, 3.5]
    assert told(np.array(counts)) == f"4.5 ± {stdev(counts):.1f}"
    assert told(np.array(counts[:1])) == "8.0"  # of one there is none


def test_the_networks_are_those_of_the_published_code():
    network = example("least_squares_stability").network(256, 2, seed=0)
    kernels = [layer.kernel.numpy() for layer in network.layers]
    assert [kernel.shape for kernel in kernels] == [(256, 128), (128, 128), (128, 2)]
    for kernel in kernels:
        gram = kernel.T @ kernel
        np.testing.assert_allclose(gram, 1.4**2 * np.eye(len(gram)), atol=1e-4)


# ------------------------------------------------------------------------- coordination


@pytest.fixture(scope="module")
def coordination():
    return example("coordination")


def test_k_follows_what_the_discriminator_is_right_about(coordination):
    # Right about too little: one move more, up to the most; about too much: one less.
    assert coordination.next_ratio(3, 0.60, target=0.75) == 4
    assert coordination.next_ratio(3, 0.90, target=0.75) == 2
    assert coordination.next_ratio(3, 0.76, target=0.75) == 3
    assert coordination.next_ratio(2, 0.99, target=0.75) == 1
    assert coordination.next_ratio(1, 0.99, target=0.75) == -2  # G moves twice
    assert coordination.next_ratio(-2, 0.50, target=0.75) == 1
    assert coordination.next_ratio(-10, 0.99, target=0.75) == -10
    assert coordination.next_ratio(8, 0.50, target=0.75) == 8


@pytest.mark.exhaustive
def test_another_k_goes_on_with_what_the_optimizers_know(coordination):
    gan = coordination.build_game("adaptive k", seed=0, steps_per_execution=1)
    points = coordination.RING.sample(200, seed=0)
    gan.fit(points, batch_size=100, verbose=0)
    before = [slot.numpy() for slot in gan.discriminator_optimizer.variables]
    coordination.compile_with(gan, 2, 1)
    for slot, value in zip(gan.discriminator_optimizer.variables, before, strict=True):
        np.testing.assert_array_equal(slot, value)
    gan.fit(points, batch_size=100, verbose=0)
    assert gan.generator_optimizer.iterations == 3  # two steps, then one
    assert gan.discriminator_optimizer.iterations == 4  # two, then two in one step


def test_the_learned_prior_is_a_mixture_of_its_weights(coordination):
    layer = coordination.LearnedMixture(3, 2, seed=0)
    centers = np.array([[0.0, 0.0], [40.0, 0.0], [0.0, 40.0]])
    widths = np.array([[1.0, 2.0], [0.5, 0.5], [1.0, 1.0]])
    layer.set_weights([centers, widths])
    noise = np.random.default_rng(0).normal(size=(90_000, 3)).astype("float32")
    latents = layer(noise).numpy()
    nearest = np.linalg.norm(latents[:, None] - centers, axis=2).argmin(axis=1)
    np.testing.assert_allclose(np.bincount(nearest) / 90_000, 1 / 3, atol=0.01)
    for component in range(3):
        chosen = latents[nearest == component]
        np.testing.assert_allclose(chosen.mean(axis=0), centers[component], atol=0.05)
        np.testing.assert_allclose(chosen.std(axis=0), widths[component], rtol=0.02)
    assert len(layer.trainable_weights) == 2
