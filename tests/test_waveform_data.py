"""Waveforms: tones of a known law, and your own recordings."""

import dataclasses
import io
import json
import math
import struct
import threading
import time
import wave

import keras
import numpy as np
import pytest
import scipy.signal
from scipy.io import wavfile

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets import _recordings, harmonic_tones, load_wave_folder
from keras_gan.datasets._budget import Budget
from keras_gan.datasets.tones import load_harmonic_tones

RATE = 8_000
SMALL = {"num_train": 30, "num_valid": 5, "num_test": 5, "length": 256}


# -------------------------------------------------------------------------- tones


def test_a_tone_is_the_stated_sum():
    tones, fundamentals = harmonic_tones(20, 500, RATE, seed=3)
    assert tones.dtype == np.float32 and tones.shape == (20, 500, 1)
    random_numbers = np.random.default_rng(3)
    np.testing.assert_array_equal(
        fundamentals, 80 * 5 ** random_numbers.uniform(size=20)
    )
    tau = random_numbers.uniform(0.1, 0.4, size=20)
    integral = scipy.integrate.quad(np.sinc, 0, 1)[0] * np.pi  # np.sinc(x / pi) has pi
    t = np.arange(500) / RATE
    for tone, f, constant in zip(tones[..., 0], fundamentals, tau, strict=True):
        partials = sum(np.sin(2 * np.pi * k * f * t) / k for k in range(1, 9))
        envelope = np.minimum(1, t / 0.005) * np.exp(-t / constant)
        expected = 0.95 / integral * envelope * partials
        np.testing.assert_allclose(tone, expected, rtol=0, atol=1e-6)


def test_the_pitch_is_heard_in_the_spectrum():
    tones, fundamentals = harmonic_tones(40, 4_096, RATE, seed=1)
    spectra = np.abs(np.fft.rfft(tones[..., 0], 16 * RATE))  # in steps of 1/16 Hz
    np.testing.assert_allclose(spectra.argmax(axis=1) / 16, fundamentals, atol=0.5)


def test_partials_fall_as_one_over_k_and_decay_together():
    tones, fundamentals = harmonic_tones(8, 4_096, RATE, seed=2)
    tau = np.random.default_rng(2).uniform(size=16)[8:] * 0.3 + 0.1
    t = np.arange(4_096) / RATE
    for tone, f, constant in zip(tones[..., 0], fundamentals, tau, strict=True):
        level = tone * np.exp(t / constant)  # as if it did not decay
        steady, times = level[100:], t[100:]
        angles = 2 * np.pi * f * times[:, None] * np.arange(1, 9)
        fitted = np.linalg.lstsq(
            np.concatenate([np.sin(angles), np.cos(angles)], axis=1), steady, rcond=None
        )[0]
        expected = 0.95 / 1.8519370519824662 / np.arange(1, 9)
        np.testing.assert_allclose(fitted[:8], expected, rtol=1e-4)
        np.testing.assert_allclose(fitted[8:], 0, atol=1e-5)


def test_no_partial_lies_above_half_the_rate():
    tones, fundamentals = harmonic_tones(50, 4_000, 1_000, seed=0)
    reference, same = harmonic_tones(50, 4_000 * 16, 16_000, seed=0)
    np.testing.assert_array_equal(fundamentals, same)
    t = np.arange(4_000) / 1_000
    for row, f in enumerate(fundamentals):
        number = min(8, int(np.ceil(500 / f)) - 1)
        partials = sum(np.sin(2 * np.pi * k * f * t) / k for k in range(1, number + 1))
        all_of_them = sum(np.sin(2 * np.pi * k * f * t) / k for k in range(1, 9))
        # At these times the other rate has all eight partials and the same envelope.
        received = tones[row, :, 0] * all_of_them
        expected = reference[row, ::16, 0] * partials
        np.testing.assert_allclose(received, expected, atol=1e-5)


