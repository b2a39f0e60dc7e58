"""TensorFlow's seeded random numbers, out of ONNX's integer arithmetic.

ONNX's own random operators take no seed as an input, so a graph that draws the prior
has to count: Philox4x32-10 turns a counter and a key into four random words. These
handlers let tf2onnx convert TensorFlow's stateless draws into it, bit for bit.

References:
    Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

OPSET = 18  # the first with BitwiseXor

_NUM_ROUNDS = 10
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
# TensorFlow runs a seed through Philox once under this key before it counts with it.
_SEED_KEY = (0x3EC8F720, 0x02461E29)
_WORD = 1 << 32
_HALF = 1 << 16
_SMALLEST_UNIFORM = 1e-7  # keeps the logarithm of Box and Muller finite


def handlers() -> dict[str, tuple[Any, list[Any]]]:
    """Returns the converters, as `tf2onnx.convert.from_function` takes them."""
    return {
        "StatelessRandomGetKeyCounter": (_convert_key_counter, []),
        "StatelessRandomUniformV2": (_convert_uniform, []),
        "StatelessRandomNormalV2": (_convert_normal, []),
    }


class _Nodes:
    """Adds ONNX nodes to a graph; words of 32 bits are carried in int64.

    Args:
        graph: `tf2onnx.graph.Graph`.
    """

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._constants: dict[tuple[str, str], str] = {}

    def constant(self, value: Any, dtype: Any = np.int64) -> str:
        array = np.array(value, dtype)
        key = (array.dtype.str, repr(array.tolist()))
        if key not in self._constants:
            node = self._graph.make_const(_short_name("c"), array)
            self._constants[key] = node.output[0]
        return self._constants[key]

    def __call__(self, kind: str, *inputs: Any, **attributes: Any) -> str:
        names = [self._name_of(value) for value in inputs]
        node = self._graph.make_node(
            kind, names, attr=attributes or None, name=_short_name("n")
        )
        return node.output[0]

    def _name_of(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        floats = isinstance(value, float | np.floating)
        return self.constant(value, np.float32 if floats else np.int64)


def _short_name(prefix: str) -> str:
    # Hundreds of nodes carry one: long names were most of the file.
    from tf2onnx.utils import make_name

    return make_name(prefix)


# ------------------------------------------------------------------ the cipher


def _philox(nodes: _Nodes, counter: Sequence[str], key: Sequence[str]) -> list[str]:
    """Four words, each of the shape of `counter`'s first."""
    one, two, three, four = counter
    first_key, second_key = key
    for round_number in range(_NUM_ROUNDS):
        if round_number:
            first_key = _add_words(nodes, first_key, _KEY_STEPS[0])
            second_key = _add_words(nodes, second_key, _KEY_STEPS[1])
        high, low = _multiply(nodes, one, _MULTIPLIERS[0])
        other_high, other_low = _multiply(nodes, three, _MULTIPLIERS[1])
        one = _xor(nodes, other_high, two, first_key)
        three = _xor(nodes, high, four, second_key)
        two, four = other_low, low
    return [one, two, three, four]


def _multiply(nodes: _Nodes, word: str, multiplier: int) -> tuple[str, str]:
    """High and low word of a product, in halves: int64 is too short for the whole."""
    low_half = nodes("BitwiseAnd", word, _HALF - 1)
    low_product = nodes("Mul", low_half, multiplier)
    high_product = nodes("Mul", nodes("Div", word, _HALF), multiplier)
    middle = nodes("Add", high_product, nodes("Div", low_product, _HALF))
    low = nodes(
        "Add",
        nodes("Mul", nodes("BitwiseAnd", middle, _HALF - 1), _HALF),
        nodes("BitwiseAnd", low_product, _HALF - 1),
    )
    return nodes("Div", middle, _HALF), low


def _add_words(nodes: _Nodes, word: str, step: int) -> str:
    return nodes("BitwiseAnd", nodes("Add", word, step), _WORD - 1)


def _xor(nodes: _Nodes, *words: str) -> str:
    first, second, third = words
    return nodes("BitwiseXor", nodes("BitwiseXor", first, second), third)


# ---------------------------------------------------------------- TensorFlow's draws


