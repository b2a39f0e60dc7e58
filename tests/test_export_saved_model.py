import json

import numpy as np
import pytest
import tensorflow as tf
from exports import played_here
from games import make_tiny_gan, play_tiny_gan, tiny_images

import keras_gan as kg
from export import FORMATS, Provenance, export_saved_model, run_artefact
from export.contract.contents import ENDPOINTS

SIGNATURES = {"generate", "sample", "discriminate", "serving_default"}


@pytest.fixture(scope="module")
def gan():
    return play_tiny_gan(packing=2)


@pytest.fixture(scope="module")
def folder(gan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "digits"
    with played_here():
        report = export_saved_model(
            gan,
            folder,
            version=3,
            discriminator=True,
            max_samples=64,
            provenance=Provenance(dataset="noise"),
        )
    assert set(report.endpoints) == SIGNATURES - {"serving_default"}
    assert report.max_abs_error <= 1e-5
    return folder


@pytest.fixture(scope="module")
def loaded(folder):
    return tf.saved_model.load(str(folder / "3"))


def test_its_summary_names_every_endpoint():
    told = FORMATS["saved_model"].summary
    assert [name for name in ENDPOINTS if name not in told] == []


@pytest.mark.exhaustive
def test_the_layout_is_that_of_tensorflow_serving(folder, loaded):
    assert [entry.name for entry in folder.iterdir() if entry.is_dir()] == ["3"]
    assert (folder / "3" / "saved_model.pb").is_file()
    extra = json.loads((folder / "3" / "assets.extra" / "metadata.json").read_text())
    assert extra["dataset"] == "noise"
    assert set(loaded.signatures) == SIGNATURES
    images = loaded.signatures["generate"].structured_outputs["images"]
    assert images.shape.as_list() == [None, 4, 4, 1]


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [0, 5, 2**31 - 1])
def test_sample_makes_the_images_of_sample(gan, loaded, seed):
    sample = loaded.signatures["sample"]
    images = sample(num_samples=tf.constant(9), seed=tf.constant(seed))["images"]
    np.testing.assert_allclose(images, gan.sample(9, seed=seed), atol=1e-6)


def test_discriminate_gives_the_probabilities(gan, loaded):
    images = tf.constant(tiny_images(8))
    received = loaded.signatures["discriminate"](images=images)["probabilities"]
    np.testing.assert_allclose(received, gan.discriminate(images), atol=1e-6)
    assert received.shape == (4,)  # packs of two


@pytest.mark.parametrize(
    "num_samples, seed, text",
    [
        (10**9, 0, "`num_samples` must be an integer from 1 to 64"),
        (0, 0, "`num_samples` must be an integer from 1 to 64"),
        (4, -1, "`seed` must be an integer from 0 to 2147483647"),
    ],
)
def test_hostile_numbers_are_refused(loaded, num_samples, seed, text):
    sample = loaded.signatures["sample"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=text):
        sample(num_samples=tf.constant(num_samples), seed=tf.constant(seed))


def stored_shapes(path):
    entries = tf.train.list_variables(str(path / "variables" / "variables"))
    return sorted(shape for name, shape in entries if name.endswith("VARIABLE_VALUE"))


def shapes_of(*networks):
    return sorted(list(weight.shape) for one in networks for weight in one.weights)


@pytest.mark.usefixtures("play_here")
def test_a_new_version_stands_beside_the_old_one(gan, folder):
    with pytest.raises(FileExistsError):
        export_saved_model(gan, folder, version=3)
    export_saved_model(gan, folder, version=4)
    # Each weight once, and the discriminator's only where it was asked for.
    assert stored_shapes(folder / "4") == shapes_of(gan.generator)
    assert stored_shapes(folder / "3") == shapes_of(gan.generator, gan.discriminator)
    # Asked for the model, the newest version answers.
    latents = gan.prior.sample(2, seed=0).numpy()
    (folder / "3" / "saved_model.pb").rename(folder / "3" / "gone")
    received = run_artefact(folder, latents)
    np.testing.assert_allclose(received, gan.generator(latents), atol=1e-6)
    with pytest.raises(ValueError, match="`version`"):
        export_saved_model(gan, folder, version=0)


@pytest.mark.exhaustive
def test_discriminate_is_by_the_average(tmp_path):
    tiny = make_tiny_gan()
    gan = kg.GAN(
        tiny.generator, tiny.discriminator, tiny.prior, discriminator_ema_half_life=10.0
    )
    gan.compile("sgd", "sgd")
    gan.fit(tiny_images(), batch_size=8, epochs=1, verbose=0)
    assert export_saved_model(gan, tmp_path / "m", discriminator=True).passed
    loaded = tf.saved_model.load(str(tmp_path / "m" / "1"))
    images = tiny_images(8)
    received = loaded.signatures["discriminate"](images=tf.constant(images))
    expected = gan.discriminate(images)
    np.testing.assert_allclose(received["probabilities"], expected, atol=1e-6)


def test_a_place_that_tensorflow_takes_for_a_pattern_is_refused(tmp_path, tiny_gan):
    with pytest.raises(ValueError, match="no folder has a `\\[` in its name"):
        export_saved_model(tiny_gan, tmp_path / "faces [64px]")
    assert not [*tmp_path.iterdir()]
