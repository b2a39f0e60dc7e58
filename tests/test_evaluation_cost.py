"""What an evaluation is said to take is near what it takes."""

import tracemalloc

import numpy as np
import pytest

import keras_gan as kg
from keras_gan.runs.evaluation import RunEvaluator
from keras_gan.runs.evaluation_cost import EvaluationCost, cost_of

MEASURES = ["frechet_distance", "precision_recall", "memorization"]


class Projection:
    """A feature network of `dim` numbers, a matrix product."""

    name = "projection"

    def __init__(self, dim):
        self.matrix = np.random.default_rng(0).normal(size=(64, dim)).astype("float32")

    def __call__(self, images):
        return np.asarray(images).reshape(len(images), -1) @ self.matrix


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore:Doubtful")
@pytest.mark.parametrize("dim", [None, 32, 1500])
def test_memory_is_that_of_arrays(dim):
    random = np.random.default_rng(0)
    splits = [
        kg.datasets.Split(random.uniform(size=(num, 8, 8, 1)).astype("float32"))
        for num in (4000, 1000, 2000)
    ]
    data = kg.datasets.Dataset("noise", *splits)
    network = None if dim is None else lambda: Projection(dim)
    evaluator = RunEvaluator(data, MEASURES, feature_network=network)
    gan = kg.recipes.get("digits").build(data, seed=0)
    told = cost_of(evaluator, gan)
    assert told.num_rows == 4000 + 1000 + 2 * 2000
    assert told.features == ("pixels" if dim is None else "projection")
    tracemalloc.start()
    evaluator(gan)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak / 2 < told.num_bytes < 2 * peak


def test_it_is_one_line():
    cost = EvaluationCost(1_234_000_000, 135.0, 70_000, "digit-classifier")
    assert str(cost) == (
        "About 1.2 GB of memory beside the data, and 2 min 15 s for samples and "
        "features (digit-classifier) of 70,000 rows; distances come on top."
    )
