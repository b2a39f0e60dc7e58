"""Generators that name more inputs than latents: every artefact takes them too."""

import json

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from exports import (
    KNOWN_RANGE,
    LATENT_DIM,
    NUM_CLASSES,
    OF_GENERATORS,
    conditional_gan,
    drawn_by,
    labels_input,
    latents_input,
)

import keras_gan as kg
from export import (
    check_parity,
    export_generator,
    export_litert,
    export_onnx,
    export_saved_model,
    generator_signature,
    run_artefact,
)
from export.contract.conditions import draw_conditions


@pytest.fixture
def exports(conditional_exports):
    return conditional_exports


@pytest.fixture
def gan(exports):
    return exports.gan


def each_class():
    latents = np.random.default_rng(0).normal(size=(NUM_CLASSES, LATENT_DIM))
    return latents.astype("float32"), np.arange(NUM_CLASSES, dtype="int32")


def expected_of(gan, latents, labels):
    """From the weights, in float64."""
    embedding, *weights = (w.astype("float64") for w in gan.generator.get_weights())
    features = np.concatenate([latents, embedding[labels]], axis=1)
    hidden = np.maximum(features @ weights[0] + weights[1], 0)
    images = 1 / (1 + np.exp(-(hidden @ weights[2] + weights[3])))
    return images.reshape(-1, 8, 8, 1)


FLOATS = ["onnx", "saved_model", "litert"]


@pytest.mark.parametrize("name", FLOATS)
def test_each_class_that_is_asked_for_is_made(gan, exports, name):
    path, report, *_ = exports[name]
    assert report.max_abs_error <= 1e-5 and report.batch_sizes == (1, 7, 64)
    latents, labels = each_class()
    images = run_artefact(path, latents, labels=labels)
    expected = expected_of(gan, latents, labels)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
    one_latent = np.repeat(latents[:1], NUM_CLASSES, axis=0)
    images = run_artefact(path, one_latent, labels=labels).reshape(NUM_CLASSES, -1)
    distances = np.abs(images[:, None] - images[None]).max(axis=-1)
    assert (distances + np.eye(NUM_CLASSES) > 0.1).all()


def test_a_process_of_its_own_is_asked_for_classes(gan, tmp_path):
    report = export_onnx(gan, tmp_path / "g.onnx")
    assert report.classes["labels"].keys() == set(range(NUM_CLASSES))
    assert report.outside == {"labels": "refused"}


def test_parity_asks_for_each_class(gan):
    labels = draw_conditions(gan, 64, seed=5)["labels"]
    assert labels.dtype == np.int32 and labels.shape == (64,)
    assert set(labels) == set(range(NUM_CLASSES))
    (labels,) = draw_conditions(gan, 64, seed=6).values()
    assert (labels != np.sort(labels)).any()


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", sorted({*OF_GENERATORS} - {"onnx_prior"}))
def test_names_types_record_and_card_of_every_format(exports, name):
    path, report, record, card = exports[name]
    dtype = "int64" if name == "onnx_torch_fidelity" else "int32"
    for endpoint in record["endpoints"].values():
        batch = "batch" if path.suffix == ".onnx" else None
        batch = "labels_rows" if name == "onnx_seeded" else batch  # may be none
        labels = {"dtype": dtype, "shape": [batch]}
        assert endpoint["inputs"]["labels"] == labels
    (condition,) = record["conditions"].items()
    facts = {"dtype": dtype, "shape": [], "num_classes": NUM_CLASSES}
    assert condition[0] == "labels" and condition[1].items() >= facts.items()
    assert "condition, a row for each sample, classes from 0 to 9" in card
    assert " and from `labels`, 10 classes." in card
    assert f"which of 10 classes each sample is of: {dtype}, 0 to 9." in card
    errors = report.classes["labels"]
    assert [*errors] == [*range(NUM_CLASSES)]
    assert max(errors.values()) == report.max_abs_error <= report.tolerance
    assert record["parity"]["classes"]["labels"]["9"] == errors[9]
    assert "`labels` 0 to 9 each" in card and "labels 0 to 9 each" in str(report)


def test_onnx_names_its_inputs_in_order_and_describes_them(gan, exports):
    session = onnxruntime.InferenceSession(exports["onnx_seeded"].path)
    received = [(one.name, one.type, one.shape) for one in session.get_inputs()]
    assert received == [
        ("num_samples", "tensor(int32)", []),
        ("seed", "tensor(int32)", []),
        ("labels", "tensor(int32)", ["labels_rows"]),
    ]
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["conditions"])["labels"]["num_classes"] == NUM_CLASSES
    _, labels = each_class()
    scalars = {"num_samples": np.int32(NUM_CLASSES), "seed": np.int32(3)}
    feed = {name: np.array(value) for name, value in scalars.items()}
    (images,) = session.run(None, {**feed, "labels": labels})
    expected = gan.sample(NUM_CLASSES, 3, labels=labels)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)


