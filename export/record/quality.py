"""What smaller weights cost, in measures of what is generated."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from export.contract.conditions import draw_conditions, draw_latents
from export.contract.contents import OF_PRIOR
from export.contract.export_format import ExportFormat
from export.contract.names import GENERATE, LATENTS
from export.contract.pixels import pixel_format
from export.onnx.standard_noise import standard_noise_of
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
        path: the artefact.
        measure: function of samples, float32 in the generator's range.

    Returns:
        record: number of samples, their seed, and the measures of both.

    Raises:
        ValueError: if the artefact does not make data of latents that it is given.
    """
    contents = format.contents(path)
    if GENERATE not in contents.endpoints:
        raise ValueError(
            "`quality` is measured of files that make data of latents that they are "
            f"given. Received: one that can {', '.join(contents.endpoints)}; leave "
            "`quality` out."
        )
    play = format.player(path)
    sample: Callable[..., FloatArray] = gan.sample  # conditions by name
    conditions = draw_conditions(gan, NUM_DRAWN, _SEED)
    latents = draw_latents(gan, NUM_DRAWN, _SEED)
    if contents.noise not in (OF_PRIOR, None):
        noise = standard_noise_of(gan.prior)
        latents = {LATENTS: noise.of_prior(latents[LATENTS])}
    entries = contents.endpoints[GENERATE].typed({**latents, **conditions})
    made = np.concatenate(
        [
            play(GENERATE, _rows(entries, start))[str(contents.data_name)]
            for start in range(0, NUM_DRAWN, _BATCH_SIZE)
        ]
    )
    pixels = pixel_format(contents.pixels or "float32", contents.value_range)
    samples = pixels.undone(made, gan.networks.made_shape[-1])
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
