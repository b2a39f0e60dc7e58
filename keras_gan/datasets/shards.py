"""Images as bytes in a few large files, which are read row by row in any order."""

import hashlib
import itertools
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gan._files import parse_json, replacing, write_json
from keras_gan._types import Array, Shape
from keras_gan._validation import check_known, check_positive_integer
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.image_folder import ON_DAMAGED
from keras_gan.datasets.stream import Part, Source, Stream, UnreadableRowError

_INDEX = "shards.json"
_VERSION = 1
_LABEL = np.dtype("<i4")
_ROWS_AT_ONCE = 256
_IN_MEMORY = 10_000  # training images that measures see
_MOST_HELD_OUT = 20_000  # images that validate and test
_BYTES_IN_MEMORY = 2**29  # of either, as float32
_SPLIT_SEED = 0
# Rows are read one by one, in any order; images hardly compress further.
_OPTIONS = "group_size:1,uncompressed"
# The library's defaults read ahead, 16 MB in each of its threads, for whoever reads
# rows in turn.
_READING = "readahead_buffer_size:0,max_parallelism:0"
_SMALLEST_BUFFER = 4096  # bytes; a page, less than which no disk reads


def write_shards(
    stream: Stream,
    folder: str | os.PathLike[str],
    shard_size: int = 10_000,
    verbose: int = 1,
    on_damaged: str = "raise",
) -> None:
    """Writes the images of a stream as bytes, in files that `stream_shards` reads.

    When to use it: before training on pictures that do not fit into memory. Decoding
    and resizing them is done once, and not in every pass. A record is an image's bytes,
    and its class where there is one, as the format of the library `array_record` has
    it; `shards.json` says what the images are, and is written last.

    Args:
        stream: `Stream`, as `stream_image_folder` makes it.
        folder: where the files are written; it must not hold shards yet.
        shard_size: int, at least 1, images in a file. Defaults to `10000`.
        verbose: int, 1 shows progress. Defaults to `1`.
        on_damaged: str, `"raise"`, or `"skip"` to leave out, with a warning that lists
            them, images that cannot be read. Defaults to `"raise"`.

    Raises:
        FileExistsError: if the folder holds shards.
        ImportError: if `array_record` is not installed.
        ValueError: if an image cannot be read, or none can.

    Warns:
        UserWarning: if images are skipped.

    Example:
    ```python
    stream = kg.datasets.stream_image_folder("pictures", image_size=64)
    kg.datasets.write_shards(stream, "shards")
    gan.fit(kg.datasets.stream_shards("shards").in_range(-1, 1), steps_per_epoch=1000)
    ```
    """
    check_positive_integer("shard_size", shard_size)
    check_known("on_damaged", on_damaged, ON_DAMAGED)
    folder, source = Path(folder), stream.source
    if (folder / _INDEX).exists() or any(folder.glob("*.array_record")):
        raise FileExistsError(
            f"`folder` must hold no shards yet. Received: {folder}, which does; remove "
            "them or name another one."
        )
    module = _array_record()
    bar = keras.utils.Progbar(len(source), verbose=verbose, unit_name="image")
    shards: list[dict[str, Any]] = []
    skipped: list[str] | None = [] if on_damaged == "skip" else None
    records = _records(source, bar, skipped)
    for first in records:
        name = f"{len(shards):05d}.array_record"
        with replacing(folder / name) as partial:
            writer = module.ArrayRecordWriter(str(partial), _OPTIONS)
            num_rows, digest = 0, hashlib.sha256()
            for record in itertools.chain(
                [first], itertools.islice(records, shard_size - 1)
            ):
                writer.write(record)
                digest.update(record)
                num_rows += 1
            writer.close()
        shard = {"file": name, "num_rows": num_rows, "sha256": digest.hexdigest()}
        shards.append(shard)
    _tell_of_skipped(skipped or [], len(source))
    described = {
        "version": _VERSION,
        "data_shape": list(source.data_shape),
        "has_labels": source.has_labels,
        "shards": shards,
    }
    write_json(folder / _INDEX, described)


