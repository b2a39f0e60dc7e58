"""Classes in artefacts: drawn where nobody asks, refused where there are none."""

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from exports import (
    KNOWN_RANGE,
    NUM_CLASSES,
    OF_GENERATORS,
    Exports,
    conditional_gan,
    drawn_by,
    generator_of_labels,
    labels_input,
    latents_input,
)

import keras_gan as kg
from export import FORMATS, export_generator, export_onnx, generator_signature
from export.contract.conditions import conditions_of, draw_conditions
from export.contract.contents import Endpoint, TensorType, contents_from
from export.contract.endpoints import prior_function
from export.parity.cases import cases_for

WITH_IMAGES = sorted(set(OF_GENERATORS) - {"onnx_prior"})


@pytest.fixture
def exports(conditional_exports):
    return conditional_exports


@pytest.fixture
def gan(exports):
    return exports.gan


def call_of(exports, name, num_samples, seed, labels):
    """Outputs of one call of a format's first endpoint that draws, or else makes."""
    path, _, record, _ = exports[name]
    endpoint = "sample" if "sample" in record["endpoints"] else "generate"
    takes = record["endpoints"][endpoint]["inputs"]
    given = {
        "num_samples": np.int32(num_samples),
        "seed": np.int32(seed),
        "latents": np.zeros((num_samples, 6), "float32"),
        "labels": np.array(labels),
    }
    play = FORMATS[name].player(path)
    return play(
        endpoint,
        {key: np.asarray(given[key], one["dtype"]) for key, one in takes.items()},
    )


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", ["saved_model", "onnx_seeded"])
def test_what_nobody_asks_for_is_drawn_as_sample_does(gan, exports, name):
    for num_samples, seed in ((1, 0), (5, 7), (33, 2**31 - 1)):
        images = call_of(exports, name, num_samples, seed, [])["images"]
        expected = gan.sample(num_samples, seed)
        np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
        told = call_of(exports, name, num_samples, seed, [3] * num_samples)["images"]
        expected = gan.sample(num_samples, seed, labels=3)
        np.testing.assert_allclose(told, expected, rtol=0, atol=1e-5)
    _, report, record, card = exports[name]
    prior = {
        "name": "CategoricalPrior",
        "num_classes": NUM_CLASSES,
        "probabilities": [*gan.conditions["labels"].probabilities],
    }
    assert record["conditions"]["labels"]["prior"] == prior
    assert "Without any row it is drawn from CategoricalPrior(num_classes=10" in card
    assert report.max_abs_error <= 1e-5


@pytest.mark.exhaustive
def test_the_priors_file_draws_labels_bit_for_bit(gan, exports):
    path, _, record, card = exports["onnx_prior"]
    assert [*record["conditions"]] == ["labels"]
    assert "classes from 0 to 9, drawn from CategoricalPrior(" in card
    session = onnxruntime.InferenceSession(path)
    for num_samples, seed in ((1, 0), (2, 12345), (7, 1), (1024, 2**31 - 1)):
        scalars = {"num_samples": num_samples, "seed": seed}
        feed = {key: np.array(value, "int32") for key, value in scalars.items()}
        latents, labels = session.run(["latents", "labels"], feed)
        assert labels.dtype == np.int32 and 1 not in labels  # of probability 0
        images = gan.generator({"latents": latents, "labels": labels})
        expected = gan.sample(num_samples, seed)
        np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
    # 1024 draws of p = 0.3: 307 +- 5 standard deviations of 14.7
    assert abs((labels == 0).sum() - 307) < 74


def test_conditions_are_drawn_independently_of_each_other():
    names, count = ("first", "second"), 500
    latents = latents_input()
    labels = [labels_input(name=name) for name in names]
    tables = [keras.layers.Embedding(2, 3)(one) for one in labels]
    prior = kg.priors.CategoricalPrior(2)
    gan = conditional_gan(
        drawn_by([latents, *labels], latents, *tables),
        conditions=dict.fromkeys(names, prior),
    )
    draw = prior_function(gan, generator_signature(gan))
    drawn = draw(tf.constant(count), tf.constant(3))
    equal = (drawn["first"].numpy() == drawn["second"].numpy()).mean()
    assert abs(equal - 0.5) < 5 * 0.5 / np.sqrt(count)
    untold = conditional_gan(gan.generator, conditions={"second": prior})
    draw = prior_function(untold, generator_signature(untold))
    again = draw(tf.constant(count), tf.constant(3))
    assert again.keys() == {"latents", "second"}  # and not the first, of no prior
    np.testing.assert_array_equal(drawn["second"], again["second"])


