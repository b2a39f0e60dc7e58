"""CIFAR-10 from its python batches, read without running what a pickle may hold."""

import os
import reprlib
import tarfile
from typing import Any

import numpy as np

from keras_gan._types import Array
from keras_gan.datasets._data_folder import download, find_folder
from keras_gan.datasets._plain_pickle import load_plain
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.idx import check_md5

_FOLDER = "cifar-10-batches-py"
# MD5s published in the code of torchvision and by many mirrors.
_FILES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
_ARCHIVE = "cifar-10-python.tar.gz"
_ARCHIVE_MD5 = "c58f30108f718f92721af3b95e74349a"
_ORIGIN = f"https://www.cs.toronto.edu/~kriz/{_ARCHIVE}"
_CLASSES = range(10)
_NUM_TRAIN = 40_000  # the 2014 split: the last 10,000 training images validate


def load_cifar10(data_dir: str | os.PathLike[str] | None = None) -> Dataset:
    """Loads CIFAR-10 with the split of 2014: 40,000 train, 10,000 valid, 10,000 test.

    The six batches are looked for in `data_dir` where it is given, else in the folder
    that the environment variable `KERAS_GAN_DATA` names, else in the archive in Keras's
    cache, which is downloaded. A folder may hold the files or a
    `cifar10/cifar-10-batches-py/` with them. Published MD5s are verified each time, and
    nothing but arrays and plain containers is read from the pickles.

    Args:
        data_dir: folder with the batches, or `None` to search. Defaults to `None`.

    Returns:
        data: `Dataset`, images `[num_images, 32, 32, 3]` float32 in [0, 1], labels
        0..9.

    Raises:
        FileNotFoundError: if `data_dir` does not hold the six batches, or none of these
            places does and they cannot be downloaded.
        ValueError: if a file does not have its published MD5, or is no such batch.

    Example:
    ```python
    data = kg.datasets.load_cifar10("datasets")
    data.train.images.shape        # (40000, 32, 32, 3)
    ```

    References:
        Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
        Split: Goodfellow et al., Generative Adversarial Nets, 2014.
    """
    batches = [
        read_cifar10_batch(content, name)
        for name, content in _contents(data_dir).items()
    ]
    images = [batch_images for batch_images, _ in batches]
    labels = [batch_labels for _, batch_labels in batches]
    train_images, train_labels = np.concatenate(images[:5]), np.concatenate(labels[:5])
    return Dataset(
        name="cifar10",
        train=_split(train_images[:_NUM_TRAIN], train_labels[:_NUM_TRAIN]),
        valid=_split(train_images[_NUM_TRAIN:], train_labels[_NUM_TRAIN:]),
        test=_split(images[5], labels[5]),
    )


def read_cifar10_batch(
    content: bytes, name: str = "The content"
) -> tuple[Array, Array]:
    """Reads one batch.

    Args:
        content: bytes of the pickle: a dict with `data`, uint8 `[num_images, 3072]`,
            channel after channel, and `labels`, ints from 0 to 9.
        name: str, what messages call it. Defaults to `"The content"`.

    Returns:
        images: uint8 array `[num_images, 32, 32, 3]`.
        labels: int32 array `[num_images]`.

    Raises:
        ValueError: if it names anything but what an array of bytes is made of, which is
            then not run, or is no such batch.
    """
    try:
        batch = load_plain(content)
    except ValueError as error:
        raise ValueError(f"{name} is not a CIFAR-10 batch: {error}.") from error
    data = batch.get(b"data") if isinstance(batch, dict) else None
    labels = batch.get(b"labels") if isinstance(batch, dict) else None
    if (
        not isinstance(data, np.ndarray)
        or data.ndim != 2
        or data.shape[1] != 3072
        or not isinstance(labels, list)
        or len(labels) != len(data)
    ):
        raise ValueError(
            f"{name} must be a CIFAR-10 batch, a dict with `data`, uint8 [num_images, "
            f"3072], and as many `labels`. Received: {_described(batch)}"
        )
    strange = [
        label for label in labels if type(label) is not int or label not in _CLASSES
    ]
    if strange:
        raise ValueError(
            f"{name} must hold `labels` from 0 to 9. Received: {reprlib.repr(strange)}"
        )
    images = data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.asarray(labels, "int32")


def _split(pixels: Array, labels: Array) -> Split:
    return Split(pixels.astype("float32") / np.float32(255), labels)


def _contents(data_dir: str | os.PathLike[str] | None) -> dict[str, bytes]:
    """What the six batches hold, by the names of the files."""
    folder = find_folder("CIFAR-10", _FILES, f"cifar10/{_FOLDER}", data_dir)
    if folder is not None:
        paths = {name: folder / name for name in _FILES}
        for name, path in paths.items():
            check_md5(path, _FILES[name])
        return {str(path): path.read_bytes() for path in paths.values()}
    cache = "datasets/cifar10"
    archive = download("CIFAR-10", _ARCHIVE, _ORIGIN, _ARCHIVE_MD5, cache)
    with tarfile.open(archive) as members:
        files = {
            f"{archive}: {name}": members.extractfile(f"{_FOLDER}/{name}")
            for name in _FILES
        }
        return {name: file.read() for name, file in files.items() if file is not None}


def _described(batch: Any) -> str:
    if not isinstance(batch, dict):
        return type(batch).__name__
    return ", ".join(
        f"{key!r}: {type(value).__name__} {getattr(value, 'shape', '')}".strip()
        for key, value in batch.items()
    )
