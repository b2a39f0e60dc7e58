"""Generators that name more inputs than latents: every artefact takes them too."""

import json

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

import keras_gan as kg
from export import (
    FORMATS,
    Provenance,
    check_parity,
    export_generator,
    export_onnx,
    export_saved_model,
    generator_signature,
    run_artefact,
)
from export.contract.conditions import draw_conditions

LATENT_DIM, NUM_CLASSES = 6, 10
KNOWN_RANGE = Provenance(value_range=(0.0, 1.0))


def conditional_gan(generator, **arguments):
    """A game in which the generator alone names the condition."""
    discriminator = kg.networks.maxout_discriminator((8, 8, 1), (4,), seed=0)
    prior = kg.priors.NormalPrior(LATENT_DIM)
    return kg.GAN(generator, discriminator, prior, **arguments)


def latents_input():
    return keras.Input((LATENT_DIM,), name="latents")


def drawn_by(inputs, *features):
    """A generator of images in (0, 1) from features `[batch, any]`, wide weights."""
    hidden = keras.layers.Concatenate()([*features])
    wide = keras.initializers.RandomNormal(stddev=0.5, seed=1)
    for units, activation in ((32, "relu"), (64, "sigmoid")):
        layer = keras.layers.Dense(units, activation, kernel_initializer=wide)
        hidden = layer(hidden)
    images = keras.layers.Reshape((8, 8, 1))(hidden)
    return keras.Model(inputs, images, name="conditional")


def of_labels(name="labels"):
    latents = latents_input()
    labels = keras.Input((), dtype="int32", name=name)
    wide = keras.initializers.RandomNormal(stddev=2.0, seed=2)
    embedding = keras.layers.Embedding(NUM_CLASSES, 5, embeddings_initializer=wide)
    # Labels come first: the order of the endpoints is not that of the network.
    return drawn_by([labels, latents], latents, embedding(labels))


@pytest.fixture(scope="module")
def gan():
    return conditional_gan(of_labels())


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
def test_each_class_that_is_asked_for_is_made(gan, tmp_path, name):
    path, report = export_generator(gan, tmp_path, name, provenance=KNOWN_RANGE)
    assert report.max_abs_error <= 1e-5 and report.batch_sizes == (1, 7, 64)
    latents, labels = each_class()
    images = run_artefact(path, latents, labels=labels)
    expected = expected_of(gan, latents, labels)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
    one_latent = np.repeat(latents[:1], NUM_CLASSES, axis=0)
    images = run_artefact(path, one_latent, labels=labels).reshape(NUM_CLASSES, -1)
    distances = np.abs(images[:, None] - images[None]).max(axis=-1)
    assert (distances + np.eye(NUM_CLASSES) > 0.1).all()


def test_parity_asks_for_each_class(gan):
    labels = draw_conditions(gan, 64, seed=5)["labels"]
    assert labels.dtype == np.int32 and labels.shape == (64,)
    assert set(labels) == set(range(NUM_CLASSES))
    (labels,) = draw_conditions(gan, 64, seed=6).values()
    assert (labels != np.sort(labels)).any()


@pytest.mark.usefixtures("play_here")
def test_parity_finds_a_class_that_differs(gan, tmp_path):
    export_onnx(gan, tmp_path / "g.onnx")
    other = conditional_gan(keras.models.clone_model(gan.generator))
    other.generator.set_weights(gan.generator.get_weights())
    assert check_parity(other, tmp_path / "g.onnx").passed
    (embedding,) = (
        layer
        for layer in other.generator.layers
        if isinstance(layer, keras.layers.Embedding)
    )
    table = embedding.get_weights()[0]
    table[NUM_CLASSES - 1] += 0.1
    embedding.set_weights([table])
    assert not check_parity(other, tmp_path / "g.onnx").passed


@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"onnx_prior"}))
def test_names_types_record_and_card_of_every_format(gan, tmp_path, name):
    path, _ = export_generator(gan, tmp_path, name, provenance=KNOWN_RANGE)
    record = json.loads(path.with_name(f"{path.name}.json").read_text())
    card = path.with_name(f"{path.name}.md").read_text()
    for endpoint in record["endpoints"].values():
        batch = "batch" if path.suffix == ".onnx" else None
        labels = {"dtype": "int32", "shape": [batch]}
        assert endpoint["inputs"]["labels"] == labels
    assert record["conditions"] == {
        "labels": {"dtype": "int32", "shape": [], "num_classes": NUM_CLASSES}
    }
    assert "condition, a row for each image, classes from 0 to 9" in card
    assert " and from `labels`." in card


@pytest.mark.usefixtures("play_here")
def test_onnx_names_its_inputs_in_order_and_describes_them(gan, tmp_path):
    export_onnx(gan, tmp_path / "g.onnx", seeded=True)
    session = onnxruntime.InferenceSession(tmp_path / "g.onnx")
    received = [(one.name, one.type, one.shape) for one in session.get_inputs()]
    assert received == [
        ("num_samples", "tensor(int32)", []),
        ("seed", "tensor(int32)", []),
        ("labels", "tensor(int32)", ["batch"]),
    ]
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["conditions"])["labels"]["num_classes"] == NUM_CLASSES
    _, labels = each_class()
    scalars = {"num_samples": np.int32(NUM_CLASSES), "seed": np.int32(3)}
    feed = {name: np.array(value) for name, value in scalars.items()}
    (images,) = session.run(None, {**feed, "labels": labels})
    expected = gan.sample(NUM_CLASSES, 3, labels=labels)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
    with pytest.raises(Exception, match="labels_must_have_num_samples_rows"):
        session.run(None, {**feed, "labels": labels[:1]})


