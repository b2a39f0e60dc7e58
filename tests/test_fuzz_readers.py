"""A short, seeded turn of tests/stress/fuzz_readers.py; `make fuzz` takes minutes."""

import importlib.util
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).parent / "stress" / "fuzz_readers.py"


@pytest.fixture(scope="module")
def fuzz_readers():
    spec = importlib.util.spec_from_file_location("fuzz_readers", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_readers"] = module  # where its dataclasses look for it
    spec.loader.exec_module(module)
    yield module
    del sys.modules["fuzz_readers"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("reader", "executions"),
    [
        *(("idx", 150), ("cifar10", 150), ("tfd", 40), ("olivetti", 10)),
        *(("pictures", 10), ("classifier", 20), ("classifier_record", 50)),
        *(
            ("recordings", 40),
            ("run_record", 100),
            ("history", 100),
            ("best_record", 100),
            ("shards", 60),
        ),
    ],
)
def test_damaged_files_are_read_or_named(fuzz_readers, reader, executions):
    counts, failures = fuzz_readers.fuzz(reader, seed=0, executions=executions)
    assert failures == []
    assert counts.total() == executions and counts["ValueError"] > executions / 4


def test_what_a_reader_lets_through_is_found(fuzz_readers, monkeypatch):
    def careless(folder):
        def read(path):
            return 1 / len(path.read_bytes())

        return fuzz_readers.Reader({"a.bin": b"1234"}, read)

    monkeypatch.setitem(fuzz_readers.READERS, "careless", careless)
    counts, (failure,) = fuzz_readers.fuzz("careless", seed=0, executions=200)
    assert counts["ZeroDivisionError"] > 0 and failure.content == b""
    assert counts["read"] + counts["ZeroDivisionError"] == 200


def test_a_file_that_takes_much_memory_is_found(fuzz_readers, monkeypatch):
    def greedy(folder):
        return fuzz_readers.Reader({"a.bin": b"1234"}, lambda path: None)

    monkeypatch.setitem(fuzz_readers.READERS, "greedy", greedy)
    monkeypatch.setattr(fuzz_readers, "largest", lambda: next(sizes))
    sizes = iter([100.0, 101.0, 700.0, 700.0, 701.0])
    counts, (failure,) = fuzz_readers.fuzz("greedy", seed=0, executions=3)
    assert counts["large"] == 1 and failure.told.startswith("600 MB")


DEADLY = """
import os, signal, sys
import fuzz_readers

def deadly(folder):
    def read(path):
        if len(path.read_bytes()) > 8:
            os.kill(os.getpid(), signal.SIGSEGV)
    return fuzz_readers.Reader({"a.bin": b"1234"}, read)

fuzz_readers.READERS["deadly"] = deadly
sys.exit(fuzz_readers.main(["--readers", "deadly", "--kept", sys.argv[1]]))
"""


def test_a_reader_that_ends_its_process_is_told_and_its_file_kept(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", DEADLY, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=PATH.parent,
    )
    assert result.returncode == signal.SIGSEGV, result.stderr
    assert "was ended by a signal" in result.stdout and "SIGSEGV" in result.stdout
    (kept,) = tmp_path.rglob("a.bin")
    assert len(kept.read_bytes()) > 8


def test_a_seed_repeats_its_mutations(fuzz_readers):
    one, other = (fuzz_readers.fuzz("cifar10", seed=3, executions=60) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("seconds", "kind"), [([11, 1], "read"), ([11, 12], "slow"), ([1], "read")]
)
def test_a_file_is_slow_that_is_slow_twice(
    fuzz_readers, tmp_path, monkeypatch, seconds, kind
):
    clock, takes = [0.0], iter(seconds)

    def read(path):
        clock[0] += next(takes)

    monkeypatch.setattr(fuzz_readers.time, "monotonic", lambda: clock[0])
    reader = fuzz_readers.Reader({}, read)
    assert fuzz_readers.outcome(reader, tmp_path, "file", b"")[0] == kind
    assert next(takes, None) is None
