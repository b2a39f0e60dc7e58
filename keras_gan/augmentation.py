"""Random changes of images that gradients pass through: little data lasts longer."""

from collections.abc import Callable

import keras
import tensorflow as tf

from keras_gan._replicas import draw_rows
from keras_gan._representation import representation
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_known, check_range, invalid_argument

__all__ = ["DiffAugment"]
__dir__ = __all__.copy

_GRID = 2**24  # as fine as float32
_MAX_INT32 = 2**31 - 1

Range = tuple[float, float]


@keras.saving.register_keras_serializable(package="keras_gan")
class DiffAugment:
    """Changes every image that the discriminator is shown, real or generated.

    With little data the discriminator learns the training images by heart. Here it sees
    each differently every time, and so does it see generated images, also in the
    generator's move: gradients pass through the changes, which therefore do not leak
    into what is generated. Published results with 10 or 20 % of CIFAR-10 take
    `"translation,cutout"`, those with still fewer images all three.

    Every image gets its own draws. With `half` the half width of the range of values
    and `middle` its center, an operation is

        color:        x <- x + half * b                            b ~ U(-0.5, 0.5)
                      x <- mean_c(x) + s * (x - mean_c(x))         s ~ U(0, 2)
                      x <- mean(x) + k * (x - mean(x))             k ~ U(0.5, 1.5)
        translation:  x <- x shifted by whole pixels, height and width apart, from
                      -int(size / 8 + 0.5) to int(size / 8 + 0.5)
        cutout:       x <- middle in a rectangle of int(size / 2 + 0.5) pixels along
                      each axis, whose center lies anywhere and which may stick out

    mean_c is the mean over the channels of a pixel, mean that over the image; pixels
    that a translation uncovers are `middle`. Values may leave the range.

    Args:
        policy: string, names out of `color`, `translation` and `cutout`, separated by
            commas, applied in that order. Defaults to `"color,translation,cutout"`.
        value_range: pair of floats, the range of the images. The published amounts
            are those for (-1, 1), where half is 1 and middle 0.
            Defaults to `(-1.0, 1.0)`.

    Call arguments:
        images: float tensor `[batch, height, width, channels]`.
        seed: integer tensor `[2]`; the same seed makes the same changes.

    Returns:
        images: of the same shape and dtype.

    Raises:
        ValueError: if `policy` holds an unknown name or none, or `value_range` is no
            pair of floats, the lower first; when called, if `images` are not four
            axes of floats with known height and width.

    Example:
    >>> augment = DiffAugment("translation,cutout")
    >>> augment(tf.ones((4, 8, 8, 3)), seed=[0, 1]).shape
    TensorShape([4, 8, 8, 3])

    References:
        Zhao et al., Differentiable Augmentation for Data-Efficient GAN Training, 2020.
        https://arxiv.org/abs/2006.10738 (its code rounds sizes down in one version, to
        the nearest in others; here to the nearest).
    """

    def __init__(
        self,
        policy: str = "color,translation,cutout",
        value_range: Range = (-1.0, 1.0),
    ) -> None:
        if not isinstance(policy, str):
            raise invalid_argument("policy", "names separated by commas", policy)
        names = [name.strip() for name in policy.split(",")]
        self._operations = [
            _OPERATIONS[check_known("policy", name, _OPERATIONS)] for name in names
        ]
        self.policy = ",".join(names)
        self.value_range = check_range("value_range", value_range)

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Returns the images, each changed in its own way."""
        images = tf.convert_to_tensor(images)
        _check_images(images)
        # Means over an image need more than the 11 bits of half precision.
        is_half = images.dtype in (tf.float16, tf.bfloat16)
        augmented = tf.cast(images, tf.float32) if is_half else images
        seeds = _split(seed, len(self._operations))
        for index, operation in enumerate(self._operations):
            augmented = operation(augmented, self.value_range, seeds[index])
        return tf.cast(augmented, images.dtype)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this augmentation."""
        return {"policy": self.policy, "value_range": self.value_range}

    def __repr__(self) -> str:
        return representation(self)

    @classmethod
    def from_config(cls, config: Config) -> "DiffAugment":
        """Builds an augmentation from what `get_config` returned."""
        return cls(**config)


