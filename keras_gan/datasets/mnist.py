"""MNIST from its four IDX files."""

import os
from pathlib import Path

import keras
import numpy as np

from keras_gan._types import Array
from keras_gan.datasets._data_folder import find_folder
from keras_gan.datasets.idx import check_md5, read_idx
from keras_gan.datasets.image_dataset import ImageDataset, ImageSplit

# Published MD5s of the files of LeCun, Cortes and Burges.
_FILES = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
_ORIGIN = "https://storage.googleapis.com/cvdf-datasets/mnist/"
_NUM_TRAIN = 50_000  # the 2014 split: the last 10,000 training images validate


def load_mnist(data_dir: str | os.PathLike[str] | None = None) -> ImageDataset:
    """Loads MNIST with the split of 2014: 50,000 train, 10,000 valid, 10,000 test.

    The four `.gz` files are looked for in `data_dir` where it is given, else in the
    folder that the environment variable `KERAS_GAN_DATA` names, else in Keras's cache,
    into which they are downloaded. A folder may hold the files or a `mnist/` with them.
    Their published MD5s are verified each time.

    Args:
        data_dir: folder with the files, or `None` to search. Defaults to `None`.

    Returns:
        data: `ImageDataset`, images `[num_images, 28, 28, 1]` float32 in [0, 1],
        labels 0..9.

    Raises:
        FileNotFoundError: if `data_dir` does not hold the four files.
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
    paths = _find_files(data_dir)
    for name, md5 in _FILES.items():
        check_md5(paths[name], md5)
    train_images, train_labels, test_images, test_labels = (
        read_idx(paths[name]) for name in _FILES
    )
    return ImageDataset(
        name="mnist",
        train=_split(train_images[:_NUM_TRAIN], train_labels[:_NUM_TRAIN]),
        valid=_split(train_images[_NUM_TRAIN:], train_labels[_NUM_TRAIN:]),
        test=_split(test_images, test_labels),
    )


def _split(pixels: Array, labels: Array) -> ImageSplit:
    images = pixels[..., np.newaxis].astype("float32") / np.float32(255)
    return ImageSplit(images, labels.astype("int32"))


def _find_files(data_dir: str | os.PathLike[str] | None) -> dict[str, Path]:
    folder = find_folder("MNIST", _FILES, "mnist", data_dir)
    if folder is not None:
        return {name: folder / name for name in _FILES}
    return {
        name: Path(
            keras.utils.get_file(
                name, _ORIGIN + name, file_hash=md5, cache_subdir="datasets/mnist"
            )
        )
        for name, md5 in _FILES.items()
    }
