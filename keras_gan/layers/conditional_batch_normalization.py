"""Batch normalization whose gain and offset belong to a class."""

import inspect
from typing import Any

import keras

from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_fraction,
    check_positive,
    check_positive_integer,
)
from keras_gan.layers.fused_normalization import batch_normalized

_Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="keras_gan")
class ConditionalBatchNormalization(keras.layers.BatchNormalization):
    """Batch normalization with a gain and an offset for each class.

    How a generator is told its class at every depth. Statistics are those of the whole
    batch, whatever its classes, as `keras.layers.BatchNormalization` has them: moving
    ones outside of training, each replica its own share unless `synchronized`.

        outputs[b] = gamma[labels[b]] * (x[b] - mean) / sqrt(var + epsilon)
                     + beta[labels[b]]                 # per channel, the last axis

    Args:
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        momentum: float in [0, 1), of the moving statistics. Defaults to `0.99`.
        epsilon: float, above 0, inside the root. Defaults to `1e-3`.
        gamma_initializer: Keras initializer. Defaults to `"ones"`.
        beta_initializer: Keras initializer. Defaults to `"zeros"`.
        synchronized: bool. `True` takes statistics of all replicas together.
            Defaults to `False`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, ..., channels]`, and integer labels `[batch]`.

    Output shape: that of the first input.

    Raises:
        TypeError: if other arguments of `keras.layers.BatchNormalization` are given.
        ValueError: if a number lies outside its range, or the labels have another
            shape than `[batch]`.

    Example:
    >>> layer = ConditionalBatchNormalization(10)
    >>> features = keras.ops.ones((2, 7, 7, 64))
    >>> layer(features, keras.ops.array([3, 7]), training=True).shape
    TensorShape([2, 7, 7, 64])
    >>> tuple(layer.gamma_of_classes.shape)
    (10, 64)

    References:
        Dumoulin et al., A Learned Representation For Artistic Style, 2017.
        https://arxiv.org/abs/1610.07629
        Miyato and Koyama, cGANs with Projection Discriminator, 2018 (generators).
        https://arxiv.org/abs/1802.05637
    """

    def __init__(
        self,
        num_classes: int,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        gamma_initializer: Any = "ones",
        beta_initializer: Any = "zeros",
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        of_plain = inspect.signature(keras.layers.BatchNormalization).parameters
        if refused := sorted(of_plain.keys() & kwargs.keys() - {"name"}):
            raise TypeError(
                "Gains and offsets of classes are plain variables along the last axis. "
                f"Received: {', '.join(refused)}; leave them out."
            )
        super().__init__(
            momentum=check_fraction("momentum", momentum),
            epsilon=check_positive("epsilon", epsilon),
            center=False,
            scale=False,
            gamma_initializer=gamma_initializer,
            beta_initializer=beta_initializer,
            synchronized=synchronized,
            **kwargs,
        )
        self.num_classes = check_positive_integer("num_classes", num_classes)

    def build(self, inputs_shape: _Shape, labels_shape: _Shape) -> None:
        """Creates the moving statistics, and a row of gains and offsets per class."""
        check_labels_shape(labels_shape)
        super().build(inputs_shape)
        shape = (self.num_classes, inputs_shape[-1])
        self.gamma_of_classes = self.add_weight(
            name="gamma", shape=shape, initializer=self.gamma_initializer
        )
        self.beta_of_classes = self.add_weight(
            name="beta", shape=shape, initializer=self.beta_initializer
        )

    def call(self, inputs: Tensor, labels: Tensor, training: bool = False) -> Tensor:
        """Returns the inputs, normalized and moved to where their classes are."""
        normalized = batch_normalized(self, inputs, training)
        labels = keras.ops.cast(labels, "int32")  # as keras.layers.Embedding does
        spread = (-1, *[1] * (len(inputs.shape) - 2), inputs.shape[-1])
        gamma, beta = (
            keras.ops.reshape(keras.ops.take(table, labels, axis=0), spread)
            for table in (self.gamma_of_classes, self.beta_of_classes)
        )
        return normalized * gamma + beta

    def compute_output_shape(
        self, inputs_shape: _Shape, labels_shape: _Shape
    ) -> _Shape:
        """Returns the shape of the first input."""
        return inputs_shape

    def compute_output_spec(
        self, inputs: Any, labels: Any, training: bool = False
    ) -> Any:
        """Returns the shape of the first input, and this layer's dtype."""
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **keras.layers.Layer.get_config(self),
            "num_classes": self.num_classes,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "gamma_initializer": keras.initializers.serialize(self.gamma_initializer),
            "beta_initializer": keras.initializers.serialize(self.beta_initializer),
            "synchronized": self.synchronized,
        }


def check_labels_shape(labels_shape: _Shape) -> None:
    """Raises unless there is one label for each row."""
    if len(labels_shape) != 1:
        raise ValueError(
            "`labels` must have shape [batch], one integer for each row. Received: "
            f"shape {labels_shape}. Declare them with keras.Input((), dtype='int32', "
            "name='labels')."
        )
