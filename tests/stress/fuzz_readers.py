"""Feeds every reader of files with damaged ones, and counts what comes of it.

A reader may read a damaged file or raise the error that it documents, a `ValueError`
that names the file. Anything else is printed with the file that did it, which is kept.

    make fuzz                                    # a minute for each reader
    python tests/stress/fuzz_readers.py --readers idx pictures --minutes 5 --seed 7

LiteRT's interpreter is not fed: it is not made for files that nobody checked, and ends
the process.
"""

import argparse
import collections
import dataclasses
import gzip
import hashlib
import io
import json
import random
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from child import fork, status_of
from memory import largest

ROOT = Path(__file__).parent.parent
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1)
SLOW = 10.0  # seconds for one file, twice: as bad as an error
LARGE = 500.0  # MB that one reader's files may add to the process at its largest


@dataclasses.dataclass(frozen=True)
class Reader:
    """What reads files of one kind.

    Args:
        files: whole files to begin with, by name.
        read: function of a path.
        inside: the layers of packing that mutations go through, from the outer one.
    """

    files: dict[str, bytes]
    read: Callable[[Path], object]
    inside: str = ""


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", nargs="+", choices=READERS, default=[*READERS])
    parser.add_argument("--minutes", type=float, default=1.0, help="for each reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", type=Path, default=Path("fuzz_failures"))
    args = parser.parse_args(arguments)
    return max([in_a_child(name, args) for name in args.readers])


def in_a_child(name: str, args: argparse.Namespace) -> int:
    """Feeds a reader in a process of its own, which it may end; returns a status."""
    with tempfile.TemporaryDirectory() as folder:

        def work() -> int:
            tempfile.tempdir = folder  # what is there when the child ends was fed last
            return told(name, args)

        status = status_of(fork(work))
        if status < 0:
            kept = args.kept / f"{name}-{signal.Signals(-status).name}"
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            print(f"{name:<18}was ended by a signal: {kept}", flush=True)
    return abs(status)


def told(name: str, args: argparse.Namespace) -> int:
    """Feeds a reader, prints and keeps what came of it; returns a status."""
    counts, failures = fuzz(name, args.seed, seconds=60 * args.minutes)
    outcomes = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
    print(
        f"{name:<18}{counts.total():>8} executions: {outcomes}; largest process "
        f"{largest():.0f} MB",
        flush=True,
    )
    for failure in failures:
        args.kept.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(failure.content).hexdigest()[:12]
        kept = args.kept / f"{name}-{digest}{failure.suffix}"
        kept.write_bytes(failure.content)
        print(f"  {kept}: {failure.told}", flush=True)
    return 1 if failures else 0


@dataclasses.dataclass(frozen=True)
class Failure:
    content: bytes
    suffix: str
    told: str


def fuzz(
    name: str, seed: int, seconds: float = float("inf"), executions: int = sys.maxsize
) -> tuple[collections.Counter, list[Failure]]:
    """Returns how often each kind of outcome came, and one failure of each kind."""
    chance = random.Random(f"{name}-{seed}")
    counts: collections.Counter = collections.Counter()
    failures: dict[str, Failure] = {}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = READERS[name](Path(folder))
        for file_name, content in reader.files.items():  # libraries are loaded
            outcome(reader, Path(folder), file_name, content)
        began, size = time.monotonic(), largest()
        while counts.total() < executions and time.monotonic() - began < seconds:
            file_name, content = chance.choice([*reader.files.items()])
            content = mutated(content, chance, reader)
            kind, told = outcome(reader, Path(folder), file_name, content)
            if (grown := largest() - size) > LARGE:
                kind, told = "large", f"{grown:.0f} MB more than before all files"
                size = largest()
            counts[kind] += 1
            if told and kind not in failures:
                suffix = Path(file_name).suffix
                failures[kind] = Failure(content, suffix, told)
    return counts, [*failures.values()]


