"""CIFAR-10, the Toronto faces and their stand-in; contrast normalization."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from games import make_tiny_gan

import keras_gan as kg
from keras_gan.datasets import cifar10
from keras_gan.datasets.cifar10 import read_cifar10_batch

REAL = os.environ.get("KERAS_GAN_DATA")
needs_data = pytest.mark.skipif(
    not REAL, reason="KERAS_GAN_DATA names no folder with real data"
)


# ---------------------------------------------------------------------- CIFAR-10


def batch_of(num_images, seed=0):
    random = np.random.default_rng(seed)
    return {
        b"data": random.integers(0, 256, (num_images, 3072)).astype("uint8"),
        b"labels": random.integers(0, 10, num_images).tolist(),
    }


def as_published(batch):
    """With NumPy's module names of then; Python 2's strings are Python 3's bytes."""
    content = pickle.dumps(batch, protocol=3)
    return content.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def test_a_batch_is_read_channel_by_channel():
    batch = batch_of(3)
    images, labels = read_cifar10_batch(as_published(batch))
    assert images.shape == (3, 32, 32, 3) and images.dtype == np.uint8
    rows = batch[b"data"]
    # Row 5, column 7, green: after one channel of 1024 and five rows of 32.
    assert images[2, 5, 7, 1] == rows[2, 1024 + 5 * 32 + 7]
    np.testing.assert_array_equal(labels, batch[b"labels"])