def _color(images: Tensor, value_range: Range, seed: Tensor) -> Tensor:
    """Brightness, saturation and contrast, in this order."""
    half = (value_range[1] - value_range[0]) / 2
    seeds = _split(seed, 3)
    images += half * _uniform(images, seeds[0], -0.5, 0.5)
    gray = tf.reduce_mean(images, axis=3, keepdims=True)  # [batch, height, width, 1]
    images = gray + (images - gray) * _uniform(images, seeds[1], 0.0, 2.0)
    mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)  # [batch, 1, 1, 1]
    return mean + (images - mean) * _uniform(images, seeds[2], 0.5, 1.5)


def _translation(images: Tensor, value_range: Range, seed: Tensor) -> Tensor:
    """Shifts along height and along width."""
    seeds = _split(seed, 2)
    for axis in (1, 2):
        images = _shift(images, axis, _middle(value_range), seeds[axis - 1])
    return images


def _shift(images: Tensor, axis: int, fill: float, seed: Tensor) -> Tensor:
    size = images.shape[axis]
    largest = int(size / 8 + 0.5)
    shift = _integers(images, seed, -largest, largest + 1)  # [batch, 1]
    source = tf.range(size) - shift  # [batch, size]
    # An index beyond the border is an error on CPUs; its pixel is covered below.
    inner = tf.clip_by_value(source, 0, size - 1)
    shifted = tf.gather(images, inner, axis=axis, batch_dims=1)
    return tf.where(_along(axis, source == inner), shifted, _constant(fill, images))


def _cutout(images: Tensor, value_range: Range, seed: Tensor) -> Tensor:
    """Covers a rectangle."""
    seeds = _split(seed, 2)
    rows, columns = (_covered(images, axis, seeds[axis - 1]) for axis in (1, 2))
    fill = _constant(_middle(value_range), images)
    return tf.where(rows & columns, fill, images)


def _covered(images: Tensor, axis: int, seed: Tensor) -> Tensor:
    size = images.shape[axis]
    length = int(size / 2 + 0.5)
    # An even length has its center between two pixels, or at either border.
    center = _integers(images, seed, 0, size + 1 - length % 2)  # [batch, 1]
    place = tf.range(size) - (center - length // 2)  # [batch, size]
    return _along(axis, (place >= 0) & (place < length))


def _along(axis: int, mask: Tensor) -> Tensor:
    """A mask `[batch, size]` as `[batch, size, 1, 1]` or `[batch, 1, size, 1]`."""
    return tf.expand_dims(mask[:, :, tf.newaxis], 3 if axis == 1 else 1)


def _split(seed: Tensor, count: int) -> Tensor:
    """Seeds `[count, 2]` for as many draws."""
    # Without the sign: XLA reads negative seeds otherwise than TensorFlow does.
    seeds = tf.random.split(tf.cast(seed, tf.int32) & _MAX_INT32, count)
    return seeds & _MAX_INT32


def _uniform(images: Tensor, seed: Tensor, low: float, high: float) -> Tensor:
    """One number in [low, high) for each image, `[batch, 1, 1, 1]`."""
    # Made of integers: XLA makes other floats of the same seed than TensorFlow does.
    share = tf.cast(_integers(images, seed, 0, _GRID), images.dtype) / _GRID
    return (low + (high - low) * share)[:, :, tf.newaxis, tf.newaxis]


def _integers(images: Tensor, seed: Tensor, low: int, high: int) -> Tensor:
    """One integer from `low` to `high - 1` for each image, `[batch, 1]`."""

    def draw(num_rows: Tensor) -> Tensor:
        return tf.random.stateless_uniform([num_rows, 1], seed, low, high, tf.int32)

    return draw_rows(draw, tf.shape(images)[0])


def _middle(value_range: Range) -> float:
    return (value_range[0] + value_range[1]) / 2


def _constant(value: float, images: Tensor) -> Tensor:
    return tf.constant(value, images.dtype)


_OPERATIONS: dict[str, Callable[[Tensor, Range, Tensor], Tensor]] = {
    "color": _color,
    "translation": _translation,
    "cutout": _cutout,
}


def _check_images(images: Tensor) -> None:
    shape = images.shape
    known = shape.rank == 4 and None not in tuple(shape[1:])
    if not known or not images.dtype.is_floating:
        raise ValueError(
            "`images` must be floats [batch, height, width, channels] of known height "
            f"and width. Received: {images.dtype.name} of shape {shape}"
        )
