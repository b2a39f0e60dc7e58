"""Batch normalization in training, by one kernel of TensorFlow each way.

Keras writes it as a row of operations, each of which reads and writes the whole batch,
in float32 whatever the dtype. TensorFlow has a kernel for all of it and one for its
gradients, with statistics in float32 too. They compute the same formulas:

    mean, var = moments of the batch, per channel        # var: divided by n
    y = gamma * (x - mean) / sqrt(var + epsilon) + beta
    moving <- momentum * moving + (1 - momentum) * moment
"""

import functools
from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Tensor

_PLAIN = keras.layers.BatchNormalization
_KERNEL_DTYPES = ("float32", "bfloat16", "float16")


def fuse_normalization(layers: Iterable[keras.layers.Layer]) -> None:
    """Lets those that are Keras's batch normalization train by the kernel.

    Their weights, their configuration and what they do outside of training stay
    Keras's. Other layers, subclasses with a rule of their own among them, are left as
    they are.
    """
    for layer in layers:
        if type(layer).call is _PLAIN.call:
            layer.call = functools.partial(batch_normalized, layer)


def batch_normalized(
    layer: Any, inputs: Tensor, training: Any = None, mask: Any = None
) -> Tensor:
    """What `keras.layers.BatchNormalization` returns, by the kernel where it can.

    It cannot in float64, over another axis than the last, with a mask, with statistics
    of several replicas or with renormalization; outside of training there is no need.
    """
    if not (training and layer.trainable and mask is None and _suits(layer, inputs)):
        return _PLAIN.call(layer, inputs, training=training, mask=mask)
    channels, maps = inputs.shape[-1], inputs
    if len(inputs.shape) != 4:
        maps = tf.reshape(inputs, (-1, 1, 1, channels))
    none_so_far = tf.zeros((0,))
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=maps,
        scale=_in_float32(layer.gamma, tf.ones((channels,))),
        offset=_in_float32(layer.beta, tf.zeros((channels,))),
        mean=none_so_far,
        variance=none_so_far,
        epsilon=layer.epsilon,
        is_training=True,
    )
    num_values = tf.cast(tf.size(maps) // channels, tf.float32)
    _follow(layer.moving_mean, mean, layer.momentum)
    # The kernel tells the variance divided by n - 1, Keras follows the one by n.
    _follow(layer.moving_variance, variance * (1 - 1 / num_values), layer.momentum)
    return outputs if maps is inputs else tf.reshape(outputs, tf.shape(inputs))


def _suits(layer: Any, inputs: Tensor) -> bool:
    return (
        inputs.dtype in _KERNEL_DTYPES
        and layer.axis in (-1, len(inputs.shape) - 1)
        and not layer.synchronized
        and not getattr(layer, "renorm", False)  # younger than the oldest Keras
    )


def _in_float32(weight: keras.Variable | None, otherwise: Tensor) -> Tensor:
    return otherwise if weight is None else tf.cast(weight, tf.float32)


def _follow(moving: keras.Variable, moment: Tensor, momentum: float) -> None:
    before = tf.cast(moving, tf.float32)
    moving.assign(before * momentum + moment * (1.0 - momentum))
