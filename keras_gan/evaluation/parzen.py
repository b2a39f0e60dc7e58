"""The Parzen window: a density from samples alone."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_seed
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation._parzen_sums import check_bandwidths, parzen_log_probs
from keras_gan.evaluation._sample_parts import SampleParts, Samples


class ParzenWindow:
    """Density that puts a Gaussian kernel on each sample.

    Use it to give data a likelihood under a model that can only be sampled from. In
    many dimensions it says little: samples that are smoother than real images score
    higher than real images do. Quote the score of held-out real data beside it.

        log p(x) = log mean_j exp(-||x - s_j||^2 / (2 h^2)) - d log(h sqrt(2 pi))

    The work is done in tiles: memory does not grow with the number of samples times
    the number of points, and samples may come as a stream that is never held. float32
    input is multiplied in float32, with what decides the result repeated in float64:
    at d = 784 the mean is right to 1e-5 nats. float64 input is float64 throughout, and
    so is float32 input that reaches too many bandwidths, of a generator that diverged.

    Args:
        bandwidth: float above 0, standard deviation h of the kernels, in data units;
            or a sequence of them, evaluated in one pass.

    Raises:
        ValueError: if a bandwidth is not positive.

    Example:
    >>> parzen = ParzenWindow(bandwidth=1.0).fit(np.zeros((3, 2)))
    >>> parzen.log_prob(np.zeros((1, 2))).round(4)  # -log(2 pi), in nats
    array([-1.8379])
    >>> parzen.sample(5, seed=0).shape
    (5, 2)
    >>> three = ParzenWindow(bandwidth=[0.5, 1.0, 2.0]).fit(np.zeros((3, 2)))
    >>> three.log_prob(np.ones((4, 2))).shape
    (3, 4)

    References:
        Breuleux, Bengio, Vincent, Quickly generating representative samples from an
        RBM-derived process, 2011.
        Goodfellow et al., Generative Adversarial Nets, 2014, section 5.
        Limits: Theis, van den Oord, Bethge, A note on the evaluation of generative
        models, 2016. https://arxiv.org/abs/1511.01844
    """

    def __init__(self, bandwidth: float | Sequence[float]) -> None:
        self._is_batch = np.ndim(bandwidth) == 1
        self.bandwidths = check_bandwidths("bandwidth", bandwidth)
        self.bandwidth = self.bandwidths if self._is_batch else self.bandwidths[0]

    def fit(self, samples: Samples) -> "ParzenWindow":
        """Takes samples as centers; returns self.

        Args:
            samples: array `[num_samples, …]`, flattened; or an iterable of such arrays,
                no list, that can be read again and again, such as
                `gan.sample_stream(…)`. A stream is read whenever a density is asked for
                and never held.

        Raises:
            ValueError: if samples are empty, not finite, or an iterator that can be
                read only once.
        """
        self._parts = SampleParts("samples", samples)
        self.__dict__.pop("distribution", None)
        return self

    @property
    def centers_(self) -> FloatArray:
        """The samples `[num_samples, d]`; a stream has none that lie together."""
        whole = self._fitted().whole
        if whole is None:
            raise ValueError(
                "`samples` must be an array for this. Received: a stream, which is "
                "never held; only `log_prob` reads it."
            )
        return whole

    def log_prob(self, x: Array, verbose: int = 0) -> FloatArray:
        """Log density of each point.

        Args:
            x: array `[num_points, …]`, each point as large as a sample.
            verbose: int, 1 shows a progress bar over the samples. Defaults to `0`.

        Returns:
            log_probs: float64 array `[num_points]`, in nats; `[num_bandwidths,
            num_points]` where `bandwidth` is a sequence.
        """
        log_probs = parzen_log_probs(
            flat_rows("x", x), "x", self._fitted(), self.bandwidths, verbose
        )
        return log_probs if self._is_batch else log_probs[0]

    def sample(self, num_samples: int, seed: int) -> FloatArray:
        """Draws points: a sample chosen at random, and noise of the bandwidth.

        Args:
            num_samples: int, at least 1.
            seed: int in [0, 2^31); the same seed gives the same points.

        Returns:
            points: float array `[num_samples, d]`; `[num_samples, num_bandwidths, d]`
            where `bandwidth` is a sequence.
        """
        seeds = (check_seed("seed", seed), 0)
        return self.distribution.sample(num_samples, seed=seeds).numpy()

    def mean(self) -> FloatArray:
        """Mean of the density, `[d]`; `[num_bandwidths, d]` for a sequence."""
        return self.distribution.mean().numpy()

    def covariance(self) -> FloatArray:
        """Covariance of the density, `[d, d]`, likewise."""
        return self.distribution.covariance().numpy()

    @functools.cached_property
    def distribution(self) -> Any:
        """The same density as a `tfp.distributions.Distribution`."""
        # Here, not above: it imports TensorFlow Probability.
        from keras_gan.evaluation.parzen_distribution import ParzenMixture

        return ParzenMixture(self.centers_, self.bandwidth)

    def _fitted(self) -> SampleParts:
        if not hasattr(self, "_parts"):
            raise ValueError("This ParzenWindow has no samples yet: call `fit` first.")
        return self._parts
