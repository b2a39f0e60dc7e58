"""Sides of images that strided convolutions halve, down to a small grid."""

import math

COARSEST_SIDE = 4  # the published networks for 64x64 images begin and end at 4x4
LARGEST_GRID = 625  # places: 25x25 for 100x100 images, in one fully connected layer
SMALL_GRID = 64  # what is chosen where nobody says: 7x7 for 28x28 images


def num_halvings(height: int, width: int) -> int:
    """How often both sides halve evenly, each from above the coarsest side."""
    count = 0
    while all(side % 2 == 0 and side > COARSEST_SIDE for side in (height, width)):
        height, width = height // 2, width // 2
        count += 1
    return count


def grid_of(height: int, width: int) -> tuple[int, int]:
    """What such an image is halved to."""
    scale = 2 ** num_halvings(height, width)
    return height // scale, width // scale


def is_halved(height: int, width: int, most_places: int = LARGEST_GRID) -> bool:
    """Whether an image can be halved, and what is left is no more than so many places.

    Args:
        height: int.
        width: int.
        most_places: int, of the grid. Defaults to `625`.
    """
    rows, columns = grid_of(height, width)
    return (rows, columns) != (height, width) and rows * columns <= most_places


def nearest_halved(height: int, width: int) -> tuple[int, int]:
    """The nearest size that halves to a grid of at most 64 places.

    Example:
    >>> nearest_halved(56, 46), nearest_halved(27, 30), nearest_halved(100, 100)
    ((56, 48), (28, 28), (96, 96))
    """
    sizes = [
        (row_scale * step, column_scale * step)
        for step in (2**count for count in range(1, max(height, width, 2).bit_length()))
        for row_scale in _either_side(height / step)
        for column_scale in _either_side(width / step)
    ]
    sizes = [size for size in sizes if is_halved(*size, SMALL_GRID)]
    return min(sizes, key=lambda size: abs(size[0] - height) + abs(size[1] - width))


def _either_side(value: float) -> tuple[int, ...]:
    least = COARSEST_SIDE // 2 + 1  # halved once, a side above the coarsest
    return max(math.floor(value), least), max(math.ceil(value), least)