def _convert_key_counter(graph: Any, node: Any, name: str, args: Any) -> None:
    """A seed `[2]` becomes a key `[2]` and the upper half `[2]` of a counter."""
    from onnx import TensorProto

    nodes = _Nodes(graph)
    seed = nodes("Cast", node.input[0], to=TensorProto.INT64)
    counter = []
    for index in range(2):
        part = nodes("Gather", seed, index)
        low = nodes("BitwiseAnd", part, _WORD - 1)
        high = nodes("Div", nodes("Sub", part, low), _WORD)  # exact: no rounding
        counter += [low, nodes("BitwiseAnd", high, _WORD - 1)]
    key = [nodes.constant(word) for word in _SEED_KEY]
    words = [nodes("Unsqueeze", word, [0]) for word in _philox(nodes, counter, key)]
    outputs = list(node.output)
    graph.remove_node(node.name)
    for output, pair in zip(outputs, (words[:2], words[2:]), strict=True):
        graph.make_node(
            "Concat",
            pair,
            attr={"axis": 0},
            outputs=[output],
            name=_short_name("n"),
            shapes=[[2]],
            dtypes=[TensorProto.INT64],
        )


def _convert_uniform(graph: Any, node: Any, name: str, args: Any) -> None:
    """U[0, 1) from the lowest 23 bits of each word."""
    nodes = _Nodes(graph)
    words = _random_words(nodes, node)
    _replace(graph, nodes, node, [_unit_interval(nodes, word) for word in words])


def _convert_normal(graph: Any, node: Any, name: str, args: Any) -> None:
    """N(0, 1) by the transform of Box and Muller, sine first."""
    nodes = _Nodes(graph)
    uniforms = [_unit_interval(nodes, word) for word in _random_words(nodes, node)]
    normals = []
    for radius_source, angle_source in (uniforms[:2], uniforms[2:]):
        logarithm = nodes("Log", nodes("Max", radius_source, _SMALLEST_UNIFORM))
        radius = nodes("Sqrt", nodes("Mul", logarithm, -2.0))
        angle = nodes("Mul", angle_source, 2 * np.pi)
        normals += [nodes("Mul", nodes(part, angle), radius) for part in ("Sin", "Cos")]
    _replace(graph, nodes, node, normals)


def _random_words(nodes: _Nodes, node: Any) -> list[str]:
    """Four words `[groups]` each, enough groups of four for the shape asked for."""
    from onnx import TensorProto

    shape, key, counter = node.input[:3]
    size = nodes("ReduceProd", nodes("Cast", shape, to=TensorProto.INT64), keepdims=0)
    num_groups = nodes("Div", nodes("Add", size, 3), 4)
    group = nodes("Range", 0, num_groups, 1)
    zeros = nodes("Mul", group, 0)
    upper = [nodes("Add", zeros, nodes("Gather", counter, index)) for index in (0, 1)]
    low = nodes("BitwiseAnd", group, _WORD - 1)
    high = nodes("Div", group, _WORD)
    return _philox(
        nodes,
        [low, high, *upper],
        [nodes("Gather", key, index) for index in (0, 1)],
    )


def _unit_interval(nodes: _Nodes, word: str) -> str:
    from onnx import TensorProto

    mantissa = nodes("BitwiseAnd", word, (1 << 23) - 1)
    return nodes("Mul", nodes("Cast", mantissa, to=TensorProto.FLOAT), 2.0**-23)


def _replace(graph: Any, nodes: _Nodes, node: Any, lanes: Sequence[str]) -> None:
    """The four lanes in turn, cut to the shape asked for, in place of the draw."""
    from onnx import TensorProto

    shape = nodes("Cast", node.input[0], to=TensorProto.INT64)
    size = nodes("ReduceProd", shape, nodes.constant([0]), keepdims=1)
    columns = [nodes("Unsqueeze", lane, [1]) for lane in lanes]
    drawn = nodes("Reshape", nodes("Concat", *columns, axis=1), [-1])
    enough = nodes("Slice", drawn, [0], size)
    output = node.output[0]
    known_shape = graph.get_shape(output)
    graph.remove_node(node.name)
    graph.make_node(
        "Reshape",
        [enough, shape],
        outputs=[output],
        name=_short_name("n"),
        shapes=[known_shape],
        dtypes=[TensorProto.FLOAT],
    )
