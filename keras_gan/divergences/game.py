"""The value function V(D, G) for known densities, and the D that maximizes it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_same_shape
from keras_gan.divergences._integrals import Support
from keras_gan.divergences._pairs import (
    as_densities,
    check_probabilities,
    check_vector,
    sum_or_integral,
    weighted,
)
from keras_gan.divergences.f_divergences import pair_js_divergence


def optimal_discriminator(data: Any, model: Any) -> Any:
    """The best answer to a fixed generator: how likely x is real, a priori even.

        D*(x) = data(x) / (data(x) + model(x))

    It is 1/2 everywhere if and only if the model is the data. Where neither has any
    mass the game leaves D open: 1/2 is returned there.

    Args:
        data: float array `[num]` of probabilities that sum to 1 (within 1e-5), or a
            continuous `tfp.distributions.Distribution` on the line.
        model: likewise, of the generator.

    Returns:
        discriminator: for arrays, float64 array `[num]` in [0, 1]; for distributions, a
            function from an array of points to a float64 array of that shape, computed
            from both `log_prob`, so that it is exact far out in the tails.

    Raises:
        TypeError: if `data` and `model` are not of one kind.
        ValueError: if an array is no distribution or the lengths differ.

    Example:
    >>> optimal_discriminator(data=[0.5, 0.5, 0.0, 0.0], model=[0.0, 0.5, 0.5, 0.0])
    array([1. , 0.5, 0. , 0.5])
    >>> from tensorflow_probability import distributions as tfd
    >>> best = optimal_discriminator(tfd.Normal(0.0, 1.0), tfd.Normal(2.0, 1.0))
    >>> best([0.0, 1.0]).round(4)  # sigmoid(2 - 2 x)
    array([0.8808, 0.5   ])

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, proposition 1.
        https://arxiv.org/abs/1406.2661
    """
    densities = as_densities(data=data, model=model)
    if densities:
        data_density, model_density = densities

        def discriminator(x: Array) -> FloatArray:
            points = np.asarray(x, dtype="float64")
            return _posterior(
                data_density.log_prob(points), model_density.log_prob(points)
            )

        return discriminator
    with np.errstate(divide="ignore"):
        return _posterior(*np.log(check_probabilities(data=data, model=model)))


def game_value(
    data: Any,
    model: Any,
    discriminator: Array | Callable[[FloatArray], Any] | None = None,
    support: Support = None,
) -> float:
    """The value of the game for given players: D maximizes it, G minimizes it.

        V(D, G) = E_data[log D(x)] + E_model[log(1 - D(x))]

    At the best D it is -log 4 + 2 JSD(data, model), and less at any other. A coin,
    D = 1/2, is worth -log 4 against any generator.

    Args:
        data: float array `[num]` of probabilities that sum to 1 (within 1e-5), or a
            continuous `tfp.distributions.Distribution` on the line.
        model: likewise, of the generator.
        discriminator: D, probabilities of being real in [0, 1]: for arrays, a float
            array `[num]`; for distributions, a function from a float64 array `[n]` of
            points to `[n]` or `[n, 1]` values, such as `optimal_discriminator` returns.
            `None` takes the best D. Defaults to `None`.
        support: floats (low, high), the interval to integrate over, or `None` to
            find it. Only for distributions. Defaults to `None`.

    Returns:
        value: float, at most 0, in nats; -inf where D is certain and wrong.

    Raises:
        TypeError: if `data` and `model` are not of one kind, or `discriminator` is not
            of the kind that goes with them.
        ValueError: if `discriminator` leaves [0, 1] or has another shape, and as
            `kl_divergence` does.

    Example:
    >>> data, model = [0.5, 0.5, 0.0], [0.0, 0.5, 0.5]
    >>> round(game_value(data, model), 4)
    -0.6931
    >>> round(game_value(data, model, discriminator=[0.5, 0.5, 0.5]), 4)  # -log 4
    -1.3863

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, equation 1.
        https://arxiv.org/abs/1406.2661
    """
    log_answers = _log_answers(data, discriminator)

    def integrand(
        x: FloatArray, log_data: FloatArray, log_model: FloatArray
    ) -> FloatArray:
        log_real, log_fake = log_answers(x, log_data, log_model)
        return weighted(log_data, log_real) + weighted(log_model, log_fake)

    return sum_or_integral(integrand, support, data=data, model=model)


def optimal_value(data: Any, model: Any, support: Support = None) -> float:
    """The value of the game at the best discriminator, what the generator minimizes.

        max_D V(D, G) = -log 4 + 2 JSD(data, model)

    Its minimum, -log 4, is reached only where the model is the data; 0 means that D
    tells them apart without error.

    Args:
        data: float array `[num]` of probabilities that sum to 1 (within 1e-5), or a
            continuous `tfp.distributions.Distribution` on the line.
        model: likewise, of the generator.
        support: floats (low, high), the interval to integrate over, or `None` to
            find it. Only for distributions. Defaults to `None`.

    Returns:
        value: float in [-log 4, 0], in nats.

    Raises:
        TypeError: if `data` and `model` are not of one kind.
        ValueError: as `kl_divergence` does.

    Example:
    >>> round(optimal_value([0.5, 0.5], [0.5, 0.5]), 4)  # -log 4
    -1.3863
    >>> optimal_value([1.0, 0.0], [0.0, 1.0])
    0.0

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, theorem 1.
        https://arxiv.org/abs/1406.2661
    """
    divergence = pair_js_divergence(support, data=data, model=model)
    return 2 * (divergence - math.log(2))


def _posterior(log_data: FloatArray, log_model: FloatArray) -> FloatArray:
    total = np.logaddexp(log_data, log_model)
    with np.errstate(invalid="ignore"):
        posterior = np.exp(log_data - total)
    return np.where(np.isneginf(total), 0.5, posterior)


def _log_answers(data: Any, discriminator: Any) -> Callable[..., Any]:
    """Returns the function from x and log densities to log D and log(1 - D)."""
    if discriminator is None:
        return _best_log_answers
    if callable(discriminator) != hasattr(data, "log_prob"):
        raise TypeError(
            "`discriminator` must be an array of probabilities where `data` is one, "
            "a function where `data` is a distribution. Received: discriminator of "
            f"type {type(discriminator).__name__}, data of type {type(data).__name__}"
        )
    if callable(discriminator):
        return lambda x, *_: _logs(_answers(discriminator(x), x))
    answers = _answers(discriminator, np.asarray(data))
    return lambda *_: _logs(answers)


def _best_log_answers(
    _: FloatArray, log_data: FloatArray, log_model: FloatArray
) -> tuple[FloatArray, FloatArray]:
    total = np.logaddexp(log_data, log_model)
    with np.errstate(invalid="ignore"):
        return log_data - total, log_model - total


def _logs(answers: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore"):
        return np.log(answers), np.log1p(-answers)


def _answers(values: Any, points: Array) -> FloatArray:
    """Returns what D said of the points; raises unless it is one probability each."""
    answers = np.asarray(values)
    if answers.shape == (*points.shape, 1):
        answers = answers[:, 0]
    answers = check_vector("discriminator", answers)
    check_same_shape(discriminator=answers, points=points)
    if answers.min() < 0 or answers.max() > 1:
        raise ValueError(
            "`discriminator` must give probabilities in [0, 1]. Received: values from "
            f"{answers.min():.4g} to {answers.max():.4g}; take the sigmoid of logits."
        )
    return answers
