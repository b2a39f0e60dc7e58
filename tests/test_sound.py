"""Waveforms written to be heard: `kg.sound`, and `keras-gan sample` to a .wav."""

import dataclasses
import wave

import numpy as np
import pytest
import scipy.io.wavfile

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.runs.data import described


def read(path):
    with wave.open(str(path)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert file.getsampwidth() == 2
        return file.getframerate(), frames.reshape(-1, file.getnchannels())


@pytest.mark.parametrize("channels", [1, 2])
def test_waveforms_follow_each_other_with_a_pause(channels, tmp_path):
    waveforms = np.random.default_rng(0).uniform(-1.5, 1.5, (3, 100, channels))
    path = tmp_path / "sounds" / "three.wav"
    kg.sound.save_waveforms(path, waveforms, sampling_rate=200, pause=0.25)
    rate, frames = read(path)
    assert rate == 200 and frames.shape == (3 * 150, channels)
    parts = frames.reshape(3, 150, channels)
    assert np.abs(parts[:, 100:]).max() == 0
    heard = parts[:, :100] / 32_767
    np.testing.assert_allclose(heard, np.clip(waveforms, -1, 1), atol=0.5 / 32_767)


@pytest.mark.parametrize(
    ("waveforms", "arguments", "message"),
    [
        (np.zeros((2, 8)), {}, "`waveforms` must have shape"),
        (np.zeros((0, 8, 1)), {}, "`waveforms` must have shape"),
        (np.full((1, 8, 1), np.nan), {}, "`waveforms` must be finite"),
        (np.zeros((1, 8, 1)), {"sampling_rate": 0}, "`sampling_rate`"),
        (np.zeros((1, 8, 1)), {"pause": -1.0}, "`pause`"),
    ],
)
def test_what_cannot_be_heard_is_refused_and_nothing_written(
    waveforms, arguments, message, tmp_path
):
    path = tmp_path / "kept.wav"
    path.write_bytes(b"kept")
    with pytest.raises(ValueError, match=message):
        kg.sound.save_waveforms(path, waveforms, **arguments)
    assert path.read_bytes() == b"kept"


def test_integers_are_no_waveforms(tmp_path):
    levels = np.full((1, 8, 1), 3_000, "int16")
    with pytest.raises(TypeError, match="divide integers of 16 bits by 32768"):
        kg.sound.save_waveforms(tmp_path / "levels.wav", levels)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """One run of waveforms in [0, 1], one of images, one epoch each."""
    import keras

    folder = tmp_path_factory.mktemp("runs")
    images = kg.datasets.load_digits()
    waves = np.random.default_rng(0).uniform(size=(64, 80, 1))
    waveforms = kg.datasets.from_arrays(
        waves, data_name="waveforms", value_range=(0.0, 1.0)
    )
    slow = dataclasses.replace(waveforms, sampling_rate=200)
    known = {"images": images, "waveforms": waveforms, "of a known rate": slow}
    for name, data in known.items():
        shape = data.data_shape
        hidden = keras.layers.Dense(int(np.prod(shape)), "sigmoid")
        generator = keras.Sequential(
            [
                keras.Input((3,), name="latents"),
                hidden,
                keras.layers.Reshape(shape),
            ]
        )
        discriminator = keras.Sequential(
            [
                keras.Input(shape, name=data.data_name),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ]
        )
        gan = kg.GAN(generator, discriminator, kg.priors.NormalPrior(3))
        gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
        run = kg.runs.RunDirectory(folder / name)
        gan.fit(
            data.train.values,
            batch_size=32,
            verbose=0,
            callbacks=[
                kg.callbacks.RunRecord(run.path, {"dataset": described(data)}),
                kg.callbacks.SaveEachEpoch(run.model),
            ],
        )
    return folder


@pytest.mark.exhaustive
def test_samples_of_a_run_are_written_as_sound(runs, tmp_path):
    path = tmp_path / "samples.wav"
    command = ["sample", str(runs / "waveforms"), "--num", "4", "--seed", "2"]
    assert main([*command, "--output", str(path), "--sampling-rate", "100"]) == 0
    rate, frames = read(path)
    assert rate == 100 and frames.shape == (4 * (80 + 25), 1)
    samples = kg.load(runs / "waveforms" / "model.keras").sample(4, seed=2)
    expected = 2 * samples[..., 0] - 1
    heard = frames.reshape(4, 105)[:, :80] / 32_767
    np.testing.assert_allclose(heard, expected, atol=1e-4)
    assert main([*command, "--output", str(tmp_path / "other.wav")]) == 0
    assert read(tmp_path / "other.wav")[0] == 8_000
    command[1] = str(runs / "of a known rate")
    assert main([*command, "--output", str(tmp_path / "its.wav")]) == 0
    assert read(tmp_path / "its.wav")[0] == 200


@pytest.mark.parametrize(
    ("run", "options", "message"),
    [
        ("images", ["--output", "x.wav"], "`--output` must end in .png for what is no"),
        ("images", ["--output", "x.mp3"], "`--output` must end in .png, in .wav"),
        ("waveforms", ["--output", "x/"], "must end in .png for what is no image"),
        (
            "waveforms",
            ["--output", "x.png", "--sampling-rate", "8000"],
            "`--sampling-rate` is that of a .wav",
        ),
        ("waveforms", ["--output", "x.wav", "--sampling-rate", "0"], "--sampling-rate"),
    ],
)
def test_sound_of_pictures_is_refused(
    run, options, message, runs, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["sample", str(runs / run), *options]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_loud_samples_of_half_precision_stay_loud(tmp_path):
    waveform = np.array([1.0, -1.0, 0.5, 0.999], "float16").reshape(1, 4, 1)
    kg.sound.save_waveforms(tmp_path / "half.wav", waveform, pause=0)
    _, levels = scipy.io.wavfile.read(tmp_path / "half.wav")
    expected = np.round(32767 * waveform.astype("float64")).ravel()
    np.testing.assert_array_equal(levels.ravel(), expected)