def test_fundamentals_are_uniform_in_octaves():
    _, fundamentals = harmonic_tones(20_000, 1, RATE, seed=0)
    position = np.sort(np.log(fundamentals / 80) / np.log(5))
    distance = np.abs(position - (np.arange(20_000) + 0.5) / 20_000).max()
    # Dvoretzky-Kiefer-Wolfowitz: exceeded once in 1e6 seeds.
    assert distance < np.sqrt(np.log(2 / 1e-6) / (2 * 20_000)) + 0.5 / 20_000


def test_levels_stay_below_their_bound_without_a_click():
    tones, _ = harmonic_tones(500, 1_000, RATE, seed=0)
    assert 0.8 < np.abs(tones).max() <= 0.95 and not tones[:, 0].any()
    assert np.abs(tones[:, 1]).max() < 0.05


def test_a_dataset_of_tones():
    data = load_harmonic_tones(**SMALL)
    assert data.name == "harmonic_tones" and data.data_shape == (256, 1)
    assert data.data_name == "waveforms" and data.value_range == (-1.0, 1.0)
    seed = kg._seeds.derived_seed(0, 0)
    tones, fundamentals = harmonic_tones(30, 256, RATE, seed)
    np.testing.assert_array_equal(data.train.waveforms, tones)
    edges = 80 * 2 ** (np.arange(1, 7) / 3)
    np.testing.assert_array_equal(data.train.labels, np.digitize(fundamentals, edges))


def test_splits_do_not_depend_on_each_other():
    data, other = (
        load_harmonic_tones(**SMALL),
        load_harmonic_tones(**{**SMALL, "num_train": 7}),
    )
    np.testing.assert_array_equal(data.valid.values, other.valid.values)
    np.testing.assert_array_equal(data.test.values, other.test.values)
    assert (data.valid.values != data.test.values).any()
    again = load_harmonic_tones(**SMALL)
    np.testing.assert_array_equal(data.train.values, again.train.values)
    assert (
        data.train.values != load_harmonic_tones(**SMALL, seed=1).train.values
    ).any()


def test_chunks_change_nothing(monkeypatch):
    expected, _ = harmonic_tones(10, 300, RATE, seed=0)
    monkeypatch.setattr("keras_gan.datasets.tones._AT_ONCE", 1_000)
    np.testing.assert_array_equal(harmonic_tones(10, 300, RATE, seed=0)[0], expected)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"num": 0}, "`num`. Expected an integer of at least 1"),
        ({"length": 1.5}, "`length`. Expected an integer of at least 1"),
        (
            {"sampling_rate": 800},
            "`sampling_rate`. Expected an integer of at least 801",
        ),
        ({"seed": -1}, "`seed`. Expected an integer from 0"),
    ],
)
def test_tones_that_cannot_be(arguments, told):
    with pytest.raises(ValueError, match=told):
        harmonic_tones(**{"num": 2, **arguments})


@pytest.mark.parametrize("name", ["num_train", "num_valid", "num_test"])
def test_splits_that_cannot_be(name):
    with pytest.raises(ValueError, match=f"`{name}`. Expected"):
        load_harmonic_tones(**{**SMALL, name: 0})


# --------------------------------------------------------------------- recordings


def centered_at_peak(signal):
    """What is promised of a recording, as it is told in the docstring."""
    signal = np.asarray(signal, "float64")
    signal = signal - signal.mean()
    return 0.95 * signal / np.abs(signal).max()


def some_levels(num=400, seed=0):
    return np.random.default_rng(seed).uniform(-0.8, 0.9, num)


def write(path, samples, rate=RATE):
    path.parent.mkdir(parents=True, exist_ok=True)
    wavfile.write(path, rate, samples)
    return path


def fill(folder, samples=None, rate=RATE):
    """Three recordings, the least that there may be."""
    samples = some_levels().astype("f4") if samples is None else samples
    return [write(folder / f"{name}.wav", samples, rate) for name in "abc"]


def everything(data):
    return np.concatenate([split.waveforms for split in data.splits.values()])


def only(folder, length=400, **options):
    """The one waveform of a folder of equal recordings."""
    waveforms = everything(load_wave_folder(folder, length, **options))
    np.testing.assert_array_equal(waveforms, waveforms[:1].repeat(len(waveforms), 0))
    return waveforms[0, :, 0]


