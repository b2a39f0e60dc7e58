"""Recipes whose generators encode or complete: as published where they are."""

import dataclasses
import json

import numpy as np
import pytest

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets import Dataset, Split
from keras_gan.recipes import completion


def pictures(shape=(8, 8, 1), num_images=12):
    values = np.random.default_rng(0).uniform(size=(num_images, *shape))
    split = Split(values.astype("float32"))
    return Dataset("noise", split, split, split)


def moved_of(gan, images):
    networks = gan.generator_player.networks
    before = [one.numpy() for part in networks for one in part.trainable_weights]
    logs = gan.fit(images, batch_size=4, verbose=0).history
    assert np.isfinite([*logs.values()]).all()
    after = [one.numpy() for part in networks for one in part.trainable_weights]
    return [(old != new).any() for old, new in zip(before, after, strict=True)]


def assert_comes_back(gan):
    again = kg.GAN.from_config(json.loads(json.dumps(gan.get_config())))
    again.compile_from_config(json.loads(json.dumps(gan.get_compile_config())))
    assert again.get_compile_config() == gan.get_compile_config()
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(again.sample(4, seed=0), gan.sample(4, seed=0))


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("bigan", (8, 8, 1)),
        ("bigan_regression", (5, 7, 3)),
        ("bigan_reconstruction", (6, 4, 1)),
    ],
)
def test_bigan_learns_an_encoder_for_images_of_any_size(name, shape):
    data = pictures(shape)
    recipe = kg.recipes.get(name)
    assert recipe.obstacle(data) is None
    gan = recipe.build(data, 3)
    assert gan.name == name and gan.seed == 3
    assert len(gan.terms) == (name != "bigan")
    assert all(moved_of(gan, data.train.images))
    assert gan.encode(data.test.images).shape == (12, 50)
    assert gan.reconstruct(data.test.images).shape == (12, *shape)
    assert_comes_back(gan)


def test_the_settings_of_bigan_are_the_published_ones():
    # Donahue et al. 2017, appendix C.1: U(-1, 1)^50, Adam 2e-4 (0.5), batch 128.
    gan = kg.recipes.bigan(pictures((28, 28, 1), num_images=256))
    assert gan.prior.get_config() == {"latent_dim": 50, "low": -1.0, "high": 1.0}
    assert kg.recipes.get("bigan").batch_size == 128
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        config = optimizer.get_config()
        rate = config["learning_rate"]["config"]
        assert config["beta_1"] == 0.5 and rate["initial_learning_rate"] == 2e-4
        assert rate["decay_steps"] == 40 * 10  # 5 passes over 2 minibatches an epoch
    for network in (gan.generator, gan.game.encoder, gan.discriminator):
        assert not network.get_layer("normalization_1").trainable_variables
    assert gan.game.encoder.get_layer("leaky_relu_1").negative_slope == 0.2
    assert gan.generator.get_layer("leaky_relu_1").negative_slope == 0.0


@pytest.mark.exhaustive
def test_inpainting_completes_and_draws():
    data = pictures()
    recipe = kg.recipes.get("inpainting")
    gan = recipe.build(data, 3)
    assert gan.name == "inpainting" and gan.seed == 3
    assert [type(one) for one in gan.terms] == [
        *(kg.terms.R1, kg.terms.R2, kg.terms.MeanReconstruction)
    ]
    assert any(moved_of(gan, data.train.images))
    images = data.test.images
    left = np.zeros((8, 8, 1))
    left[:, :4] = 1
    completions = gan.complete(images, left, num_samples=2, seed=1)
    assert completions.shape == (12, 2, 8, 8, 1)
    np.testing.assert_array_equal(completions[:, 0, :, :4], images[:, :, :4])
    assert (completions[:, 0] != completions[:, 1]).any()
    # A sample is a completion of nothing.
    nothing = gan.complete(images[:5], np.zeros((8, 8, 1)), seed=2)
    np.testing.assert_allclose(nothing[:, 0], gan.sample(5, seed=2), rtol=1e-5)
    assert_comes_back(gan)


def test_inpainting_draws_masks_of_four_kinds():
    gan = kg.recipes.inpainting(pictures((16, 8, 1)))
    given = gan.game.masks(np.zeros((400, 16, 8, 1), "float32"), np.array([0, 1]))
    shares = given.numpy().mean(axis=(1, 2, 3))
    assert 0.12 < np.mean(shares == 0) < 0.28  # nothing
    assert 0.12 < np.mean(shares == 0.5) < 0.28  # a half
    assert 0.32 < np.mean(shares == 0.75) < 0.48  # all but a block
    rest = shares[~np.isin(shares, (0, 0.5, 0.75))]
    assert 0.12 < len(rest) / 400 < 0.28 and 0 < rest.min() and rest.max() < 0.7


@pytest.mark.parametrize(
    ("shape", "num_images", "epochs", "passes", "monitor"),
    [
        ((28, 28, 1), 60_000, 40, 1, "frechet_distance"),
        ((48, 48, 1), 200, 16, 102, "kernel_distance"),  # 60000 / 200 * (28 / 48)^2
    ],
)
def test_an_epoch_of_inpainting_is_as_long_as_one_of_mnist(
    shape, num_images, epochs, passes, monitor
):
    few = pictures(shape, 1).train.images
    images = np.broadcast_to(few, (num_images, *shape))
    split = Split(images)
    recipe = kg.recipes.get("inpainting").for_data(Dataset("x", split, split, split))
    assert (recipe.epochs, recipe.passes_per_epoch) == (epochs, passes)
    assert recipe.monitor == monitor
    assert f"{passes} passes over {num_images:,} images" in recipe.reasons[0]


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", ["bigan", "inpainting"])
def test_it_trains_from_the_command_line(name, tmp_path, monkeypatch):
    monkeypatch.setattr(completion, "_PIXELS_PER_EPOCH", 1)  # one pass
    short = dataclasses.replace(
        kg.recipes.get(name), passes_per_epoch=1, batch_size=400
    )
    monkeypatch.setitem(kg.recipes.RECIPES, name, short)
    arguments = ["--data", "digits", "--epochs", "1", "--output-dir", f"{tmp_path}/run"]
    assert main(["train", name, *arguments]) == 0
    gan = kg.runs.load_run(tmp_path / "run").gan
    assert gan.name == name and int(gan.epochs_completed) == 1
