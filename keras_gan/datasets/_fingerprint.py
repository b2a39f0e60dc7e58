"""By what a dataset is known again: its arrays, digested."""

import hashlib
from collections.abc import Iterator

import numpy as np

from keras_gan._types import Array, Config
from keras_gan.datasets.image_dataset import ImageDataset

_SPLITS = {"train": "training", "valid": "validation", "test": "test"}


def fingerprint(data: ImageDataset) -> Config:
    """Returns shape, dtype and SHA-256 of the images and labels of each split.

    Any change of a pixel, of the order or of the division into splits shows in it; the
    name and the folder of the data do not.
    """
    return {name: _of_split(data, name) for name in _SPLITS}


def differences(held: Config, found: Config) -> list[str]:
    """Returns what distinguishes two fingerprints, in words; nothing if they agree."""
    return [
        text
        for name, split in _SPLITS.items()
        for text in _of_splits(split, held[name], found[name])
    ]


def _of_split(data: ImageDataset, name: str) -> Config:
    split = getattr(data, name)
    labels = None if split.labels is None else _of_array(split.labels)
    return {"images": _of_array(split.images), "labels": labels}


def _of_array(array: Array) -> Config:
    # SHA-256 has instructions of its own on processors; BLAKE2 takes twice as long.
    digest = hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
    return {"shape": [*array.shape], "dtype": array.dtype.name, "sha256": digest}


def _of_splits(split: str, held: Config, found: Config) -> Iterator[str]:
    one, other = held["images"], found["images"]
    if one["shape"][0] != other["shape"][0]:
        yield f"{other['shape'][0]} {split} images instead of {one['shape'][0]}"
    elif one["shape"] != other["shape"]:
        shapes = (tuple(images["shape"][1:]) for images in (other, one))
        yield "{} images of shape {} instead of {}".format(split, *shapes)
    elif one != other:
        yield f"other {split} images"
    elif held["labels"] != found["labels"]:
        yield f"other {split} labels"
