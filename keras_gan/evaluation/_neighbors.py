"""Distances to neighbors, in tiles of bounded memory and without cancellation.

Candidates come from ||x||^2 - 2 x.c + ||c||^2, one matrix product for a tile, in
float64 and about the middle of the centers. That leaves an error of some 1e-16 of the
squared norms, enough to break a tie or to part a copy from its original. So every
distance that decides something is taken again from the difference of the two points:
equal points are at distance 0, and (a, b) is as far as (b, a) to the last bit.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np

from keras_gan._types import Array, FloatArray

_TILE_MEMORY = 64  # MiB of distances
_ROWS_OF_MIDDLE = 1_000  # enough: only rounding depends on where it is
_PAIR_VALUES = 2**21  # values of pairs that are subtracted at once: 16 MiB


@dataclasses.dataclass(frozen=True)
class Tile:
    """Squared distances from some of the points to all centers.

    Args:
        rows: slice, which points.
        squared_distances: float64 array `[num_rows, num_centers]`, from the product.
        errors: float64 array of that shape, bounds on their rounding.
        points: float array `[num_rows, dim]`, as they came.
        centers: float array `[num_centers, dim]`, as they came.
    """

    rows: slice
    squared_distances: FloatArray
    errors: FloatArray
    points: FloatArray
    centers: FloatArray

    def within(self, squared_radii: FloatArray, *, strict: bool = False) -> Array:
        """Which pairs are at most one radius apart; `strict`: less than one.

        Args:
            squared_radii: float64 array `[num_centers]`, a ball about each center, or
                `[num_rows, 1]`, a ball about each point.
            strict: bool, whether the border lies outside. Defaults to `False`.

        Returns:
            inside: bool array `[num_rows, num_centers]`.
        """
        compare = np.less if strict else np.less_equal
        excess = self.squared_distances - squared_radii  # [rows, n]
        inside: Array = compare(excess, 0)
        undecided = np.nonzero(np.abs(excess) <= self.errors)  # rows, columns
        radii = np.broadcast_to(squared_radii, inside.shape)[undecided]
        exact = squared_pair_distances(self.points, self.centers, *undecided)
        inside[undecided] = compare(exact, radii)
        return inside

    def kth_smallest(self, k: int) -> FloatArray:
        """Squared distance from each point to its k-th nearest center, `[num_rows]`."""
        at_most = np.partition(self.squared_distances + self.errors, k - 1, axis=1)
        at_most = at_most[:, k - 1 : k]  # [rows, 1]
        candidates = np.nonzero(self.squared_distances - self.errors <= at_most)
        exact = squared_pair_distances(self.points, self.centers, *candidates)
        rows = candidates[0]  # ascending, with k or more of each row
        in_order = exact[np.lexsort((exact, rows))]
        starts = np.searchsorted(rows, np.arange(len(self.points)))
        kth: FloatArray = in_order[starts + k - 1]
        return kth


def distance_tiles(points: FloatArray, centers: FloatArray) -> Iterator[Tile]:
    """Yields the distances from all points to all centers, tile by tile.

    Args:
        points: `[m, d]`, floats.
        centers: `[n, d]`, floats.
    """
    import sklearn.metrics

    origin = _middle(centers)
    moved, moved_centers = centered(points, origin), centered(centers, origin)
    norms, center_norms = _squared_norms(moved), _squared_norms(moved_centers)
    start = 0
    for squared_distances in sklearn.metrics.pairwise_distances_chunked(
        moved,
        moved_centers,
        metric="euclidean",
        squared=True,
        working_memory=_TILE_MEMORY,
    ):
        rows = slice(start, start + len(squared_distances))
        sizes = norms[rows, np.newaxis] + center_norms  # [rows, n]
        errors = _rounding(centers) * sizes
        yield Tile(rows, squared_distances, errors, points[rows], centers)
        start = rows.stop


def squared_neighbor_radii(points: FloatArray, k: int) -> FloatArray:
    """Squared distance from each point to its k-th nearest other one, `[n]`."""
    return _squared_kth_distances(points, points, k, others=True)


def nearest_distances(points: FloatArray, centers: FloatArray) -> FloatArray:
    """Distance from each point to the nearest center, `[m]`; 0 for a copy."""
    return np.sqrt(_squared_kth_distances(points, centers, 1, others=False))


def _squared_kth_distances(
    points: FloatArray, centers: FloatArray, k: int, *, others: bool
) -> FloatArray:
    import sklearn.neighbors

    origin = _middle(centers)
    moved, moved_centers = centered(points, origin), centered(centers, origin)
    num_found = min(k + 1, len(centers) - others)
    search = sklearn.neighbors.NearestNeighbors(
        n_neighbors=num_found, algorithm="brute"
    ).fit(moved_centers)
    found, nearest = search.kneighbors(None if others else moved)  # [m, num_found]
    rows = np.repeat(np.arange(len(points)), k)
    exact = squared_pair_distances(points, centers, rows, nearest[:, :k].ravel())
    squared = exact.reshape(-1, k).max(axis=1)
    if num_found == k:
        return squared
    # The product may have hidden a nearer one where the next lies within its error.
    norms = _squared_norms(moved) + _squared_norms(moved_centers).max()
    beyond = np.square(found[:, k]) - _rounding(centers) * norms
    # None is nearer than a copy.
    undecided = np.nonzero((squared > beyond) & (squared > 0))[0]
    if k == 1 and not others and undecided.size:
        centers = np.unique(centers, axis=0)
    tiles = distance_tiles(points[undecided], centers) if undecided.size else ()
    for tile in tiles:
        rows = undecided[tile.rows]
        if others:
            tile.squared_distances[np.arange(len(rows)), rows] = np.inf
        squared[rows] = tile.kth_smallest(k)
    return squared


def squared_pair_distances(
    points: FloatArray, centers: FloatArray, rows: Array, columns: Array
) -> FloatArray:
    """Squared distances of the pairs `points[rows]`, `centers[columns]`, in float64."""
    distances = np.empty(len(rows))
    step = max(1, _PAIR_VALUES // points.shape[1])
    for start in range(0, len(rows), step):
        some = slice(start, start + step)
        # [pairs, dim]
        differences = centered(points[rows[some]], centers[columns[some]])
        distances[some] = np.square(differences).sum(axis=1)
    return distances


def centered(points: FloatArray, origin: FloatArray) -> FloatArray:
    """Returns `points - origin` in float64."""
    return np.subtract(points, origin, dtype="float64")


def repetition_warnings(k: int, **radii: FloatArray) -> tuple[str, ...]:
    """Says so where balls are points, because a set holds one row over and over."""
    return tuple(
        f"`{name}` repeats itself: {num_points:,} of {len(squared):,} rows have "
        f"{k} copies or more, so that their balls are points."
        for name, squared in radii.items()
        if (num_points := int(np.sum(squared == 0)))
    )


def _middle(points: FloatArray) -> FloatArray:
    """A point among most others, `[d]`: a mean lies where one row far away draws it."""
    some = points[:: -(-len(points) // _ROWS_OF_MIDDLE)]
    return np.median(some, axis=0).astype("float64")


def _rounding(centers: FloatArray) -> float:
    """Bound on the error of a squared distance by the product, per squared norms."""
    return float((centers.shape[1] + 8) * np.finfo("float64").eps)


def _squared_norms(points: FloatArray) -> FloatArray:
    return np.einsum("ij,ij->i", points, points)
