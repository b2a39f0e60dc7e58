"""MNIST and Fashion-MNIST from their four IDX files."""

import dataclasses
import functools
import os
from pathlib import Path

import numpy as np

from keras_gan._types import Array
from keras_gan.datasets._data_folder import download, find_folder
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.idx import check_md5, md5_of, read_idx

_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
_NUM_TRAIN = 50_000  # the 2014 split: the last 10,000 training images validate


@dataclasses.dataclass(frozen=True)
class _Source:
    """Where the four files are, and their published MD5s in the order of `_FILES`."""

    name: str
    title: str
    origin: str
    cache: str
    md5s: tuple[str, ...]


_MNIST = _Source(
    name="mnist",
    title="MNIST",
    origin="https://storage.googleapis.com/cvdf-datasets/mnist/",
    cache="datasets/mnist",
    md5s=(
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
)
_FASHION_MNIST = _Source(
    name="fashion_mnist",
    title="Fashion-MNIST",
    origin="https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    cache="datasets/fashion-mnist",
    md5s=(
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
)


def load_mnist(data_dir: str | os.PathLike[str] | None = None) -> Dataset:
    """Loads MNIST with the split of 2014: 50,000 train, 10,000 valid, 10,000 test.

    The four `.gz` files are looked for in `data_dir` where it is given, else in the
    folder that the environment variable `KERAS_GAN_DATA` names, else in Keras's cache,
    into which they are downloaded. A folder may hold a `mnist/` with them, or them.
    Their published MD5s are verified each time.

    Args:
        data_dir: folder with the files, or `None` to search. Defaults to `None`.

    Returns:
        data: `Dataset`, images `[num_images, 28, 28, 1]` float32 in [0, 1],
        labels 0..9.

    Raises:
        FileNotFoundError: if `data_dir` does not hold the four files, or none of these
            places does and they cannot be downloaded.
        ValueError: if a file does not have its published MD5.

    Example:
    ```python
    data = kg.datasets.load_mnist("datasets/mnist")
    data.train.images.shape        # (50000, 28, 28, 1)
    ```

    References:
        LeCun, Cortes, Burges, The MNIST database of handwritten digits, 1998.
        Split: Goodfellow et al., Generative Adversarial Nets, 2014 (mnist.yaml).
    """
    return _load(_MNIST, data_dir)


def load_fashion_mnist(data_dir: str | os.PathLike[str] | None = None) -> Dataset:
    """Loads Fashion-MNIST, clothes in the format and the split of MNIST.

    Use it where MNIST is too easy: ten kinds of clothes in gray levels, as many images
    and of the same size. The files have the names of MNIST's; they are looked for as
    `load_mnist` does, in a `fashion_mnist/` in the folder or the folder itself, and
    their published MD5s tell them apart.

    Args:
        data_dir: folder with the files, or `None` to search. Defaults to `None`.

    Returns:
        data: `Dataset`, images `[num_images, 28, 28, 1]` float32 in [0, 1],
        labels 0..9: T-shirt, trousers, pullover, dress, coat, sandal, shirt, sneaker,
        bag, ankle boot. 50,000 train, 10,000 valid, 10,000 test.

    Raises:
        FileNotFoundError: if `data_dir` does not hold the four files, or none of these
            places does and they cannot be downloaded.
        ValueError: if a file does not have its published MD5.

    Example:
    ```python
    data = kg.datasets.load_fashion_mnist("datasets/fashion_mnist")
    len(data.test)                 # 10000
    ```

    References:
        Xiao, Rasul, Vollgraf, Fashion-MNIST: a Novel Image Dataset for Benchmarking
        Machine Learning Algorithms, 2017. https://arxiv.org/abs/1708.07747
    """
    return _load(_FASHION_MNIST, data_dir)


def _load(source: _Source, data_dir: str | os.PathLike[str] | None) -> Dataset:
    paths = _find_files(source, data_dir)
    for path, md5 in zip(paths, source.md5s, strict=True):
        check_md5(path, md5)
    train_images, train_labels, test_images, test_labels = map(read_idx, paths)
    return Dataset(
        name=source.name,
        train=_split(train_images[:_NUM_TRAIN], train_labels[:_NUM_TRAIN]),
        valid=_split(train_images[_NUM_TRAIN:], train_labels[_NUM_TRAIN:]),
        test=_split(test_images, test_labels),
    )


def _split(pixels: Array, labels: Array) -> Split:
    images = pixels[..., np.newaxis].astype("float32") / np.float32(255)
    return Split(images, labels.astype("int32"))


def _find_files(source: _Source, data_dir: str | os.PathLike[str] | None) -> list[Path]:
    of_another = functools.partial(_is_of_another, source)
    folder = find_folder(source.title, _FILES, source.name, data_dir, of_another)
    if folder is not None:
        return [folder / name for name in _FILES]
    return [
        download(source.title, name, source.origin + name, md5, source.cache)
        for name, md5 in zip(_FILES, source.md5s, strict=True)
    ]


def _is_of_another(source: _Source, folder: Path) -> bool:
    """Whether a folder has the other dataset's files: the smallest one tells."""
    labels = folder / _FILES[-1]
    others = {one.md5s[-1] for one in (_MNIST, _FASHION_MNIST)} - {source.md5s[-1]}
    return labels.is_file() and md5_of(labels) in others
