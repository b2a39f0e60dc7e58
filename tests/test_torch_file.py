"""Weights files of PyTorch, made here opcode by opcode or by `pickle` itself."""

import collections
import io
import pickle
import struct
import zipfile

import numpy as np
import pytest

from keras_gan.evaluation._torch_file import read_torch_tensors

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
SYSTEM = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {}}


class Storage:
    """Pickled as `torch.save` pickles a storage: by a persistent id."""

    def __init__(self, kind, key, size):
        self.kind, self.key, self.size = kind, key, size


class Named:
    """A global of another module, pickled by its name alone."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Called:
    """A call of such a global."""

    def __init__(self, module, name, *arguments):
        self.function, self.arguments = Named(module, name), arguments


class Pickler(pickle._Pickler):
    """Names what is not installed here."""

    def persistent_id(self, value):
        if isinstance(value, Storage):
            kind = Named("torch", value.kind)
            return ("storage", kind, value.key, "cpu", value.size, *value.view)
        return None

    def save(self, value, save_persistent_id=True):
        if isinstance(value, Named):
            self.write(f"c{value.module}\n{value.name}\n".encode())
        elif isinstance(value, Called):
            self.save(value.function)
            self.save(value.arguments)
            self.write(pickle.REDUCE)
        else:
            super().save(value, save_persistent_id)


def pickled(value, view=(None,)):
    Storage.view = view
    stream = io.BytesIO()
    Pickler(stream, 2).dump(value)
    return stream.getvalue()


def tensor(key, shape, strides, size, kind="FloatStorage", offset=0):
    hooks = collections.OrderedDict()
    storage = Storage(kind, key, size)
    parts = (storage, offset, shape, strides, False, hooks)
    return Called("torch._utils", "_rebuild_tensor_v2", *parts)


@pytest.fixture
def values():
    random = np.random.default_rng(0)
    return {
        "a": random.normal(size=24).astype("float32"),
        "b": np.arange(5, dtype="int64"),
    }


@pytest.fixture
def weights():
    # A transposed one, one that begins in the middle of its storage, and a number.
    return collections.OrderedDict(
        turned=tensor("a", (4, 6), (1, 4), 24),
        part=tensor("a", (2, 3), (3, 1), 24, offset=6),
        counts=tensor("b", (), (), 5, "LongStorage", offset=3),
    )


def stream(path, weights, values, system=SYSTEM):
    parts = [pickle.dumps(one, 2) for one in (MAGIC, PROTOCOL, system)]
    parts += [pickled(weights), pickle.dumps(sorted(values), 2)]
    for key in sorted(values):
        parts += [struct.pack("<q", len(values[key])), values[key].tobytes()]
    path.write_bytes(b"".join(parts))
    return path


def archive(path, weights, values, order=b"little"):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("weights/data.pkl", pickled(weights, view=()))
        file.writestr("weights/byteorder", order)
        for key, numbers in values.items():
            file.writestr(f"weights/data/{key}", numbers.tobytes())
    return path


@pytest.mark.parametrize("write", [stream, archive])
def test_both_layouts_are_read(write, tmp_path, weights, values):
    arrays = read_torch_tensors(write(tmp_path / "weights.pth", weights, values))
    assert list(arrays) == ["turned", "part", "counts"]
    np.testing.assert_array_equal(arrays["turned"], values["a"].reshape(6, 4).T)
    np.testing.assert_array_equal(arrays["part"], values["a"][6:12].reshape(2, 3))
    assert arrays["counts"].shape == () and arrays["counts"] == 3
    assert arrays["turned"].dtype == np.float32


@pytest.mark.parametrize("write", [stream, archive])
@pytest.mark.parametrize(
    ("module", "name"), [("os", "system"), ("builtins", "eval"), ("torch", "load")]
)
def test_no_other_function_is_called(write, module, name, tmp_path, values):
    marker = tmp_path / "called"
    weights = {"a": Called(module, name, f"touch {marker}")}
    with pytest.raises(ValueError, match=f"asks for {module}.{name}"):
        read_torch_tensors(write(tmp_path / "weights.pth", weights, values))
    assert not marker.exists()


def test_no_other_operation_is_run(tmp_path):
    # INST calls a global without naming it as GLOBAL does.
    content = b"(S'touch called'\nios\nsystem\n."
    (tmp_path / "weights.pth").write_bytes(content)
    with pytest.raises(ValueError, match="asks for STRING"):
        read_torch_tensors(tmp_path / "weights.pth")


def test_nothing_is_kept_under_a_number_that_needs_room_for_more(tmp_path):
    # C's reader would make room for 80 million pointers, for a pickle of nine bytes.
    path = tmp_path / "weights.pth"
    path.write_bytes(b"\x80\x02}r" + struct.pack("<I", 40_000_000) + b".")
    with pytest.raises(ValueError, match="keeps something as number 40000000"):
        read_torch_tensors(path)


def test_as_many_are_kept_as_a_real_file_has(tmp_path):
    # Beyond 255 numbers of four bytes stand in the pickle.
    weights = {f"layer_{index}": tensor("a", (2,), (1,), 2) for index in range(300)}
    assert pickle.LONG_BINPUT in pickled(weights)
    values = {"a": np.array([1.0, 2.0], "float32")}
    arrays = read_torch_tensors(stream(tmp_path / "weights.pth", weights, values))
    assert len(arrays) == 300


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        *(((25,), (1,), 0), ((2,), (1,), 23), ((2, 2), (1,), 0), ((2,), (-1,), 5)),
        ((20_000, 20_000), (0, 0), 0),  # one number, 3 GB of it
    ],
)
def test_no_tensor_reaches_out_of_its_storage(shape, strides, offset, tmp_path, values):
    weights = {"a": tensor("a", shape, strides, 24, offset=offset)}
    del values["b"]
    with pytest.raises(ValueError, match="is no plain dict of tensors"):
        read_torch_tensors(stream(tmp_path / "weights.pth", weights, values))


def test_what_is_cut_off_or_something_else_is_refused(tmp_path, weights, values):
    whole = stream(tmp_path / "weights.pth", weights, values).read_bytes()
    broken = tmp_path / "broken.pth"
    contents = [whole[:-3], whole[:200], b"", b"hello", pickle.dumps([1, 2], 2)]
    for content in contents:
        broken.write_bytes(content)
        with pytest.raises(ValueError, match=r"broken\.pth is no plain dict"):
            read_torch_tensors(broken)
    stream(broken, {"a": 3}, values)
    with pytest.raises(ValueError, match="a pickle of something else"):
        read_torch_tensors(broken)
    stream(broken, weights, values, {**SYSTEM, "little_endian": False})
    with pytest.raises(ValueError, match="not little-endian"):
        read_torch_tensors(broken)
    archive(broken, weights, values, order=b"big")
    with pytest.raises(ValueError, match="-endian"):
        read_torch_tensors(broken)
    with pytest.raises(FileNotFoundError):
        read_torch_tensors(tmp_path / "none.pth")


def test_an_archive_is_measured_before_it_is_unpacked(
    tmp_path, weights, values, monkeypatch
):
    path = tmp_path / "weights.pth"
    archive(path, weights, values)
    monkeypatch.setenv("KERAS_GAN_MAX_BYTES", "20")
    with pytest.raises(ValueError, match=r"weights\.pth holds .* 20 are taken"):
        read_torch_tensors(path)