def test_the_saved_model_samples_what_is_asked_for(gan, exports):
    loaded = tf.saved_model.load(str(exports["saved_model"].path))
    _, labels = each_class()
    images = loaded.signatures["sample"](
        num_samples=tf.constant(NUM_CLASSES),
        seed=tf.constant(3),
        labels=tf.constant(labels),
    )["images"]
    expected = gan.sample(NUM_CLASSES, 3, labels=labels)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)


def test_litert_takes_labels_by_name(gan, exports):
    interpreter = Interpreter(str(exports["litert_int8"].path))
    latents, labels = each_class()
    generate = interpreter.get_signature_runner("generate")
    images = generate(latents=latents, labels=labels)["images"]
    expected = expected_of(gan, latents, labels)
    assert np.abs(images - expected).mean() < 0.03  # 8 bits, steep sigmoids
    distances = np.abs(images[:, None] - expected[None]).mean(axis=(2, 3, 4))
    np.testing.assert_array_equal(distances.argmin(axis=1), labels)


@pytest.mark.usefixtures("play_here")
def test_parity_finds_a_class_that_differs(gan, exports):
    path = exports["onnx"].path
    other = conditional_gan(keras.models.clone_model(gan.generator))
    other.generator.set_weights(gan.generator.get_weights())
    assert check_parity(other, path).passed
    (embedding,) = (
        layer
        for layer in other.generator.layers
        if isinstance(layer, keras.layers.Embedding)
    )
    table = embedding.get_weights()[0]
    table[NUM_CLASSES - 1] += 0.1
    embedding.set_weights([table])
    report = check_parity(other, path)
    *others, changed = report.classes["labels"].values()
    assert not report.passed and changed > 0.01 and max(others) <= 1e-5


@pytest.mark.usefixtures("play_here")
def test_smaller_weights_are_measured_under_conditions(gan, tmp_path):
    def brightness(images):
        assert images.shape == (10_000, 8, 8, 1)
        return {"brightness": images.mean()}

    path = tmp_path / "g.onnx"
    export_onnx(gan, path, weights="float16", class_dtype="int64", quality=brightness)
    quality = json.loads((tmp_path / "g.onnx.json").read_text())["quality"]
    keras_value, own = quality["keras"]["brightness"], quality["artefact"]["brightness"]
    assert own == pytest.approx(keras_value, abs=1e-3) and own != keras_value


@pytest.mark.one_in(3)
@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("name", FLOATS)
def test_conditions_of_any_name_type_and_shape(tmp_path, name):
    latents = latents_input()
    style = keras.Input((3,), name="style")
    picture = keras.Input((4, 4, 1), name="known_pixels")
    framed = keras.Input((1,), dtype="bool", name="framed")
    kinds = keras.Input((2,), dtype="int64", name="kinds")
    hot = keras.layers.Flatten()(keras.ops.one_hot(keras.ops.cast(kinds, "int32"), 4))
    frame = keras.ops.cast(framed, "float32")
    features = (latents, style, keras.layers.Flatten()(picture), hot, frame)
    gan = conditional_gan(drawn_by([picture, kinds, latents, framed, style], *features))
    signature = generator_signature(gan)
    names = ["known_pixels", "kinds", "framed", "style"]
    assert [spec.name for spec in signature.generate] == ["latents", *names]
    counts = [condition.num_classes for condition in signature.conditions]
    assert counts == [None, 4, None, None]
    _, report = export_generator(gan, tmp_path, name, provenance=KNOWN_RANGE)
    assert report.max_abs_error <= 1e-5
    assert report.classes.keys() == report.outside.keys() == {"kinds"}


@pytest.mark.usefixtures("play_here")
def test_a_dict_of_inputs_is_the_same(tmp_path):
    latents, labels = latents_input(), labels_input()
    features = keras.layers.Embedding(4, 5)(labels)
    gan = conditional_gan(
        drawn_by({"latents": latents, "labels": labels}, latents, features)
    )
    assert export_onnx(gan, tmp_path / "g.onnx").max_abs_error <= 1e-5


