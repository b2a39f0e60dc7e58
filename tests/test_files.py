import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import pytest
from games import make_tiny_gan

import keras_gan as kg
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


@pytest.mark.parametrize("name", ["owner", "previous", ".owner"])
def test_any_name_will_do(tmp_path, name):
    for content in ("old", "new"):
        with replacing(tmp_path / name) as partial:
            write(partial, is_folder=True, content=content)
    assert read(tmp_path / name, is_folder=True) == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_the_old_folder_comes_back_where_the_new_one_gets_no_name(
    tmp_path, monkeypatch
):
    path = tmp_path / "target"
    write(path, is_folder=True, content="old")
    rename = os.replace

    def refuse_the_second(source, target):
        if read(source, is_folder=True) == "new":
            raise OSError(errno.EACCES, "refused")
        rename(source, target)

    monkeypatch.setattr(os, "replace", refuse_the_second)
    with pytest.raises(OSError, match="refused"), replacing(path) as partial:
        write(partial, is_folder=True, content="new")
    assert read(path, is_folder=True) == "old"
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
    # Whoever writes into the folder next clears it.
    write_json(tmp_path / "other.json", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["other.json"]


def test_what_a_living_process_writes_stays(tmp_path):
    with replacing(tmp_path / "file.txt") as partial:
        partial.write_text("half")
        remove_partials(tmp_path)
        with replacing(tmp_path / "file.txt") as another:
            another.write_text("first")
        assert partial.read_text() == "half"
    assert read(tmp_path / "file.txt", is_folder=False) == "half"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_workspace_taken_for_a_dead_ones_is_left_for_another(
    tmp_path, monkeypatch, is_removed
):
    # A second writer clears the folder between the first one's owner file and its lock:
    # it has removed the workspace, or has locked it to remove it.
    lock, others = _files.try_lock, []

    def lock_after_another(file):
        if not others:
            others.append(Path(file.name).open("rb"))
            if is_removed:
                remove_partials(tmp_path)
            else:
                assert lock(others[0])
        return lock(file)

    monkeypatch.setattr(_files, "try_lock", lock_after_another)
    with replacing(tmp_path / "file.txt") as partial:
        assert partial.parent != Path(others[0].name).parent
        partial.write_text("whole")
    others[0].close()
    assert read(tmp_path / "file.txt", is_folder=False) == "whole"
    write_json(tmp_path / "other.json", 1)  # whoever writes there next tidies up
    assert {one.name for one in tmp_path.iterdir()} == {"file.txt", "other.json"}


@pytest.mark.parametrize("has_owner", [True, False])
def test_what_is_removed_is_locked_until_it_is_gone(tmp_path, monkeypatch, has_owner):
    dead = tmp_path / ".file.txt-abcdefgh.partial"
    dead.mkdir()
    if has_owner:
        (dead / "file.txt.owner").touch()
    remove, is_free = shutil.rmtree, []

    def lock_before_removal(path, **kwargs):
        with (path / "file.txt.owner").open("ab") as owner:
            is_free.append(_files.try_lock(owner))
        remove(path, **kwargs)

    monkeypatch.setattr(shutil, "rmtree", lock_before_removal)
    remove_partials(tmp_path)
    assert is_free == [False] and not dead.exists()


def test_nothing_but_our_own_is_removed(tmp_path):
    folder, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    mine = [".notes.partial", ".file.txt-abcdefgh.partial", ".thesis-abcdefgh.partial"]
    folder.mkdir()
    (folder / mine[0]).write_text("mine")
    elsewhere.mkdir()
    (elsewhere / "file.txt").write_text("mine")
    (folder / mine[1]).symlink_to(elsewhere)
    (folder / mine[2]).mkdir()
    (folder / mine[2] / "chapter.txt").write_text("mine")
    remove_partials(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(mine)
    assert (elsewhere / "file.txt").read_text() == "mine"
    # One of before, when nobody locked it.
    older = folder / ".file.txt-hgfedcba.partial"
    older.mkdir()
    (older / "file.txt").write_text("half")
    remove_partials(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(mine)


def test_content_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    told = []
    sync, rename = os.fsync, os.replace

    def record_sync(descriptor):
        told.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        sync(descriptor)

    def record_rename(source, target):
        told.append("renamed")
        rename(source, target)

    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("only Linux tells which file a descriptor is of")
    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(os, "replace", record_rename)
    with replacing(tmp_path / "model") as partial:
        write(partial, is_folder=True, content="whole")
    *before, renamed, after = told
    assert [path.split("/")[-1] for path in before] == ["inner", "model"]
    assert (renamed, after) == ("renamed", str(tmp_path))


def test_what_the_system_refuses_names_the_file(tmp_path):
    path = tmp_path / "file.txt"
    with pytest.raises(OSError, match=f"No space: '{path}'"), replacing(path):
        raise OSError(errno.ENOSPC, "No space")
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


def test_a_link_stays_and_what_it_names_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    named, link = tmp_path / "there" / "run7.txt", tmp_path / "latest.txt"
    named.write_text("old")
    link.symlink_to(named)
    with replacing(link) as partial:
        partial.write_text("new")
    assert link.is_symlink() and named.read_text() == link.read_text() == "new"


def test_a_save_that_fails_leaves_the_game_that_was_there(tmp_path, monkeypatch):
    gan, path = make_tiny_gan(), tmp_path / "gan.keras"
    gan.save(path)
    before = path.read_bytes()

    def full(model, filepath, *args, **kwargs):
        Path(filepath).write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "save", full)
        with pytest.raises(OSError, match="No space left"):
            gan.save(path)
    assert path.read_bytes() == before and [*tmp_path.iterdir()] == [path]
    gan.save(str(path), overwrite=True)
    gan.save(tmp_path / "new" / "gan.keras")
    kg.load(tmp_path / "new" / "gan.keras")


@pytest.mark.exhaustive
def test_a_kill_within_two_replacings_leaves_nothing(tmp_path):
    path = tmp_path / "gan.keras"
    gan = make_tiny_gan()
    code = (
        "import os, sys, keras, keras_gan as kg\n"
        "gan = kg.load(sys.argv[1])\n"
        "def killed(*args, **kwargs): os.kill(os.getpid(), 9)\n"
        "keras.Model.save = killed\n"
        "from keras_gan.callbacks._save_finite import save_finite\n"
        "from pathlib import Path\n"
        "save_finite(gan, Path(sys.argv[1]))\n"
    )
    gan.save(path)
    before = path.read_bytes()
    ended = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert ended.returncode == -signal.SIGKILL
    write_json(tmp_path / "other.json", 1)  # whoever writes there next tidies up
    assert {one.name for one in tmp_path.iterdir()} == {"gan.keras", "other.json"}
    assert path.read_bytes() == before


def test_a_game_is_saved_through_a_link_to_a_file_of_any_name(tmp_path):
    blob, link = tmp_path / "blob", tmp_path / "gan.keras"
    blob.touch()
    link.symlink_to(blob)
    make_tiny_gan().save(link)
    kg.load(link)
    assert link.is_symlink() and blob.stat().st_size > 0
