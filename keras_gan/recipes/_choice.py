"""What suits so many pictures of such a size: numbers, each with its reason."""

import math
from collections.abc import Callable
from typing import NamedTuple

from keras_gan._halvings import num_halvings
from keras_gan._types import Shape
from keras_gan._validation import check_integer

_WIDTHS = (32, 24, 16, 12, 8)  # filters next to the images
_MOST_PER_IMAGE = 25e6  # multiplications in the blocks of one network
_MOST_IN_ALL = 9e12  # and of all that are trained on: about an hour on two cores
_FEWEST_STEPS, _MOST_STEPS = 2_000, 20_000
_STEPS_PER_EPOCH = 500  # at least, so that there is something to report on
_LITTLE, _FEW = 20_000, 2_000  # pictures
_MOST_COMPARED = 5_000  # pictures, by the callback that watches a run
# What the network that looks at pictures makes of one, and the least side that it sees.
_NUM_FEATURES, _SMALLEST_PICTURE = 1_280, 16


class Choice(NamedTuple):
    """What is chosen.

    Args:
        base_filters: int, filters next to the images.
        batch_size: int, pictures of one minibatch.
        policy: str of `DiffAugment`, or `None`.
        passes_per_epoch: int, passes over the pictures.
        steps_per_epoch: int, minibatches.
        epochs: int.
        monitor: str, value that chooses the best epoch.
        reasons: strings, a sentence for each choice.
    """

    base_filters: int
    batch_size: int
    policy: str | None
    passes_per_epoch: int
    steps_per_epoch: int
    epochs: int
    monitor: str
    reasons: tuple[str, ...]


def chosen_for(
    num_images: int, image_shape: Shape, steps_of_epoch: Callable[[int, int], int]
) -> Choice:
    """What suits so many pictures of such a size.

    Args:
        num_images: int, at least 1, pictures to learn from.
        image_shape: tuple `(height, width, channels)`.
        steps_of_epoch: function of the minibatch's size and of passes over the
            pictures that returns the minibatches of an epoch.

    Raises:
        ValueError: if there is no picture.
    """
    check_integer("num_images", num_images, minimum=1)
    base_filters, width_reason = _width_of(image_shape)
    batch_size, batch_reason = _batch_size_of(num_images)
    policy, policy_reason = _policy_of(num_images)
    work = _work_of(image_shape, base_filters)
    num_steps = _MOST_IN_ALL / (work * batch_size)
    num_steps = min(max(num_steps, _FEWEST_STEPS), _MOST_STEPS)
    passes = max(1, round(_STEPS_PER_EPOCH * batch_size / num_images))
    steps_per_epoch = steps_of_epoch(batch_size, passes)
    epochs = max(1, round(num_steps / steps_per_epoch))
    length_reason = (
        f"{epochs} epochs of {steps_per_epoch:,} steps, {passes} passes over "
        f"{num_images:,} pictures each: what about an hour on two cores allows, from "
        f"{_FEWEST_STEPS:,} to {_MOST_STEPS:,} steps; --time asks for as many as this "
        "machine plays in a time"
    )
    monitor, monitor_reason = _monitor_of(num_images, image_shape)
    return Choice(
        base_filters,
        batch_size,
        policy,
        passes,
        steps_per_epoch,
        epochs,
        monitor,
        (width_reason, batch_reason, policy_reason, length_reason, monitor_reason),
    )


def _width_of(image_shape: Shape) -> tuple[int, str]:
    affordable = (
        width for width in _WIDTHS if _work_of(image_shape, width) <= _MOST_PER_IMAGE
    )
    width = next(affordable, _WIDTHS[-1])
    height, columns, channels = image_shape
    return width, (
        f"{width} filters next to the images: the most of {_listed(_WIDTHS)} that "
        f"{height} x {columns} x {channels} leaves time for"
    )


def _batch_size_of(num_images: int) -> tuple[int, str]:
    if num_images < _FEW:
        return 32, f"minibatches of 32: there are fewer than {_FEW:,} pictures"
    return 64, f"minibatches of 64: there are {_FEW:,} pictures or more"


def _policy_of(num_images: int) -> tuple[str | None, str]:
    if num_images < _FEW:
        return "color,translation,cutout", (
            f"every picture is shown in other colors, shifted and partly covered: "
            f"there are fewer than {_FEW:,}"
        )
    if num_images < _LITTLE:
        return "translation,cutout", (
            f"every picture is shown shifted and partly covered: there are fewer than "
            f"{_LITTLE:,}"
        )
    return None, f"pictures are shown as they are: there are {_LITTLE:,} or more"


def _monitor_of(num_images: int, image_shape: Shape) -> tuple[str, str]:
    num_compared, num_numbers = min(num_images, _MOST_COMPARED), math.prod(image_shape)
    if min(image_shape[:2]) >= _SMALLEST_PICTURE:  # whichever of the two it will be
        num_numbers = max(num_numbers, _NUM_FEATURES)
    if num_numbers < num_compared:
        return "frechet_distance", (
            "the epoch of the least Frechet distance is kept as the best: "
            f"{num_compared:,} pictures are compared, by at most {num_numbers:,} "
            "features"
        )
    return "kernel_distance", (
        "the epoch of the least kernel distance is kept as the best: a Frechet distance"
        f" would need more than the {num_compared:,} pictures that are compared, by as "
        f"many as {num_numbers:,} features"
    )


def _work_of(image_shape: Shape, base_filters: int) -> float:
    """Multiplications in the blocks of one network, for one image."""
    height, width, _ = image_shape
    # Two convolutions of 3x3 a stage: a grid a quarter as large has twice the filters.
    stage = 2 * 9 * (height / 2) * (width / 2) * base_filters**2
    return max(1, num_halvings(height, width)) * stage


def _listed(widths: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, widths[:-1]))} and {widths[-1]}"
