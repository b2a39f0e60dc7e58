import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from idx_files import take_as_published, write_idx

import keras_gan as kg
from keras_gan.datasets.stacked_mnist import fresh_stacks, load_stacked_mnist

EXAMPLE = Path(__file__).parent.parent / "examples" / "stacked_mnist.py"

SIZES = {"num_train": 400, "num_valid": 30, "num_test": 50}


@pytest.fixture
def readable_mnist(tmp_path, monkeypatch):
    """Images that say who they are: all pixels 20 * label + split, split 0, 1 or 2."""
    for part, splits in {"train": [0] * 40 + [1] * 20, "t10k": [2] * 20}.items():
        labels = np.arange(len(splits)) % 10
        pixels = np.broadcast_to(
            (20 * labels + splits)[:, None, None], (len(splits), 28, 28)
        )
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", pixels)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", labels)
    take_as_published(tmp_path, 40, monkeypatch)
    return tmp_path


def test_labels_are_the_digits_of_the_channels_and_splits_stay_apart(readable_mnist):
    data = load_stacked_mnist(readable_mnist, **SIZES, seed=3)
    assert data.name == "stacked_mnist"
    assert data.value_range == (0.0, 1.0)
    assert data.train.images.dtype == np.float32
    for index, (split, size) in enumerate(
        zip((data.train, data.valid, data.test), SIZES.values(), strict=True)
    ):
        assert split.images.shape == (size, 28, 28, 3)
        assert np.ptp(split.images, axis=(1, 2)).max() == 0  # each channel one digit
        codes = np.rint(split.images[:, 0, 0] * 255).astype(int)  # [size, 3]
        np.testing.assert_array_equal(codes % 20, index)
        red, green, blue = (codes // 20).T
        np.testing.assert_array_equal(split.labels, 100 * red + 10 * green + blue)
        assert split.labels.dtype == np.int32


def test_every_mode_is_drawn_about_equally_often(readable_mnist):
    data = load_stacked_mnist(readable_mnist, 20_000, num_valid=1, num_test=1)
    counts = np.bincount(data.train.labels, minlength=1000)
    assert len(counts) == 1000 and counts.min() > 0
    # Pearson's statistic: chi^2 with 999 degrees of freedom, mean 999, deviation 44.7.
    statistic = np.sum((counts - 20) ** 2 / 20)
    assert abs(statistic - 999) < 5 * np.sqrt(2 * 999)


def test_draws_depend_on_the_seed_alone(readable_mnist):
    first, again = (load_stacked_mnist(readable_mnist, **SIZES) for _ in range(2))
    for name in ("train", "valid", "test"):
        one, two = getattr(first, name), getattr(again, name)
        np.testing.assert_array_equal(one.images, two.images)
        np.testing.assert_array_equal(one.labels, two.labels)
    other = load_stacked_mnist(readable_mnist, **SIZES, seed=1)
    assert np.mean(other.train.labels == first.train.labels) < 0.1
    larger = load_stacked_mnist(readable_mnist, **{**SIZES, "num_train": 500})
    np.testing.assert_array_equal(larger.test.labels, first.test.labels)
    # The three splits are draws of their own.
    size = len(first.valid)
    assert np.mean(first.valid.labels == first.train.labels[:size]) < 0.5
    assert np.mean(first.valid.labels == first.test.labels[:size]) < 0.5


@pytest.mark.parametrize(
    "arguments",
    [
        {"num_train": 0},
        {"num_valid": -1},
        {"num_test": 2.5},
        {"seed": -1},
    ],
    ids=lambda arguments: next(iter(arguments)),
)
def test_bad_arguments_are_named_before_anything_is_read(tmp_path, arguments):
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))}`"):
        load_stacked_mnist(tmp_path / "nothing", **arguments)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images"):
        load_stacked_mnist(tmp_path)


def test_a_classifier_reads_the_labels_off_real_stacks(real_data_dir):
    from keras_gan.evaluation.digit_classifier import load_digit_classifier

    data = load_stacked_mnist(
        real_data_dir, num_train=1, num_valid=1, num_test=300, seed=7
    )
    # Images [300, 28, 28, 3] as digits [300 * 3, 28, 28, 1], one stack after another.
    digits = np.moveaxis(data.test.images, -1, 1).reshape(-1, 28, 28, 1)
    probabilities = load_digit_classifier()(digits)["probabilities"]
    read = probabilities.argmax(axis=1).reshape(-1, 3) @ [100, 10, 1]
    assert np.mean(read == data.test.labels) >= 0.97


def test_real_digits_of_a_stack_are_real_digits(real_data_dir):
    data = load_stacked_mnist(real_data_dir, num_train=20, num_valid=1, num_test=1)
    plain = kg.datasets.load_mnist(real_data_dir).train
    known = {
        (image.tobytes(), int(label))
        for image, label in zip(plain.images, plain.labels, strict=True)
    }
    for image, label in zip(data.train.images, data.train.labels, strict=True):
        for channel, digit in enumerate(f"{label:03d}"):
            assert (image[..., channel].tobytes(), int(digit)) in known


def drawn(dataset):
    """Which digits were stacked, [num, 3], of digits whose pixels are their row."""
    images = np.concatenate(list(dataset.as_numpy_iterator()))
    assert images.shape[1:] == (28, 28, 3) and images.dtype == np.float32
    assert np.ptp(images, axis=(1, 2)).max() == 0
    return images[:, 0, 0].astype(int)


@pytest.fixture
def numbered():
    return np.broadcast_to(np.arange(50.0)[:, None, None, None], (50, 28, 28, 1))


def test_fresh_stacks_depend_on_seed_and_epoch_alone(numbered):
    epoch = tf.Variable(0, dtype=tf.int64)
    batches = fresh_stacks(numbered, 8, num_batches=3, seed=5, epoch=epoch)
    assert batches.cardinality() == 3
    first, again = drawn(batches), drawn(batches)
    np.testing.assert_array_equal(first, again)
    epoch.assign(1)  # what a resumed run does
    second = drawn(batches)
    assert np.mean(first == second) < 0.2
    np.testing.assert_array_equal(
        second, drawn(fresh_stacks(numbered, 8, num_batches=3, seed=5, epoch=1))
    )
    other = drawn(fresh_stacks(numbered, 8, num_batches=3, seed=6))
    assert np.mean(first == other) < 0.2
    assert len(np.unique(first, axis=0)) == 24  # no step repeats another's draws


def test_fresh_stacks_draw_digits_uniformly_and_channels_apart(numbered):
    rows = drawn(fresh_stacks(numbered, 5_000, num_batches=2, seed=0))
    for channel in range(3):
        counts = np.bincount(rows[:, channel], minlength=50)
        # Pearson's statistic: chi^2 with 49 degrees of freedom.
        assert abs(np.sum((counts - 200) ** 2 / 200) - 49) < 5 * np.sqrt(2 * 49)
    correlations = np.corrcoef(rows.T) - np.eye(3)
    assert abs(correlations).max() < 5 / np.sqrt(len(rows))


def test_fresh_stacks_refuse_what_are_no_digits(numbered):
    with pytest.raises(ValueError, match="`digits` must have the shape"):
        fresh_stacks(numbered[..., 0], 8, 1, seed=0)
    with pytest.raises(ValueError, match="`num_batches`"):
        fresh_stacks(numbered, 8, 0, seed=0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("protocol", ["small", "veegan"])
def test_example_goes_on_where_it_stopped(
    readable_mnist, tmp_path, monkeypatch, capsys, protocol
):
    if protocol == "veegan":
        monkeypatch.setattr(
            "keras_gan.networks.stacked_digits_generator",
            lambda filters, **rest: kg.networks.stacked_digits.stacked_digits_generator(
                filters=(4, 3, 3, 2), **rest
            ),
        )
    folder = tmp_path / "runs"
    options = {
        "--protocol": protocol,
        "--games": "PacDCGAN2" if protocol == "veegan" else "R3GAN-like",
        **{"--data-dir": readable_mnist, "--output-dir": folder},
        **{"--num-samples": 100, "--measure-every": 2, "--verbose": 0},
    }
    for steps in (2, 4):
        flat = [str(part) for pair in options.items() for part in pair]
        command = [str(EXAMPLE), *flat, "--steps", str(steps)]
        monkeypatch.setattr(sys, "argv", command)
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    run = kg.runs.RunDirectory(folder / protocol / f"{options['--games']}_seed_0")
    rows = run.history()
    assert [row["epoch"] for row in rows] == [1, 2]
    assert all(1 <= row["captured_classes"] <= 100 for row in rows)
    gan = kg.load(run.model)
    assert int(gan.train_steps.numpy()) == 4
    assert (gan.ema_generator is None) == (options["--games"] == "PacDCGAN2")
    table = (folder / protocol / "table.md").read_text()
    assert f"| {options['--games']}, ours, seed 0 | 4 |" in table
    assert "published" in table and "100 samples a run" in table
    assert table in capsys.readouterr().out
