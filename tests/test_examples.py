"""Every script in examples/ runs, small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
ARGUMENTS = {
    "evaluator_gate.py": [
        *("--num-samples", "200", "--num-test", "100"),
        *("--num-centroids", "50", "--num-train", "1000"),
    ],
    "figure1_one_dimension.py": ["--steps", "2"],
    "helvetica.py": ["--steps", "4", "--generator-steps", "2"],
    "quickstart.py": ["--epochs", "1"],
    "ring_of_gaussians.py": [
        *("--steps", "20", "--seeds", "1", "--objectives", "recipe")
    ],
    "theory.py": [],
    "train_digit_classifier.py": ["--num-train", "500", "--epochs", "1"],
}
# Those that look at runs: tests/test_table1_and_figures.py gives them some.
OF_RUNS = {"figure2_samples.py", "figure3_interpolation.py", "table1.py"}
NEED_REAL_DATA = {"evaluator_gate.py", "train_digit_classifier.py"}


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_example_runs(name, tmp_path):
    if name in NEED_REAL_DATA and not os.environ.get("KERAS_GAN_DATA"):
        pytest.skip("KERAS_GAN_DATA is unset: it names the folder with real datasets")
    result = subprocess.run(
        [sys.executable, EXAMPLES / name, *ARGUMENTS[name], "--output-dir", tmp_path],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    expected = ("nats", "test images read right", "holds", "Written")
    assert any(word in result.stdout for word in expected)
    assert any(tmp_path.iterdir())


def test_no_example_is_missing():
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(ARGUMENTS) | OF_RUNS
