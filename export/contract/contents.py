"""What an artefact takes and gives, read off the artefact itself."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from export.contract.signature import (
    DISCRIMINATE,
    GENERATE,
    IMAGES,
    LATENTS,
    NOISE,
    PIXELS,
    SAMPLE,
)
from export.parity.player import player_of

ENDPOINTS = (GENERATE, SAMPLE, DISCRIMINATE)
OF_PRIOR = "prior"  # noise that is the prior's own draw


class TensorType(NamedTuple):
    """Type of one input or output.

    Args:
        dtype: str, as NumPy names it.
        shape: list of sizes; `None`, or a name, where any will do.
    """

    dtype: str
    shape: list[int | str | None]

    def __str__(self) -> str:
        if not self.shape:
            return f"{self.dtype} scalar"
        sizes = ["any" if size is None else str(size) for size in self.shape]
        return f"{self.dtype} [{', '.join(sizes)}]"


class Endpoint(NamedTuple):
    """Inputs and outputs of one function, by name."""

    inputs: dict[str, TensorType]
    outputs: dict[str, TensorType]


@dataclasses.dataclass(frozen=True)
class Contents:
    """What is in an artefact.

    Args:
        endpoints: `Endpoint` by name. A file of one function, as ONNX has it, is
            `generate` where it takes latents, else `sample`.
        pixels: str, key of `PIXEL_FORMATS`, or `None` where no images
            come out.
        noise: str, what latents have to be: `"prior"`, or the name of a
            `StandardNoise`; `None` where none go in.
        value_range: pair of floats as the file states it, or `None`.
    """

    endpoints: dict[str, Endpoint]
    pixels: str | None
    noise: str | None
    value_range: tuple[float, float] | None = None

    @property
    def images(self) -> TensorType | None:
        """Type of the images that come out, `None` where none do."""
        found = [
            endpoint.outputs[IMAGES]
            for endpoint in self.endpoints.values()
            if IMAGES in endpoint.outputs
        ]
        return found[0] if found else None

    def record(self) -> dict[str, Any]:
        """The same as JSON holds it."""
        return {
            "pixels": self.pixels,
            "noise": self.noise,
            "endpoints": {
                name: {
                    side: {name: tensor._asdict() for name, tensor in tensors.items()}
                    for side, tensors in endpoint._asdict().items()
                }
                for name, endpoint in self.endpoints.items()
            },
        }


def contents_of(path: Path) -> Contents:
    """Reads what an artefact takes and gives.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        ValueError: if its format is unknown.
    """
    if path.suffix == ".onnx" and path.is_file():
        return _onnx_contents(path)
    if path.suffix == ".tflite" and path.is_file():
        return _contents(_litert_endpoints(path), {})
    if not (path / "saved_model.pb").is_file():
        player_of(path)  # says so
    return _contents(_saved_model_endpoints(path), {})


def _contents(endpoints: dict[str, Endpoint], facts: dict[str, str]) -> Contents:
    """Contents by their tensors, and by what no tensor says."""
    gives_images = any(IMAGES in one.outputs for one in endpoints.values())
    takes_latents = any(LATENTS in one.inputs for one in endpoints.values())
    return Contents(
        endpoints,
        pixels=facts.get(PIXELS, "float32") if gives_images else None,
        noise=facts.get(NOISE, OF_PRIOR) if takes_latents else None,
        value_range=json.loads(facts.get("value_range", "null")),
    )


def _onnx_contents(path: Path) -> Contents:
    import onnx

    model = onnx.load(path)
    facts = {entry.key: entry.value for entry in model.metadata_props}

    def types(tensors: Iterable[Any]) -> dict[str, TensorType]:
        return {tensor.name: _onnx_type(tensor.type.tensor_type) for tensor in tensors}

    endpoint = Endpoint(types(model.graph.input), types(model.graph.output))
    name = GENERATE if LATENTS in endpoint.inputs else SAMPLE
    return _contents({name: endpoint}, facts)


def _onnx_type(tensor: Any) -> TensorType:
    from onnx.helper import tensor_dtype_to_np_dtype

    shape = [
        axis.dim_value if axis.HasField("dim_value") else axis.dim_param or None
        for axis in tensor.shape.dim
    ]
    return TensorType(np.dtype(tensor_dtype_to_np_dtype(tensor.elem_type)).name, shape)


def _litert_endpoints(path: Path) -> dict[str, Endpoint]:
    from ai_edge_litert.interpreter import Interpreter

    def types(details: dict[str, Any]) -> dict[str, TensorType]:
        return {
            name: TensorType(
                np.dtype(tensor["dtype"]).name, _known(tensor["shape_signature"])
            )
            for name, tensor in details.items()
        }

    interpreter = Interpreter(model_path=str(path))
    runners = {
        name: interpreter.get_signature_runner(name)
        for name in interpreter.get_signature_list()
    }
    return {
        name: Endpoint(
            types(runner.get_input_details()), types(runner.get_output_details())
        )
        for name, runner in runners.items()
    }


def _saved_model_endpoints(path: Path) -> dict[str, Endpoint]:
    import tensorflow as tf
    from tensorflow.python.saved_model.loader_impl import parse_saved_model

    def types(tensors: Any) -> dict[str, TensorType]:
        return {
            name: TensorType(
                tf.dtypes.as_dtype(info.dtype).name,
                _known(axis.size for axis in info.tensor_shape.dim),
            )
            for name, info in sorted(tensors.items())
        }

    (graph,) = parse_saved_model(str(path)).meta_graphs
    return {
        name: Endpoint(types(function.inputs), types(function.outputs))
        for name in ENDPOINTS  # `serving_default` is one of them again
        if (function := graph.signature_def.get(name)) is not None
    }


def _known(sizes: Iterable[int]) -> list[int | str | None]:
    return [None if size < 0 else int(size) for size in sizes]
