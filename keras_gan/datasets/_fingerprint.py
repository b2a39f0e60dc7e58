"""By what a dataset is known again: its arrays, digested."""

import hashlib
from collections.abc import Iterator

import numpy as np

from keras_gan._types import Array, Config
from keras_gan.datasets.dataset import SPLITS, Dataset, Split

_STREAM = "stream"


def fingerprint(data: Dataset) -> Config:
    """Returns shape, dtype and SHA-256 of the data and labels of each split.

    Any change of a number, of the order or of the division into splits shows in it; the
    name and the folder of the data do not. Of a stream it has what its source says of
    itself as `digest`, if it does.
    """
    splits = {name: _of_split(split) for name, split in data.splits.items()}
    streamed = getattr(getattr(data.stream, "source", None), "digest", None)
    return splits if streamed is None else {**splits, _STREAM: streamed}


def differences(held: Config, found: Config) -> list[str]:
    """Returns what distinguishes two fingerprints, in words; nothing if they agree."""
    of_splits = [
        text
        for name, split in SPLITS.items()
        for text in _of_splits(split, held[name], found[name])
    ]
    # Records of before, and other sources, have none.
    of_streams = {one[_STREAM] for one in (held, found) if _STREAM in one}
    return [*of_splits, *["other streamed rows"] * (len(of_streams) > 1)]


def _of_split(split: Split) -> Config:
    labels = None if split.labels is None else _of_array(split.labels)
    return {split.data_name: _of_array(split.values), "labels": labels}


def _of_array(array: Array) -> Config:
    # SHA-256 has instructions of its own on processors; BLAKE2 takes twice as long.
    digest = hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
    return {"shape": [*array.shape], "dtype": array.dtype.name, "sha256": digest}


def _of_splits(split: str, held: Config, found: Config) -> Iterator[str]:
    (held_name, one), (name, other) = map(_data_in, (held, found))
    if held_name != name:
        yield f"{split} {name} instead of {held_name}"
    elif one["shape"][0] != other["shape"][0]:
        yield f"{other['shape'][0]} {split} {name} instead of {one['shape'][0]}"
    elif one["shape"] != other["shape"]:
        shapes = (tuple(array["shape"][1:]) for array in (other, one))
        yield "{} {} of shape {} instead of {}".format(split, name, *shapes)
    elif one != other:
        yield f"other {split} {name}"
    elif held["labels"] != found["labels"]:
        yield f"other {split} labels"


def _data_in(split: Config) -> tuple[str, Config]:
    """Name and digest of the data, which stand beside those of the labels."""
    [(name, array)] = ((key, one) for key, one in split.items() if key != "labels")
    return name, array
