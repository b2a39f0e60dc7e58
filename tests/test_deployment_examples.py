"""The deployments that need no package of their own; the others: tests/deployment."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from exports import KNOWN_RANGE, conditional_gan, generator_of_labels

from export import export_saved_model

EXAMPLES = Path(__file__).parent.parent / "examples" / "deployment"


def read_picture(path, shape):
    *_, width, height, limit = path.read_bytes().split(maxsplit=4)[:4]
    assert (int(width), int(height)) == (shape[2], shape[0] * shape[1])
    assert int(limit) == 255
    pixels = np.frombuffer(path.read_bytes()[-np.prod(shape) :], "uint8")
    return pixels.reshape(shape)


def assert_draws(gan, path, num_samples, seed, **told):
    expected = 255 * gan.sample(num_samples, seed=seed, **told)
    assert expected.std() > 1
    received = read_picture(path, expected.shape)
    assert np.abs(received - expected).max() <= 0.5 + 1e-2


@pytest.fixture(params=["unconditional_exports", "conditional_exports"])
def exports(request):
    return request.getfixturevalue(request.param)


@pytest.mark.one_in(2)
def test_onnxruntime_alone(exports, tmp_path):
    picture = tmp_path / "images.pgm"
    script = EXAMPLES / "onnxruntime_alone.py"
    path, _, record, _ = exports["onnx_seeded"]
    command = [sys.executable, "-I", "-X", "importtime", script, path, "--num", "5"]
    command += ["--seed", "3", "--output", picture]

    def run(*more):
        return subprocess.run(
            [*map(str, (*command, *more))], capture_output=True, text=True
        )

    finished = run()
    imported = {line.split("|")[-1].strip() for line in finished.stderr.splitlines()}
    assert "onnxruntime" in imported
    assert not imported & {"keras_gan", "export", "keras", "tensorflow"}
    assert_draws(exports.gan, picture, 5, seed=3)
    finished = run("--label", "9")
    if record["conditions"]:
        assert_draws(exports.gan, picture, 5, seed=3, labels=9)
        assert "labels_must_lie_in_0_to_9" in run("--label", "10").stderr
    else:
        assert finished.returncode == 2 and "is told no class" in finished.stderr


@pytest.fixture(scope="module")
def c_program(tmp_path_factory):
    if not (shutil.which("cc") and shutil.which("make")):
        pytest.skip("no C compiler and make")
    folder = tmp_path_factory.mktemp("c_program")
    for file in (EXAMPLES / "c_program").glob("[Ms]*"):
        shutil.copy(file, folder)
    (folder / "sample").unlink(missing_ok=True)
    make = ["make", "-C", str(folder), f"PYTHON={sys.executable}"]
    built = subprocess.run(make, capture_output=True, text=True)
    if "not found" in built.stderr + built.stdout and built.returncode:
        pytest.skip("this TensorFlow comes without the libraries of its C API")
    assert built.returncode == 0, built.stderr
    return folder / "sample"


@pytest.mark.exhaustive
def test_the_c_program(exports, c_program, tmp_path):
    model, _, record, _ = exports["saved_model"]
    picture = tmp_path / "images.pgm"

    def run(folder, num_samples, seed, *label):
        arguments = [folder, num_samples, seed, picture, *label]
        return subprocess.run(
            [str(c_program), *map(str, arguments)], capture_output=True, text=True
        )

    # Each start loads TensorFlow: what does not depend on classes is tried once.
    assert run(model, 5, 3).returncode == 0
    assert_draws(exports.gan, picture, 5, seed=3)
    if record["conditions"]:
        assert run(model, 5, 3, 9).returncode == 0
        assert_draws(exports.gan, picture, 5, seed=3, labels=9)
        refusals = [
            ((model, 5, 3, 10), "`labels` must lie in 0 to 9"),
            ((model, 5, 3, "nine"), "LABEL: must be an integer"),
        ]
    else:
        refusals = [
            ((model, 10**9, 0), "`num_samples` must be an integer from 1"),
            ((model, 5, -1), "`seed` must be an integer from 0"),
            ((model, 10**10, 0), "must be an integer of 32 bits"),
            ((tmp_path / "nothing", 5, 3), "Could not find SavedModel"),
            ((model, 5, 3, 9), "this model is told no class"),
        ]
    for arguments, text in refusals:
        refused = run(*arguments)
        assert refused.returncode == 1 and text in refused.stderr, refused.stderr


@pytest.mark.exhaustive
@pytest.mark.usefixtures("play_here")
def test_the_c_program_says_who_must_tell(c_program, tmp_path):
    gan = conditional_gan(generator_of_labels())
    export_saved_model(gan, tmp_path / "model", provenance=KNOWN_RANGE)
    command = [c_program, tmp_path / "model" / "1", 5, 3, tmp_path / "images.pgm"]
    refused = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert refused.returncode == 1 and "`labels` must have" in refused.stderr
