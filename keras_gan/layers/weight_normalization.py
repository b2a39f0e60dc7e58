"""Weight normalization: a kernel's directions and their lengths as weights apart."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._layers_of import layers_of
from keras_gan._types import Config, Tensor
from keras_gan.layers._kernels import (
    as_kernel,
    as_matrix,
    call_with_kernel,
    kernel_of,
    num_outputs,
)

_EPSILON = 1e-12  # below the square of any kernel's norm that float32 can divide by


@keras.saving.register_keras_serializable(package="keras_gan")
class WeightNormalization(keras.layers.Wrapper):
    """Calls a layer with a kernel whose columns have lengths apart from directions.

    Learns faster than the plain layer where batch normalization is out of place, as in
    a discriminator that judges each image alone. For each output o, over all inputs:

        W_effective[:, o] = scale[o] * W[:, o] / norm(W[:, o])

    The scale starts at 1; `keras_gan.layers.initialize_from_data` sets it, and the
    bias, so that each output of the layer has mean 0 and deviation 1 over given data;
    without a bias, deviation 1.
    A column of zeros has no direction and stays zero.

    Args:
        layer: `keras.layers.Layer` with a weight named `kernel` or `embeddings`, e.g.
            `Dense`, `Conv2D` or a transposed or depthwise convolution; `EinsumDense`
            where its outputs come last. It keeps its own dtype, and what follows the
            kernel: put its activation behind the wrapper where the layer is to be
            initialized from data.
        trainable_scale: bool. `False` keeps the scale as it was initialized, so that
            training turns columns alone. Defaults to `True`.
        **kwargs: what `keras.layers.Layer` takes, besides `dtype`.

    Raises:
        ValueError: when it is built, if `layer` has no such kernel.

    Example:
    >>> layer = WeightNormalization(keras.layers.Dense(1, use_bias=False))
    >>> layer.build((None, 2))
    >>> layer.layer.kernel.assign([[3.0], [4.0]])
    <...>
    >>> layer(tf.constant([[1.0, 0.0]])).numpy()
    array([[0.6]], dtype=float32)

    References:
        Salimans and Kingma, Weight Normalization: A Simple Reparameterization to
        Accelerate Training of Deep Neural Networks, 2016.
        https://arxiv.org/abs/1602.07868
    """

    def __init__(
        self, layer: keras.layers.Layer, trainable_scale: bool = True, **kwargs: Any
    ) -> None:
        # Norms need the kernel's full precision; the wrapped layer casts for itself.
        kwargs["dtype"] = getattr(layer, "variable_dtype", None)
        super().__init__(layer, autocast=False, **kwargs)
        self.trainable_scale = bool(trainable_scale)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the wrapped layer and creates the scale, `[outputs]`."""
        super().build(input_shape)
        self.scale = self.add_weight(
            name="scale",
            shape=(num_outputs(self.layer, kernel_of(self.layer)),),
            initializer="ones",
            trainable=self.trainable_scale,
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the layer's outputs under the normalized kernel."""
        return call_with_kernel(self.layer, inputs, self.effective_kernel())

    def effective_kernel(self) -> Tensor:
        """Returns the kernel that the layer computes with."""
        kernel = tf.convert_to_tensor(kernel_of(self.layer).value)
        matrix = as_matrix(self.layer, kernel)  # [everything else, outputs]
        squares = tf.reduce_sum(tf.square(matrix), axis=0)
        matrix *= self.scale.value * tf.math.rsqrt(tf.maximum(squares, _EPSILON))
        return as_kernel(self.layer, matrix, kernel.shape)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns that of the wrapped layer."""
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Returns that of the wrapped layer: shape and dtype."""
        return self.layer.compute_output_spec(inputs)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {**super().get_config(), "trainable_scale": self.trainable_scale}


def initialize_from_data(network: keras.Model, data: Tensor) -> None:
    """Sets scale and bias of each weight-normalized layer by what it makes of data.

    Layer after layer, in the order of the network, so that each sees what those before
    it make once they are set. With m and s the mean and the deviation of one output:

        scale <- scale / s,    bias <- (bias - m) / s

    A layer without a bias keeps its mean. The network is called as in training:
    through its noise.

    Args:
        network: Sequential or functional `keras.Model` with layers of
            `WeightNormalization`, none within a model or layer of its own and each
            called once; their own layers have no activation.
        data: what the network takes, some hundred rows; a list for several inputs.

    Raises:
        ValueError: if the network has no such layer, or has one elsewhere than among
            its own layers, one of them is called more than once, has an activation of
            its own or several scales for an output, as around a maxout layer, or an
            output is constant over the data, or not finite.

    Example:
    >>> network = keras.Sequential(
    ...     [keras.Input((3,)), WeightNormalization(keras.layers.Dense(2))]
    ... )
    >>> data = keras.random.normal((500, 3), mean=5.0, seed=0)
    >>> initialize_from_data(network, data)
    >>> bool(tf.reduce_all(abs(tf.reduce_mean(network(data), axis=0)) < 1e-5))
    True

    References:
        Salimans and Kingma, 2016, section 3. https://arxiv.org/abs/1602.07868
    """
    layers = _normalized_layers(network)
    # A list of one would be another structure than the data.
    inputs = network.inputs[0] if len(network.inputs) == 1 else network.inputs
    for layer in layers:
        activation = getattr(layer.layer, "activation", None)
        if activation not in (None, keras.activations.linear):
            raise ValueError(
                "`network` must have activations behind its weight-normalized layers, "
                f"as layers of their own. Received: {layer.name} around a layer with "
                f"activation={keras.activations.serialize(activation)}"
            )
        _initialize(layer, keras.Model(inputs, layer.output), data)


def _normalized_layers(network: keras.Model) -> list[WeightNormalization]:
    layers = [one for one in network.layers if isinstance(one, WeightNormalization)]
    if not layers:
        raise ValueError(
            "`network` must have layers of WeightNormalization among its own. "
            f"Received: {[one.name for one in network.layers]}"
        )
    held = layers_of(network)
    within = [one for one in held if isinstance(one, WeightNormalization)]
    if len(within) > len(layers):
        raise ValueError(
            "`network` must have its weight-normalized layers among its own. Received: "
            f"{len(within) - len(layers)} within other models or layers; initialize "
            "each of these from what it is given."
        )
    for layer in layers:
        if len(layer._inbound_nodes) > 1:
            raise ValueError(
                "`network` must call each weight-normalized layer once: one scale "
                f"cannot suit what several calls make. Received: {layer.name}, called "
                f"{len(layer._inbound_nodes)} times"
            )
    return layers


def _initialize(layer: WeightNormalization, until: keras.Model, data: Tensor) -> None:
    outputs = until(data, training=True)
    axes = list(range(len(outputs.shape) - 1))  # all but that of the outputs
    mean, variance = tf.nn.moments(tf.cast(outputs, tf.float32), axes=axes)
    deviation = tf.sqrt(variance)  # [outputs]
    if deviation.shape != layer.scale.shape:
        raise ValueError(
            "`network` must have a scale for each output of its weight-normalized "
            f"layers. Received: {layer.name} around a {type(layer.layer).__name__}, "
            f"with {layer.scale.shape[0]} scales and {deviation.shape[0]} outputs"
        )
    if not bool(tf.reduce_all(tf.math.is_finite(deviation))):
        raise ValueError(
            f"`data` must be finite, and what the network makes of them. Received: NaN "
            f"or infinity in the outputs of {layer.name}"
        )
    if not bool(tf.reduce_all(deviation > 0)):
        raise ValueError(
            f"`data` must let every output of {layer.name} vary. Received: "
            f"{int(tf.math.count_nonzero(deviation <= 0))} constant outputs of "
            f"{deviation.shape[0]}"
        )
    layer.scale.assign(layer.scale / deviation)
    bias = getattr(layer.layer, "bias", None)
    if bias is not None:
        bias.assign((bias - mean) / deviation)