SENTENCES = {
    "saved_model": r"`labels` must lie in 0 to 9. Received: labels from",
    "onnx": "labels_must_lie_in_0_to_9",
    "litert": "gather index out of bounds",
}


@pytest.mark.one_in(8)
@pytest.mark.parametrize("name", WITH_IMAGES)
@pytest.mark.parametrize("label", [-1, NUM_CLASSES, 2**31 - 1, -(2**31)])
def test_labels_outside_the_classes_are_refused(exports, name, label):
    _, report, record, card = exports[name]
    (text,) = (text for kind, text in SENTENCES.items() if name.startswith(kind))
    with pytest.raises(Exception, match=text):
        call_of(exports, name, 4, 0, [0, 1, label, 2])
    assert call_of(exports, name, 4, 0, [0, 1, 9, 2])["images"].shape[0] == 4
    assert report.outside == record["parity"]["outside"] == {"labels": "refused"}
    assert "Asked for another one, the file refuses" in card


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", WITH_IMAGES)
def test_labels_of_another_number_are_refused(exports, name):
    sentences = {
        "saved_model": "`labels` must have",
        "onnx": "labels_must_have_rows",
        "litert": "failed to",
    }
    (text,) = (text for kind, text in sentences.items() if name.startswith(kind))
    for labels in ([0], [0, 1, 2], [0] * 5):
        with pytest.raises(Exception, match=text):
            call_of(exports, name, 4, 0, labels)


@pytest.mark.exhaustive
def test_labels_that_nobody_can_draw_are_asked_for(tmp_path, play_here):
    gan = conditional_gan(generator_of_labels())
    exports = Exports(gan, tmp_path)
    for name, text in (
        ("saved_model", r"`labels` must have. \[4\] \[rows. Received:. \[0\]"),
        ("onnx_seeded", "labels_must_have_rows'"),
    ):
        with pytest.raises(Exception, match=text):
            call_of(exports, name, 4, 0, [])
    assert "Without any row" not in exports["saved_model"].card


def test_more_classes_than_a_batch_has_rows_are_all_compared():
    num_classes = 150
    gan = conditional_gan(generator_of_labels(num_classes=num_classes))
    generate = Endpoint(
        {
            "latents": TensorType("float32", [None, 6]),
            "labels": TensorType("int32", [None]),
        },
        {"images": TensorType("float32", [None, 8, 8, 1])},
    )
    contents = contents_from({"generate": generate})
    cases, _ = cases_for(gan, contents, (1, 7, 64), seed=0)
    asked = [case for case in cases if case.output == "images" and not case.condition]
    assert [len(case.expected) for case in asked] == [1, 7, 64, 64, 64]
    labels = np.concatenate([case.inputs["labels"] for case in asked])
    assert set(labels) == set(range(num_classes))
    (rows,) = (case for case in cases if case.output == "images" and case.condition)
    np.testing.assert_array_equal(rows.inputs["labels"], np.repeat(np.arange(20), 8))
    strangers = [case for case in cases if case.output == "refusal"]
    assert [case.inputs["labels"][-1] for case in strangers] == [-1, num_classes]


@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("name", ["onnx", "saved_model", "litert"])
def test_classes_are_integers_though_the_network_reads_floats(tmp_path, name):
    gan = conditional_gan(generator_of_labels(dtype="float32"))
    path, report = export_generator(gan, tmp_path, name, provenance=KNOWN_RANGE)
    assert FORMATS[name].contents(path).endpoints["generate"].inputs[
        "labels"
    ].dtype == ("int32")
    assert [*report.classes["labels"]] == [*range(NUM_CLASSES)]


