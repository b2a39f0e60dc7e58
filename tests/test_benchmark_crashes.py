"""A benchmark that crashes says who was playing, and one known crash is avoided."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"

CRASH = """
import ctypes, _turns
def crash():
    ctypes.string_at(0)
_turns.in_turns({"quick": lambda: [1.0], "slow": lambda: [2.0]}, 1)
sound = lambda: _turns.Entry(list, 1)
_turns.that_run({"sound": sound, "broken": crash, "next": crash})
"""


@pytest.mark.exhaustive
def test_a_contestant_that_crashes_is_named():
    finished = subprocess.run(
        [sys.executable, "-c", CRASH], capture_output=True, text=True, cwd=BENCHMARKS
    )
    assert finished.returncode < 0  # by a signal
    before, _, trace = finished.stderr.partition("Fatal Python error")
    assert "round 0 of 1: quick\nround 0 of 1: slow\nround 1 of 1: quick\n" in before
    assert before.endswith("making sound\nmaking broken\n")
    assert "in crash" in trace


def test_torch_dynamo_is_imported_before_tensorflow(tmp_path):
    # A stand-in, for PyTorch is no dependency of the tests; it ends the script.
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").touch()
    (tmp_path / "torch" / "_dynamo.py").write_text(
        "import sys; sys.exit('with TensorFlow' if 'tensorflow' in sys.modules else 0)"
    )
    run_it = (
        f"import runpy, sys; sys.path[:0] = [{str(tmp_path)!r}, {str(BENCHMARKS)!r}];"
        "sys.argv = ['train_step.py', '--help'];"
        "runpy.run_path('train_step.py', run_name='__main__')"
    )
    finished = subprocess.run(
        [sys.executable, "-c", run_it], capture_output=True, text=True, cwd=BENCHMARKS
    )
    assert (finished.returncode, finished.stdout) == (0, "")  # not even the help
