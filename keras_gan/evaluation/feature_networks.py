"""Which network looks at the samples of which dataset: one table."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan._types import Array, Shape
from keras_gan.evaluation import digit_classifier

Network = Callable[[Any], Any]
FeatureNetwork = Callable[[], Network]

FEATURE_NETWORKS: dict[str, tuple[FeatureNetwork, Shape]] = {
    "mnist": (digit_classifier.load_digit_classifier, digit_classifier.IMAGE_SHAPE),
}
"""By the key of `keras_gan.datasets.LOADERS`: who returns the network, of values in
[0, 1], and the shape that it takes. All other data are compared by their pixels."""


def feature_network_of(
    dataset: str | None, shape: Shape, value_range: tuple[float, float] = (0.0, 1.0)
) -> FeatureNetwork | None:
    """Returns who returns the feature network of a dataset, `None` for its pixels.

    Args:
        dataset: str, key of `keras_gan.datasets.LOADERS`, or `None` if unknown.
        shape: tuple, of one example; resized images are none that the network knows.
        value_range: pair of floats, that of the samples. Defaults to `(0.0, 1.0)`.

    Example:
    >>> network = feature_network_of("mnist", (28, 28, 1), (-1.0, 1.0))()
    >>> network(np.zeros((3, 28, 28, 1), "float32"))["features"].shape
    (3, 64)
    >>> feature_network_of("mnist", (32, 32, 1)) is None
    True
    """
    load, needed = FEATURE_NETWORKS.get(dataset or "", (None, ()))
    if load is None or tuple(shape) != needed:
        return None
    if tuple(value_range) == (0.0, 1.0):
        return load
    return lambda: _OfRange(load(), *value_range)


@dataclasses.dataclass(frozen=True)
class _OfRange:
    """A network of values in [0, 1], shown those of another range."""

    network: Network
    low: float
    high: float

    @property
    def name(self) -> str:
        return str(getattr(self.network, "name", type(self.network).__name__))

    def __call__(self, values: Array) -> Any:
        return self.network((np.asarray(values) - self.low) / (self.high - self.low))
