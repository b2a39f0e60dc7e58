"""What it costs to move one distribution onto another: Wasserstein distances."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import (
    check_integer,
    check_positive_integer,
    check_same_shape,
    check_seed,
    invalid_argument,
)
from keras_gan.divergences._densities import Density
from keras_gan.divergences._integrals import Support, find_support, integral
from keras_gan.divergences._pairs import as_densities, check_vector, check_weights

_TOTALS_TOLERANCE = 1e-5
_CDF_ERROR = 100  # of a distribution function near 1, in units of its rounding
_MAX_ENTRIES = 2**22  # projected coordinates held at once, 32 MiB in float64


def wasserstein_1(
    p: Any, q: Any, positions: Array | None = None, support: Support = None
) -> float:
    """Earth mover's distance on the line: mass times the distance it is moved.

    Unlike the Jensen-Shannon divergence it tells how far apart distributions are that
    do not meet.

        W1(p, q) = min over plans of E|x - y| = integral |F(x) - G(x)| dx    # cdfs

    Args:
        p: float array `[num]` of masses, at least 0, or a continuous
            `tfp.distributions.Distribution` on the line that has a `cdf`.
        q: likewise. The masses of both must have one total (within 1e-5 of it), which
            need not be 1: the distance is then the whole work.
        positions: float array `[num]`, where the masses lie, in any order, or `None`
            for 0, 1, 2, … Only for arrays. Defaults to `None`.
        support: floats (low, high), the interval to integrate over, or `None` to
            find it. Only for distributions. Defaults to `None`.

    Returns:
        distance: float, at least 0, in units of the positions (times the total mass).

    Raises:
        TypeError: if `p` and `q` are not of one kind.
        ValueError: if masses are negative, not finite, all 0 or of different totals, if
            shapes differ, a density does not integrate to 1 over the support (within
            1e-3) or has no `cdf`, or `support` is needed.

    Example:
    >>> round(wasserstein_1([3, 2, 1, 4], [1, 2, 4, 3]), 4)
    5.0
    >>> round(wasserstein_1([1.0, 0.0], [0.0, 1.0], positions=[-2.0, 5.0]), 4)
    7.0

    References:
        Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017, section 2.
        https://arxiv.org/abs/1701.07875
    """
    densities = as_densities(p=p, q=q)
    if not densities:
        if support is not None:
            raise invalid_argument(
                "support", "None with arrays; see `positions`", support
            )
        return _work(positions, p=p, q=q)
    if positions is not None:
        raise invalid_argument("positions", "None with distributions", positions)
    return _area_between(densities, support)


def sliced_wasserstein(
    x: Array, y: Array, num_projections: int = 1000, order: int = 1, seed: int = 0
) -> float:
    """Wasserstein distance of two sets of points, averaged over directions.

    Use it where the points have several coordinates, for which the distance itself is
    slow and needs very many points. With one coordinate it is that distance.

        order 1:       mean_t W1(<t, x>, <t, y>)
        order 2: sqrt( mean_t W2(<t, x>, <t, y>)^2 )

    over random unit vectors t. A set moved by v is at a distance of E|<t, v>|, about
    norm(v) sqrt(2 / (pi dim)), for order 1, and of norm(v) / sqrt(dim) for order 2:
    compare only sets of one dimension.

    Args:
        x: float array `[num_x, dim]`, in data units.
        y: float array `[num_y, dim]`; `num_y` may differ from `num_x`.
        num_projections: int, at least 1, directions. The standard error falls with its
            square root. Defaults to `1000`.
        order: int, 1 or 2. Defaults to `1`.
        seed: int in [0, 2^31), of the directions. Defaults to `0`.

    Returns:
        distance: float, at least 0, in data units.

    Raises:
        ValueError: if the sets are empty, not finite or of different dimensions, or an
            argument lies outside its range.

    Example:
    >>> points = np.random.default_rng(0).normal(size=(100, 2))
    >>> moved = points + [3.0, 4.0]
    >>> round(sliced_wasserstein(points, moved, num_projections=10_000), 1)  # 10 / pi
    3.2

    References:
        Bonneel et al., Sliced and Radon Wasserstein barycenters of measures, 2015.
        https://doi.org/10.1007/s10851-014-0506-3
    """
    first, second = _points("x", x), _points("y", y)
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            "`x` and `y` must have points of one dimension. Received: "
            f"x.shape={first.shape}, y.shape={second.shape}"
        )
    check_positive_integer("num_projections", num_projections)
    if check_integer("order", order, minimum=1) > 2:
        raise invalid_argument("order", "1 or 2", order)
    random = np.random.default_rng(check_seed("seed", seed))
    chunk = max(1, _MAX_ENTRIES // (len(first) + len(second)))
    total = 0.0
    for start in range(0, num_projections, chunk):
        num = min(chunk, num_projections - start)
        directions = random.standard_normal((num, first.shape[1]))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        total += _powers(directions @ first.T, directions @ second.T, order).sum()
    return float((total / num_projections) ** (1 / order))


def _work(positions: Array | None, **pair: Any) -> float:
    from scipy import stats

    masses = check_weights(**pair)
    totals = {name: float(values.sum()) for name, values in masses.items()}
    p_total, q_total = totals.values()
    if not math.isclose(p_total, q_total, rel_tol=_TOTALS_TOLERANCE) or not p_total:
        raise ValueError(
            "`p` and `q` must have one total, above 0. Received: totals of "
            f"{p_total:.8g} and {q_total:.8g}; divide each by its own."
        )
    p, q = masses.values()
    where = np.arange(len(p)) if positions is None else positions
    where = check_vector("positions", where)
    check_same_shape(positions=where, p=p)
    return p_total * float(stats.wasserstein_distance(where, where, p, q))


def _area_between(densities: Sequence[Density], support: Support) -> float:
    p, q = densities
    low, high = find_support(densities, support)
    scales = [scale for scale in (p.scale, q.scale) if scale > 0]
    # The quadrature's tolerance is absolute: it integrates in units of the narrower.
    scale = min([*scales, high - low])

    def integrand(x: FloatArray, *_: FloatArray) -> FloatArray:
        return np.abs(p.cdf(x) - q.cdf(x)) / scale

    noise = _CDF_ERROR * max(p.epsilon, q.epsilon) / scale
    area = scale * integral(integrand, densities, support, noise)
    if math.isnan(area):
        raise ValueError(
            "`p` and `q` must be distributions that have a `cdf`. Received: "
            f"p={p.distribution}, q={q.distribution}"
        )
    return area


def _powers(x: FloatArray, y: FloatArray, order: int) -> FloatArray:
    """W_r^r of the rows of two matrices, `[num, num_x]` and `[num, num_y]`."""
    num_x, num_y = x.shape[1], y.shape[1]
    # Both quantile functions are constant between these multiples of 1 / (nx ny).
    levels = np.union1d(
        np.arange(1, num_x + 1) * num_y, np.arange(1, num_y + 1) * num_x
    )
    weights = np.diff(levels, prepend=0) / (num_x * num_y)
    gaps = np.sort(x, axis=1)[:, (levels - 1) // num_y]
    gaps -= np.sort(y, axis=1)[:, (levels - 1) // num_x]
    return (np.abs(gaps) ** order) @ weights


def _points(name: str, values: Array) -> FloatArray:
    points = np.asarray(values)
    if points.ndim != 2 or not points.size:
        raise ValueError(
            f"`{name}` must have the shape [num, dim] with at least one point. "
            f"Received: {name}.shape={points.shape}"
        )
    check_vector(name, points.ravel())
    return points.astype("float64")