@pytest.mark.parametrize("nested", ["Sequential", "Model"])
def test_a_network_within_tells_how_many_classes_there_are(nested):
    latents, labels = latents_input(), labels_input()
    if nested == "Model":
        inputs = keras.Input((2,)), keras.Input((), dtype="int32")
        table = keras.layers.Embedding(7, 5)(inputs[1])
        inner = keras.Model(inputs, keras.layers.Concatenate()([inputs[0], table]))
        features = inner([latents[:, :2], labels])
    else:
        table = keras.layers.Embedding(7, 5)
        features = keras.Sequential([keras.Input((), dtype="int32"), table])(labels)
    gan = conditional_gan(drawn_by([latents, labels], latents, features))
    assert set(draw_conditions(gan, 64, seed=0)["labels"]) == set(range(7))


def test_a_condition_may_have_any_size(tmp_path):
    latents, words = latents_input(), keras.Input((None, 3), name="words")
    pooled = keras.layers.GlobalAveragePooling1D()(words)
    gan = conditional_gan(drawn_by([latents, words], latents, pooled))
    path = tmp_path / "g.onnx"
    assert export_onnx(gan, path).passed
    told = {"words": np.ones((2, 7, 3), "float32")}
    drawn = gan.prior.sample(2, seed=1).numpy()
    made = run_artefact(path, latents=drawn, **told)
    np.testing.assert_allclose(made, gan.sample(2, seed=1, **told), atol=1e-5)


def of_unread_labels():
    latents, labels = latents_input(), labels_input(shape=(1,))
    return drawn_by([latents, labels], latents, keras.ops.cast(labels, "float32"))


