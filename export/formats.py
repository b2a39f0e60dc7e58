"""Every format that a generator can be exported to, by its name."""

import dataclasses
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from export.litert import export_litert
from export.onnx.model import export_onnx, export_onnx_prior
from export.parity.compare import ParityReport
from export.record.provenance import Provenance
from export.record.quality import Quality
from export.saved_model import export_saved_model
from keras_gan._validation import check_known
from keras_gan.gan import GAN


@dataclasses.dataclass(frozen=True)
class ExportFormat:
    """One format.

    Args:
        file_name: str, name of the artefact in an export folder.
        export: function such as `export_onnx`.
        options: arguments of it that make the format what it is.
        loses: bool, whether weights lose digits, so that quality should be measured.
        summary: str, one line for people who choose.
    """

    file_name: str
    export: Callable[..., ParityReport]
    summary: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    loses: bool = False


FORMATS: dict[str, ExportFormat] = {
    "onnx": ExportFormat("generator.onnx", export_onnx, "latents to float images"),
    "onnx_uint8": ExportFormat(
        "generator_uint8.onnx",
        export_onnx,
        "latents to bytes [batch, height, width, channels]",
        {"pixels": "uint8"},
    ),
    "onnx_uint8_nchw": ExportFormat(
        "generator_uint8_nchw.onnx",
        export_onnx,
        "latents to bytes [batch, channels, height, width]",
        {"pixels": "uint8_nchw"},
    ),
    "onnx_torch_fidelity": ExportFormat(
        "generator_torch_fidelity.onnx",
        export_onnx,
        "standard noise to RGB bytes, as torch-fidelity reads it",
        {"pixels": "uint8_rgb_nchw", "standard_noise": True},
    ),
    "onnx_seeded": ExportFormat(
        "generator_seeded.onnx",
        export_onnx,
        "a number of samples and a seed to float images",
        {"seeded": True},
    ),
    "onnx_prior": ExportFormat(
        "prior.onnx", export_onnx_prior, "a number of samples and a seed to latents"
    ),
    "onnx_float16": ExportFormat(
        "generator_float16.onnx",
        export_onnx,
        "onnx with float16 weights",
        {"weights": "float16"},
        loses=True,
    ),
    "onnx_int8": ExportFormat(
        "generator_int8.onnx",
        export_onnx,
        "onnx with int8 weights, quantised as it runs",
        {"weights": "int8"},
        loses=True,
    ),
    "saved_model": ExportFormat(
        "saved_model",
        export_saved_model,
        "TensorFlow, with generate, sample and, with --discriminator, discriminate",
    ),
    "litert": ExportFormat("generator.tflite", export_litert, "on-device, float32"),
    "litert_float16": ExportFormat(
        "generator_float16.tflite",
        export_litert,
        "on-device, float16 weights",
        {"weights": "float16"},
        loses=True,
    ),
    "litert_int8": ExportFormat(
        "generator_int8.tflite",
        export_litert,
        "on-device, int8 weights and activations",
        {"weights": "int8"},
        loses=True,
    ),
}
"""Formats by their name on the command line."""


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
        **options: further arguments of the format's function, e.g. `opset`.

    Returns:
        path, report: the artefact and its `ParityReport`.

    Raises:
        ValueError: if the format is unknown or the artefact differs from Keras.
        FileExistsError: if the artefact exists and `overwrite` is `False`.
    """
    chosen = FORMATS[check_known("format", format, FORMATS)]
    path = Path(directory) / chosen.file_name
    arguments = {**chosen.options, **options}
    if chosen.loses:
        arguments["quality"] = quality
    report = chosen.export(
        gan, path, provenance=provenance, overwrite=overwrite, **arguments
    )
    if chosen.export is export_saved_model:
        path /= str(options.get("version", 1))
    return path, report
