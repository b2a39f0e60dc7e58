"""Divergences of the ratio of two densities: Kullback-Leibler, Jensen-Shannon, L1."""

import math
from typing import Any

import numpy as np

from keras_gan._types import FloatArray
from keras_gan.divergences._integrals import Support
from keras_gan.divergences._pairs import sum_or_integral, weighted


def kl_divergence(p: Any, q: Any, support: Support = None) -> float:
    """Kullback-Leibler divergence of q from p.

    Large where q misses what p has: fitting q by KL(p, q) covers all modes, by KL(q, p)
    it drops some.

        KL(p, q) = sum_x p(x) log(p(x) / q(x))          # an integral for densities

    Densities are integrated adaptively from their `log_prob`, to better than 1e-6 nats
    in float64, about 1e-5 in float32, the default of TFP. Peaks between the nodes are
    found by the `cdf`, if there is one. Heavy tails beyond all but 1e-10 of the mass
    are taken for powers, which may have no end, as of a Cauchy distribution seen by a
    normal one; where they are most of the value, float32 knows two digits of it.

    Args:
        p: float array `[num]` of probabilities that sum to 1 (within 1e-5), or a
            continuous `tfp.distributions.Distribution` on the line.
        q: likewise, on the same entries or the same line.
        support: floats (low, high), the interval to integrate over, or `None` to
            find it from moments, quantiles and cdf. Only for distributions. Defaults
            to `None`.

    Returns:
        divergence: float, at least 0, in nats; inf where q = 0 < p, or the integral has
            no end.

    Raises:
        TypeError: if `p` and `q` are not of one kind.
        ValueError: if an array is no distribution or the lengths differ; if a density
            does not integrate to 1 over the support (within 1e-3), or `support` is
            needed.

    Example:
    >>> round(kl_divergence([0.5, 0.5], [0.25, 0.75]), 4)
    0.1438
    >>> from tensorflow_probability import distributions as tfd
    >>> zero, two, one = np.float64([0.0, 2.0, 1.0])
    >>> kl = kl_divergence(tfd.Normal(zero, one), tfd.Normal(two, one))
    >>> round(kl, 4)  # 2^2 / 2
    2.0

    References:
        Kullback, Leibler, On information and sufficiency, 1951.
        In the game: Goodfellow et al., Generative Adversarial Nets, 2014, section 4.
        https://arxiv.org/abs/1406.2661
    """
    return max(0.0, sum_or_integral(_kl_integrand, support, p=p, q=q))


def js_divergence(p: Any, q: Any, support: Support = None) -> float:
    """Jensen-Shannon divergence, what the generator minimizes at the best D.

    Symmetric and bounded. Of distributions that do not meet it is log 2, however far
    apart they are: its gradient tells the generator nothing.

        JSD(p, q) = KL(p, m) / 2 + KL(q, m) / 2          # m = (p + q) / 2

    Args:
        p: float array `[num]` of probabilities that sum to 1 (within 1e-5), or a
            continuous `tfp.distributions.Distribution` on the line.
        q: likewise, on the same entries or the same line.
        support: floats (low, high), the interval to integrate over, or `None` to
            find it. Only for distributions. Defaults to `None`.

    Returns:
        divergence: float in [0, log 2], in nats.

    Raises:
        TypeError: if `p` and `q` are not of one kind.
        ValueError: as `kl_divergence` does.

    Example:
    >>> round(js_divergence([1.0, 0.0], [0.0, 1.0]), 4)  # log 2
    0.6931
    >>> js_divergence([0.3, 0.7], [0.3, 0.7])
    0.0

    References:
        Lin, Divergence measures based on the Shannon entropy, 1991.
        Goodfellow et al., Generative Adversarial Nets, 2014, theorem 1.
        https://arxiv.org/abs/1406.2661
    """
    return pair_js_divergence(support, p=p, q=q)


def total_variation(p: Any, q: Any, support: Support = None) -> float:
    """Total variation: the largest difference in the probability of any event.

        TV(p, q) = sum_x |p(x) - q(x)| / 2               # an integral for densities

    The best discriminator, shown one point, real or fake alike, is right with
    probability 1/2 + TV / 2.

    Args:
        p: float array `[num]` of probabilities that sum to 1 (within 1e-5), or a
            continuous `tfp.distributions.Distribution` on the line.
        q: likewise, on the same entries or the same line.
        support: floats (low, high), the interval to integrate over, or `None` to
            find it. Only for distributions. Defaults to `None`.

    Returns:
        distance: float in [0, 1].

    Raises:
        TypeError: if `p` and `q` are not of one kind.
        ValueError: as `kl_divergence` does.

    Example:
    >>> round(total_variation([0.5, 0.5, 0.0], [0.2, 0.5, 0.3]), 4)
    0.3

    References:
        Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017, section 2.
        https://arxiv.org/abs/1701.07875
    """
    return min(1.0, sum_or_integral(_tv_integrand, support, p=p, q=q))


def pair_js_divergence(support: Support, **pair: Any) -> float:
    """Jensen-Shannon divergence of two; errors call them by their keywords."""
    value = sum_or_integral(_js_integrand, support, **pair)
    return min(max(0.0, value), math.log(2))


def _kl_integrand(_: FloatArray, log_p: FloatArray, log_q: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        return weighted(log_p, log_p - log_q)


def _js_integrand(x: FloatArray, log_p: FloatArray, log_q: FloatArray) -> FloatArray:
    log_m = np.logaddexp(log_p, log_q) - math.log(2)
    return (_kl_integrand(x, log_p, log_m) + _kl_integrand(x, log_q, log_m)) / 2


def _tv_integrand(_: FloatArray, log_p: FloatArray, log_q: FloatArray) -> FloatArray:
    return np.abs(np.exp(log_p) - np.exp(log_q)) / 2