@pytest.mark.parametrize(
    ("kind", "scale", "middle"),
    [
        ("u1", 127, 128),
        ("i2", 2**15 - 1, 0),
        ("i4", 2**31 - 1, 0),
        ("f4", 1, 0),
        ("f8", 1, 0),
        ("f4", 1000, 7),  # beyond full scale, as some programs write
    ],
)
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_every_format_that_scipy_writes(tmp_path, kind, scale, middle, channels):
    levels = scale * some_levels(400 * channels).reshape(400, channels) + middle
    samples = levels.astype(kind)
    fill(tmp_path, samples if channels > 1 else samples[:, 0])
    expected = centered_at_peak(samples.astype("f8").mean(axis=1))
    np.testing.assert_allclose(only(tmp_path), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width_of_integers_that_python_writes(tmp_path, width):
    levels = np.round(some_levels() * (2 ** (8 * width - 1) - 1)).astype("i8")
    stored = levels + 128 if width == 1 else levels
    for name in "abc":
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, width, RATE, 0, "NONE", "not compressed"))
            frames = [
                int(one).to_bytes(8, "little", signed=True)[:width] for one in stored
            ]
            file.writeframes(b"".join(frames))
    expected = centered_at_peak(levels)
    np.testing.assert_allclose(only(tmp_path), expected, rtol=0, atol=1e-6)


def riff(*chunks, size=None):
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def fmt(tag=1, channels=1, rate=RATE, bits=16, frame=None, extension=b""):
    frame = channels * bits // 8 if frame is None else frame
    numbers = (tag, channels, rate, rate * frame % 2**32, frame, bits)
    return struct.pack("<HHIIHH", *numbers) + extension


def bytes_of(levels):
    return np.asarray(levels, "<i2").tobytes()


LEVELS = np.round(20_000 * some_levels()).astype("i2")
DATA = (b"data", bytes_of(LEVELS))


def put(folder, content):
    for name in "abc":
        (folder / f"{name}.wav").write_bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        riff((b"fmt ", fmt()), (b"LIST", b"odd"), (b"bext", b"none"), DATA),
        riff(DATA, (b"fmt ", fmt())),
        riff((b"fmt ", fmt()), DATA, (b"id3 ", b"x" * 9)),
        riff((b"fmt ", fmt()), DATA, size=0),  # as written where it was not known
        riff((b"fmt ", fmt(extension=b"\0\0")), DATA),
        riff(
            (
                b"fmt ",
                fmt(
                    tag=0xFFFE,
                    extension=struct.pack("<HHI", 22, 16, 4)
                    + bytes.fromhex("0100000000001000800000aa00389b71"),
                ),
            ),
            DATA,
        ),
        riff((b"fmt ", fmt()), (b"data", DATA[1] + b"\x01")),  # half a sample more
    ],
    ids=["others", "late", "tagged", "no size", "18 bytes", "extensible", "odd"],
)
def test_headers_of_other_programs(tmp_path, content, recwarn):
    put(tmp_path, content)
    expected = centered_at_peak(LEVELS)
    np.testing.assert_allclose(only(tmp_path), expected, rtol=0, atol=1e-6)
    assert not recwarn.list


