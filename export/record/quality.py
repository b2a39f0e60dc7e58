"""What smaller weights cost, in measures of what is generated."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from export.contract.conditions import draw_conditions, draw_latents
from export.contract.export_format import ExportFormat
from export.contract.names import GENERATE
from keras_gan._types import Array, Config, FloatArray
from keras_gan.evaluation.score import Score
from keras_gan.gan import GAN

Quality = Callable[[FloatArray], Mapping[str, Any]]
"""From samples to `Score` objects or floats by name, as an `Evaluator` does it."""

NUM_DRAWN = 10_000
_SEED = 0
_BATCH_SIZE = 500


def quality_of(gan: GAN, format: ExportFormat, path: Path, measure: Quality) -> Config:
    """Measures samples of Keras and of an artefact, from the same inputs.

    Args:
        gan: `GAN`.
        format: `ExportFormat` of the artefact.
        path: artefact that takes what `generate` does and gives floats.
        measure: function of samples.

    Returns:
        record: number of samples, their seed, and the measures of both.
    """
    play = format.player(path)
    sample: Callable[..., FloatArray] = gan.sample  # conditions by name
    conditions = draw_conditions(gan, NUM_DRAWN, _SEED)
    latents = draw_latents(gan, NUM_DRAWN, _SEED)
    contents = format.contents(path)
    entries = contents.endpoints[GENERATE].typed({**latents, **conditions})
    samples = np.concatenate(
        [
            play(GENERATE, _rows(entries, start))[str(contents.data_name)]
            for start in range(0, NUM_DRAWN, _BATCH_SIZE)
        ]
    )
    return {
        "num_samples": NUM_DRAWN,
        "seed": _SEED,
        "keras": _numbers(measure(sample(NUM_DRAWN, seed=_SEED, **conditions))),
        "artefact": _numbers(measure(samples)),
    }


def _rows(entries: Mapping[str, Array], start: int) -> dict[str, Array]:
    return {
        name: values[start : start + _BATCH_SIZE] for name, values in entries.items()
    }


def _numbers(measured: Mapping[str, Any]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name, value in measured.items():
        numbers |= value.values if isinstance(value, Score) else {name: float(value)}
    return numbers
