"""The picture beside a model card: samples that the artefact itself drew."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from export.contract.metadata import Provenance
from export.parity.cases import SAMPLES_IN_A_ROW, Case
from keras_gan._types import FloatArray, Shape
from keras_gan.training.data_checks import fits
from keras_gan.visualization import save_samples


class Pictures(NamedTuple):
    """Samples to show.

    Args:
        samples: images `[num, height, width, 1 or 3]`, signals or vectors.
        condition: str, the one of which every row of a grid is a class, or `""`.
    """

    samples: FloatArray
    condition: str = ""

    def save(self, path: Any, provenance: Provenance) -> None:
        """Writes them as a PNG file, one class a row where there are classes."""
        as_bytes = self.samples.dtype == np.uint8
        value_range = (0.0, 255.0) if as_bytes else provenance.value_range
        columns = SAMPLES_IN_A_ROW if self.condition else None
        save_samples(path, self.samples, value_range, columns)


def pictures_of(
    played: Sequence[tuple[Case, Any]], data_name: str | None, data_shape: Shape
) -> Pictures | None:
    """Samples that an artefact drew as it was compared; `None` if nothing shows them.

    Args:
        played: cases with their outputs, as `compare` of parity returns them.
        data_name: str, the output that is generated, `None` where none is.
        data_shape: of one row that the generator makes.
    """
    drawn = [
        Pictures(samples, case.condition)
        for case, samples in played
        if case.output == data_name
    ]
    if data_shape == (2,):  # points make no grid, and no row for a class
        drawn = [one for one in drawn if not one.condition]
    if not drawn:
        return None
    samples, condition = max(drawn, key=lambda one: (one.condition, len(one.samples)))
    channels_last = len(data_shape) == 3 and fits(samples.shape[1:], data_shape)
    if samples.ndim == 4 and not channels_last:
        samples = np.moveaxis(samples, 1, -1)
    if samples.ndim > 4 or (samples.ndim == 4 and samples.shape[-1] not in (1, 3)):
        return None
    return Pictures(samples, condition)
