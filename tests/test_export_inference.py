"""Encoders and completions leave the training code: named endpoints, checked."""

import re

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from exports import Exports, played_here

import export
import keras_gan as kg
from export import FORMATS

LATENT_DIM = 6
IMAGES = np.random.default_rng(0).uniform(size=(5, 8, 8, 1)).astype("float32")
MASKS = np.random.default_rng(1).integers(0, 2, (5, 8, 8, 1)).astype("float32")
LATENTS = np.random.default_rng(2).normal(size=(5, LATENT_DIM)).astype("float32")


def encoding_gan():
    sizes = (LATENT_DIM, (8, 8, 1), 16)
    return kg.GAN(
        kg.networks.bigan_generator(*sizes),
        kg.networks.bigan_discriminator(*sizes),
        kg.priors.NormalPrior(LATENT_DIM),
        game=kg.games.Bidirectional(kg.networks.bigan_encoder(*sizes)),
    )


def completing_gan(**arguments):
    shape = (8, 8, 1)
    generator = kg.networks.inpainting_generator(
        LATENT_DIM, shape, base_filters=4, output_activation="sigmoid"
    )
    # As after training: weights that tell pixels apart.
    random = np.random.default_rng(3)
    generator.set_weights(
        [one + random.normal(size=one.shape) / 4 for one in generator.get_weights()]
    )
    return kg.GAN(
        generator,
        kg.networks.inpainting_discriminator(shape, base_filters=4),
        kg.priors.NormalPrior(LATENT_DIM),
        game=kg.games.Inpainting(),
        conditions={
            "known": kg.priors.ConstantPrior(shape),
            "mask": kg.priors.ConstantPrior(shape),
        },
        **arguments,
    )


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    return Exports(encoding_gan(), tmp_path_factory.mktemp("encoders"))


@pytest.fixture(scope="module")
def completions(tmp_path_factory):
    gan = completing_gan(ema_half_life=100.0)
    return Exports(gan, tmp_path_factory.mktemp("completions"))


def classifying_gan():
    # Noise, weight normalization and the log-sum-exp are in the graph.
    return kg.GAN(
        kg.networks.softplus_generator(LATENT_DIM, (8, 8, 1), (9,)),
        kg.networks.classifying_discriminator((8, 8, 1), 3, (9, 7)),
        kg.priors.NormalPrior(LATENT_DIM),
        discriminator_ema_half_life=100.0,
    )


@pytest.fixture(scope="module")
def classifiers(tmp_path_factory):
    return Exports(classifying_gan(), tmp_path_factory.mktemp("classifiers"))


