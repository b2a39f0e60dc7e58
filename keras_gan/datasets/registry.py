"""Datasets by name, as the command line asks for them."""

import inspect
import os
from collections.abc import Callable, MutableMapping
from types import ModuleType
from typing import TYPE_CHECKING

from keras_gan._lazy import LazyMapping
from keras_gan._validation import check_known

if TYPE_CHECKING:
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
    from keras_gan.datasets.shards import load_shards
    from keras_gan.datasets.stacked_mnist import load_stacked_mnist
    from keras_gan.datasets.tfd import load_tfd
    from keras_gan.datasets.tones import load_harmonic_tones
    from keras_gan.datasets.wave_folder import load_wave_folder

MODULES = {
    "cifar10": "keras_gan.datasets.cifar10",
    "digits": "keras_gan.datasets.digits",
    "fashion_mnist": "keras_gan.datasets.mnist",
    "grid_of_gaussians": "keras_gan.datasets.points",
    "harmonic_tones": "keras_gan.datasets.tones",
    "image_folder": "keras_gan.datasets.image_folder",
    "mnist": "keras_gan.datasets.mnist",
    "olivetti": "keras_gan.datasets.olivetti",
    "ring_of_gaussians": "keras_gan.datasets.points",
    "shards": "keras_gan.datasets.shards",
    "stacked_mnist": "keras_gan.datasets.stacked_mnist",
    "swiss_roll": "keras_gan.datasets.points",
    "tfd": "keras_gan.datasets.tfd",
    "wave_folder": "keras_gan.datasets.wave_folder",
}
"""Where the function `load_…` of each dataset is."""


def _loader(module: ModuleType, name: str) -> "Callable[..., Dataset]":
    loader: Callable[..., Dataset] = getattr(module, f"load_{name}")
    return loader


LOADERS: "MutableMapping[str, Callable[..., Dataset]]" = LazyMapping(MODULES, _loader)
"""Functions that load a dataset, some of them from a `data_dir`, some to a size."""

_OPTIONS = {
    "data_dir": "datasets that are read from files",
    "on_damaged": "a folder of pictures or recordings",
    "length": "sound",
    "sampling_rate": "sound",
}

__all__ = [
    "LOADERS",
    "load",
    "load_cifar10",
    "load_digits",
    "load_fashion_mnist",
    "load_grid_of_gaussians",
    "load_harmonic_tones",
    "load_image_folder",
    "load_mnist",
    "load_olivetti",
    "load_ring_of_gaussians",
    "load_shards",
    "load_stacked_mnist",
    "load_swiss_roll",
    "load_tfd",
    "load_wave_folder",
]


def load(
    name: str,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: int | tuple[int, int] | None = None,
    on_damaged: str | None = None,
    length: int | None = None,
    sampling_rate: int | None = None,
    verbose: int = 0,
) -> "Dataset":
    """Loads a dataset by name, with its loader's defaults.

    Args:
        name: str, a key of `keras_gan.datasets.LOADERS`.
        data_dir: folder with its files, or `None` to search. Defaults to `None`.
        image_size: pair of ints, height and width, or one int for a square, to which
            images are resized: by their loader, which may crop, or as
            `keras_gan.datasets.resized` does. `None` leaves them. Defaults to `None`.
        on_damaged: as in `load_image_folder` and `load_wave_folder`, for these alone;
            `None` is their default. Defaults to `None`.
        length: int, samples of each waveform, for sound alone; `None` is the loader's
            default. Defaults to `None`.
        sampling_rate: int, in Hz, as `length`. Defaults to `None`.
        verbose: int. `1` shows the progress of loaders that may take long.
            Defaults to `0`.

    Returns:
        data: `Dataset`.

    Raises:
        ValueError: if there is no such dataset, `data_dir` is given for one that has no
            files, `image_size` for what is no image, `on_damaged` for what is no folder
            of pictures or recordings, or `length` or `sampling_rate` for what is no
            sound.

    Example:
    >>> load("digits").image_shape
    (8, 8, 1)
    >>> load("digits", image_size=(16, 8)).image_shape
    (16, 8, 1)
    """
    loader = LOADERS[check_known("name", name, LOADERS)]
    taken = inspect.signature(loader).parameters
    given = {
        **{"data_dir": data_dir, "on_damaged": on_damaged},
        **{"length": length, "sampling_rate": sampling_rate},
    }
    for option, what in _OPTIONS.items():
        if given[option] is not None and option not in taken:
            raise ValueError(
                f"`{option}` is for {what}, and {name} is not. Received: "
                f"{option}={given[option]}"
            )
    known = {**given, "image_size": image_size, "verbose": verbose}
    options = {
        option: known[option]
        for option in known
        if option in taken and (known[option] is not None or option == "data_dir")
    }
    data = loader(**options)
    if image_size is None:
        return data
    from keras_gan.datasets.resizing import resized

    return resized(data, image_size)
