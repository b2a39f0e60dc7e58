"""Arrays of a MATLAB file, bounded before they are unpacked."""

import math
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np

from keras_gan._size_limit import TooLargeError, check_content_size
from keras_gan._types import Array

_HEADER_BYTES = 128
_COMPRESSED = 15  # the type of an element of a file of version 5
_LARGEST_ITEM = 16  # bytes, as complex numbers have
_CHUNK = 2**20


def read_mat(path: Path, names: Sequence[str]) -> dict[str, Array]:
    """Returns those of the named arrays that a MATLAB file holds.

    Args:
        path: of a file of version 4 to 7.2.
        names: of its variables.

    Raises:
        ValueError: if the file cannot be read, a variable is no array of real numbers,
            or it unpacks to more than `KERAS_GAN_MAX_BYTES`.
    """
    import scipy.io  # not when keras_gan is imported

    try:
        _check_unpacked_size(path)
        for name, shape, _ in scipy.io.whosmat(path):
            if name in names:
                check_content_size(path, math.prod(map(int, shape)) * _LARGEST_ITEM)
        fields = scipy.io.loadmat(path, variable_names=[*names])
    except (FileNotFoundError, PermissionError, TooLargeError):
        raise
    # SciPy lets through whatever its parsing of damaged bytes ends in.
    except Exception as error:
        raise ValueError(f"{path} is no readable MATLAB file: {error!r}") from error
    arrays = {name: fields[name] for name in names if name in fields}
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise ValueError(
                f"{path} must hold real numbers in `{name}`. Received: "
                f"{getattr(array, 'dtype', type(array).__name__)}"
            )
    return arrays


def _check_unpacked_size(path: Path) -> None:
    """Unpacks the elements of a file of version 5, a part at a time, and counts."""
    num_bytes = 0
    with path.open("rb") as file:
        order = {b"IM": "<", b"MI": ">"}.get(file.read(_HEADER_BYTES)[-2:])
        if order is None:
            return  # of another version, which compresses nothing
        while len(tag := file.read(8)) == 8:
            kind, length = struct.unpack(f"{order}II", tag)
            end = file.tell() + length
            if kind == _COMPRESSED:
                num_bytes = _count(path, file, end, num_bytes)
            file.seek(end)


def _count(path: Path, file: IO[bytes], end: int, num_bytes: int) -> int:
    unpacker = zlib.decompressobj()
    while not unpacker.eof and (packed := file.read(min(_CHUNK, end - file.tell()))):
        while packed and not unpacker.eof:
            num_bytes += len(unpacker.decompress(packed, _CHUNK))
            check_content_size(path, num_bytes)
            packed = unpacker.unconsumed_tail
    return num_bytes
