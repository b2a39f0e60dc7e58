"""Files of a folder of pictures: which there are, and what is read of each."""

import collections
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import keras

from keras_gan.datasets._pictures import SUFFIXES, UnreadablePictureError

_T = TypeVar("_T")

MAX_PIXELS = 2**26  # 8192 x 8192, 200 MB in colours while it is resized


def find_pictures(
    data_dir: str | os.PathLike[str] | None,
) -> tuple[Path, list[Path], str | None]:
    """The folder, its pictures in order, and a sentence on other files that it has.

    Raises:
        FileNotFoundError: if `data_dir` is no folder.
        ValueError: if it has fewer than three pictures.
    """
    if data_dir is None or not Path(data_dir).is_dir():
        raise FileNotFoundError(
            f"`data_dir` must name a folder with pictures. Received: {data_dir}"
        )
    folder = Path(data_dir)
    files = sorted(_files_within(folder))
    paths = [path for path in files if path.suffix.lower() in SUFFIXES]
    others = collections.Counter(path.suffix or path.name for path in files)
    others -= collections.Counter(path.suffix for path in paths)
    kinds = ", ".join(sorted(SUFFIXES))
    if len(paths) < 3:
        raise ValueError(
            f"`data_dir` must hold at least three pictures ({kinds}), one for each "
            f"split. Received: {len(paths)} in {folder}, other files: {dict(others)}"
        )
    if not others:
        return folder, paths, None
    return (
        folder,
        paths,
        (
            f"{others.total()} files in {folder} are left out, for they are none of "
            f"{kinds}: {dict(others)}"
        ),
    )


def _files_within(folder: Path) -> Iterator[Path]:
    """Files of a folder, links to folders followed, but for hidden ones."""
    seen: set[Path] = set()
    for directory, names, files in os.walk(folder, followlinks=True):
        place = Path(directory)
        names[:] = sorted(name for name in names if not name.startswith("."))
        if place.resolve() in seen:  # a link to a folder that leads back
            names[:] = []
            continue
        seen.add(place.resolve())
        yield from (
            place / name
            for name in files
            if not name.startswith(".") and (place / name).is_file()
        )


def of_each(
    paths: Sequence[Path], read: Callable[[Path], _T], verbose: int = 0
) -> tuple[dict[Path, _T], dict[Path, str]]:
    """What is read of each picture, and of those that cannot be read why not."""

    def attempt(path: Path) -> tuple[_T | None, str]:
        try:
            return read(path), ""
        except UnreadablePictureError as error:
            return None, str(error)

    values, damaged = {}, {}
    progress = keras.utils.Progbar(len(paths), verbose=verbose, unit_name="picture")
    with ThreadPoolExecutor() as pool:  # Pillow unpacks without holding Python's lock
        for path, (value, reason) in zip(paths, pool.map(attempt, paths), strict=True):
            if value is None:
                damaged[path] = reason
            else:
                values[path] = value
            progress.add(1)
    return values, damaged


def listed(folder: Path, damaged: Mapping[Path, str]) -> str:
    """A line for each picture that cannot be read, with the reason."""
    return ";".join(
        f"\n  {path.relative_to(folder)}: {damaged[path]}" for path in sorted(damaged)
    )
