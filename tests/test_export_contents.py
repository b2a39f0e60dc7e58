"""Records and model cards against what each file itself takes and gives."""

import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from exports import OF_GENERATORS

from export import FORMATS
from export.contract.names import IMAGES

PIXELS = {
    "onnx_uint8": "uint8",
    "onnx_uint8_nchw": "uint8_nchw",
    "onnx_torch_fidelity": "uint8_rgb_nchw",
    "onnx_prior": None,
}
NOISE = {"onnx_torch_fidelity": "normal", "onnx_seeded": None, "onnx_prior": None}
NORMAL = "NormalPrior(mean=0.5, stddev=2.0)"
BYTES = "bytes from 0, black, to 255, white"
SUMMARIES = {
    "onnx": f"Images of 8 x 8 x 1, values in [0, 1], from 6 latent numbers drawn from "
    f"{NORMAL}.",
    "onnx_uint8": f"Images of 8 x 8 x 1, {BYTES}, from 6 latent numbers drawn from "
    f"{NORMAL}.",
    "onnx_uint8_nchw": f"Images of 1 x 8 x 8, {BYTES}, from 6 latent numbers drawn "
    f"from {NORMAL}.",
    "onnx_torch_fidelity": f"Images of 3 x 8 x 8, {BYTES}, from 6 latent numbers drawn "
    f"from N(0, 1), which the file scales to {NORMAL}.",
    "onnx_seeded": "Images of 8 x 8 x 1, values in [0, 1], from 6 latent numbers that "
    f"it draws from {NORMAL} by a seed.",
    "onnx_prior": f"Draws of 6 latent numbers from {NORMAL}, by their seed.",
}


@pytest.fixture(scope="module", params=sorted(OF_GENERATORS))
def exported(request, unconditional_exports):
    path, _, record, card = unconditional_exports[request.param]
    return request.param, path, record, card


def own_signature(path):
    """Endpoints, sides, names, dtypes and shapes, as the file's runtime tells them."""
    if path.suffix == ".onnx":
        return onnx_signature(path)
    if path.suffix == ".tflite":
        return litert_signature(path)
    found = set()
    for name, function in tf.saved_model.load(str(path)).signatures.items():
        sides = {
            "inputs": function.structured_input_signature[1],
            "outputs": function.structured_outputs,
        }
        for side, specs in sides.items():
            for tensor, spec in specs.items():
                shape = tuple(spec.shape.as_list())
                found.add((name, side, tensor, spec.dtype.name, shape))
    return {entry for entry in found if entry[0] != "serving_default"}


def onnx_signature(path):
    session = onnxruntime.InferenceSession(path)
    dtypes = {"float": "float32"}
    takes = {tensor.name for tensor in session.get_inputs()}
    endpoint = "generate" if takes == {"latents"} else "sample"
    sides = {"inputs": session.get_inputs(), "outputs": session.get_outputs()}
    return {
        (
            endpoint,
            side,
            tensor.name,
            dtypes.get(tensor.type[7:-1], tensor.type[7:-1]),  # of `tensor(uint8)`
            tuple(tensor.shape),
        )
        for side, tensors in sides.items()
        for tensor in tensors
    }


def litert_signature(path):
    interpreter = Interpreter(str(path))
    ((endpoint, names),) = interpreter.get_signature_list().items()
    sides = {
        "inputs": interpreter.get_input_details(),
        "outputs": interpreter.get_output_details(),
    }
    found = set()
    for side, tensors in sides.items():
        ((name,), (tensor,)) = names[side], tensors
        sizes = (None if size < 0 else size for size in tensor["shape_signature"])
        found.add((endpoint, side, name, tensor["dtype"].__name__, tuple(sizes)))
    return found


def recorded(record):
    return {
        (endpoint, side, name, tensor["dtype"], tuple(tensor["shape"]))
        for endpoint, sides in record["endpoints"].items()
        for side, tensors in sides.items()
        for name, tensor in tensors.items()
    }


def test_record_and_card_say_what_the_file_says(exported):
    name, path, record, card = exported
    own = own_signature(path)
    assert recorded(record) == own
    rows = {
        tuple(cell.strip(" `") for cell in line.split("|")[1:5])
        for line in card.splitlines()
        if line.startswith("| `")
    }
    assert rows == {
        (endpoint, side.removesuffix("puts"), tensor, f"{dtype} {text(shape)}")
        for endpoint, side, tensor, dtype, shape in own
    }
    assert record["pixels"] == PIXELS.get(name, "float32")
    assert record["noise"] == NOISE.get(name, "prior")
    assert SUMMARIES.get(name, SUMMARIES["onnx"]) in card
    if record["pixels"]:
        order = "channels first" if "nchw" in record["pixels"] else "channels last"
        assert order in card
    assert ("bytes from 0" in card) == ("grey levels" in card) == ("uint8" in card)
    assert ("values in [0, 1]" in card) == (record["pixels"] == "float32")


def text(shape):
    if not shape:
        return "scalar"
    return f"[{', '.join('any' if size is None else str(size) for size in shape)}]"


def test_what_the_file_gives_has_the_recorded_type(exported):
    name, path, record, _ = exported
    play = FORMATS[name].player(path)
    for endpoint, sides in record["endpoints"].items():
        inputs = {
            name: np.full(
                [6 if size in (None, "batch") else size for size in tensor["shape"]],
                1,
                tensor["dtype"],
            )
            for name, tensor in sides["inputs"].items()
        }
        outputs = play(endpoint, inputs)
        assert set(outputs) == set(sides["outputs"])
        for name, output in outputs.items():
            assert output.dtype.name == sides["outputs"][name]["dtype"]
            _, *sizes = sides["outputs"][name]["shape"]
            assert list(output.shape[1:]) == sizes
            assert (IMAGES in outputs) <= (name == IMAGES)


def test_an_onnx_graph_bears_the_name_of_its_model(exported):
    name, path, _, _ = exported
    expected = "prior" if name == "onnx_prior" else "portraits"
    assert path.suffix != ".onnx" or onnx.load(path).graph.name == expected


def test_a_prior_has_a_card_without_images(unconditional_exports):
    card = unconditional_exports["onnx_prior"].card
    assert "# Prior: prior.onnx" in card
    for word in ("Images of", "Weights:", "values in"):
        assert word not in card
