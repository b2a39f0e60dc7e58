"""Kernel gradients of convolutions between small maps, as convolutions forward.

Between a large map x and a small one y, `stride` times smaller, the kernel's gradient
sums over the images n and the places p of the small map:

    dW[k, c, o] = sum_n sum_p  x[n, stride * p + k - before, c] * y[n, p, o]

That is a convolution dilated by the stride, with y as its kernel and the images as its
channels. oneDNN sums in bfloat16 by a kernel that transposes both maps at each place,
and convolves forward by a faster one, which pays with places beyond the map's border:
5x5 from 8 to 4 takes 0.3 to 0.6 times as long, from 16 to 8 0.65 to 0.8 and from 28 to
14 1.1. In float32 there is little to win. Both keep sums in float32 and round once
(tests/benchmarks/kernel_gradients.py).
"""

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import keras
import tensorflow as tf

from keras_gan._processor import (
    BFLOAT16,
    processor_features,
    tensorflow_has_onednn,
)
from keras_gan._types import Tensor

_FORWARD, _TRANSPOSED = keras.layers.Conv2D, keras.layers.Conv2DTranspose
_DTYPES = (tf.bfloat16,)
_MOST_PLACES = 4  # of the small map, for each entry of the kernel


def quicken_kernel_gradients(
    layers: Iterable[keras.layers.Layer], jit_compile: Any
) -> None:
    """Lets Keras's convolutions learn from small maps the faster way, where it is one.

    Weights, configuration and outputs stay Keras's. Other layers, subclasses with a
    rule of their own among them, are left as they are. So are all on a GPU, on a
    processor that does not multiply in bfloat16, and where XLA compiles the step: it is
    slow at kernels larger than their map.

    Args:
        layers: of networks that are trained.
        jit_compile: what Keras is told, see `chosen_compilation`.
    """
    if jit_compile is True or not _processor_gains():
        return
    for layer in layers:
        kind = type(layer)
        if isinstance(layer, _TRANSPOSED) and kind.call is _TRANSPOSED.call:
            layer.call = functools.partial(transposed_layer, layer)
        elif (
            isinstance(layer, _FORWARD)
            and kind.convolution_op is _FORWARD.convolution_op
        ):
            layer.convolution_op = functools.partial(convolved, layer)


def _processor_gains() -> bool:
    devices = tf.config.get_visible_devices()
    return (
        all(device.device_type == "CPU" for device in devices)
        and bool(BFLOAT16 & (processor_features() or set()))
        and tensorflow_has_onednn()
    )


def convolved(layer: Any, inputs: Tensor, kernel: Tensor) -> Tensor:
    """What `keras.layers.Conv2D.convolution_op` returns.

    Args:
        layer: `keras.layers.Conv2D`.
        inputs: `[batch, height, width, channels]`.
        kernel: `[kernel_height, kernel_width, channels, filters]`.
    """
    plain = functools.partial(_FORWARD.convolution_op, layer)
    if not _suits(layer, inputs, layer.compute_output_shape(inputs.shape)):
        return plain(inputs, kernel)

    @tf.custom_gradient
    def convolution(
        inputs: Tensor, kernel: Tensor
    ) -> tuple[Tensor, Callable[..., Any]]:
        def gradients(upstream: Tensor) -> tuple[Tensor, Tensor]:
            of_inputs = tf.nn.conv2d_transpose(
                upstream,
                kernel,
                tf.shape(inputs),
                layer.strides,
                layer.padding.upper(),
            )
            return of_inputs, kernel_gradient(inputs, upstream, layer)

        return plain(inputs, kernel), gradients

    return convolution(inputs, tf.convert_to_tensor(kernel))


def transposed_layer(layer: Any, inputs: Tensor) -> Tensor:
    """What `keras.layers.Conv2DTranspose.call` returns.

    Args:
        layer: `keras.layers.Conv2DTranspose`.
        inputs: `[batch, height, width, channels]`.
    """
    if layer.output_padding is not None or not _suits(layer, inputs, inputs.shape):
        return _TRANSPOSED.call(layer, inputs)

    @tf.custom_gradient
    def convolution(
        inputs: Tensor, kernel: Tensor
    ) -> tuple[Tensor, Callable[..., Any]]:
        def gradients(upstream: Tensor) -> tuple[Tensor, Tensor]:
            of_inputs = tf.nn.conv2d(
                upstream, kernel, layer.strides, layer.padding.upper()
            )
            return of_inputs, kernel_gradient(upstream, inputs, layer)

        outputs = keras.ops.conv_transpose(
            inputs, kernel, layer.strides, layer.padding, data_format="channels_last"
        )
        return outputs, gradients

    outputs = convolution(inputs, tf.convert_to_tensor(layer.kernel))
    if layer.use_bias:
        outputs = tf.nn.bias_add(outputs, tf.convert_to_tensor(layer.bias))
    return outputs if layer.activation is None else layer.activation(outputs)


def _suits(layer: Any, inputs: Tensor, small: Any) -> bool:
    return (
        inputs.dtype in _DTYPES
        and layer.data_format == "channels_last"
        and layer.dilation_rate == (1, 1)
        and getattr(layer, "groups", 1) == 1
        and None not in inputs.shape[1:]
        and math.prod(small[1:3]) <= _MOST_PLACES * math.prod(layer.kernel_size)
    )


def kernel_gradient(large: Tensor, small: Tensor, layer: Any) -> Tensor:
    """Gradient of the kernel between two maps, as a convolution forward.

    Args:
        large: `[batch, height, width, channels]`.
        small: `[batch, small_height, small_width, filters]`, of the same dtype.
        layer: with the `kernel_size`, `strides` and `padding` from large to small.

    Returns:
        gradient: `[kernel_height, kernel_width, channels, filters]`.
    """
    margins = []
    for axis, (size, stride) in enumerate(
        zip(layer.kernel_size, layer.strides, strict=True), start=1
    ):
        reach = (small.shape[axis] - 1) * stride + size  # that kernels cover
        missing = reach - large.shape[axis]
        before = max(missing, 0) // 2 if layer.padding == "same" else 0
        margins.append((before, missing - before))
    (top, bottom), (left, right) = margins
    # Places that no kernel covers are cut off.
    large = large[
        :, : large.shape[1] + min(bottom, 0), : large.shape[2] + min(right, 0)
    ]
    padding = [[0, 0], [top, max(bottom, 0)], [left, max(right, 0)], [0, 0]]
    gradient = tf.nn.conv2d(
        tf.transpose(large, (3, 1, 2, 0)),  # [channels, height, width, batch]
        tf.transpose(small, (1, 2, 0, 3)),  # [height, width, batch, filters]
        strides=1,
        padding=padding,
        dilations=layer.strides,
    )
    return tf.transpose(gradient, (1, 2, 0, 3))
