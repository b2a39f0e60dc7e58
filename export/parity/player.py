"""Plays an artefact on arrays, without the packages that made it.

    python player.py PLAYER.py ARTEFACT INPUTS.npz OUTPUTS.npz

`PLAYER.py` has a function `player`, from the path of an artefact to a function of
`(endpoint, inputs)`: that of an `ExportFormat`. Arrays are named `CASE/ENDPOINT/NAME`.
Parity runs this file as a program of its own, so that what it finds holds where nothing
of ours is installed: it imports the artefact's runtime and NumPy, no more.

A `CASE` that ends in `?` asks for something that should be refused: its one output is
`refusal`, the sentence that it failed with, empty where it did not.
"""

import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np

REFUSAL = "refusal"


def answer(play: Any, endpoint: str, inputs: dict[str, Any], may_fail: bool) -> Any:
    """Returns outputs by name; of what may fail, how it did."""
    if not may_fail:
        return play(endpoint, inputs)
    try:
        play(endpoint, inputs)
    except Exception as error:
        return {REFUSAL: np.array(f"{type(error).__name__}: {error}")}
    return {REFUSAL: np.array("")}


def main(arguments: list[str]) -> None:
    """Plays every case of an .npz file and writes another."""
    player_path, artefact, inputs_path, outputs_path = map(Path, arguments)
    play = runpy.run_path(str(player_path))["player"](artefact)
    cases: dict[tuple[str, str], dict[str, Any]] = {}
    with np.load(inputs_path) as arrays:
        for key in arrays.files:
            case, endpoint, name = key.split("/")
            cases.setdefault((case, endpoint), {})[name] = arrays[key]
    outputs = {
        f"{case}/{endpoint}/{name}": value
        for (case, endpoint), inputs in cases.items()
        for name, value in answer(play, endpoint, inputs, case.endswith("?")).items()
    }
    np.savez(outputs_path, **outputs)


if __name__ == "__main__":
    for ours in ("export", "keras_gan"):
        sys.modules[ours] = None  # type: ignore[assignment]  # not to be imported
    main(sys.argv[1:])
