"""An export in any format, by the format's name."""

import dataclasses
import os
from pathlib import Path
from typing import Any

from export.contract.export_format import ExportFormat
from export.contract.metadata import Provenance
from export.formats import FORMATS
from export.parity.report import ParityReport
from export.record.artefact import write_checked
from export.record.quality import Quality
from keras_gan._validation import check_known
from keras_gan.gan import GAN


def export_generator(
    gan: GAN,
    directory: str | os.PathLike[str],
    format: str,
    *,
    provenance: Provenance | None = None,
    quality: Quality | None = None,
    overwrite: bool = False,
    **options: Any,
) -> tuple[Path, ParityReport]:
    """Exports a generator under its format's usual name into a folder.

    Args:
        gan: `GAN`.
        directory: folder for the artefact; created where it is missing.
        format: key of `FORMATS`.
        provenance: `Provenance`. Defaults to `None`.
        quality: as in `export_onnx`, measured where weights lose digits.
            Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.
        **options: what to change of the format's fields, e.g. `opset`.

    Returns:
        path, report: the artefact and its `ParityReport`.

    Raises:
        ValueError: if the format is unknown or the artefact differs from Keras.
        FileExistsError: if the artefact exists and `overwrite` is `False`.
    """
    chosen = FORMATS[check_known("format", format, FORMATS)]
    for option in options:
        check_known("options", option, options_of(format))
    chosen = dataclasses.replace(chosen, **options)
    return write_checked(
        chosen,
        gan,
        Path(directory) / chosen.file_name,
        provenance=provenance,
        quality=quality if chosen.loses else None,
        overwrite=overwrite,
    )


def options_of(format: str) -> set[str]:
    """The names of a format's options, of those that make it what it is too."""
    described = {field.name for field in dataclasses.fields(ExportFormat)}
    return {field.name for field in dataclasses.fields(FORMATS[format])} - described
