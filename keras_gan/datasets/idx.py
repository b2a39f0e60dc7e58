"""The IDX format of the MNIST files."""

import gzip
import hashlib
import math
import os
import struct
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
    num_axes, values_start = content[3], 4 + 4 * content[3]
    header, values = content[4:values_start], content[values_start:]
    shape = struct.unpack(f">{num_axes}I", header.ljust(4 * num_axes, b"\0"))
    if len(header) < 4 * num_axes or len(values) != math.prod(shape):
        raise ValueError(
            f"{path} states shape {shape} but holds {len(values)} values; it is "
            "truncated or corrupt: fetch it again."
        )
    return np.frombuffer(values, "uint8").reshape(shape)


def check_md5(path: str | os.PathLike[str], expected: str) -> None:
    """Raises `ValueError` unless the file's MD5 is the published one."""
    received = hashlib.md5(Path(path).read_bytes(), usedforsecurity=False).hexdigest()
    if received != expected:
        raise ValueError(
            f"{path} has MD5 {received}, but {expected} was published: the file is "
            "truncated, corrupt or another dataset's; fetch it again."
        )
