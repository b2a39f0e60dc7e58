"""Datasets by name, as the command line asks for them."""

import inspect
import os
from collections.abc import Callable

from keras_gan._validation import check_known
from keras_gan.datasets.cifar10 import load_cifar10
from keras_gan.datasets.dataset import Dataset
from keras_gan.datasets.digits import load_digits
from keras_gan.datasets.image_folder import load_image_folder
from keras_gan.datasets.mnist import load_fashion_mnist, load_mnist
from keras_gan.datasets.olivetti import load_olivetti
from keras_gan.datasets.points import (
    load_grid_of_gaussians,
    load_ring_of_gaussians,
    load_swiss_roll,
)
from keras_gan.datasets.resizing import resized
from keras_gan.datasets.stacked_mnist import load_stacked_mnist
from keras_gan.datasets.tfd import load_tfd

LOADERS: dict[str, Callable[..., Dataset]] = {
    "cifar10": load_cifar10,
    "digits": load_digits,
    "fashion_mnist": load_fashion_mnist,
    "grid_of_gaussians": load_grid_of_gaussians,
    "image_folder": load_image_folder,
    "mnist": load_mnist,
    "olivetti": load_olivetti,
    "ring_of_gaussians": load_ring_of_gaussians,
    "stacked_mnist": load_stacked_mnist,
    "swiss_roll": load_swiss_roll,
    "tfd": load_tfd,
}
"""Functions that load a dataset, some of them from a `data_dir`, some to a size."""

__all__ = [
    "LOADERS",
    "load",
    "load_cifar10",
    "load_digits",
    "load_fashion_mnist",
    "load_grid_of_gaussians",
    "load_image_folder",
    "load_mnist",
    "load_olivetti",
    "load_ring_of_gaussians",
    "load_stacked_mnist",
    "load_swiss_roll",
    "load_tfd",
]


def load(
    name: str,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: int | tuple[int, int] | None = None,
) -> Dataset:
    """Loads a dataset by name, with its loader's defaults.

    Args:
        name: str, a key of `keras_gan.datasets.LOADERS`.
        data_dir: folder with its files, or `None` to search. Defaults to `None`.
        image_size: pair of ints, height and width, or one int for a square, to which
            images are resized: by their loader, which may crop, or as
            `keras_gan.datasets.resized` does. `None` leaves them. Defaults to `None`.

    Returns:
        data: `Dataset`.

    Raises:
        ValueError: if there is no such dataset, `data_dir` is given for one that has no
            files, or `image_size` for what is no image.

    Example:
    >>> load("digits").image_shape
    (8, 8, 1)
    >>> load("digits", image_size=(16, 8)).image_shape
    (16, 8, 1)
    """
    loader = LOADERS[check_known("name", name, LOADERS)]
    taken = inspect.signature(loader).parameters
    options = {}
    if data_dir is not None and "data_dir" not in taken:
        raise ValueError(
            f"`data_dir` is for datasets that are read from files, and {name} is not. "
            f"Received: data_dir={data_dir}"
        )
    if "data_dir" in taken:
        options["data_dir"] = data_dir
    if image_size is None:
        return loader(**options)
    if "image_size" in taken:
        return loader(**options, image_size=image_size)
    return resized(loader(**options), image_size)
