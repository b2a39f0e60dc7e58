import hashlib
import io
import json
import shutil
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_gan as kg
from keras_gan.datasets import Dataset, Split
from keras_gan.evaluation import digit_classifier as network_module
from keras_gan.evaluation.digit_classifier import (
    digit_network,
    load_digit_classifier,
    save_digit_classifier,
)
from keras_gan.evaluation.digit_classifier_training import (
    fit_digit_network,
    train_digit_classifier,
    untrained_digit_classifier,
)
from keras_gan.evaluation.features import extract_features

SHIPPED = network_module._SHIPPED_WEIGHTS


@pytest.fixture(scope="module")
def classifier():
    return load_digit_classifier()


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(size=(7, 28, 28, 1)).astype("float32")


@pytest.fixture
def copy(tmp_path):
    """The shipped weights and their record, to be damaged."""
    for suffix in (".npz", ".json"):
        shutil.copy(SHIPPED.with_suffix(suffix), tmp_path / f"copy{suffix}")
    return tmp_path / "copy.npz"


@pytest.fixture(scope="module")
def bars():
    """Ten kinds of noisy images, a bright bar in one of ten places: easily learned."""
    random = np.random.default_rng(1)

    def split(num_images):
        labels = np.arange(num_images) % 10
        pixels = 0.2 * random.uniform(size=(num_images, 28, 28, 1))
        for image, label in zip(pixels, labels, strict=True):
            top, left = 7 * (label // 4) + 2, 7 * (label % 4)
            image[top : top + 5, left : left + 5] += 0.7
        return Split(pixels.astype("float32"), labels)

    return Dataset("bars", train=split(200), valid=split(20), test=split(30))


def test_outputs_are_features_and_distributions(classifier, images):
    outputs = classifier(images)
    assert set(outputs) == {"features", "probabilities"}
    assert outputs["features"].shape == (7, 64)
    assert outputs["probabilities"].shape == (7, 10)
    assert np.all(outputs["probabilities"] >= 0)
    np.testing.assert_allclose(outputs["probabilities"].sum(axis=1), 1, atol=1e-6)


def test_probabilities_are_the_softmax_of_the_features(classifier, images):
    # An independent reading of the file: logits = features @ kernel + bias, in float64.
    with np.load(SHIPPED, allow_pickle=False) as arrays:
        kernel, bias = arrays["logits/kernel"], arrays["logits/bias"]
    outputs = classifier(images)
    logits = outputs["features"].astype("float64") @ kernel + bias
    powers = np.exp(logits)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(outputs["probabilities"], expected, atol=1e-5)


def test_outputs_do_not_change_between_calls_loads_and_batches(classifier, images):
    once, again = classifier(images), load_digit_classifier()(images)
    many = classifier(np.tile(images, (150, 1, 1, 1)))  # 1,050: more than one batch
    for key, values in once.items():
        np.testing.assert_array_equal(again[key], values)
        np.testing.assert_allclose(many[key][-7:], values, atol=1e-5)
        np.testing.assert_allclose(classifier(images[3:4])[key], values[3:4], atol=1e-5)


def test_it_is_a_named_feature_function(classifier, images):
    features = extract_features(images, classifier, batch_size=3)
    assert features.name == classifier.name
    np.testing.assert_allclose(
        features.values, classifier(images)["features"], atol=1e-5
    )
    assert features.probabilities.shape == (7, 10)


def test_name_and_record_are_those_of_the_file(classifier):
    digest = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert classifier.name == f"mnist_classifier-{digest[:12]}"
    record = json.loads(SHIPPED.with_suffix(".json").read_text())
    assert record["sha256"] == digest
    assert record["num_bytes"] == SHIPPED.stat().st_size < 1_000_000
    assert record["num_parameters"] == classifier.network.count_params() <= 250_000
    assert classifier.accuracy == record["test_accuracy"] >= 0.992
    assert record["training"]["num_train"] == 50_000
    assert record["num_test"] == 10_000


def test_the_record_in_the_examples_is_the_one_shipped():
    name = "examples/records/digit_classifier/mnist_classifier.json"
    kept = Path(__file__).parent.parent / name
    assert kept.read_text() == SHIPPED.with_suffix(".json").read_text()


def test_half_precision_elsewhere_does_not_reach_it(classifier, images, dtype_policy):
    dtype_policy("mixed_float16")
    outputs = load_digit_classifier()(images)
    assert outputs["features"].dtype == np.float32
    np.testing.assert_array_equal(outputs["features"], classifier(images)["features"])


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (lambda x: 2 * x - 1, r"must lie in \[0, 1\].*from -0\.99"),
        (lambda x: 255 * x, r"must lie in \[0, 1\].*images / 255"),
        (lambda x: np.where(x > 0.5, np.nan, x), "must be finite"),
        (lambda x: x[..., 0], r"must have the shape \[num_images, 28, 28, 1\]"),
        (lambda x: np.repeat(x, 3, axis=-1), "channels of stacked digits one by one"),
        (lambda x: x[:, :27], r"images.shape=\(7, 27, 28, 1\)"),
        (lambda x: x[:0], "at least one image"),
    ],
    ids=["signed", "bytes", "nan", "no-channel", "stacked", "cut", "none"],
)
def test_other_images_are_refused(classifier, images, scale, message):
    with pytest.raises(ValueError, match=f"`images`.*{message}"):
        classifier(scale(images))


