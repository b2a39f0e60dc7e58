"""Which recipe learns from which dataset: in its own size, resized, or not at all."""

import dataclasses
import json

import numpy as np
import pytest
from games import make_tiny_gan, small_recipe

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets import Dataset, Split, load_image_folder, resized
from keras_gan.recipes import RECIPES
from keras_gan.runs.data import check_begins, check_fits

SHAPES = {
    "cifar10": (32, 32, 3),
    "digits": (8, 8, 1),
    "fashion_mnist": (28, 28, 1),
    "mnist": (28, 28, 1),
    "olivetti": (48, 48, 1),
    "stacked_mnist": (28, 28, 3),
    "tfd": (48, 48, 1),
}
BUILT = ("digits", "mnist", "ring_of_gaussians")
ENTRIES = {"labels", "labelled_images"}  # that `fit` makes of images and labels
POINTS = ("grid_of_gaussians", "ring_of_gaussians", "swiss_roll")
WAVEFORMS = ("harmonic_tones",)
OWN = ("image_folder", "shards", "wave_folder")


def some_data(name, shape, labels=True, data_name="", num_rows=320):
    """Rows of the shape of a dataset, whose files are not here.

    As many as a step of `wgan` takes: five minibatches of 64.
    """
    random = np.random.default_rng(0)
    values = random.random(size=(num_rows, *shape), dtype="float32")
    split = Split(values, np.arange(num_rows) % 3 if labels else None, data_name)
    return Dataset(name, split, split, split)


def data_of(name):
    if name in POINTS:
        return some_data(name, (2,), data_name="points")
    if name in WAVEFORMS:
        return some_data(name, (4096, 1), data_name="waveforms")
    return some_data(name, SHAPES[name], labels=name != "tfd")


def test_every_dataset_but_your_own_is_looked_at():
    assert {*SHAPES, *POINTS, *WAVEFORMS, *OWN} == set(kg.datasets.LOADERS)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", sorted({*SHAPES, *POINTS, *WAVEFORMS}))
def test_who_says_that_it_fits_can_be_built(name):
    data = data_of(name)
    for recipe in RECIPES.values():
        if recipe.obstacle(data) is not None:
            with pytest.raises(ValueError, match=f"{recipe.name} cannot learn from"):
                check_fits(recipe, data)
        elif name in BUILT and not is_large(recipe):
            prepared = recipe.prepared(data)
            gan = recipe.build(prepared, 0)
            assert gan.data_shape == data.data_shape, recipe.name
            assert set(gan.entries.needed) <= ENTRIES | {gan.data_name}


def is_large(recipe):
    """Whether it takes seconds to build: widths of 8000; or needs a first stage."""
    return "cifar10" in recipe.name or "tfd" in recipe.name


def test_each_recipe_fits_the_dataset_that_it_is_published_for():
    for recipe in RECIPES.values():
        assert recipe.obstacle(data_of(recipe.data)) is None, recipe.name


@pytest.mark.parametrize(
    ("recipe", "data", "told", "other"),
    [
        (
            "goodfellow2014_cifar10_convolutional",
            some_data("mnist", (28, 28, 1)),
            "it makes images of 32 x 32, and these have 28 x 28; resize them with "
            "--image-size 32",
            "default",
        ),
        (
            "digits",
            some_data("ring", (2,), data_name="points"),
            "it makes images, and these are points",
            "ring_of_gaussians",
        ),
        (
            "ring_of_gaussians",
            some_data("digits", (8, 8, 1)),
            r"it makes points in the plane, and these are images of shape \(8, 8, 1\)",
            "default",
        ),
        (
            "conditional_dcgan",
            some_data("faces", (48, 48, 1), labels=False),
            "it is told classes, and these data have no labels",
            "default",
        ),
        (
            "conditional_dcgan",
            some_data("odd", (27, 30, 1)),
            "it halves images of at most 256 pixels a side down to a small grid, and "
            "these have 27 x 30; resize them with --image-size 28",
            "digits",
        ),
        (
            "projection_gan",
            some_data("faces", (56, 46, 1)),
            "and these have 56 x 46; resize them with --image-size 56 48",
            "digits",
        ),
        (
            "projection_gan",
            some_data("scans", (300, 280, 1), num_rows=100),
            "and these have 300 x 280; resize them with --image-size 256 224",
            "digits",
        ),
        (
            # 2 x 1200 units that look at 256 * 256 * 3 numbers each.
            "goodfellow2014_mnist",
            some_data("photos", (256, 256, 3), num_rows=64),
            "it is fully connected and would need 472 million weights for images of "
            r"shape \(256, 256, 3\); take smaller ones with --image-size",
            "default",
        ),
    ],
)
def test_what_does_not_fit_says_why_and_who_can(recipe, data, told, other):
    with pytest.raises(ValueError, match=told) as error:
        check_fits(kg.recipes.get(recipe), data)
    assert str(error.value).endswith(f"; the recipe {other} can.")
    assert kg.recipes.get(other).obstacle(data) is None