class Hostile:
    """Unpickles by running a command."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.system, (f"touch {self.path}",))


class Evaluating:
    def __reduce__(self):
        return (eval, ("1 + 1",))


@pytest.mark.parametrize("where", ["data", "labels", "extra"])
def test_a_foreign_object_is_refused_before_it_runs(tmp_path, where):
    batch = batch_of(2)
    batch[where.encode()] = [Hostile(tmp_path / "was_run")]
    with pytest.raises(ValueError, match="only arrays and plain containers"):
        read_cifar10_batch(as_published(batch))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"names \w+\.eval"):
        read_cifar10_batch(pickle.dumps(Evaluating()))


def test_an_array_that_holds_a_foreign_object(tmp_path):
    batch = batch_of(2)
    batch[b"data"] = np.array([Hostile(tmp_path / "was_run")], dtype=object)
    with pytest.raises(ValueError, match="an array of 'O8', not of bytes"):
        read_cifar10_batch(as_published(batch))
    assert list(tmp_path.iterdir()) == []


# What NumPy's own functions make of these: a segmentation fault, memory that nobody
# wrote, and the same by other ways.
HOSTILE = {
    "dtype of an endless item": b"cnumpy\ndtype\n(S'u1'\nI0\nI1\ntR(I3\nS'|'\nNI-1\n"
    b"I-1\nI0\ntb.",
    "dtype with fields": b"cnumpy\ndtype\n(S'u1'\nI0\nI1\ntR(I3\nS'|'\nN(S'a'\nt}I1\n"
    b"I1\nI0\ntb.",
    "array without values": b"cnumpy\nndarray\n((I2\nI3072\ntS'u1'\ntR.",
    "array made anew": b"\x80\x02cnumpy\nndarray\n(I2\nt\x81.",
    "state of a function": b"cnumpy.core.multiarray\n_reconstruct\nN}S'__defaults__'\n"
    b"(I1\nts\x86b.",
    "another kind of array": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n"
    b"(I0\ntS'b'\ntR.",
    "bytes that nobody sent": b"\x80\x05\x96\x00\x00\x00\x00\x01\x00\x00\x00.",
    "a memo of gigabytes": b"\x80\x02]r\xff\xff\xff\x7f.",
    "an extension": b"\x80\x02\x82\x01.",
    "a persistent name": b"Pname\n.",
    "a dict in itself": b"}q\x00S'data'\nh\x00s.",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_pickle_is_refused_and_nothing_of_it_run(content):
    with pytest.raises(ValueError, match="a.pickle .* CIFAR-10 batch"):
        read_cifar10_batch(content, "a.pickle")


def test_arrays_have_the_values_that_they_state():
    batch = batch_of(2)
    content, rows = as_published(batch), b"K\x02M\x00\x0c\x86"  # (2, 3072)
    assert content.count(rows) == 1
    larger = content.replace(rows, b"K\x09" + rows[2:])
    with pytest.raises(ValueError, match="bytes do not fill its shape"):
        read_cifar10_batch(larger)


@pytest.mark.parametrize("labels", [[99, 1], [-7, 1], [1.0, 1], [True, 1], [None, 1]])
def test_labels_out_of_range_are_refused(labels):
    with pytest.raises(ValueError, match="must hold `labels` from 0 to 9"):
        read_cifar10_batch(as_published({**batch_of(2), b"labels": labels}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pickle",
        as_published(batch_of(2))[:100],
        as_published([1, 2]),
        as_published({b"data": batch_of(2)[b"data"]}),
        as_published({**batch_of(2), b"labels": [1]}),
        as_published({**batch_of(2), b"data": np.zeros((2, 3072))}),
        as_published({**batch_of(2), b"data": np.zeros((2, 3072), "int8")}),
        as_published({**batch_of(2), b"data": np.zeros((2, 100), "uint8")}),
    ],
)
def test_what_is_no_batch(content):
    with pytest.raises(ValueError, match="CIFAR-10 batch"):
        read_cifar10_batch(content)


@pytest.fixture
def small_cifar10(tmp_path, monkeypatch):
    """Six small batches whose MD5s pass for the published ones."""
    folder = tmp_path / "cifar10" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for seed, name in enumerate(cifar10._FILES):
        (folder / name).write_bytes(as_published(batch_of(10, seed)))
    monkeypatch.setattr(cifar10, "check_md5", lambda path, md5: None)
    monkeypatch.setattr(cifar10, "_NUM_TRAIN", 40)
    return tmp_path


def test_splits_of_2014(small_cifar10):
    data = kg.datasets.load_cifar10(small_cifar10)
    assert [len(split) for split in (data.train, data.valid, data.test)] == [40, 10, 10]
    fifth, test = (
        read_cifar10_batch(as_published(batch_of(10, seed))) for seed in (4, 5)
    )
    np.testing.assert_allclose(data.valid.images, fifth[0] / 255, rtol=1e-6)
    np.testing.assert_allclose(data.test.images, test[0] / 255, rtol=1e-6)
    np.testing.assert_array_equal(data.valid.labels, fifth[1])


@pytest.mark.parametrize("below", ["cifar10", "cifar10/cifar-10-batches-py"])
def test_each_folder_on_the_way_to_the_files_may_be_named(small_cifar10, below):
    assert len(kg.datasets.load_cifar10(small_cifar10 / below).train) == 40


def test_a_missing_batch_is_named(small_cifar10):
    (small_cifar10 / "cifar10" / "cifar-10-batches-py" / "data_batch_3").unlink()
    with pytest.raises(FileNotFoundError, match=r"Missing in .*: data_batch_3$"):
        kg.datasets.load_cifar10(small_cifar10)


def test_another_file_is_refused_by_its_md5(small_cifar10, monkeypatch):
    monkeypatch.undo()
    with pytest.raises(ValueError, match="but c99cafc152244af753f735de768cd75f was"):
        kg.datasets.load_cifar10(small_cifar10)


@needs_data
def test_real_cifar10():
    data = kg.datasets.load_cifar10(REAL)
    assert data.train.images.shape == (40_000, 32, 32, 3)
    assert len(data.valid) == len(data.test) == 10_000
    # Channel means of all 50,000 training images, as many sources publish them.
    sums = data.train.images.sum((0, 1, 2), "float64")
    sums += data.valid.images.sum((0, 1, 2), "float64")
    np.testing.assert_allclose(
        sums / 50_000 / 1024, [0.4914, 0.4822, 0.4465], atol=5e-5
    )
    assert np.bincount(data.test.labels).tolist() == [1000] * 10


# -------------------------------------------------------- contrast normalization


def test_each_image_has_mean_0_and_one_length():
    images = np.random.default_rng(0).uniform(size=(5000, 4, 3, 2)).astype("float32")
    images[7] = 0.25
    normalized = kg.datasets.global_contrast_normalization(images, scale=55.0)
    flat = normalized.reshape(5000, -1).astype("float64")
    lengths = np.linalg.norm(flat, axis=1)
    assert lengths[7] == 0
    np.testing.assert_allclose(np.delete(lengths, 7), 55, rtol=1e-6)
    np.testing.assert_allclose(flat.mean(1), 0, atol=1e-5)
    expected = images[3].astype("float64") - images[3].mean(dtype="float64")
    expected *= 55 / np.linalg.norm(expected)
    np.testing.assert_allclose(normalized[3], expected, rtol=1e-5, atol=1e-5)


def test_normalized_dataset_states_its_range(small_cifar10):
    plain = kg.datasets.load_cifar10(small_cifar10)
    data = kg.datasets.contrast_normalized(plain)
    low, high = data.value_range
    largest = np.abs(data.train.images).max()
    assert low == -high and largest <= high and data.name.startswith("cifar10, ")
    np.testing.assert_array_equal(data.valid.labels, plain.valid.labels)
    pixel_std = data.train.images.std()
    np.testing.assert_allclose(pixel_std, 55 / np.sqrt(3072), rtol=1e-3)


# -------------------------------------------------------------------------- faces

PARTS = {"unlabeled": 0, "train": 1, "valid": 2, "test": 3}


def faces(num_images=60, **changes):
    """A small database in the published layout, every part in every fold."""
    random = np.random.default_rng(0)
    folds = np.zeros((num_images, 5), "uint8")
    folds[20:] = random.permuted(np.repeat([[1, 2, 3, 3]], 10), axis=0).reshape(-1, 1)
    for fold in range(5):
        folds[20:, fold] = random.permutation(np.repeat([1, 2, 3, 3], 10))
    fields = {
        "images": random.integers(0, 256, (num_images, 48, 48)).astype("uint8"),
        "folds": folds,
        "labs_ex": random.integers(1, 8, (num_images, 1)),
        "labs_id": random.integers(1, 9, (num_images, 1)),
    }
    fields.update(changes)
    return {name: value for name, value in fields.items() if value is not None}


def written(folder, **changes):
    fields = faces(**changes)
    scipy.io.savemat(folder / "TFD_48x48.mat", fields)
    return fields


@pytest.mark.parametrize("fold", range(5))
def test_a_fold_holds_its_rows(tmp_path, fold):
    fields = written(tmp_path)
    data = kg.datasets.load_tfd(tmp_path, fold=fold)
    labeled = kg.datasets.load_tfd(tmp_path, fold=fold, train_on="train")
    splits = {
        "unlabeled": data.train,
        "train": labeled.train,
        "valid": data.valid,
        "test": data.test,
    }
    for part, split in splits.items():
        rows = fields["folds"][:, fold] == PARTS[part]
        expected = fields["images"][rows][..., None] / 255
        np.testing.assert_allclose(split.images, expected, rtol=1e-6)
        if part == "unlabeled":
            assert split.labels is None and len(split) == 20
        else:
            np.testing.assert_array_equal(split.labels, fields["labs_ex"][rows, 0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"folds": None}, "Missing: folds"),
        ({"images": None, "labs_ex": None}, "Missing: images, labs_ex"),
        ({"images": np.zeros((60, 48, 48))}, "Received: images float64"),
        ({"images": np.zeros((60, 32, 32), "uint8")}, r"images uint8 \(60, 32, 32\)"),
        ({"folds": np.zeros((60, 4), "uint8")}, r"folds \(60, 4\)"),
        ({"folds": np.full((60, 5), 4, "uint8")}, "Received: .*4"),
        ({"labs_ex": np.zeros((59, 1))}, r"labs_ex \(59,\)"),
        ({"labs_ex": np.full((60, 1), np.nan)}, "`labs_ex` must hold 1 to 7 .*nan"),
        ({"labs_ex": np.full((60, 1), 8)}, r"`labs_ex` must hold 1 to 7 .*\[8\]"),
        ({"labs_ex": np.ones((60, 1)) + 1j}, "real numbers in `labs_ex`"),
        ({"folds": np.full((60, 5), 3, "uint8")}, "Fold 1 has no unlabeled rows"),
    ],
)
def test_another_layout_is_refused(tmp_path, changes, message):
    written(tmp_path, **changes)
    with pytest.raises(ValueError, match=message):
        kg.datasets.load_tfd(tmp_path, fold=1)


def test_a_fold_without_validation_rows(tmp_path):
    folds = faces()["folds"]
    folds[folds[:, 2] == 2, 2] = 1
    written(tmp_path, folds=folds)
    kg.datasets.load_tfd(tmp_path, fold=1)
    with pytest.raises(ValueError, match=r"Fold 2 has no valid rows: `folds\[:, 2\]`"):
        kg.datasets.load_tfd(tmp_path, fold=2)


@pytest.mark.parametrize("fold", [-1, 5, 1.0, True])
@pytest.mark.parametrize("load", [kg.datasets.load_tfd, kg.datasets.load_olivetti])
def test_a_fold_out_of_range(tmp_path, load, fold):
    with pytest.raises(ValueError, match="`fold`. Expected an integer from 0 to 4"):
        load(tmp_path, fold=fold)


def test_what_is_no_matlab_file(tmp_path):
    (tmp_path / "TFD_48x48.mat").write_bytes(
        b"no file of MATLAB's, but long enough" * 9
    )
    with pytest.raises(ValueError, match="is no readable MATLAB file"):
        kg.datasets.load_tfd(tmp_path)


def test_unlabeled_faces_need_no_label(tmp_path):
    fields = faces()
    labels = fields["labs_ex"].astype("float64")
    labels[(fields["folds"] == 0).all(axis=1)] = np.nan
    written(tmp_path, labs_ex=labels)
    assert set(kg.datasets.load_tfd(tmp_path).valid.labels) <= set(range(1, 8))


def olivetti_of(folder, faces, compressed=False):
    path = folder / "olivettifaces.mat"
    scipy.io.savemat(path, {"faces": faces}, do_compression=compressed)
    return folder


def gray_levels():
    return np.random.default_rng(0).integers(0, 256, (4096, 400)).astype("uint8")


@pytest.mark.parametrize(
    "stored",
    [
        lambda levels: levels.astype("int32"),
        lambda levels: levels.astype("float64"),
        lambda levels: levels / 255,
    ],
    ids=["int32", "floats to 255", "floats to 1"],
)
def test_olivetti_faces_of_any_real_type_are_the_same(tmp_path, stored):
    levels = gray_levels()
    data = kg.datasets.load_olivetti(olivetti_of(tmp_path, stored(levels)), 0, 64)
    expected = levels.T.reshape(-1, 64, 64)[:200].transpose(0, 2, 1) / 255
    np.testing.assert_allclose(data.train.images[..., 0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (lambda levels: levels + 1j, "must hold real numbers in `faces`"),
        (lambda levels: levels.astype("int32") * 2, "from 0 to 255.*to 510"),
        (lambda levels: levels.astype("int32") - 1, "from 0 to 255.*values from -1"),
        (lambda levels: np.where(levels > 9, np.nan, levels), "values from nan to nan"),
        (lambda levels: levels[:, :399], r"\(4096, 400\). Received: \(4096, 399\)"),
        (lambda levels: np.full((4096, 400), "x"), "real numbers in `faces`"),
    ],
)
def test_olivetti_faces_that_are_no_gray_levels(tmp_path, stored, message):
    folder = olivetti_of(tmp_path, stored(gray_levels()))
    with pytest.raises(ValueError, match=f"olivettifaces.mat.*{message}"):
        kg.datasets.load_olivetti(folder)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_is_measured_before_it_is_unpacked(tmp_path, monkeypatch, compressed):
    olivetti_of(tmp_path, np.zeros((4096, 400), "uint8"), compressed)
    monkeypatch.setattr(scipy.io, "loadmat", lambda *_, **__: pytest.fail("unpacked"))
    monkeypatch.setenv("KERAS_GAN_MAX_BYTES", "1000000")
    with pytest.raises(ValueError, match=r"\.mat holds .*1,000,000 are taken at most"):
        kg.datasets.load_olivetti(tmp_path)
    monkeypatch.setenv("KERAS_GAN_MAX_BYTES", "all")
    with pytest.raises(ValueError, match="KERAS_GAN_MAX_BYTES`. Expected an integer"):
        kg.datasets.load_olivetti(tmp_path)


@pytest.mark.parametrize(
    ("load", "name"),
    [
        (kg.datasets.load_tfd, "TFD_48x48.mat"),
        (kg.datasets.load_olivetti, "olivettifaces.mat"),
    ],
)
def test_faces_are_not_downloaded(tmp_path, monkeypatch, load, name):
    monkeypatch.delenv("KERAS_GAN_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match=f"folder with {name}"):
        load()
    with pytest.raises(FileNotFoundError, match=f"Missing in .*: {name}"):
        load(tmp_path)


def test_olivetti_keeps_people_apart(tmp_path):
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (400, 64, 64)).astype("uint8")
    stored = pictures.transpose(0, 2, 1).reshape(400, 4096).T
    (tmp_path / "olivetti").mkdir()
    path = tmp_path / "olivetti" / "olivettifaces.mat"
    scipy.io.savemat(path, {"faces": stored})
    tested = []
    for fold in range(5):
        data = kg.datasets.load_olivetti(tmp_path, fold=fold, image_size=64)
        people = [set(part.labels) for part in (data.train, data.valid, data.test)]
        assert [len(group) for group in people] == [20, 16, 4]
        assert set.union(*people) == set(range(40))
        np.testing.assert_allclose(
            data.test.images[..., 0],
            pictures[np.isin(np.arange(400) // 10, list(people[2]))] / 255,
            atol=1e-6,
        )
        tested += sorted(people[2])
    assert sorted(tested) == list(range(20, 40))
    smaller = kg.datasets.load_olivetti(tmp_path)
    assert smaller.image_shape == (48, 48, 1)
    # Averages keep the mean: interpolation that skipped pixels would not.
    one = kg.datasets.load_olivetti(tmp_path, image_size=64).train.images.mean(
        (1, 2, 3)
    )
    np.testing.assert_allclose(smaller.train.images.mean((1, 2, 3)), one, atol=5e-3)


@needs_data
def test_real_olivetti_faces_stand_upright():
    data = kg.datasets.load_olivetti(Path(REAL))
    assert len(data.train) == 200 and data.train.images.std() > 0.1
    mean = data.train.images.mean(0)[..., 0]
    # A face is nearly its own mirror image, and not so upside down.
    assert np.abs(mean - mean[:, ::-1]).mean() < 0.5 * np.abs(mean - mean[::-1]).mean()


def test_datasets_by_name():
    assert kg.datasets.load("digits").name == kg.datasets.load_digits().name
    with pytest.raises(ValueError, match="Did you mean 'olivetti'"):
        kg.datasets.load("olivety")


def test_column_norms_hold_before_and_after_a_move():
    gan = make_tiny_gan()
    limit = 0.05
    gan = kg.GAN(
        kg.networks.mlp_generator(
            3,
            (4, 4, 1),
            hidden_units=(9,),
            weight_range=0.5,
            output_initializer=kg.initializers.SparseNormal(2),
            max_column_norm=limit,
        ),
        kg.networks.maxout_discriminator(
            (4, 4, 1), (5,), 2, weight_range=0.5, max_column_norm=limit
        ),
        gan.prior,
    )
    optimizers = (kg.optimizers.MomentumSGD(0.5), kg.optimizers.MomentumSGD(0.5))
    gan.compile(*optimizers, simultaneous=True)
    for _ in range(2):
        for network in (gan.generator, gan.discriminator):
            kernels = [w for w in network.trainable_variables if w.name == "kernel"]
            for kernel in kernels:
                lengths = np.linalg.norm(kernel, axis=0)
                assert lengths.max() <= limit * (1 + 1e-5)
                assert lengths.max() > 0.9 * limit
        images = np.random.default_rng(0).uniform(size=(20, 4, 4, 1)).astype("float32")
        gan.fit(images, batch_size=5, verbose=0)


def test_images_of_one_color_have_no_contrast():
    data = kg.datasets.from_arrays(np.ones((9, 4, 4, 1)), value_range=(0.0, 1.0))
    with pytest.raises(ValueError, match="`data` must hold images of more than one"):
        kg.datasets.contrast_normalized(data)
