"""The tables of inference and completion, on runs of one short epoch."""

import dataclasses
import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_gan as kg
from keras_gan.commands.main import main

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    for name in ("bigan", "inpainting"):
        held = kg.recipes.get(name)
        kg.recipes.RECIPES[name] = dataclasses.replace(
            held, passes_per_epoch=1, batch_size=400, choose=None
        )
        run = ["--data", "digits", "--epochs", "1", "--output-dir", f"{root}/{name}"]
        assert main(["train", name, *run, "--verbose", "0"]) == 0
        kg.recipes.RECIPES[name] = held
    return root


@pytest.fixture
def example(monkeypatch, capsys):
    def run(name, *arguments):
        command = [str(EXAMPLES / name), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", command)
        runpy.run_path(command[0], run_name="__main__")
        return capsys.readouterr().out

    return run


@pytest.mark.exhaustive
def test_the_table_of_inference(runs, example, tmp_path):
    small = ["--num-codes", "200", "--num-images", "100", "--num-inverted", "4"]
    small += ["--inversion-steps", "2", "--regression-steps", "3"]
    small += ["--autoencoder-epochs", "1", "--num-shown", "4"]
    command = [runs / "bigan", *small, "--output-dir", tmp_path]
    output = example("inference_table.py", *command)
    held = json.loads((tmp_path / "inference_table.json").read_text())
    assert list(held) == [
        *("BiGAN", "untrained", "latent regressor", "inversion", "autoencoder")
    ]
    for name, record in held.items():
        assert 0 < record["reconstruction"]["ratio"] < 2 and name in output
        assert ("codes" in record) == ("features" in record) == (name != "inversion")
    assert held["untrained"] != held["BiGAN"]
    with Image.open(tmp_path / "reconstructions.png") as picture:
        assert picture.size == (2 * (4 * 34 + 2), 2 * (5 * 34 + 2))
    # Started again it reads what is there.
    held["BiGAN"]["reconstruction"]["ratio"] = 7.125
    (tmp_path / "inference_table.json").write_text(json.dumps(held))
    assert "7.125" in example("inference_table.py", *command)


@pytest.mark.exhaustive
def test_the_table_of_completions(runs, example, tmp_path):
    small = ["--num-images", "40", "--num-samples", "2", "--shown", "0", "3"]
    command = [runs / "inpainting", *small, "--output-dir", tmp_path]
    output = example("completion.py", *command)
    held = json.loads((tmp_path / "completion.json").read_text())
    assert len(held) == 5
    for mask, records in held.items():
        assert mask in output and list(records) == ["generator", "nearest", "mean"]
        for record in records.values():
            assert record["given_share"] == 1.0 and np.isfinite(record["frechet"])
        assert records["nearest"]["num_completions"] == 2
        assert records["mean"]["spread"] is None
    with Image.open(tmp_path / "completion.png") as picture:
        assert picture.size == (2 * (10 * 34 + 2), 2 * (10 * 34 + 2))
