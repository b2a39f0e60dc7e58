"""Two worker processes on loopback: equal weights, one writer, resume after a loss."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

PLAY = Path(__file__).parent / "workers" / "play.py"
EPOCHS = 3
TIMEOUT = 360  # seconds; a pair takes about 30 on two free cores


@contextmanager
def workers(tmp_path, *arguments, kill_at_step=None):
    """Two processes that know each other; the second is to die at that step."""
    ports = free_ports(2)
    cluster = {"worker": [f"localhost:{port}" for port in ports]}
    processes = []
    for index in range(2):
        config = {"cluster": cluster, "task": {"type": "worker", "index": index}}
        env = {**os.environ, "TF_CONFIG": json.dumps(config)}
        if kill_at_step is not None and index == 1:
            env["KILL_AT_STEP"] = str(kill_at_step)
        # A file: a pipe that nobody reads would stop who has much to say.
        with log_of(tmp_path, index).open("w") as log:
            processes.append(
                subprocess.Popen(
                    [sys.executable, *map(str, arguments)],
                    env=env,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                )
            )
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def log_of(tmp_path, index):
    return tmp_path / f"worker_{index}.log"


def end_of_log(tmp_path, index):
    return log_of(tmp_path, index).read_text()[-3000:]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("localhost", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def results_of(folder):
    return [
        list(np.load(folder / f"worker_{number}.npz").values()) for number in (0, 1)
    ]


def assert_equal(first, second):
    assert len(first) == len(second) > 30
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.exhaustive
def test_a_lost_worker_resumes_and_both_end_with_the_weights_of_an_uncut_game(
    tmp_path,
):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
    # One pair of processes plays both, for a process takes seconds to start.
    pair = workers(tmp_path, PLAY, EPOCHS, whole, cut, kill_at_step=7)
    with pair as (survivor, lost):
        status = lost.wait(timeout=TIMEOUT)
        assert status == -signal.SIGKILL, end_of_log(tmp_path, 1)
        survivor.kill()  # it waits for the lost one, until a runner restarts both
    assert_equal(*results_of(whole))  # networks, optimizers, random states, logs
    assert (cut / "gan.keras").exists() and not (cut / "worker_0.npz").exists()

    with workers(tmp_path, PLAY, EPOCHS, cut) as processes:
        for index, process in enumerate(processes):
            status = process.wait(timeout=TIMEOUT)
            assert status == 0, end_of_log(tmp_path, index)
    assert_equal(results_of(whole)[0][:-1], results_of(cut)[0][:-1])
    assert_equal(*results_of(cut))

    # One writer: pictures, record and model of the chief, no partial files.
    assert sorted(path.name for path in (cut / "samples").iterdir()) == [
        f"epoch_000{epoch}.png" for epoch in (1, 2, 3)
    ]
    rows = (cut / "record" / "history.jsonl").read_text().splitlines()
    assert [json.loads(row)["epoch"] for row in rows] == [1, 2, 3]
    assert not list(cut.rglob("*partial*"))
