"""How an artefact hands out images: floats, or bytes in the order somebody needs."""

import dataclasses

import numpy as np
import tensorflow as tf

from keras_gan._types import Array, FloatArray, Shape, Tensor
from keras_gan._validation import check_known


@dataclasses.dataclass(frozen=True)
class PixelFormat:
    """One way to hand out images.

    Bytes are scaled inside the artefact:

        pixel = round(255 * clip((x - low) / (high - low), 0, 1))

    Args:
        as_bytes: bool, uint8 instead of float32 in the generator's range.
        channels_first: bool, `[batch, channels, height, width]`.
        as_rgb: bool, one channel becomes three equal ones.
        value_range: pair of floats, black and white of the generator's images; bytes
            need it. Defaults to `None`.

    Example:
    >>> PIXEL_FORMATS["uint8_rgb_nchw"].shape((28, 28, 1))
    (3, 28, 28)
    """

    as_bytes: bool = False
    channels_first: bool = False
    as_rgb: bool = False
    value_range: tuple[float, float] | None = None

    def __call__(self, images: Tensor) -> Tensor:
        """Converts images `[batch, height, width, channels]` of the generator."""
        images = tf.cast(images, tf.float32)
        if self.as_rgb and images.shape[-1] == 1:
            images = tf.repeat(images, 3, axis=-1)
        if self.channels_first:
            images = tf.transpose(images, [0, 3, 1, 2])
        if self.as_bytes and self.value_range is not None:
            low, high = self.value_range
            share = tf.clip_by_value((images - low) / (high - low), 0.0, 1.0)
            images = tf.cast(tf.round(255 * share), tf.uint8)
        return images

    def undone(self, pixels: Array, num_channels: int) -> FloatArray:
        """Images as the generator makes them, to half a gray level.

        Args:
            pixels: array, as this hands it out.
            num_channels: int, of the generator's images.
        """
        images = pixels.astype("float32")
        if self.as_bytes and self.value_range is not None:
            low, high = self.value_range
            images = low + (high - low) / 255 * images
        if self.channels_first:
            images = np.moveaxis(images, 1, -1)
        return images[..., :num_channels] if self.as_rgb else images

    def shape(self, image_shape: Shape) -> Shape:
        """Shape of one image as it is handed out."""
        height, width, channels = image_shape
        if self.as_rgb:
            channels = max(channels, 3)
        if self.channels_first:
            return (channels, height, width)
        return (height, width, channels)


PIXEL_FORMATS = {
    "float32": PixelFormat(),
    "uint8": PixelFormat(as_bytes=True),
    "uint8_nchw": PixelFormat(as_bytes=True, channels_first=True),
    "uint8_rgb_nchw": PixelFormat(as_bytes=True, channels_first=True, as_rgb=True),
}
"""Pixel formats by name."""


def check_pixels(name: str, data_name: str, data_shape: Shape) -> None:
    """Raises unless data can be handed out so: others than images are floats."""
    if len(data_shape) != 3 and PIXEL_FORMATS[name] != PixelFormat():
        raise ValueError(
            f"`pixels={name!r}` is for images, [height, width, channels]. Received: "
            f"{data_name} of shape {data_shape}; take pixels='float32'."
        )
    if PIXEL_FORMATS[name].as_rgb and data_shape[-1] not in (1, 3):
        raise ValueError(
            f"`pixels={name!r}` is for images of 1 or 3 channels. Received: "
            f"{data_name} of shape {data_shape}; take pixels='uint8_nchw'."
        )


def pixel_format(name: str, value_range: tuple[float, float] | None) -> PixelFormat:
    """Returns a format by its name; raises if its range is not known."""
    chosen = PIXEL_FORMATS[check_known("pixels", name, PIXEL_FORMATS)]
    if chosen.as_bytes and value_range is None:
        raise ValueError(
            f"`pixels={name!r}` needs to know what is black and what is white. Give "
            "`provenance=Provenance(value_range=(low, high))`."
        )
    return dataclasses.replace(chosen, value_range=value_range)
