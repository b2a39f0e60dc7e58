"""The notebook of the tutorial runs in a kernel, and is kept with its outputs."""

import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="notebooks need nbclient")
nbclient = pytest.importorskip("nbclient", reason="notebooks need nbclient")

NOTEBOOK = Path(__file__).parent.parent / "examples" / "tutorial.ipynb"


KINDS = ("image/png", "text/html", "text/plain")


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs_of(*cells):
    outputs = [output for cell in cells for output in cell.outputs]
    return [output for output in outputs if output.get("name") != "stderr"]


def kinds_of(notebook):
    """What cells show, without how many lines a training prints."""
    shown = []
    for output in outputs_of(*code_of(notebook)):
        richest = [kind for kind in KINDS if kind in output.get("data", {})]
        kind = richest[0] if richest else output.output_type
        if shown[-1:] != [kind]:
            shown.append(kind)
    return shown


@pytest.mark.exhaustive
def test_every_cell_runs_and_shows_what_is_kept(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    kept = kinds_of(notebook)
    for cell in notebook.cells:
        cell.source = re.sub(r"epochs=100\b", "epochs=6", cell.source)
    folder = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=300, resources=folder).execute()
    assert {path.name for path in tmp_path.iterdir()} >= {"gan.keras", "digits.onnx"}
    said = "".join(one["text"] for one in outputs_of(code_of(notebook)[-1]))
    same, error = said.split()
    assert same == "True" and float(error) < 1e-5
    assert {"image/png", "text/html"} < set(kept)
    assert kinds_of(notebook) == kept


def test_kept_outputs_are_those_of_the_cells_and_small():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = code_of(notebook)
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    names = {output.get("name") for cell in cells for output in cell.outputs}
    assert "stderr" not in names
    assert NOTEBOOK.stat().st_size < 500_000
