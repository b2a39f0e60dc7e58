"""Which entries of the data are given: masks of one and zero, drawn for each row."""

import abc
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._rebuilding import check_rebuilds
from keras_gan._replicas import draw_rows
from keras_gan._representation import representation
from keras_gan._seeds import RANDOM_ALGORITHM
from keras_gan._types import Config, Shape, Tensor
from keras_gan._validation import check_fraction, check_positive_integer


class Mask(abc.ABC):
    """A family of masks; 1 where an entry is given, 0 where it is asked for.

    Channels of one pixel are given together: masks are `[batch, height, width, 1]` for
    images, `[batch, length, 1]` for signals and `[batch, dim]` for vectors. A subclass
    overrides `draw` and, where it has arguments, `get_config`; what it draws is checked
    once, when a GAN is made.
    """

    def __call__(self, data: Tensor, seed: Tensor) -> Tensor:
        """Returns float32 masks for a batch, this replica's share of one draw.

        Args:
            data: `[batch, ...]`, only its shape is read.
            seed: integers `[2]`.
        """
        shape = mask_shape(tuple(data.shape[1:]))

        def draw(num_rows: Tensor) -> Tensor:
            return tf.cast(self.draw(num_rows, shape, seed), tf.float32)

        return draw_rows(draw, tf.shape(data)[0])

    @abc.abstractmethod
    def draw(self, num_rows: Tensor, shape: Shape, seed: Tensor) -> Tensor:
        """Returns float32 masks `[num_rows, *shape]`."""

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this family."""
        return {}

    def __repr__(self) -> str:
        return representation(self)

    @classmethod
    def from_config(cls, config: Config) -> "Mask":
        """Builds the family from what `get_config` returned."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="keras_gan")
class PixelMask(Mask):
    """Each pixel is given by itself, with a probability that each image draws anew.

    Args:
        least: float in [0, 1). Smallest share of pixels given. Defaults to `0.1`.
        most: float in [0, 1), at least `least`. Largest share. Defaults to `0.9`.

    Example:
    >>> mask = PixelMask(0.2, 0.2)(tf.zeros((1, 100, 100, 3)), tf.constant([0, 1]))
    >>> mask.shape, abs(float(tf.reduce_mean(mask)) - 0.2) < 0.02
    (TensorShape([1, 100, 100, 1]), True)
    """

    def __init__(self, least: float = 0.1, most: float = 0.9) -> None:
        self.least = check_fraction("least", least)
        self.most = check_fraction("most", most)
        if most < least:
            raise ValueError(
                f"`most` must be at least `least`. Received: least={least}, most={most}"
            )

    def draw(self, num_rows: Tensor, shape: Shape, seed: Tensor) -> Tensor:
        """Returns float32 masks `[num_rows, *shape]`."""
        share_seed, pixel_seed = tf.unstack(tf.random.split(seed, 2))
        rows = tf.concat([[num_rows], [1] * len(shape)], axis=0)
        share = tf.random.stateless_uniform(
            rows, share_seed, self.least, self.most + 1e-7
        )
        pixels = tf.random.stateless_uniform(
            [num_rows, *shape], pixel_seed, alg=RANDOM_ALGORITHM
        )
        return tf.cast(pixels < share, tf.float32)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this family."""
        return {"least": self.least, "most": self.most}


@keras.saving.register_keras_serializable(package="keras_gan")
class BlockMask(Mask):
    """A block at a random place is asked for, everything around it is given.

    Args:
        size: int, at least 1, length of the block along each axis, or a list of one for
            each axis. Blocks end where the data do.

    Example:
    >>> mask = BlockMask(14)(tf.zeros((5, 28, 28, 1)), tf.constant([0, 1]))
    >>> tf.reduce_sum(1 - mask, axis=[1, 2, 3]).numpy()
    array([196., 196., 196., 196., 196.], dtype=float32)
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size: int | list[int]
        if isinstance(size, list | tuple):
            self.size = [check_positive_integer("size", one) for one in size]
        else:
            self.size = check_positive_integer("size", size)

    def draw(self, num_rows: Tensor, shape: Shape, seed: Tensor) -> Tensor:
        """Returns float32 masks `[num_rows, *shape]`."""
        axes = _masked_axes(shape)
        size = self.size
        sizes = [size] * len(axes) if isinstance(size, int) else size
        if len(sizes) != len(axes):
            raise ValueError(
                f"`size` must be one length, or one for each of {len(axes)} axes. "
                f"Received: size={self.size}"
            )
        inside = tf.ones([num_rows, *[1] * len(shape)], tf.bool)
        for axis, (length, block) in enumerate(zip(axes, sizes, strict=True)):
            key = tf.random.experimental.stateless_fold_in(seed, axis)
            last = max(length - block, 0) + 1
            first = tf.random.stateless_uniform([num_rows, 1], key, 0, last, tf.int32)
            place = tf.range(length)[tf.newaxis]
            along = (place >= first) & (place < first + block)  # [num_rows, length]
            others = [length if other == axis else 1 for other in range(len(shape))]
            inside &= tf.reshape(along, [num_rows, *others])
        return tf.cast(~inside, tf.float32)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this family."""
        return {"size": self.size}


@keras.saving.register_keras_serializable(package="keras_gan")
class HalfMask(Mask):
    """One half is given: the first or the last along one of the axes, by chance.

    Example:
    >>> mask = HalfMask()(tf.zeros((3, 4, 4, 1)), tf.constant([0, 1]))
    >>> tf.reduce_mean(mask, axis=[1, 2, 3]).numpy()
    array([0.5, 0.5, 0.5], dtype=float32)
    """

    def draw(self, num_rows: Tensor, shape: Shape, seed: Tensor) -> Tensor:
        """Returns float32 masks `[num_rows, *shape]`."""
        halves = []
        for axis, length in enumerate(_masked_axes(shape)):
            others = [length if other == axis else 1 for other in range(len(shape))]
            first = tf.reshape(tf.range(length) < length // 2, others)
            halves += [tf.broadcast_to(first, shape), tf.broadcast_to(~first, shape)]
        which = tf.random.stateless_uniform(
            [num_rows], seed, 0, len(halves), dtype=tf.int32
        )
        return tf.cast(tf.gather(tf.stack(halves), which), tf.float32)


@keras.saving.register_keras_serializable(package="keras_gan")
class MaskMixture(Mask):
    """Each row draws from one of several families, all as likely.

    Args:
        families: list of `Mask` objects.

    Example:
    >>> family = MaskMixture([PixelMask(), BlockMask(14), HalfMask()])
    >>> family(tf.zeros((6, 28, 28, 1)), tf.constant([0, 1])).shape
    TensorShape([6, 28, 28, 1])
    """

    def __init__(self, families: Sequence[Mask]) -> None:
        if not isinstance(families, list | tuple) or not families:
            raise TypeError(
                f"`families` must be a list of Mask objects. Received: {families!r}"
            )
        self.families = [check_mask("families", family) for family in families]

    def draw(self, num_rows: Tensor, shape: Shape, seed: Tensor) -> Tensor:
        """Returns float32 masks `[num_rows, *shape]`."""
        key, *keys = tf.unstack(tf.random.split(seed, len(self.families) + 1))
        drawn = [
            tf.cast(family.draw(num_rows, shape, one), tf.float32)
            for family, one in zip(self.families, keys, strict=True)
        ]
        which = tf.random.stateless_uniform(
            [num_rows], key, 0, len(drawn), dtype=tf.int32
        )
        drawn = tf.stack(drawn, axis=1)  # [num_rows, families, *shape]
        return tf.gather(drawn, which, axis=1, batch_dims=1)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this family."""
        serialize = keras.saving.serialize_keras_object
        return {"families": [serialize(family) for family in self.families]}

    @classmethod
    def from_config(cls, config: Config) -> "MaskMixture":
        """Builds the family from what `get_config` returned."""
        deserialize = keras.saving.deserialize_keras_object
        return cls([deserialize(family) for family in config["families"]])