def test_one_picture_is_too_few_to_validate_by():
    one = Split(np.zeros((1, 32, 32, 3), "float32"), np.zeros(1, "int32"))
    rows = np.zeros((128, 32, 32, 3), "float32")
    rows[1] = 1
    many = Dataset("many", Split(rows, np.arange(128) % 2), one, one)
    told = "at least 2 images to validate by, and there is 1; the recipe digits can"
    for recipe, measure in (
        ("r3gan", "frechet distance"),
        ("dcgan", "frechet distance"),
        ("small_data", "kernel distance"),
    ):
        with pytest.raises(ValueError, match=f"judged by the {measure}.*{told}"):
            check_fits(kg.recipes.get(recipe), many)


@pytest.mark.parametrize(
    ("recipe", "num_rows"),
    [
        ("dcgan", 128),
        ("pacgan", 128),  # 64 pairs
        ("wgan", 320),  # k = 5
        ("wgan_gp", 250),
    ],
)
def test_pictures_that_are_too_few_for_a_step_are_told_of(recipe, num_rows):
    data = some_data("few", (28, 28, 1), num_rows=16)
    message = f"^{recipe} cannot learn from few: it wants {num_rows} images to learn"
    with pytest.raises(ValueError, match=message) as error:
        check_begins(kg.recipes.get(recipe), data)
    assert str(error.value).endswith("there are 16; the recipe default can.")
    check_fits(kg.recipes.get(recipe), data)  # a run of before goes on
    enough = some_data("enough", (28, 28, 1), num_rows=num_rows)
    check_begins(kg.recipes.get(recipe), enough)


@pytest.mark.parametrize("name", ["dcgan", "wgan_gp", "default", "projection_gan"])
def test_builders_name_who_can_make_images_of_another_size(name):
    data = some_data("odd", (27, 30, 1), num_rows=6)
    told = r"27 x 30; resize them first, by .*\(28, 28\)\), or for the recipe default"
    with pytest.raises(ValueError, match=rf"^{name} cannot learn from odd: .*{told}"):
        getattr(kg.recipes, name)(data)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", sorted(RECIPES))
def test_minibatches_of_a_step_are_those_of_the_game(name):
    recipe = RECIPES[name]
    if is_large(recipe):
        pytest.skip("it takes seconds to build, and k is 1 as in all of 2014")
    data = data_of(recipe.data)
    gan = recipe.build(recipe.prepared(data), 0)
    assert gan.rules.discriminator_steps == recipe.discriminator_steps
    assert recipe.for_data(data).batch_size % gan.packing == 0


def test_pictures_that_do_not_differ_are_told_of_before_training():
    rows = np.zeros((5, 32, 32, 3), "float32")
    for num, told in (
        (1, "to learn from, .*and there is 1"),
        (5, "its 5 .*not differ"),
    ):
        split = Split(rows[:num], np.zeros(num, "int32"))
        same = Dataset("same", split, split, split)
        with pytest.raises(ValueError, match=f"cannot learn from same: .*{told}"):
            check_fits(kg.recipes.get("r3gan"), same)


def test_nobody_can_learn_from_everything():
    spectra = some_data("spectra", (64,), labels=False)
    with pytest.raises(ValueError, match="these are vectors; no recipe here can"):
        check_fits(kg.recipes.get("digits"), spectra)
    odd = some_data("odd", (4_001, 1), labels=False, data_name="waveforms")
    told = (
        "fourfold down to a few places, and these have 4,001; cut or pad them to 4,032"
    )
    with pytest.raises(ValueError, match=told):
        check_fits(kg.recipes.get("wavegan"), odd)


@pytest.mark.parametrize("name", ["digits", "goodfellow2014_mnist"])
def test_the_weights_at_the_data_are_those_that_are_built(name):
    # Another pixel costs so many weights, and a bias of the generator's output.
    recipe, sizes = kg.recipes.get(name), ((4, 4, 1), (4, 5, 1))
    counts = [
        sum(network.count_params() for network in (gan.generator, gan.discriminator))
        for gan in (recipe.build(some_data("few", size), 0) for size in sizes)
    ]
    units = (counts[1] - counts[0]) / 4 - 1
    largest = int(100e6 / units)  # pixels
    assert recipe.obstacle(some_data("fits", (1, largest, 1))) is None
    assert "million" in recipe.obstacle(some_data("not", (1, largest + 1, 1)))


