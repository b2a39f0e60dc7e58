import json
import subprocess
import sys

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf
from games import make_tiny_gan, tiny_images

import keras_gan as kg
from export import (
    FORMATS,
    check_parity,
    export_generator,
    export_onnx,
    export_saved_model,
)
from export.__main__ import main

BATCHES = (1, 7, 64)


@pytest.fixture(scope="module")
def trained():
    gan = make_tiny_gan()
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    return gan


@pytest.fixture(scope="module")
def artefacts(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    return {name: export_generator(trained, folder, name) for name in FORMATS}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_artefacts_agree_with_keras_at_any_batch(trained, artefacts, name):
    path, report = artefacts[name]
    assert report.max_abs_error <= 1e-5 and report.passed
    again = check_parity(trained, path, batch_sizes=BATCHES, seed=5)
    assert again.max_abs_error <= 1e-5
    recorded = json.loads((path.parent / f"{path.name}.parity.json").read_text())
    assert recorded["max_abs_error"] == report.max_abs_error
    assert recorded["batch_sizes"] == [7, 64]
    assert recorded["num_bytes"] == report.num_bytes > 0


def test_onnx_names_shapes_and_metadata(artefacts):
    path, _ = artefacts["onnx"]
    session = onnxruntime.InferenceSession(path)
    (latents,), (images,) = session.get_inputs(), session.get_outputs()
    assert (latents.name, latents.shape) == ("latents", ["batch", 3])
    assert (images.name, images.shape) == ("images", ["batch", 4, 4, 1])
    onnx.checker.check_model(str(path), full_check=True)
    metadata = session.get_modelmeta().custom_metadata_map
    assert metadata["producer"] == f"keras_gan {kg.__version__}"
    assert metadata["prior"].startswith("UniformPrior(latent_dim=3, low=-1.0")


def test_saved_model_names_and_shapes(artefacts):
    path, _ = artefacts["saved_model"]
    loaded = tf.saved_model.load(str(path))
    endpoint = loaded.signatures["generate"]
    assert endpoint.structured_outputs["images"].shape.as_list() == [None, 4, 4, 1]
    assert "serving_default" in loaded.signatures


PLAYERS = {
    "onnx": (
        "import sys, numpy, onnxruntime;"
        "session = onnxruntime.InferenceSession(sys.argv[1]);"
        "latents = numpy.load('latents.npy');"
        "images = session.run(['images'], {'latents': latents})[0];"
        "numpy.save('images.npy', images);"
        "print({'keras', 'keras_gan', 'tensorflow'} & set(sys.modules))"
    ),
    "saved_model": (
        "import sys, numpy, tensorflow as tf;"
        "loaded = tf.saved_model.load(sys.argv[1]);"
        "latents = tf.constant(numpy.load('latents.npy'));"
        "images = loaded.signatures['generate'](latents=latents)['images'];"
        "numpy.save('images.npy', images);"
        "print({'keras_gan', 'tensorflow_probability'} & set(sys.modules))"
    ),
}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_artefacts_play_in_a_process_without_us(trained, artefacts, tmp_path, name):
    path, _ = artefacts[name]
    latents = trained.prior.sample(5, seed=8).numpy()
    np.save(tmp_path / "latents.npy", latents)
    output = subprocess.run(
        [sys.executable, "-I", "-c", PLAYERS[name], str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout
    assert output.strip() == "set()"
    expected = trained.generator(latents).numpy()
    np.testing.assert_allclose(
        np.load(tmp_path / "images.npy"), expected, rtol=1e-5, atol=1e-5
    )


def test_batch_statistics_are_frozen_in_the_artefact(tmp_path):
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(16),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(16, activation="sigmoid"),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )
    base = make_tiny_gan()
    gan = kg.GAN(generator, base.discriminator, base.prior)
    gan.compile("adam", "sgd")
    gan.fit(tiny_images(), batch_size=10, epochs=3, verbose=0)
    for name in FORMATS:
        _, report = export_generator(gan, tmp_path, name)
        assert report.max_abs_error <= 1e-5


def test_an_artefact_that_differs_never_takes_its_name(trained, tmp_path, monkeypatch):
    path = tmp_path / "generator.onnx"
    monkeypatch.setattr(
        "export.parity._run_onnx",
        lambda path, latents: trained.generator(latents).numpy() + 1e-3,
    )
    with pytest.raises(ValueError, match="was not written: parity with Keras"):
        export_onnx(trained, path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(
        "export.parity._run_onnx",
        lambda path, latents: trained.generator(latents).numpy() * np.nan,
    )
    with pytest.raises(ValueError, match="was not written"):
        export_onnx(trained, path)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_existing_target_is_kept_unless_told_otherwise(trained, tmp_path, name):
    path, _ = export_generator(trained, tmp_path, name)
    with pytest.raises(FileExistsError, match="--overwrite"):
        export_generator(trained, tmp_path, name)
    path, _ = export_generator(trained, tmp_path, name, overwrite=True)
    assert check_parity(trained, path).passed


def test_invalid_targets(trained, tmp_path):
    with pytest.raises(ValueError, match="must end in .onnx"):
        export_onnx(trained, tmp_path / "generator.bin")
    with pytest.raises(ValueError, match="Did you mean 'onnx'"):
        export_generator(trained, tmp_path, "onxx")
    with pytest.raises(FileNotFoundError, match="must name an artefact"):
        check_parity(trained, tmp_path / "nothing.onnx")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match="a SavedModel folder"):
        check_parity(trained, tmp_path / "folder")
    with pytest.raises(FileExistsError):
        export_saved_model(trained, tmp_path / "folder")


def test_module_command(trained, tmp_path, capsys):
    trained.save(tmp_path / "gan.keras")
    arguments = [str(tmp_path / "gan.keras"), "--format", "onnx", "--output"]
    assert main([*arguments, str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "generator.onnx").exists()
    assert main([*arguments, str(tmp_path / "out")]) == 2
    assert "error: `path` must be new" in capsys.readouterr().err
    assert main([str(tmp_path / "no.keras"), *arguments[1:], str(tmp_path)]) == 2


def test_saved_model_stores_each_generator_weight_once_and_no_other(trained, tmp_path):
    path = tmp_path / "saved_model"
    export_saved_model(trained, path)
    entries = tf.train.list_variables(str(path / "variables" / "variables"))
    shapes = sorted(shape for name, shape in entries if name.endswith("VARIABLE_VALUE"))
    assert shapes == sorted(list(weight.shape) for weight in trained.generator.weights)
