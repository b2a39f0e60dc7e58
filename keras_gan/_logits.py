"""What discriminators say: one logit of an example, a map of them, or several of these.

A map holds a logit for each patch; the objective is its mean over the patches, as over
the examples. With several discriminators in one network the game's value is the sum of
its values against each.
"""

import itertools
from collections.abc import Callable, Sequence

import tensorflow as tf

from keras_gan._types import Tensor

Logits = Tensor | Sequence[Tensor]  # each [packs, ..., 1]


def parts_of(logits: Logits) -> list[Tensor]:
    """The logits of each discriminator."""
    return list(logits) if isinstance(logits, list | tuple) else [logits]


def summed(loss: Callable[..., Tensor], *logits: Logits | None) -> Tensor:
    """A loss on logits, added up over the discriminators.

    Args:
        loss: function of one discriminator's logits, such as an objective's.
        logits: each argument of the loss; `None` is the same for all.
    """
    parts = [itertools.repeat(None) if one is None else parts_of(one) for one in logits]
    return added([loss(*ones) for ones in zip(*parts, strict=False)])


def added(parts: list[Tensor]) -> Tensor:
    """Their sum, and one alone as it is."""
    return parts[0] if len(parts) == 1 else tf.add_n(parts)


def probability(logits: Logits) -> Tensor:
    """D(x), `[packs]`: the mean over patches, and over discriminators."""
    return mean_output([tf.sigmoid(part) for part in parts_of(logits)])


def mean_output(outputs: Logits) -> Tensor:
    """The mean over patches, and over discriminators, `[packs]`."""
    means = [_mean_over_patches(part) for part in parts_of(outputs)]
    return added(means) / len(means)


def _mean_over_patches(values: Tensor) -> Tensor:
    return tf.reduce_mean(values, axis=range(1, values.shape.rank))
