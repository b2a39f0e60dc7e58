"""The wheel, unpacked elsewhere: three commands from pictures to an ONNX file."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
BUILD = "from setuptools import build_meta; build_meta.build_wheel('wheels')"
NOT_BUILT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info")
COMMANDS = """
import sys
from pathlib import Path

import keras_gan
from keras_gan.commands.main import main

assert Path(keras_gan.__file__).parent.parent == Path(sys.argv[1]), keras_gan.__file__
own = ["--data", "image_folder", "--data-dir", "pictures", "--on-damaged", "skip"]
train = ["train", "small.py", *own, "--image-size", "8", "--epochs", "2"]
assert main([*train, "--verbose", "0", "--output-dir", "run"]) == 0
assert main(["export", "run", "--format", "onnx"]) == 0
assert main(["report", "run"]) == 0
"""
SMALL = """
import keras_gan as kg

def build(data, seed):
    gan = kg.GAN(
        kg.networks.mlp_generator(4, data.image_shape, (16,), seed=seed),
        kg.networks.maxout_discriminator(data.image_shape, (8,), seed=seed),
        kg.priors.UniformPrior(4),
        seed=seed,
    )
    gan.compile("adam", "adam", run_eagerly=True)
    return gan

RECIPE = kg.recipes.Recipe(
    name="", summary="Small.", source="here", data="image_folder", build=build,
    batch_size=16, epochs=2, monitor="kernel_distance",
)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with what the wheel of these sources holds."""
    pytest.importorskip("setuptools", minversion="77")
    folder = tmp_path_factory.mktemp("built")
    (folder / "sources").mkdir()
    for name in ("keras_gan", "export"):
        shutil.copytree(ROOT / name, folder / "sources" / name, ignore=NOT_BUILT)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "sources" / name)
    built = subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=folder / "sources",
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr[-3000:]
    (wheel,) = (folder / "sources" / "wheels").glob("keras_gan-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_holds_every_file_of_the_packages(installed):
    for name in ("keras_gan", "export"):
        source, unpacked = (
            {
                path.relative_to(folder).as_posix()
                for path in (folder / name).rglob("*")
                if path.is_file() and "__pycache__" not in path.parts
            }
            for folder in (ROOT, installed)
        )
        assert unpacked == source


@pytest.mark.exhaustive
def test_three_commands_from_pictures_to_a_generator(installed, tmp_path):
    random = np.random.default_rng(0)
    (tmp_path / "pictures").mkdir()
    for number in range(40):
        height, width = random.integers(8, 16, 2)
        pixels = random.integers(0, 256, (height, width), "uint8")
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{number:02}.png")
    (tmp_path / "pictures" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "small.py").write_text(SMALL)
    result = subprocess.run(
        [sys.executable, "-c", COMMANDS, installed],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert "1 picture in" in result.stderr and "broken.png" in result.stderr
    report = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "finished" in report and report.count("data-epoch=") == 2
    assert (tmp_path / "run" / "exports" / "generator.onnx").is_file()
    record = (tmp_path / "run" / "exports" / "generator.onnx.json").read_text()
    assert "parity" in record