def test_a_sine_is_resampled_to_the_sine_of_its_pitch(tmp_path):
    for old, new in ((44_100, 8_000), (8_000, 44_100), (16_000, 8_000)):
        fill(tmp_path, np.sin(2 * np.pi * 440 * np.arange(old) / old), old)
        received = only(tmp_path, new, sampling_rate=new)
        expected = 0.95 * np.sin(2 * np.pi * 440 * np.arange(new) / new)
        inner = slice(new // 20, -new // 20)  # the filter sees silence beyond the ends
        np.testing.assert_allclose(received[inner], expected[inner], atol=0.05)
        # The peak that sets the level is at an end; elsewhere there is one factor.
        factor = received[inner] @ expected[inner] / (expected[inner] @ expected[inner])
        np.testing.assert_allclose(
            received[inner], factor * expected[inner], rtol=0, atol=2e-3
        )


def test_what_the_new_rate_cannot_hold_is_left_out(tmp_path):
    times = np.arange(32_000) / 16_000
    low, high = (np.sin(2 * np.pi * pitch * times) for pitch in (500, 6_500))
    fill(tmp_path, low + high, 16_000)
    received = only(tmp_path, 16_000, sampling_rate=8_000)
    spectrum = np.abs(np.fft.rfft(received * np.hanning(16_000)))
    assert np.argmax(spectrum) == 1_000  # 500 Hz, in steps of half a hertz
    assert spectrum[2_900:3_100].max() < 2e-3 * spectrum.max()  # the mirror at 1,500 Hz


def test_the_rate_of_the_files_is_kept_where_it_is_the_wanted_one(tmp_path):
    fill(tmp_path)
    np.testing.assert_array_equal(only(tmp_path), only(tmp_path, sampling_rate=RATE))


def test_data_know_the_rate_of_their_waveforms(tmp_path):
    fill(tmp_path)
    assert load_wave_folder(tmp_path).sampling_rate == RATE
    resampled = load_wave_folder(tmp_path, sampling_rate=11_025)
    assert resampled.sampling_rate == 11_025
    assert resampled.in_range(0.0, 1.0).sampling_rate == 11_025
    tones = load_harmonic_tones(**SMALL, sampling_rate=16_000)
    assert tones.sampling_rate == 16_000
    with pytest.raises(ValueError, match="`sampling_rate`"):
        dataclasses.replace(tones, sampling_rate=0)


def test_level_and_mean_are_of_the_whole_recording(tmp_path):
    samples = np.concatenate([0.1 * some_levels(100), some_levels(300, seed=1)])
    fill(tmp_path, samples)
    np.testing.assert_allclose(
        only(tmp_path, 100), centered_at_peak(samples)[:100], rtol=0, atol=1e-6
    )


def test_short_recordings_end_in_zeros(tmp_path):
    fill(tmp_path, some_levels(90))
    received = only(tmp_path, 128)
    np.testing.assert_allclose(
        received[:90], centered_at_peak(some_levels(90)), atol=1e-6
    )
    assert not received[90:].any()


@pytest.fixture
def recordings(tmp_path):
    """Twenty recordings, told apart by where their peak is, in two folders."""
    for number in range(20):
        pulse = np.zeros(64, "f4")
        pulse[number] = 0.5
        kind = "odd" if number % 2 else "even"
        write(tmp_path / kind / "deeper" / f"{number:02}.WAV", pulse)
    return tmp_path


def numbers_of(waveforms):
    return waveforms[..., 0].argmax(axis=1)


def test_every_recording_is_in_one_split(recordings):
    data = load_wave_folder(recordings, 64, valid_fraction=0.2)
    assert data.name == recordings.name and data.data_name == "waveforms"
    assert data.data_shape == (64, 1) and data.value_range == (-1.0, 1.0)
    assert [len(split) for split in data.splits.values()] == [14, 4, 2]
    assert sorted(numbers_of(everything(data))) == [*range(20)]
    again = load_wave_folder(recordings, 64, valid_fraction=0.2)
    np.testing.assert_array_equal(everything(data), everything(again))
    other = load_wave_folder(recordings, 64, valid_fraction=0.2, seed=1)
    assert (data.train.waveforms != other.train.waveforms).any()


def test_labels_number_the_folders(recordings):
    for split in load_wave_folder(recordings, 64).splits.values():
        np.testing.assert_array_equal(split.labels, numbers_of(split.waveforms) % 2)
    write(recordings / "neither.wav", some_levels())
    assert load_wave_folder(recordings, 64).train.labels is None


def test_a_class_of_damaged_recordings_keeps_its_number(recordings):
    (recordings / "more").mkdir()
    (recordings / "more" / "a.wav").write_bytes(b"")
    with pytest.warns(UserWarning, match="1 recording in .* left out"):
        data = load_wave_folder(recordings, 64, on_damaged="skip")
    odd = numbers_of(data.train.waveforms) % 2
    np.testing.assert_array_equal(data.train.labels, 2 * odd)  # "even", "more", "odd"


def test_files_of_other_kinds_are_told(recordings):
    (recordings / "notes.txt").write_text("no sound")
    with pytest.warns(UserWarning, match=r"1 files .* none of \.wav: {'\.txt': 1}"):
        assert len(everything(load_wave_folder(recordings, 64))) == 20


def test_a_game_is_offered_recordings_by_name(recordings):
    data = kg.datasets.load("wave_folder", recordings)
    assert data.data_shape == (4_096, 1)
    assert kg.datasets.load("harmonic_tones").data_shape == (4_096, 1)


def small_waveform_game(data, seed):
    networks = (
        keras.Sequential(
            [
                keras.Input((3,)),
                keras.layers.Dense(data.data_shape[0], "tanh"),
                keras.layers.Reshape(data.data_shape),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(data.data_shape),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ]
        ),
    )
    gan = kg.GAN(*networks, kg.priors.UniformPrior(3), seed=seed)
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam(), run_eagerly=True)
    return gan


