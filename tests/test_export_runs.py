"""`keras-gan export` of a run whose generator is told a class."""

import json

import keras
import numpy as np
import pytest
from exports import NUM_CLASSES, generator_of_labels, labels_input

import keras_gan as kg
from export import run_artefact
from keras_gan.commands.main import main


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "told"
    images, labels = keras.Input((8, 8, 1), name="images"), labels_input()
    rows = [keras.layers.Flatten()(images), keras.layers.Embedding(10, 3)(labels)]
    logits = keras.layers.Dense(1)(keras.layers.Concatenate()(rows))
    gan = kg.GAN(
        generator_of_labels(),
        keras.Model([images, labels], logits),
        kg.priors.NormalPrior(6),
        conditions={"labels": kg.priors.CategoricalPrior(NUM_CLASSES)},
    )
    gan.compile("adam", "adam")
    train = kg.datasets.load_digits().train
    gan.fit(
        train.images[:100],
        train.labels[:100],
        epochs=1,
        verbose=0,
        callbacks=[
            kg.callbacks.RunRecord(path),
            kg.callbacks.SaveEachEpoch(path / "model.keras"),
        ],
    )
    return path, gan


@pytest.mark.exhaustive
@pytest.mark.usefixtures("play_here")
def test_a_run_is_exported_with_its_classes(run, capsys):
    path, gan = run
    command = ["export", str(path), "--license", "mit", "--format"]
    assert main([*command, "onnx", "litert"]) == 0
    said = capsys.readouterr().out
    assert said.count("labels 0 to 9 each (others: refused)") == 2
    exports = path / "exports"
    record = json.loads((exports / "generator.onnx.json").read_text())
    assert record["conditions"]["labels"]["num_classes"] == NUM_CLASSES
    assert record["metadata"]["license"] == "mit"
    assert [*record["parity"]["classes"]["labels"]] == [*map(str, range(NUM_CLASSES))]
    assert "of 10 classes" in (exports / "generator.tflite.md").read_text()
    latents = gan.prior.sample(4, seed=2).numpy()
    images = run_artefact(exports / "generator.onnx", latents, labels=[7] * 4)
    expected = gan.sample(4, seed=2, labels=7)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--format", "onnx", "--discriminator"], "`--discriminator` must be of one"),
        (["--format", "onnx", "litert", "--version", "7"], "version is of saved_model"),
        (["--format", "saved_model", "--opset", "99"], "`--opset` must be of one"),
    ],
)
def test_options_of_other_formats_are_refused(run, capsys, options, text):
    path, _ = run
    before = sorted(path.rglob("*"))
    assert main(["export", str(path), *options]) == 2
    assert text in capsys.readouterr().err
    assert sorted(path.rglob("*")) == before
