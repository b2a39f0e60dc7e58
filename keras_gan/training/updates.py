"""One move of a player: the gradients of its loss, applied by its optimizer.

On several replicas Keras's optimizers sum gradients, but ask each replica by itself
whether they are to be clipped, and the first alone whether float16 overflowed. Here
both are decided for the sum.
"""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._replicas import num_replicas
from keras_gan._types import Tensor
from keras_gan.optimizers._wrapped import wrapped

Gradients = Sequence[Tensor | None]


def share_of(loss: Tensor, optimizer: Any) -> Tensor:
    """What a replica minimizes: optimizers sum over replicas, and scale for float16."""
    return optimizer.scale_loss(loss / num_replicas())


def move(optimizer: Any, gradients: Gradients, variables: Sequence[Any]) -> None:
    """Applies the gradients of a share of the loss, on every replica or on none."""
    if _clips(optimizer):
        # Those of an embedding name rows, one of them several times: a norm counts the
        # sum.
        gradients = [
            one if one is None else tf.convert_to_tensor(one) for one in gradients
        ]
    if num_replicas() > 1:
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            gradients = _lost_together(gradients)
        gradients = _clipped_together(optimizer, gradients)
    optimizer.apply(gradients, variables)


def _lost_together(gradients: Gradients) -> Gradients:
    finite = [
        tf.reduce_all(tf.math.is_finite(one)) for one in gradients if one is not None
    ]
    lost = tf.cast(tf.logical_not(tf.reduce_all(finite)), tf.float32)
    lost_anywhere = _sum_over_replicas(lost) > 0
    return [
        one if one is None else tf.where(lost_anywhere, _nan(one.dtype), one)
        for one in gradients
    ]


def _clipped_together(optimizer: Any, gradients: Gradients) -> Gradients:
    """Each replica's part of the clipped sum, which the optimizer clips no further."""
    inner = wrapped(optimizer)
    if not _clips(optimizer):
        return gradients
    scale = optimizer.scale_loss(tf.ones(()))
    present = [one for one in gradients if one is not None]
    clipped = iter(_clip(inner, [_sum_over_replicas(one) for one in present], scale))
    return [one if one is None else next(clipped) / num_replicas() for one in gradients]


def _clips(optimizer: Any) -> bool:
    inner = wrapped(optimizer)
    return not inner.clipnorm is inner.global_clipnorm is inner.clipvalue is None


def _clip(inner: Any, gradients: list[Tensor], scale: Tensor) -> list[Tensor]:
    if inner.clipnorm is not None:
        return [tf.clip_by_norm(one, inner.clipnorm * scale) for one in gradients]
    if inner.global_clipnorm is not None:
        return tf.clip_by_global_norm(gradients, inner.global_clipnorm * scale)[0]
    limit = inner.clipvalue * scale
    return [tf.clip_by_value(one, -limit, limit) for one in gradients]


def _sum_over_replicas(value: Tensor) -> Tensor:
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, value)


def _nan(dtype: tf.DType) -> Tensor:
    return tf.constant(float("nan"), dtype)
