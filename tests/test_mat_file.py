"""MATLAB files as SciPy reads them, where they are whole, and refused where not."""

import struct
import zlib

import numpy as np
import pytest
import scipy.io

from keras_gan.datasets import _mat_file

DTYPES = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")


def read_mat(path, names, most=10**9):
    return _mat_file.read_mat(path, dict.fromkeys(names, most))


def saved(path, fields, **options):
    scipy.io.savemat(path, fields, **options)
    return path


def patched(path, at, layout, *values):
    content = bytearray(path.read_bytes())
    struct.pack_into(layout, content, at, *values)
    path.write_bytes(content)


@pytest.mark.parametrize("options", [{}, {"do_compression": True}, {"format": "4"}])
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_are_those_of_scipy(tmp_path, dtype, options):
    random = np.random.default_rng(0)
    shapes = [(3, 5), (1, 1)] if "format" in options else [(3, 5), (2, 3, 4), (0, 2)]
    arrays = [random.integers(0, 100, shape).astype(dtype) for shape in shapes]
    if options.get("format") == "4":  # which has no others
        arrays = [array.astype("f8") for array in arrays]
    fields = {f"array{index}": array for index, array in enumerate(arrays)}
    path = saved(tmp_path / "a.mat", {**fields, "text": "between", "z": 1}, **options)
    names = [*fields, "missing"]
    found, expected = read_mat(path, names), scipy.io.loadmat(path)
    assert set(found) == set(fields)
    for name, array in found.items():
        assert array.dtype == expected[name].dtype
        np.testing.assert_array_equal(array, expected[name])
        array.setflags(write=True)  # it is nobody else's memory


def test_other_variables_are_passed_over(tmp_path):
    others = {"cells": np.array([1, "a"], object), "record": {"a": 1}, "c": 1j}
    path = saved(tmp_path / "a.mat", {**others, "x": np.arange(6.0)})
    np.testing.assert_array_equal(read_mat(path, ["x"])["x"], [np.arange(6.0)])
    for name in others:
        with pytest.raises(ValueError, match=rf"a\.mat must hold real .* `{name}`"):
            read_mat(path, [name])


def test_a_big_endian_file(tmp_path):
    # By hand, from the format's description: SciPy writes little endian alone.
    numbers = np.arange(6, dtype=">i2").reshape(2, 3)
    parts = [
        struct.pack(">IIII", 6, 8, 10, 0),  # flags: of class int16
        struct.pack(">IIii", 5, 8, 2, 3),
        struct.pack(">HH4s", 1, 1, b"x"),  # length and type in a small element
        struct.pack(">II", 3, 12) + numbers.tobytes("F") + bytes(4),
    ]
    body = b"".join(parts)
    header = b"MATLAB 5.0".ljust(124) + struct.pack(">H2s", 0x0100, b"MI")
    path = tmp_path / "a.mat"
    path.write_bytes(header + struct.pack(">II", 14, len(body)) + body)
    np.testing.assert_array_equal(
        read_mat(path, ["x"])["x"], scipy.io.loadmat(path)["x"]
    )


@pytest.mark.parametrize("kind", [0, 8, 10, 11, 19, 200])
def test_numbers_of_no_type_are_refused(tmp_path, kind):
    # 10 and 11 end a process that reads them with SciPy 1.17.
    path = saved(tmp_path / "a.mat", {"x": np.arange(6.0)})
    content = path.read_bytes()
    at = content.index(struct.pack("<II", 9, 48))
    patched(path, at, "<I", kind)
    with pytest.raises(ValueError, match=rf"a\.mat is no readable .* type {kind}"):
        read_mat(path, ["x"])


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_that_breaks_off_anywhere_is_refused(tmp_path, compressed):
    path = saved(tmp_path / "a.mat", {"x": np.arange(40.0)}, do_compression=compressed)
    content = path.read_bytes()
    for length in range(129, len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"a\.mat is no readable MATLAB file"):
            read_mat(path, ["x"])


def test_a_wrong_checksum_is_refused(tmp_path):
    path = saved(tmp_path / "a.mat", {"x": np.arange(40.0)}, do_compression=True)
    patched(path, path.stat().st_size - 1, "B", path.read_bytes()[-1] ^ 1)
    with pytest.raises(ValueError, match="incorrect data check"):
        read_mat(path, ["x"])


def test_more_than_an_array_in_a_compressed_element_is_refused(tmp_path):
    path = saved(tmp_path / "a.mat", {"x": np.arange(4.0)}, do_compression=True)
    content = path.read_bytes()
    packed = zlib.compress(zlib.decompress(content[136:]) + bytes(10_000_000))
    path.write_bytes(content[:128] + struct.pack("<II", 15, len(packed)) + packed)
    with pytest.raises(ValueError, match="more than an array"):
        read_mat(path, ["x"])


@pytest.mark.parametrize(
    ("at", "layout", "values", "message"),
    [
        (126, "2s", (b"XX",), "no order of bytes"),
        (124, "<H", (0x0200,), "version 7.3; save it with `-v7`"),
    ],
)
def test_another_header_is_refused(tmp_path, at, layout, values, message):
    path = saved(tmp_path / "a.mat", {"x": np.arange(4.0)})
    patched(path, at, layout, *values)
    with pytest.raises(ValueError, match=message):
        read_mat(path, ["x"])


@pytest.mark.parametrize("options", [{}, {"do_compression": True}, {"format": "4"}])
def test_more_numbers_than_there_can_be_are_not_taken(tmp_path, options):
    path = saved(tmp_path / "a.mat", {"x": np.zeros((20, 30))}, **options)
    assert read_mat(path, ["x"], most=600)["x"].shape == (20, 30)
    with pytest.raises(ValueError, match=r"at most 599 numbers in `x`.*\(20, 30\)"):
        read_mat(path, ["x"], most=599)
