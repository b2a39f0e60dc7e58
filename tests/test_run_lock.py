"""One run, one trainer."""

import gc
import json
import os
import re
import signal
import subprocess
import sys

import pytest

from keras_gan import _run_lock
from keras_gan._run_lock import LOCK, LostRunError, lock_run
from keras_gan.runs.directory import RunDirectory

HOLD = """
import sys
from pathlib import Path
from keras_gan._run_lock import lock_run
lock = lock_run(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_trainer(tmp_path):
    """A process that holds the lock of a run."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "locked\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_trainer_is_refused_until_the_first_is_dead(other_trainer, tmp_path):
    run = RunDirectory(tmp_path / "run")
    holder = json.loads((run.path / LOCK).read_text())
    assert holder["pid"] == other_trainer.pid
    told = f"process {holder['pid']} on {holder['host']} has trained since "
    with pytest.raises(FileExistsError, match=re.escape(told + holder["since"])):
        run.lock()
    os.kill(other_trainer.pid, signal.SIGKILL)
    other_trainer.wait()
    assert (run.path / LOCK).exists()  # nobody could remove it
    with run.lock():
        assert json.loads((run.path / LOCK).read_text())["pid"] == os.getpid()
    assert not (run.path / LOCK).exists()


def test_one_process_holds_one_lock(tmp_path):
    lock = lock_run(tmp_path)
    assert lock_run(tmp_path / "." / "") is lock
    lock.check()
    lock.release()
    assert lock_run(tmp_path) is not lock


def test_a_lock_that_nobody_keeps_is_given_back(tmp_path):
    lock = lock_run(tmp_path)
    assert (tmp_path / LOCK).exists()
    del lock
    gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("again", [False, True], ids=["gone", "another in its place"])
def test_a_folder_that_went_is_noticed(tmp_path, again):
    folder = tmp_path / "run"
    lock = lock_run(folder)
    folder.rename(tmp_path / "moved")
    if again:
        folder.mkdir()
        (folder / LOCK).touch()
    with pytest.raises(LostRunError, match="removed or renamed.*--output-dir"):
        lock.check()
    lock.release()
    assert (folder / LOCK).exists() == again  # which is another one's


def test_a_lock_file_that_says_nothing_yet(tmp_path, monkeypatch):
    (tmp_path / LOCK).touch()
    monkeypatch.setattr(_run_lock, "try_lock", lambda file: False)
    with pytest.raises(FileExistsError, match="which another process trains"):
        lock_run(tmp_path)


def test_a_file_system_without_locks_is_told_of(tmp_path, monkeypatch):
    def no_locks(file):
        raise OSError(_run_lock.errno.ENOLCK, "No locks available")

    monkeypatch.setattr(_run_lock, "try_lock", no_locks)
    with pytest.warns(UserWarning, match="knows no locks"):
        lock_run(tmp_path)
