"""Samples of every class, each asked for as often as the others."""

from collections.abc import Mapping
from typing import Any

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation._labels import balanced_labels
from keras_gan.training.examples import LABELS, LATENTS


def takes_labels(gan: Any) -> bool:
    """Whether the generator is told a class, an integer, by the name `labels`."""
    inputs = gan.networks.of_generator
    if LABELS not in inputs.names:
        return False
    zeros = inputs.zeros(1, {LATENTS: (gan.prior.latent_dim,)})[LABELS]
    return zeros.dtype.is_integer and tuple(zeros.shape) in ((1,), (1, 1))


def sample_classes(
    gan: Any,
    num_samples: int,
    seed: int,
    classes: Array | None,
    told: Mapping[str, Any] | None = None,
) -> tuple[FloatArray, Array | None]:
    """Draws samples of each class in turn, as `GAN.sample` draws them.

    Args:
        gan: `GAN`.
        num_samples: int, at least 1.
        seed: int in [0, 2^31).
        classes: integer array, or `None` where none are known.
        told: other conditions, as `GAN.sample` takes them; labels among them are asked
            for in place of each class in turn. Defaults to `None`.

    Returns:
        samples: float32 array `[num_samples, …]`.
        labels: int64 array `[num_samples]`, what was asked for, or `None` where no
            classes are known, the generator is told none, or `told` names them.
    """
    told = told or {}
    if classes is None or LABELS in told or not takes_labels(gan):
        return gan.sample(num_samples, seed=seed, **told), None
    labels = balanced_labels(classes, num_samples)
    return gan.sample(num_samples, seed=seed, labels=labels, **told), labels