def outcome(
    reader: Reader, folder: Path, name: str, content: bytes
) -> tuple[str, str | None]:
    """The kind of outcome, and what is wrong with it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    kind, told, seconds = _timed(reader, path)
    if seconds > SLOW:
        # A busy machine may stop any process for seconds; it is no fault of the file.
        seconds = min(seconds, _timed(reader, path)[2])
    return (kind, told) if seconds <= SLOW else ("slow", f"{seconds:.0f} s")


def _timed(reader: Reader, path: Path) -> tuple[str, str | None, float]:
    began = time.monotonic()
    kind, told = "read", None
    try:
        reader.read(path)
    except ValueError as error:
        kind = "ValueError"
        if path.name not in str(error):
            kind, told = "ValueError of no file", str(error)
    except Exception as error:
        kind = type(error).__name__
        told = traceback.format_exc().splitlines()[-1] + f" ({_place(error)})"
    return kind, told, time.monotonic() - began


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


# --------------------------------------------------------------------- mutations


def mutated(content: bytes, chance: random.Random, reader: Reader) -> bytes:
    """A damaged copy; every second one is damaged within its packing."""
    if reader.inside and chance.random() < 0.5:
        return PACKINGS[reader.inside](content, chance, reader)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        content = chance.choice(MUTATIONS)(content, chance, reader)
    return content


def flip_a_bit(content, chance, reader):
    damaged = bytearray(content)
    if damaged:
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def set_a_number(content, chance, reader):
    layout = chance.choice(("<B", "<H", ">H", "<I", ">I"))
    size = struct.calcsize(layout)
    if len(content) < size:
        return content
    # Headers are short, and say most.
    last = len(content) - size
    at = chance.randint(0, last if chance.random() < 0.5 else min(last, 256))
    number = chance.choice(INTERESTING) % 256**size
    return content[:at] + struct.pack(layout, number) + content[at + size :]


def cut(content, chance, reader):
    return content[: chance.randint(0, len(content))]


def remove_a_part(content, chance, reader):
    start, end = a_part(content, chance)
    return content[:start] + content[end:]


def repeat_a_part(content, chance, reader):
    start, end = a_part(content, chance)
    return content[:end] + content[start:end] * chance.randint(1, 8) + content[end:]


def insert_noise(content, chance, reader):
    at = chance.randint(0, len(content))
    return content[:at] + chance.randbytes(chance.randint(1, 16)) + content[at:]


def splice(content, chance, reader):
    other = chance.choice([*reader.files.values()])
    return content[: a_part(content, chance)[0]] + other[a_part(other, chance)[0] :]


def change_a_word(content, chance, reader):
    words = (b"null", b"NaN", b"[]", b"{}", b"-1", b"1e999", b'"', b"true", b"\xff")
    start, end = a_part(content, chance)
    return content[:start] + chance.choice(words) + content[min(end, start + 8) :]


def a_part(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 4, 16, 256, 4096)))


MUTATIONS = (
    *(flip_a_bit, set_a_number, cut, remove_a_part, repeat_a_part, insert_noise),
    *(splice, change_a_word),
)


def within_gzip(content, chance, reader):
    plain = Reader({"": gzip.decompress(content)}, reader.read)
    return gzip.compress(mutated(plain.files[""], chance, plain), 1)


def within_zip(content, chance, reader):
    """Damages one member; sums and sizes are those of what it became."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as out:
        damaged = chance.choice(old.namelist())
        for name in old.namelist():
            member = old.read(name)
            plain = Reader({name: member}, reader.read)
            out.writestr(
                name, mutated(member, chance, plain) if name == damaged else member
            )
    return new.getvalue()


PACKINGS = {"gzip": within_gzip, "zip": within_zip}


# ------------------------------------------------- readers, and the files to begin with


def idx(folder: Path) -> Reader:
    from keras_gan.datasets.idx import read_idx

    sys.path.insert(0, str(ROOT))
    from idx_files import write_idx

    files = {}
    for shape in ((5,), (3, 4, 4)):
        path = folder / f"values{len(shape)}.gz"
        write_idx(path, np.arange(np.prod(shape)).reshape(shape))
        files[path.name] = path.read_bytes()
    return Reader(files, read_idx, inside="gzip")


def cifar10(folder: Path) -> Reader:
    import pickle

    from keras_gan.datasets.cifar10 import read_cifar10_batch

    pixels = np.random.default_rng(0).integers(0, 256, (2, 3072)).astype("uint8")
    batch = {b"data": pixels, b"labels": [3, 7], b"batch_label": b"one of two"}
    files = {
        f"batch{protocol}": pickle.dumps(batch, protocol).replace(
            b"numpy._core.multiarray", b"numpy.core.multiarray"
        )
        for protocol in (0, 2, 3)
    }
    return Reader(files, lambda path: read_cifar10_batch(path.read_bytes(), path.name))