def test_data_are_scaled_to_the_range_of_a_recipe():
    images = np.linspace(-1, 1, 4 * 64, dtype="float32").reshape(4, 8, 8, 1)
    split = Split(images)
    data = Dataset("tanh", split, split, split, value_range=(-1.0, 1.0))
    prepared = kg.recipes.get("digits").prepared(data)
    assert prepared.value_range == (0.0, 1.0)
    np.testing.assert_allclose(prepared.train.images, (images + 1) / 2, atol=1e-7)
    contrasts = kg.recipes.get("goodfellow2014_cifar10_fully_connected").prepared(data)
    # Of length 55 each, as `contrast_normalized` has it.
    lengths = np.linalg.norm(contrasts.train.images.reshape(4, -1), axis=1)
    np.testing.assert_allclose(lengths, 55.0, rtol=1e-5)


# ------------------------------------------------------------------------ --image-size


def test_images_are_resized_as_pillow_does():
    image = pytest.importorskip("PIL.Image")
    data = some_data("noise", (37, 41, 1))
    smaller = resized(data, (9, 12))
    assert smaller.name == "noise, resized to 9 x 12"
    for before, after in zip(data.train.images, smaller.train.images, strict=True):
        whole = image.fromarray(before[..., 0])  # mode "F": float32
        expected = whole.resize((12, 9), image.Resampling.BILINEAR)
        np.testing.assert_allclose(after[..., 0], expected, atol=1e-5)
    assert resized(data, (37, 41)) is data
    np.testing.assert_array_equal(smaller.train.labels, data.train.labels)


def test_only_images_can_be_resized():
    with pytest.raises(ValueError, match="`image_size` is for images.*points"):
        resized(some_data("ring", (2,), data_name="points"), 8)
    with pytest.raises(ValueError, match="`image_size`"):
        resized(some_data("noise", (8, 8, 1)), 0)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setitem(RECIPES, "digits", small_recipe("digits"))


TRAIN = ["train", "digits", "--verbose", "0", "--epochs", "1", "--output-dir"]


@pytest.mark.exhaustive
def test_a_run_learns_from_resized_images_and_goes_on_with_them(
    small, tmp_path, capsys
):
    path = tmp_path / "run"
    assert main([*TRAIN, str(path), "--image-size", "6", "10"]) == 0
    record = json.loads((path / "run.json").read_text())
    assert record["config"]["image_size"] == [6, 10]
    assert record["dataset"]["data_shape"] == [6, 10, 1]
    assert record["dataset"]["name"] == "digits, resized to 6 x 10"
    run = kg.runs.load_run(path)
    assert run.data.image_shape == run.gan.data_shape == (6, 10, 1)
    resume = [
        "train",
        "digits",
        "--verbose",
        "0",
        "--resume",
        "--output-dir",
        str(path),
    ]
    assert main([*resume, "--epochs", "2", "--image-size", "6"]) == 2
    told = "as it began, with image_size=[6, 10]. Received: image_size=6"
    assert told in capsys.readouterr().err
    assert main([*resume, "--epochs", "2"]) == 0
    assert kg.load(path / "model.keras").epochs_completed == 2


def write_pictures(folder, sizes, channels=3):
    image = pytest.importorskip("PIL.Image")
    random = np.random.default_rng(0)
    folder.mkdir()
    for index, (height, width) in enumerate(sizes):
        shape = (height, width) if channels == 1 else (height, width, channels)
        pixels = random.integers(0, 256, shape, "uint8")
        image.fromarray(pixels).save(folder / f"{index:02}.png")
    return str(folder)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("channels", [1, 3])
def test_your_own_pictures_keep_their_size_and_colors(small, tmp_path, channels):
    folder = write_pictures(tmp_path / "own", [(6, 9)] * 8, channels)
    own = ["--data", "image_folder", "--data-dir", folder]
    assert main([*TRAIN, str(tmp_path / "run"), *own]) == 0
    run = kg.runs.load_run(tmp_path / "run")
    assert run.gan.data_shape == run.data.image_shape == (6, 9, channels)
    smaller = [*own, "--image-size", "4"]
    assert main([*TRAIN, str(tmp_path / "smaller"), *smaller]) == 0
    gan = kg.load(tmp_path / "smaller" / "model.keras")
    assert gan.data_shape == (4, 4, channels)