@pytest.mark.exhaustive
def test_a_run_keeps_the_length_and_the_rate_of_its_recordings(
    recordings, tmp_path_factory, monkeypatch, capsys
):
    write(recordings / "odd" / "z.wav", some_levels(), 44_100)
    small = dataclasses.replace(
        kg.recipes.get("wavegan"), build=small_waveform_game, batch_size=8
    )
    monkeypatch.setitem(kg.recipes.RECIPES, "wavegan", small)
    path = tmp_path_factory.mktemp("runs") / "one"
    train = ["train", "wavegan", "--data", "wave_folder", "--data-dir", str(recordings)]
    train += ["--epochs", "1", "--verbose", "0", "--output-dir", str(path)]
    assert main(train) == 2
    assert "of a command it is --sampling-rate" in capsys.readouterr().err
    assert main([*train, "--sampling-rate", "4000", "--length", "256"]) == 0
    run = kg.runs.load_run(path)
    assert run.data.data_shape == (256, 1) and run.data.sampling_rate == 4_000
    assert main(["resume", str(path), "--epochs", "2", "--verbose", "0"]) == 0
    assert kg.load(path / "model.keras").epochs_completed.numpy() == 2
    assert main([*train, "--resume", "--length", "64"]) == 2
    assert "with length=256" in capsys.readouterr().err


