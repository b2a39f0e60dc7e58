import copy
import dataclasses
import gzip
import pickle

import keras
import numpy as np
import pytest
from idx_files import take_as_published, write_idx

import keras_gan as kg
from keras_gan.datasets import Dataset, Split, mnist
from keras_gan.datasets.idx import check_md5, md5_of, read_idx


def split(images, labels=None):
    return Split(np.asarray(images, "float32"), labels)


@pytest.fixture
def small_mnist(tmp_path, monkeypatch):
    """Four generated files under the names of MNIST, 60 training and 10 test images."""
    random = np.random.default_rng(0)
    for name in mnist._FILES:
        count = 60 if name.startswith("train") else 10
        shape = (count, 28, 28) if "images" in name else (count,)
        write_idx(tmp_path / name, random.integers(0, 10, shape))
    take_as_published(tmp_path, 50, monkeypatch)
    return tmp_path


def test_digits_are_real_split_and_in_range(digits):
    assert digits.image_shape == (8, 8, 1)
    sizes = [len(part) for part in (digits.train, digits.valid, digits.test)]
    assert sizes == [1197, 300, 300]
    assert digits.train.images.dtype == np.float32
    assert digits.train.images.min() == 0 and digits.train.images.max() == 1
    assert set(digits.test.labels) == set(range(10))
    rows = {
        image.tobytes()
        for part in (digits.train, digits.valid, digits.test)
        for image in part.images
    }
    assert len(rows) == 1797  # no image is in two splits


def test_mnist_is_split_as_in_2014(small_mnist):
    data = kg.datasets.load_mnist(small_mnist)
    everything = read_idx(small_mnist / "train-images-idx3-ubyte.gz") / 255
    np.testing.assert_allclose(data.train.images[..., 0], everything[:50], rtol=1e-6)
    np.testing.assert_allclose(data.valid.images[..., 0], everything[50:], rtol=1e-6)
    assert len(data.test) == 10
    assert data.train.labels.shape == (50,)


def test_fashion_mnist_has_the_format_of_mnist(small_mnist):
    clothes = kg.datasets.load_fashion_mnist(small_mnist)
    digits = kg.datasets.load_mnist(small_mnist)
    assert (clothes.name, digits.name) == ("fashion_mnist", "mnist")
    np.testing.assert_array_equal(clothes.train.images, digits.train.images)
    np.testing.assert_array_equal(clothes.test.labels, digits.test.labels)


def test_the_digits_of_mnist_are_no_fashion(real_data_dir):
    with pytest.raises(ValueError, match="another dataset's"):
        kg.datasets.load_fashion_mnist(real_data_dir / "mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_files_are_found_through_the_environment(
    small_mnist, tmp_path, monkeypatch, name
):
    folder = tmp_path / "data" / name
    folder.mkdir(parents=True)
    for file in mnist._FILES:
        (small_mnist / file).rename(folder / file)
    monkeypatch.setenv("KERAS_GAN_DATA", str(tmp_path / "data"))
    assert len(kg.datasets.load(name).train) == 50
    monkeypatch.setenv("KERAS_GAN_DATA", str(folder))
    assert len(kg.datasets.load(name).train) == 50


def test_fashion_mnist_lies_below_the_files_of_mnist(
    small_mnist, tmp_path, monkeypatch
):
    folder = tmp_path / "fashion_mnist"
    folder.mkdir()
    for file in mnist._FILES:  # the same numbers in other bytes, as of another dataset
        content = gzip.decompress((small_mnist / file).read_bytes())
        (folder / file).write_bytes(gzip.compress(content, 1, mtime=1))
    md5s = tuple(md5_of(folder / file) for file in mnist._FILES)
    assert not {*md5s} & {*mnist._MNIST.md5s}
    clothes = dataclasses.replace(mnist._FASHION_MNIST, md5s=md5s)
    monkeypatch.setattr(mnist, "_FASHION_MNIST", clothes)
    downloaded = []

    def get_file(name, origin, file_hash, cache_subdir):
        downloaded.append(cache_subdir)
        return str(folder / name)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    monkeypatch.setenv("KERAS_GAN_DATA", str(small_mnist))
    for name in ("mnist", "fashion_mnist"):
        for data_dir in (small_mnist, None):
            assert len(kg.datasets.load(name, data_dir).train) == 50
    assert not downloaded
    folder = folder.rename(tmp_path / "clothes")
    with pytest.raises(ValueError, match="another dataset's"):
        kg.datasets.load_fashion_mnist(small_mnist)  # these files were meant
    assert len(kg.datasets.load_fashion_mnist().train) == 50
    assert downloaded == 4 * ["datasets/fashion-mnist"]


