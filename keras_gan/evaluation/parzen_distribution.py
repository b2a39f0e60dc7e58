"""The Parzen window density as a TensorFlow Probability distribution.

Importing this module imports TFP; `ParzenWindow.distribution` does so on first use.
"""

from typing import Any

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from keras_gan._types import FloatArray, Tensor
from keras_gan._validation import check_positive
from keras_gan.evaluation._kernel_sums import log_kernel_means
from keras_gan.evaluation.parzen import log_normaliser


class ParzenMixture(tfd.Distribution):
    """Equal mixture of isotropic Gaussians, one on each of n centres.

    It is the density of
    `tfd.MixtureSameFamily(Categorical(n), MultivariateNormalDiag(centres, h))`, which
    holds `m * n * d` numbers to evaluate m points; this one works in tiles of bounded
    memory.

        log_prob(x) = log mean_j N(x; c_j, h^2 I)

    Args:
        centres: float32 or float64 array `[n, d]`.
        bandwidth: float, above 0. Standard deviation h of each kernel, in data units.
        name: str. Defaults to `"ParzenMixture"`.

    Example:
    >>> mixture = ParzenMixture(tf.zeros((3, 2)), bandwidth=1.0)
    >>> float(mixture.log_prob([0.0, 0.0]))  # one standard normal: -log(2 pi), in nats
    -1.837...

    References:
        Parzen, On estimation of a probability density function and mode, 1962.
    """

    def __init__(
        self, centres: FloatArray, bandwidth: float, name: str = "ParzenMixture"
    ) -> None:
        parameters = {"centres": centres, "bandwidth": bandwidth, "name": name}
        self._centres = tf.convert_to_tensor(centres)
        self._bandwidth = check_positive("bandwidth", bandwidth)
        super().__init__(
            dtype=self._centres.dtype,
            reparameterization_type=tfd.NOT_REPARAMETERIZED,
            validate_args=False,
            allow_nan_stats=True,
            parameters=parameters,
            name=name,
        )

    @property
    def centres(self) -> Tensor:
        """The kernels' centres, `[n, d]`."""
        return self._centres

    @property
    def bandwidth(self) -> float:
        """Standard deviation of each kernel, in data units."""
        return self._bandwidth

    @classmethod
    def _parameter_properties(cls, dtype: Any, num_classes: Any = None) -> Any:
        raise NotImplementedError("A ParzenMixture has no batch of parameters.")

    def _batch_shape(self) -> tf.TensorShape:
        return tf.TensorShape([])

    def _batch_shape_tensor(self) -> Tensor:
        return tf.constant([], tf.int32)

    def _event_shape(self) -> tf.TensorShape:
        return self._centres.shape[1:]

    def _event_shape_tensor(self) -> Tensor:
        return tf.shape(self._centres)[1:]

    def _log_prob(self, value: Tensor) -> Tensor:
        value = tf.convert_to_tensor(value, self.dtype)
        num_axes = self._centres.shape[1]
        points = tf.reshape(value, [-1, num_axes])
        means = log_kernel_means(points, self._centres, [self._bandwidth])[0]
        log_probs = means - log_normaliser(num_axes, self._bandwidth)
        return tf.reshape(tf.cast(log_probs, self.dtype), tf.shape(value)[:-1])

    def _sample_n(self, n: int | Tensor, seed: Any = None) -> Tensor:
        from tensorflow_probability import random as tfp_random

        choice_seed, noise_seed = tfp_random.split_seed(seed)
        chosen = tfd.Categorical(logits=tf.zeros(len(self._centres))).sample(
            n, seed=choice_seed
        )
        centres = tf.gather(self._centres, chosen)
        noise = tfd.Normal(tf.zeros([], self.dtype), self._bandwidth)
        return centres + noise.sample(tf.shape(centres), seed=noise_seed)

    def _mean(self) -> Tensor:
        return tf.reduce_mean(self._centres, axis=0)

    def _variance(self) -> Tensor:
        return tf.math.reduce_variance(self._centres, axis=0) + self._bandwidth**2

    def _covariance(self) -> Tensor:
        deviations = self._centres - self._mean()
        scatter = tf.matmul(deviations, deviations, transpose_a=True)
        return scatter / len(self._centres) + self._bandwidth**2 * tf.eye(
            self._centres.shape[1], dtype=self.dtype
        )
