"""The picture beside a model card: images that the artefact itself drew."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from export.contract.metadata import Provenance
from export.contract.names import IMAGES
from export.parity.cases import IMAGES_IN_A_ROW, Case
from keras_gan._types import FloatArray, Shape
from keras_gan.visualization import save_image_grid


class Pictures(NamedTuple):
    """Images to show.

    Args:
        images: `[num, height, width, 1 or 3]`.
        condition: str, the one of which every row is a class, or `""`.
    """

    images: FloatArray
    condition: str = ""

    def save(self, path: Any, provenance: Provenance) -> None:
        """Writes them as a PNG file, one class a row where there are classes."""
        value_range = provenance.value_range
        if self.images.dtype == np.uint8:
            value_range = (0.0, 255.0)
        value_range = value_range or (self.images.min(), self.images.max())
        low, high = map(float, value_range)
        columns = IMAGES_IN_A_ROW if self.condition else None
        save_image_grid(path, self.images, (low, high), columns)


def pictures_of(
    played: Sequence[tuple[Case, Any]], image_shape: Shape
) -> Pictures | None:
    """Images that an artefact drew as it was compared; `None` if they are no pictures.

    Args:
        played: cases with their outputs, as `compare` of parity returns them.
        image_shape: of the generator's images.
    """
    drawn = [
        Pictures(images, case.condition)
        for case, images in played
        if case.output == IMAGES
    ]
    if not drawn:
        return None
    images, condition = max(drawn, key=lambda one: (one.condition, len(one.images)))
    channels_last = len(image_shape) == 3 and image_shape == images.shape[1:]
    if images.ndim == 4 and not channels_last:
        images = np.moveaxis(images, 1, -1)
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        return None
    return Pictures(images, condition)
