"""The callback that logs the value by which a run keeps its best epoch."""

from collections.abc import Callable, Mapping

import numpy as np

from keras_gan._types import Array, Config
from keras_gan._validation import check_integer, check_seed
from keras_gan.callbacks.evaluation_monitor import EvaluationMonitor
from keras_gan.datasets.dataset import Dataset
from keras_gan.evaluation._measure import TEST_POINTS
from keras_gan.evaluation.evaluator import Evaluator
from keras_gan.evaluation.feature_networks import (
    PICTURES,
    PIXELS,
    FeatureNetwork,
    feature_network_of,
    name_of,
)
from keras_gan.evaluation.features import Features
from keras_gan.evaluation.measures import MEASURES, measure_giving
from keras_gan.evaluation.parzen_points import ParzenPoints
from keras_gan.evaluation.parzen_validation import parzen_validation
from keras_gan.evaluation.score import Score
from keras_gan.recipes._parzen_of_2014 import PARZEN_OF_2014
from keras_gan.recipes.recipe import ParzenProtocol

PARZEN, PARZEN_AT_BEST_BANDWIDTH = "parzen", "parzen_at_best_bandwidth"


def monitor_of(
    measure: str,
    data: Dataset,
    feature_network: FeatureNetwork | None = None,
    seed: int = 0,
    *,
    parzen: ParzenProtocol | None = None,
    num_samples: int = 5_000,
) -> EvaluationMonitor:
    """Builds the callback that logs `measure` at the end of each epoch.

    List it before `SaveBestEpoch(path, measure)`, which takes the highest or the lowest
    value by what the measure's score says is better. What else the score holds is
    logged beside it, but for `"parzen"`, which spares the search for the best bandwidth
    of all.

    Args:
        measure: str, name of a value, e.g. `"parzen_at_best_bandwidth"`, `"parzen"`,
            `"frechet_distance"`, `"recall"` or, of a conditional generator,
            `"class_accuracy"`.
        data: `Dataset` that the run is trained on.
        feature_network: function that returns the feature network, as
            `keras_gan.evaluation.feature_network_of` finds it, or `None` for the data
            themselves; called only where the measure looks at features.
            Defaults to `None`.
        seed: int, of the samples and of the measure. Defaults to `0`.
        parzen: `ParzenProtocol`, for the Parzen values; `None` takes that of 2014.
            Defaults to `None`.
        num_samples: int, at least 2. For all other values, generated images and as many
            training images, drawn once; no more than there are of these.
            Defaults to `5000`.

    Returns:
        monitor: `EvaluationMonitor`.

    Raises:
        ValueError: if no measure gives a value of that name, or it does not suit the
            data.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> data = load_digits()
    >>> monitor_of("frechet_distance", data).evaluator.measures
    ('frechet_distance',)
    >>> monitor_of("parzen_at_best_bandwidth", data).num_samples
    10000
    """
    protocol = parzen or PARZEN_OF_2014
    check_integer("num_samples", num_samples, minimum=2)
    giver = measure_giving(measure, "measure")
    if TEST_POINTS in MEASURES[giver].needs:
        raise ValueError(
            f"`measure` must be a value of validation data, and {measure} needs test "
            "points, by which no epoch is chosen; of Parzen's there are "
            f"{PARZEN_AT_BEST_BANDWIDTH!r} and {PARZEN!r}. Received: "
            f"measure={measure!r}"
        )
    reads_features = bool(MEASURES[giver].reads)
    network = feature_network() if feature_network and reads_features else None
    train, valid = data.train, data.valid
    points = ParzenPoints(
        valid.values[: protocol.num_valid], bandwidths=protocol.bandwidths
    )
    rows = _some(len(train), num_samples, seed)
    evaluator = Evaluator(
        train.values[rows],
        valid.values,
        network=network,
        measures=_without_search(points) if measure == PARZEN else [giver],
        value_range=data.value_range,
        seed=seed,
        labels=_known(None if train.labels is None else train.labels[rows]),
        held_out_labels=_known(valid.labels),
        parzen=points,
        mixture=data.mixture,
    )
    num_drawn = protocol.num_samples if giver == PARZEN else len(rows)
    return EvaluationMonitor(evaluator, num_drawn, seed=seed)


def _known(labels: Array | None) -> Array | None:
    """Labels where all are known: a measure takes no class for what is hidden."""
    return None if labels is None or np.any(labels < 0) else labels


def network_of_run(
    dataset: str, data: Dataset, held: Config
) -> tuple[FeatureNetwork | None, str]:
    """Returns the feature network that a run is trained under, and its name.

    It is the one that the run began with: values by features of another kind do not
    tell which epoch is the best.

    Args:
        dataset: str, key of `keras_gan.datasets.LOADERS`.
        data: `Dataset`, as the game is played on it.
        held: dict, record of the run that continues; empty for a new one.

    Raises:
        ValueError: if that network is not installed any more.
    """
    network = feature_network_of(
        dataset, data.data_shape, data.value_range, data.sampling_rate
    )
    name = name_of(network)
    if not held:
        return network, name
    # Of color pictures, runs of before saw the pixels.
    began = held.get("features", PIXELS if name == PICTURES else name)
    if began == PIXELS:
        return None, PIXELS
    if began != name:
        raise ValueError(
            f"The run was begun with features of {began}, which is not installed: pip "
            "install keras-gan[features], or train a new run."
        )
    return network, name


def _some(num_rows: int, num_drawn: int, seed: int) -> Array:
    """Which rows are compared with: some drawn at random, in their order, or all."""
    if num_rows <= num_drawn:
        return np.arange(num_rows)
    random = np.random.default_rng(check_seed("seed", seed))
    return np.sort(random.choice(num_rows, num_drawn, replace=False))


def _without_search(points: ParzenPoints) -> Mapping[str, Callable[..., Score]]:
    def parzen(real: Features, fake: Features) -> Score:
        return parzen_validation(
            fake.values, points.valid, points.bandwidths, search=False
        )

    return {PARZEN: parzen}
