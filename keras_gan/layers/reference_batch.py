"""The rows that virtual batch normalization compares with: how they join and leave."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_optional_seed, check_positive_integer


@keras.saving.register_keras_serializable(package="keras_gan")
class ReferenceBatch(keras.layers.Layer):
    """Puts a fixed batch in front of the live rows.

    The first of the three layers of virtual batch normalization; see
    `VirtualBatchNormalization` for all three in use. The reference is drawn once, when
    the layer is built, and saved with the weights; no optimizer moves it.

    Args:
        reference_size: int, at least 1. Rows of the reference batch.
        initializer: Keras initializer that draws the reference, or `None` for the
            standard normal. It should draw what the inputs are drawn from, the
            generator's prior. Defaults to `None`.
        seed: int, or `None` for a random one, of the standard normal; an initializer
            brings its own. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, ...]`.

    Output shape: `[reference_size + batch, ...]`.

    Raises:
        ValueError: if `reference_size` is below 1, or both `initializer` and `seed` are
            given.

    Example:
    >>> layer = ReferenceBatch(2, keras.initializers.Ones())
    >>> layer(tf.zeros((1, 3))).numpy()
    array([[1., 1., 1.],
           [1., 1., 1.],
           [0., 0., 0.]], dtype=float32)

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 3.5.
        https://arxiv.org/abs/1606.03498
    """

    def __init__(
        self,
        reference_size: int,
        initializer: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if initializer is not None and seed is not None:
            raise ValueError(
                "`seed` is that of the standard normal. Received: "
                f"seed={seed}, initializer={initializer!r}. Give the seed to the "
                "initializer."
            )
        self.reference_size = check_positive_integer("reference_size", reference_size)
        self.initializer = keras.initializers.get(initializer)
        self.seed = check_optional_seed("seed", seed)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Draws the reference `[reference_size, ...]`."""
        self.reference = self.add_weight(
            name="reference",
            shape=(self.reference_size, *input_shape[1:]),
            initializer=self.initializer
            or keras.initializers.RandomNormal(stddev=1.0, seed=self.seed),
            trainable=False,
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the reference rows and the live rows behind them."""
        return tf.concat([tf.cast(self.reference.value, inputs.dtype), inputs], axis=0)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape with `reference_size` more rows."""
        return (_add_rows(input_shape[0], self.reference_size), *input_shape[1:])

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "reference_size": self.reference_size,
            "initializer": keras.initializers.serialize(self.initializer)
            if self.initializer
            else None,
            "seed": self.seed,
        }


@keras.saving.register_keras_serializable(package="keras_gan")
class DropReferenceBatch(keras.layers.Layer):
    """Cuts off the rows that `ReferenceBatch` put in front.

    The last of the three layers of virtual batch normalization; see
    `VirtualBatchNormalization` for all three in use.

    Args:
        reference_size: int, at least 1. That of the `ReferenceBatch`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[reference_size + batch, ...]`.

    Output shape: `[batch, ...]`.

    Raises:
        ValueError: if `reference_size` is below 1.

    Example:
    >>> DropReferenceBatch(2)(tf.constant([[1.0], [2.0], [3.0]])).numpy()
    array([[3.]], dtype=float32)
    """

    def __init__(self, reference_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reference_size = check_positive_integer("reference_size", reference_size)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the live rows."""
        return inputs[self.reference_size :]

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape with `reference_size` fewer rows."""
        return (_add_rows(input_shape[0], -self.reference_size), *input_shape[1:])

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {**super().get_config(), "reference_size": self.reference_size}


def _add_rows(batch: int | None, num_rows: int) -> int | None:
    return None if batch is None else batch + num_rows
