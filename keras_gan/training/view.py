"""What the discriminator is shown of data: augmented, noisy, in packs."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_gan._rebuilding import warn_unless_saved
from keras_gan._replicas import draw_like
from keras_gan._seeds import RANDOM_ALGORITHM
from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_nonnegative

NoiseLevel = Any  # float, or a Keras schedule of it over training steps


class DiscriminatorView:
    """Shows data to the discriminator, real and generated ones alike.

        shown = pack(augment(data) + stddev(step) * N(0, 1))

    Args:
        packing: int, at least 1. Rows in one pack, side by side along the last axis.
        augmentation: function of `(images, seed)`, or `None`.
        instance_noise: float, at least 0, standard deviation of the noise, or a Keras
            schedule of it over training steps.
    """

    def __init__(
        self,
        packing: int = 1,
        augmentation: Callable[[Tensor, Tensor], Tensor] | None = None,
        instance_noise: NoiseLevel = 0.0,
    ) -> None:
        self.packing = packing
        self.augmentation = augmentation
        self.instance_noise = instance_noise

    @classmethod
    def of(cls, packing: int, rules: Any) -> "DiscriminatorView":
        """What `Rules` make of it."""
        return cls(packing, rules.augmentation, rules.instance_noise)

    @property
    def disturbs(self) -> bool:
        """Whether data are shown otherwise than they are."""
        return self.augmentation is not None or self.instance_noise != 0.0

    def __call__(self, data: Tensor, seed: Tensor, step: Tensor) -> Tensor:
        """Returns `[batch / packing, ..., packing * channels]`."""
        if self.disturbs:
            data = self._disturb(data, seed, step)
        return self.pack(data)

    def of_packs(self, packs: Tensor, seed: Tensor, step: Tensor) -> Tensor:
        """Shows data that are packed already."""
        if not self.disturbs:
            return packs
        return self(self._unpack(packs), seed, step)

    def pack(self, entry: Tensor) -> Tensor:
        """Puts each `packing` rows of an entry side by side along the last axis.

        Numbers that have no axis of their own, such as labels, get one.
        """
        if self.packing == 1:
            return entry
        if len(entry.shape) == 1:
            return tf.reshape(entry, [-1, self.packing])
        shape, rank = tf.shape(entry), len(entry.shape)
        grouped = tf.reshape(
            entry, tf.concat([[-1, self.packing], shape[1:]], axis=0)
        )  # [batch / packing, packing, ..., channels]
        order = [0, *range(2, rank), 1, rank]
        packed_shape = packed(tuple(entry.shape[1:]), self.packing)
        rows = tf.transpose(grouped, order)  # [packs, ..., packing, channels]
        shape = tf.concat([tf.shape(rows)[:-2], packed_shape[-1:]], axis=0)
        return tf.ensure_shape(tf.reshape(rows, shape), (None, *packed_shape))

    def _unpack(self, packs: Tensor) -> Tensor:
        if self.packing == 1:
            return packs
        rank = len(packs.shape)
        *others, channels = packs.shape[1:]
        split = (*others, self.packing, channels // self.packing)
        sizes = tf.shape(packs)[1:-1]
        grouped = tf.reshape(packs, tf.concat([[-1], sizes, split[-2:]], axis=0))
        order = [0, rank - 1, *range(1, rank - 1), rank]
        rows = tf.transpose(grouped, order)  # [packs, packing, ..., channels]
        shape = tf.concat([[-1], tf.shape(rows)[2:]], axis=0)
        return tf.ensure_shape(tf.reshape(rows, shape), (None, *others, split[-1]))

    def _disturb(self, data: Tensor, seed: Tensor, step: Tensor) -> Tensor:
        augmentation_seed, noise_seed = tf.unstack(tf.random.split(seed, 2))
        if self.augmentation is not None:
            data = self.augmentation(data, augmentation_seed)
        if self.instance_noise != 0.0:
            normal = functools.partial(
                tf.random.stateless_normal,
                seed=noise_seed,
                dtype=data.dtype,
                alg=RANDOM_ALGORITHM,
            )
            stddev = tf.cast(self._stddev(step), data.dtype)
            data += stddev * draw_like(data, normal)
        return data

    def _stddev(self, step: Tensor) -> Tensor:
        if callable(self.instance_noise):
            return self.instance_noise(step)
        return self.instance_noise


def packed(data_shape: Shape, packing: int) -> Shape:
    """Shape of one pack of so many rows, side by side along the last axis."""
    *others, channels = data_shape
    return (*others, packing * channels)


def check_augmentation(augmentation: Any) -> Callable[[Tensor, Tensor], Tensor] | None:
    """Returns a function of images and a seed, or `None`; raises unless it is one."""
    if augmentation is not None and not callable(augmentation):
        raise TypeError(
            "`augmentation` must be a keras_gan.augmentation.DiffAugment or another "
            f"function of (images, seed). Received: augmentation={augmentation!r}"
        )
    if augmentation is not None:
        warn_unless_saved("augmentation", augmentation)
    return augmentation


def check_noise_level(level: Any) -> NoiseLevel:
    """Returns a standard deviation or a schedule of it; raises unless it is one."""
    if isinstance(level, dict):
        level = keras.saving.deserialize_keras_object(level)
    if isinstance(level, keras.optimizers.schedules.LearningRateSchedule):
        return level
    return check_nonnegative("instance_noise", 0.0 if level is None else level)
