"""Where one tensor and where another, for tf2onnx.

Its own converter adds both, each times 0 or 1: what is not chosen must be finite. Of
images that are completed it need not be.
"""

from typing import Any


def handlers() -> dict[str, tuple[Any, list[Any]]]:
    """Returns the converters, as `tf2onnx.convert.from_function` takes them."""
    return {"SelectV2": (_convert_select, [])}


def _convert_select(graph: Any, node: Any, name: str, args: Any) -> None:
    outputs, inputs = list(node.output), list(node.input)
    shapes = [graph.get_shape(output) for output in outputs]
    dtypes = [graph.get_dtype(output) for output in outputs]
    graph.remove_node(node.name)
    graph.make_node(
        "Where", inputs, outputs=outputs, name=name, shapes=shapes, dtypes=dtypes
    )
