"""The deployments that need no package of their own; the others: tests/deployment."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from games import play_tiny_gan

from export import Provenance, export_onnx, export_saved_model

EXAMPLES = Path(__file__).parent.parent / "examples" / "deployment"


@pytest.fixture(scope="module")
def gan():
    return play_tiny_gan()


def read_picture(path, shape):
    *_, width, height, limit = path.read_bytes().split(maxsplit=4)[:4]
    assert (int(width), int(height)) == (shape[2], shape[0] * shape[1])
    assert int(limit) == 255
    pixels = np.frombuffer(path.read_bytes()[-np.prod(shape) :], "uint8")
    return pixels.reshape(shape)


def assert_draws(gan, path, num_samples, seed):
    expected = 255 * gan.sample(num_samples, seed=seed)
    assert expected.std() > 1
    received = read_picture(path, expected.shape)
    assert np.abs(received - expected).max() <= 0.5 + 1e-2


def test_onnxruntime_alone(gan, tmp_path):
    model = tmp_path / "generator_seeded.onnx"
    export_onnx(gan, model, seeded=True, provenance=Provenance(value_range=(0, 1)))
    script = EXAMPLES / "onnxruntime_alone.py"
    command = [sys.executable, "-I", "-X", "importtime", script, model, "--num", "5"]
    finished = subprocess.run(
        [*map(str, command), "--seed", "3", "--output", str(tmp_path / "images.pgm")],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.split("|")[-1].strip() for line in finished.stderr.splitlines()}
    assert "onnxruntime" in imported
    assert not imported & {"keras_gan", "export", "keras", "tensorflow"}
    assert_draws(gan, tmp_path / "images.pgm", 5, seed=3)


@pytest.mark.skipif(
    not (shutil.which("cc") and shutil.which("make")), reason="no C compiler and make"
)
def test_the_c_program(gan, tmp_path, play_here):
    for file in (EXAMPLES / "c_program").glob("[Ms]*"):
        shutil.copy(file, tmp_path)
    (tmp_path / "sample").unlink(missing_ok=True)
    make = ["make", "-C", str(tmp_path), f"PYTHON={sys.executable}"]
    built = subprocess.run(make, capture_output=True, text=True)
    if "not found" in built.stderr + built.stdout and built.returncode:
        pytest.skip("this TensorFlow comes without the libraries of its C API")
    assert built.returncode == 0, built.stderr
    export_saved_model(gan, tmp_path / "model", max_samples=64)

    def run(folder, num_samples, seed):
        arguments = [folder, num_samples, seed, tmp_path / "images.pgm"]
        return subprocess.run(
            [str(tmp_path / "sample"), *map(str, arguments)],
            capture_output=True,
            text=True,
        )

    assert run(tmp_path / "model" / "1", 5, 3).returncode == 0
    assert_draws(gan, tmp_path / "images.pgm", 5, seed=3)
    for folder, num_samples, seed, text in (
        (tmp_path / "model" / "1", 10**9, 0, "`num_samples` must be an integer from 1"),
        (tmp_path / "model" / "1", 5, -1, "`seed` must be an integer from 0"),
        (tmp_path / "model" / "1", 10**10, 0, "must be an integer of 32 bits"),
        (tmp_path / "nothing", 5, 3, "Could not find SavedModel"),
    ):
        refused = run(folder, num_samples, seed)
        assert refused.returncode == 1 and text in refused.stderr
