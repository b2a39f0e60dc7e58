"""Datasets by name, as the command line asks for them."""

import os
from collections.abc import Callable

from keras_gan._validation import check_known
from keras_gan.datasets.cifar10 import load_cifar10
from keras_gan.datasets.dataset import Dataset
from keras_gan.datasets.digits import load_digits
from keras_gan.datasets.image_folder import load_image_folder
from keras_gan.datasets.mnist import load_fashion_mnist, load_mnist
from keras_gan.datasets.olivetti import load_olivetti
from keras_gan.datasets.points import load_grid_of_gaussians, load_ring_of_gaussians
from keras_gan.datasets.stacked_mnist import load_stacked_mnist
from keras_gan.datasets.tfd import load_tfd

LOADERS: dict[str, Callable[..., Dataset]] = {
    "cifar10": load_cifar10,
    "digits": lambda data_dir=None: load_digits(),
    "fashion_mnist": load_fashion_mnist,
    "grid_of_gaussians": lambda data_dir=None: load_grid_of_gaussians(),
    "image_folder": load_image_folder,
    "mnist": load_mnist,
    "olivetti": load_olivetti,
    "ring_of_gaussians": lambda data_dir=None: load_ring_of_gaussians(),
    "stacked_mnist": load_stacked_mnist,
    "tfd": load_tfd,
}


def load(name: str, data_dir: str | os.PathLike[str] | None = None) -> Dataset:
    """Loads a dataset by name, with its loader's defaults.

    Args:
        name: str, a key of `keras_gan.datasets.LOADERS`.
        data_dir: folder with its files, or `None` to search. Defaults to `None`.

    Returns:
        data: `Dataset`.

    Raises:
        ValueError: if there is no such dataset.

    Example:
    >>> load("digits").image_shape
    (8, 8, 1)
    """
    return LOADERS[check_known("name", name, LOADERS)](data_dir)
