"""Which values of images are given, by a mask of one or of each."""

import numpy as np

from keras_gan._types import Array


def given_values(images: Array, mask: Array) -> Array:
    """Returns booleans of the images' shape, true where the mask is 1.

    Args:
        images: `[num_images, …, channels]`, or vectors `[num_images, dim]`.
        mask: 0 and 1, of the images' shape but for one channel, for one or for each;
            of vectors it says of each number whether it is given.

    Raises:
        ValueError: if the mask has another shape or other values.
    """
    values = np.asarray(mask)
    row = images.shape[1:] if images.ndim == 2 else (*images.shape[1:-1], 1)
    shapes = [row, (len(images), *row)]
    if values.shape not in shapes or not np.isin(values, (0, 1)).all():
        raise ValueError(
            f"`mask` must hold 0 and 1 in shape {shapes[0]} or {shapes[1]}. Received: "
            f"shape {values.shape}, {_extremes(values)}"
        )
    given: Array = np.broadcast_to(values == 1, images.shape)
    return given


def _extremes(values: Array) -> str:
    if not values.size or values.dtype.kind not in "biuf":
        return f"dtype {values.dtype}"
    return f"from {values.min():g} to {values.max():g}"