def test_numbers_that_are_no_classes_stay_floats():
    latents, age = latents_input(), keras.Input((1,), name="age")
    decade = keras.layers.Discretization(bin_boundaries=[10.0, 20.0])(age)
    features = keras.layers.Flatten()(keras.layers.Embedding(3, 2)(decade))
    gan = conditional_gan(drawn_by([latents, age], latents, features))
    (condition,) = conditions_of(gan)
    assert condition.dtype == "float32" and condition.num_classes is None


class Cases(kg.priors.CategoricalPrior):
    """Draws of the classes 2 and 3, which its own class does not say."""

    def __init__(self):
        super().__init__(4, (0, 0, 0.5, 0.5))


def of_unread_labels():
    latents, labels = latents_input(), labels_input(shape=(1,))
    return drawn_by([latents, labels], latents, keras.ops.cast(labels, "float32"))


def test_the_prior_says_how_many_classes_there_are():
    prior = kg.priors.CategoricalPrior(4)
    gan = conditional_gan(of_unread_labels(), conditions={"labels": prior})
    assert set(draw_conditions(gan, 64, seed=0)["labels"].ravel()) == {0, 1, 2, 3}
    fewer = conditional_gan(generator_of_labels(), conditions={"labels": prior})
    assert conditions_of(fewer)[0].num_classes == 4  # as `GAN.sample` has it
    more = kg.priors.CategoricalPrior(12)
    of_floats = generator_of_labels(dtype="float32")  # which the game looks up nowhere
    gan = conditional_gan(of_floats, conditions={"labels": more})
    with pytest.raises(ValueError, match="knows, 0 to 9. Received: a prior of 12"):
        conditions_of(gan)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("play_here")
def test_another_prior_is_drawn_from_where_the_layers_do_not_say(tmp_path):
    latents, style = latents_input(), keras.Input((3,), name="style")
    gan = conditional_gan(
        drawn_by([latents, style], latents, style),
        conditions={"style": kg.priors.NormalPrior(3, mean=5.0)},
    )
    drawn = draw_conditions(gan, 400, seed=1)["style"]
    assert abs(drawn.mean() - 5) < 5 / np.sqrt(1200)
    report = export_onnx(gan, tmp_path / "g.onnx", seeded=True)
    assert report.max_abs_error <= 1e-5 and report.classes == {}
    scalars = {"num_samples": np.int32(3), "seed": np.int32(4)}
    feed = {key: np.array(value) for key, value in scalars.items()}
    session = onnxruntime.InferenceSession(tmp_path / "g.onnx")
    (images,) = session.run(None, {**feed, "style": np.zeros((0, 3), "float32")})
    np.testing.assert_allclose(images, gan.sample(3, 4), rtol=0, atol=1e-5)


def test_torch_fidelity_knows_one_class_and_no_more(exports, tmp_path):
    # It calls with (noise, labels), by their places, labels int64.
    session = onnxruntime.InferenceSession(exports["onnx_torch_fidelity"].path)
    names = [(one.name, one.type) for one in session.get_inputs()]
    assert names == [("latents", "tensor(float)"), ("labels", "tensor(int64)")]
    latents, style = latents_input(), keras.Input((3,), name="style")
    gan = conditional_gan(drawn_by([latents, style], latents, style))
    with pytest.raises(ValueError, match=r"told style of shape \(3,\)\. Take"):
        export_generator(gan, tmp_path, "onnx_torch_fidelity", provenance=KNOWN_RANGE)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="`class_dtype`"):
        export_onnx(gan, tmp_path / "g.onnx", class_dtype="int16")


def test_seeds_of_conditions_are_those_of_tensors():
    prior = kg.priors.CategoricalPrior(7)

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def draw(seed):
        return kg.training.conditions.draw_condition(prior, 1, 9, seed)

    for seed in (0, 1, 2**31 - 1):
        expected = kg.training.conditions.draw_condition(prior, 1, 9, seed)
        np.testing.assert_array_equal(draw(seed), expected)
