"""Spectral normalization: a layer whose kernel is divided by its largest stretch."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_optional_seed,
    check_positive,
    check_positive_integer,
)
from keras_gan.layers._kernels import as_matrix, call_with_kernel, kernel_of


@keras.saving.register_keras_serializable(package="keras_gan")
class SpectralNormalization(keras.layers.Wrapper):
    """Calls a layer with its kernel divided by the kernel's largest singular value.

    Bounds the slope of a discriminator, layer by layer, at the price of two matrix
    products with a vector. The stored kernel W stays what the optimizer made it; the
    layer computes with W / sigma, and the gradient flows through sigma too.
    `keras.layers.SpectralNormalization` overwrites the kernel instead, so that its
    gradient lacks that part.

        v <- W^T u / norm(W^T u),   u <- W v / norm(W v)        (power iteration)
        sigma = u^T W v             with u and v constants for the gradient
        W_effective = W / sigma

    W is the kernel as a matrix [outputs, everything else]. u is a weight that no
    optimizer moves: each call with `training=True` saves what the iteration made of it,
    other calls iterate without saving. So a call answers alike in both modes. A zero
    kernel has no direction and stays as it is.

    Args:
        layer: `keras.layers.Layer` with a weight named `kernel` or `embeddings` whose
            last axis is that of the outputs, e.g. `Dense`, `Conv2D`, `Maxout`, or a
            transposed or depthwise convolution; `EinsumDense` where its outputs come
            last. It keeps its own dtype.
        power_iterations: int, at least 1, in each call. Defaults to `1`.
        epsilon: float, above 0. Singular values below count as zero.
            Defaults to `1e-12`.
        seed: int, or `None` for a random one, of the first u ~ N(0, 1).
            Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes, besides `dtype`.

    Raises:
        ValueError: if `power_iterations` is below 1, `epsilon` is not positive, or,
            when it is built, `layer` has no such kernel.

    Example:
    >>> layer = SpectralNormalization(keras.layers.Dense(2, use_bias=False), seed=0)
    >>> layer.build((None, 2))
    >>> layer.layer.kernel.assign([[5.0, 0.0], [0.0, 0.5]])
    <...>
    >>> for _ in range(20):
    ...     outputs = layer(tf.constant([[1.0, 1.0]]), training=True)
    >>> outputs.numpy().round(4)  # kernel / 5
    array([[1. , 0.1]], dtype=float32)

    References:
        Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018.
        https://arxiv.org/abs/1802.05957
    """

    def __init__(
        self,
        layer: keras.layers.Layer,
        power_iterations: int = 1,
        epsilon: float = 1e-12,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        # Neither inputs nor kernel are cast here: sigma needs the kernel's full
        # precision, and the wrapped layer casts its inputs itself.
        kwargs["dtype"] = getattr(layer, "variable_dtype", None)
        super().__init__(layer, autocast=False, **kwargs)
        self.power_iterations = check_positive_integer(
            "power_iterations", power_iterations
        )
        self.epsilon = check_positive("epsilon", epsilon)
        self.seed = check_optional_seed("seed", seed)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the wrapped layer and creates u, `[outputs]`."""
        super().build(input_shape)
        matrix = as_matrix(self.layer, kernel_of(self.layer))
        self.u = self.add_weight(
            name="u",
            shape=(matrix.shape[-1],),
            initializer=keras.initializers.RandomNormal(stddev=1.0, seed=self.seed),
            dtype=keras.backend.result_type(self.variable_dtype, "float32"),
            trainable=False,
            # Each replica moves its own u by the same steps: no merge, which a branch
            # of a lazy penalty could not make.
            aggregation="none",
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns the layer's outputs under the normalized kernel."""
        effective, u = self._normalize()
        if training:
            self.u.assign(u)
        return call_with_kernel(self.layer, inputs, effective)

    def effective_kernel(self) -> Tensor:
        """Returns the kernel that the layer computes with; u stays as it is."""
        return self._normalize()[0]

    def _normalize(self) -> tuple[Tensor, Tensor]:
        kernel = tf.cast(kernel_of(self.layer).value, self.u.dtype)
        matrix = as_matrix(self.layer, kernel)  # [everything else, outputs]
        u, v = self._iterate(tf.stop_gradient(matrix))
        sigma = tf.tensordot(v, tf.linalg.matvec(matrix, u), axes=1)
        is_zero = sigma <= self.epsilon
        scale = tf.where(is_zero, tf.ones_like(sigma), sigma)
        return kernel / scale, tf.where(is_zero, self.u.value, u)

    def _iterate(self, matrix: Tensor) -> tuple[Tensor, Tensor]:
        u = tf.convert_to_tensor(self.u.value)  # [outputs]
        for _ in range(self.power_iterations):
            v = self._unit(tf.linalg.matvec(matrix, u))
            u = self._unit(tf.linalg.matvec(matrix, v, transpose_a=True))
        return u, v

    def _unit(self, vector: Tensor) -> Tensor:
        return vector / tf.maximum(tf.norm(vector), self.epsilon)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns that of the wrapped layer."""
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        """Returns that of the wrapped layer: shape and dtype."""
        return self.layer.compute_output_spec(inputs)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "power_iterations": self.power_iterations,
            "epsilon": self.epsilon,
            "seed": self.seed,
        }
