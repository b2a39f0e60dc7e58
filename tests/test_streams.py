import json
import tracemalloc

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import SavedAfter, assert_equal_state, conditional_gan, make_tiny_gan

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets.stream import Stream

NUM_ROWS = 23


class Numbered:
    """Images whose pixels are the number of their row."""

    data_shape = (4, 4, 1)

    def __init__(self, num_rows=NUM_ROWS, has_labels=False):
        self.num_rows, self.has_labels = num_rows, has_labels

    def __len__(self):
        return self.num_rows

    def read(self, rows):
        pixels = np.repeat(np.array(rows, "uint8"), 16).reshape(-1, 4, 4, 1)
        return pixels, np.array(rows, "int32") % 3


class LargerImages(Numbered):
    """Images of another size than the small games make."""

    data_shape = (8, 8, 1)

    def read(self, rows):
        return np.zeros((len(rows), *self.data_shape), "uint8"), np.zeros(len(rows))


def rows_of(batches):
    return [round(float(image[0, 0, 0]) * 255) for b, _ in batches for image in b]


def test_each_pass_has_each_row_once_in_an_order_of_its_own():
    stream = Stream(Numbered())
    rows = rows_of(stream.batches(5, num_batches=14, seed=3))  # three passes and one
    passes = [rows[start : start + NUM_ROWS] for start in (0, NUM_ROWS, 2 * NUM_ROWS)]
    assert all(sorted(one) == list(range(NUM_ROWS)) for one in passes)
    assert passes[0] != passes[1] != passes[2] != sorted(passes[2])
    assert rows_of(stream.batches(5, num_batches=14, seed=3)) == rows
    assert rows_of(stream.batches(5, num_batches=14, seed=4)) != rows


@pytest.mark.parametrize("start", [0, 4])
def test_a_batch_may_be_longer_than_a_pass(start):
    stream = Stream(Numbered(5))
    expected = rows_of(stream.batches(1, num_batches=40, seed=3))
    batches = stream.batches(13, num_batches=2, seed=3, start=start)
    assert rows_of(batches) == expected[start : start + 26]


def test_a_reading_begins_anywhere_in_the_order():
    stream, start = Stream(Numbered()), tf.Variable(0, dtype=tf.int64)
    whole = rows_of(stream.batches(4, num_batches=15, seed=3))
    part = stream.batches(4, num_batches=5, seed=3, start=start)
    for first in (0, 20, 40):
        start.assign(first)
        assert rows_of(part) == whole[first : first + 20]


def test_labels_go_with_their_images():
    for images, labels in Stream(Numbered(has_labels=True)).batches(7, 5, seed=0):
        rows = np.rint(images[:, 0, 0, 0].numpy() * 255)
        np.testing.assert_array_equal(labels, rows % 3)


def test_bytes_are_scaled_to_the_range():
    stream = Stream(Numbered(256)).in_range(-1.0, 1.0)
    images, _ = stream.take(256)
    np.testing.assert_allclose(
        np.sort(images[:, 0, 0, 0]), np.linspace(-1, 1, 256), atol=1e-6
    )
    assert repr(stream) == "Stream(256 images (4, 4, 1) in [-1, 1])"


