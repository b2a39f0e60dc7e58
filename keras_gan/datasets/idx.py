"""The IDX format of the MNIST files."""

import gzip
import hashlib
import os
import zlib
from pathlib import Path

import numpy as np

from keras_gan._types import Array

_UNSIGNED_BYTE = 0x08


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Reads one gzip-compressed IDX file of unsigned bytes.

    The format: two zero bytes, a type code, the number of axes, each axis as a
    big-endian 32-bit integer, then the values in C order.

    Args:
        path: the `.gz` file.

    Returns:
        values: uint8 array of the shape that the file states.

    Raises:
        ValueError: if the file is not gzip, not IDX, or shorter or longer than stated.

    References:
        LeCun, Cortes, Burges, The MNIST database, file formats.
        http://yann.lecun.com/exdb/mnist/
    """
    try:
        content = gzip.decompress(Path(path).read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            f"{path} is not a complete gzip file ({error}); fetch it again."
        ) from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTE:
        raise ValueError(
            f"{path} is not an IDX file of unsigned bytes. Received: first bytes "
            f"{content[:4].hex()!r}"
        )
    values_start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:values_start], ">u4").astype(int)
    num_values = len(content) - values_start
    if len(shape) != content[3] or num_values != shape.prod():
        raise ValueError(
            f"{path} states shape {tuple(map(int, shape))} but holds {num_values} "
            "values; it is truncated or corrupt: fetch it again."
        )
    return np.frombuffer(content, "uint8", offset=values_start).reshape(shape)


def check_md5(path: str | os.PathLike[str], expected: str) -> None:
    """Raises `ValueError` unless the file's MD5 is the published one."""
    received = hashlib.md5(Path(path).read_bytes(), usedforsecurity=False).hexdigest()
    if received != expected:
        raise ValueError(
            f"{path} has MD5 {received}, but {expected} was published: the file is "
            "truncated, corrupt or another dataset's; fetch it again."
        )
