"""The generator as a LiteRT (TensorFlow Lite) file for phones and small boards."""

import contextlib
import io
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf

from export.contract.endpoints import generate_function
from export.contract.signature import (
    GENERATE,
    LATENTS,
    GeneratorSignature,
    generator_signature,
)
from export.onnx.graph import describe_operator
from export.parity.compare import ParityReport
from export.record.artefact import write_checked
from export.record.provenance import Provenance
from export.record.quality import Quality
from keras_gan._validation import check_known
from keras_gan.gan import GAN

LITERT_WEIGHTS = ("float32", "float16", "int8")
_NUM_CALIBRATION_BATCHES = 100
_CALIBRATION_SEED = 0


def export_litert(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    weights: str = "float32",
    provenance: Provenance | None = None,
    quality: Quality | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the generator alone as a LiteRT file.

    Its signature `generate` takes `latents`, float32 `[batch, latent_dim]`, and returns
    `images`, float32 `[batch, height, width, channels]`, for any batch.

    Args:
        gan: `GAN`; its discriminator stays behind.
        path: file to create, ending in `.tflite`.
        weights: `"float32"`; `"float16"`; or `"int8"`, weights and activations alike,
            whose ranges are measured on latents of the prior. Defaults to `"float32"`.
        provenance: `Provenance` for the record and the model card.
            Defaults to `None`.
        quality: as in `export_onnx`. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` against Keras on fresh latents, from another process.

    Raises:
        ImportError: if ai-edge-litert is not installed.
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        TypeError: if `gan` is not a `GAN`.
        ValueError: if the generator cannot be exported, LiteRT lacks one of its
            operators, or the artefact differs from Keras by more than 1e-5 (float32).

    Example:
    ```python
    export_litert(gan, "generator.tflite").max_abs_error
    interpreter = ai_edge_litert.interpreter.Interpreter("generator.tflite")
    images = interpreter.get_signature_runner("generate")(latents=latents)["images"]
    ```
    """
    path = Path(path)
    if path.suffix != ".tflite":
        raise ValueError(f"`path` must end in .tflite. Received: path={str(path)!r}")
    check_known("weights", weights, LITERT_WEIGHTS)
    try:
        import ai_edge_litert  # noqa: F401 (parity needs it)
    except ImportError as error:
        raise ImportError(
            "LiteRT export needs ai-edge-litert: pip install keras-gan[export]"
        ) from error
    provenance = provenance or Provenance()

    def write(partial: Path) -> None:
        signature = generator_signature(gan, provenance)
        partial.write_bytes(_convert(gan, signature, weights))

    return write_checked(
        gan,
        path,
        write,
        weights=weights,
        provenance=provenance,
        quality=quality,
        overwrite=overwrite,
    )


def _convert(gan: GAN, signature: GeneratorSignature, weights: str) -> bytes:
    module: Any = tf.Module()
    module.weights = [weight.value for weight in gan.evaluation_generator.weights]
    module.generate = generate_function(gan, signature)
    with tempfile.TemporaryDirectory() as folder:
        # Only a converter that reads a SavedModel keeps the signature's name.
        endpoints = {GENERATE: module.generate.get_concrete_function()}
        tf.saved_model.save(module, folder, endpoints)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=[GENERATE]
        )
        return _convert_quietly(gan, converter, weights)


def _convert_quietly(gan: GAN, converter: Any, weights: str) -> bytes:
    if weights != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if weights == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if weights == "int8":
        converter.representative_dataset = lambda: _calibration(gan)
    try:
        # The converter prints MLIR to the error stream as it fails.
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            # Its own calibration still uses the interpreter that it deprecates.
            warnings.filterwarnings("ignore", "\\s*Warning: tf.lite.Interpreter")
            content: bytes = converter.convert()
    except Exception as error:
        raise ValueError(_explain(error, gan)) from error
    return content


def _calibration(gan: GAN) -> Iterator[dict[str, Any]]:
    """What the generator will meet: latents of its prior."""
    for index in range(_NUM_CALIBRATION_BATCHES):
        yield {LATENTS: gan.prior.sample(1, seed=_CALIBRATION_SEED + index).numpy()}


def _explain(error: Exception, gan: GAN) -> str:
    """Names the operators that LiteRT lacks, with their layers."""
    lacking = []
    for entry in getattr(error, "errors", []):
        operation = entry.operator.name.removeprefix("tf.")
        paths = [call.name for call in entry.location.call]
        path = next((path for path in paths if "/" in path), operation)
        lacking.append(describe_operator(operation, path, gan.evaluation_generator))
    if not lacking:
        return f"LiteRT cannot convert this generator: {error}"
    return (
        f"LiteRT has no operator for {', '.join(sorted({*lacking}))}. Build the layer "
        "of other operations (keras.ops), or export another format."
    )