def test_a_damaged_file_is_refused(copy):
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ValueError, match=r"copy\.npz has SHA-256.*damaged"):
        load_digit_classifier(copy)


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_missing_file_is_named(copy, suffix):
    copy.with_suffix(suffix).unlink()
    with pytest.raises(FileNotFoundError, match=f"Missing: .*copy{suffix}"):
        load_digit_classifier(copy)


@pytest.mark.parametrize("content", ["{", "[]", '{"sha256": "00"}'])
def test_a_damaged_record_is_named(copy, content):
    copy.with_suffix(".json").write_text(content)
    with pytest.raises(ValueError, match=r"copy\.json is not the record"):
        load_digit_classifier(copy)


def test_weights_are_measured_before_they_are_unpacked(tmp_path):
    path, buffer = tmp_path / "bomb.npz", io.BytesIO()
    np.savez_compressed(buffer, kernel=np.zeros((2**20,), "float32"))
    write_with_record(path, buffer.getvalue())
    with pytest.raises(ValueError, match=r"bomb\.npz .*it unpacks to 4,194,\d+ bytes"):
        load_digit_classifier(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(copy, value):
    arrays = dict(np.load(copy))
    arrays["logits/bias"][3] = value
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_with_record(copy, buffer.getvalue())
    with pytest.raises(ValueError, match="finite float32 numbers in logits/bias"):
        load_digit_classifier(copy)


def write_with_record(path, content):
    path.write_bytes(content)
    record = {"sha256": hashlib.sha256(content).hexdigest(), "test_accuracy": 0.5}
    path.with_suffix(".json").write_text(json.dumps(record))


def test_pickles_are_not_opened(tmp_path):
    path = tmp_path / "pickled.npz"
    np.savez(path, weights=np.array([{"an": "object"}], dtype=object))
    write_with_record(path, path.read_bytes())
    with pytest.raises(ValueError, match="not an `.npz` file of plain arrays"):
        load_digit_classifier(path)


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "text.npz"
    write_with_record(path, b"plain text")
    with pytest.raises(ValueError, match="not an `.npz` file of plain arrays"):
        load_digit_classifier(path)


def test_weights_of_another_network_are_named(copy):
    with np.load(copy) as arrays:
        changed = dict(arrays)
    changed["logits/kernel"] = changed["logits/kernel"][:, :9]
    np.savez(copy, **changed)
    write_with_record(copy, copy.read_bytes())
    with pytest.raises(ValueError, match="another network.*logits/kernel$"):
        load_digit_classifier(copy)


def test_weights_come_back_as_they_were_saved(tmp_path):
    network = digit_network(seed=5)
    for weight in network.weights:
        weight.assign_add(np.full(weight.shape, 0.25, "float32"))
    path = tmp_path / "saved.npz"
    save_digit_classifier(network, path, {"test_accuracy": 0.1, "note": "untrained"})
    loaded = load_digit_classifier(path)
    for saved, read in zip(network.weights, loaded.network.weights, strict=True):
        np.testing.assert_array_equal(saved, read)
    assert (loaded.accuracy, loaded.record["note"]) == (0.1, "untrained")
    with pytest.raises(ValueError, match="ending in `.npz`"):
        save_digit_classifier(network, tmp_path / "saved.h5", {"test_accuracy": 0.1})


def test_seeds_decide_the_initial_weights():
    one, two, other = (digit_network(seed) for seed in (1, 1, 2))
    for first, second in zip(one.weights, two.weights, strict=True):
        np.testing.assert_array_equal(first, second)
    assert not np.allclose(
        one.get_layer("dense").kernel, other.get_layer("dense").kernel
    )


@pytest.mark.exhaustive
def test_training_learns_scores_and_repeats(bars, tmp_path):
    trained = train_digit_classifier(bars, tmp_path / "bars.npz", seed=3, epochs=2)
    # What measures train within themselves is trained alike, to the last bit.
    again = fit_digit_network(bars.train.images, bars.train.labels, seed=3, epochs=2)
    weights = again.get_layer("digit_network").get_weights()
    for one, other in zip(trained.network.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(one, other)
    predictions = trained(bars.test.images)["probabilities"].argmax(axis=1)
    assert trained.accuracy == np.mean(predictions == bars.test.labels)
    losses = trained.record["history"]["loss"]
    assert len(losses) == 2 and losses[-1] < losses[0]
    training = trained.record["training"]
    assert (training["seed"], training["epochs"]) == (3, 2)
    digest = hashlib.md5(bars.valid.images.tobytes())
    digest.update(bars.valid.labels.astype("int32").tobytes())
    assert trained.record["data_md5"]["valid"] == digest.hexdigest()
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["bars.json", "bars.npz"]


def test_the_recipe_augments_in_training_only(bars):
    model = untrained_digit_classifier(bars, seed=4, epochs=1)
    logits = model.predict(bars.test.images, verbose=0)
    plain = model.get_layer("digit_network").predict(bars.test.images, verbose=0)
    np.testing.assert_allclose(logits, plain["logits"], atol=1e-5)
    augmented = keras.Model(model.input, model.get_layer("translation").output)
    moved = augmented(bars.test.images, training=True)
    assert np.abs(moved - bars.test.images).max() > 0.1
    rate = model.optimizer.learning_rate
    assert float(rate) == pytest.approx(2e-3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value_range": (-1.0, 1.0)}, "`data` must hold 28x28 digits in"),
        ({"valid": "unlabelled"}, r"`data.valid.labels`.*none"),
        ({"test": "eleven"}, "`data.test.labels` must be digits 0 to 9"),
    ],
)
def test_other_data_are_refused(bars, changes, message):
    splits = {
        "unlabelled": Split(bars.test.images),
        "eleven": Split(bars.test.images, bars.test.labels + 1),
    }
    parts = {"train": bars.train, "valid": bars.valid, "test": bars.test, **changes}
    parts = {
        name: splits.get(part, part) if isinstance(part, str) else part
        for name, part in parts.items()
    }
    with pytest.raises(ValueError, match=message):
        untrained_digit_classifier(Dataset("other", **parts))


def test_bad_arguments_are_named(bars, digits, tmp_path):
    with pytest.raises(ValueError, match=r"image_shape=\(8, 8, 1\)"):
        untrained_digit_classifier(digits)
    with pytest.raises(ValueError, match="`seed`"):
        untrained_digit_classifier(bars, seed=-1)
    with pytest.raises(ValueError, match="`epochs`"):
        untrained_digit_classifier(bars, epochs=0)
    with pytest.raises(ValueError, match="ending in `.npz`"):
        train_digit_classifier(bars, tmp_path / "weights", epochs=1)


def test_the_record_holds(classifier, real_data_dir):
    data = kg.datasets.load_mnist(real_data_dir)
    started = time.perf_counter()
    predictions = classifier(data.test.images)["probabilities"].argmax(axis=1)
    seconds = time.perf_counter() - started
    accuracy = np.mean(predictions == data.test.labels)
    assert accuracy >= 0.992
    assert accuracy == pytest.approx(classifier.accuracy, abs=1e-4)
    assert seconds < 30  # about 2 on two idle cores
    for name, expected in classifier.record["data_md5"].items():
        split = getattr(data, name)
        digest = hashlib.md5(split.images.tobytes())
        digest.update(split.labels.astype("int32").tobytes())
        assert digest.hexdigest() == expected
