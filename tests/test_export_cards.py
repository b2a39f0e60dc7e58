"""Model cards: their code runs, their picture shows what they say."""

import dataclasses
import json
import re

import numpy as np
import pytest
from exports import (
    KNOWN_RANGE,
    LATENT_DIM,
    NUM_CLASSES,
    OF_GENERATORS,
    conditional_gan,
    generator_of_labels,
)
from games import make_tiny_gan
from PIL import Image

import keras_gan as kg
from export import (
    FORMATS,
    ExportFormat,
    contents_from,
    export_generator,
    export_onnx,
)
from export.contract.contents import Endpoint, TensorType
from export.record.provenance import provenance_of


@pytest.fixture(params=["unconditional_exports", "conditional_exports"])
def exports(request):
    return request.getfixturevalue(request.param)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("name", OF_GENERATORS)
def test_the_code_of_every_card_runs(exports, name, monkeypatch):
    path, _, record, card = exports[name]
    (code,) = re.findall(r"```python\n(.*?)\n```", card, re.DOTALL)
    monkeypatch.chdir(path.parent)
    found = {}
    exec(code, found)
    if name == "onnx_prior":
        expected = exports.gan.prior.sample(4, seed=1)
        np.testing.assert_allclose(found["latents"], expected, atol=1e-5)
        return
    images, inputs = found["images"], found["inputs"]
    assert images.shape[0] == 4
    assert ("labels" in inputs) == bool(record["conditions"]) == ("`labels`" in card)
    if "labels" in inputs:
        assert inputs["labels"].tolist() == [NUM_CLASSES - 1] * 4
    if "seed" in inputs:
        told = {"labels": inputs["labels"]} if "labels" in inputs else {}
        expected = exports.gan.sample(4, seed=1, **told)
        np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)


def test_standard_noise_is_what_the_card_draws(unconditional_exports):
    code = unconditional_exports["onnx_torch_fidelity"].card
    assert f"random.normal(size=(4, {LATENT_DIM}))" in code
    code = unconditional_exports["onnx"].card
    assert f"random.normal(0.5, 2.0, (4, {LATENT_DIM}))" in code


@pytest.mark.parametrize("name", ["onnx", "onnx_uint8_nchw", "saved_model", "litert"])
def test_the_picture_has_a_class_in_each_row(exports, name):
    path, _, record, card = exports[name]
    picture = np.asarray(Image.open(path.with_name(f"{path.name}.png")))
    tile = 4 * 8 + 2  # enlarged to 28 pixels and more, and padded
    if not record["conditions"]:
        assert picture.shape == (8 * tile + 2,) * 2  # 64 images
        assert "A row for each" not in card
        return
    assert picture.shape == (NUM_CLASSES * tile + 2, 8 * tile + 2)
    assert "A row for each of `labels` 0 to 9." in card
    labels = np.repeat(np.arange(NUM_CLASSES), 8)
    seed = record["parity"]["seed"] + len(labels)
    expected = np.round(255 * exports.gan.sample(len(labels), seed, labels=labels))
    tiles = picture[2:, 2:].reshape(NUM_CLASSES, tile, 8, tile).swapaxes(1, 2)
    drawn = tiles[:, :, :32:4, :32:4].reshape(expected.shape)
    assert np.abs(drawn - expected).max() <= 1


class Answering(ExportFormat):
    """Gray images for whatever is asked."""

    def write(self, gan, path, provenance):
        path.touch()

    def contents(self, path):
        generate = Endpoint(
            {
                "latents": TensorType("float32", [None, LATENT_DIM]),
                "labels": TensorType("int32", [None]),
            },
            {"images": TensorType("float32", [None, 8, 8, 1])},
        )
        return contents_from({"generate": generate})

    def tolerance(self, value_range):
        return 1.0

    @staticmethod
    def player(path):
        import numpy as np

        def play(endpoint, inputs):
            return {"images": np.full((len(inputs["labels"]), 8, 8, 1), 0.5)}

        return play


def test_a_file_that_answers_strangers_says_so(tmp_path, monkeypatch):
    format = Answering(name="gray", file_name="gray.txt", summary="gray")
    monkeypatch.setitem(FORMATS, "gray", format)
    gan = conditional_gan(generator_of_labels())
    _, report = export_generator(gan, tmp_path, "gray", provenance=KNOWN_RANGE)
    assert report.outside == {"labels": "answered"} and "(others: answered)" in str(
        report
    )
    card = (tmp_path / "gray.txt.md").read_text()
    assert "the file answers with what means nothing" in card
    assert "```python" not in card


def test_latents_that_numpy_does_not_draw_are_said_to_stand_in(tmp_path):
    prior = kg.priors.GaussianMixturePrior([[10.0, 10.0], [12.0, 10.0]])
    gan = kg.GAN(
        kg.networks.mlp_generator(2, (8, 8, 1), (8,)),
        kg.networks.maxout_discriminator((8, 8, 1), (8,)),
        prior,
    )
    export_onnx(gan, tmp_path / "mixed.onnx")
    card = (tmp_path / "mixed.onnx.md").read_text("utf-8")
    assert "only have the right shape: draw them from GaussianMixturePrior" in card


def test_a_card_has_the_scores_of_its_own_model_alone(tmp_path):
    gan = make_tiny_gan(seed=3)
    gan.save(tmp_path / "g.keras")
    run = kg.runs.load_run(tmp_path / "g.keras")
    path = run.directory.evaluation
    for seed, is_told in ((3, True), (4, False)):
        evaluation = {"model": {"epochs": 0, "seed": seed}, "report": "scores"}
        path.write_text(json.dumps(evaluation))
        assert (provenance_of(run).evaluation == evaluation) is is_told
    evaluation = {"model": {"epochs": 0, "seed": 3}, "report": "scores"}
    for digest, is_told in ((run.weights_digest, True), ("0" * 64, False)):
        path.write_text(json.dumps(evaluation | {"weights_sha256": digest}))
        assert (provenance_of(run).evaluation is not None) is is_told
    other = make_tiny_gan(seed=3)  # trained otherwise
    other.generator.weights[0].assign_add(other.generator.weights[0] * 0 + 1e-3)
    other.save(tmp_path / "other.keras")
    assert kg.runs.load_run(tmp_path / "other.keras").weights_digest != (
        run.weights_digest
    )
    path.write_text("{}")
    with pytest.raises(ValueError, match=f"{path.name} must be what"):
        provenance_of(run)


def test_names_in_the_head_of_a_card_are_strings(tmp_path):
    provenance = dataclasses.replace(
        KNOWN_RANGE, dataset="faces: fold 0, small", license="mine: [v2"
    )
    gan = make_tiny_gan()
    path, _ = export_generator(gan, tmp_path, "onnx", provenance=provenance)
    card = path.with_name(f"{path.name}.md").read_text("utf-8")
    # Strings of JSON are strings of YAML.
    assert 'datasets: ["faces: fold 0, small"]\n' in card
    assert 'license: "mine: [v2"\n' in card
