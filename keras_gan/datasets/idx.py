"""The IDX format of the MNIST files."""

import gzip
import hashlib
import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np

from keras_gan._size_limit import check_content_size
from keras_gan._types import Array

_UNSIGNED_BYTE = 0x08
_MOST_AXES = 32  # that NumPy 1 knows


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Reads one gzip-compressed IDX file of unsigned bytes.

    The format: two zero bytes, a type code, the number of axes, each axis as a
    big-endian 32-bit integer, then the values in C order. No more is unpacked than the
    header states.

    Args:
        path: the `.gz` file.

    Returns:
        values: uint8 array of the shape that the file states.

    Raises:
        ValueError: if the file is not gzip, not IDX, shorter or longer than stated, or
            states more than `KERAS_GAN_MAX_BYTES`, by default 4 GiB.

    References:
        LeCun, Cortes, Burges, The MNIST database, file formats.
        http://yann.lecun.com/exdb/mnist/
    """
    path = Path(path)
    try:
        with gzip.open(path) as file:
            shape = _read_shape(path, file)
            num_values = math.prod(shape)
            check_content_size(path, num_values)
            values = file.read(num_values + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            f"{path} is not a complete gzip file ({error}); fetch it again."
        ) from error
    if len(values) != num_values:
        held = "more" if len(values) > num_values else len(values)
        raise ValueError(
            f"{path} states shape {shape} but holds {held} values; it is truncated or "
            "corrupt: fetch it again."
        )
    return np.frombuffer(values, "uint8").reshape(shape)


def _read_shape(path: Path, file: gzip.GzipFile) -> tuple[int, ...]:
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] != _UNSIGNED_BYTE:
        raise ValueError(
            f"{path} is not an IDX file of unsigned bytes. Received: first bytes "
            f"{start.hex()!r}"
        )
    num_axes = start[3]
    if num_axes > _MOST_AXES:
        raise ValueError(
            f"{path} must state at most {_MOST_AXES} axes. Received: {num_axes}"
        )
    axes = file.read(4 * num_axes)
    if len(axes) < 4 * num_axes:
        raise ValueError(f"{path} ends within its header: fetch it again.")
    return struct.unpack(f">{num_axes}I", axes)


def md5_of(path: str | os.PathLike[str]) -> str:
    """The MD5 of a file, in hexadecimal digits."""
    return hashlib.md5(Path(path).read_bytes(), usedforsecurity=False).hexdigest()


def check_md5(path: str | os.PathLike[str], expected: str) -> None:
    """Raises `ValueError` unless the file's MD5 is the published one."""
    received = md5_of(path)
    if received != expected:
        raise ValueError(
            f"{path} has MD5 {received}, but {expected} was published: the file is "
            "truncated, corrupt or another dataset's; fetch it again."
        )
