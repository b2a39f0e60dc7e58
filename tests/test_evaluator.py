import functools

import numpy as np
import pytest

from keras_gan.evaluation import (
    Evaluator,
    ParzenPoints,
    extract_features,
    frechet_distance,
    kernel_distance,
    memorization,
    mode_coverage,
    parzen_log_likelihood,
    parzen_validation,
    precision_recall,
    quantity_of,
)
from keras_gan.evaluation.measures import MEASURES, measure_giving

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def images():
    """Training, held-out and generated images."""
    random = np.random.default_rng(0)
    centers = random.uniform(size=(10, 8, 8, 1))
    noise = random.normal(0, 0.1, (500, 8, 8, 1))
    drawn = centers[random.integers(10, size=500)] + noise
    return [part.clip(0, 1).astype("float32") for part in np.split(drawn, [300, 400])]


class Classifier:
    """Counts the images that it sees."""

    name = "toy"

    def __init__(self):
        self.num_seen = 0

    def __call__(self, batch):
        self.num_seen += len(batch)
        flat = batch.reshape(len(batch), -1)
        powers = np.exp(5 * flat[:, :4])
        return {
            "features": flat[:, ::7],
            "probabilities": powers / powers.sum(axis=1, keepdims=True),
        }


def test_all_measures_that_suit(images):
    train, held_out, generated = images
    scores = Evaluator(train, held_out, Classifier())(generated)
    assert set(scores) == {
        "parzen",
        "frechet_distance",
        "kernel_distance",
        "inception_score",
        "precision_recall",
        "density_coverage",
        "class_coverage",
        "different_bins",
        "classifier_two_sample_test",
        "memorization",
        "structural_diversity",
    }
    names = [name for score in scores.values() for name in score.values]
    assert len(set(names)) == len(names)
    assert all(
        np.isfinite(list(score.values.values())).all() for score in scores.values()
    )


def test_measures_that_do_not_suit_are_left_out_and_refused(images):
    train, held_out, _ = images
    assert "inception_score" not in Evaluator(train, held_out).measures
    points = [part.reshape(len(part), -1)[:, :2] for part in (train, held_out)]
    assert "structural_diversity" not in Evaluator(*points).measures
    with pytest.raises(ValueError, match="inception_score needs class probabilities"):
        Evaluator(train, held_out, measures=["inception_score"])
    with pytest.raises(ValueError, match="structural_diversity needs images with"):
        Evaluator(*points, measures=["structural_diversity"])
    with pytest.raises(ValueError, match="Did you mean 'frechet_distance'"):
        Evaluator(train, held_out, measures=["frechet"])


def test_features_are_computed_once(images):
    train, held_out, generated = images
    network = Classifier()
    evaluator = Evaluator(train, held_out, network)
    assert network.num_seen == len(train) + len(held_out)
    evaluator(generated)
    evaluator(generated)
    assert network.num_seen == len(train) + len(held_out) + 2 * len(generated)


@pytest.mark.parametrize(
    ("measure", "num_seen"),
    [("parzen", 0), ("structural_diversity", 0), ("frechet_distance", 300)],
)
def test_features_that_no_measure_looks_at_are_not_computed(images, measure, num_seen):
    network = Classifier()
    Evaluator(*images[:2], network, measures=[measure])
    assert network.num_seen == num_seen


def test_parzen_is_a_measure_among_others(images):
    train, held_out, generated = images
    measures = ["parzen", "frechet_distance"]
    scores = Evaluator(train, held_out, measures=measures)(generated)
    # An Evaluator's own validation points are the held-out ones.
    assert scores["parzen"] == parzen_validation(generated, held_out)
    points = ParzenPoints(held_out[:60], test=held_out[60:], bandwidths=(0.1, 0.3))
    evaluator = Evaluator(train, held_out, parzen=points)
    assert "parzen_log_likelihood" in evaluator.measures
    assert "parzen" not in evaluator.measures
    scores = Evaluator(
        train, held_out, measures=["parzen_log_likelihood"], parzen=points
    )(generated)
    expected = parzen_log_likelihood(
        generated, held_out[:60], held_out[60:], (0.1, 0.3)
    )
    assert scores["parzen_log_likelihood"] == expected


def test_the_bandwidth_is_chosen_on_validation_points_alone(images):
    train, held_out, generated = images
    evaluations = [
        Evaluator(
            train,
            held_out,
            measures=["parzen_log_likelihood"],
            parzen=ParzenPoints(held_out[:50], test=test),
        )(generated)["parzen_log_likelihood"]
        for test in (held_out[50:], held_out[50:] + 0.5)
    ]
    near, far = evaluations
    assert near.valid_means == far.valid_means
    assert near.best_bandwidth == far.best_bandwidth
    assert near.mean > far.mean


