"""The generator as a LiteRT (TensorFlow Lite) file for phones and small boards."""

import contextlib
import dataclasses
import io
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from export.contract.conditions import conditions_of, draw_conditions, draw_latents
from export.contract.contents import (
    Contents,
    Endpoint,
    TensorType,
    contents_from,
    known_sizes,
)
from export.contract.export_format import Arrays, ExportFormat, Play, Snippet
from export.contract.exportable import check_draws_nothing, tables_of
from export.contract.inference import (
    INFERENCE,
    check_endpoint,
    function_of,
    network_of,
)
from export.contract.metadata import Provenance
from export.contract.names import GENERATE
from export.contract.operators import describe_operator
from export.contract.signature import (
    GeneratorSignature,
    generator_signature,
)
from keras_gan._validation import check_known
from keras_gan.gan import GAN

LITERT_WEIGHTS = ("float32", "float16", "int8")
_NUM_CALIBRATION_BATCHES = 100
_CALIBRATION_SEED = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class LiteRTFormat(ExportFormat):
    """The generator: `export.export_litert` says what goes in and comes out.

    Args:
        weights: one of `LITERT_WEIGHTS`. Defaults to `"float32"`.
        endpoint: `"generate"`, `"encode"`, `"complete"` or `"classify"`.
            Defaults to `"generate"`.
    """

    name: str = "litert"
    file_name: str = "generator.tflite"
    summary: str = "on-device, float32"
    weights: str = "float32"
    endpoint: str = GENERATE

    def __post_init__(self) -> None:
        check_known("weights", self.weights, LITERT_WEIGHTS)
        check_known("endpoint", self.endpoint, (GENERATE, *INFERENCE))
        if self.weights == "int8" and self.endpoint != GENERATE:
            raise ValueError(
                "`weights='int8'` is for the endpoint 'generate', whose inputs are "
                f"drawn to measure ranges. Received: endpoint={self.endpoint!r}"
            )

    def check(self, gan: GAN, provenance: Provenance) -> None:
        """Raises unless LiteRT files can be played here, and the GAN be asked."""
        check_endpoint(gan, self.endpoint)
        try:
            import ai_edge_litert  # noqa: F401 (parity needs it)
        except ImportError as error:
            raise ImportError(
                "LiteRT export needs ai-edge-litert: pip install keras-gan[export]"
            ) from error

    def write(self, gan: GAN, path: Path, provenance: Provenance) -> None:
        """Writes the file."""
        signature = generator_signature(gan, provenance)
        content = _convert(gan, signature, self.weights, self.endpoint)
        path.write_bytes(content)

    def contents(self, path: Path) -> Contents:
        """Reads the signatures of the file."""
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_path=str(path))
        runners = {
            name: interpreter.get_signature_runner(name)
            for name in interpreter.get_signature_list()
        }
        return contents_from(
            {
                name: Endpoint(
                    _types(runner.get_input_details()),
                    _types(runner.get_output_details()),
                )
                for name, runner in runners.items()
            }
        )

    @staticmethod
    def player(path: Path) -> Play:
        """Plays a file with LiteRT's interpreter."""
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_path=str(path))

        def play(endpoint: str, inputs: Arrays) -> Arrays:
            outputs: Arrays = interpreter.get_signature_runner(endpoint)(**inputs)
            return outputs

        return play

    def snippet(self, file: str, endpoint: str, output: str) -> Snippet:
        """LiteRT's interpreter."""
        call = (
            f'{endpoint} = Interpreter("{file}").get_signature_runner("{endpoint}")\n'
            f'{output} = {endpoint}(**inputs)["{output}"]'
        )
        return Snippet(["from ai_edge_litert.interpreter import Interpreter"], call)


def _types(details: dict[str, Any]) -> dict[str, TensorType]:
    return {
        name: TensorType(
            np.dtype(tensor["dtype"]).name, known_sizes(tensor["shape_signature"])
        )
        for name, tensor in details.items()
    }


def _convert(
    gan: GAN, signature: GeneratorSignature, weights: str, endpoint: str
) -> bytes:
    module: Any = tf.Module()
    network = network_of(gan, endpoint)
    module.weights = [weight.value for weight in network.weights]
    module.function = function_of(gan, signature, endpoint)
    module.tables = tables_of([network])
    with tempfile.TemporaryDirectory() as folder:
        # Only a converter that reads a SavedModel keeps the signature's name.
        endpoints = {endpoint: module.function.get_concrete_function()}
        check_draws_nothing(endpoints[endpoint], network)
        tf.saved_model.save(module, folder, endpoints)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=[endpoint]
        )
        return _convert_quietly(gan, network, converter, weights)


def _convert_quietly(
    gan: GAN, network: keras.Model, converter: Any, weights: str
) -> bytes:
    if weights != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if weights == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if weights == "int8":
        converter.representative_dataset = lambda: _calibration(gan)
    try:
        with _silent_stderr(), warnings.catch_warnings():
            # Its own calibration still uses the interpreter that it deprecates.
            warnings.filterwarnings("ignore", "\\s*Warning: tf.lite.Interpreter")
            content: bytes = converter.convert()
    except Exception as error:
        raise ValueError(_explain(error, network)) from error
    return content


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keeps back what the converter prints as it fails: MLIR, from Python and C++."""
    descriptor = os.dup(2)
    try:
        with (
            open(os.devnull, "wb") as nowhere,
            contextlib.redirect_stderr(io.StringIO()),
        ):
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(descriptor, 2)
        os.close(descriptor)


def _calibration(gan: GAN) -> Iterator[dict[str, Any]]:
    """What the generator will meet: latents of its prior, and its conditions.

    Each class comes at least once; numbers without a prior are uniform from 0 to 1.
    """
    num_classes = [len(one.classes) for one in conditions_of(gan)]
    num = max([_NUM_CALIBRATION_BATCHES, *num_classes])
    told = draw_conditions(gan, num, _CALIBRATION_SEED)
    for index in range(num):
        row = {name: values[index : index + 1] for name, values in told.items()}
        yield {**draw_latents(gan, 1, _CALIBRATION_SEED + index), **row}


def _explain(error: Exception, network: keras.Model) -> str:
    """Names the operators that LiteRT lacks, with their layers."""
    lacking = []
    for entry in getattr(error, "errors", []):
        operation = entry.operator.name.removeprefix("tf.")
        paths = [call.name for call in entry.location.call]
        path = next((path for path in paths if "/" in path), operation)
        lacking.append(describe_operator(operation, path, network))
    if not lacking:
        return f"LiteRT cannot convert this {network.name}: {error}"
    return (
        f"LiteRT has no operator for {', '.join(sorted({*lacking}))}. Build the layer "
        "of other operations (keras.ops), or export another format."
    )
