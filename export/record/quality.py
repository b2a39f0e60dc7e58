"""What smaller weights cost, in measures of the images."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from export.contract.export_format import ExportFormat
from export.contract.signature import GENERATE, IMAGES, LATENTS
from keras_gan._types import Config, FloatArray
from keras_gan.evaluation.score import Score
from keras_gan.gan import GAN

Quality = Callable[[FloatArray], Mapping[str, Any]]
"""From images to `Score` objects or floats by name, as an `Evaluator` does it."""

NUM_IMAGES = 10_000
_SEED = 0
_BATCH_SIZE = 500


def quality_of(gan: GAN, format: ExportFormat, path: Path, measure: Quality) -> Config:
    """Measures images of Keras and of an artefact, from the same latents.

    Args:
        gan: `GAN`.
        format: `ExportFormat` of the artefact.
        path: artefact that takes `latents` and gives float `images`.
        measure: function of images.

    Returns:
        record: number of images, their seed, and the measures of both.
    """
    play = format.player(path)
    latents = gan.prior.sample(NUM_IMAGES, seed=_SEED).numpy()
    images = np.concatenate(
        [
            play(GENERATE, {LATENTS: latents[start : start + _BATCH_SIZE]})[IMAGES]
            for start in range(0, NUM_IMAGES, _BATCH_SIZE)
        ]
    )
    return {
        "num_images": NUM_IMAGES,
        "seed": _SEED,
        "keras": _numbers(measure(gan.sample(NUM_IMAGES, seed=_SEED))),
        "artefact": _numbers(measure(images)),
    }


def _numbers(measured: Mapping[str, Any]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name, value in measured.items():
        numbers |= value.values if isinstance(value, Score) else {name: float(value)}
    return numbers