def mask_shape(data_shape: Shape) -> Shape:
    """Shape of the mask of one row: channels are given together."""
    return data_shape if len(data_shape) == 1 else (*data_shape[:-1], 1)


def _masked_axes(shape: Shape) -> Shape:
    """Axes of a mask but for that of the channels, which vectors have not."""
    return shape[:-1] if len(shape) > 1 else shape


def check_mask(name: str, mask: Any) -> Mask:
    """Returns a family of masks; raises unless it is one."""
    if not isinstance(mask, Mask):
        raise TypeError(f"`{name}` must be a keras_gan.games.Mask. Received: {mask!r}")
    check_rebuilds(name, mask)
    return mask


def check_draws(name: str, mask: Mask, data_shape: Shape) -> None:
    """Raises unless a family draws masks of 1 and 0 that fit data.

    Args:
        name: str, of the argument that it came by.
        mask: `Mask`; of a mixture each family is asked.
        data_shape: tuple of ints, of one row of data.
    """
    if isinstance(mask, MaskMixture):
        for family in mask.families:
            check_draws(name, family, data_shape)
        return
    kind, shape = type(mask).__name__, mask_shape(data_shape)
    drawn = mask(tf.zeros((2, *data_shape)), tf.constant([0, 1])).numpy()
    if drawn.shape != (2, *shape):
        raise ValueError(
            f"`{name}` must draw masks of shape [num_rows, "
            f"{', '.join(map(str, shape))}]. Received: {kind}.draw, which makes "
            f"{drawn.shape} of 2 rows. Return tf.ones([num_rows, *shape]) where all is "
            "given."
        )
    if not np.isin(drawn, (0, 1)).all():
        raise ValueError(
            f"`{name}` must draw 1 where an entry is given and 0 where it is asked "
            f"for. Received: {kind}.draw, which makes values from {drawn.min():g} to "
            f"{drawn.max():g}. Compare them with a threshold."
        )