def test_parzen_measures_read_a_stream(images):
    train, held_out, generated = images
    evaluator = Evaluator(train, held_out, measures=["parzen"])
    stream = type("Parts", (), {"__iter__": lambda _: iter(np.split(generated, 4))})()
    whole, parts = (evaluator(samples)["parzen"] for samples in (generated, stream))
    np.testing.assert_allclose(parts.mean, whole.mean, rtol=1e-6)
    others = Evaluator(train, held_out, measures=["precision_recall"])
    with pytest.raises(ValueError, match="only the Parzen ones read a stream"):
        others(stream)


def test_parzen_that_does_not_suit_is_refused(images):
    with pytest.raises(ValueError, match="parzen_log_likelihood needs test points"):
        Evaluator(*images[:2], measures=["parzen_log_likelihood"])
    points = ParzenPoints(images[1], test=images[1])
    both = ["parzen", "parzen_log_likelihood"]
    with pytest.raises(ValueError, match="each value once.*2 give parzen_at_best"):
        Evaluator(*images[:2], measures=both, parzen=points)
    with pytest.raises(ValueError, match="`test_labels` must hold one label for each"):
        ParzenPoints(images[0], test=images[1], test_labels=np.arange(3))
    with pytest.raises(TypeError, match="`valid_labels` must be integers"):
        ParzenPoints(images[1], valid_labels=np.ones(100))


def test_a_value_knows_which_direction_is_better():
    modes = {
        "frechet_distance": "min",
        "kernel_distance": "min",
        "precision": "max",
        "recall": "max",
        "parzen": "max",
        "parzen_at_best_bandwidth": "max",
        "inception_score": "max",
    }
    assert {name: quantity_of(name).mode for name in modes} == modes
    assert measure_giving("parzen_at_best_bandwidth") == "parzen"
    with pytest.raises(ValueError, match="`name`.*Did you mean 'recall'"):
        quantity_of("recal")


def test_the_table_of_measures_names_the_scores_they_return(images):
    train, held_out, generated = images
    points = ParzenPoints(held_out, test=held_out)
    for parzen in (None, points):
        scores = Evaluator(train, held_out, Classifier(), parzen=parzen)(generated)
        for name, score in scores.items():
            assert type(score) is MEASURES[name].score


def test_scores_are_those_of_the_measures(images):
    train, held_out, generated = images
    measures = ["frechet_distance", "precision_recall", "memorization"]
    scores = Evaluator(train, held_out, measures=measures, seed=4)(generated)
    rows = np.random.default_rng(4).permutation(300)[:100]
    sets = {
        "real": extract_features(train[rows]),
        "fake": extract_features(generated),
    }
    assert scores["frechet_distance"] == frechet_distance(**sets)
    assert scores["precision_recall"] == precision_recall(**sets)
    whole = sets | {"real": extract_features(train)}
    assert scores["memorization"] == memorization(
        **whole, held_out=extract_features(held_out)
    )


def test_measures_of_ones_own(images):
    points = [part.reshape(len(part), -1)[:, :2] for part in images]
    centers = [[0.5, 0.5], [0.2, 0.2]]
    evaluator = Evaluator(
        *points[:2],
        measures={
            "kernel": functools.partial(kernel_distance, subset_size=20),
            "modes": lambda real, fake: mode_coverage(fake.values, centers, 0.1),
        },
    )
    scores = evaluator(points[2])
    assert list(scores) == ["kernel", "modes"]
    assert scores["kernel"].subset_size == 20 and scores["modes"].num_samples == 100


def test_a_copying_generator_is_seen(images):
    train, held_out, generated = images
    evaluator = Evaluator(train, held_out, measures=["memorization"])
    copies = evaluator(train[:100])["memorization"]
    honest = evaluator(generated)["memorization"]
    assert copies.nearer_share == 1.0 and copies.exact_copies == 1.0
    assert abs(honest.z_score) < 4


def test_progress_is_shown_on_request(images, capsys):
    train, held_out, generated = images
    evaluator = Evaluator(train, held_out, measures=["frechet_distance"])
    evaluator(generated)
    assert capsys.readouterr().out == ""
    evaluator(generated, verbose=1)
    assert "1/1" in capsys.readouterr().out


def test_moments_of_many_features_are_taken_where_they_are_named_alone():
    random = np.random.default_rng(0)
    rows = random.uniform(size=(12, 2049))
    assert "frechet_distance" not in Evaluator(rows, rows).measures
    assert "frechet_distance" in Evaluator(rows[:, 1:], rows[:, 1:]).measures
    assert Evaluator(rows, rows, measures=["frechet_distance"]).measures
