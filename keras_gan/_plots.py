"""Plots with axes: numbers, points in the plane, lines, and rows that have names."""

import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gan._files import replacing
from keras_gan._types import Array, FloatArray

_SIDE = 4.0  # inches of a plot with axes
_NUM_BARS = 100
_PANEL = (1.6, 0.8)  # inches of one sample's lines
_NUM_BINS = 256  # of a panel
_FILLED = 0.85  # of a panel, in either direction
_PIXELS_IN_INCH = 60.0  # of named rows of images
_LETTER = 0.08  # inches of the names beside them, and of the margins


def save_numbers(
    path: str | os.PathLike[str],
    numbers: FloatArray,
    value_range: tuple[float, float],
    scale: int,
) -> None:
    """Writes a histogram of numbers `[num]`; says how many lie outside."""
    figure, axes = _figure((_SIDE, _SIDE / 2), scale)
    axes.hist(numbers, bins=_NUM_BARS, range=value_range)
    axes.set(xlim=value_range)
    low, high = value_range
    _tell_outside(axes, np.logical_or(numbers < low, numbers > high))
    _save(figure, path)


def save_points(
    path: str | os.PathLike[str],
    points: FloatArray,
    value_range: tuple[float, float],
    scale: int,
) -> None:
    """Writes a scatter plot of points `[num, 2]`; says how many lie outside."""
    figure, axes = _figure((_SIDE, _SIDE), scale)
    low, high = value_range
    margin = 0.05 * (high - low)
    axes.scatter(points[:, 0], points[:, 1], s=4, alpha=0.5, linewidths=0)
    axes.set(xlim=(low - margin, high + margin), ylim=(low - margin, high + margin))
    axes.set_aspect("equal")
    outside = np.logical_or(points < low - margin, points > high + margin)  # [num, 2]
    _tell_outside(axes, outside.any(axis=1))
    _save(figure, path)


def save_lines(
    path: str | os.PathLike[str],
    signals: FloatArray,
    value_range: tuple[float, float],
    num_columns: int | None,
    scale: int,
) -> None:
    """Writes the lines of signals `[num, length, channels]`, panel by panel."""
    num, _, channels = signals.shape
    num_columns = num_columns or math.ceil(math.sqrt(num))
    num_rows = -(-num // num_columns)
    figure, axes = _figure((_PANEL[0] * num_columns, _PANEL[1] * num_rows), scale)
    from matplotlib.collections import LineCollection  # it is there, or _figure raised

    low, high = value_range
    rows, columns = np.divmod(np.arange(num), num_columns)
    for channel in range(channels):
        along, values = _envelope(signals[..., channel])
        along = columns[:, None] + _FILLED * along  # [num, length]
        up = _FILLED * (values - low) / (high - low) - rows[:, None]
        lines = np.stack([along, up], axis=-1)  # [num, length, 2]
        axes.add_collection(
            LineCollection(list(lines), colors=f"C{channel}", linewidths=0.8)
        )
    for end in (0.0, _FILLED):  # where the range ends
        axes.hlines(end - rows, columns, columns + _FILLED, colors="0.85", linewidths=1)
    axes.set(xlim=(-0.1, num_columns), ylim=(0.95 - num_rows, 1.0))
    axes.set_axis_off()
    _save(figure, path)


def save_named_rows(
    path: str | os.PathLike[str], pixels: Array, names: Sequence[str]
) -> None:
    """Writes pixels `[height, width]` or `[height, width, 3]`, a row for each name."""
    height, width = pixels.shape[:2]
    beside = _LETTER * (2 + max(map(len, names)))
    size = (beside + width / _PIXELS_IN_INCH, _LETTER + height / _PIXELS_IN_INCH)
    figure, axes = _figure(size, scale=1)
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="none")
    middles = (np.arange(len(names)) + 0.5) * height / len(names)
    axes.set_yticks(middles, names)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    _save(figure, path, bbox_inches="tight")  # names may be longer than that


def _tell_outside(axes: Any, outside: Any) -> None:
    if outside.any():
        axes.set_title(f"{outside.sum()} of {len(outside)} outside", fontsize="small")


def _envelope(lines: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Places in [0, 1] and values of lines `[num, length]`; of long ones both extremes.

    A panel has fewer dots than a waveform has numbers.
    """
    length = lines.shape[1]
    if length <= 2 * _NUM_BINS:
        return np.linspace(0, 1, length), lines
    starts = np.arange(_NUM_BINS) * length // _NUM_BINS
    extremes = [
        extreme.reduceat(lines, starts, axis=1) for extreme in (np.minimum, np.maximum)
    ]
    values = np.stack(extremes, axis=-1).reshape(len(lines), -1)
    return np.repeat(starts / length, 2), values


def _figure(size: tuple[float, float], scale: int) -> tuple[Any, Any]:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "Plots need matplotlib: pip install keras-gan[pictures]"
        ) from error
    figure = Figure(figsize=size, dpi=100 * scale, layout="constrained")
    return figure, figure.add_subplot()


def _save(figure: Any, path: str | os.PathLike[str], **options: Any) -> None:
    with replacing(path) as partial:
        # Without the version of matplotlib the same samples are the same file.
        figure.savefig(partial, format="png", metadata={"Software": None}, **options)