def test_pictures_of_many_sizes_need_one(small, tmp_path, capsys):
    folder = write_pictures(tmp_path / "own", [(6, 9), (8, 8), (5, 7), (6, 9)])
    own = ["--data", "image_folder", "--data-dir", folder]
    assert main([*TRAIN, str(tmp_path / "run"), *own]) == 2
    told = capsys.readouterr().err
    assert "`image_size` (--image-size) must say how large" in told
    assert "have 3 sizes, from 5 x 7 to 8 x 8" in told
    assert load_image_folder(folder, 4).image_shape == (4, 4, 3)
    (tmp_path / "own" / "05.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="1 picture in .* cannot be read"):
        load_image_folder(folder)


class _Rows:
    """Any number of black images, for a stream of them."""

    data_shape, has_labels = (8, 8, 1), False

    def __init__(self, num_rows):
        self._num_rows = num_rows

    def __len__(self):
        return self._num_rows

    def read(self, rows):
        return np.zeros((len(rows), 8, 8, 1), "uint8"), np.zeros(len(rows), "int32")


def final_step(gan):
    return gan.generator_optimizer.get_config()["learning_rate"]["config"]


def test_schedules_follow_the_epochs_that_are_asked_for():
    data = kg.datasets.load_digits()
    recipe = kg.recipes.get("sngan")
    config = {"seed": 0, "epochs": 3, "alternating": False, "precision": "float32"}
    gan = kg.runs.build_game(recipe, recipe.prepared(data), config)
    # 1,197 training digits in minibatches of 64 are 19.
    assert final_step(gan)["decay_steps"] == 3 * 19
    assert final_step(kg.recipes.sngan(data))["decay_steps"] == 40 * 19
    with pytest.raises(ValueError, match="`num_steps`"):
        kg.recipes.sngan(data, num_steps=0)


@pytest.mark.parametrize(("num_rows", "steps"), [(54_000, 843), (600, 9), (9e5, 1000)])
def test_schedules_follow_all_rows_of_a_stream(num_rows, steps):
    # Minibatches of 64, whole ones, and of a long stream a thousand an epoch.
    data = kg.datasets.load_digits()
    stream = kg.datasets.Stream(_Rows(int(num_rows)))
    streamed = dataclasses.replace(data, stream=stream)
    assert streamed.num_train == num_rows and data.num_train == len(data.train)
    recipe = kg.recipes.get("sngan")
    assert recipe.steps_per_epoch(streamed) == steps
    gan = recipe.build(recipe.prepared(streamed), 0)
    assert final_step(gan)["decay_steps"] == 40 * steps


def test_what_is_chosen_for_a_stream_follows_all_of_its_rows():
    data = kg.datasets.load_digits()
    stream = kg.datasets.Stream(_Rows(54_000))
    recipe = kg.recipes.for_data(dataclasses.replace(data, stream=stream))
    assert "54,000 pictures" in recipe.reasons[3]
    assert "shown as they are" in recipe.reasons[2]


@pytest.mark.exhaustive
def test_a_step_of_several_discriminator_moves_takes_as_many_minibatches(digits):
    recipe = kg.recipes.get("digits")
    recipe = dataclasses.replace(recipe, batch_size=50, passes_per_epoch=1)
    gan = make_tiny_gan(discriminator_steps=3)
    images = digits.train.images[:, :4, :4] / 2
    gan.fit(images, batch_size=recipe.batch_size, verbose=0)
    assert int(gan.train_steps.numpy()) == recipe.steps_per_epoch(digits, 3) == 8


def test_rows_of_an_unknown_class_are_no_class():
    labels = np.concatenate([np.repeat(np.arange(10), 20), [-1, -1, -1]])
    images = np.random.default_rng(0).random((203, 28, 28, 1), "float32")
    split, recipe = Split(images, labels), RECIPES["few_labels"]
    assert recipe.obstacle(Dataset("some", split, split, split)) is None
    unknown = dataclasses.replace(split, labels=np.full(203, -1))
    told = recipe.obstacle(Dataset("none", unknown, split, split))
    assert told is not None and "the class of all these is unknown, -1" in told
    few = dataclasses.replace(split, labels=np.where(labels == 7, -1, labels))
    few.labels[few.labels == 3] = np.repeat([3, -1], [2, 18])
    told = recipe.obstacle(Dataset("few", few, split, split))
    assert told is not None and "2 of class 3" in told
