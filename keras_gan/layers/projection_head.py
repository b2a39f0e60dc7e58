"""The logit of a projection discriminator."""

from typing import Any

import keras

from keras_gan._seeds import derived_seed
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_optional_seed, check_positive_integer
from keras_gan.layers.conditional_batch_normalization import check_labels_shape
from keras_gan.layers.spectral_normalization import SpectralNormalization

_Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="keras_gan")
class ProjectionHead(keras.layers.Layer):
    """One logit for each row: how real it is, and how well it agrees with its class.

    The end of a discriminator that is told the class. It is the form of the optimal
    logit where p(class | image) is a softmax of linear functions of the features; no
    class loss is needed.

        logit[b] = features[b] @ kernel + bias + embeddings[labels[b]] . features[b]

    Args:
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        spectral_normalization: bool. Whether kernel and embeddings are divided by
            their largest singular values, as published. Defaults to `True`.
        kernel_initializer: Keras initializer. Defaults to `"glorot_uniform"`.
        embeddings_initializer: Keras initializer. Defaults to `"glorot_uniform"`.
        seed: int, or `None` for a random one, of the first directions of the power
            iterations. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, features]`, and integer labels `[batch]`.

    Output shape: `[batch, 1]`.

    Raises:
        ValueError: if `num_classes` is below 1, or the labels have another shape than
            `[batch]`.

    Example:
    >>> head = ProjectionHead(10, seed=0)
    >>> head(keras.ops.ones((2, 64)), keras.ops.array([3, 7])).shape
    TensorShape([2, 1])

    References:
        Miyato and Koyama, cGANs with Projection Discriminator, 2018, equation 3.
        https://arxiv.org/abs/1802.05637
    """

    def __init__(
        self,
        num_classes: int,
        spectral_normalization: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        embeddings_initializer: Any = "glorot_uniform",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_classes = check_positive_integer("num_classes", num_classes)
        self.spectral_normalization = bool(spectral_normalization)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.seed = check_optional_seed("seed", seed)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, features_shape: _Shape, labels_shape: _Shape) -> None:
        """Creates kernel and bias, and the embeddings `[num_classes, features]`."""
        check_labels_shape(labels_shape)
        width = features_shape[-1]
        dense = keras.layers.Dense(
            1,
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="dense",
        )
        embedding = keras.layers.Embedding(
            self.num_classes,
            width,
            embeddings_initializer=self.embeddings_initializer,
            dtype=self.dtype_policy,
            name="embedding",
        )
        self.dense = self._normalized(dense, 0)
        self.embedding = self._normalized(embedding, 1)
        self.dense.build((None, width))
        self.embedding.build((None,))

    def _normalized(self, layer: keras.layers.Layer, index: int) -> keras.layers.Layer:
        if not self.spectral_normalization:
            return layer
        seed = None if self.seed is None else derived_seed(self.seed, index)
        return SpectralNormalization(layer, seed=seed, name=f"normalized_{layer.name}")

    def call(self, features: Tensor, labels: Tensor, training: bool = False) -> Tensor:
        """Returns logits `[batch, 1]`."""
        switch = {"training": training} if self.spectral_normalization else {}
        class_rows = self.embedding(labels, **switch)  # [batch, features]
        agreement = keras.ops.sum(class_rows * features, axis=-1, keepdims=True)
        return self.dense(features, **switch) + agreement

    def compute_output_shape(
        self, features_shape: _Shape, labels_shape: _Shape
    ) -> _Shape:
        """Returns `[batch, 1]`."""
        return (features_shape[0], 1)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "spectral_normalization": self.spectral_normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "embeddings_initializer": keras.initializers.serialize(
                self.embeddings_initializer
            ),
            "seed": self.seed,
        }