def tfd(folder: Path) -> Reader:
    from keras_gan.datasets import load_tfd

    random_numbers = np.random.default_rng(0)
    fields = {
        "images": np.zeros((8, 48, 48), "uint8"),
        "folds": np.repeat([[0, 1, 2, 3] * 2], 5, axis=0).T.astype("uint8"),
        "labs_ex": random_numbers.integers(1, 8, (8, 1)),
    }
    files = mat_files("TFD_48x48.mat", fields)
    return Reader(files, lambda path: load_tfd(path.parent))


def olivetti(folder: Path) -> Reader:
    from keras_gan.datasets import load_olivetti

    faces = {"faces": np.zeros((4096, 400), "uint8")}
    files = mat_files("olivettifaces.mat", faces)
    del files["plain/olivettifaces.mat"]  # 1.6 MB of pixels that may be anything
    return Reader(files, lambda path: load_olivetti(path.parent, image_size=64))


def mat_files(name: str, fields: dict[str, np.ndarray]) -> dict[str, bytes]:
    import scipy.io

    files = {}
    for folder, options in (
        ("plain", {}),
        ("packed", {"do_compression": True}),
    ):
        content = io.BytesIO()
        scipy.io.savemat(content, fields, **options)
        files[f"{folder}/{name}"] = content.getvalue()
    return files


def pictures(folder: Path) -> Reader:
    from PIL import Image

    from keras_gan.datasets import load_image_folder

    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype("uint8")
    exif = Image.Exif()
    exif[0x0112] = 6
    images = {
        "a.png": (Image.fromarray(pixels), {"exif": exif}),
        "b.png": (Image.fromarray(pixels).quantize(4), {"transparency": 1}),
        "c.jpg": (Image.fromarray(pixels), {"exif": exif}),
        "d.gif": (Image.fromarray(pixels), {}),
        "e.bmp": (Image.fromarray(pixels), {}),
        "f.webp": (Image.fromarray(pixels), {"exif": exif}),
        "g.pgm": (Image.fromarray(pixels[..., 0]), {}),
    }
    files = {}
    for name, (image, options) in images.items():
        image.save(folder / name, **options)
        files[name] = (folder / name).read_bytes()

    def read(path: Path) -> object:
        try:
            return load_image_folder(folder, (4, 4), max_pixels=2**22)
        finally:
            path.write_bytes(files[path.name])  # the others are to be whole

    return Reader(files, read)


def recordings(folder: Path) -> Reader:
    from scipy.io import wavfile

    from keras_gan.datasets import load_wave_folder

    tone = np.sin(np.arange(300) / 7)
    levels = {
        "a.wav": (8_000, 127 * tone + 128, "u1"),
        "b.wav": (44_100, 32_767 * np.stack([tone, -tone / 2], axis=1), "i2"),
        "c.wav": (16_000, 2**30 * tone, "i4"),
        "d.wav": (8_000, tone, "f4"),
        "e.wav": (11_025, np.stack([tone] * 3, axis=1), "f8"),
    }
    files = {}
    for name, (rate, samples, kind) in levels.items():
        wavfile.write(folder / name, rate, samples.astype(kind))
        files[name] = (folder / name).read_bytes()

    def read(path: Path) -> object:
        try:
            return load_wave_folder(folder, 256, sampling_rate=8_000)
        finally:
            path.write_bytes(files[path.name])  # the others are to be whole

    return Reader(files, read)


def classifier(folder: Path) -> Reader:
    from keras_gan.evaluation import digit_classifier

    weights = digit_classifier._SHIPPED_WEIGHTS
    record = json.loads(weights.with_suffix(".json").read_text())

    def read(path: Path) -> object:
        # As if it were published so: what comes behind the digest is to be tried.
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        told = json.dumps({**record, "sha256": digest})
        path.with_suffix(".json").write_text(told)
        return digit_classifier._arrays(*digit_classifier_content(path))

    return Reader({"weights.npz": weights.read_bytes()}, read, inside="zip")


