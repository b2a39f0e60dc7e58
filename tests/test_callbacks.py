import csv

import keras
import numpy as np
import pytest
from conftest import make_tiny_gan, tiny_images
from PIL import Image

import keras_gan as kg
from keras_gan.callbacks import ParzenMonitor, SampleGrid, SaveEachEpoch


def test_sample_grid_draws_each_epoch(tiny_gan, tmp_path):
    callback = SampleGrid(tmp_path / "pictures", num_samples=4)
    tiny_gan.fit(tiny_images(), epochs=2, verbose=0, callbacks=[callback])
    files = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert files == ["epoch_0001.png", "epoch_0002.png"]
    picture = np.asarray(Image.open(tmp_path / "pictures" / "epoch_0002.png"))
    expected = kg.visualization.image_grid(tiny_gan.sample(4, seed=0))
    np.testing.assert_array_equal(picture, expected[..., 0])


def test_parzen_monitor_logs_what_others_can_watch(tiny_gan, tmp_path):
    images = tiny_images(30, seed=1)
    monitor = ParzenMonitor(images, num_samples=50, bandwidths=(0.3, 0.5), seed=2)
    logger = keras.callbacks.CSVLogger(tmp_path / "history.csv")
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", monitor="parzen", mode="max", save_best_only=True
    )
    history = tiny_gan.fit(
        tiny_images(), epochs=2, verbose=0, callbacks=[monitor, logger, best]
    )
    expected = max(
        kg.evaluation.ParzenWindow(bandwidth)
        .fit(tiny_gan.sample(50, seed=2))
        .log_prob(images)
        .mean()
        for bandwidth in (0.3, 0.5)
    )
    np.testing.assert_allclose(history.history["parzen"][-1], expected, rtol=1e-9)
    with open(tmp_path / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_allclose(float(rows[-1]["parzen"]), expected, rtol=1e-9)
    assert (tmp_path / "best.keras").exists()


def test_save_each_epoch_keeps_one_whole_file(tmp_path):
    gan = make_tiny_gan()
    path = tmp_path / "run" / "gan.keras"
    gan.fit(tiny_images(), epochs=3, verbose=0, callbacks=[SaveEachEpoch(path)])
    assert [entry.name for entry in path.parent.iterdir()] == ["gan.keras"]
    assert kg.load(path).epochs_completed == 3


def test_a_failed_save_leaves_the_last_whole_file(tmp_path, monkeypatch):
    gan = make_tiny_gan()
    path = tmp_path / "gan.keras"
    gan.fit(tiny_images(), verbose=0, callbacks=[SaveEachEpoch(path)])
    whole = path.read_bytes()

    def fail(partial):
        partial.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(gan, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        gan.fit(tiny_images(), verbose=0, callbacks=[SaveEachEpoch(path)])
    assert path.read_bytes() == whole
    assert [entry.name for entry in tmp_path.iterdir()] == ["gan.keras"]


def test_invalid_counts(tmp_path):
    with pytest.raises(ValueError, match="`num_samples`"):
        SampleGrid(tmp_path, num_samples=0)
    with pytest.raises(ValueError, match="`seed`"):
        ParzenMonitor(tiny_images(), seed=-1)
