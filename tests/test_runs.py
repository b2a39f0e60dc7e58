"""A run knows its data again."""

import copy
import dataclasses
import hashlib
import json

import keras
import numpy as np
import pytest

import export.runs
import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets._fingerprint import differences, fingerprint
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.runs import check_data, load_run


def pictures(num_images=40):
    random = np.random.default_rng(0)
    return random.uniform(size=(num_images, 4, 4, 1)).astype("float32")


def split_of(images):
    labels = np.arange(len(images)) % 3
    splits = np.split(np.arange(len(images)), [-20, -10])
    train, valid, test = (Split(images[rows], labels[rows]) for rows in splits)
    return Dataset("arrays", train, valid, test)


def test_a_fingerprint_is_the_digest_of_the_arrays():
    images = pictures()
    record = json.loads(json.dumps(fingerprint(split_of(images))))
    assert record["valid"]["images"] == {
        "shape": [10, 4, 4, 1],
        "dtype": "float32",
        "sha256": hashlib.sha256(images[20:30].tobytes()).hexdigest(),
    }
    assert record["test"]["labels"]["shape"] == [10]
    # A view that is not contiguous holds the same numbers.
    turned = split_of(np.asfortranarray(images))
    assert differences(record, fingerprint(turned)) == []


def one_pixel(images):
    images[3, 0, 0, 0] = np.nextafter(images[3, 0, 0, 0], np.float32(0))
    return images


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (one_pixel, ["other training images"]),
        (lambda images: images[[1, 0, *range(2, 40)]], ["other training images"]),
        (
            lambda images: images[[20, *range(1, 20), 0, *range(21, 40)]],
            ["other training images", "other validation images"],
        ),
        (lambda images: images[1:], ["19 training images instead of 20"]),
        (
            lambda images: images.reshape(40, 2, 8, 1),
            [
                f"{name} images of shape (2, 8, 1) instead of (4, 4, 1)"
                for name in ("training", "validation", "test")
            ],
        ),
    ],
)
def test_what_changed_is_named(change, told):
    held = fingerprint(split_of(pictures()))
    found = fingerprint(split_of(change(pictures())))
    assert [text for text in differences(held, found) if "labels" not in text] == told


def test_other_labels_are_other_data():
    data = split_of(pictures())
    held = fingerprint(data)
    data.test.labels[0] += 1
    assert differences(held, fingerprint(data)) == ["other test labels"]


# ------------------------------------------------------- runs of the command line


@pytest.fixture
def arrays(monkeypatch):
    """A dataset that is read from a folder, and the digits recipe with a small game."""

    def load(data_dir):
        return split_of(np.load(f"{data_dir}/images.npy"))

    def build(data, seed):
        gan = kg.GAN(
            kg.networks.mlp_generator(3, data.image_shape, (5,), seed=seed),
            kg.networks.maxout_discriminator(data.image_shape, (4,), seed=seed),
            kg.priors.UniformPrior(3),
            seed=seed,
        )
        optimizers = (keras.optimizers.SGD(0.1) for _ in range(2))
        gan.compile(*optimizers, run_eagerly=True)
        return gan

    digits = kg.recipes.RECIPES["digits"]
    small = dataclasses.replace(digits, build=build, passes_per_epoch=1)
    monkeypatch.setitem(kg.recipes.RECIPES, "digits", small)
    monkeypatch.setitem(kg.datasets.LOADERS, "arrays", load)


def folder(path, images):
    path.mkdir()
    np.save(path / "images.npy", images)
    return str(path)


def test_a_run_goes_on_with_its_own_data_alone(arrays, tmp_path, capsys):
    one = folder(tmp_path / "one", pictures())
    grown = folder(tmp_path / "grown", pictures(41))
    run = tmp_path / "run"
    train = ["train", "digits", "--verbose", "0", "--output-dir", str(run)]
    assert main([*train, "--data", "arrays", "--data-dir", one, "--epochs", "1"]) == 0
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    resume = [*train, "--resume", "--epochs", "2", "--data-dir"]
    for command in (
        [*resume, grown],
        ["evaluate", str(run), "--data-dir", grown],
        ["export", str(run), "--format", "onnx_int8", "--data-dir", grown],
    ):
        assert main(command) == 2
        error = capsys.readouterr().err
        assert "`data_dir` must hold the data that the run was begun on" in error
        assert "21 training images instead of 20" in error
    after = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    assert after == before
    with pytest.raises(ValueError, match="21 training images instead of 20"):
        load_run(run, data_dir=grown)
    moved = folder(tmp_path / "moved", pictures())
    assert len(load_run(run, data_dir=moved).data.train) == 20
    assert main([*resume, moved]) == 0


def test_an_older_run_gets_a_fingerprint_when_it_goes_on(arrays, tmp_path):
    one = folder(tmp_path / "one", pictures())
    run = tmp_path / "run"
    train = ["train", "digits", "--verbose", "0", "--output-dir", str(run)]
    train += ["--data", "arrays", "--data-dir", one]
    assert main([*train, "--epochs", "1"]) == 0
    config = json.loads((run / "config.json").read_text())
    older = copy.deepcopy(config)
    del older["dataset"]["fingerprint"]
    (run / "config.json").write_text(json.dumps(older))
    assert len(load_run(run).data.train) == 20
    assert main([*train, "--epochs", "2", "--resume"]) == 0
    resumed = json.loads((run / "config.json").read_text())
    assert resumed["dataset"]["fingerprint"] == config["dataset"]["fingerprint"]
    check_data({}, split_of(pictures(41)))  # a run that begins has no data yet


def test_exports_are_judged_as_the_run_is(arrays, tmp_path, monkeypatch):
    # By no network that was trained on the recipe's own data, where these are others.
    def feature_network():
        raise AssertionError("the recipe's network judged other data")

    digits = kg.recipes.RECIPES["digits"]
    judged = dataclasses.replace(digits, feature_network=feature_network)
    monkeypatch.setitem(kg.recipes.RECIPES, "digits", judged)
    one = folder(tmp_path / "one", pictures(400))
    config = {"recipe": "digits", "data": "arrays", "data_dir": one}
    scores = export.runs._quality(config, None)(pictures(30))
    assert scores["frechet_distance"].features == "pixels"
