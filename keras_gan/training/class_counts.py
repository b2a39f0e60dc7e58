"""How many classes does a network tell apart? Its layers are asked."""

from collections.abc import Mapping
from typing import Any

import keras

# Attributes of layers and operations that say how many integers they tell apart:
# Embedding, CategoryEncoding, keras.ops.one_hot.
_COUNTS = ("input_dim", "num_tokens", "num_classes")

# Layers and operations whose outputs are their inputs, in another shape at most.
RESHAPING = frozenset(
    {
        *("Identity", "Flatten", "Reshape", "Permute", "RepeatVector", "Ravel"),
        *("Squeeze", "ExpandDims", "GetItem", "Transpose", "BroadcastTo", "Repeat"),
    }
)


def class_count(network: Any, tensor: Any) -> int | None:
    """Returns how many integers from 0 those that read an input tell apart.

    Args:
        network: `keras.Model`.
        tensor: one of its inputs; floats count where they are read as integers.

    Returns:
        count: int, the least of those that are told, or `None` where none is.
    """
    network = getattr(network, "_functional", None) or network  # of a Sequential
    counts: list[int | None] = []
    for node in tensor._keras_history.operation._outbound_nodes:
        reader = node.operation
        if reader not in getattr(network, "operations", ()):
            continue  # of another network with the same input
        inner = getattr(reader, "_functional", None) or reader
        if hasattr(inner, "operations"):
            position = [one is tensor for one in node.input_tensors].index(True)
            counts.append(class_count(inner, inner.inputs[position]))
            continue
        told = [getattr(reader, name, None) for name in _COUNTS]
        if len(node.input_tensors) > 1 and not _is_integer(tensor):
            continue  # floats beside the classes that such a layer counts
        counts += told
        if not any(told):
            counts += [
                class_count(network, output)
                for output in node.output_tensors
                if _holds_the_same(reader, tensor, output)
            ]
    return min((count for count in counts if count is not None), default=None)


def fewest(*counts: Mapping[str, int]) -> dict[str, int]:
    """The least count of each entry that any of several dicts tells."""
    names = {name for one in counts for name in one}
    return {name: min(one[name] for one in counts if name in one) for name in names}


def _holds_the_same(reader: Any, given: Any, output: Any) -> bool:
    """Whether an operation passes integers on, or floats as the integers they are."""
    # Others make other integers: IntegerLookup, Discretization, a sum.
    kind = type(reader).__name__
    passes = kind == "Cast" or (kind in RESHAPING and _is_integer(given))
    return passes and _is_integer(output)


def _is_integer(tensor: Any) -> bool:
    integer: bool = keras.backend.is_int_dtype(tensor.dtype)
    return integer
