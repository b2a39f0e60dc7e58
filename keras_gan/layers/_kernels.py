"""The kernel of a layer: found, seen as a matrix, another one in its place."""

import math
import re

import keras
import tensorflow as tf

from keras_gan._types import Tensor

_KERNEL_NAMES = ("kernel", "embeddings")
# Their kernels are [..., out, in]: the other way round than those of convolutions.
_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)
# Theirs are [..., channels, outputs of each channel].
_OF_EACH_CHANNEL = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)


def kernel_of(layer: keras.layers.Layer) -> keras.Variable:
    """Returns the weight of a layer that multiplies its inputs.

    Raises:
        ValueError: if there is none, or it is no matrix of inputs and outputs.
    """
    for name in _KERNEL_NAMES:
        kernel = getattr(layer, name, None)
        if isinstance(kernel, keras.Variable):
            _num_output_axes(layer)
            return kernel
    raise ValueError(
        "`layer` must have a weight named `kernel` or `embeddings` to normalize. "
        f"Received: layer={layer.name} of type {type(layer).__name__}. Wrap the layers "
        "that hold the kernels, each by itself."
    )


def as_matrix(layer: keras.layers.Layer, kernel: Tensor) -> Tensor:
    """Returns the kernel of a layer as `[everything else, outputs]`."""
    return tf.reshape(_outputs_last(layer, kernel), [-1, num_outputs(layer, kernel)])


def as_kernel(
    layer: keras.layers.Layer, matrix: Tensor, shape: tf.TensorShape
) -> Tensor:
    """Returns what `as_matrix` made, in the kernel's own shape."""
    if not isinstance(layer, _TRANSPOSED):
        return tf.reshape(matrix, shape)
    swapped = [*shape[:-2], shape[-1], shape[-2]]
    return _outputs_last(layer, tf.reshape(matrix, swapped))


def num_outputs(layer: keras.layers.Layer, kernel: Tensor) -> int:
    """Returns how many outputs the kernel has columns for."""
    if isinstance(layer, _TRANSPOSED):
        return int(kernel.shape[-2])
    return math.prod(kernel.shape[-_num_output_axes(layer) :])


def call_with_kernel(
    layer: keras.layers.Layer, inputs: Tensor, effective: Tensor
) -> Tensor:
    """Returns the outputs of a layer that reads another kernel than its own.

    Within the scope the layer reads `effective` and writes to nothing; what it wrote to
    its other weights is handed on afterwards.
    """
    kernel = kernel_of(layer)
    others = [weight for weight in layer.variables if weight is not kernel]
    scope = keras.StatelessScope(
        [(kernel, effective), *((weight, weight.value) for weight in others)],
        initialize_variables=False,
    )
    before = [scope.get_current_value(weight) for weight in others]
    with scope:
        outputs = layer(inputs)
    for weight, old in zip(others, before, strict=True):
        new = scope.get_current_value(weight)
        if new is not old:
            weight.assign(new)
    return outputs


def _num_output_axes(layer: keras.layers.Layer) -> int:
    """How many of the kernel's last axes number outputs."""
    if isinstance(layer, _OF_EACH_CHANNEL):
        return 2
    if not isinstance(layer, keras.layers.EinsumDense):
        return 1
    inputs, kernel, outputs = re.findall("[a-zA-Z]+", layer.equation)
    made = "".join(axis for axis in kernel if axis not in inputs)
    summed = kernel.removesuffix(made)
    if not made or not kernel.endswith(made) or set(summed) & set(outputs):
        raise ValueError(
            "`layer` must have a kernel of axes to sum over, followed by those of its "
            f"outputs. Received: {layer.name} with equation={layer.equation!r}"
        )
    return len(made)


def _outputs_last(layer: keras.layers.Layer, kernel: Tensor) -> Tensor:
    if not isinstance(layer, _TRANSPOSED):
        return kernel
    rank = len(kernel.shape)
    return tf.transpose(kernel, [*range(rank - 2), rank - 1, rank - 2])
