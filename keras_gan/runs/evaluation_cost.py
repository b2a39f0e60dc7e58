"""What an evaluation takes, said before it is taken."""

import time
from typing import NamedTuple

from keras_gan._durations import in_words
from keras_gan._memory import bytes_in_words
from keras_gan.evaluation.features import extract_features
from keras_gan.gan import GAN
from keras_gan.runs.evaluation import RunEvaluator
from keras_gan.training.asked_labels import sample_classes

_PROBED = 64  # rows that are timed: 0.1 s of the shipped networks
_FLOAT32, _FLOAT64 = 4, 8  # bytes
_TILES = 4 * 2**26  # bytes: distances, their errors and what is compared, 64 MiB each
_SQUARES = 6  # matrices [dim, dim] that a Frechet distance holds at once


class EvaluationCost(NamedTuple):
    """What an evaluation takes beside the data and the networks.

    Args:
        num_bytes: int, computed: samples, features, and the largest of what measures
            make of them.
        seconds: float, of samples and features, from a few that were timed.
        num_rows: int, rows of which features are computed.
        features: str, what is compared.
    """

    num_bytes: int
    seconds: float
    num_rows: int
    features: str

    def __str__(self) -> str:
        return (
            f"About {bytes_in_words(self.num_bytes)} of memory beside the data, and "
            f"{in_words(self.seconds)} for samples and features ({self.features}) of "
            f"{self.num_rows:,} rows; distances come on top."
        )


def cost_of(evaluator: RunEvaluator, gan: GAN) -> EvaluationCost:
    """Returns what `evaluator(gan)` will take, after a few samples and features.

    Args:
        evaluator: `RunEvaluator`.
        gan: `GAN` that it would score.

    Example:
    >>> import keras_gan as kg
    >>> data = kg.datasets.load_digits()
    >>> cost = cost_of(RunEvaluator(data), kg.recipes.digits(data, seed=0))
    >>> cost.features, cost.num_rows  # training, validation, test and generated images
    ('pixels', 2097)
    """
    data = evaluator.data
    num_test, num_held_out = evaluator.set_sizes
    network = evaluator.network
    row_bytes = _FLOAT32 * data.train.values[0].size
    for _ in range(2):  # what is traced first is not timed
        began = time.perf_counter()
        samples, _ = sample_classes(gan, _PROBED, 0, evaluator.classes_of(gan))
        sampled = time.perf_counter()
        features = extract_features(samples, network)
        ended = time.perf_counter()
    num_rows = len(data.train) + num_held_out + 2 * num_test
    of_sampling = num_test * (sampled - began) / _PROBED
    of_features = num_rows * (ended - sampled) / _PROBED
    kept = num_test * row_bytes
    if network is not None:
        kept += num_rows * features.dim * _FLOAT32
    made = _largest_of_measures(len(data.train), num_test, features.dim)
    return EvaluationCost(
        kept + made, of_sampling + of_features, num_rows, features.name
    )


def _largest_of_measures(num_train: int, num_test: int, dim: int) -> int:
    """Bytes of copies in float64: of moments, or of points whose neighbors are sought.

    With fewer rows than dimensions moments stay rows, as `frechet_distance` has them.
    """
    rows = _FLOAT64 * dim
    side = min(dim, num_test)
    moments = 2 * num_test * rows + _SQUARES * side * side * _FLOAT64
    tiles = min(_TILES, 4 * _FLOAT64 * num_test * num_train)
    neighbors = (num_train + num_test) * rows + tiles
    return max(moments, neighbors)
