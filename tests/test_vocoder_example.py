"""examples/vocoder.py: phases of Griffin and Lim on known waveforms; a small run."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import keras_gan as kg

PATH = Path(__file__).parents[1] / "examples" / "vocoder.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("vocoder_example", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_griffin_lim_comes_near_the_spectra_it_is_given(example):
    waveforms, _ = kg.datasets.harmonic_tones(4, length=4_096, seed=3)
    layer = kg.layers.LogMelSpectrogram(name="frames")
    told = layer(waveforms).numpy()
    made = {rounds: example.griffin_lim(layer, told, rounds) for rounds in (0, 32)}
    assert made[32].shape == waveforms.shape
    far, near = (np.abs(layer(made[r]).numpy() - told).mean() for r in (0, 32))
    silent = np.abs(layer(np.zeros_like(waveforms)).numpy() - told).mean()
    assert near < far < silent
    # As loud as they were, wherever they are.
    loudness = [np.sqrt(np.square(one).mean(axis=1)) for one in (made[32], waveforms)]
    np.testing.assert_allclose(*loudness, rtol=0.35)


@pytest.mark.exhaustive
def test_the_example_scores_a_run(example, tmp_path, monkeypatch, capsys):
    tones = kg.datasets.load_harmonic_tones(64, 16, 16, length=1_024)
    recipe = kg.recipes.get("hifigan")
    gan = recipe.build(tones, 0)
    folder = tmp_path / "run"
    gan.fit(
        tones.train.waveforms,
        batch_size=16,
        verbose=0,
        callbacks=[
            kg.callbacks.RunRecord(folder),
            kg.callbacks.SaveEachEpoch(folder / "model.keras"),
        ],
    )
    run = kg.runs.load_run(folder)
    monkeypatch.setattr(type(run), "data", tones)
    output = tmp_path / "output"
    command = ["vocoder.py", str(folder), "--rounds", "2", "--output-dir", str(output)]
    monkeypatch.setattr("sys.argv", command)
    example.main()
    assert "Griffin-Lim" in capsys.readouterr().out
    names = {path.name for path in output.iterdir()}
    sounds = {"real.wav", "vocoder.wav", "griffin_lim.wav"}
    assert names == {"vocoder.json", "spectrograms.png", *sounds}
