"""Byte arrays and plain containers from a pickle, of which nothing else is run.

The reader is Python's own, written in Python, which allocates no more than the file
holds; of its operations those alone are kept that containers and arrays need. What a
pickle names is never looked up: three names stand for objects of this file.
"""

import io
import math
import pickle
from typing import Any, ClassVar

import numpy as np

from keras_gan._types import Array

_KEPT = (
    *(pickle.PROTO, pickle.FRAME, pickle.STOP, pickle.MARK, pickle.POP),
    *(pickle.POP_MARK, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE),
    *(pickle.EMPTY_DICT, pickle.DICT, pickle.SETITEM, pickle.SETITEMS),
    *(pickle.EMPTY_LIST, pickle.LIST, pickle.APPEND, pickle.APPENDS),
    *(pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3),
    *(pickle.INT, pickle.BININT, pickle.BININT1, pickle.BININT2),
    *(pickle.LONG, pickle.LONG1, pickle.FLOAT, pickle.BINFLOAT),
    *(pickle.STRING, pickle.BINSTRING, pickle.SHORT_BINSTRING),
    *(pickle.UNICODE, pickle.BINUNICODE, pickle.SHORT_BINUNICODE),
    *(pickle.BINBYTES, pickle.SHORT_BINBYTES),
    *(pickle.GET, pickle.BINGET, pickle.LONG_BINGET),
    *(pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE),
    *(pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.REDUCE, pickle.BUILD),
)
_BYTES = ("u1", b"u1")
_BYTES_STATE = (
    (3, "|"),
    (3, b"|"),
)  # version and order of bytes; the rest says nothing


def load_plain(content: bytes) -> Any:
    """Returns what a pickle holds: containers, numbers, text and uint8 arrays.

    Args:
        content: bytes of the pickle; strings of Python 2 become bytes.

    Raises:
        ValueError: if it holds anything else, which is then not run, or is damaged.
    """
    try:
        return _arrays_of(_PlainUnpickler(io.BytesIO(content), encoding="bytes").load())
    # Damaged bytes end in whatever the operation that they became does.
    except Exception as error:
        raise ValueError(f"{_described(error)}") from error


class _Named:
    """What a name in a pickle stands for: called by it, and given no state."""

    __slots__ = ("_make",)

    def __init__(self, make: Any) -> None:
        self._make = make

    def __call__(self, *args: Any) -> Any:
        return self._make(*args)

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("it changes what makes arrays")


class _Bytes:
    """The dtype of bytes, and no other."""

    __slots__ = ()

    def __init__(self, code: Any, *_: Any) -> None:
        if code not in _BYTES:
            raise pickle.UnpicklingError(f"it holds an array of {code!r}, not of bytes")

    def __setstate__(self, state: Any) -> None:
        if state[:2] not in _BYTES_STATE or any(state[2:5]):
            raise pickle.UnpicklingError("it holds an array of no plain bytes")


class _ByteArray:
    """An array that is nothing until its shape and its bytes came, which must agree."""

    __slots__ = ("values",)

    def __init__(self, kind: Any, *_: Any) -> None:
        if kind is not _NDARRAY:
            raise pickle.UnpicklingError("it holds an array of another kind")
        self.values: Array = np.zeros(0, "uint8")

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, is_fortran, values = state
        is_plain = isinstance(dtype, _Bytes) and isinstance(values, bytes)
        if not is_plain or is_fortran or len(values) != math.prod(shape):
            raise pickle.UnpicklingError(
                "it holds an array whose bytes do not fill its shape"
            )
        self.values = np.frombuffer(values, "uint8").reshape(shape)


def _uninitialized(*_: Any) -> Any:
    raise pickle.UnpicklingError("it holds an array without values")


_NDARRAY = _Named(_uninitialized)
_ADMITTED = {
    ("numpy.core.multiarray", "_reconstruct"): _Named(_ByteArray),
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): _Named(_Bytes),
}


class _PlainUnpickler(pickle._Unpickler):
    """Refuses every name but three, before it is looked up."""

    dispatch: ClassVar[dict[int, Any]] = {
        code[0]: pickle._Unpickler.dispatch[code[0]] for code in _KEPT
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(
                f"it names {module}.{name}, and only arrays and plain containers are "
                "admitted; nothing of it was run"
            )
        return _ADMITTED[module, name]


def _arrays_of(loaded: Any) -> Any:
    if isinstance(loaded, dict):
        return {key: _arrays_of(value) for key, value in loaded.items()}
    return loaded.values if isinstance(loaded, _ByteArray) else loaded


def _described(error: Exception) -> str:
    if isinstance(error, pickle.UnpicklingError):
        return str(error)
    return f"it is no pickle of arrays and plain containers ({error!r})"