def stream_shards(folder: str | os.PathLike[str]) -> Stream:
    """Opens what `write_shards` wrote.

    Args:
        folder: with `shards.json`.

    Returns:
        stream: `Stream` of images in [0, 1]; `stream.in_range(-1, 1)` for a generator
        that ends in tanh.

    Raises:
        FileNotFoundError: if the folder holds no shards, or not all of them.
        ImportError: if `array_record` is not installed.
        ValueError: if `shards.json` or a file is damaged.

    Example:
    ```python
    stream = kg.datasets.stream_shards("shards")
    gan.fit(stream, batch_size=64, steps_per_epoch=1000, epochs=50)
    ```
    """
    return Stream(_Shards(Path(folder)))


class _Shards:
    """Rows of several files, by one number each."""

    def __init__(self, folder: Path) -> None:
        module, index = _array_record(), _index_of(folder)
        self.data_shape: Shape = tuple(index["data_shape"])
        self.has_labels: bool = index["has_labels"]
        self.digest = _digest_of(index["shards"])
        pixels = int(np.prod(self.data_shape))
        self._size = pixels + _LABEL.itemsize * self.has_labels
        self._paths = [folder / shard["file"] for shard in index["shards"]]
        self._readers = [
            _opened(module, path, shard["num_rows"], self._size)
            for path, shard in zip(self._paths, index["shards"], strict=True)
        ]
        counts = [shard["num_rows"] for shard in index["shards"]]
        self._starts = np.concatenate([[0], np.cumsum(counts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def read(self, rows: Sequence[int]) -> tuple[Array, Array]:
        numbers = np.asarray(rows)
        shards = np.searchsorted(self._starts, numbers, side="right") - 1
        records: list[bytes] = [b""] * len(numbers)
        for shard in np.unique(shards):
            places = np.flatnonzero(shards == shard)
            local = numbers[places] - self._starts[shard]
            found = self._read(shard, local.tolist())
            for place, record in zip(places, found, strict=True):
                records[place] = record
        parts = np.frombuffer(b"".join(records), "uint8").reshape(len(records), -1)
        size = int(np.prod(self.data_shape))
        pixels = parts[:, :size].reshape(len(records), *self.data_shape)
        labels = np.zeros(len(records), "int32")
        if self.has_labels:
            labels = parts[:, size:].copy().view(_LABEL)[:, 0].astype("int32")
        return pixels, labels

    def _read(self, shard: int, rows: list[int]) -> list[bytes]:
        try:
            found: list[bytes] = self._readers[shard].read(rows)
        except Exception as error:  # whatever its parser of damaged bytes ends in
            raise UnreadableRowError(
                f"{self._paths[shard]} is damaged: {error}"
            ) from error
        if any(len(record) != self._size for record in found):
            raise UnreadableRowError(
                f"{self._paths[shard]} must hold images of {self._size} bytes each"
            )
        return found


def _digest_of(shards: Sequence[dict[str, Any]]) -> str | None:
    """SHA-256 of all rows as they were written; `None` of shards that hold none.

    To read them all would take long.
    """
    if not all("sha256" in shard for shard in shards):
        return None
    digests = "".join(shard["sha256"] for shard in shards)
    return hashlib.sha256(digests.encode()).hexdigest()


def _records(source: Source, bar: Any, skipped: list[str] | None) -> Iterator[bytes]:
    """Rows as bytes; `skipped` is told of those that cannot be read, if it is one."""
    total = len(source)
    for first in range(0, total, _ROWS_AT_ONCE):
        rows = range(first, min(first + _ROWS_AT_ONCE, total))
        for pixels, label in _rows_of(source, rows, skipped):
            label_bytes = _LABEL.type(label).tobytes() if source.has_labels else b""
            yield np.ascontiguousarray(pixels).tobytes() + label_bytes
        bar.update(rows.stop)


def _rows_of(
    source: Source, rows: Sequence[int], skipped: list[str] | None
) -> Iterator[tuple[Array, Any]]:
    try:
        read = source.read(rows)
    except UnreadableRowError as error:
        if skipped is None:
            raise
        if len(rows) > 1:  # which of them is it?
            for row in rows:
                yield from _rows_of(source, [row], skipped)
        else:
            skipped.append(str(error))
    else:
        yield from zip(*read, strict=True)


def _tell_of_skipped(skipped: Sequence[str], total: int) -> None:
    if not skipped:
        return
    lines = "".join(f"\n  {reason}" for reason in skipped)
    if len(skipped) == total:
        raise ValueError(f"`stream` must have images that can be read:{lines}")
    images = "1 image" if len(skipped) == 1 else f"{len(skipped)} images"
    warnings.warn(f"{images} of {total:,} are left out:{lines}", stacklevel=3)


def _index_of(folder: Path) -> dict[str, Any]:
    path = folder / _INDEX
    if not path.is_file():
        raise FileNotFoundError(
            f"`folder` must hold {_INDEX}, which keras_gan.datasets.write_shards "
            f"writes. Received: {folder}"
        )
    try:
        index = parse_json(path.read_text(encoding="utf-8"))
        shape, shards = index["data_shape"], index["shards"]
        known = (
            index["version"] == _VERSION
            and isinstance(index["has_labels"], bool)
            and all(isinstance(size, int) and size > 0 for size in shape)
            and all(isinstance(one["num_rows"], int) for one in shards)
            and all(Path(one["file"]).name == one["file"] for one in shards)
            and bool(shards)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error!r}") from error
    if not known:
        raise ValueError(f"{path} is damaged, or of a later version.")
    return index


def _opened(module: Any, path: Path, num_rows: int, size: int) -> Any:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing, which {_INDEX} names.")
    try:
        reader = module.ArrayRecordReader(
            str(path), _READING, file_reader_buffer_size=max(size, _SMALLEST_BUFFER)
        )
        count = reader.num_records()
        first = reader.read([0])[0] if count else b""
    except Exception as error:  # whatever its parser of damaged bytes ends in
        raise ValueError(f"{path} is damaged: {error}") from error
    if count != num_rows:
        raise ValueError(
            f"{path} must hold {num_rows} images, as {_INDEX} says. Received: {count}"
        )
    if len(first) != size:
        raise ValueError(
            f"{path} must hold images of {size} bytes, as {_INDEX} says. Received: "
            f"{len(first)}"
        )
    return reader


def _array_record() -> Any:
    try:
        from array_record.python import array_record_module
    except ImportError as error:
        raise ImportError(
            "Shards need array_record: pip install keras-gan[shards]"
        ) from error
    return array_record_module


def load_shards(data_dir: str | os.PathLike[str] | None) -> Dataset:
    """Loads shards as a dataset whose training data are streamed.

    When to use it: for recipes, and with `keras-gan train RECIPE --data shards`. A
    tenth of the images, at most 20,000 and drawn at random, always the same, validate
    and test; of all others some 10,000 lie in memory as `train`, for measures, and
    `data.stream` has them all. Of large images there are fewer in memory: as many as
    512 MiB hold as float32 to learn from, and as many held out.

    Args:
        data_dir: folder with `shards.json`, as `write_shards` and `keras-gan shard`
            leave it.

    Returns:
        data: `Dataset` of images in [0, 1], named as the folder, with `stream`.

    Raises:
        FileNotFoundError: if the folder holds no shards, or not all of them.
        ImportError: if `array_record` is not installed.
        ValueError: if there are fewer than three images, or a file is damaged.

    Example:
    ```python
    data = kg.datasets.load_shards("shards").in_range(-1, 1)
    gan = kg.recipes.r3gan(data)
    gan.fit(data.stream, batch_size=64, steps_per_epoch=1000, epochs=50)
    ```
    """
    if data_dir is None:
        raise FileNotFoundError(
            "`data_dir` must name a folder with shards. Received: None"
        )
    folder = Path(data_dir)
    source = stream_shards(folder).source
    fit_in_memory = _BYTES_IN_MEMORY // (4 * math.prod(source.data_shape))
    num_held = min(len(source) // 10, _MOST_HELD_OUT, fit_in_memory)
    stop = len(source) - max(2, num_held)
    if stop < 1:
        raise ValueError(
            f"`data_dir` must hold three images, one for each split. Received: "
            f"{len(source)} in {folder}"
        )
    # Pictures are written folder by folder, which are classes: the last are no sample.
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(source))
    middle = (stop + len(source)) // 2
    stream = Stream(Part(source, np.sort(order[:stop])))
    held = (Part(source, order[stop:middle]), Part(source, order[middle:]))
    train, valid, test = (
        _split(one, min(len(one), most))
        for one, most in (
            (stream, min(_IN_MEMORY, max(1, fit_in_memory))),
            *((Stream(part), len(part)) for part in held),
        )
    )
    return Dataset(folder.resolve().name, train, valid, test, stream=stream)


def _split(stream: Stream, num_images: int) -> Split:
    images, labels = stream.take(num_images)
    return Split(images, labels if stream.has_labels else None)
