"""oneDNN is turned on where TensorFlow leaves it off and gains by it."""

import os
import subprocess
import sys

import pytest

from keras_gan import _processor

OLDER, NEWER = ("avx", "avx2", "fma"), ("avx2", "fma", "avx512f", "avx512_vnni")


@pytest.fixture
def before_tensorflow(monkeypatch):
    monkeypatch.delitem(sys.modules, "tensorflow")
    # Set first, so that the end of the test takes away what the function sets.
    monkeypatch.setenv(_processor.ONEDNN, "")
    monkeypatch.delenv(_processor.ONEDNN)


def has(monkeypatch, tmp_path, features):
    info = tmp_path / "cpuinfo"
    cores = [f"processor : {core}\nflags\t\t: fpu {features}\n" for core in range(2)]
    info.write_text("\n".join(cores))
    monkeypatch.setattr(_processor, "CPU_INFO", info)


@pytest.mark.parametrize(
    ("features", "expected"),
    [(OLDER, "1"), (NEWER, None), (("sse4_2", "avx"), None)],
)
def test_processors_that_gain_by_it(
    before_tensorflow, monkeypatch, tmp_path, features, expected
):
    has(monkeypatch, tmp_path, " ".join(features))
    _processor.turn_onednn_on()
    assert os.environ.get(_processor.ONEDNN) == expected


@pytest.mark.parametrize("decided", ["0", "1"])
def test_what_somebody_decided_stays(before_tensorflow, monkeypatch, tmp_path, decided):
    has(monkeypatch, tmp_path, " ".join(OLDER))
    monkeypatch.setenv(_processor.ONEDNN, decided)
    _processor.turn_onednn_on()
    assert os.environ[_processor.ONEDNN] == decided


def test_nothing_is_set_once_tensorflow_is_there(monkeypatch, tmp_path):
    assert "tensorflow" in sys.modules
    monkeypatch.delenv(_processor.ONEDNN, raising=False)
    has(monkeypatch, tmp_path, " ".join(OLDER))
    _processor.turn_onednn_on()
    assert _processor.ONEDNN not in os.environ


def test_a_processor_that_nothing_is_known_of(monkeypatch, tmp_path):
    monkeypatch.setattr(_processor, "CPU_INFO", tmp_path / "nowhere")
    assert _processor.processor_features() is None


@pytest.mark.exhaustive
def test_tensorflow_hears_of_it():
    """An older processor is one whose features are not told of."""
    code = (
        "from keras_gan import _processor; "
        "_processor.processor_features = lambda: {'avx2'}; "
        "_processor.turn_onednn_on(); "
        "print(_processor.tensorflow_has_onednn())"
    )
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop(_processor.ONEDNN, None)
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert told.stdout.split()[-1] == "True", told.stderr
