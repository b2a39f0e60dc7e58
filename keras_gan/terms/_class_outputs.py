"""Classes that a discriminator tells apart, for the terms that teach it them."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Tensor

CLASSES, LABELS = "classes", "labels"


def check_classes_output(term: str, discriminator: keras.Model, advice: str) -> int:
    """Returns how many classes a discriminator tells apart.

    Args:
        term: str, who asks.
        discriminator: `keras.Model`.
        advice: str, the end of a sentence that begins with "Build it with".

    Raises:
        ValueError: if it has no output for them, or fewer than two.
    """
    outputs = getattr(discriminator, "output", None)
    if not isinstance(outputs, dict) or CLASSES not in outputs:
        raise ValueError(
            f"{term} needs a discriminator with a dict of outputs, 'logits' and "
            f"{CLASSES!r}. Received: output {outputs}. Build it with {advice}"
        )
    shape = tuple(outputs[CLASSES].shape)
    if len(shape) != 2 or shape[-1] is None or shape[-1] < 2:
        raise ValueError(
            f"The discriminator's output {CLASSES!r} must have shape [batch, "
            f"num_classes], two classes or more. Received: shape {shape}"
        )
    return int(shape[-1])


def inputs_of(network: Any) -> list[str]:
    """Names of a network's inputs, none where they are not known."""
    return [tensor.name for tensor in getattr(network, "inputs", None) or []]


def cross_entropy(labels: Tensor, classes: Tensor) -> Tensor:
    """Mean of -log softmax(classes)[label] over rows, a scalar."""
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.cast(labels, tf.int32), logits=classes
    )  # [batch]; a label that is no class ends in an error, or in NaN under XLA
    return tf.reduce_mean(losses)
