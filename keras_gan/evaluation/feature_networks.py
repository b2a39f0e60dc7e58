"""Which network looks at the samples of which dataset: one table."""

import dataclasses
import functools
import math
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from keras_gan._types import Array, Shape
from keras_gan.evaluation import digit_classifier, efficientnet_lite0, log_mel

Network = Callable[[Any], Any]
FeatureNetwork = Callable[[], Network | None]

_PICTURES = (None, None, None)
_SMALLEST_PICTURE = 16  # pixels a side: below, a network of photographs sees nothing
_MOST_NUMBERS = 4_096  # twice what Inception says: distances of more say little
PIXELS, DIGITS, PICTURES = "pixels", "digit_classifier", "efficientnet_lite0"
SOUND = "log_mel_statistics"


def _network_of_pictures() -> Network | None:
    if efficientnet_lite0.installed_weights():
        return efficientnet_lite0.load_efficientnet_lite0()
    warnings.warn(
        f"Pictures are compared by their pixels. {efficientnet_lite0.MISSING}",
        stacklevel=3,
    )
    return None


class Entry(NamedTuple):
    """What looks at the samples of a dataset.

    Args:
        load: function that returns the network.
        shape: sizes that the network takes, `None` for any.
        value_range: of what it is shown. Defaults to `(0.0, 1.0)`.
    """

    load: FeatureNetwork
    shape: tuple[int | None, ...]
    value_range: tuple[float, float] = (0.0, 1.0)


_OF_PICTURES = Entry(_network_of_pictures, _PICTURES)
_OF_SOUND = Entry(log_mel.log_mel_statistics, (None, 1), (-1.0, 1.0))

FEATURE_NETWORKS: dict[str, Entry] = {
    "cifar10": _OF_PICTURES,
    "harmonic_tones": _OF_SOUND,
    "image_folder": _OF_PICTURES,
    "mnist": Entry(
        digit_classifier.load_digit_classifier, digit_classifier.IMAGE_SHAPE
    ),
    "olivetti": _OF_PICTURES,
    "shards": _OF_PICTURES,
    "tfd": _OF_PICTURES,
    "wave_folder": _OF_SOUND,
}
"""By the key of `keras_gan.datasets.LOADERS`. Of all other data, images in color of
more than 4,096 numbers are looked at as pictures; what is left is compared by its
pixels. So are pictures below 16 pixels a side. So are larger ones, with a warning,
where their network's weights are not installed, and without one where they are not in
[0, 1] or [-1, 1]: normalized by their contrast they are no pictures that it knows."""


def feature_network_of(
    dataset: str | None,
    shape: Shape,
    value_range: tuple[float, float] = (0.0, 1.0),
    sampling_rate: int | None = None,
) -> FeatureNetwork | None:
    """Returns who returns the feature network of a dataset, `None` for its pixels.

    Args:
        dataset: str, key of `keras_gan.datasets.LOADERS`, or `None` if unknown.
        shape: tuple, of one example; resized digits are none that the network knows.
        value_range: pair of floats, that of the samples. Defaults to `(0.0, 1.0)`.
        sampling_rate: int, at least 1, in Hz, of waveforms; `None` takes 8000.
            Defaults to `None`.

    Example:
    >>> network = feature_network_of("mnist", (28, 28, 1), (-1.0, 1.0))()
    >>> network(np.zeros((3, 28, 28, 1), "float32"))["features"].shape
    (3, 64)
    >>> feature_network_of("mnist", (32, 32, 1)) is None
    True
    >>> feature_network_of("cifar10", (32, 32, 3)) is None
    False
    >>> feature_network_of(None, (64, 64, 3)) is None  # too large for its pixels
    False
    """
    large = len(shape) == 3 and shape[2] == 3 and math.prod(shape) > _MOST_NUMBERS
    entry = FEATURE_NETWORKS.get(dataset or "", _OF_PICTURES if large else None)
    value_range = (float(value_range[0]), float(value_range[1]))
    if entry is None or not _fits(shape, entry.shape):
        return None
    known = (0.0, 1.0), (-1.0, 1.0)
    if entry.shape == _PICTURES and not (_is_picture(shape) and value_range in known):
        return None
    load = entry.load
    if entry is _OF_SOUND and sampling_rate is not None:
        load = functools.partial(log_mel.log_mel_statistics, sampling_rate)
    if value_range == entry.value_range:
        return load
    return _Ranged(load, value_range, entry.value_range)


def name_of(network: FeatureNetwork | None) -> str:
    """Returns which kind of features a run is judged by: `PIXELS` or a network's name.

    Those of pictures are pixels as long as their weights are not installed.
    """
    load = network.load if isinstance(network, _Ranged) else network
    if load is _network_of_pictures:
        return PICTURES if efficientnet_lite0.installed_weights() else PIXELS
    if getattr(load, "func", load) is _OF_SOUND.load:
        return SOUND
    return PIXELS if load is None else DIGITS


def _is_picture(shape: Shape) -> bool:
    height, width, channels = shape
    return min(height, width) >= _SMALLEST_PICTURE and channels in (1, 3)


def _fits(shape: Shape, needed: tuple[int | None, ...]) -> bool:
    return len(shape) == len(needed) and all(
        size in (None, received) for size, received in zip(needed, shape, strict=True)
    )


@dataclasses.dataclass(frozen=True)
class _Ranged:
    """Who returns the network of values in one range, shown those of another."""

    load: FeatureNetwork
    shown: tuple[float, float]
    wanted: tuple[float, float]

    def __call__(self) -> Network | None:
        network = self.load()
        return network and _OfRange(network, self.shown, self.wanted)


@dataclasses.dataclass(frozen=True)
class _OfRange:
    """A network of values in one range, shown those of another."""

    network: Network
    shown: tuple[float, float]
    wanted: tuple[float, float]

    @property
    def name(self) -> str:
        return str(getattr(self.network, "name", type(self.network).__name__))

    def __call__(self, values: Array) -> Any:
        (low, high), (wanted_low, wanted_high) = self.shown, self.wanted
        share = (np.asarray(values) - low) / (high - low)
        return self.network(wanted_low + (wanted_high - wanted_low) * share)
