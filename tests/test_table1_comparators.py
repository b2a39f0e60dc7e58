"""examples/comparators: the models that Table 1 compares with, against closed forms."""

import itertools
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special, stats
from sklearn.neural_network import BernoulliRBM

import keras_gan as kg

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module", autouse=True)
def examples_found():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        yield


@pytest.fixture
def machine():
    from comparators.restricted_boltzmann_machine import RestrictedBoltzmannMachine

    machine = RestrictedBoltzmannMachine(6, 4, num_chains=50, seed=0)
    random = np.random.default_rng(0)
    for weight in machine.trainable_variables:
        weight.assign(random.normal(size=weight.shape))
    return machine


def all_rows(num_units):
    return np.array(list(itertools.product((0.0, 1.0), repeat=num_units)), "float32")


def two_halves():
    """Rows 111000 and 000111, as many of each."""
    return np.repeat(np.kron(np.eye(2), np.ones(3)), 300, axis=0).astype("float32")


def exact_log_probs(machine, visible):
    """Log p(v) by summing over every v and h of the machine's joint density."""
    kernel, below, above = (np.float64(w) for w in machine.trainable_variables)
    states, hidden = all_rows(len(below)), all_rows(len(above))
    joint = (states @ kernel) @ hidden.T + (states @ below)[:, None] + hidden @ above
    log_partition = special.logsumexp(joint)
    mine = (visible @ kernel) @ hidden.T + (visible @ below)[:, None] + hidden @ above
    return special.logsumexp(mine, axis=1) - log_partition


def test_free_energy_is_what_summing_over_hidden_units_gives(machine):
    states = all_rows(6)
    energy = np.float64(machine.free_energy(states))
    exact = exact_log_probs(machine, states)
    np.testing.assert_allclose(-energy - special.logsumexp(-energy), exact, atol=1e-5)


def test_hidden_means_are_those_of_scikit_learn(machine):
    theirs = BernoulliRBM(n_components=4).fit(all_rows(6))
    theirs.components_ = np.float64(machine.kernel).T
    theirs.intercept_hidden_ = np.float64(machine.hidden_bias)
    np.testing.assert_allclose(
        machine.hidden_means(all_rows(6)), theirs.transform(all_rows(6)), atol=1e-6
    )


def test_gibbs_steps_keep_the_exact_density(machine):
    exact = np.exp(exact_log_probs(machine, all_rows(6)))
    exact /= exact.sum()
    random = keras.random.SeedGenerator(1)
    rows = np.random.default_rng(1).choice(64, size=20_000, p=exact)
    after = machine.gibbs_step(tf.constant(all_rows(6)[rows]), random).numpy()
    numbers = (after @ 2 ** np.arange(5, -1, -1)).astype(int)
    counts = np.bincount(numbers, minlength=64)
    assert stats.chisquare(counts, 20_000 * exact).pvalue > 1e-3


def test_slope_of_the_gap_is_the_difference_of_statistics(machine):
    seen, dreamt = all_rows(6)[:20], all_rows(6)[30:]
    with tf.GradientTape() as tape:
        gap = tf.reduce_mean(machine.free_energy(seen))
        gap -= tf.reduce_mean(machine.free_energy(dreamt))
    slope = tape.gradient(gap, machine.kernel.value)
    statistics = [
        rows.T @ machine.hidden_means(rows).numpy() / len(rows)
        for rows in (dreamt, seen)
    ]
    np.testing.assert_allclose(slope, statistics[0] - statistics[1], atol=1e-6)


def test_exact_likelihood_rises_in_training(machine):
    patterns = np.repeat(np.eye(6, dtype="float32"), 16, axis=0)
    machine.start_from(patterns)
    before = exact_log_probs(machine, patterns).mean()
    machine.compile(keras.optimizers.SGD(0.05, momentum=0.9))
    step = tf.function(lambda: machine.train_step((tf.constant(patterns),)))
    for _ in range(1_200):
        step()
    after = exact_log_probs(machine, patterns).mean()
    # Nothing is above -log 6 = -1.8, and units by themselves are not above -2.7.
    assert before < -3 < -2.4 < after < -np.log(6)


@pytest.fixture
def autoencoder():
    from comparators.contractive_autoencoder import ContractiveAutoencoder

    return ContractiveAutoencoder(5, 3, seed=0)


def jacobians(autoencoder, rows):
    with tf.GradientTape() as tape:
        tape.watch(rows)
        codes = autoencoder(rows)
    return codes, tape.batch_jacobian(codes, rows)


def test_the_penalty_is_the_squared_norm_of_the_jacobian(autoencoder):
    rows = tf.constant(np.random.default_rng(0).random((7, 5)), "float32")
    codes, slopes = jacobians(autoencoder, rows)
    expected = tf.reduce_sum(tf.square(slopes), axis=(1, 2))
    np.testing.assert_allclose(autoencoder.penalty(codes), expected, rtol=1e-5)


def test_a_step_moves_codes_by_the_jacobian_and_its_transpose():
    from comparators.stacked_contractive_autoencoder import (
        StackedContractiveAutoencoder,
    )

    random = np.random.default_rng(1)
    rows = tf.constant(random.random((7, 5)), "float32")
    alpha = tf.constant(random.normal(size=(7, 3)), "float32")
    stack = StackedContractiveAutoencoder(5, num_hidden=(4, 3))
    lower, upper = stack.layers
    codes, slopes = jacobians(lambda rows: upper(lower(rows)), rows)  # of both layers
    moved = codes + tf.einsum("nij,nkj,nk->ni", slopes, slopes, alpha)
    np.testing.assert_allclose(
        stack.walk(stack.encode(rows), alpha),
        lower.decode(upper.decode(moved)),
        atol=1e-6,
    )


