"""Recipes for images without classes: as published where they are, and they play."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.datasets import Dataset, Split

NAMES = [
    "dcgan",
    "lsgan",
    "pacgan",
    "r3gan",
    "small_data",
    "sngan",
    "wgan",
    "wgan_gp",
]


def pictures(shape=(8, 8, 1), num_images=12, value_range=(-1.0, 1.0)):
    values = np.random.default_rng(0).uniform(*value_range, size=(num_images, *shape))
    split = Split(values.astype("float32"))
    return Dataset("noise", split, split, split, value_range)


def settings_of(optimizer):
    config = optimizer.get_config()
    keys = ("learning_rate", "beta_1", "beta_2")
    return tuple(pytest.approx(config[key], rel=1e-6) for key in keys)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("name", NAMES)
def test_it_plays_on_any_image_that_halves_and_comes_back_from_its_config(name):
    recipe = kg.recipes.get(name)
    data = recipe.prepared(pictures(value_range=(0.0, 1.0)))
    assert recipe.obstacle(data) is None
    gan = recipe.build(data, 3)
    assert gan.compiled and gan.seed == 3 and gan.name == name
    before = [weight.numpy() for weight in gan.discriminator.trainable_weights]
    rows = data.train.images[: 2 * gan.rules.discriminator_steps]
    logs = gan.fit(rows, batch_size=2, verbose=0).history
    assert gan.train_steps == 1 and np.isfinite([*logs.values()]).all()
    moved = [
        (old != weight.numpy()).any()
        for old, weight in zip(before, gan.discriminator.trainable_weights, strict=True)
    ]
    assert any(moved)
    samples = gan.sample(4, seed=0)
    low, high = recipe.value_range
    assert samples.shape == (4, 8, 8, 1)
    assert low <= samples.min() and samples.max() <= high
    again = kg.GAN.from_config(json.loads(json.dumps(gan.get_config())))
    again.compile_from_config(json.loads(json.dumps(gan.get_compile_config())))
    assert again.get_compile_config() == gan.get_compile_config()
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(again.sample(4, seed=0), samples)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (64, 64, 3), (8, 16, 4)])
def test_images_that_halve_fit(name, shape):
    assert kg.recipes.get(name).obstacle(pictures(shape)) is None


@pytest.mark.parametrize("name", NAMES)
def test_images_that_do_not_halve_are_told_which_size_does(name):
    obstacle = kg.recipes.get(name).obstacle(pictures((56, 46, 1)))
    assert obstacle == (
        "it halves images of at most 256 pixels a side down to a small grid, and these "
        "have 56 x 46; resize them with --image-size 56 48"
    )
    with pytest.raises(
        ValueError, match=r"56 x 46; resize them first, by .*\(data, \(56, 48\)\)"
    ):
        kg.recipes.get(name).build(pictures((56, 46, 1)), 0)


def test_the_settings_of_dcgan_are_the_published_ones():
    # Radford et al. 2016, section 4, and Newmu/dcgan_code.
    gan = kg.recipes.dcgan(pictures((28, 28, 1)))
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert settings_of(optimizer)[:2] == (2e-4, 0.5)
    prior = gan.prior.get_config()
    assert prior == {"latent_dim": 100, "low": -1.0, "high": 1.0}
    assert kg.recipes.get("dcgan").batch_size == 128
    assert kg.recipes.get("dcgan").value_range == (-1.0, 1.0)
    assert gan.rules.discriminator_steps == 1 and not gan.terms
    assert gan.generator.get_layer("images").activation.__name__ == "tanh"
    assert gan.generator.get_layer("grid").output.shape[1:] == (7, 7, 64)


def test_the_settings_of_lsgan_are_the_published_ones():
    # Mao et al. 2017, and xudonmao/LSGAN: the 0-1 coding.
    gan = kg.recipes.lsgan(pictures())
    objective = gan.rules.objective
    assert (objective.a, objective.b, objective.c) == (0.0, 1.0, 1.0)
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert settings_of(optimizer)[:2] == (1e-3, 0.5)
    assert kg.recipes.get("lsgan").batch_size == 64


def test_the_settings_of_wgan_are_the_published_ones():
    # Arjovsky et al. 2017, Algorithm 1, and martinarjovsky/WassersteinGAN.
    gan = kg.recipes.wgan(pictures())
    rules = gan.rules
    assert type(rules.objective) is kg.objectives.Wasserstein
    assert rules.discriminator_steps == 5
    assert rules.discriminator_constraint.limit == 0.01
    assert gan.prior.get_config()["stddev"] == 1.0 and gan.prior.latent_dim == 100
    assert gan.generator_optimizer._learning_rate.get_config() == {
        "rate": 5e-5,
        "steps": 20,  # of five moves: 100
        "first": 25,
        "interval": 500,
    }
    critic = gan.discriminator_optimizer.get_config()
    assert critic["name"] and critic["learning_rate"] == pytest.approx(5e-5)
    assert critic["rho"] == 0.99
    assert kg.recipes.get("wgan").batch_size == 64
    kernels = {
        layer.kernel_size
        for network in (gan.generator, gan.discriminator)
        for layer in network.layers
        if hasattr(layer, "kernel_size")
    }
    assert kernels == {(4, 4)}


@pytest.mark.parametrize("size", [1e-2, 1e-5])
def test_the_critic_of_wgan_moves_as_the_published_code_lets_it(size):
    # torch.optim.RMSprop, whose epsilon is added to the root, in float64.
    built = kg.recipes.wgan(pictures()).discriminator_optimizer
    optimizer = keras.optimizers.RMSprop.from_config(built.get_config())
    weight = keras.Variable([0.0])
    optimizer.build([weight])
    expected, mean_square = 0.0, 0.0
    for gradient in size * np.random.default_rng(0).normal(size=50):
        optimizer.apply([tf.constant([gradient], tf.float32)])
        mean_square = 0.99 * mean_square + 0.01 * gradient**2
        expected -= 5e-5 * gradient / (mean_square**0.5 + 1e-8)
    # Under the root, 1e-8 squared comes to the same but where gradients are as small.
    assert weight.numpy()[0] == pytest.approx(expected, rel=0.05)


@pytest.mark.exhaustive
def test_the_generator_of_wgan_waits_while_the_critic_gets_a_head_start():
    data = pictures(num_images=20)
    gan = kg.recipes.wgan(data)
    before = [weight.numpy() for weight in gan.generator.trainable_weights]
    gan.fit(data.train.images, batch_size=2, epochs=1, verbose=0)  # two steps
    for old, weight in zip(before, gan.generator.trainable_weights, strict=True):
        np.testing.assert_array_equal(old, weight)
    limits = [abs(w.numpy()).max() for w in gan.discriminator.trainable_weights]
    assert max(limits) <= np.float32(0.01)
    gan.generator_optimizer.iterations.assign(19)
    gan.fit(data.train.images[:10], batch_size=2, epochs=1, verbose=0)  # the twentieth
    assert (before[0] != gan.generator.trainable_weights[0].numpy()).any()


def test_the_settings_of_wgan_gp_are_the_published_ones():
    # igul222/improved_wgan_training, gan_mnist.py.
    gan = kg.recipes.wgan_gp(pictures())
    (penalty,) = gan.terms
    assert type(penalty) is kg.terms.GradientPenalty
    assert (penalty.weight, penalty.one_sided, penalty.interval) == (10.0, False, 1)
    assert gan.rules.discriminator_steps == 5
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert settings_of(optimizer) == (1e-4, 0.5, 0.9)
    assert gan.prior.latent_dim == 128
    recipe = kg.recipes.get("wgan_gp")
    assert recipe.batch_size == 50 and recipe.value_range == (0.0, 1.0)
    for network in (gan.generator, gan.discriminator):
        assert not [one for one in network.layers if "normalization" in one.name]


def test_the_settings_of_pacgan_are_the_published_ones():
    # Lin et al. 2018, and fjxmlzn/PacGAN: 64 packs, D once and G twice.
    gan = kg.recipes.pacgan(pictures((8, 8, 3)))
    assert gan.packing == 2 and gan.discriminator.input_shape == (None, 8, 8, 6)
    assert kg.recipes.get("pacgan").batch_size == 2 * 64
    assert (gan.rules.discriminator_steps, gan.rules.generator_steps) == (1, 2)
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert settings_of(optimizer)[:2] == (2e-4, 0.5)
    prior = gan.prior.get_config()
    assert prior == {"latent_dim": 100, "low": -1.0, "high": 1.0}


def test_the_settings_of_sngan_are_the_published_ones():
    # pfnet-research/sngan_projection, sn_cifar10_unconditional.yml.
    data = pictures(num_images=12)
    gan = kg.recipes.sngan(data)
    assert type(gan.rules.objective) is kg.objectives.Hinge
    recipe = kg.recipes.get("sngan")
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        config = optimizer.get_config()
        assert (config["beta_1"], config["beta_2"]) == (0.0, 0.9)
        rate = optimizer._learning_rate
        assert float(rate(0)) == pytest.approx(2e-4)
        half = recipe.epochs / 2  # of one step an epoch
        assert float(rate(half)) == pytest.approx(1e-4)
        assert float(rate(recipe.epochs)) == 0.0
    assert recipe.batch_size == 64
    assert gan.prior.latent_dim == 128
    kernels = [
        layer
        for layer in gan.discriminator.layers
        if hasattr(layer, "kernel")
        or isinstance(layer, kg.layers.SpectralNormalization)
    ]
    assert kernels
    assert {type(layer) for layer in kernels} == {kg.layers.SpectralNormalization}


def test_the_settings_of_r3gan_are_the_published_ones():
    # Huang et al. 2024, Table 9, and brownvc/R3GAN; what is scaled is not looked at.
    data = pictures(num_images=640)
    gan = kg.recipes.r3gan(data)
    assert type(gan.rules.objective) is kg.objectives.RelativisticPairing
    assert [type(term) for term in gan.terms] == [kg.terms.R1, kg.terms.R2]
    num_updates = 10 * kg.recipes.get("r3gan").epochs
    for term in gan.terms:
        gammas = [term.weight * float(term.schedule(t)) for t in (0, num_updates // 5)]
        assert gammas == pytest.approx([1.0, 0.1])
        assert float(term.schedule(num_updates)) == pytest.approx(0.1)
        assert term.interval == 1
    assert gan.generator_optimizer.get_config()["beta_1"] == 0.0
    assert gan.prior.get_config() == {"latent_dim": 64, "mean": 0.0, "stddev": 1.0}
    assert gan.ema_half_life == pytest.approx(num_updates * 64 / 50)
    for network in (gan.generator, gan.discriminator):
        assert not [one for one in network.layers if "Norm" in type(one).__name__]


def test_the_penalties_are_those_of_the_range_of_the_pixels():
    # x in [0, 1] is (y + 1) / 2 of y in [-1, 1]: dD/dx = 2 dD/dy.
    weights = [
        kg.recipes.r3gan(pictures(value_range=values)).terms[0].weight
        for values in ((-1.0, 1.0), (0.0, 1.0))
    ]
    assert weights == [1.0, 0.25]


def test_few_pictures_are_shown_in_another_way_every_time():
    # Zhao et al. 2020: all three changes for the fewest images.
    gan = kg.recipes.small_data(pictures((64, 64, 1), num_images=4))
    assert gan.rules.augmentation.get_config() == {
        "policy": "color,translation,cutout",
        "value_range": (-1.0, 1.0),
    }
    assert {"R1", "R2"} == {type(term).__name__ for term in gan.terms}
    assert gan.generator.get_layer("grid").output.shape[1:] == (4, 4, 128)
