"""Smaller weights for an ONNX model."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from export.onnx.graph import import_onnx, quiet
from keras_gan._validation import check_known


def _keep(model: Any) -> Any:
    return model


def _to_float16(model: Any) -> Any:
    """Stores and multiplies weights in float16; inputs and outputs stay float32."""
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    converted = OnnxModel(convert_float_to_float16(model, keep_io_types=True))
    converted.topological_sort()  # its casts of inputs come last
    return converted.model


def _to_int8(model: Any) -> Any:
    """Weights become int8, one scale for each output; activations when they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    onnx, _ = import_onnx()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, source)
        with quiet(logging.getLogger()):
            quantize_dynamic(
                source, target, per_channel=True, weight_type=QuantType.QInt8
            )
        return onnx.load(target)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "float32": _keep,
    "float16": _to_float16,
    "int8": _to_int8,
}

ONNX_WEIGHTS = tuple(_CONVERSIONS)
"""Kinds of weights by name."""


def with_weights(model: Any, weights: str) -> Any:
    """Returns a model with its weights as asked for.

    Args:
        model: `onnx.ModelProto` with float32 weights.
        weights: one of `ONNX_WEIGHTS`.

    Raises:
        ValueError: if the name is unknown, or nothing of the model can be converted.
    """
    converted = _CONVERSIONS[check_known("weights", weights, ONNX_WEIGHTS)](model)
    if weights != "float32" and converted.ByteSize() >= model.ByteSize():
        raise ValueError(
            f"`weights={weights!r}` would not make this model smaller: its weights are "
            "few, or of layers that ONNX Runtime has no such form of. Received: "
            f"{converted.ByteSize()} bytes instead of {model.ByteSize()}; export "
            "float32 weights."
        )
    return converted
