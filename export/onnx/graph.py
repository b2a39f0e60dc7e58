"""TensorFlow functions become ONNX graphs with names that people can use."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras

from export.contract.exportable import check_draws_nothing
from export.contract.operators import describe_operator
from export.onnx import philox
from keras_gan._validation import check_integer

BATCH = "batch"
DEFAULT_OPSET = 17
_OPSETS = (13, 18)  # what tf2onnx 1.16 and 1.17 can write


def check_opset(opset: int | None, draws: bool) -> int:
    """Returns the opset to write; raises where it lacks what the graph needs."""
    least = philox.OPSET if draws else _OPSETS[0]
    if opset is None:
        return max(DEFAULT_OPSET, least)
    return check_integer("opset", opset, minimum=least, maximum=_OPSETS[1])


def to_onnx(
    function: Any,
    network: keras.Model,
    opset: int,
    handlers: Mapping[str, tuple[Any, list[Any]]] | None = None,
    may_be_empty: Collection[str] = (),
) -> Any:
    """Converts a `tf.function` with an input signature.

    Args:
        function: `tf.function` that returns a dict of tensors.
        network: `keras.Model` that it plays, to name layers in errors.
        opset: int.
        handlers: converters of operators by name, besides those of random draws.
            Defaults to `None`.
        may_be_empty: names of inputs that may come without any row, for which the graph
            draws. Defaults to `()`.

    Returns:
        model: `onnx.ModelProto`, checked, with its batch axis named.

    Raises:
        ImportError: if onnx, tf2onnx or onnxruntime is not installed.
        ValueError: if ONNX lacks one of the operators.
    """
    onnx, tf2onnx = import_onnx()
    check_draws_nothing(function.get_concrete_function(), network)
    with quiet(logging.getLogger("tf2onnx")):
        model, _ = tf2onnx.convert.from_function(
            function,
            function.input_signature,
            opset=opset,
            custom_op_handlers={**philox.handlers(), **(handlers or {})},
        )
    _check_operators(model, network)
    _hold_constants(model, function.get_concrete_function())
    _name_inputs(model, [spec.name for spec in function.input_signature])
    for tensor in (*model.graph.input, *model.graph.output):
        # tf2onnx numbers unknown axes; readers should see what they are.
        for axis, dimension in enumerate(tensor.type.tensor_type.shape.dim):
            if not axis:
                # ONNX Runtime shares memory among axes of one name.
                own = tensor.name in may_be_empty
                dimension.dim_param = f"{tensor.name}_rows" if own else BATCH
            elif not dimension.HasField("dim_value"):
                dimension.dim_param = f"{tensor.name}_{axis}"
    onnx.checker.check_model(model, full_check=True)
    return model


def save_onnx(model: Any, name: str, metadata: dict[str, str], path: Path) -> None:
    """Writes a model with its name and metadata, and has ONNX check the file."""
    onnx, _ = import_onnx()
    model.graph.name = name
    for key, value in metadata.items():
        model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)
    onnx.checker.check_model(str(path), full_check=True)


def import_onnx() -> tuple[Any, Any]:
    """Returns the packages onnx and tf2onnx; raises unless ONNX can run here too."""
    try:
        import onnx
        import onnxruntime  # noqa: F401 (parity needs it)
        import tf2onnx
    except ImportError as error:
        raise ImportError(
            f"ONNX export needs {error.name}: pip install keras-gan[export]"
        ) from error
    return onnx, tf2onnx


def _hold_constants(model: Any, traced: Any) -> None:
    """Makes initializers of tensors that layers hold, which tf2onnx takes for inputs.

    Args:
        model: `onnx.ModelProto`.
        traced: the `tf.ConcreteFunction` that was converted.
    """
    onnx, _ = import_onnx()
    held = {inner.name: outer for outer, inner in traced.graph.captures}
    for tensor in [one for one in model.graph.input if one.name in held]:
        values = onnx.numpy_helper.from_array(held[tensor.name].numpy(), tensor.name)
        model.graph.initializer.append(values)
        model.graph.input.remove(tensor)


def _name_inputs(model: Any, names: Iterable[str]) -> None:
    """Gives inputs back the capitals that TensorFlow takes from names."""
    capitals = {name.lower(): name for name in names}
    for tensor in model.graph.input:
        tensor.name = capitals.get(tensor.name, tensor.name)
    for node in _nodes(model.graph):
        node.input[:] = [capitals.get(name, name) for name in node.input]


def _check_operators(model: Any, network: keras.Model) -> None:
    onnx, _ = import_onnx()
    unknown = [
        describe_operator(node.op_type, node.name, network)
        for node in _nodes(model.graph)
        if node.domain in ("", "ai.onnx") and not onnx.defs.has(node.op_type)
    ]
    if unknown:
        raise ValueError(
            f"ONNX has no operator for {', '.join(unknown)}. Build the layer of other "
            "operations (keras.ops), or export another format."
        )


def _nodes(graph: Any) -> Iterator[Any]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _nodes(inner)


@contextmanager
def quiet(logger: logging.Logger) -> Iterator[None]:
    """Keeps a converter's remarks back: what matters of them is raised."""
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
