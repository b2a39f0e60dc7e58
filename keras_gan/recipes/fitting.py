"""What data must be like for a recipe: checks that say what is in the way."""

import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._halvings import is_halved, nearest_halved
from keras_gan._quarterings import is_quartered, nearest_quartered
from keras_gan.datasets._known_labels import UNKNOWN, known_labels

if TYPE_CHECKING:
    from keras_gan.datasets.dataset import Dataset

Check = Callable[["Dataset"], str | None]
"""From a dataset to a clause about it, `None` where nothing is in the way."""

_MOST_WEIGHTS = 100_000_000  # 2 GB with gradients and two slots of an optimizer
_OF_SPREAD = ("frechet_distance", "kernel_distance")  # one row has none
_FEWEST_FRAMES = 8
_COMPARED = 1_000  # rows; the monitor of collapses looks at no more
LARGEST_SIDE = 256  # for images, halved six times from there


def of_enough_for(monitor: str) -> Check:
    """Rows that what picks the best epoch can be measured by."""

    def of_enough(data: "Dataset") -> str | None:
        rows = len(data.valid)
        if monitor not in _OF_SPREAD or rows >= 2:
            return None
        return (
            f"its epochs are judged by the {monitor.replace('_', ' ')} from at least 2 "
            f"{data.data_name} to validate by, and there is {rows}"
        )

    return of_enough


def of_different_rows(data: "Dataset") -> str | None:
    """Rows to learn from that are not one, over and over."""
    if data.stream is not None:
        return None
    rows = data.train.values[:_COMPARED]
    if len(rows) < 2:
        return f"it needs 2 {data.data_name} or more to learn from, and there is 1"
    if np.any(rows != rows[:1]):
        return None
    return f"its {len(data.train)} {data.data_name} to learn from do not differ"


def of_images(data: "Dataset") -> str | None:
    """Images alone."""
    if len(data.data_shape) == 3:
        return None
    return f"it makes images, and these are {data.data_name}"


def of_waveforms(data: "Dataset") -> str | None:
    """Waveforms of one channel alone."""
    if len(data.data_shape) == 2 and data.data_shape[1] == 1:
        return None
    shape = f"{data.data_name} of shape {data.data_shape}"
    return f"it makes waveforms of one channel, and these are {shape}"


def quartered(data: "Dataset") -> str | None:
    """Waveforms that strided convolutions shorten fourfold to a few places."""
    length = data.data_shape[0]
    if is_quartered(length):
        return None
    return (
        "it shortens waveforms fourfold down to a few places, and these have "
        f"{length:,}; cut or pad them to {nearest_quartered(length):,}"
    )


def framed(hop_length: int) -> Check:
    """Waveforms of whole frames, and of more than a few.

    Args:
        hop_length: int, samples of a frame.
    """

    def check(data: "Dataset") -> str | None:
        length = data.data_shape[0]
        if length % hop_length == 0 and length >= _FEWEST_FRAMES * hop_length:
            return None
        nearest = max(_FEWEST_FRAMES, round(length / hop_length)) * hop_length
        return (
            f"it makes waveforms of frames of {hop_length} samples, {_FEWEST_FRAMES} or"
            f" more, and these have {length:,}; cut or pad them to {nearest:,}"
        )

    return check


def of_points(data: "Dataset") -> str | None:
    """Points in the plane alone."""
    if data.data_shape == (2,):
        return None
    shape = f"{data.data_name} of shape {data.data_shape}"
    return f"it makes points in the plane, and these are {shape}"


def labelled(data: "Dataset") -> str | None:
    """Data with a class for each."""
    if data.train.labels is not None:
        return None
    return "it is told classes, and these data have no labels"


def rich_in_each_class(num_per_class: int) -> Check:
    """Data of some examples of each class, for recipes that hide other labels."""

    def check(data: "Dataset") -> str | None:
        labels = data.train.labels
        if labels is None:
            return None
        counts = Counter(known_labels(labels).tolist())
        if not counts:
            return (
                f"it takes {num_per_class} labelled examples of each class, and the "
                f"class of all these is unknown, {UNKNOWN}"
            )
        if min(counts.values()) >= num_per_class:
            return None
        label, count = min(counts.items(), key=lambda pair: pair[1])
        return (
            f"it takes {num_per_class} labelled examples of each class, and these have "
            f"{count} of class {label}"
        )

    return check


def sized(height: int, width: int) -> Check:
    """Images of one size alone."""

    def check(data: "Dataset") -> str | None:
        if data.data_shape[:2] == (height, width):
            return None
        return (
            f"it makes images of {height} x {width}, and these have {_size(data)}; "
            f"resize them with --image-size {_option(height, width)}"
        )

    return check


def halved(data: "Dataset") -> str | None:
    """Images that strided convolutions halve to a small grid, and not too large."""
    nearest = nearest_size(*data.data_shape[:2])
    if data.data_shape[:2] == nearest:
        return None
    remedy = f"resize them with --image-size {_option(*nearest)}"
    if data.stream is not None:
        remedy = f"write them anew in {nearest[0]} x {nearest[1]} by keras-gan shard"
    return (
        f"it halves images of at most {LARGEST_SIDE} pixels a side down to a small "
        f"grid, and these have {_size(data)}; {remedy}"
    )


def check_halved(name: str, data: "Dataset") -> None:
    """Raises unless images halve, naming the recipe that resizes them.

    Args:
        name: str, of the recipe.
        data: `Dataset`.

    Raises:
        ValueError: if the data are no images, or do not halve to a small grid.
    """
    height, width = data.image_shape[:2]
    if not is_halved(height, width):
        nearest = nearest_size(height, width)
        raise ValueError(
            f"{name} cannot learn from {data.name}: it halves images down to a small "
            f"grid, and these have {_size(data)}; resize them first, by "
            f"keras_gan.datasets.resized(data, {nearest}), or for the recipe default "
            "by keras_gan.recipes.for_data(data).prepared(data)."
        )


def nearest_size(height: int, width: int) -> tuple[int, int]:
    """The size itself where convolutions can halve it, else one near it.

    That one leaves a grid of at most 64 places; a larger one, which nobody asked for,
    would cost weights.
    """
    if is_halved(height, width) and max(height, width) <= LARGEST_SIDE:
        return height, width
    share = min(1.0, LARGEST_SIDE / max(height, width))
    return nearest_halved(round(share * height), round(share * width))


def fully_connected(units: int) -> Check:
    """Data that fully connected layers of so many units in all can look at.

    Args:
        units: int, of the layers that touch the data, in both networks: each has a
            weight for each number of an image.
    """

    def check(data: "Dataset") -> str | None:
        weights = units * math.prod(data.data_shape)
        if weights <= _MOST_WEIGHTS:
            return None
        return (
            f"it is fully connected and would need {weights / 1e6:,.0f} million weights"
            f" for {data.data_name} of shape {data.data_shape}; take smaller ones with "
            "--image-size"
        )

    return check


def _size(data: "Dataset") -> str:
    height, width = data.data_shape[:2]
    return f"{height} x {width}"


def _option(height: int, width: int) -> str:
    return str(height) if height == width else f"{height} {width}"
