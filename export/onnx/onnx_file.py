"""What every ONNX file is: described by onnx, played by ONNX Runtime."""

from abc import ABC
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from export.contract.contents import (
    Contents,
    Endpoint,
    TensorType,
    contents_from,
    name_of_function,
)
from export.contract.export_format import Arrays, ExportFormat, Play, Snippet
from export.contract.metadata import Provenance
from export.onnx.graph import import_onnx
from keras_gan.gan import GAN


class OnnxFile(ExportFormat, ABC):
    """Base class of the formats that write `.onnx` files."""

    def check(self, gan: GAN, provenance: Provenance) -> None:
        """Raises unless ONNX files can be written and played here."""
        import_onnx()

    def contents(self, path: Path) -> Contents:
        """Reads the graph's inputs and outputs, and its metadata."""
        onnx, _ = import_onnx()
        model = onnx.load(path)
        facts = {entry.key: entry.value for entry in model.metadata_props}
        endpoint = Endpoint(_types(model.graph.input), _types(model.graph.output))
        return contents_from({name_of_function(endpoint): endpoint}, facts)

    @staticmethod
    def player(path: Path) -> Play:
        """Plays a file with ONNX Runtime."""
        import onnxruntime

        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]

        def play(endpoint: str, inputs: Arrays) -> Arrays:
            return dict(zip(names, session.run(names, inputs), strict=True))

        return play

    def snippet(self, file: str, endpoint: str, output: str) -> Snippet:
        """A session of ONNX Runtime."""
        call = (
            f'session = onnxruntime.InferenceSession("{file}")\n'
            f'({output},) = session.run(["{output}"], inputs)'
        )
        return Snippet(["import onnxruntime"], call)


def _types(tensors: Iterable[Any]) -> dict[str, TensorType]:
    return {tensor.name: _type(tensor.type.tensor_type) for tensor in tensors}


def _type(tensor: Any) -> TensorType:
    from onnx.helper import tensor_dtype_to_np_dtype

    shape = [
        axis.dim_value if axis.HasField("dim_value") else axis.dim_param or None
        for axis in tensor.shape.dim
    ]
    return TensorType(np.dtype(tensor_dtype_to_np_dtype(tensor.elem_type)).name, shape)
