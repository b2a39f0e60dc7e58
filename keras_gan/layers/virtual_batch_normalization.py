"""Virtual batch normalization: statistics of a fixed batch and the example itself."""

from typing import Any, ClassVar

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive, check_positive_integer


@keras.saving.register_keras_serializable(package="keras_gan")
class VirtualBatchNormalization(keras.layers.Layer):
    """Batch normalization by a reference batch, so that examples stay independent.

    For generators: batch normalization makes the images of one minibatch resemble each
    other. Here each example x is normalized as the last row of a batch whose other rows
    are the fixed reference R, and no other live example matters, in training and
    inference alike. The reference rows ride along in front of the live ones, from a
    `ReferenceBatch` at the bottom to a `DropReferenceBatch` at the top, and are
    normalized by their own statistics. It costs the pass of `reference_size` more rows.

        w    = 1 / (reference_size + 1)
        mean = w mean(x) + (1 - w) mean(R)            per channel, over rows and pixels
        var  = w mean(x^2) + (1 - w) mean(R^2) - mean^2
        y    = gamma (x - mean) / sqrt(var + epsilon) + beta

    Gradients flow through the statistics of the reference too.

    Args:
        reference_size: int, at least 1. That of the `ReferenceBatch`.
        epsilon: float, above 0, inside the root. Defaults to `1e-5`.
        gamma_initializer: Keras initializer, or `None` for the published code's
            N(1, 0.02^2). Defaults to `None`.
        beta_initializer: Keras initializer. Defaults to `"zeros"`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[reference_size + batch, ..., channels]`.

    Output shape: that of the input.

    Raises:
        ValueError: if `reference_size` is below 1, `epsilon` is not positive, or, when
            it is built, the inputs have fewer rows than the reference.

    Example:
    >>> from keras_gan.layers import DropReferenceBatch, ReferenceBatch
    >>> latents = keras.Input((100,))
    >>> outputs = ReferenceBatch(64, seed=0)(latents)
    >>> outputs = keras.layers.Dense(32)(outputs)
    >>> outputs = VirtualBatchNormalization(64)(outputs)
    >>> outputs = keras.layers.ReLU()(outputs)
    >>> images = DropReferenceBatch(64)(keras.layers.Dense(16)(outputs))
    >>> generator = keras.Model(latents, images)
    >>> generator(tf.zeros((1, 100))).shape
    TensorShape([1, 16])

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 3.5.
        https://arxiv.org/abs/1606.03498
    """

    # An example depends on the reference, never on other live examples.
    uses_batch_statistics: ClassVar[bool] = False

    def __init__(
        self,
        reference_size: int,
        epsilon: float = 1e-5,
        gamma_initializer: Any = None,
        beta_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.reference_size = check_positive_integer("reference_size", reference_size)
        self.epsilon = check_positive("epsilon", epsilon)
        if gamma_initializer is None:
            gamma_initializer = keras.initializers.RandomNormal(1.0, 0.02)
        self.gamma_initializer = keras.initializers.get(gamma_initializer)
        self.beta_initializer = keras.initializers.get(beta_initializer)
        self.input_spec = keras.layers.InputSpec(min_ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates gamma and beta, `[channels]`."""
        if input_shape[0] is not None and input_shape[0] < self.reference_size:
            raise ValueError(
                "The inputs of `VirtualBatchNormalization` must begin with "
                f"{self.reference_size} reference rows. Received: input_shape="
                f"{input_shape}. Put ReferenceBatch({self.reference_size}) in front."
            )
        shape = (input_shape[-1],)
        self.gamma = self.add_weight(
            name="gamma", shape=shape, initializer=self.gamma_initializer
        )
        self.beta = self.add_weight(
            name="beta", shape=shape, initializer=self.beta_initializer
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns reference and live rows, each normalized by its own rule."""
        rows = tf.cast(inputs, tf.float32)
        reference, live = rows[: self.reference_size], rows[self.reference_size :]
        axes = list(range(rows.shape.rank - 1))
        # [1, 1, 1, channels]
        reference_mean, reference_var = _moments(reference, axes)
        mean, var = self._mix(live, reference_mean, reference_var)  # of each row
        outputs = [
            self._normalize(reference, reference_mean, reference_var),
            self._normalize(live, mean, var),
        ]
        return tf.cast(tf.concat(outputs, axis=0), inputs.dtype)

    def _mix(
        self, live: Tensor, reference_mean: Tensor, reference_var: Tensor
    ) -> tuple[Tensor, Tensor]:
        pixel_axes = list(range(1, live.shape.rank - 1))
        own_mean, own_var = _moments(live, pixel_axes)  # [batch, 1, 1, channels]
        weight = 1 / (self.reference_size + 1)
        distance = own_mean - reference_mean  # [batch, 1, 1, channels]
        mean = reference_mean + weight * distance
        # Equal to mixing mean squares and subtracting mean^2, which cancels badly.
        var = weight * own_var + (1 - weight) * reference_var
        return mean, var + weight * (1 - weight) * tf.square(distance)

    def _normalize(self, rows: Tensor, mean: Tensor, var: Tensor) -> Tensor:
        gamma, beta = (
            tf.cast(weight.value, tf.float32) for weight in (self.gamma, self.beta)
        )
        return gamma * (rows - mean) * tf.math.rsqrt(var + self.epsilon) + beta

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "reference_size": self.reference_size,
            "epsilon": self.epsilon,
            "gamma_initializer": keras.initializers.serialize(self.gamma_initializer),
            "beta_initializer": keras.initializers.serialize(self.beta_initializer),
        }


def _moments(rows: Tensor, axes: list[int]) -> tuple[Tensor, Tensor]:
    # tf.nn.moments holds the mean constant, which falsifies second derivatives.
    mean = tf.reduce_mean(rows, axes, keepdims=True)
    return mean, tf.reduce_mean(tf.square(rows - mean), axes, keepdims=True)