def test_mnist_falls_back_to_the_cache_of_keras(small_mnist, tmp_path, monkeypatch):
    asked = []

    def get_file(name, origin, file_hash, cache_subdir):
        asked.append(origin)
        return str(small_mnist / name)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    monkeypatch.setenv("KERAS_GAN_DATA", str(tmp_path / "elsewhere"))
    assert len(kg.datasets.load_mnist().test) == 10
    assert [url.rsplit("/", 1)[1] for url in asked] == list(mnist._FILES)


def test_real_mnist(real_data_dir):
    data = kg.datasets.load_mnist(real_data_dir)
    sizes = [len(part) for part in (data.train, data.valid, data.test)]
    assert sizes == [50_000, 10_000, 10_000]
    # Published mean of all 60,000 training pixels: 0.1307.
    pixels = np.concatenate([data.train.images, data.valid.images])
    np.testing.assert_allclose(pixels.mean(dtype="float64"), 0.1307, atol=5e-5)


def test_a_missing_or_renamed_file_is_named(small_mnist):
    name = "t10k-labels-idx1-ubyte.gz"
    (small_mnist / name).rename(small_mnist / "labels.gz")
    with pytest.raises(FileNotFoundError, match=f"Missing in .*: {name}"):
        kg.datasets.load_mnist(small_mnist)
    with pytest.raises(
        FileNotFoundError, match="`data_dir` must hold the files of MNIST"
    ):
        kg.datasets.load_mnist(small_mnist / "nothing")


def test_a_corrupt_or_swapped_file_is_refused(small_mnist):
    path = small_mnist / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match="has MD5"):
        kg.datasets.load_mnist(small_mnist)
    with pytest.raises(ValueError, match="0{32} was published"):
        check_md5(path, "0" * 32)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"plain text", "not a complete gzip file"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x05abcde")[:-9], "not a complete gzip"),
        (gzip.compress(b"\0\0\x0d\x01\0\0\0\x01abcd"), "not an IDX file"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x05abc"), "holds 3 values"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x02abc"), "holds more values"),
        (gzip.compress(b"\0\0\x08\x03\0\0"), "ends within its header"),
        (gzip.compress(b"\0\0\x08\xff" + bytes(1020)), "at most 32 axes"),
        (gzip.compress(b""), "not an IDX file"),
    ],
    ids=[
        *("text", "cut", "floats", "few-values", "many-values", "cut-header"),
        *("many-axes", "empty"),
    ],
)
def test_malformed_idx_files(tmp_path, content, message):
    path = tmp_path / "file.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_idx(path)


def test_an_idx_file_is_measured_before_it_is_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\0\0\x08\x02" + b"\xff" * 8))
    with pytest.raises(ValueError, match="bomb.gz holds 18,446,744,065,119,617,025 by"):
        read_idx(path)
    path.write_bytes(gzip.compress(b"\0\0\x08\x01\0\0\0\x05abcde"))
    monkeypatch.setenv("KERAS_GAN_MAX_BYTES", "4")
    with pytest.raises(ValueError, match="KERAS_GAN_MAX_BYTES higher"):
        read_idx(path)
    monkeypatch.setenv("KERAS_GAN_MAX_BYTES", "5")
    assert bytes(read_idx(path)) == b"abcde"


def test_idx_round_trip(tmp_path):
    values = np.arange(24).reshape(2, 3, 4)
    write_idx(tmp_path / "values.gz", values)
    np.testing.assert_array_equal(read_idx(tmp_path / "values.gz"), values)


def test_dataset_rejects_what_it_cannot_promise():
    good = split(np.zeros((3, 4, 4, 1)))
    cases = [
        (split(np.zeros((0, 4, 4, 1))), "`test.images` .* with at least one row"),
        (split(np.zeros((3, 4, 4))), "`test` must hold images.* Received: signals"),
        (
            Split(np.zeros((3, 4, 4), "f4"), None, "images"),
            r"\[num_images, height, wid",
        ),
        (split(np.zeros((3, 5, 4, 1))), "must have the shape of `train.images`"),
        (split(np.full((3, 4, 4, 1), np.nan)), "must be finite"),
        (split(np.full((3, 4, 4, 1), 1.5)), "stated value_range"),
        (split(np.full((3, 4, 4, 1), -0.5)), "stated value_range"),
        (
            split(np.zeros((3, 4, 4, 1)), np.arange(2)),
            "one label for each of the images",
        ),
    ]
    for bad, message in cases:
        with pytest.raises(ValueError, match=message):
            Dataset("bad", train=good, valid=good, test=bad)
    with pytest.raises(TypeError, match="`train.images` must be float32"):
        doubles = Split(np.zeros((3, 4, 4, 1)))
        Dataset("bad", train=doubles, valid=good, test=good)
    with pytest.raises(TypeError, match="`train.labels` must be integers"):
        thirds = split(np.zeros((3, 4, 4, 1)), np.arange(3) / 3)
        Dataset("bad", train=thirds, valid=good, test=good)
    with pytest.raises(TypeError, match="NumPy array .*Received: list"):
        Split([[0.0, 1.0]])


