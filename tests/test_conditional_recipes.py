"""Recipes of conditional games: as published where they are, and they play."""

import re

import numpy as np
import pytest

import keras_gan as kg
from keras_gan.datasets import Dataset, Split

NAMES = [
    "acgan",
    "conditional_dcgan",
    "mirza_osindero2014_mnist",
    "projection_gan",
]


def labelled(num_images=4, labels=(0, 3, 1, 2), value_range=(0.0, 1.0)):
    images = np.random.default_rng(0).uniform(size=(num_images, 28, 28, 1))
    split = Split(images.astype("float32"), np.resize(labels, num_images))
    return Dataset("noise", split, split, split, value_range)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", NAMES)
def test_it_plays_on_labelled_images_and_draws_the_class_asked_for(name):
    data, recipe = labelled(), kg.recipes.get(name)
    gan = recipe.build(data, 3)
    assert gan.compiled and gan.seed == 3 and gan.name == name
    prior = gan.conditions["labels"].get_config()
    assert prior == {"num_classes": 4, "probabilities": None}
    before = [weight.numpy() for weight in gan.trainable_weights]
    logs = gan.fit(
        {"images": data.train.images, "labels": data.train.labels},
        batch_size=2,
        verbose=0,
    ).history
    assert gan.train_steps == 2 and np.isfinite([*logs.values()]).all()
    moved = [
        (old != weight.numpy()).any()
        for old, weight in zip(before, gan.trainable_weights, strict=True)
    ]
    assert any(moved)
    samples = gan.sample(4, seed=0, labels=np.arange(4))
    assert samples.shape == (4, 28, 28, 1)
    assert samples.min() >= 0 and samples.max() <= 1
    with pytest.raises(ValueError, match="`labels` must lie in 0 to 3"):
        gan.sample(1, labels=4)


@pytest.mark.parametrize("name", NAMES)
def test_data_without_labels_are_refused(name):
    images = np.zeros((4, 28, 28, 1), "float32")
    split = Split(images)
    data = Dataset("plain", split, split, split)
    with pytest.raises(ValueError, match=f"`data` must have labels: {name} draws"):
        kg.recipes.get(name).build(data, 0)


def test_labels_below_zero_are_refused():
    with pytest.raises(ValueError, match="must number the classes from 0.*label -1"):
        kg.recipes.acgan(labelled(labels=(-1, 0, 1, 2)))


@pytest.mark.parametrize(
    ("train", "held_out", "unseen"), [((0, 2), (0, 1), [1]), ((0, 1), (0, 1, 2), [2])]
)
def test_classes_without_a_training_image_are_warned_of(train, held_out, unseen):
    data = labelled(6, train)
    others = labelled(6, held_out).valid
    data = Dataset("noise", data.train, others, others)
    with pytest.warns(UserWarning, match=re.escape(f"of the classes {unseen}")):
        kg.recipes.conditional_dcgan(data)


def test_the_generator_ends_in_the_range_of_the_pixels():
    data = labelled(value_range=(-1.0, 1.0))
    gan = kg.recipes.projection_gan(data)
    assert gan.generator.get_layer("images").activation.__name__ == "tanh"


def test_the_recipe_of_mirza_and_osindero_is_that_of_2014():
    data = labelled(num_images=250, labels=range(10))
    gan = kg.recipes.mirza_osindero2014_mnist(data, seed=3)
    # Parameters by hand in tests/test_conditional_networks.py.
    assert gan.generator.count_params() == 2_413_984
    assert gan.discriminator.count_params() == 1_224_351
    prior = gan.prior.get_config()
    assert prior == {"latent_dim": 100, "low": 0.0, "high": 1.0}
    assert kg.recipes.get("mirza_osindero2014_mnist").batch_size == 100
    optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
    for optimizer, share in zip(optimizers, (1.0, 0.5), strict=True):
        assert optimizer._learning_rate.get_config() == {
            "initial": share * 0.1,
            "decay_factor": 1.00004,
            "minimum": share * 1e-6,
        }
        momentum = optimizer.momentum.get_config()
        assert (momentum["initial"], momentum["final"]) == (0.5, 0.7)
        assert momentum["updates_per_epoch"] == 3  # 250 images in minibatches of 100
    marginals = kg.networks.pixel_marginal_logits(data.train.images)
    bias = gan.generator.get_layer("dense_3").bias
    np.testing.assert_array_equal(bias, marginals.ravel())
