"""Every script in examples/ runs, small."""

import argparse
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from idx_files import write_small_mnist

EXAMPLES = Path(__file__).parent.parent / "examples"
ARGUMENTS = {
    "anomaly.py": [
        *("--data", "digits", "--digits", "3", "--epochs", "1"),
        *("--num-inverted", "3", "--inversion-steps", "2"),
    ],
    "coordination.py": [
        *("--steps", "2", "--parts", "2", "--seeds", "1", "--kinds", "learned prior")
    ],
    "critic_surfaces.py": [
        *("--steps", "2", "--deep-steps", "2"),
        *("--sets", "Swiss roll", "--limits", "0.01"),
    ],
    "distances.py": ["--num-steps", "600"],
    "evaluator_gate.py": [
        *("--num-samples", "200", "--num-test", "100"),
        *("--num-centroids", "50", "--num-train", "1000"),
    ],
    "few_labels.py": [
        *("--labels", "20", "--draws", "0", "--epochs", "1"),
        *("--num-images", "400", "--verbose", "0"),
    ],
    "few_pictures.py": [
        *("--num-images", "64", "--epochs", "1", "--num-samples", "300"),
        *("--games", "small_data", "--verbose", "0"),
    ],
    "figure1_one_dimension.py": ["--steps", "2"],
    "helvetica.py": ["--steps", "4", "--generator-steps", "2"],
    "least_squares_stability.py": [
        *("--steps", "4", "--part", "2", "--seeds", "1", "--data", "published")
    ],
    "no_equilibrium.py": ["--steps", "100", "--averaged-steps", "6000"],
    "quickstart.py": ["--epochs", "1"],
    "ring_of_gaussians.py": [
        *("--steps", "20", "--seeds", "1", "--objectives", "recipe")
    ],
    "salimans_techniques.py": [
        *("--seeds", "1", "--epochs", "1", "--verbose", "0"),
        *("--num-images", "128", "--num-samples", "300"),
        *("--games", "all"),
    ],
    "table1_comparators.py": [
        *("--epochs", "1", "--num-images", "200", "--num-samples", "200")
    ],
    "symptoms.py": ["--epochs", "1", "--games", "another range", "not told"],
    "theory.py": ["--num-steps", "1200"],
    "train_digit_classifier.py": ["--num-train", "500", "--epochs", "1"],
    "wasserstein_loss.py": [
        *("--steps", "1", "--num-samples", "300", "--verbose", "0"),
        *("--games", "WGAN, fully connected generator"),
    ],
    "vanishing_gradient.py": ["--epochs", "1", "--steps", "150"],
}
# Those that look at runs: tests/test_table1_and_figures.py gives them some.
OF_RUNS = {
    *("conditional_table.py", "family_table.py", "latent_walk.py"),
    *("figure2_samples.py", "figure3_interpolation.py"),
    *("parzen_spread.py", "play_on.py", "table1.py"),
}
# tests/test_stacked_mnist.py and tests/test_inference_examples.py give them digits.
OF_DIGITS = {"stacked_mnist.py", "completion.py", "inference_table.py"}
OF_SOUND = {"vocoder.py"}  # played in tests/test_vocoder_example.py
NEED_REAL_DATA = {"evaluator_gate.py", "train_digit_classifier.py"}
# Real MNIST would be read, scored and classified for a minute each.
OF_SMALL_MNIST = {
    *("few_labels.py", "few_pictures.py", "salimans_techniques.py"),
    *("table1_comparators.py", "wasserstein_loss.py"),
}

# The first that a user plays; `make exhaustive` plays all others.
QUICK = {"quickstart.py"}

# In a process of its own, as users start them all: it sets TensorFlow's threads, which
# only a new process can do. The others spare themselves the seconds that takes.
ALONE = {"ring_of_gaussians.py"}


def run_alone(command):
    result = subprocess.run([sys.executable, *command], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def run_here(monkeypatch, capsys):
    """Runs a script as `python SCRIPT ARGUMENTS` does, in this process."""

    def run(command):
        monkeypatch.setattr(sys, "argv", command)
        monkeypatch.syspath_prepend(Path(command[0]).parent)
        try:
            runpy.run_path(command[0], run_name="__main__")
        except SystemExit as end:
            assert not end.code, f"{command[0]} ended with status {end.code}"
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else [pytest.mark.exhaustive])
        for name in sorted(ARGUMENTS)
    ],
)
def test_example_runs(name, tmp_path, tmp_path_factory, monkeypatch, run_here):
    if name in NEED_REAL_DATA and not os.environ.get("KERAS_GAN_DATA"):
        pytest.skip("KERAS_GAN_DATA is unset: it names the folder with real datasets")
    command = [EXAMPLES / name, *ARGUMENTS[name], "--output-dir", tmp_path]
    if name in OF_SMALL_MNIST:
        folder = write_small_mnist(tmp_path_factory.mktemp("mnist"), monkeypatch)
        command += ["--data-dir", folder]
    run = run_alone if name in ALONE else run_here
    output = run(list(map(str, command)))
    expected = ("nats", "test images read right", "holds", "Written")
    assert any(word in output for word in expected)
    assert any(tmp_path.iterdir())


def test_every_example_is_in_the_gallery():
    gallery = (EXAMPLES.parent / "docs" / "gallery.md").read_text("utf-8")
    found = {path.name for path in [*EXAMPLES.glob("*.py"), *EXAMPLES.glob("*.ipynb")]}
    assert set(re.findall(r"\]\(\.\./examples/([^)]+)\)", gallery)) == found


class ParsedError(Exception):
    """The script took its arguments."""


@pytest.mark.exhaustive
def test_commands_of_the_gallery_are_taken(monkeypatch, run_here):
    gallery = (EXAMPLES.parent / "docs" / "gallery.md").read_text("utf-8")
    commands = re.findall(r"^    python examples/(\S+\.py)(.*)$", gallery, re.MULTILINE)
    assert len(commands) > 25
    parse = argparse.ArgumentParser.parse_args

    def parse_alone(self, *arguments, **options):
        parse(self, *arguments, **options)
        raise ParsedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_alone)
    for name, arguments in commands:
        with pytest.raises(ParsedError):
            run_here([str(EXAMPLES / name), *arguments.replace("…", "").split()])


def test_no_example_is_missing():
    found = {path.name for path in EXAMPLES.glob("*.py")}
    assert found == set(ARGUMENTS) | OF_RUNS | OF_DIGITS | OF_SOUND
