"""The callback that logs the value by which a run keeps its best epoch."""

from collections.abc import Callable
from typing import Any

from keras_gan.callbacks.evaluation_monitor import EvaluationMonitor
from keras_gan.datasets.image_dataset import ImageDataset
from keras_gan.recipes.recipe import ParzenProtocol


def monitor_of(
    measure: str,
    data: ImageDataset,
    feature_network: Callable[[], Callable[[Any], Any]] | None = None,
    seed: int = 0,
    *,
    parzen: ParzenProtocol | None = None,
    num_samples: int = 5_000,
) -> EvaluationMonitor:
    """Builds the callback that logs `measure` at the end of each epoch.

    List it before `SaveBestEpoch(path, measure)`, which takes the highest or the lowest
    value by what the measure's score says is better.

    Args:
        measure: str, name of a value, e.g. `"parzen_at_best_bandwidth"`, `"parzen"`,
            `"frechet_distance"`, `"precision"` or `"class_accuracy"`; whatever else its
            score holds is logged beside it.
        data: `ImageDataset` that the run is trained on.
        feature_network: as `Recipe.feature_network`: a function that returns the
            feature network, or `None` for pixels; called only where the measure needs
            features. Defaults to `None`.
        seed: int, of the samples and of the measure. Defaults to `0`.
        parzen: `ParzenProtocol`, for the Parzen values; `None` takes that of 2014.
            Defaults to `None`.
        num_samples: int, generated images, and real ones that they are compared with,
            for all other values. Defaults to `5000`.

    Returns:
        monitor: `EvaluationMonitor`.

    Raises:
        ValueError: if no measure gives a value of that name, neither high nor low
            values of it are better, or it does not suit the data.
    """
    raise NotImplementedError
