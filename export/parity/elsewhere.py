"""Artefacts are played in a process of their own, in which nothing of ours is."""

import inspect
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from export.contract.export_format import ExportFormat
from export.parity import player
from export.parity.cases import Case


def play_elsewhere(
    format: ExportFormat, path: Path, cases: Sequence[Case]
) -> list[Any]:
    """Returns what an artefact answers to each case, in an isolated fresh process.

    Raises:
        RuntimeError: if the artefact does not run there.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = Path(folder) / "inputs.npz", Path(folder) / "outputs.npz"
        names = [
            f"{index}{'?' * (case.output == player.REFUSAL)}/{case.endpoint}"
            for index, case in enumerate(cases)
        ]
        arrays: Any = {
            f"{name}/{entry}": value
            for name, case in zip(names, cases, strict=True)
            for entry, value in case.inputs.items()
        }
        np.savez(inputs, **arrays)
        script = write_player(format, Path(folder) / "play.py")
        # Without the folder of the script; what PYTHONPATH names may be needed.
        command = [sys.executable, "-P", player.__file__, script, path, inputs, outputs]
        finished = subprocess.run(
            [*map(str, command)],
            capture_output=True,
            text=True,
            # Keras's side is computed on the processor too: see cases_for.
            env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        )
        if finished.returncode:
            raise RuntimeError(
                f"{path.name} does not run in a fresh process:\n"
                f"{finished.stderr.strip()[-2000:]}"
            )
        with np.load(outputs) as played:
            return [
                played[f"{name}/{case.output}"]
                for name, case in zip(names, cases, strict=True)
            ]


def write_player(format: ExportFormat, path: Path) -> Path:
    """Writes a format's `player` as a module that imports nothing of ours.

    Returns:
        path: the module; its `player` is the function.

    Raises:
        ValueError: if its source text is nowhere to be read.
    """
    try:
        source = textwrap.dedent(inspect.getsource(format.player))
    except OSError as error:
        raise ValueError(
            "`format.player` must be written in a file, from which it is sent to "
            f"another process. Received: format {format.name!r}, typed at a prompt"
        ) from error
    name = format.player.__name__
    # Annotations name types that are not there: they stay text.
    module = f"from __future__ import annotations\n\n{source}\n\nplayer = {name}\n"
    path.write_text(module, encoding="utf-8")
    return path
