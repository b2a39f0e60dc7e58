"""What a run watches by the name of a value."""

import numpy as np
import pytest
from games import make_tiny_gan, tiny_images

import keras_gan as kg
from keras_gan import _run_files
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.runs import monitor_of

PROTOCOL = kg.recipes.ParzenProtocol(
    num_samples=40, num_valid=20, bandwidths=(0.2, 0.3, 0.5)
)


@pytest.fixture(scope="module")
def data():
    splits = (Split(tiny_images(num, seed=num)) for num in (60, 30, 10))
    return Dataset("tiny", *splits)


def logs_of(monitor, gan):
    logs = {}
    monitor.set_model(gan)
    monitor.on_epoch_end(0, logs)
    return logs


def test_a_run_watches_parzen_as_it_always_did(data):
    gan = make_tiny_gan()
    monitor = monitor_of("parzen_at_best_bandwidth", data, seed=4, parzen=PROTOCOL)
    logs = logs_of(monitor, gan)
    # The values of the published protocol on validation points, which runs hold.
    samples, valid = gan.sample(40, seed=4), data.valid.images[:20]
    estimate = kg.evaluation.parzen_log_likelihood(
        samples, valid, data.test.images, PROTOCOL.bandwidths
    )
    assert logs == {
        "parzen": max(estimate.valid_means),
        "parzen_at_best_bandwidth": estimate.best_valid_mean,
    }
    # A run whose history has no other column spares the search.
    monitor = monitor_of("parzen", data, seed=4, parzen=PROTOCOL)
    assert logs_of(monitor, gan) == {"parzen": logs["parzen"]}


def test_features_of_real_images_are_computed_once(data):
    seen = []

    def network(batch):
        seen.append(len(batch))
        return batch.reshape(len(batch), -1)[:, :3]

    gan = make_tiny_gan()
    monitor = monitor_of(
        "frechet_distance", data, lambda: network, seed=4, num_samples=25
    )
    assert seen == [25]
    first, again = (logs_of(monitor, gan) for _ in range(2))
    assert seen == [25, 25, 25] and first == again
    # The real images are some of the training images, each once.
    rows = {image.tobytes() for image in data.train.images}
    real = monitor.evaluator._reals.images
    drawn = {image.tobytes() for image in real}
    assert len(drawn) == 25 and drawn < rows
    expected = kg.evaluation.frechet_distance(
        real=network(real), fake=network(gan.sample(25, seed=4))
    )
    np.testing.assert_allclose(first["frechet_distance"], expected.value, rtol=1e-12)


def test_parzen_needs_no_features(data):
    def fail():
        raise AssertionError("the feature network was loaded")

    monitor_of("parzen_at_best_bandwidth", data, fail, parzen=PROTOCOL)


def test_no_more_samples_than_training_images(data):
    assert monitor_of("recall", data).num_samples == 60


def test_what_cannot_be_watched_is_refused(data):
    with pytest.raises(ValueError, match="Did you mean 'frechet_distance'"):
        monitor_of("frechet", data)
    with pytest.raises(ValueError, match="inception_score needs class probabilities"):
        monitor_of("inception_score", data)
    told = "parzen_log_likelihood needs test points.*'parzen_at_best_bandwidth'"
    with pytest.raises(ValueError, match=told):
        monitor_of("parzen_log_likelihood", data)
    with pytest.raises(ValueError, match="`num_samples`"):
        monitor_of("recall", data, num_samples=1)


def test_the_best_value_of_a_history_has_the_measures_direction(tmp_path):
    run = kg.runs.RunDirectory(tmp_path)
    _run_files.write_record(tmp_path, {"seed": 0, "status": "finished"})
    logged = [(3.0, 0.1), (None, 0.4), (2.5, 0.3)]
    rows = [
        {"epoch": 1 + index, "frechet_distance": distance, "recall": recall}
        for index, (distance, recall) in enumerate(logged)
    ]
    _run_files.write_history(tmp_path, rows)
    run.best_model.write_bytes(b"")
    assert run.best_value("frechet_distance") == 2.5
    assert run.best_value("recall") == 0.4


@pytest.mark.parametrize("measure", ["parzen", "frechet_distance"])
def test_hidden_labels_are_no_classes(measure):
    data = kg.datasets.with_few_labels(kg.datasets.load_digits(), 2)
    assert kg.runs.monitor_of(measure, data) is not None