def test_a_symmetric_range_is_accepted_when_stated():
    images = split(np.full((3, 4, 4, 1), -1.0))
    data = Dataset("signed", images, images, images, value_range=(-1.0, 1.0))
    assert data.value_range == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ((2,), "vectors"),
        ((16, 1), "signals"),
        ((4, 4, 3), "images"),
        ((2, 3, 4, 1), "examples"),
    ],
)
def test_data_of_any_rank_have_a_name(shape, name):
    part = split(np.zeros((5, *shape)))
    data = Dataset("zeros", part, part, part)
    assert (data.data_name, data.data_shape) == (name, shape)
    assert getattr(data.train, name) is data.train.values
    with pytest.raises(AttributeError, match=f"A split of {name} has no 'pixels'"):
        _ = data.train.pixels
    if name != "images":
        with pytest.raises(ValueError, match=f"Received: {name} of shape"):
            _ = data.image_shape


def test_data_of_a_name_have_its_axes():
    waves = Split(np.zeros((5, 16, 2), "float32"), data_name="waveforms")
    assert Dataset("waves", waves, waves, waves).train.waveforms.shape == (5, 16, 2)
    flat = Split(np.zeros((5, 16), "float32"), data_name="waveforms")
    with pytest.raises(ValueError, match=r"\[num_waveforms, length, channels\]"):
        Dataset("flat", flat, flat, flat)


def test_splits_survive_copies_and_pickles():
    part = Split(np.ones((2, 3), "float32"), np.arange(2), "points")
    for twin in (copy.deepcopy(part), pickle.loads(pickle.dumps(part))):
        np.testing.assert_array_equal(twin.points, part.points)
        np.testing.assert_array_equal(twin.labels, part.labels)


def test_a_dataset_prints_as_one_line(digits):
    expected = "Dataset('digits', 1197/300/300 images (8, 8, 1) in [0, 1], 10 classes)"
    assert repr(digits) == expected
    assert repr(digits.test) == "Split(300 images (8, 8, 1), 10 classes)"


def test_another_range_is_reached_exactly(digits):
    scaled = digits.in_range(-1, 1)
    assert scaled.value_range == (-1.0, 1.0)
    values = scaled.train.images
    assert values.dtype == np.float32 and (values.min(), values.max()) == (-1, 1)
    # Gray levels are sixteenths: the same in float32 as in float64.
    np.testing.assert_array_equal(values, 2 * digits.train.images.astype("f8") - 1)
    assert scaled.train.labels is digits.train.labels
    assert scaled.in_range(-1, 1) is scaled
    back = scaled.in_range(0, 1)
    np.testing.assert_array_equal(back.test.images, digits.test.images)


def test_ends_that_float32_rounds_are_ends():
    # As float32, 0.1 is more than 0.1, and 0.7 less than 0.7.
    part = split(np.array([[0.1, 0.4, 0.7]]))
    data = Dataset("thirds", part, part, part, value_range=(0.1, 0.7))
    scaled = data.in_range(-0.3, 1.1)
    np.testing.assert_array_equal(
        scaled.train.values[0, [0, 2]], np.float32([-0.3, 1.1])
    )
    np.testing.assert_allclose(scaled.train.values[0, 1], 0.4, rtol=1e-6)


@pytest.mark.parametrize(("low", "high"), [(1, -1), (0, 0), (0, np.inf), ("0", 1)])
def test_a_range_must_be_one(digits, low, high):
    with pytest.raises(ValueError, match="low"):
        digits.in_range(low, high)


class Rows:
    """A source of signals of three numbers."""

    data_shape, has_labels = (3, 1), False

    def __len__(self):
        return 4

    def read(self, rows, *args):
        return np.zeros((len(rows), *self.data_shape), "uint8"), None


@pytest.mark.parametrize(
    ("shape", "value_range", "told"),
    [
        (
            (3, 1),
            (-1.0, 1.0),
            r"value_range=\(-1.0, 1.0\). Received: value_range",
        ),
        (
            (2, 1),
            (0.0, 1.0),
            r"data_shape=\(2, 1\). Received: data_shape=\(3, 1\)",
        ),
    ],
)
def test_a_stream_brings_what_the_rows_in_memory_are(shape, value_range, told):
    rows = split(np.zeros((2, *shape)))
    stream = kg.datasets.Stream(Rows())
    with pytest.raises(ValueError, match=f"`stream` must bring .*{told}"):
        Dataset("rows", rows, rows, rows, value_range, stream=stream)


def test_a_range_in_a_list_is_that_range():
    rows = split(np.zeros((2, 3)))
    data = Dataset("rows", rows, rows, rows, [0, 1])
    assert data.value_range == (0, 1) and data.in_range(0, 1) is data


def test_labels_in_a_list_are_told_of():
    rows = split(np.zeros((2, 3)), [0, 1])
    with pytest.raises(TypeError, match="`train.labels` must be an array .* list"):
        Dataset("rows", rows, rows, rows)
