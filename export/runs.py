"""Exports of a run, or of a GAN that was saved alone."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from export.by_format import export_generator, options_of
from export.formats import FORMATS
from export.parity.report import ParityReport
from export.record.provenance import provenance_of
from export.record.quality import Quality
from keras_gan._types import FloatArray
from keras_gan._validation import check_known
from keras_gan.evaluation.score import Score
from keras_gan.recipes import Recipe
from keras_gan.runs import Run, load_run
from keras_gan.runs.evaluation import RunEvaluator

QUALITY_MEASURES = ("parzen_log_likelihood", "frechet_distance")


def export_run(
    path: str | os.PathLike[str],
    formats: Sequence[str],
    *,
    best: bool = False,
    directory: str | os.PathLike[str] | None = None,
    data: str | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: int | tuple[int, int] | None = None,
    recipe: Recipe | None = None,
    length: int | None = None,
    sampling_rate: int | None = None,
    license: str | None = None,
    overwrite: bool = False,
    **options: Any,
) -> Iterator[tuple[Path, ParityReport]]:
    """Exports the generator of a run, format by format.

    Where weights lose digits, the Parzen log-likelihood and the Frechet distance are
    measured before and after, by the protocol of the run's recipe, if the dataset is
    known.

    Args:
        path: folder of a run, or a `.keras` file, as `keras_gan.runs.load_run` takes
            them.
        formats: keys of `FORMATS`.
        best: bool, whether to take the epoch of the best validation value.
            Defaults to `False`.
        directory: folder for the artefacts, or `None` for `exports` in the run's.
            Defaults to `None`.
        data: as in `load_run`. Defaults to `None`.
        data_dir: folder with the dataset, or `None` for that of the training.
            Defaults to `None`.
        image_size: as in `load_run`. Defaults to `None`.
        recipe: as in `load_run`. Defaults to `None`.
        length: as in `load_run`. Defaults to `None`.
        sampling_rate: as in `load_run`. Defaults to `None`.
        license: str, see `Provenance`. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.
        **options: arguments of the formats, each given to those that take it:
            `opset`, `version`, `discriminator`; `None` for their own choice.

    Yields:
        path, report: each artefact and its `ParityReport`, as soon as it is written.

    Raises:
        ValueError: if a format is unknown, none of them takes an option, or the data
            that weights are measured by are others than the run was trained on.
    """
    for name in formats:
        check_known("--format", name, FORMATS)
    for option, value in options.items():
        if value is not None:
            _check_taken(option, formats)
    of_sound = {"length": length, "sampling_rate": sampling_rate}
    run = load_run(path, best, data, data_dir, image_size, recipe, **of_sound)
    folder = Path(directory or run.directory.exports)
    for name in formats:
        FORMATS[name].place(folder / FORMATS[name].file_name)  # can be written to
    provenance = provenance_of(run, license)
    quality = None
    if run.source is not None and any(FORMATS[name].loses for name in formats):
        quality = _quality(run)
    for name in formats:
        yield export_generator(
            run.gan,
            folder,
            name,
            provenance=provenance,
            quality=quality,
            overwrite=overwrite,
            **_options_of(name, options),
        )


def _quality(run: Run) -> Quality:
    evaluator = RunEvaluator.of(run, QUALITY_MEASURES)
    known: dict[bytes, dict[str, Score]] = {}

    def measure(images: FloatArray) -> dict[str, Score]:
        # Each format compares itself with the same images of Keras.
        key = hashlib.sha256(images.tobytes()).digest()
        if key not in known:
            known[key] = evaluator.of_images(images)
        return known[key]

    return measure


def _check_taken(option: str, formats: Sequence[str]) -> None:
    if not any(option in options_of(name) for name in formats):
        takes = [name for name in FORMATS if option in options_of(name)]
        raise ValueError(
            f"`--{option}` must be of one of the formats asked for. Received: "
            f"{', '.join(formats)}; {option} is of {', '.join(takes) or 'none'}."
        )


def _options_of(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Those options that a format takes, and that were given."""
    known = options_of(name)
    return {
        key: value
        for key, value in options.items()
        if key in known and value is not None
    }
