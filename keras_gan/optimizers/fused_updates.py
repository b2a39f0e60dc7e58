"""Keras's optimizers, each variable updated by one kernel of TensorFlow.

Keras writes an update as a row of operations, each of which reads and writes whole
variables. TensorFlow has kernels that read everything once. They compute the same
formulas:

    Adam:  m <- m + (1 - beta_1) (g - m),  v <- v + (1 - beta_2) (g^2 - v)
           x <- x - rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)
    SGD:   m <- momentum m - rate g,  x <- x + m
           (Nesterov: x <- x + momentum m - rate g)
"""

import functools
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Tensor
from keras_gan.optimizers._wrapped import wrapped

_KERNEL_DTYPES = (tf.float32, tf.float64)  # those that every device has


def fuse_updates(optimizer: keras.optimizers.Optimizer) -> None:
    """Lets the optimizer update variables by one kernel each, where there is one.

    Everything else of the optimizer stays: its state, schedules, clipping, weight decay
    and accumulation. Optimizers without a kernel, or with a rule of their own, are left
    as they are.
    """
    inner = wrapped(optimizer)
    kernel = _kernel_of(inner)
    if kernel is not None:
        inner.update_step = functools.partial(_update, inner, kernel)


def _kernel_of(optimizer: keras.optimizers.Optimizer) -> Callable[..., None] | None:
    # The rule itself is compared: AdamW shares Adam's, a user's subclass may not.
    rule = type(optimizer).update_step
    if rule is keras.optimizers.Adam.update_step and not optimizer.amsgrad:
        return _adam
    if rule is keras.optimizers.SGD.update_step:
        return _momentum if optimizer.momentum else _descent
    return None


def _update(
    optimizer: Any,
    kernel: Callable[..., None],
    gradient: Tensor,
    variable: Any,
    learning_rate: Tensor,
) -> None:
    if isinstance(gradient, tf.IndexedSlices) or variable.dtype not in _KERNEL_DTYPES:
        type(optimizer).update_step(optimizer, gradient, variable, learning_rate)
        return
    kernel(
        optimizer,
        tf.cast(gradient, variable.dtype),
        variable,
        tf.cast(learning_rate, variable.dtype),
    )


def _adam(optimizer: Any, gradient: Tensor, variable: Any, rate: Tensor) -> None:
    index = optimizer._get_variable_index(variable)
    beta_1 = tf.cast(optimizer.beta_1, variable.dtype)
    beta_2 = tf.cast(optimizer.beta_2, variable.dtype)
    step = tf.cast(optimizer.iterations + 1, variable.dtype)
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=optimizer._momentums[index].value.handle,
        v=optimizer._velocities[index].value.handle,
        beta1_power=tf.pow(beta_1, step),
        beta2_power=tf.pow(beta_2, step),
        lr=rate,
        beta1=beta_1,
        beta2=beta_2,
        epsilon=tf.cast(optimizer.epsilon, variable.dtype),
        grad=gradient,
    )


def _momentum(optimizer: Any, gradient: Tensor, variable: Any, rate: Tensor) -> None:
    velocity = optimizer.momentums[optimizer._get_variable_index(variable)]
    move_with_momentum(
        variable, velocity, gradient, rate, optimizer.momentum, optimizer.nesterov
    )


def _descent(optimizer: Any, gradient: Tensor, variable: Any, rate: Tensor) -> None:
    tf.raw_ops.ResourceApplyGradientDescent(
        var=variable.handle, alpha=rate, delta=gradient
    )


def move_with_momentum(
    variable: Any,
    velocity: keras.Variable,
    gradient: Tensor,
    rate: Tensor,
    momentum: Any,
    nesterov: bool = False,
) -> None:
    """Moves one variable and its velocity by the formula of SGD above."""
    tf.raw_ops.ResourceApplyKerasMomentum(
        var=variable.handle,
        accum=velocity.value.handle,
        lr=tf.cast(rate, variable.dtype),
        grad=tf.cast(gradient, variable.dtype),
        momentum=tf.cast(momentum, variable.dtype),
        use_nesterov=nesterov,
    )
