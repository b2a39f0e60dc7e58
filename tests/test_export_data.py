"""Exports of generators of vectors and signals: their names, shapes, ranges, cards."""

import json
import math

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from PIL import Image

import keras_gan as kg
from export import export_generator, run_artefact
from export.contract.metadata import Provenance

pytestmark = pytest.mark.usefixtures("play_here")

FILES = {"saved_model": "saved_model", "onnx": "generator.onnx"} | {
    "onnx_seeded": "generator_seeded.onnx",
    "litert": "generator.tflite",
}


def gan_of(shape, name, activation, num_classes=None):
    latents = keras.Input((3,), name="latents")
    inputs, features = [latents], latents
    if num_classes is not None:
        labels = keras.Input((), name="labels", dtype="int32")
        of_class = keras.layers.Embedding(num_classes, 4)(labels)
        inputs = [latents, labels]
        features = keras.layers.concatenate([latents, of_class])
    if len(shape) == 2:  # a signal, made twice as long by a convolution
        length, channels = shape
        hidden = keras.layers.Dense(length // 2 * 4, "relu")(features)
        hidden = keras.layers.Reshape((length // 2, 4))(hidden)
        outputs = keras.layers.Conv1DTranspose(
            channels, 4, 2, padding="same", activation=activation
        )(hidden)
    else:
        hidden = keras.layers.Dense(8, "relu")(features)
        outputs = keras.layers.Dense(math.prod(shape), activation)(hidden)
    data = keras.Input(shape, name=name)
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(data))
    return kg.GAN(
        keras.Model(inputs, outputs),
        keras.Model(data, logits),
        kg.priors.NormalPrior(3),
    )


@pytest.fixture
def points_gan():
    keras.utils.set_random_seed(0)
    return gan_of((2,), "points", None)


@pytest.fixture
def waveforms_gan():
    keras.utils.set_random_seed(0)
    return gan_of((32, 2), "waveforms", "tanh")


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("data", ["points", "waveforms"])
def test_data_come_out_under_their_name(tmp_path, request, name, data):
    gan = request.getfixturevalue(f"{data}_gan")
    path, report = export_generator(gan, tmp_path, name)
    assert report.passed and report.max_abs_error < 1e-5
    record = json.loads(path.with_name(f"{path.name}.json").read_text())
    assert record["data_name"] == data and "image_shape" not in record
    assert record["data_shape"] == [*gan.data_shape] and record["pixels"] is None
    outputs = [one["outputs"] for one in record["endpoints"].values()]
    assert all({*one} == {data} for one in outputs)
    shape = ["batch" if name.startswith("onnx") else None, *gan.data_shape]
    assert outputs[0][data] == {"dtype": "float32", "shape": shape}


@pytest.mark.exhaustive
def test_files_play_what_keras_makes(tmp_path, waveforms_gan):
    gan = waveforms_gan
    latents = np.float32(gan.prior.sample(5, seed=1))
    expected = gan.generator(tf.constant(latents)).numpy()
    for name in ("saved_model", "onnx", "litert"):
        path, _ = export_generator(gan, tmp_path, name)
        np.testing.assert_allclose(run_artefact(path, latents), expected, atol=1e-5)
    path, _ = export_generator(gan, tmp_path, "onnx_seeded")
    session = onnxruntime.InferenceSession(path)
    inputs = {"num_samples": np.array(4, "int32"), "seed": np.array(9, "int32")}
    (drawn,) = session.run(["waveforms"], inputs)
    np.testing.assert_allclose(drawn, gan.sample(4, seed=9), atol=1e-5)


def test_a_discriminator_of_points(tmp_path, points_gan):
    path, report = export_generator(
        points_gan, tmp_path, "saved_model", discriminator=True
    )
    assert report.endpoints["discriminate"] < 1e-5
    discriminate = tf.saved_model.load(str(path)).signatures["discriminate"]
    points = points_gan.sample(6, seed=0)
    probabilities = discriminate(points=tf.constant(points))["probabilities"]
    np.testing.assert_allclose(
        probabilities, points_gan.discriminate(points), atol=1e-6
    )


@pytest.mark.parametrize(
    ("activation", "value_range", "text"),
    [
        ("tanh", [-1.0, 1.0], "values in [-1, 1]"),
        ("sigmoid", [0.0, 1.0], "values in [0, 1]"),
        (None, None, "values unstated"),
    ],
)
def test_the_range_is_that_of_the_generator(tmp_path, activation, value_range, text):
    gan = gan_of((5,), None, activation)
    path, _ = export_generator(gan, tmp_path, "onnx")
    record = json.loads(path.with_name(f"{path.name}.json").read_text())
    assert record["value_range"] == value_range
    stated = record["metadata"].get("value_range")
    assert stated == (value_range and json.dumps(value_range))
    card = path.with_name(f"{path.name}.md").read_text()
    assert f"Vectors of 5, {text}, from 3 latent numbers" in card


def test_what_was_stated_is_kept(tmp_path):
    stated = Provenance(value_range=(-2.0, 2.0))
    gan = gan_of((5,), None, "tanh")
    path, _ = export_generator(gan, tmp_path, "onnx", provenance=stated)
    record = json.loads(path.with_name(f"{path.name}.json").read_text())
    assert record["value_range"] == [-2.0, 2.0]


def test_a_card_of_waveforms(tmp_path, waveforms_gan):
    path, _ = export_generator(waveforms_gan, tmp_path, "saved_model")
    card = path.with_name(f"{path.name}.md").read_text()
    assert "Waveforms of 32 x 2, values in [-1, 1]" in card
    assert "![Generated waveforms](1.png)" in card
    assert "| `generate` | out | `waveforms` | float32 [any, 32, 2] | values in" in card
    assert "tags: [gan]\n" in card
    assert "image" not in card and "channels last" not in card
    with Image.open(path.with_name("1.png")) as picture:
        assert picture.width > 100


def test_bytes_are_for_images(tmp_path, points_gan):
    with pytest.raises(ValueError, match=r"for images.*points of shape \(2,\)"):
        export_generator(points_gan, tmp_path, "onnx_uint8")
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", ["onnx", "saved_model"])
def test_points_that_are_told_their_mode(tmp_path, name):
    keras.utils.set_random_seed(0)
    gan = gan_of((2,), "points", None, num_classes=8)
    path, report = export_generator(gan, tmp_path, name)
    assert report.passed and {*report.classes} == {"labels"}
    card = path.with_name(f"{path.name}.md").read_text()
    assert "a row for each sample, classes from 0 to 7" in card
    assert "A row for each of" not in card  # a scatter plot has no rows
