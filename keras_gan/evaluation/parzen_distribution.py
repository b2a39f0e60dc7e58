"""The Parzen window density as a TensorFlow Probability distribution.

Importing this module imports TFP; `ParzenWindow.distribution` does so on first use.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from keras_gan._types import FloatArray, Tensor
from keras_gan.evaluation._kernel_sums import log_kernel_means
from keras_gan.evaluation._parzen_sums import check_bandwidths, log_normalizer


class ParzenMixture(tfd.Distribution):
    """Equal mixture of isotropic Gaussians, one on each of n centers.

    It is the density of
    `tfd.MixtureSameFamily(Categorical(n), MultivariateNormalDiag(centers, h))`, which
    holds `m * n * d` numbers to evaluate m points; this one works in tiles of bounded
    memory.

        log_prob(x) = log mean_j N(x; c_j, h^2 I)

    Points that stand for a whole batch of bandwidths, `[..., 1, d]`, are compared with
    the centers once for all of them.

    Args:
        centers: float32 or float64 array `[n, d]`.
        bandwidth: float above 0, standard deviation h of each kernel, in data units;
            or a sequence of them, the batch.
        name: str. Defaults to `"ParzenMixture"`.

    Example:
    >>> mixture = ParzenMixture(tf.zeros((3, 2)), bandwidth=1.0)
    >>> float(mixture.log_prob([0.0, 0.0]))  # one standard normal: -log(2 pi), in nats
    -1.837...

    References:
        Parzen, On estimation of a probability density function and mode, 1962.
    """

    def __init__(
        self,
        centers: FloatArray,
        bandwidth: float | Sequence[float],
        name: str = "ParzenMixture",
    ) -> None:
        parameters = {"centers": centers, "bandwidth": bandwidth, "name": name}
        self._centers = tf.convert_to_tensor(centers)
        checked = check_bandwidths("bandwidth", bandwidth)
        self._bandwidth = np.array(checked).reshape(np.shape(bandwidth))
        super().__init__(
            dtype=self._centers.dtype,
            reparameterization_type=tfd.NOT_REPARAMETERIZED,
            validate_args=False,
            allow_nan_stats=True,
            parameters=parameters,
            name=name,
        )

    @property
    def centers(self) -> Tensor:
        """The kernels' centers, `[n, d]`."""
        return self._centers

    @property
    def bandwidth(self) -> FloatArray:
        """Standard deviation of each kernel, in data units, `[]` or `[b]`."""
        return self._bandwidth

    @classmethod
    def _parameter_properties(cls, dtype: Any, num_classes: Any = None) -> Any:
        raise NotImplementedError("A ParzenMixture cannot be sliced.")

    def _batch_shape(self) -> tf.TensorShape:
        return tf.TensorShape(self._bandwidth.shape)

    def _batch_shape_tensor(self) -> Tensor:
        return tf.constant(self._bandwidth.shape, tf.int32)

    def _event_shape(self) -> tf.TensorShape:
        return self._centers.shape[1:]

    def _event_shape_tensor(self) -> Tensor:
        return tf.shape(self._centers)[1:]

    def _log_prob(self, value: Tensor) -> Tensor:
        value = tf.convert_to_tensor(value, self.dtype)
        shape = tf.broadcast_dynamic_shape(
            tf.shape(value)[:-1], self._batch_shape_tensor()
        )
        num_axes, bandwidths = self._centers.shape[1], np.ravel(self._bandwidth)
        own_points = value.shape.rank > 1 and value.shape[-2] != 1
        if own_points and bandwidths.size > 1:
            log_probs = self._log_prob_of_own_points(value)
        else:
            points = tf.reshape(value, [-1, num_axes])  # [points, d]
            means = log_kernel_means(points, self._centers, bandwidths)
            log_probs = tf.transpose(means)  # [points, b]
        log_probs -= log_normalizer(num_axes, bandwidths)
        return tf.reshape(tf.cast(log_probs, self.dtype), shape)

    def _log_prob_of_own_points(self, value: Tensor) -> Tensor:
        """Kernel means `[points, b]` where each bandwidth has points of its own."""
        # b tensors [..., d]
        by_bandwidth = tf.unstack(value, num=len(self._bandwidth), axis=-2)
        return tf.stack(
            [
                log_kernel_means(
                    tf.reshape(points, [-1, points.shape[-1]]), self._centers, [h]
                )[0]
                for points, h in zip(by_bandwidth, self._bandwidth, strict=True)
            ],
            axis=1,
        )

    def _sample_n(self, n: int | Tensor, seed: Any = None) -> Tensor:
        from tensorflow_probability import random as tfp_random

        choice_seed, noise_seed = tfp_random.split_seed(seed)
        shape = tf.concat([[n], self._batch_shape_tensor()], axis=0)
        chosen = tfd.Categorical(logits=tf.zeros(len(self._centers))).sample(
            shape, seed=choice_seed
        )
        centers = tf.gather(self._centers, chosen)  # [n, (b,) d]
        noise = tfd.Normal(tf.zeros([], self.dtype), tf.ones([], self.dtype))
        spread = tf.cast(self._bandwidth[..., np.newaxis], self.dtype)
        return centers + spread * noise.sample(tf.shape(centers), seed=noise_seed)

    def _mean(self) -> Tensor:
        mean = tf.reduce_mean(self._centers, axis=0)
        return tf.broadcast_to(mean, [*self._bandwidth.shape, *mean.shape])

    def _variance(self) -> Tensor:
        return tf.math.reduce_variance(self._centers, axis=0) + self._noise_variance()

    def _covariance(self) -> Tensor:
        deviations = self._centers - tf.reduce_mean(self._centers, axis=0)
        scatter = tf.matmul(deviations, deviations, transpose_a=True)
        noise = self._noise_variance()[..., tf.newaxis]  # [(b,) 1, 1]
        return scatter / len(self._centers) + noise * tf.eye(
            self._centers.shape[1], dtype=self.dtype
        )

    def _noise_variance(self) -> Tensor:
        return tf.cast(self._bandwidth[..., np.newaxis] ** 2, self.dtype)  # [(b,) 1]
