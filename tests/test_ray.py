"""Two workers of Ray on this machine: the bits of plain ones, also after a loss."""

import contextlib
import importlib.util
import subprocess
import sys
import types

import numpy as np
import pytest
from games import make_tiny_gan
from test_multi_worker import (
    EPOCHS,
    PLAY,
    TIMEOUT,
    assert_equal,
    end_of_log,
    results_of,
    workers,
)

import keras_gan as kg
from keras_gan.commands import main as command
from keras_gan.commands._ray import check_engine
from keras_gan.commands.main import main
from keras_gan.runs import ray_engine

NEEDS_RAY = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason="Ray is not installed: pip install keras-gan[ray]",
)
RUN = """
import os, signal, sys
from pathlib import Path
import keras_gan as kg

FOLDER, EPOCHS, PLAY = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

def loop():
    import json, runpy
    index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
    killed = FOLDER / "killed"
    if index == 1 and not killed.exists():
        killed.touch()
        os.environ["KILL_AT_STEP"] = "7"
    runpy.run_path(PLAY)["main"](EPOCHS, FOLDER)

print(kg.runs.train_with_ray(loop, 2, FOLDER / "logs", max_failures=1, verbose=0))
"""


@NEEDS_RAY
def test_a_worker_that_ray_starts_again_ends_with_the_weights_of_plain_ones(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
    with workers(tmp_path, PLAY, EPOCHS, whole) as processes:
        for index, process in enumerate(processes):
            assert process.wait(timeout=TIMEOUT) == 0, end_of_log(tmp_path, index)
    # A process of its own, as Ray forks and leaves threads behind.
    command = [sys.executable, "-c", RUN, str(cut), str(EPOCHS), str(PLAY)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    assert result.returncode == 0 and result.stdout.endswith("0\n"), result.stderr
    assert (cut / "killed").exists()
    assert_equal(results_of(whole)[0][:-1], results_of(cut)[0][:-1])
    assert_equal(*results_of(cut))


SCORE = """
import sys
import numpy as np
import keras_gan as kg

fake = kg.runs.moments_with_ray(sys.argv[1], 1050, seed=3, chunk_size=100)
np.savez(sys.argv[2], *fake)
"""


@NEEDS_RAY
def test_samples_of_several_workers_have_the_moments_of_one_process(tmp_path):
    gan = make_tiny_gan()
    gan.save(tmp_path / "gan.keras")
    paths = [str(tmp_path / name) for name in ("gan.keras", "moments.npz")]
    command = [sys.executable, "-c", SCORE, *paths]
    result = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    assert result.returncode == 0, result.stderr
    received = np.load(paths[1]).values()
    expected = kg.evaluation.moments_of(gan.sample_stream(1050, seed=3, chunk_size=100))
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


def test_what_makes_no_sense_is_refused(tmp_path, capsys):
    output = ["--output-dir", str(tmp_path / "run"), "--engine", "ray"]
    assert main(["train", "digits", *output, "--strategy", "mirrored"]) == 2
    assert "`--strategy` is the engine's business" in capsys.readouterr().err
    assert main(["train", "digits", *output, "--dry-run"]) == 2
    assert main(["train", "digits", *output, "--time", "30m"]) == 2
    assert "`--time` is for one machine" in capsys.readouterr().err
    assert main(["train", "digits", *output, "--workers", "0"]) == 2
    assert "`num_workers`" in capsys.readouterr().err
    with pytest.raises(ValueError, match="`max_failures`"):
        kg.runs.train_with_ray(print, 2, tmp_path, max_failures=-1)
    assert not (tmp_path / "run").exists()


def test_logs_of_before_are_removed_and_nobody_elses(monkeypatch, tmp_path):
    mine = ["notes.log", "slurm.status", "worker_a.log", "worker_1.log.old"]
    for name in (*mine, "worker_0.log", "worker_12.log", "worker_0.status"):
        (tmp_path / name).write_text("of before")

    class Trainer:
        """Ray's, without Ray: one worker that ends well."""

        def __init__(self, *args, **kwargs):
            self.left = sorted(path.name for path in tmp_path.iterdir())

        def fit(self):
            assert self.left == sorted(mine)
            (tmp_path / "worker_0.status").write_text("0")

    ray = types.SimpleNamespace(
        TensorflowTrainer=Trainer,
        TrainingFailedError=RuntimeError,
        **dict.fromkeys(("ScalingConfig", "RunConfig", "FailureConfig"), dict),
    )
    monkeypatch.setattr(ray_engine, "_ray", lambda room: ray)
    monkeypatch.setattr(
        ray_engine, "started_ray", lambda room: contextlib.nullcontext()
    )
    assert kg.runs.train_with_ray(print, 1, tmp_path, verbose=0) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*mine, "worker_0.status"]
    )


def test_without_ray_the_command_says_how_to_get_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    command = ["train", "digits", "--engine", "ray", "--output-dir"]
    assert main([*command, str(tmp_path / "run")]) == 2
    assert "pip install keras-gan[ray]" in capsys.readouterr().err


@pytest.mark.parametrize("workers", [["--workers", "3"], ["--workers=3"], []])
def test_workers_train_as_they_were_told(workers, monkeypatch, tmp_path, capsys):
    told = []
    monkeypatch.setattr(
        kg.runs, "train_with_ray", lambda loop, number, *_, **__: [number, loop()][1]
    )
    monkeypatch.setattr(command, "main", lambda given: told.append(given) or 0)
    given = ["train", "digits", "--epochs", "2", "--engine", "ray", *workers]
    assert main([*given, "--output-dir", str(tmp_path / "run")]) == 0
    args = command.build_parser().parse_args(told[0])
    check_engine(args)
    assert (args.engine, args.workers, args.strategy) == ("none", None, "multi_worker")
    assert args.resume and args.epochs == 2


def test_workers_are_of_an_engine(tmp_path, capsys):
    command = ["train", "digits", "--output-dir", str(tmp_path / "run")]
    assert main([*command, "--workers", "5"]) == 2
    assert "add --engine ray" in capsys.readouterr().err
    with pytest.raises(SystemExit):  # a run is taken up by `train --resume`
        main(["resume", str(tmp_path), "--engine", "ray"])
    assert not (tmp_path / "run").exists()
