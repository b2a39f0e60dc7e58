"""The kernel of a layer: found, seen as a matrix, another one in its place."""

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


def kernel_of(layer: keras.layers.Layer) -> keras.Variable:
    """Returns the weight of a layer that multiplies its inputs; raises without one."""
    for name in _KERNEL_NAMES:
        kernel = getattr(layer, name, None)
        if isinstance(kernel, keras.Variable):
            return kernel
    raise ValueError(
        "`layer` must have a weight named `kernel` or `embeddings` to normalise. "
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
    """Returns the length of the kernel's axis of outputs."""
    return int(kernel.shape[-2 if isinstance(layer, _TRANSPOSED) else -1])


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


def _outputs_last(layer: keras.layers.Layer, kernel: Tensor) -> Tensor:
    if not isinstance(layer, _TRANSPOSED):
        return kernel
    rank = len(kernel.shape)
    return tf.transpose(kernel, [*range(rank - 2), rank - 1, rank - 2])
