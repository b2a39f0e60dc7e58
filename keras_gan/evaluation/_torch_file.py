"""Tensors out of a PyTorch weights file, with no PyTorch and no foreign code.

Such a file is a pickle, which may name any function to be called. This reader calls
none of them: it takes the operations and the four or so names that a dict of tensors
needs, gives these names meanings of its own, and refuses everything else.
"""

import collections
import io
import math
import os
import pickle
import pickletools
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from keras_gan._size_limit import TooLargeError, check_content_size, unpacked_size
from keras_gan._types import Array

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
_ORDER = {"protocol_version": _PROTOCOL, "little_endian": True}
_STORAGES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
}
_OPERATIONS = frozenset(
    """PROTO STOP GLOBAL REDUCE BUILD MARK BINPUT LONG_BINPUT BINGET LONG_BINGET
    EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT SETITEM SETITEMS EMPTY_LIST APPEND
    APPENDS BINUNICODE BININT BININT1 BININT2 LONG1 NONE NEWTRUE NEWFALSE BINPERSID
    """.split()
)
_KEEPING = frozenset(["BINPUT", "LONG_BINPUT"])  # each under the next number
Arrays = dict[str, Array]


class _Storage(NamedTuple):
    dtype: str
    key: str
    size: int


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self, values: Array) -> Array:
        if (
            len(self.shape) != len(self.strides)
            or min((self.offset, *self.shape, *self.strides), default=0) < 0
        ):
            raise ValueError(f"a tensor of shape {self.shape}, strides {self.strides}")
        ends = zip(self.shape, self.strides, strict=True)
        last = self.offset + sum((size - 1) * step for size, step in ends)
        if last >= len(values) and 0 not in self.shape:
            raise ValueError("a tensor that ends behind its storage")
        if math.prod(self.shape) > len(values):  # strides of 0 repeat numbers
            raise ValueError(f"a tensor of more numbers than it has, {self.shape}")
        steps = tuple(step * values.itemsize for step in self.strides)
        view = np.lib.stride_tricks.as_strided(
            values[self.offset :], self.shape, steps, writeable=False
        )
        return np.array(view)


def read_torch_tensors(path: str | os.PathLike[str]) -> Arrays:
    """Returns the tensors of a `.pth` file, a dict of them as `torch.save` writes it.

    Both layouts are read: one stream, of before 2020, and a zip archive. Numbers of
    little-endian machines, on the processor, in float16 to float64 and int32 or int64.

    Args:
        path: the file.

    Returns:
        arrays: dict of arrays by the name of the tensor.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it holds anything but a dict of tensors, is damaged, or states
            more than `KERAS_GAN_MAX_BYTES` once it is unpacked.
    """
    path = Path(path)
    read = _read_archive if zipfile.is_zipfile(path) else _read_stream
    try:
        with path.open("rb") as file:
            return read(file)
    except (FileNotFoundError, TooLargeError):
        raise
    except (
        *(ValueError, pickle.UnpicklingError, EOFError, struct.error, KeyError),
        *(TypeError, IndexError, AttributeError, OverflowError, zipfile.BadZipFile),
    ) as error:
        raise ValueError(
            f"{path} is no plain dict of tensors and is not read: {error}"
        ) from error


def _read_stream(file: BinaryIO) -> Arrays:
    """Five pickles, then each storage: its size, then its numbers."""
    magic, protocol, system = (_load(file) for _ in range(3))
    if (magic, protocol) != (_MAGIC, _PROTOCOL):
        raise ValueError("it does not begin as a file of torch.save")
    if any(system.get(name) != value for name, value in _ORDER.items()):
        raise ValueError("its numbers are not little-endian")
    tensors = _tensors(_load(file))
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    values: dict[str, Array] = {}
    for key in _load(file):
        storage = storages[key]
        (size,) = struct.unpack("<q", file.read(8))
        if size != storage.size:
            raise ValueError(f"storage {key} has {size} numbers, not {storage.size}")
        content = file.read(size * np.dtype(storage.dtype).itemsize)
        values[key] = _numbers(content, storage)
    return _arrays(tensors, values)


def _read_archive(file: BinaryIO) -> Arrays:
    """`NAME/data.pkl`, and each storage in `NAME/data/KEY`."""
    with zipfile.ZipFile(file) as archive:
        check_content_size(file.name, unpacked_size(archive))
        (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        folder = pickled.removesuffix("data.pkl")
        if f"{folder}byteorder" in archive.namelist():
            order = archive.read(f"{folder}byteorder")
            if order != b"little":
                raise ValueError(f"its numbers are {order!r}-endian")
        tensors = _tensors(_load(io.BytesIO(archive.read(pickled))))
        values = {
            storage.key: _numbers(archive.read(f"{folder}data/{storage.key}"), storage)
            for storage in {tensor.storage for tensor in tensors.values()}
        }
    return _arrays(tensors, values)


def _numbers(content: bytes, storage: _Storage) -> Array:
    values = np.frombuffer(content, storage.dtype)
    if len(values) != storage.size:
        raise ValueError(f"storage {storage.key} is cut off")
    return values


def _tensors(loaded: Any) -> dict[str, _Tensor]:
    if not isinstance(loaded, dict) or not all(
        isinstance(name, str) and isinstance(tensor, _Tensor)
        for name, tensor in loaded.items()
    ):
        raise ValueError("it is a pickle of something else")
    return dict(loaded)


def _arrays(tensors: dict[str, _Tensor], values: dict[str, Array]) -> Arrays:
    return {
        name: tensor.array(values[tensor.storage.key])
        for name, tensor in tensors.items()
    }


def _load(file: BinaryIO) -> Any:
    start = file.tell()
    for number, (operation, argument, _) in enumerate(pickletools.genops(file)):
        if operation.name not in _OPERATIONS:
            raise ValueError(f"its pickle asks for {operation.name} ({argument!r})")
        # The reader makes room for all numbers up to the one that is named.
        if operation.name in _KEEPING and int(argument or 0) > number:
            raise ValueError(f"its pickle keeps something as number {argument}")
    file.seek(start)
    return _Unpickler(file).load()


class _Unpickler(pickle.Unpickler):
    """Knows the names of tensors, and what they mean here."""

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Callable[..., Any]] = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuilt,
            ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
        }
        if module == "torch" and name in _STORAGES:
            return name
        if (module, name) not in known:
            raise ValueError(f"its pickle asks for {module}.{name}")
        return known[module, name]

    def persistent_load(self, pid: Any) -> _Storage:
        kind, storage, key, device, size, *view = pid
        if kind != "storage" or device != "cpu" or any(part for part in view):
            raise ValueError(f"its pickle asks for {pid!r}")
        return _Storage(_STORAGES[storage], str(key), int(size))


def _rebuilt(
    storage: _Storage, offset: int, shape: Any, strides: Any, *_: Any
) -> _Tensor:
    return _Tensor(storage, int(offset), tuple(shape), tuple(strides))
