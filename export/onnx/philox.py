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
_MULTIPLIERS = ((0xD2511F53,), (0xCD9E8D57,))  # [2, 1]: one for each even word
_KEY_STEPS = ((0x9E3779B9,), (0xBB67AE85,))
# TensorFlow runs a seed through Philox once under this key before it counts with it.
_SEED_KEY = ((0x3EC8F720,), (0x02461E29,))
_WORD = 1 << 32
_HALF = 1 << 16
_SMALLEST_UNIFORM = 1e-7  # keeps the logarithm of Box and Muller finite


def handlers() -> dict[str, tuple[Any, list[Any]]]:
    """Returns the converters, as `tf2onnx.convert.from_function` takes them."""
    return {
        "StatelessRandomGetKeyCounter": (_convert_key_counter, []),
        "StatelessRandomUniformV2": (_convert_uniform, []),
        "StatelessRandomNormalV2": (_convert_normal, []),
        "StatelessMultinomial": (_convert_multinomial, []),
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


def _philox(nodes: _Nodes, even: str, odd: str, key: Any) -> tuple[str, str]:
    """Ten rounds; words 0 and 2 are rows of `even` `[2, n]`, 1 and 3 of `odd`."""
    for round_number in range(_NUM_ROUNDS):
        if round_number:
            key = nodes("BitwiseAnd", nodes("Add", key, _KEY_STEPS), _WORD - 1)
        high, low = _multiply(nodes, even)
        mixed = nodes("BitwiseXor", _swap(nodes, high), odd)
        even, odd = nodes("BitwiseXor", mixed, key), _swap(nodes, low)
    return even, odd


def _multiply(nodes: _Nodes, words: str) -> tuple[str, str]:
    """High and low words of products, in halves: int64 is too short for the whole."""
    low_half = nodes("BitwiseAnd", words, _HALF - 1)
    low_product = nodes("Mul", low_half, _MULTIPLIERS)
    high_product = nodes("Mul", nodes("Div", words, _HALF), _MULTIPLIERS)
    middle = nodes("Add", high_product, nodes("Div", low_product, _HALF))
    low = nodes(
        "Add",
        nodes("Mul", nodes("BitwiseAnd", middle, _HALF - 1), _HALF),
        nodes("BitwiseAnd", low_product, _HALF - 1),
    )
    return nodes("Div", middle, _HALF), low


def _swap(nodes: _Nodes, rows: str) -> str:
    return nodes("Gather", rows, [1, 0])


# ---------------------------------------------------------------- TensorFlow's draws


def _convert_key_counter(graph: Any, node: Any, name: str, args: Any) -> None:
    """A seed `[2]` becomes a key `[2]` and the upper half `[2]` of a counter."""
    from onnx import TensorProto

    nodes = _Nodes(graph)
    words = _mixed_seed(nodes, node.input[0])
    outputs = list(node.output)
    graph.remove_node(node.name)
    for row, output in enumerate(outputs):
        graph.make_node(
            "Gather",
            [words, nodes.constant(row)],
            outputs=[output],
            name=_short_name("n"),
            shapes=[[2]],
            dtypes=[TensorProto.INT64],
        )


def _mixed_seed(nodes: _Nodes, seed: str) -> str:
    """Words `[2, 2]` of a seed `[2]`: the key, and the upper half of the counter."""
    from onnx import TensorProto

    seed = nodes("Cast", seed, to=TensorProto.INT64)
    low = nodes("BitwiseAnd", seed, _WORD - 1)
    high = nodes("Div", nodes("Sub", seed, low), _WORD)  # exact: no rounding
    even = nodes("Unsqueeze", low, [1])
    odd = nodes("Unsqueeze", nodes("BitwiseAnd", high, _WORD - 1), [1])
    return nodes("Concat", *_philox(nodes, even, odd, _SEED_KEY), axis=1)


def _convert_uniform(graph: Any, node: Any, name: str, args: Any) -> None:
    """U[0, 1) from the lowest 23 bits of each word."""
    nodes = _Nodes(graph)
    pairs = [_unit_interval(nodes, words) for words in _words_of(nodes, node)]
    _replace(graph, nodes, node, pairs)


def _convert_normal(graph: Any, node: Any, name: str, args: Any) -> None:
    """N(0, 1) by the transform of Box and Muller, sine first."""
    nodes = _Nodes(graph)
    even, odd = (_unit_interval(nodes, words) for words in _words_of(nodes, node))
    logarithm = nodes("Log", nodes("Max", even, _SMALLEST_UNIFORM))
    radius = nodes("Sqrt", nodes("Mul", logarithm, -2.0))
    angle = nodes("Mul", odd, 2 * np.pi)
    pairs = [nodes("Mul", nodes(part, angle), radius) for part in ("Sin", "Cos")]
    _replace(graph, nodes, node, pairs)


def _convert_multinomial(graph: Any, node: Any, name: str, args: Any) -> None:
    """Classes by the place of U[0, 1) among sums of probabilities, in float64."""
    from onnx import TensorProto

    logits, num_samples, seed = node.input
    if graph.get_shape(logits)[0] != 1:
        return  # rows begin where TensorFlow's threads let them: it stays unknown
    nodes = _Nodes(graph)
    size = nodes("Cast", num_samples, to=TensorProto.INT64)
    words = _mixed_seed(nodes, seed)
    key, counter = (nodes("Gather", words, row) for row in (0, 1))
    even, odd = _random_words(nodes, nodes("Mul", size, 2), key, counter)
    # 52 bits for each sample: 20 of an even word, 32 of the odd one after it.
    bits = nodes("Mul", nodes("BitwiseAnd", even, (1 << 20) - 1), _WORD)
    bits = nodes("Cast", nodes("Add", bits, odd), to=TensorProto.DOUBLE)
    unit = nodes("Mul", bits, nodes.constant(2.0**-52, np.float64))  # [2, groups]
    in_turn = nodes("Reshape", nodes("Transpose", unit, perm=[1, 0]), [-1, 1])
    enough = nodes("Slice", in_turn, [0], nodes("Unsqueeze", size, [0]))

    logits = nodes("Cast", logits, to=TensorProto.DOUBLE)  # [1, classes]
    shares = nodes("Exp", nodes("Sub", logits, nodes("ReduceMax", logits, [1])))
    sums = nodes("CumSum", shares, 1)
    total = nodes("ReduceMax", sums, [1])
    passed = nodes("LessOrEqual", sums, nodes("Mul", enough, total))
    counted = nodes("Cast", passed, to=TensorProto.INT64)
    classes = nodes("ReduceSum", counted, [1], keepdims=0)
    _put(graph, nodes("Unsqueeze", classes, [0]), node)


def _words_of(nodes: _Nodes, node: Any) -> tuple[str, str]:
    """The words of a draw by its shape, key and counter."""
    from onnx import TensorProto

    shape, key, counter = node.input[:3]
    shape = nodes("Cast", shape, to=TensorProto.INT64)
    return _random_words(nodes, nodes("ReduceProd", shape, keepdims=0), key, counter)


def _random_words(nodes: _Nodes, num: str, key: str, counter: str) -> tuple[str, str]:
    """Words `[2, groups]`, even and odd, of enough groups of four for `num` words."""
    num_groups = nodes("Div", nodes("Add", num, 3), 4)
    group = nodes("Unsqueeze", nodes("Range", 0, num_groups, 1), [0])  # [1, groups]
    zeros = nodes("Mul", group, 0)
    halves = []
    for index, half in enumerate(
        (nodes("BitwiseAnd", group, _WORD - 1), nodes("Div", group, _WORD))
    ):
        upper = nodes("Add", zeros, nodes("Gather", counter, index))
        halves.append(nodes("Concat", half, upper, axis=0))
    even, odd = halves
    return _philox(nodes, even, odd, nodes("Unsqueeze", key, [1]))


def _unit_interval(nodes: _Nodes, words: str) -> str:
    from onnx import TensorProto

    mantissa = nodes("BitwiseAnd", words, (1 << 23) - 1)
    return nodes("Mul", nodes("Cast", mantissa, to=TensorProto.FLOAT), 2.0**-23)


def _replace(graph: Any, nodes: _Nodes, node: Any, pairs: Sequence[str]) -> None:
    """Words 0 to 3 of each group in turn, cut to the shape, in place of the draw."""
    from onnx import TensorProto

    shape = nodes("Cast", node.input[0], to=TensorProto.INT64)
    size = nodes("ReduceProd", shape, [0], keepdims=1)
    columns = [nodes("Unsqueeze", pair, [1]) for pair in pairs]
    words = nodes("Concat", *columns, axis=1)  # [2, 2, groups]
    in_turn = nodes("Reshape", nodes("Transpose", words, perm=[2, 0, 1]), [-1])
    enough = nodes("Slice", in_turn, [0], size)
    _put(graph, nodes("Reshape", enough, shape), node)


def _put(graph: Any, value: str, node: Any) -> None:
    """Puts a value in a node's place, in the type of what that one gives."""
    output = node.output[0]
    shape, dtype = graph.get_shape(output), graph.get_dtype(output)
    graph.remove_node(node.name)
    graph.make_node(
        "Cast",
        [value],
        attr={"to": dtype},
        outputs=[output],
        name=_short_name("n"),
        shapes=[shape],
        dtypes=[dtype],
    )
