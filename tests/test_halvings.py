import itertools

import pytest

from keras_gan._halvings import (
    SMALL_GRID,
    grid_of,
    is_halved,
    nearest_halved,
    num_halvings,
)


@pytest.mark.parametrize(
    ("size", "grid", "is_played"),
    [
        ((28, 28), (7, 7), True),
        ((32, 32), (4, 4), True),
        ((64, 64), (4, 4), True),
        ((64, 32), (8, 4), True),
        ((48, 48), (3, 3), True),
        ((56, 46), (28, 23), False),  # one doubling from a grid of 644 places
        ((36, 36), (9, 9), True),
        ((100, 100), (25, 25), True),
        ((54, 54), (27, 27), False),
        ((24, 40), (3, 5), True),
        ((6, 6), (3, 3), True),
        ((27, 30), (27, 30), False),
        ((4, 4), (4, 4), False),
    ],
)
def test_sizes_halve_to_a_grid(size, grid, is_played):
    assert grid_of(*size) == grid
    assert is_halved(*size) == is_played
    scale = 2 ** num_halvings(*size)
    assert (grid[0] * scale, grid[1] * scale) == size


def test_the_nearest_size_is_the_nearest_of_all():
    sides = range(1, 80)
    fitting = [
        size for size in itertools.product(sides, sides) if is_halved(*size, SMALL_GRID)
    ]
    for size in [(56, 46), (27, 30), (3, 5), (31, 9), (50, 50), (40, 21), (64, 64)]:
        distances = [abs(h - size[0]) + abs(w - size[1]) for h, w in fitting]
        height, width = nearest_halved(*size)
        assert is_halved(height, width)
        assert abs(height - size[0]) + abs(width - size[1]) == min(distances)


def test_the_smallest_pictures_have_a_size_nearby():
    assert is_halved(*nearest_halved(1, 1))
