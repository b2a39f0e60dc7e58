"""Turns the tensors of a request into arrays, or refuses them in a sentence."""

import itertools
import math
import re
import reprlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, RequestInput
from onnx_player import Condition

LATENTS = {"latents"}
DRAW = {"num_samples", "seed"}
_DATATYPES = {"int32": "INT32", "int64": "INT64"}
LARGEST_INT32 = 2**31 - 1
# MLServer repeats the id in a header of its answer.
_ID = re.compile(r"[\x20-\x7e]{0,128}")


def check_id(request: InferenceRequest) -> None:
    """Refuses an id that cannot stand in a header."""
    if not _ID.fullmatch(request.id or ""):
        raise InferenceError(
            "`id` must be at most 128 printable ASCII characters. "
            f"Received: id={reprlib.repr(request.id)}"
        )


def inputs_by_name(
    request: InferenceRequest, condition: Condition | None
) -> dict[str, RequestInput]:
    """Returns `latents`, or `num_samples` and `seed`, and the condition with either.

    Args:
        request: what came.
        condition: that the generator is told, or `None`. Only with a seed, and only
            where it can be drawn, may it be missing.
    """
    names = [tensor.name for tensor in request.inputs]
    told = set() if condition is None else {condition.name}
    known = [LATENTS | told, DRAW | told]
    if condition is not None and condition.is_drawn:
        known.append(DRAW)
    if len(names) != len(set(names)) or set(names) not in known:
        ways = [" and ".join(f"`{name}`" for name in sorted(way)) for way in known]
        raise InferenceError(
            f"`inputs` must be {', or '.join(ways)}. Received: {reprlib.repr(names)}"
        )
    return {tensor.name: tensor for tensor in request.inputs}


def output_names(request: InferenceRequest, offered: Sequence[str]) -> list[str]:
    """Returns the outputs that are asked for: the first one if none is."""
    names = [output.name for output in request.outputs or []] or [offered[0]]
    if len(names) != len(set(names)) or not set(names) <= set(offered):
        raise InferenceError(
            f"`outputs` may name each of {list(offered)} once. "
            f"Received: {reprlib.repr(names)}"
        )
    return names


def read_latents(tensor: RequestInput, latent_dim: int, max_samples: int) -> np.ndarray:
    """Returns finite float32 latents `[n, latent_dim]`, n from 1 to max_samples."""
    _check_datatype(tensor, "FP32")
    shape = tensor.shape
    right_shape = len(shape) == 2 and shape[1] == latent_dim
    if not right_shape or not 1 <= shape[0] <= max_samples:
        raise InferenceError(
            f"`latents` must have the shape [n, {latent_dim}] with n from 1 to "
            f"{max_samples}. Received: shape={reprlib.repr(shape)}"
        )
    values = _values(tensor, {int, float}, "numbers")
    with np.errstate(over="ignore"):
        latents = np.array(values, np.float32).reshape(shape)
    if not np.isfinite(latents).all():
        raise InferenceError(
            "`latents` must be finite float32 values. Received: "
            f"{np.count_nonzero(~np.isfinite(latents))} that are not, the first at "
            f"{np.argwhere(~np.isfinite(latents))[0].tolist()}"
        )
    return latents


def datatype_of(condition: Condition) -> str:
    """The protocol's name of a condition's type."""
    return _DATATYPES[condition.dtype]


def read_classes(
    tensor: RequestInput, condition: Condition, num_samples: int
) -> np.ndarray:
    """Returns classes `[num_samples]`: one for each image, or one for all."""
    _check_datatype(tensor, datatype_of(condition))
    if tensor.shape not in ([num_samples], [1]):
        raise InferenceError(
            f"`{tensor.name}` must have the shape [{num_samples}], one for each image, "
            f"or [1]. Received: shape={reprlib.repr(tensor.shape)}"
        )
    values = _values(tensor, {int}, "integers")
    unknown = [value for value in values if not 0 <= value < condition.num_classes]
    if unknown:
        raise InferenceError(
            f"`{tensor.name}` must be from 0 to {condition.num_classes - 1}. "
            f"Received: {unknown[0]}"
        )
    classes = np.array(values, condition.dtype)
    return np.ascontiguousarray(np.broadcast_to(classes, num_samples))


def read_integer(tensor: RequestInput, low: int, high: int) -> int:
    """Returns the one INT32 of a tensor of shape [1], from low to high."""
    _check_datatype(tensor, "INT32")
    if tensor.shape != [1]:
        raise InferenceError(
            f"`{tensor.name}` must have the shape [1]. "
            f"Received: shape={reprlib.repr(tensor.shape)}"
        )
    (value,) = _values(tensor, {int}, "integers")
    if not low <= value <= high:
        raise InferenceError(
            f"`{tensor.name}` must be from {low} to {high}. Received: {value}"
        )
    return value


def _check_datatype(tensor: RequestInput, expected: str) -> None:
    if tensor.datatype != expected:
        raise InferenceError(
            f"`{tensor.name}` must have the datatype {expected}. "
            f"Received: datatype={tensor.datatype}"
        )


def _values(tensor: RequestInput, kinds: set[type], expected: str) -> list[Any]:
    # Before NumPy sees them: it would read "1.5", null and true as numbers too.
    values = _flat(tensor)
    if len(values) != (size := math.prod(tensor.shape)):
        raise InferenceError(
            f"`{tensor.name}` of shape {tensor.shape} must have {size} values in "
            f"`data`, as one list or as rows. Received: {len(values)}"
        )
    for position, value in enumerate(values):
        if type(value) not in kinds:
            raise InferenceError(
                f"`{tensor.name}` must hold {expected}. Received: "
                f"{reprlib.repr(value)} at position {position} of `data`"
            )
    return values


def _flat(tensor: RequestInput) -> list[Any]:
    values = tensor.data.root
    if not isinstance(values, list):
        return [values]
    rows = [row for row in values if isinstance(row, list)]
    if not rows:
        return values
    if len(rows) != len(values) or {len(row) for row in rows} != {tensor.shape[-1]}:
        raise InferenceError(
            f"`{tensor.name}` of shape {tensor.shape} must have one list of values "
            f"or rows of length {tensor.shape[-1]} in `data`. Received: rows of "
            "another length, or rows beside values"
        )
    return list(itertools.chain.from_iterable(rows))