@pytest.mark.parametrize(
    "generator, text",
    [
        (of_unread_labels, "must say how many classes"),
    ],
)
def test_conditions_that_cannot_leave(tmp_path, generator, text):
    with pytest.raises(ValueError, match=text):
        export_onnx(conditional_gan(generator()), tmp_path / "g.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_discriminator_that_is_told_more_stays_behind(gan, tmp_path):
    images, labels = keras.Input((8, 8, 1)), keras.Input((1,), name="labels")
    features = [keras.layers.Flatten()(images), labels]
    logit = keras.layers.Dense(1)(keras.layers.Concatenate()(features))
    told = conditional_gan(gan.generator)
    told.discriminator = keras.Model([images, labels], logit)
    with pytest.raises(ValueError, match="images alone: .* takes .*labels. Export w"):
        export_saved_model(told, tmp_path, discriminator=True)
    assert list(tmp_path.iterdir()) == []


def test_a_prior_of_no_condition_draws_none(unconditional_exports):
    path, _, record, _ = unconditional_exports["onnx_prior"]
    assert record["conditions"] == {}
    metadata = onnxruntime.InferenceSession(path).get_modelmeta().custom_metadata_map
    assert "conditions" not in metadata and "prior" in metadata


@keras.saving.register_keras_serializable(package="tests")
class Subclassed(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.logit = keras.layers.Dense(1)

    def call(self, images):
        return self.logit(keras.ops.reshape(images, (-1, 64)))


@pytest.mark.usefixtures("play_here")
def test_a_subclass_tells_no_inputs_and_gets_images_alone(tmp_path):
    noise = keras.Input((LATENT_DIM,))
    judge = Subclassed()
    judge(np.zeros((1, 8, 8, 1), "float32"))
    prior = kg.priors.NormalPrior(LATENT_DIM)
    gan = kg.GAN(drawn_by(noise, noise, noise), judge, prior)
    report = export_saved_model(gan, tmp_path, discriminator=True)
    assert report.max_abs_error <= 1e-5 and "discriminate" in report.endpoints


def test_one_input_of_any_name_is_latents():
    noise = keras.Input((LATENT_DIM,), name="noise")
    gan = conditional_gan(drawn_by(noise, noise, noise))
    signature = generator_signature(gan)
    assert signature.conditions == () and "conditions" not in signature.metadata
    assert [spec.name for spec in signature.generate] == ["latents"]
    assert [spec.name for spec in signature.sample] == ["num_samples", "seed"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("format", ["onnx", "onnx_seeded"])
def test_names_keep_their_capitals(tmp_path, format):
    gan = gan_told("classId")
    path, report = export_generator(gan, tmp_path, format)
    assert report.passed
    names = [one.name for one in onnxruntime.InferenceSession(path).get_inputs()]
    assert "classId" in names


def gan_told(name):
    latents, classes = latents_input(), keras.Input((), name=name, dtype="int32")
    embedded = keras.layers.Embedding(NUM_CLASSES, 3)(classes)
    generator = drawn_by([latents, classes], latents, embedded)
    judge = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    prior = kg.priors.CategoricalPrior(NUM_CLASSES)
    return kg.GAN(
        generator, judge, kg.priors.NormalPrior(LATENT_DIM), conditions={name: prior}
    )


@pytest.mark.parametrize("name", ["class-id", "lambda", "self", "größe"])
@pytest.mark.parametrize("format", ["onnx", "saved_model"])
def test_names_that_no_argument_bears_are_refused(tmp_path, format, name):
    with pytest.raises(ValueError, match=f"letters, digits and _.*{name}"):
        export_generator(gan_told(name), tmp_path, format)
    assert list(tmp_path.iterdir()) == []


def told_classes(*names, **priors):
    """A generator of 4 x 4 images that is told classes of 10 under each name."""
    latents = keras.Input((3,), name="latents")
    labels = [keras.Input((), name=name, dtype="int32") for name in names]
    initializer = keras.initializers.RandomUniform(seed=7)
    embedded = [keras.layers.Embedding(10, 3, initializer)(one) for one in labels]
    hidden = keras.layers.concatenate([latents, *embedded])
    initializer = keras.initializers.GlorotUniform(seed=8)
    images = keras.layers.Dense(16, "sigmoid", kernel_initializer=initializer)(hidden)
    return kg.GAN(
        keras.Model([latents, *labels], keras.layers.Reshape((4, 4, 1))(images)),
        kg.networks.maxout_discriminator((4, 4, 1), (8,)),
        kg.priors.NormalPrior(3),
        conditions=priors,
    )


def test_int8_is_calibrated_on_every_class(tmp_path):
    gan = told_classes("labels")
    embedding = next(one for one in gan.generator.layers if hasattr(one, "embeddings"))
    # Each class needs a wider range of numbers than the one before.
    steps = np.linspace(0.3, 6, NUM_CLASSES)[:, None] * np.float32([1, -1, 1])
    embedding.embeddings.assign(steps)
    path = tmp_path / "g.tflite"
    report = export_litert(gan, path, weights="int8")
    assert max(report.classes["labels"].values()) < 0.1
    # The farthest class was told, so that its range is known.
    latents = np.zeros((1, 3), "float32")
    images = run_artefact(path, latents, labels=np.int32([NUM_CLASSES - 1]))
    expected = gan.generator([latents, np.int32([NUM_CLASSES - 1])])
    np.testing.assert_allclose(images, expected, atol=0.1)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("stated", [("labels", "style"), ("labels",)])
def test_each_condition_may_be_left_out_alone(tmp_path, stated):
    gan = told_classes(
        "labels", "style", **{name: kg.priors.CategoricalPrior(10) for name in stated}
    )
    path = tmp_path / "seeded.onnx"
    export_onnx(gan, path, seeded=True)
    session = onnxruntime.InferenceSession(path)
    scalars = {"num_samples": np.array(5, "int32"), "seed": np.array(3, "int32")}
    told, untold = np.arange(5, dtype="int32"), np.zeros(0, "int32")
    for left_out in ([], *([name] for name in stated), stated):
        given = {
            name: untold if name in left_out else told for name in ("labels", "style")
        }
        (images,) = session.run(None, scalars | given)
        asked = {name: rows for name, rows in given.items() if len(rows)}
        expected = gan.sample(5, seed=3, **asked)
        np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("play_here")
def test_rows_that_are_given_are_drawn_in_onnx_as_here(tmp_path):
    latents, color = latents_input(), keras.Input((2,), name="color")
    rows = keras.layers.Concatenate()([latents, color])
    pixels = keras.layers.Dense(64, "sigmoid")(rows)
    given = np.random.default_rng(0).normal(size=(20, 2)).astype("float32")
    gan = kg.GAN(
        keras.Model([latents, color], keras.layers.Reshape((8, 8, 1))(pixels)),
        kg.networks.maxout_discriminator((8, 8, 1), (4,)),
        kg.priors.NormalPrior(LATENT_DIM),
        conditions={"color": kg.priors.EmpiricalPrior(given)},
    )
    path = tmp_path / "seeded.onnx"
    export_onnx(gan, path, seeded=True)
    session = onnxruntime.InferenceSession(path)
    scalars = {"num_samples": np.array(50, "int32"), "seed": np.array(3, "int32")}
    (images,) = session.run(None, {**scalars, "color": np.zeros((0, 2), "float32")})
    np.testing.assert_allclose(images, gan.sample(50, seed=3), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["Labels", "Images"])
def test_names_that_differ_by_capitals_alone_are_refused(tmp_path, name):
    gan = told_classes("labels", name)
    with pytest.raises(ValueError, match=f"more than capitals.*{name}"):
        export_onnx(gan, tmp_path / "generator.onnx")