@pytest.mark.one_in(2)
@pytest.mark.parametrize("steps", [(4, 4), (2, 8)])
def test_a_run_goes_on_in_the_middle_of_the_data(tmp_path, steps):
    # As many steps, in epochs of other lengths after the run was stopped.
    first, second = steps
    stream = Stream(Numbered())
    whole = make_tiny_gan()
    save = SavedAfter(2, tmp_path / "gan.keras")
    arguments = {"batch_size": 5, "verbose": 0}
    whole.fit(stream, steps_per_epoch=4, epochs=4, callbacks=[save], **arguments)
    resumed = kg.load(tmp_path / "gan.keras")
    resumed.fit(stream, steps_per_epoch=first, epochs=8 // first, **arguments)
    assert second * first >= 8
    resumed.epochs_completed.assign(4)  # which the epochs' other length changes
    assert_equal_state(whole, resumed)


@pytest.mark.exhaustive
def test_critic_steps_and_labels_are_read_too():
    gan = conditional_gan()
    gan.compile("sgd", "sgd", discriminator_steps=2)
    history = gan.fit(Stream(Numbered(60, True)), batch_size=5, verbose=0)
    assert int(gan.train_steps.numpy()) == 6 and "d_loss" in history.history


@pytest.mark.parametrize(
    ("stream", "arguments", "message"),
    [
        (Stream(Numbered()), {"y": np.zeros(23)}, "`y` must be None"),
        (Stream(Numbered()), {"steps_per_epoch": 0}, "`steps_per_epoch`"),
        (Stream(Numbered()), {"validation_split": 0.5}, "give `validation_data`"),
    ],
)
def test_what_cannot_be_streamed_is_refused(stream, arguments, message, tiny_gan):
    with pytest.raises(ValueError, match=message):
        tiny_gan.fit(stream, batch_size=5, verbose=0, **arguments)


def test_a_stream_has_an_order_of_its_own(tiny_gan):
    with pytest.raises(ValueError, match="shuffle=False; pass stream.in_order"):
        tiny_gan.fit(Stream(Numbered()), shuffle=False, verbose=0)


def test_labels_of_a_stream_are_of_the_classes_that_there_are():
    told = conditional_gan()
    two = {"labels": kg.priors.CategoricalPrior(2)}
    gan = kg.GAN(told.generator, told.discriminator, told.prior, conditions=two)
    gan.compile("sgd", "sgd")
    with pytest.raises(ValueError, match="`labels` must lie in 0 to 1"):
        gan.fit(Stream(Numbered(20, True)), batch_size=5, verbose=0)


@pytest.mark.parametrize("has_labels", [False, True])
def test_a_stream_is_judged_as_its_rows_in_memory_are(has_labels):
    gan = conditional_gan() if has_labels else make_tiny_gan()
    gan.compile("sgd", "sgd")
    stream = Stream(Numbered(has_labels=has_labels))
    images, labels = stream.source.read(range(NUM_ROWS))
    x, y = images.astype("float32") / 255, labels if has_labels else None
    arguments = {"batch_size": 5, "return_dict": True, "verbose": 0}
    assert gan.evaluate(stream, **arguments) == gan.evaluate(x, y, **arguments)
    held_out = x if y is None else (x, y)
    of_stream, of_rows = (
        gan.fit(x, y, verbose=0, validation_data=one, validation_batch_size=5)
        for one in (stream, held_out)
    )
    assert {"val_d_loss"} <= of_stream.history.keys() == of_rows.history.keys()


def test_a_stream_that_cannot_be_judged_is_refused(tiny_gan):
    with pytest.raises(ValueError, match="shape"):
        tiny_gan.evaluate(Stream(LargerImages()), verbose=0)


def test_what_the_networks_name_and_no_stream_has_is_refused():
    gan = conditional_gan()
    gan.compile("sgd", "sgd")
    with pytest.raises(ValueError, match="this stream has"):
        gan.fit(Stream(Numbered()), batch_size=5, verbose=0)


# ------------------------------------------------------------------- files of streams


@pytest.fixture
def pictures(tmp_path):
    """Twelve pictures of several sizes in two folders."""
    image = pytest.importorskip("PIL.Image")
    random = np.random.default_rng(0)
    for number in range(12):
        folder = tmp_path / "pictures" / ("cats", "dogs")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(256, size=(20 + number, 24, 3)).astype("uint8")
        image.fromarray(pixels).save(folder / f"{number:02d}.png")
    return tmp_path / "pictures"


def test_a_folder_streams_what_it_loads(pictures):
    stream = kg.datasets.stream_image_folder(pictures, image_size=8)
    loaded = kg.datasets.load_image_folder(pictures, image_size=8)
    images = np.concatenate(
        [getattr(loaded, split).images for split in ("train", "valid", "test")]
    )
    streamed, labels = stream.take(12)
    assert stream.has_labels and sorted(labels) == [0] * 6 + [1] * 6

    def ordered(rows):
        return rows[np.lexsort(rows.reshape(len(rows), -1)[:, :2].round(2).T)]

    np.testing.assert_allclose(ordered(streamed), ordered(images), atol=0.5001 / 255)


def test_shards_hold_the_stream_bit_for_bit(pictures, tmp_path):
    pytest.importorskip("array_record")
    stream = kg.datasets.stream_image_folder(pictures, image_size=8)
    kg.datasets.write_shards(stream, tmp_path / "shards", shard_size=5, verbose=0)
    read = kg.datasets.stream_shards(tmp_path / "shards")
    assert len(read) == 12 and read.data_shape == (8, 8, 3) and read.has_labels
    for one, two in zip(read.take(12, 3), stream.take(12, 3), strict=True):
        np.testing.assert_array_equal(one, two)
    with pytest.raises(FileExistsError, match="must hold no shards"):
        kg.datasets.write_shards(stream, tmp_path / "shards", verbose=0)


def test_damaged_shards_are_named(pictures, tmp_path):
    pytest.importorskip("array_record")
    stream, folder = kg.datasets.stream_image_folder(pictures, 8), tmp_path / "shards"
    kg.datasets.write_shards(stream, folder, verbose=0)
    index, shard = folder / "shards.json", folder / "00000.array_record"
    whole = json.loads(index.read_text())
    for changes, message in (
        ({"data_shape": [8, -8, 3]}, "damaged"),
        ({"version": 2}, "later version"),
        ({"data_shape": [8, 9, 3]}, "images of 220 bytes"),
        ({"shards": [{"file": "../x", "num_rows": 12}]}, "damaged"),
        ({"shards": [{"file": shard.name, "num_rows": 11}]}, "must hold 11 images"),
    ):
        index.write_text(json.dumps({**whole, **changes}))
        with pytest.raises(ValueError, match=message):
            kg.datasets.stream_shards(folder)
    index.write_text(json.dumps(whole))
    sound = shard.read_bytes()
    for start in (300, 900):  # beyond the first record
        shard.write_bytes(sound[:start] + bytes(9) + sound[start + 9 :])
        with pytest.raises(ValueError, match=r"00000\.array_record is damaged"):
            kg.datasets.stream_shards(folder).take(12)
    shard.write_bytes(sound[:100])
    with pytest.raises(ValueError, match="must hold 12 images"):
        kg.datasets.stream_shards(folder)
    shard.unlink()
    with pytest.raises(FileNotFoundError, match="is missing"):
        kg.datasets.stream_shards(folder)
    with pytest.raises(FileNotFoundError, match=r"shards\.json"):
        kg.datasets.stream_shards(tmp_path)


def test_a_picture_that_cannot_be_read_is_named(pictures):
    (pictures / "cats" / "00.png").write_bytes(b"no picture")
    stream = kg.datasets.stream_image_folder(pictures, image_size=8)
    with pytest.raises(ValueError, match=r"00\.png cannot be read"):
        stream.take(12)


@pytest.mark.parametrize("shard_size", [3, 100])
def test_damaged_pictures_are_left_out_of_shards(pictures, tmp_path, shard_size):
    pytest.importorskip("array_record")
    stream = kg.datasets.stream_image_folder(pictures, image_size=8)
    images, labels = stream.take(12, seed=0)  # by heart, before two are damaged
    broken = sorted(pictures.rglob("*.png"))[:2]
    for path in broken:
        path.write_bytes(b"no picture")
    whole, some = tmp_path / "whole", tmp_path / "some"
    with pytest.raises(ValueError, match=r"\.png cannot be read"):
        kg.datasets.write_shards(stream, whole, verbose=0)
    assert not (whole / "shards.json").exists()
    with pytest.warns(UserWarning, match=r"2 images of 12 are left out(.|\n)*\.png"):
        kg.datasets.write_shards(stream, some, shard_size, 0, on_damaged="skip")
    written = kg.datasets.stream_shards(some)
    assert len(written) == 10
    found, classes = written.take(10)
    for image, label in zip(found, classes, strict=True):
        same = (images == image).all(axis=(1, 2, 3))
        assert label in labels[same]
    for path in pictures.rglob("*.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(ValueError, match="must have images that can be read"):
        kg.datasets.write_shards(stream, tmp_path / "none", 5, 0, on_damaged="skip")


@pytest.mark.exhaustive
def test_fit_from_a_folder(pictures):
    gan = kg.GAN(
        kg.networks.mlp_generator(3, (4, 4, 1), (8,)),
        kg.networks.maxout_discriminator((4, 4, 1), (6,)),
        kg.priors.UniformPrior(3),
    )
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
    stream = kg.datasets.stream_image_folder(pictures, image_size=4, channels=1)
    history = gan.fit(stream, batch_size=4, steps_per_epoch=5, epochs=2, verbose=0)
    assert len(history.history["d_loss"]) == 2
    assert np.isfinite(history.history["d_loss"]).all()


def test_the_command_writes_shards(pictures, tmp_path, capsys):
    pytest.importorskip("array_record")
    shards = tmp_path / "shards"
    arguments = [*map(str, ("shard", pictures, shards)), "--image-size", "8", "6"]
    assert main([*arguments, "--verbose", "0"]) == 0
    assert "12 images of (8, 6, 3)" in capsys.readouterr().out
    assert kg.datasets.stream_shards(shards).data_shape == (8, 6, 3)
    assert main([*arguments, "--verbose", "0"]) == 2
    assert main(["shard", str(tmp_path / "none"), str(shards), *arguments[3:]]) == 2


@pytest.mark.exhaustive
def test_a_recipe_learns_from_shards(tmp_path, monkeypatch, capsys):
    pytest.importorskip("array_record")
    shards, run = tmp_path / "shards", tmp_path / "run"
    kg.datasets.write_shards(Stream(Numbered(200, True)), shards, verbose=0)
    data = kg.datasets.load("shards", shards)
    assert [len(split) for split in data.splits.values()] == [180, 10, 10]
    assert len(data.stream) == 180 and data.in_range(-1, 1).stream.value_range[0] == -1
    rows = np.rint(data.train.images[:, 0, 0, 0] * 255)
    assert len(np.unique(rows)) == 180
    np.testing.assert_array_equal(data.train.labels, rows % 3)
    arguments = ["--data", "shards", "--data-dir", str(shards), "--epochs", "1"]
    output = ["--output-dir", str(run), "--verbose", "0"]
    # Not all lie in memory.
    monkeypatch.setattr("keras_gan.datasets.shards._IN_MEMORY", 50)
    assert main(["train", "digits", *arguments, *output]) == 0
    assert (run / "samples" / "real.png").exists()
    # Ten passes over 180 rows in minibatches of 50.
    assert int(kg.load(run / "model.keras").train_steps.numpy()) == 36
    assert (
        main(["train", "few_labels", *arguments, "--output-dir", str(run) + "2"]) == 2
    )
    assert "these are streamed" in capsys.readouterr().err
    with pytest.raises(ValueError, match="write them anew"):
        kg.datasets.load("shards", shards, image_size=8)


class Sorted(Numbered):
    """Rows in the order of their classes, as folders are read."""

    def read(self, rows):
        pixels, _ = super().read(rows)
        return pixels, (np.array(rows, "int32") * 4) // self.num_rows


def test_held_out_rows_of_shards_are_of_every_class(tmp_path):
    stream = Stream(Sorted(200, has_labels=True))
    kg.datasets.write_shards(stream, tmp_path / "sorted", verbose=0)
    data = kg.datasets.load_shards(tmp_path / "sorted")
    numbers = [
        np.rint(split.images[:, 0, 0, 0] * 255) for split in data.splits.values()
    ]
    assert [len(one) for one in numbers] == [180, 10, 10]
    assert sorted(np.concatenate(numbers)) == [*range(200)]  # each row in one split
    for split in data.splits.values():
        assert set(split.labels) == {0, 1, 2, 3}
    again = kg.datasets.load_shards(tmp_path / "sorted")
    np.testing.assert_array_equal(again.test.images, data.test.images)


class Changed(Numbered):
    """Black rows beyond the first hundred."""

    def read(self, rows):
        pixels, labels = super().read(rows)
        return pixels * (np.array(rows) < 100).astype("uint8")[:, None, None, None], (
            labels
        )


def test_rows_of_shards_that_lie_in_no_split_are_known_again(tmp_path, monkeypatch):
    monkeypatch.setattr(kg.datasets.shards, "_IN_MEMORY", 5)
    monkeypatch.setattr(kg.datasets.shards, "_MOST_HELD_OUT", 2)
    datasets = []
    for name, source in (("one", Numbered), ("same", Numbered), ("other", Changed)):
        stream = Stream(source(200))
        kg.datasets.write_shards(stream, tmp_path / name, verbose=0, shard_size=60)
        datasets.append(kg.datasets.load_shards(tmp_path / name))
    one, same, other = datasets
    record = {"dataset": json.loads(json.dumps(kg.runs.described(one)))}
    kg.runs.check_data(record, same)
    kg.runs.check_data(record, same.in_range(0, 1))
    with pytest.raises(ValueError, match="other streamed rows"):
        kg.runs.check_data(record, other)


def test_shards_hold_no_more_in_memory_than_bytes_allow(tmp_path, monkeypatch):
    kg.datasets.write_shards(Stream(Numbered(200)), tmp_path / "shards", verbose=0)
    bytes_of_one = 4 * 4 * 4
    monkeypatch.setattr(kg.datasets.shards, "_BYTES_IN_MEMORY", 7 * bytes_of_one)
    data = kg.datasets.load_shards(tmp_path / "shards")
    assert [len(split) for split in data.splits.values()] == [7, 3, 4]
    assert len(data.stream) == 200 - 3 - 4
    monkeypatch.setattr(kg.datasets.shards, "_BYTES_IN_MEMORY", bytes_of_one - 1)
    data = kg.datasets.load_shards(tmp_path / "shards")
    assert [len(split) for split in data.splits.values()] == [1, 1, 1]


class Wide(Numbered):
    """Images of a million bytes, which notes how many are asked for at once."""

    data_shape = (1000, 1000, 1)

    def __init__(self, num_rows):
        super().__init__(num_rows)
        self.asked = []

    def read(self, rows):
        self.asked.append(len(rows))
        pixels = np.empty((len(rows), *self.data_shape), "uint8")
        pixels[:] = np.reshape(rows, (-1, 1, 1, 1))
        return pixels, np.array(rows, "int32")


def test_large_images_are_taken_a_few_at_a_time():
    source = Wide(7)
    images, labels = Stream(source).take(7, seed=3)
    assert sum(source.asked) == 7 and max(source.asked) == 2
    np.testing.assert_array_equal(np.rint(images[:, 500, 999, 0] * 255), labels)
    assert [*labels] == rows_of(Stream(Numbered(7)).batches(7, 1, seed=3))


def test_another_range_takes_the_copy_and_little_more():
    rows = np.random.default_rng(0).random((600, 64, 64, 3), "float32")
    split = kg.datasets.Split(rows[:1])
    data = kg.datasets.Dataset("noise", kg.datasets.Split(rows), split, split)
    tracemalloc.start()
    scaled = data.in_range(-1, 1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.1 * rows.nbytes + 5 * 2**24  # five parts as float64
    expected = rows.astype("float64") * 2 - 1
    np.testing.assert_allclose(scaled.train.images, expected, atol=1e-7)


def test_a_stream_shows_all_labels_and_levels_as_they_are(tmp_path):
    kg.datasets.write_shards(
        Stream(Numbered(60, has_labels=True)), tmp_path / "shards", verbose=0
    )
    data = kg.datasets.load_shards(tmp_path / "shards")
    with pytest.raises(ValueError, match="shows the labels of its rows as they are"):
        kg.datasets.with_few_labels(data, 2)
    with pytest.raises(ValueError, match="must lie in memory to be normalized"):
        kg.datasets.contrast_normalized(data)


@pytest.mark.parametrize("value_range", [(-1.0, 0.3), (0.1, 0.7), (-3.3, 2.2)])
def test_scaled_bytes_stay_in_their_range(value_range):
    images, _ = Stream(Numbered(256), value_range).take(256)
    low, high = (np.float32(end) for end in value_range)
    assert images.min() == low and images.max() == high


def test_the_bound_of_pillow_is_back_after_several_readers():
    pytest.importorskip("PIL")
    from PIL import Image

    from keras_gan.datasets._pictures import any_size

    bound = Image.MAX_IMAGE_PIXELS
    first, second = any_size(), any_size()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert Image.MAX_IMAGE_PIXELS is None  # the second still reads
    second.__exit__(None, None, None)
    assert Image.MAX_IMAGE_PIXELS == bound is not None
