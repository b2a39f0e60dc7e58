"""Generated files in the place of the published ones of MNIST, with fewer images."""

import dataclasses
import gzip
import hashlib
import struct

import numpy as np

import keras_gan as kg
from keras_gan.datasets import mnist


def write_idx(path, values):
    values = np.asarray(values, "uint8")
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    path.write_bytes(gzip.compress(header + values.tobytes()))


def take_as_published(folder, num_train, monkeypatch):
    """The loaders of MNIST and Fashion-MNIST take the four files of the folder."""
    md5s = tuple(
        hashlib.md5((folder / name).read_bytes()).hexdigest() for name in mnist._FILES
    )
    for name in ("_MNIST", "_FASHION_MNIST"):
        source = dataclasses.replace(getattr(mnist, name), md5s=md5s)
        monkeypatch.setattr(mnist, name, source)
    monkeypatch.setattr(mnist, "_NUM_TRAIN", num_train)


def write_small_mnist(folder, monkeypatch):
    """The digits of 8x8 pixels, each a square of 3x3, within a frame of black."""
    digits = kg.datasets.load_digits()
    kept = (digits.train, digits.valid)
    images = np.concatenate([split.images for split in kept])
    labels = np.concatenate([split.labels for split in kept])
    parts = {
        "train": (images, labels),
        "t10k": (digits.test.images, digits.test.labels),
    }
    for part, (images, labels) in parts.items():
        pixels = np.kron(np.rint(255 * images[..., 0]), np.ones((1, 3, 3)))
        pixels = np.pad(pixels, ((0, 0), (2, 2), (2, 2)))
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", pixels)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels)
    take_as_published(folder, len(digits.train), monkeypatch)
    return folder
