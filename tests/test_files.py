import json
import signal
import subprocess
import sys

import pytest

from keras_gan import _files
from keras_gan._files import remove_partials, replacing, write_json


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with replacing(path) as partial:
        partial.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_failure_leaves_what_was_there(tmp_path, is_folder):
    path = tmp_path / "target"
    write(path, is_folder, "old")
    with pytest.raises(RuntimeError), replacing(path) as partial:
        write(partial, is_folder, "new")
        raise RuntimeError
    assert read(path, is_folder) == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("is_folder", [False, True])
def test_success_replaces_what_was_there(tmp_path, is_folder):
    path = tmp_path / "target"
    for content in ("old", "new"):
        with replacing(path) as partial:
            write(partial, is_folder, content)
    assert read(path, is_folder) == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["target"]


def test_a_killed_process_leaves_a_trace_that_can_be_removed(tmp_path):
    # The file alone: the package would import TensorFlow first, for seconds.
    code = (
        "import os, runpy, sys; replacing = runpy.run_path(sys.argv[1])['replacing']\n"
        "with replacing(sys.argv[2]) as partial:\n"
        "    partial.write_text('half'); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", code, _files.__file__, tmp_path / "file.txt"]
    assert subprocess.run(command).returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".file.txt-")
    remove_partials(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_json_is_written_whole(tmp_path):
    path = tmp_path / "record.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}


def write(path, is_folder, content):
    if is_folder:
        path.mkdir()
        path = path / "inner"
    path.write_text(content)


def read(path, is_folder):
    return (path / "inner" if is_folder else path).read_text()
