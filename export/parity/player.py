"""Plays an artefact on arrays, without the packages that made it.

    python player.py ARTEFACT INPUTS.npz OUTPUTS.npz

Arrays are named `CASE/ENDPOINT/NAME`. Parity runs this file as a program of its own, so
that what it finds holds where nothing of ours is installed: it imports the artefact's
runtime and NumPy, no more.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, Any]
Play = Callable[[str, Arrays], Arrays]


def newest_version(path: Path) -> Path:
    """Returns a SavedModel's highest version where `path` is the folder of them all."""
    if not path.is_dir() or (path / "saved_model.pb").is_file():
        return path
    versions = [entry for entry in path.iterdir() if entry.name.isdigit()]
    return max(versions, key=lambda entry: int(entry.name), default=path)


def player_of(path: Path) -> Play:
    """Returns the function of `(endpoint, inputs)` that plays an artefact.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        ValueError: if its format is unknown.
    """
    if not path.exists():
        raise FileNotFoundError(f"`path` must name an artefact. Received: path={path}")
    if path.suffix == ".onnx":
        return _onnx_player(path)
    if path.suffix == ".tflite":
        return _litert_player(path)
    if (path / "saved_model.pb").is_file():
        return _saved_model_player(path)
    raise ValueError(
        "`path` must name an .onnx file, a .tflite file or a SavedModel folder. "
        f"Received: path={path}"
    )


def _onnx_player(path: Path) -> Play:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def play(endpoint: str, inputs: Arrays) -> Arrays:
        return dict(zip(names, session.run(names, inputs), strict=True))

    return play


def _litert_player(path: Path) -> Play:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path))

    def play(endpoint: str, inputs: Arrays) -> Arrays:
        outputs: Arrays = interpreter.get_signature_runner(endpoint)(**inputs)
        return outputs

    return play


def _saved_model_player(path: Path) -> Play:
    import tensorflow as tf

    # The loaded object owns the variables: it must outlive the call.
    loaded = tf.saved_model.load(str(path))

    def play(endpoint: str, inputs: Arrays) -> Arrays:
        tensors = {name: tf.constant(value) for name, value in inputs.items()}
        outputs = loaded.signatures[endpoint](**tensors)
        return {name: tensor.numpy() for name, tensor in outputs.items()}

    return play


def main(arguments: list[str]) -> None:
    """Plays every case of an .npz file and writes another."""
    artefact, inputs_path, outputs_path = map(Path, arguments)
    play = player_of(artefact)
    cases: dict[tuple[str, str], Arrays] = {}
    with np.load(inputs_path) as arrays:
        for key in arrays.files:
            case, endpoint, name = key.split("/")
            cases.setdefault((case, endpoint), {})[name] = arrays[key]
    outputs = {
        f"{case}/{endpoint}/{name}": value
        for (case, endpoint), inputs in cases.items()
        for name, value in play(endpoint, inputs).items()
    }
    np.savez(outputs_path, **outputs)


if __name__ == "__main__":
    main(sys.argv[1:])