def test_a_stochastic_network_has_the_published_number_of_weights():
    from comparators.generative_stochastic_network import GenerativeStochasticNetwork

    # 784 x 1,500 + 1,500 x 1,500 + 784 + 2 x 1,500
    assert GenerativeStochasticNetwork(784).count_params() == 3_429_784


def test_salt_and_pepper_are_as_many():
    from comparators.generative_stochastic_network import GenerativeStochasticNetwork

    gray = np.full((100, 784), 0.3, "float32")
    corrupted = GenerativeStochasticNetwork.corrupt(gray, seed := 0).numpy()
    assert seed == 0
    shares = [(corrupted == value).mean() for value in (0.0, 0.3, 1.0)]
    # Shares of 78,400 pixels have a standard deviation below 0.0018.
    np.testing.assert_allclose(shares, [0.2, 0.6, 0.2], atol=0.007)


def test_the_first_layer_has_no_noise():
    from comparators.generative_stochastic_network import GenerativeStochasticNetwork

    network = GenerativeStochasticNetwork(6, num_hidden=5, seed=0)
    state = network.begin(tf.constant(all_rows(6)), keras.random.SeedGenerator(0))
    one, other = (
        network.update(state, keras.random.SeedGenerator(seed)) for seed in (1, 2)
    )
    np.testing.assert_array_equal(one[2], other[2])
    assert np.abs(one[1] - other[1]).mean() > 1  # two noises of deviation 2
    first = np.tanh(state[0].numpy() @ network.lower.numpy())  # nothing above, yet
    means = special.expit(first @ network.lower.numpy().T)
    np.testing.assert_allclose(one[2], means, atol=1e-6)


@pytest.mark.exhaustive
def test_the_bound_lies_below_the_likelihood_and_rises():
    from comparators.variational_autoencoder import VariationalAutoencoder

    model = VariationalAutoencoder(6, latent_dim=2, num_hidden=16, seed=0)
    halves = two_halves()
    model.compile(keras.optimizers.Adam(1e-3))
    step = tf.function(lambda: model.train_step((tf.constant(halves),))["bound"])
    bounds = [float(step()) for _ in range(1_000)]
    latents = np.random.default_rng(0).normal(size=(20_000, 2)).astype("float32")
    logits = np.float64(model.decoder(latents))  # log p(x) by draws of the prior
    log_probs = halves @ logits.T - np.logaddexp(0, logits).sum(axis=1)
    likelihood = special.logsumexp(log_probs, axis=1).mean() - np.log(len(latents))
    assert bounds[0] + 1 < np.mean(bounds[-10:]) < likelihood < -np.log(2)


def test_chains_tell_how_alike_neighbors_are():
    from comparators.chains import Chains, run_chains

    chains = Chains(num_chains=400, burn_in=50, interval=2)
    random = keras.random.SeedGenerator(0)

    def transition(state):
        # An autoregression: 0.6^2 between one and the next but one.
        noise = keras.random.normal((400, 3), stddev=0.8, seed=random)
        return (0.6 * state[0] + noise,)

    start = (tf.zeros((400, 3)),)
    draws = run_chains(transition, lambda state: state[0], start, chains, 20_000)
    assert draws.images.shape == (20_000, 3)
    assert draws.images.std() == pytest.approx(1, abs=0.02)
    assert draws.correlation == pytest.approx(0.36, abs=0.02)


@pytest.mark.exhaustive
def test_training_goes_on_where_it_stopped(tmp_path, capsys):
    from comparators.variational_autoencoder import VariationalAutoencoder

    images = np.random.default_rng(0).random((200, 6), "float32")
    model = VariationalAutoencoder(6, latent_dim=2, num_hidden=4, seed=0)
    model.train(images, tmp_path, epochs=2)
    trained = model.get_weights()
    capsys.readouterr()
    again = VariationalAutoencoder(6, latent_dim=2, num_hidden=4, seed=1)
    again.train(images, tmp_path, epochs=2)
    assert "Epoch" not in capsys.readouterr().out
    for one, other in zip(trained, again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    again.train(images, tmp_path, epochs=3)
    assert "Epoch 3/3" in capsys.readouterr().out


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["dbn", "cae", "gsn", "vae"])
def test_each_is_ahead_of_pixels_drawn_one_by_one(name, tmp_path):
    from table1_comparators import MODELS

    random = np.random.default_rng(0)
    quarters = np.kron(np.eye(4).reshape(4, 2, 2), np.ones((4, 4))).reshape(4, 64)
    rows = quarters[random.integers(4, size=1_000)].astype("float32")
    sizes = {"dbn": (100, 50), "cae": (100, 50), "gsn": 100, "vae": 100}
    model = MODELS[name](64, num_hidden=sizes[name], seed=0)
    model.train(rows[:800], tmp_path, epochs=100)
    samples = model.sample(1_000, rows[:800], seed=0).images
    alone = (random.random((1_000, 64)) < rows.mean(axis=0)).astype("float32")
    values = [
        kg.evaluation.ParzenWindow(0.2).fit(some).log_prob(rows[800:]).mean()
        for some in (samples, alone)
    ]
    # Samples that are the four: log(1/4) and the density of a kernel at its center.
    best = -np.log(4) - 64 * np.log(0.2 * np.sqrt(2 * np.pi))
    assert values[1] + 100 < values[0] < best + 0.5
