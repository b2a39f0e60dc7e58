"""The recipe for your own pictures: what is chosen, why, and by the command line."""

import json

import numpy as np
import pytest

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets import Dataset, Split
from keras_gan.evaluation import efficientnet_lite0, feature_networks
from keras_gan.recipes import _choice
from keras_gan.recipes._choice import chosen_for


def pictures(shape, num_images):
    # One value for each image: nothing of this size has to lie in memory.
    gray = np.linspace(0.4, 0.6, num_images, dtype="float32").reshape(-1, 1, 1, 1)
    values = np.broadcast_to(gray, (num_images, *shape))
    split = Split(values)
    return Dataset("pictures", split, split, split)


def steps_of_pictures(num_images):
    return lambda batch_size, passes: -(-passes * num_images // batch_size)


@pytest.mark.parametrize(
    ("shape", "num_images", "width", "batch_size", "policy", "monitor"),
    [
        ((28, 28, 1), 50_000, 32, 64, None, "frechet_distance"),
        ((32, 32, 3), 45_000, 32, 64, None, "frechet_distance"),
        ((48, 48, 1), 5_000, 24, 64, "translation,cutout", "frechet_distance"),
        ((64, 64, 3), 300, 16, 32, "color,translation,cutout", "kernel_distance"),
        ((256, 256, 3), 300, 8, 32, "color,translation,cutout", "kernel_distance"),
    ],
)
def test_the_choice_follows_size_and_number(
    shape, num_images, width, batch_size, policy, monitor
):
    recipe = kg.recipes.for_data(pictures(shape, num_images))
    choice = chosen_for(num_images, shape, steps_of_pictures(num_images))
    assert recipe.name == "default" and recipe.obstacle(pictures(shape, 4)) is None
    assert choice.base_filters == width
    assert recipe.batch_size == choice.batch_size == batch_size
    assert choice.policy == policy
    assert recipe.monitor == choice.monitor == monitor
    rows = recipe.passes_per_epoch * num_images
    assert choice.steps_per_epoch == -(-rows // batch_size)
    # Within the bounds but for whole epochs, which are of 500 steps or one pass.
    assert 2_000 - 500 <= recipe.epochs * choice.steps_per_epoch <= 20_000 + 1_000
    assert recipe.reasons == choice.reasons and len(recipe.reasons) == 5
    assert recipe.reasons[0].startswith(f"{width} filters")
    assert f"minibatches of {batch_size}" in recipe.reasons[1]
    assert f"{recipe.epochs} epochs" in recipe.reasons[3]


def test_larger_pictures_get_fewer_steps_and_narrower_networks():
    choices = [
        chosen_for(10_000, (side, side, 3), steps_of_pictures(10_000))
        for side in (32, 64, 128, 256)
    ]
    steps = [one.epochs * one.steps_per_epoch for one in choices]
    widths = [one.base_filters for one in choices]
    assert steps == sorted(steps, reverse=True)
    assert widths == sorted(widths, reverse=True)


def test_what_is_chosen_is_built():
    data = pictures((64, 64, 3), 40)
    recipe = kg.recipes.for_data(data)
    gan = recipe.build(recipe.prepared(data), 5)
    again = kg.recipes.default(recipe.prepared(data), 5)
    for one, other in zip(gan.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert gan.get_compile_config() == again.get_compile_config()
    assert gan.seed == 5 and gan.name == "default"
    assert gan.rules.augmentation.value_range == (-1.0, 1.0)
    assert gan.generator.get_layer("last_doubling").input.shape[-1] == 16


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((27, 27, 1), (28, 28)),
        ((54, 54, 3), (56, 56)),
        ((300, 200, 3), (256, 160)),  # at most 256 pixels a side
        ((50, 50, 3), None),
        ((100, 60, 1), None),
    ],
)
def test_sizes_that_do_not_halve_are_chosen_too(shape, size):
    data = pictures(shape, 3)
    recipe = kg.recipes.for_data(data)
    assert recipe.obstacle(data) is None
    prepared = recipe.prepared(data)
    assert prepared.image_shape == (*(size or shape[:2]), shape[-1])
    assert prepared.value_range == (-1.0, 1.0)
    asked = kg.recipes.for_data(prepared)
    assert recipe.reasons == (*recipe.reasons[:-5], *asked.reasons)
    assert (size is None) == (len(recipe.reasons) == 5)
    if size is not None:
        height, width = size
        assert recipe.reasons[0].startswith(f"images of {height} x {width}: those of ")
    assert recipe.build(prepared, 0).generator.output_shape[1:] == prepared.image_shape


def test_other_data_are_refused():
    points = Dataset("ring", *[Split(np.zeros((4, 2), "float32"))] * 3)
    with pytest.raises(ValueError, match="`data` must be images.*ring, "):
        kg.recipes.for_data(points)
    single = Dataset("one", *[Split(np.zeros((1, 8, 8, 1), "float32"))] * 3)
    with pytest.raises(ValueError, match="at least 2 training pictures"):
        kg.recipes.for_data(single)
    with pytest.raises(ValueError, match="`num_images`"):
        chosen_for(0, (28, 28, 1), steps_of_pictures(0))


@pytest.mark.exhaustive
def test_the_command_says_why_and_a_run_goes_on(tmp_path, monkeypatch, capsys):
    digits = kg.datasets.load_digits()
    few = Dataset(
        "digits",
        Split(digits.train.images[:40]),
        Split(digits.valid.images[:40]),
        Split(digits.test.images[:40]),
    )
    monkeypatch.setitem(kg.datasets.LOADERS, "digits", lambda data_dir=None: few)
    monkeypatch.setattr("keras_gan.recipes._choice._STEPS_PER_EPOCH", 2)
    monkeypatch.setattr("keras_gan.recipes._choice._WIDTHS", (2,))
    train = ["train", "default", "--data", "digits", "--verbose", "0"]
    path = tmp_path / "run"
    assert main([*train, "--epochs", "1", "--output-dir", str(path)]) == 0
    said = capsys.readouterr().out
    assert "default: minibatches of 32: there are fewer than 2,000 pictures." in said
    config = json.loads((path / "run.json").read_text())["config"]
    assert config["batch_size"] == 32
    assert config["passes_per_epoch"] == 2  # of 40 pictures: two minibatches of 32
    more = ["--epochs", "2", "--resume", "--output-dir", str(path)]
    assert main([*train, *more]) == 0
    assert kg.load(path / "model.keras").epochs_completed == 2


@pytest.mark.parametrize(
    ("num_images", "shape", "monitor"),
    [
        (400, (16, 16, 1), "kernel_distance"),  # of 1,280 features, or 256 pixels
        (1_281, (16, 16, 1), "frechet_distance"),
        (257, (8, 8, 4), "frechet_distance"),
        (2_000, (32, 32, 3), "kernel_distance"),
    ],
)
def test_no_covariance_is_singular(num_images, shape, monitor):
    assert _choice._NUM_FEATURES == efficientnet_lite0.FEATURE_DIM
    assert _choice._SMALLEST_PICTURE == feature_networks._SMALLEST_PICTURE
    choice = _choice.chosen_for(num_images, shape, lambda size, passes: 500)
    assert choice.monitor == monitor