def test_a_lone_file_is_told_length_and_rate(recordings, tmp_path_factory, capsys):
    data = load_wave_folder(recordings, length=256, sampling_rate=4_000)
    path = tmp_path_factory.mktemp("lone") / "gan.keras"
    small_waveform_game(data, seed=0).save(path)
    evaluate = ["evaluate", str(path), "--data", "wave_folder"]
    evaluate += ["--data-dir", str(recordings), "--sampling-rate", "4000"]
    evaluate += ["--measures", "kernel_distance", "--verbose", "0"]
    assert main(evaluate) == 2
    assert r"with --image-size or --length" in capsys.readouterr().err
    assert main([*evaluate, "--length", "256", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["protocol"]["dataset"] == recordings.name
    assert math.isfinite(record["scores"]["generated"]["kernel_distance"]["value"])


# ----------------------------------------------------------------------- refusals


@pytest.mark.parametrize("option", ["length", "sampling_rate"])
def test_lengths_and_rates_are_for_sound(option):
    with pytest.raises(ValueError, match=f"`{option}` is for sound, and digits is not"):
        kg.datasets.load("digits", **{option: 64})


def test_rates_that_differ_are_listed(tmp_path):
    fill(tmp_path)
    write(tmp_path / "d.wav", some_levels(), 44_100)
    with pytest.raises(ValueError, match=r"`sampling_rate` .* 2 rates, 8000, 44100 Hz"):
        load_wave_folder(tmp_path)
    assert len(everything(load_wave_folder(tmp_path, sampling_rate=11_025))) == 4


def nan(index, value):
    samples = some_levels().astype("f4")
    samples[index] = value
    file = io.BytesIO()
    wavfile.write(file, RATE, samples)
    return file.getvalue()


DAMAGED = {
    "empty": (b"", "it ends within its header"),
    "text": (b"no sound, in many words", "it is no RIFF WAVE file"),
    "picture": (riff(DATA).replace(b"WAVE", b"WEBP"), "it is no RIFF WAVE file"),
    "no chunk": (riff(), "it has no chunk 'fmt '"),
    "no format": (riff(DATA), "it has no chunk 'fmt '"),
    "no data": (riff((b"fmt ", fmt())), "it has no chunk 'data'"),
    "hidden": (
        riff(*[(b"junk", b"")] * 1_000, (b"fmt ", fmt()), DATA),
        "it has no chunk 'fmt '",
    ),
    "short format": (
        riff(DATA, (b"fmt ", fmt()[:9]))[:-1],
        "it ends within its header",
    ),
    "cut": (
        riff((b"fmt ", fmt()), DATA)[:-3],
        "it is cut: 800 .* stated, 797 are there",
    ),
    "vast": (
        riff((b"fmt ", fmt())) + b"data" + struct.pack("<I", 2**32 - 1) + b"\0\0",
        "it is cut: 4,294,967,295 bytes of samples are stated, 2 are there",
    ),
    "no samples": (riff((b"fmt ", fmt()), (b"data", b"")), "it holds no samples"),
    "no channels": (
        riff((b"fmt ", fmt(channels=0)), DATA),
        "0 channels of 16 bits do not fill frames of 0 bytes",
    ),
    "no frames": (riff((b"fmt ", fmt(frame=0)), DATA), "frames of 0 bytes"),
    "too few": (riff((b"fmt ", fmt(channels=9, frame=8)), DATA), "frames of 8 bytes"),
    "too wide": (riff((b"fmt ", fmt(frame=9)), DATA), "frames of 9 bytes"),
    "no bits": (riff((b"fmt ", fmt(bits=0, frame=2)), DATA), "of 0 bits"),
    "wide bytes": (riff((b"fmt ", fmt(bits=8, frame=2)), DATA), "of 8 bits"),
    "no rate": (riff((b"fmt ", fmt(rate=0)), DATA), "rate, 0 Hz, is not from 1"),
    "great rate": (
        riff((b"fmt ", fmt(rate=2**32 - 5)), DATA),
        "rate, 4,294,967,291 Hz, is not from 1 to 384,000 Hz",
    ),
    "compressed": (riff((b"fmt ", fmt(tag=7, bits=8)), DATA), "damaged: .*MULAW"),
    "half floats": (riff((b"fmt ", fmt(tag=3)), DATA), "damaged: .*16-bit floating"),
    "nan": (nan(7, np.nan), "it holds NaN or infinite samples"),
    "infinite": (nan(-1, -np.inf), "it holds NaN or infinite samples"),
    "constant": (
        riff((b"fmt ", fmt()), (b"data", bytes_of([9_000] * 50))),
        "it is silent: no sample is farther than 0.0001",
    ),
    "quiet": (riff((b"fmt ", fmt()), (b"data", bytes_of([0, 3] * 50))), "it is silent"),
    "one": (riff((b"fmt ", fmt()), (b"data", bytes_of([5]))), "it is silent"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_recording_is_told(recordings, name):
    content, told = DAMAGED[name]
    path = recordings / "odd" / "bad.wav"
    path.write_bytes(content)
    match = rf"1 recording in .* cannot be read: .*\n  odd/bad\.wav: .*{told}"
    with pytest.raises(ValueError, match=match):
        load_wave_folder(recordings, 64)
    with pytest.warns(UserWarning, match=r"1 recording in .* left out:\n  odd/bad"):
        data = load_wave_folder(recordings, 64, on_damaged="skip")
    assert sorted(numbers_of(everything(data))) == [*range(20)]


def test_all_damaged_recordings_are_listed_whatever_the_rates(recordings):
    (recordings / "a.wav").write_bytes(b"")
    (recordings / "b.wav").write_bytes(DAMAGED["nan"][0])
    write(recordings / "c.wav", some_levels(), 44_100)
    told = r"2 recordings in .*\n  a\.wav: it ends .*\n  b\.wav: it holds NaN"
    with pytest.raises(ValueError, match=told):
        load_wave_folder(recordings)


def test_sums_of_the_largest_floats_are_finite(tmp_path):
    samples = np.full((100, 2), 1.7e308)
    samples[::2] = -1e308
    fill(tmp_path, samples)
    expected = centered_at_peak(samples[:, 0] / 1e308)
    np.testing.assert_allclose(only(tmp_path, 100), expected, rtol=0, atol=1e-6)


def test_a_recording_is_measured_before_it_is_read(tmp_path, monkeypatch):
    fill(tmp_path, some_levels(60).reshape(30, 2))
    monkeypatch.setattr(_recordings, "MAX_SAMPLES", 60)
    load_wave_folder(tmp_path)
    with pytest.raises(
        ValueError, match="a.wav: from 8,000 Hz it would be resampled to"
    ):
        load_wave_folder(tmp_path, sampling_rate=16_001)
    monkeypatch.setattr(_recordings, "MAX_SAMPLES", 59)
    monkeypatch.setattr(_recordings, "_decoded", None)
    with pytest.raises(ValueError, match="its 60 samples are more than 59; divide it"):
        load_wave_folder(tmp_path)


def test_no_more_samples_are_unpacked_at_once_than_allowed(tmp_path, monkeypatch):
    for number in range(12):
        write(tmp_path / f"{number}.wav", some_levels(60).reshape(30, 2))
    running, most, lock = 0, 0, threading.Lock()

    def counted(signal):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return signal

    monkeypatch.setattr(_recordings, "_leveled", counted)
    monkeypatch.setattr(_recordings, "_AT_ONCE", Budget(150))
    load_wave_folder(tmp_path, length=30)
    assert most == 2


def test_a_folder_without_three_recordings(tmp_path):
    for folder in (None, tmp_path / "nowhere"):
        with pytest.raises(FileNotFoundError, match="name a folder with recordings"):
            load_wave_folder(folder)
    write(tmp_path / "a.wav", some_levels())
    told = r"`data_dir` must hold at least three recordings \(\.wav\).*Received: 1 in"
    with pytest.raises(ValueError, match=told):
        load_wave_folder(tmp_path)


def test_nothing_but_damaged_recordings(tmp_path):
    put(tmp_path, b"")
    with pytest.raises(ValueError, match="3 recordings in .* cannot be read"):
        load_wave_folder(tmp_path)
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="leave recordings"):
        load_wave_folder(tmp_path, on_damaged="skip")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"length": 0}, "`length`. Expected an integer of at least 1"),
        ({"sampling_rate": 0}, "`sampling_rate`. Expected an integer from 1 to 384000"),
        ({"sampling_rate": 384_001}, "`sampling_rate`. Expected an integer from 1"),
        ({"valid_fraction": 1.0}, "`valid_fraction`. Expected"),
        ({"test_fraction": 0.95}, "must leave recordings to train on"),
        ({"seed": -1}, "`seed`. Expected an integer from 0"),
        ({"on_damaged": "ignore"}, "`on_damaged`. Expected one of raise, skip"),
    ],
)
def test_arguments_that_cannot_be(recordings, arguments, told):
    with pytest.raises(ValueError, match=told):
        load_wave_folder(recordings, **arguments)


def test_any_damaged_bytes_are_read_or_named(recordings):
    """Every byte of a header, set to what is likely to mislead."""
    path = recordings / "odd" / "bad.wav"
    whole = riff(
        (b"fmt ", fmt(tag=3, bits=32)), (b"data", some_levels().astype("f4").tobytes())
    )
    for at in range(44):
        for value in (0, 1, 0x7F, 0xFF):
            path.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
            try:
                signal = _recordings.read_recording(path, 8_000)
                assert np.abs(signal).max() == pytest.approx(0.95)
            except _recordings.UnreadableRecordingError as error:
                assert str(error)
