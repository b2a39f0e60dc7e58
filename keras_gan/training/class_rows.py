"""Samples for a picture: one class a row where the game knows classes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.priors import CategoricalPrior
from keras_gan.training.examples import LABELS


def sample_in_rows(
    gan: Any,
    num_samples: int,
    seed: int,
    labels: Sequence[int] | None = None,
    told: Mapping[str, Any] | None = None,
) -> tuple[FloatArray, int | None]:
    """Samples for a grid, and its number of columns.

    Args:
        gan: the `GAN`.
        num_samples: int, at least 1. Images; where rows have a class each, as many
            columns as `num_samples` fill, at least one.
        seed: int, as `GAN.sample` takes it.
        labels: classes, one a row; one alone fills a square. `None` for all that the
            GAN's prior of `labels` knows, if there are no more than `num_samples`.
            Defaults to `None`.
        told: conditions in the place of classes, as `GAN.sample` takes them.
            Defaults to `None`.

    Returns:
        images: float32 array `[num_images, height, width, channels]`, row by row.
        num_columns: int, or `None` for a square grid.
    """
    if told:
        return gan.sample(num_samples, seed=seed, **told), None
    if labels is None:
        known = num_rows_of_classes(gan, num_samples)
        if not known:
            return gan.sample(num_samples, seed=seed), None
        labels = range(known)
    if len(labels) == 1:
        return gan.sample(num_samples, seed=seed, labels=labels[0]), None
    num_columns = max(1, num_samples // len(labels))
    rows = np.repeat(labels, num_columns)
    return gan.sample(len(rows), seed=seed, labels=rows), num_columns


def num_rows_of_classes(gan: Any, num_samples: int) -> int:
    """Classes that a grid of so many samples shows one a row; 0 for none."""
    prior = gan.conditions.get(LABELS)
    known = prior.num_classes if isinstance(prior, CategoricalPrior) else 0
    return known if 1 < known <= num_samples else 0


def rows_in_grid(gan: Any, labels: Array | None, num_samples: int) -> tuple[Array, Any]:
    """Which rows of data make the grid that `sample_in_rows` makes of samples.

    Args:
        gan: the `GAN`.
        labels: integers, one for each row of the data, or `None`.
        num_samples: int, at least 1.

    Returns:
        rows: integers, the first ones, or the first ones of each class.
        num_columns: int, or `None` for a square grid.
    """
    known = num_rows_of_classes(gan, num_samples)
    if labels is None or not known:
        return np.arange(num_samples), None
    num_columns = max(1, num_samples // known)
    rows = [np.flatnonzero(labels == label)[:num_columns] for label in range(known)]
    if any(len(one) < num_columns for one in rows):  # too few for a row
        return np.arange(num_samples), None
    return np.concatenate(rows), num_columns


def check_samples_untold(
    gan: Any, told: Collection[str] = (), remedy: str = ""
) -> None:
    """Raises unless a GAN can sample when it is told some conditions and no other.

    Args:
        gan: the `GAN`.
        told: names of conditions. Defaults to `()`.
        remedy: str, what else the user may do. Defaults to `""`.

    Raises:
        ValueError: if its generator names another condition that has no prior.
    """
    known = {*gan.conditions, *told}
    missing = [name for name in gan.networks.told if name not in known]
    if missing:
        raise ValueError(
            "Samples of an epoch need priors of what the generator is told, "
            f"{missing}. Received: none; give the GAN conditions={{{missing[0]!r}: "
            f"keras_gan.priors.CategoricalPrior(…)}}, or another prior{remedy}."
        )
