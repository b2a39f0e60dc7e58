"""Every format that a generator can be exported to."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from export.onnx_model import export_onnx
from export.parity import ParityReport
from export.saved_model import export_saved_model
from keras_gan._types import Config
from keras_gan._validation import check_known
from keras_gan.gan import GAN


@dataclasses.dataclass(frozen=True)
class ExportFormat:
    """One format.

    Args:
        file_name: str, name of the artefact in an export folder.
        export: function such as `export_onnx`.
    """

    file_name: str
    export: Callable[..., ParityReport]


FORMATS: dict[str, ExportFormat] = {
    "onnx": ExportFormat("generator.onnx", export_onnx),
    "saved_model": ExportFormat("saved_model", export_saved_model),
}
"""Formats by their name on the command line."""


def export_generator(
    gan: GAN,
    directory: str | os.PathLike[str],
    format: str,
    metadata: Config | None = None,
    overwrite: bool = False,
) -> tuple[Path, ParityReport]:
    """Exports a generator under its format's usual name into a folder.

    Args:
        gan: `GAN`.
        directory: folder for the artefact; created where it is missing.
        format: `"onnx"` or `"saved_model"`.
        metadata: facts to store inside the artefact. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        path, report: the artefact and its `ParityReport`.

    Raises:
        ValueError: if the format is unknown or the artefact differs from Keras.
        FileExistsError: if the artefact exists and `overwrite` is `False`.
    """
    chosen = FORMATS[check_known("format", format, FORMATS)]
    path = Path(directory) / chosen.file_name
    return path, chosen.export(gan, path, metadata=metadata, overwrite=overwrite)
