"""Two distributions of one kind: arrays of probabilities, or densities on the line."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_same_shape, invalid_argument
from keras_gan.divergences._densities import Density
from keras_gan.divergences._integrals import Integrand, Support, integral

_SUM_TOLERANCE = 1e-5


def sum_or_integral(integrand: Integrand, support: Support, **pair: Any) -> float:
    """Sums over the entries of two arrays, or integrates over two densities.

    Args:
        integrand: function from points and both log densities to values. The points of
            arrays are the numbers of their entries.
        support: interval to integrate over, or `None`.
        **pair: the two distributions by the names that errors call them.
    """
    densities = as_densities(**pair)
    if densities:
        return integral(integrand, densities, support)
    if support is not None:
        raise invalid_argument("support", "None with arrays of probabilities", support)
    with np.errstate(divide="ignore"):
        logs = [np.log(values) for values in check_probabilities(**pair)]
    return float(np.sum(integrand(np.arange(float(len(logs[0]))), *logs)))


def weighted(log_weights: FloatArray, values: FloatArray) -> FloatArray:
    """Returns exp(log_weights) * values, 0 where the weight is 0."""
    weights = np.exp(log_weights)
    with np.errstate(invalid="ignore"):
        return np.where(weights > 0, weights * values, 0.0)


def as_densities(**pair: Any) -> Sequence[Density]:
    """Returns the two densities, or nothing if both are arrays."""
    if not any(hasattr(value, "log_prob") for value in pair.values()):
        return ()
    from tensorflow_probability import distributions as tfd

    if not all(isinstance(value, tfd.Distribution) for value in pair.values()):
        names = " and ".join(f"`{name}`" for name in pair)
        kinds = ", ".join(f"{k} of type {type(v).__name__}" for k, v in pair.items())
        raise TypeError(
            f"{names} must both be arrays of probabilities or both be "
            f"`tfp.distributions.Distribution`. Received: {kinds}"
        )
    return [Density(name, value) for name, value in pair.items()]


def check_probabilities(**pair: Array) -> Sequence[FloatArray]:
    """Returns both in float64; raises unless they are distributions of one length."""
    arrays = check_weights(**pair)
    for name, values in arrays.items():
        if abs(values.sum() - 1) > _SUM_TOLERANCE:
            raise ValueError(
                f"`{name}` must sum to 1, within {_SUM_TOLERANCE:g}. Received: a sum "
                f"of {values.sum():.8g}; divide by it."
            )
    return list(arrays.values())


def check_weights(**pair: Array) -> dict[str, FloatArray]:
    """Returns both in float64; raises unless they are non-negative, of one length."""
    arrays = {name: check_vector(name, values) for name, values in pair.items()}
    for name, values in arrays.items():
        if values.min() < 0:
            raise ValueError(
                f"`{name}` must not be negative. Received: values from "
                f"{values.min():.4g} to {values.max():.4g}"
            )
    check_same_shape(**arrays)
    return arrays


def check_vector(name: str, values: Array) -> FloatArray:
    """Returns `values` in float64; raises unless they are finite numbers `[n]`."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"`{name}` must be numbers. Received: dtype={array.dtype}")
    if array.ndim != 1 or not array.size:
        raise ValueError(
            f"`{name}` must have one axis and at least one entry. Received: "
            f"{name}.shape={array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"`{name}` must be finite. Received: NaN or infinite values.")
    return array.astype("float64")
