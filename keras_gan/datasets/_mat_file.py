"""Arrays of real numbers in a MATLAB file, bounded before they are taken.

SciPy reads such files too, but not damaged ones: where an element is of a type that
does not exist, its compiled reader ends the process. Files of version 4, for which it
has no compiled code, are left to it.
"""

import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

import numpy as np

from keras_gan._size_limit import TooLargeError, check_content_size, size_limit
from keras_gan._types import Array, Shape

_HEADER_BYTES = 128
_HDF5 = 0x0200  # the version of files that are HDF5 below their header
_BYTE_ORDERS = {b"IM": "<", b"MI": ">"}
# Types of elements, as the format numbers them.
_INT8, _INT32, _UINT32, _MATRIX, _COMPRESSED = 1, 5, 6, 14, 15
_DTYPES = {
    **{1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"},
    **{12: "i8", 13: "u8"},
}
_NUMERIC_CLASSES = range(6, 16)  # float64 to uint64; others are text, cells, …
_OPAQUE = 17  # has no shape where others have theirs
_COMPLEX = 1 << 11  # among the flags of an array
_LARGEST_ITEM = 16  # bytes, as complex numbers of version 4 have
_LONGEST_HEAD = 4096  # bytes of an element before the numbers: a name, or the sizes
_CHUNK = 2**20
_ALIGNED = 8  # bytes: where elements begin


def read_mat(path: Path, most: Mapping[str, int]) -> dict[str, Array]:
    """Returns those of the named arrays that a MATLAB file holds.

    Args:
        path: of a file of version 4 to 7.2.
        most: names of its variables, with the most numbers that each may have.

    Raises:
        ValueError: if the file cannot be read, a variable is no array of real numbers,
            or it is larger than `KERAS_GAN_MAX_BYTES`.
    """
    size_limit()  # that it says no number is no fault of the file
    try:
        with path.open("rb") as file:
            header = _whole(file.read(_HEADER_BYTES), _HEADER_BYTES)
            if 0 in header[:4]:  # as SciPy tells them; later ones begin with a text
                return _read_version_4(path, most)
            order = _order_of(header)
            return dict(_named_arrays(path, file, order, most))
    except (FileNotFoundError, PermissionError, TooLargeError, _NoNumbersError):
        raise
    # SciPy lets through whatever its parsing of damaged bytes ends in.
    except Exception as error:
        raise ValueError(f"{path} is no readable MATLAB file: {error}") from error


def _read_version_4(path: Path, most: Mapping[str, int]) -> dict[str, Array]:
    import scipy.io  # not when keras_gan is imported

    for name, shape, _ in scipy.io.whosmat(path):
        if name in most:
            shape = tuple(map(int, shape))
            check_content_size(path, math.prod(shape) * _LARGEST_ITEM)
            _check_count(path, name, shape, most[name])
    fields = scipy.io.loadmat(path, variable_names=[*most])
    arrays = {name: fields[name] for name in most if name in fields}
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            _refuse(path, name, getattr(array, "dtype", type(array).__name__))
    return arrays


class _NoNumbersError(ValueError):
    """A variable holds something else than real numbers."""


def _check_count(path: Path, name: str, shape: Shape, most: int) -> None:
    if math.prod(shape) > most:
        raise TooLargeError(
            f"{path} must hold at most {most:,} numbers in `{name}`. Received: shape "
            f"{shape}"
        )


def _refuse(path: Path, name: str, received: object) -> NoReturn:
    raise _NoNumbersError(
        f"{path} must hold real numbers in `{name}`. Received: {received}"
    )


# ------------------------------------------------------------------------- version 5


def _order_of(header: bytes) -> str:
    order = _BYTE_ORDERS.get(header[-2:])
    if order is None:
        raise ValueError("its header says no order of bytes")
    if struct.unpack(f"{order}H", header[-4:-2]) == (_HDF5,):
        raise ValueError("it is of version 7.3; save it with `-v7`")
    return order


class _Plain:
    """What is left of an element, as the file has it."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left = file, length

    def take(self, count: int) -> bytes:
        """The next bytes, all of them."""
        part = self._file.read(min(count, self._left))
        self._left -= len(part)
        return _whole(part, count)

    def check_end(self) -> None:
        """A plain element ends where its tag says; nothing more can be checked."""


class _Packed:
    """The same of a compressed element."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._packed, self._unpacker = _Plain(file, length), zlib.decompressobj()
        self._left = length

    def take(self, count: int) -> bytes:
        parts, missing = [], count
        while missing and not self._unpacker.eof:
            parts.append(self._unpacked(missing))
            missing -= len(parts[-1])
        return _whole(b"".join(parts), count)

    def check_end(self) -> None:
        """The checksum is right, and nothing but padding follows the numbers."""
        num_bytes = 0
        while not self._unpacker.eof:
            num_bytes += len(self._unpacked(_ALIGNED))
            if num_bytes >= _ALIGNED:
                raise ValueError("an element holds more than an array")

    def _unpacked(self, most: int) -> bytes:
        packed = self._unpacker.unconsumed_tail
        if not packed:
            packed = self._packed.take(min(_CHUNK, self._left))
            self._left -= len(packed)
        part = self._unpacker.decompress(packed, most)
        if not (part or packed or self._unpacker.eof):
            raise ValueError("a compressed element breaks off")
        return part


def _whole(part: bytes, count: int) -> bytes:
    if len(part) < count:
        raise ValueError(f"it breaks off: {count} bytes were to come, {len(part)} did")
    return part


class _Head(NamedTuple):
    """What stands before the numbers of an array."""

    name: str
    shape: Shape
    kind: int
    is_complex: bool


def _named_arrays(
    path: Path, file: IO[bytes], order: str, most: Mapping[str, int]
) -> Iterator[tuple[str, Array]]:
    while tag := file.read(8):
        kind, length = struct.unpack(f"{order}II", _whole(tag, 8))
        end = file.tell() + length
        if kind in (_MATRIX, _COMPRESSED):
            source = (_Packed if kind == _COMPRESSED else _Plain)(file, length)
            if kind == _COMPRESSED:
                kind, _ = struct.unpack(f"{order}II", source.take(8))
            head = _head_of(source, order) if kind == _MATRIX else None
            if head and head.name in most:
                _check_count(path, head.name, head.shape, most[head.name])
                yield head.name, _numbers(path, source, order, head)
        file.seek(end)


def _head_of(source: _Plain | _Packed, order: str) -> _Head | None:
    flags, _ = struct.unpack(f"{order}II", _small(source, order, _UINT32))
    if flags & 0xFF >= _OPAQUE:
        return None
    sizes = np.frombuffer(_small(source, order, _INT32), f"{order}i4")
    name = _small(source, order, _INT8).decode("ascii")
    if len(sizes) < 2 or (sizes < 0).any():
        raise ValueError(f"`{name}` has no shape: {sizes.tolist()}")
    return _Head(name, tuple(sizes.tolist()), flags & 0xFF, bool(flags & _COMPLEX))


def _small(source: _Plain | _Packed, order: str, expected: int) -> bytes:
    """The content of an element that stands before the numbers."""
    kind, length, content = _tag(source, order)
    if kind != expected or length > _LONGEST_HEAD:
        raise ValueError(f"an element of type {kind} and {length} bytes is no head")
    return _content(source, length) if content is None else content


def _tag(source: _Plain | _Packed, order: str) -> tuple[int, int, bytes | None]:
    """Type and length of the next element, and its content if that is in the tag."""
    tag = source.take(8)
    kind, length = struct.unpack(f"{order}II", tag)
    if kind < 2**16:
        return kind, length, None
    kind, length = kind % 2**16, kind >> 16  # at most four bytes stand in the tag
    if length > 4:
        raise ValueError(f"a small element has {length} bytes")
    return kind, length, tag[4 : 4 + length]


def _content(source: _Plain | _Packed, length: int) -> bytes:
    content = source.take(length)
    source.take(-length % _ALIGNED)
    return content


def _numbers(path: Path, source: _Plain | _Packed, order: str, head: _Head) -> Array:
    if head.kind not in _NUMERIC_CLASSES or head.is_complex:
        received = "complex numbers" if head.is_complex else f"class {head.kind}"
        _refuse(path, head.name, received)
    kind, length, content = _tag(source, order)
    if kind not in _DTYPES:
        raise ValueError(f"`{head.name}` has numbers of the unknown type {kind}")
    dtype = np.dtype(f"{order}{_DTYPES[kind]}")
    if length != math.prod(head.shape) * dtype.itemsize:
        raise ValueError(f"`{head.name}` has {length} bytes for shape {head.shape}")
    check_content_size(path, length)
    if content is None:
        content = source.take(length)
    source.check_end()
    numbers = np.frombuffer(content, dtype).astype(dtype.newbyteorder("="))
    return numbers.reshape(head.shape, order="F")