@pytest.mark.usefixtures("play_here")
def test_the_saved_model_samples_what_is_asked_for(gan, tmp_path):
    export_saved_model(gan, tmp_path, provenance=KNOWN_RANGE)
    sample = tf.saved_model.load(str(tmp_path / "1")).signatures["sample"]
    _, labels = each_class()
    scalars = {"num_samples": tf.constant(NUM_CLASSES), "seed": tf.constant(3)}
    images = sample(**scalars, labels=tf.constant(labels))["images"]
    expected = gan.sample(NUM_CLASSES, 3, labels=labels)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="`labels` must have"):
        sample(**scalars, labels=tf.constant(labels[:1]))


@pytest.mark.usefixtures("play_here")
def test_litert_takes_labels_by_name(gan, tmp_path):
    path, _ = export_generator(gan, tmp_path, "litert_int8", provenance=KNOWN_RANGE)
    generate = Interpreter(str(path)).get_signature_runner("generate")
    latents, labels = each_class()
    images = generate(latents=latents, labels=labels)["images"]
    expected = expected_of(gan, latents, labels)
    assert np.abs(images - expected).mean() < 0.03  # 8 bits, steep sigmoids
    distances = np.abs(images[:, None] - expected[None]).mean(axis=(2, 3, 4))
    np.testing.assert_array_equal(distances.argmin(axis=1), labels)


@pytest.mark.usefixtures("play_here")
def test_smaller_weights_are_measured_under_conditions(gan, tmp_path):
    def brightness(images):
        assert images.shape == (10_000, 8, 8, 1)
        return {"brightness": images.mean()}

    path = tmp_path / "g.onnx"
    export_onnx(gan, path, weights="float16", quality=brightness)
    quality = json.loads((tmp_path / "g.onnx.json").read_text())["quality"]
    keras_value, own = quality["keras"]["brightness"], quality["artefact"]["brightness"]
    assert own == pytest.approx(keras_value, abs=1e-3) and own != keras_value


@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("name", FLOATS)
def test_conditions_of_any_name_type_and_shape(tmp_path, name):
    latents = latents_input()
    style = keras.Input((3,), name="style")
    picture = keras.Input((4, 4, 1), name="known_pixels")
    kinds = keras.Input((2,), dtype="int64", name="kinds")
    hot = keras.layers.Flatten()(keras.ops.one_hot(kinds + 0, 4))
    features = (latents, style, keras.layers.Flatten()(picture), hot)
    gan = conditional_gan(drawn_by([picture, kinds, latents, style], *features))
    signature = generator_signature(gan)
    assert [spec.name for spec in signature.generate] == [
        "latents",
        "known_pixels",
        "kinds",
        "style",
    ]
    assert [condition.num_classes for condition in signature.conditions] == [
        None,
        4,
        None,
    ]
    _, report = export_generator(gan, tmp_path, name, provenance=KNOWN_RANGE)
    assert report.max_abs_error <= 1e-5


@pytest.mark.usefixtures("play_here")
def test_a_dict_of_inputs_is_the_same(tmp_path):
    latents, labels = latents_input(), keras.Input((), dtype="int32", name="labels")
    features = keras.layers.Embedding(4, 5)(labels)
    gan = conditional_gan(
        drawn_by({"latents": latents, "labels": labels}, latents, features)
    )
    assert export_onnx(gan, tmp_path / "g.onnx").max_abs_error <= 1e-5


@pytest.mark.parametrize("nested", ["Sequential", "Model"])
def test_a_network_within_tells_how_many_classes_there_are(nested):
    latents, labels = latents_input(), keras.Input((), dtype="int32", name="labels")
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


class Cases:
    """Draws of the classes 2 and 3, as a GAN may state them."""

    def sample(self, num_samples, seed):
        return tf.random.stateless_uniform([num_samples], [seed, 0], 2, 4, tf.int32)


def of_unread_labels():
    latents, labels = latents_input(), keras.Input((1,), dtype="int32", name="labels")
    return drawn_by([latents, labels], latents, keras.ops.cast(labels, "float32"))


def test_what_the_gan_states_is_drawn_where_the_layers_do_not_say():
    gan = conditional_gan(of_unread_labels())
    with pytest.raises(ValueError, match="'labels' of the generator must say how many"):
        draw_conditions(gan, 64, seed=0)
    gan.conditions = {"labels": Cases()}
    labels = draw_conditions(gan, 64, seed=0)["labels"]
    assert labels.dtype == np.int32 and set(labels) == {2, 3}


def without_latents():
    inputs = [keras.Input((LATENT_DIM,), name=name) for name in ("noise", "style")]
    return drawn_by(inputs, *inputs)


def of_any_size():
    latents, words = latents_input(), keras.Input((None, 3), name="words")
    pooled = keras.layers.GlobalAveragePooling1D()(words)
    return drawn_by([latents, words], latents, pooled)


@pytest.mark.parametrize(
    "generator, text",
    [
        (without_latents, "must name one of them 'latents'. Received: inputs noise, s"),
        (of_any_size, r"input 'words' of shape \(None, None, 3\)"),
        (lambda: of_labels(name="seed"), "has a 'seed' of its own"),
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
    with pytest.raises(ValueError, match="needs a discriminator of images alone"):
        export_saved_model(told, tmp_path, discriminator=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("play_here")
def test_a_prior_alone_is_told_nothing(gan, tmp_path):
    path, _ = export_generator(gan, tmp_path, "onnx_prior")
    assert json.loads((tmp_path / "prior.onnx.json").read_text())["conditions"] == {}
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
