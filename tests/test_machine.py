"""What `keras-gan checks` says of a machine, and what a shell completes by."""

import json
import re
import shutil
import subprocess
import sys

import pytest

import keras_gan as kg
from keras_gan import _processor
from keras_gan.commands import _machine
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.commands.export import _Progress
from keras_gan.commands.main import main


@pytest.fixture
def processor(monkeypatch, tmp_path):
    """Lets the processor have other features."""
    monkeypatch.setattr(_machine, "multiplications_a_second", lambda: 5e9)

    def has(*features):
        info = tmp_path / "cpuinfo"
        info.write_text(f"processor : 0\nflags\t\t: fpu sse {' '.join(features)}\n")
        monkeypatch.setattr(_processor, "CPU_INFO", info)

    return has


def found():
    return {finding.name: finding for finding in _machine.findings()}


def test_what_an_older_processor_can_do(processor):
    processor("avx2", "fma")
    looked = found()
    assert looked["processor"].told.endswith("cores with avx2, fma")
    assert "slower than float32" in looked["bfloat16"].told
    assert looked["matrix product"].told.startswith("5 GFLOP/s in float32")


def test_a_newer_processor_is_told_of_bfloat16(processor):
    processor("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16")
    assert "--precision mixed_bfloat16 is faster" in found()["bfloat16"].told


@pytest.mark.parametrize(
    ("on", "set_to", "expected"),
    [
        (True, None, ("fine", "on")),
        (False, None, ("slow", "TF_ENABLE_ONEDNN_OPTS=1 before")),
        (False, "0", ("slow", "turned off by TF_ENABLE_ONEDNN_OPTS=0")),
    ],
)
def test_where_onednn_is_off(processor, monkeypatch, on, set_to, expected):
    processor("avx2", "fma")
    monkeypatch.setattr(_machine, "tensorflow_has_onednn", lambda: on)
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    if set_to is not None:
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", set_to)
    looked = found()["oneDNN"]
    assert looked.state == expected[0] and expected[1] in looked.told


def test_a_processor_that_nothing_is_known_of(processor, monkeypatch, tmp_path):
    monkeypatch.setattr(_processor, "CPU_INFO", tmp_path / "nowhere")
    looked = found()
    assert looked["processor"].state == "fine" and "oneDNN" not in looked


def test_others_on_the_machine_are_told_of(processor, monkeypatch):
    processor("avx2")
    monkeypatch.setattr("os.getloadavg", lambda: (7.5, 1.0, 1.0), raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert found()["load"].told.startswith("7.5 processes on 2 cores")
    assert found()["load"].state == "slow"
    monkeypatch.setattr("os.getloadavg", lambda: (1.5, 7.0, 7.0), raising=False)
    assert found()["load"].state == "fine"


def test_what_is_missing_is_named_with_its_remedy(processor, monkeypatch, tmp_path):
    processor("avx2")
    known = {"tf2onnx": None, "array-record": None}
    version = _machine._version
    monkeypatch.setattr(
        _machine, "_version", lambda name: known.get(name, version(name))
    )
    monkeypatch.setenv("KERAS_GAN_DATA", str(tmp_path / "gone"))
    looked = found()
    assert looked["tf2onnx"].state == looked["datasets"].state == "missing"
    assert "pip install keras-gan[export]" in looked["tf2onnx"].told
    assert "pip install keras-gan[shards]" in looked["array-record"].told
    assert "tf2onnx" not in _machine.versions()
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage._replace(free=10**8))
    assert found()["disk"].state == "missing"


def test_packages_are_asked_for_by_names_that_they_have():
    for module in ("array_record", "onnx", "PIL"):
        pytest.importorskip(module)
    assert {"array-record", "onnx", "pillow"} <= {*_machine.versions()}


def test_checks_speak_to_people_and_to_programs(processor, monkeypatch, capsys):
    processor("avx2")
    monkeypatch.setattr(_machine, "tensorflow_has_onednn", lambda: False)
    assert main(["checks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"keras-gan +{re.escape(kg.__version__)}", lines[5])
    assert any(line.startswith("slow     oneDNN ") for line in lines)
    assert main(["checks", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["versions"]["keras-gan"] == kg.__version__
    assert {"name", "state", "told"} == set(record["findings"][0])


# ------------------------------------------------------------------------- shells


def test_lists_are_json_on_request(capsys):
    assert main(["list", "--data", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in entries] == [*kg.datasets.LOADERS]
    assert all(one["summary"] for one in entries)


def test_an_export_says_what_comes_next_and_how_long_it_has_to_go(monkeypatch, capsys):
    seconds = iter([0.0, 0.0, 1.5, 3.0, 3.0, 5.0])
    time = type("Clock", (), {"perf_counter": lambda: next(seconds)})
    monkeypatch.setattr("keras_gan.commands.export.time", time)
    progress = _Progress(["onnx", "saved_model", "litert"])
    for _ in range(3):
        progress.begin()
    _Progress(["onnx"]).begin()
    assert capsys.readouterr().out.splitlines() == [
        "Exporting onnx, 1 of 3 formats",
        "Exporting saved_model, 2 of 3 formats",
        "Exporting litert, 3 of 3 formats, about 1.5 s to go",
        "Exporting onnx",
    ]


def test_an_export_announces_each_format_before_it_is_written(
    tmp_path, monkeypatch, capsys
):
    def export_run(path, formats, **options):
        for name in formats:
            sys.stdout.write(f"(writes {name})\n")
            yield name, "whole"

    monkeypatch.setattr("export.export_run", export_run)
    (tmp_path / "run.json").write_text('{"seed": 0, "status": "running"}')
    assert main(["export", str(tmp_path), "--format", "onnx", "litert"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Exporting onnx, 1 of 2 formats",
        *("(writes onnx)", "Written: onnx", "  whole"),
        "Exporting litert, 2 of 2 formats",
        *("(writes litert)", "Written: litert", "  whole"),
    ]


def test_silent_commands_say_what_they_load_tensorflow_for(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")  # so that nothing is loaded

    def purposes(purpose=""):
        with monkeypatch.context() as without:
            without.delitem(sys.modules, "tensorflow")
            start_tensorflow(purpose)

    monkeypatch.setattr("keras_gan.commands.copy_recipe.start_tensorflow", purposes)
    output = tmp_path / "own.py"
    assert main(["copy-recipe", "digits", "--output", str(output)]) == 0
    purposes()
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Loading TensorFlow to look digits up"
    assert second.startswith("Written: ")


def test_bash_completes_commands_recipes_and_options(tmp_path, capsys):
    pytest.importorskip("shtab")
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "completion.bash"
    script.write_text(
        capsys.readouterr().out
        + """
complete -p keras-gan >/dev/null || exit 1
function=$(complete -p keras-gan | sed 's/.*-F \\([^ ]*\\).*/\\1/')
try() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    $function "$1" "${COMP_WORDS[$COMP_CWORD]}" "${COMP_WORDS[$COMP_CWORD-1]}"
    echo "${COMPREPLY[@]}"
}
try keras-gan comp
try keras-gan train goodfellow2014_t
try keras-gan train digits --strategy m
"""
    )
    result = subprocess.run(["bash", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    commands, recipes, strategies = map(str.split, result.stdout.splitlines()[-3:])
    assert set(commands) == {"compare", "completion"}
    assert set(recipes) == {"goodfellow2014_tfd_pretrain", "goodfellow2014_tfd"}
    assert set(strategies) == {"mirrored", "multi_worker"}


def test_completion_without_shtab_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "zsh"]) == 2
    assert "pip install keras-gan[completion]" in capsys.readouterr().err
