"""Every format that a generator can be exported to, by its name."""

import inspect
from pathlib import Path

from export.contract.export_format import ExportFormat
from export.contract.names import CLASSIFY, COMPLETE, ENCODE
from export.litert import LiteRTFormat
from export.onnx.inference import OnnxInferenceFormat
from export.onnx.model import OnnxFormat
from export.onnx.prior import OnnxPriorFormat
from export.saved_model import SavedModelFormat

FORMATS: dict[str, ExportFormat] = {}
"""Formats by their name on the command line."""


def register_format(format: ExportFormat) -> None:
    """Adds a format of your own to `FORMATS`.

    Args:
        format: `ExportFormat`, with a name and a suffix that no other one has.

    Raises:
        TypeError: if it is no `ExportFormat`, or its `player` no static method.
        ValueError: if its name is taken, or its suffix by another player.

    Example:
    ```python
    export.register_format(NumPyFormat(name="numpy", file_name="generator.npz", ...))
    export.export_generator(gan, "exports", "numpy")
    ```
    """
    if not isinstance(format, ExportFormat):
        raise TypeError(
            f"`format` must be an export.ExportFormat. Received: format={format!r}"
        )
    if not isinstance(inspect.getattr_static(format, "player"), staticmethod):
        raise TypeError(
            "`format.player` must be a @staticmethod, which is played where nothing "
            f"of ours is installed. Received: {type(format).__name__}.player"
        )
    if format.name in FORMATS:
        raise ValueError(f"`format` must have a new name. Received: {format.name!r}")
    suffix = Path(format.file_name).suffix
    for other in FORMATS.values():
        same_suffix = suffix and suffix == Path(other.file_name).suffix
        if same_suffix and format.player is not other.player:
            raise ValueError(
                "`format` must have a suffix of its own, by which its files are known "
                f"again. Received: {format.file_name!r}; {suffix} is played as "
                f"{other.name!r}."
            )
    FORMATS[format.name] = format


def find_artefact(path: Path) -> tuple[ExportFormat, Path]:
    """Returns the format of an artefact, and the artefact that the path names.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        ValueError: if its format is unknown.
    """
    if not path.exists():
        raise FileNotFoundError(f"`path` must name an artefact. Received: path={path}")
    for format in FORMATS.values():
        if (found := format.find(path)) is not None:
            return format, found
    *kinds, last = dict.fromkeys(format.kind for format in FORMATS.values())
    raise ValueError(
        f"`path` must name {', '.join(kinds)} or {last}. Received: path={path}"
    )


for _format in (
    OnnxFormat(),
    OnnxFormat(
        name="onnx_uint8",
        file_name="generator_uint8.onnx",
        summary="latents to bytes [batch, height, width, channels]",
        pixels="uint8",
    ),
    OnnxFormat(
        name="onnx_uint8_nchw",
        file_name="generator_uint8_nchw.onnx",
        summary="latents to bytes [batch, channels, height, width]",
        pixels="uint8_nchw",
    ),
    OnnxFormat(
        name="onnx_torch_fidelity",
        file_name="generator_torch_fidelity.onnx",
        summary="standard noise to RGB bytes, as torch-fidelity reads it",
        pixels="uint8_rgb_nchw",
        standard_noise=True,
        class_dtype="int64",
    ),
    OnnxFormat(
        name="onnx_seeded",
        file_name="generator_seeded.onnx",
        summary="a number of samples and a seed to float images",
        seeded=True,
    ),
    OnnxPriorFormat(),
    OnnxInferenceFormat(),
    OnnxInferenceFormat(
        name="onnx_completion",
        file_name="completion.onnx",
        summary="latents, images and masks to completed images, of an Inpainting game",
        endpoint=COMPLETE,
    ),
    OnnxInferenceFormat(
        name="onnx_classifier",
        file_name="classifier.onnx",
        summary="images to probabilities of classes, of a GAN that tells them apart",
        endpoint=CLASSIFY,
    ),
    OnnxFormat(
        name="onnx_float16",
        file_name="generator_float16.onnx",
        summary="onnx with float16 weights",
        weights="float16",
    ),
    OnnxFormat(
        name="onnx_int8",
        file_name="generator_int8.onnx",
        summary="onnx with int8 weights, quantized as it runs",
        weights="int8",
    ),
    SavedModelFormat(),
    LiteRTFormat(),
    LiteRTFormat(
        name="litert_encoder",
        file_name="encoder.tflite",
        summary="on-device, images to latents, of a GAN with an encoder",
        endpoint=ENCODE,
    ),
    LiteRTFormat(
        name="litert_completion",
        file_name="completion.tflite",
        summary="on-device, completed images, of an Inpainting game",
        endpoint=COMPLETE,
    ),
    LiteRTFormat(
        name="litert_classifier",
        file_name="classifier.tflite",
        summary="on-device, probabilities of classes, of a GAN that tells them apart",
        endpoint=CLASSIFY,
    ),
    LiteRTFormat(
        name="litert_float16",
        file_name="generator_float16.tflite",
        summary="on-device, float16 weights",
        weights="float16",
    ),
    LiteRTFormat(
        name="litert_int8",
        file_name="generator_int8.tflite",
        summary="on-device, int8 weights and activations",
        weights="int8",
    ),
):
    register_format(_format)
