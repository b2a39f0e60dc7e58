"""Gradients summed over replicas, none of which waits for another one's sum.

Keras sums all gradients in one call, whose gradient TensorFlow makes another all-sum.
To say so it joins them in one `IdentityN`, through which every read of a weight seems
to come before every update. Grappler therefore drops the edges that keep a read before
the update of the weight; later it splits the `IdentityN`, and nothing orders the two. A
read for the slope of a penalty then sees the old weight, or now and then the new one.

Nobody differentiates an update. Without its gradient the sum needs no `IdentityN`.
"""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Tensor
from keras_gan.optimizers._wrapped import wrapped

GradientsAndVariables = Sequence[tuple[Tensor, Any]]


def keep_updates_in_order(optimizer: keras.optimizers.Optimizer) -> None:
    """Lets the optimizer update a variable after all that the graph reads of it."""
    inner = wrapped(optimizer)
    inner._all_reduce_sum_gradients = sum_over_replicas


def sum_over_replicas(pairs: GradientsAndVariables) -> GradientsAndVariables:
    """Pairs of a gradient, summed over replicas, and its variable.

    Args:
        pairs: gradients `Tensor` or `tf.IndexedSlices` of this replica, with their
            `tf.Variable`.
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return pairs
    gradients, variables = zip(*pairs, strict=True)
    if tf.__internal__.distribute.strategy_supports_no_merge_call():
        # Replicas are compiled by XLA, which has no `IdentityN` to split.
        sums = context.all_reduce(tf.distribute.ReduceOp.SUM, list(gradients))
    else:
        sums = context.merge_call(_sum, args=(gradients, variables))
    return list(zip(sums, variables, strict=True))


def _sum(
    strategy: tf.distribute.Strategy, gradients: Any, variables: Any
) -> list[Tensor]:
    return strategy.extended.batch_reduce_to(
        tf.distribute.ReduceOp.SUM, list(zip(gradients, variables, strict=True))
    )