def digit_classifier_content(path: Path) -> tuple[Path, bytes]:
    from keras_gan.evaluation import digit_classifier

    return path, digit_classifier._read(path)[1]


def classifier_record(folder: Path) -> Reader:
    from keras_gan.evaluation import digit_classifier

    weights = digit_classifier._SHIPPED_WEIGHTS
    (folder / "weights.npz").write_bytes(weights.read_bytes())

    def read(path: Path) -> object:
        try:
            return digit_classifier._read(path.with_suffix(".npz"))
        except ValueError as error:
            # Another digest is told of with the name of the weights.
            raise ValueError(f"{path.name}: {error}") from error

    return Reader({"weights.json": weights.with_suffix(".json").read_bytes()}, read)


def run_record(folder: Path) -> Reader:
    from keras_gan.runs.directory import RunDirectory

    about = {"seed": 0, "status": "running", "version": 2, "epochs_completed": 2}
    about |= {"config": {"recipe": "digits", "seed": 0}, "dataset": {"name": "digits"}}
    files = {"run.json": json.dumps(about).encode()}
    return Reader(files, lambda path: RunDirectory(path.parent).read())


def history(folder: Path) -> Reader:
    from keras_gan.runs.directory import RunDirectory

    (folder / "new").mkdir()
    (folder / "new" / "run.json").write_text('{"version": 2, "seed": 0, "status": ""}')
    rows = b'{"epoch": 1, "parzen": -1.5}\n{"epoch": 2, "parzen": null}\n'
    older = b"epoch,parzen,d_loss\n0,-1.5,NA\n1,nan,0.5,0.25\n"
    files = {"new/history.jsonl": rows, "old/history.csv": older}
    return Reader(files, lambda path: RunDirectory(path.parent).history())


def best_record(folder: Path) -> Reader:
    from keras_gan.runs.directory import RunDirectory

    (folder / "best.keras").touch()
    content = b'{"epoch": 2, "monitor": "parzen", "value": -1.5}'
    return Reader(
        {"best.json": content}, lambda path: RunDirectory(path.parent).monitor()
    )


def shards(folder: Path) -> Reader:
    import keras_gan as kg

    rows = np.arange(20 * 48, dtype="uint8").reshape(20, 4, 4, 3)
    for name in ("rows", "index"):  # one is damaged, the other as it was
        stream = kg.datasets.Stream(_Rows(rows))
        kg.datasets.write_shards(stream, folder / name, shard_size=12, verbose=0)
    names = ("rows/00000.array_record", "index/shards.json")

    def read(path: Path) -> object:
        try:
            return kg.datasets.stream_shards(path.parent).take(20)
        except FileNotFoundError:  # an index that names other files
            return None

    return Reader({name: (folder / name).read_bytes() for name in names}, read)


class _Rows:
    has_labels, digest = False, None

    def __init__(self, rows: np.ndarray) -> None:
        self.rows, self.data_shape = rows, rows.shape[1:]

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, rows) -> tuple[np.ndarray, np.ndarray]:
        return self.rows[[*rows]], np.zeros(len(rows), "int32")


def saved_gan(folder: Path) -> Reader:
    import keras_gan as kg

    sys.path.insert(0, str(ROOT))
    from games import make_tiny_gan

    make_tiny_gan().save(folder / "gan.keras")
    return Reader(
        {"gan.keras": (folder / "gan.keras").read_bytes()}, kg.load, inside="zip"
    )


def onnx(folder: Path) -> Reader:
    from export.formats import find_artefact
    from export.parity.compare import contents_of

    sys.path.insert(0, str(ROOT))
    from games import make_tiny_gan

    import keras_gan as kg

    path, _ = kg.export.export_generator(make_tiny_gan(), folder, "onnx")
    return Reader(
        {path.name: path.read_bytes()}, lambda path: contents_of(*find_artefact(path))
    )


READERS: dict[str, Callable[[Path], Reader]] = {
    one.__name__: one
    for one in (
        *(idx, cifar10, tfd, olivetti, pictures, recordings, classifier),
        *(classifier_record, run_record, history, best_record, shards),
        *(saved_gan, onnx),
    )
}


if __name__ == "__main__":
    sys.exit(main())