def told_gan():
    """One that completes and encodes, and is told a class for both."""
    shape, num_classes = (4, 4, 1), 3
    inputs = {
        "latents": keras.Input((2,), name="latents"),
        "known": keras.Input(shape, name="known"),
        "mask": keras.Input(shape, name="mask"),
        "labels": keras.Input((), dtype="int32", name="labels"),
    }

    def rows_of(tensors, labels):
        code = keras.layers.Embedding(num_classes, 3, "glorot_uniform")(labels)
        flat = [keras.layers.Flatten()(one) for one in tensors]
        return keras.layers.Concatenate()([*flat, code])

    *tensors, labels = inputs.values()
    pixels = keras.layers.Dense(16, "sigmoid")(rows_of(tensors, labels))
    generator = keras.Model(
        [*inputs.values()], keras.layers.Reshape(shape)(pixels), name="generator"
    )
    images = keras.Input(shape, name="images")
    labels = keras.Input((), dtype="int32", name="labels")
    encoder = keras.Model(
        [images, labels], keras.layers.Dense(2)(rows_of([images], labels))
    )
    return kg.GAN(
        generator,
        kg.networks.maxout_discriminator(shape, (4,)),
        kg.priors.NormalPrior(2),
        game=kg.games.Inpainting(encoder=encoder),
        conditions={"labels": kg.priors.CategoricalPrior(num_classes)},
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return Exports(told_gan(), tmp_path_factory.mktemp("told"))


def play(exported, name, endpoint, inputs):
    return FORMATS[name].player(exported[name].path)(endpoint, inputs)


OF_ENCODERS = ["onnx_encoder", "litert_encoder", "saved_model"]
OF_COMPLETIONS = ["onnx_completion", "litert_completion", "saved_model"]


@pytest.mark.parametrize("name", OF_ENCODERS)
def test_latents_are_those_of_keras(encoders, name):
    report = encoders[name].report
    assert report.passed and report.endpoints["encode"] <= 1e-5
    (latents,) = play(encoders, name, "encode", {"images": IMAGES}).values()
    np.testing.assert_allclose(latents, encoders.gan.encode(IMAGES), atol=1e-5)
    kinds = encoders[name].record["endpoints"]
    assert [*kinds] == (
        ["generate", "sample", "encode"] if name == "saved_model" else ["encode"]
    )
    assert [*kinds["encode"]["outputs"]] == ["latents"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", OF_COMPLETIONS)
def test_completions_keep_what_is_given(completions, name):
    report = completions[name].report
    assert report.passed and report.endpoints["complete"] <= 1e-5
    hidden = np.where(MASKS > 0, IMAGES, np.float32("nan"))
    inputs = {"latents": LATENTS, "images": hidden, "mask": MASKS}
    (images,) = play(completions, name, "complete", inputs).values()
    given = np.broadcast_to(MASKS > 0, images.shape)
    np.testing.assert_array_equal(images[given], IMAGES[given])
    gan = completions.gan
    known = np.where(MASKS > 0, IMAGES, 0).astype("float32")
    made = gan.evaluation_generator([LATENTS, known, MASKS]).numpy()
    np.testing.assert_allclose(images[~given], made[~given], atol=1e-5)
    others = play(
        completions, name, "complete", {**inputs, "latents": LATENTS[::-1].copy()}
    )
    assert (others["completions"][~given] != images[~given]).any()


@pytest.mark.parametrize(
    "name", ["onnx_classifier", "litert_classifier", "saved_model"]
)
def test_class_probabilities_are_those_of_keras(classifiers, name, monkeypatch):
    exported = classifiers[name]
    assert exported.report.passed and exported.report.endpoints["classify"] <= 1e-5
    (received,) = play(classifiers, name, "classify", {"images": IMAGES}).values()
    expected = classifiers.gan.classify(IMAGES)
    np.testing.assert_allclose(received, expected, atol=1e-5)
    assert expected.shape == (5, 3) and np.ptp(expected) > 0.01
    if name != "saved_model":
        assert "The class of images of 8 x 8 x 1" in exported.card
        assert exported.card.split("# ", 1)[1].startswith("Classifier: classifier.")
        (code,) = re.findall(r"```python\n(.*?)\n```", exported.card, re.DOTALL)
        monkeypatch.chdir(exported.path.parent)
        found = {}
        exec(code, found)
        assert found["class_probabilities"].shape == (4, 3)


def test_completions_are_those_of_the_gan(completions):
    gan = completions.gan
    expected = gan.complete(IMAGES, MASKS, seed=4)[:, 0]
    inputs = {
        "latents": gan.prior.sample(5, seed=4).numpy(),
        "images": IMAGES,
        "mask": MASKS,
    }
    (images,) = play(completions, "onnx_completion", "complete", inputs).values()
    np.testing.assert_allclose(images, expected, atol=1e-5)


@pytest.mark.exhaustive
def test_other_masks_are_refused(completions):
    inputs = {"latents": LATENTS, "images": IMAGES, "mask": MASKS / 2}
    with pytest.raises(Exception, match="mask_must_hold_0_and_1"):
        play(completions, "onnx_completion", "complete", inputs)
    with pytest.raises(tf.errors.InvalidArgumentError, match="`mask` must hold 0"):
        play(completions, "saved_model", "complete", inputs)
    with pytest.raises((RuntimeError, ValueError)):
        play(completions, "litert_completion", "complete", inputs)
    inputs["mask"] = MASKS[:3]
    with pytest.raises(Exception, match="mask_must_have_rows"):
        play(completions, "onnx_completion", "complete", inputs)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", [*OF_ENCODERS, *OF_COMPLETIONS[:2]])
def test_conditions_are_told_too(told, name):
    exported, images, masks = told[name], IMAGES[:, :4, :4], MASKS[:, :4, :4]
    assert exported.report.passed
    labels = np.array([0, 1, 2, 2, 1], "int32")
    if "encode" in exported.report.endpoints:
        assert exported.report.endpoints["encode"] <= 1e-5
        inputs = {"images": images, "labels": labels}
        (latents,) = play(told, name, "encode", inputs).values()
        expected = told.gan.encode(images, labels=labels)
        np.testing.assert_allclose(latents, expected, atol=1e-5)
        assert np.abs(expected - told.gan.encode(images, labels=labels[::-1])).max() > 0
    if "complete" in exported.report.endpoints:
        assert exported.report.endpoints["complete"] <= 1e-5
        inputs = {"latents": told.gan.prior.sample(5, seed=4).numpy(), "mask": masks}
        inputs |= {"images": images, "labels": labels}
        (completions,) = play(told, name, "complete", inputs).values()
        expected = told.gan.complete(images, masks, seed=4, labels=labels)[:, 0]
        np.testing.assert_allclose(completions, expected, atol=1e-5)
    assert exported.record["parity"]["outside"] == {"labels": "refused"}
    if name in ("onnx_encoder", "onnx_completion"):
        assert "`labels` says which of 3 classes" in exported.card


def test_the_saved_model_samples_where_nothing_is_told(completions):
    nothing = np.zeros((0, 8, 8, 1), "float32")
    inputs = {
        "num_samples": np.int32(3),
        "seed": np.int32(7),
        "known": nothing,
        "mask": nothing,
    }
    (images,) = play(completions, "saved_model", "sample", inputs).values()
    expected = completions.gan.sample(3, seed=7)
    np.testing.assert_allclose(images, expected, atol=1e-5)


@pytest.mark.parametrize("name", ["onnx_encoder", "litert_completion"])
def test_the_code_of_the_card_runs(encoders, completions, name, monkeypatch):
    exports = encoders if "encoder" in name else completions
    path, _, _, card = exports[name]
    (code,) = re.findall(r"```python\n(.*?)\n```", card, re.DOTALL)
    monkeypatch.chdir(path.parent)
    found = {}
    exec(code, found)
    if "encoder" in name:
        assert found["latents"].shape == (4, LATENT_DIM)
        assert "The 6 latent numbers" in card and "images of 8 x 8 x 1" in card
        assert "drawn from" not in card.partition("| what it is |")[2].split("\n\n")[0]
    else:
        assert found["completions"].shape == (4, 8, 8, 1)
        assert "1 where images are given, 0 where they are asked for" in card


def test_another_process_is_asked(tmp_path):
    gan = encoding_gan()
    path = tmp_path / "encoder.onnx"
    report = export.export_onnx_inference(gan, path, "encode")
    assert report.passed and [*report.endpoints] == ["encode"]
    session = onnxruntime.InferenceSession(path)
    assert [one.name for one in session.get_inputs()] == ["images"]


def test_who_cannot_be_asked_is_told_so(tmp_path):
    gan = encoding_gan()
    path = tmp_path / "file.onnx"
    with pytest.raises(ValueError, match="'complete'` needs a GAN that completes"):
        export.export_onnx_inference(gan, path, "complete")
    with pytest.raises(ValueError, match="'encode'` needs a GAN with an encoder"):
        export.export_onnx_inference(completing_gan(), path, "encode")
    with pytest.raises(ValueError, match="'encode'` needs a GAN with an encoder"):
        lite = tmp_path / "file.tflite"
        export.export_litert(completing_gan(), lite, endpoint="encode")
    with pytest.raises(ValueError, match="'classify'` needs a discriminator with an"):
        export.export_onnx_inference(gan, path, "classify")
    with pytest.raises(ValueError, match="`endpoint`"):
        export.export_onnx_inference(gan, path, "discriminate")
    with pytest.raises(ValueError, match="`weights='int8'` is for"):
        export.export_litert(gan, path, endpoint="encode", weights="int8")
    assert not any(tmp_path.iterdir())


def test_an_encoder_that_is_told_what_the_generator_is_not_is_not_exported(tmp_path):
    images = keras.Input((8, 8, 1), name="images")
    labels = keras.Input((), name="labels")
    rows = keras.layers.Flatten()(images)
    joined = keras.layers.Concatenate()([rows, keras.layers.Reshape((1,))(labels)])
    encoder = keras.Model([images, labels], keras.layers.Dense(LATENT_DIM)(joined))
    gan = kg.GAN(
        kg.networks.bigan_generator(LATENT_DIM, (8, 8, 1), 4),
        kg.networks.maxout_discriminator((8, 8, 1), (4,)),
        kg.priors.NormalPrior(LATENT_DIM),
        game=kg.games.Game(encoder),
    )
    with pytest.raises(ValueError, match=r"told, \[\]. .*one of images, labels"):
        export.export_onnx_inference(gan, tmp_path / "encoder.onnx", "encode")
    with played_here():
        report = export.export_saved_model(gan, tmp_path / "model")
    assert [*report.endpoints] == ["generate", "sample"]
