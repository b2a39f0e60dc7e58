import functools

import numpy as np
import pytest

from keras_gan.evaluation import (
    Evaluator,
    extract_features,
    frechet_distance,
    kernel_distance,
    memorization,
    mode_coverage,
    precision_recall,
)

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def images():
    """Training, held-out and generated images."""
    random = np.random.default_rng(0)
    centres = random.uniform(size=(10, 8, 8, 1))
    noise = random.normal(0, 0.1, (500, 8, 8, 1))
    drawn = centres[random.integers(10, size=500)] + noise
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
    centres = [[0.5, 0.5], [0.2, 0.2]]
    evaluator = Evaluator(
        *points[:2],
        measures={
            "kernel": functools.partial(kernel_distance, subset_size=20),
            "modes": lambda real, fake: mode_coverage(fake.values, centres, 0.1),
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
