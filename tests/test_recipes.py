import dataclasses
import json

import numpy as np
import pytest
from games import assert_equal_weights

import keras_gan as kg
from keras_gan.datasets import Dataset, Split
from keras_gan.recipes import RECIPES


@pytest.fixture(scope="module")
def mnist_like():
    images = np.random.default_rng(0).uniform(size=(250, 28, 28, 1)).astype("float32")
    split = Split(images)
    return Dataset("noise", split, split, split)


def test_the_mnist_recipe_is_that_of_2014(mnist_like):
    gan = kg.recipes.goodfellow2014_mnist(mnist_like, seed=3)
    assert gan.generator.count_params() == 2_503_984
    assert gan.discriminator.count_params() == 1_231_441
    prior = gan.prior.get_config()
    bound = 3**0.5
    assert prior == {"latent_dim": 100, "low": -bound, "high": bound}
    assert gan.rules.simultaneous and gan.rules.discriminator_steps == 1
    assert gan.rules.objective.get_config() == {"label_smoothing": 0.0}
    # Half of 0.1: the published discriminator loss is half the sum of both terms.
    rates = [
        (optimizer, share * 0.1, share * 1e-6)
        for optimizer, share in (
            (gan.generator_optimizer, 1.0),
            (gan.discriminator_optimizer, 0.5),
        )
    ]
    for optimizer, initial, minimum in rates:
        schedule = optimizer._learning_rate.get_config()
        assert schedule == {
            "initial": initial,
            "decay_factor": 1.000004,
            "minimum": minimum,
        }
        assert optimizer.momentum.get_config() == {
            "initial": 0.5,
            "final": 0.7,
            "saturation_epoch": 250,
            "updates_per_epoch": 3,  # 250 images in minibatches of 100
        }
    marginals = kg.networks.pixel_marginal_logits(mnist_like.train.images)
    bias = gan.generator.get_layer("dense_2").bias
    np.testing.assert_array_equal(bias, marginals.ravel())
    mnist = RECIPES["goodfellow2014_mnist"]
    assert mnist.batch_size == 100
    assert mnist.parzen.num_samples == 10_000 and mnist.parzen.num_valid == 1_000


def test_the_stabilized_recipe_has_the_networks_of_2014(mnist_like):
    plain = kg.recipes.goodfellow2014_mnist(mnist_like, seed=3)
    gan = kg.recipes.goodfellow2014_mnist_stabilized(mnist_like, seed=3)
    for player in ("generator", "discriminator"):
        theirs, ours = getattr(plain, player), getattr(gan, player)
        assert theirs.get_config() == ours.get_config()  # dropout included
        assert_equal_weights(theirs, ours)
    assert gan.prior.get_config() == plain.prior.get_config()
    assert not gan.rules.simultaneous
    assert [type(penalty).__name__ for penalty in gan.terms] == ["R1"]
    assert gan.ema_half_life > 0


@pytest.mark.parametrize("name", ["digits", "goodfellow2014_mnist"])
def test_a_recipe_builds_the_game_of_its_seed(name, digits):
    recipe = kg.recipes.get(name)
    gan, again = (recipe.build(digits, 1) for _ in range(2))
    assert gan.compiled and gan.train_steps == 0
    assert gan.seed == 1
    assert json.dumps(gan.get_config()) and json.dumps(gan.get_compile_config())
    for one, other in zip(gan.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_is_described(name):
    recipe = kg.recipes.get(name)
    values = dataclasses.asdict(recipe)
    assert all(values[key] for key in ("summary", "source", "epochs", "batch_size"))
    assert kg.evaluation.quantity_of(recipe.monitor).mode in ("max", "min")


@pytest.mark.exhaustive
def test_the_digits_recipe_learns(digits):
    gan = kg.recipes.digits(digits, seed=0)
    protocol = RECIPES["digits"].parzen

    def score():
        samples = gan.sample(protocol.num_samples, seed=0)
        return kg.evaluation.bandwidth_scores(
            samples, digits.valid.images, protocol.bandwidths
        ).max()

    before = score()
    images = kg.datasets.Repeated(digits.train.images, 10)
    gan.fit(images, batch_size=50, epochs=6, verbose=0)
    after = score()
    # The untrained generator draws the mean image: -8.4 nats. Three seeds came to 1.7,
    # -0.3 and -0.3 after six epochs.
    assert before == pytest.approx(-8.4, abs=0.5)
    assert after > before + 4


def test_an_unknown_recipe_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'goodfellow2014_mnist'"):
        kg.recipes.get("goodfelow_mnist")


@pytest.mark.parametrize(
    ("name", "on_mnist"),
    [
        ("acgan", 20_000),
        ("conditional_dcgan", 20_000),
        ("projection_gan", 20_000),
        ("goodfellow2014_mnist_stabilized", 150_000),
    ],
)
def test_averages_leave_their_initial_weights_behind(name, on_mnist):
    recipe = kg.recipes.get(name)
    data = recipe.prepared(kg.datasets.load_digits())
    num_rows = recipe.epochs * recipe.steps_per_epoch(data) * recipe.batch_size
    short = recipe.build(data, seed=0)
    assert short.ema_half_life == pytest.approx(num_rows / 5)  # 0.5^5: 3 % are left
    num_steps = recipe.epochs * 50_000 // recipe.batch_size
    long = recipe.build(data, seed=0, num_steps=num_steps)
    assert long.ema_half_life == on_mnist
