"""Files of one kind in a folder: which there are, and what is read of each."""

import collections
import os
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import keras

from keras_gan._run_files import HISTORY, RECORD
from keras_gan.datasets._pictures import SUFFIXES, UnreadablePictureError

_T = TypeVar("_T")


def find_pictures(
    data_dir: str | os.PathLike[str] | None,
) -> tuple[Path, list[Path], str | None]:
    """As `find_files` has it of pictures."""
    return find_files(data_dir, "pictures", SUFFIXES)


def find_files(
    data_dir: str | os.PathLike[str] | None, what: str, suffixes: Collection[str]
) -> tuple[Path, list[Path], str | None]:
    """The folder, its files of a kind in order, and a sentence on others that it has.

    Args:
        data_dir: folder; its subfolders are searched too, but for those of runs.
        what: str, plural of what a file is, for messages.
        suffixes: of the names of such files, in small letters.

    Raises:
        FileNotFoundError: if `data_dir` is no folder.
        ValueError: if it has fewer than three such files.
    """
    if data_dir is None or not Path(data_dir).is_dir():
        raise FileNotFoundError(
            f"`data_dir` must name a folder with {what}. Received: {data_dir}"
        )
    folder = Path(data_dir)
    files = sorted(_files_within(folder))
    paths = [path for path in files if path.suffix.lower() in suffixes]
    others = collections.Counter(path.suffix or path.name for path in files)
    others -= collections.Counter(path.suffix for path in paths)
    kinds = ", ".join(sorted(suffixes))
    if len(paths) < 3:
        raise ValueError(
            f"`data_dir` must hold at least three {what} ({kinds}), one for each "
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
    """Files of a folder, links to folders followed, but for hidden ones and runs."""
    seen: set[Path] = set()
    for directory, names, files in os.walk(folder, followlinks=True):
        place = Path(directory)
        names[:] = sorted(name for name in names if not name.startswith("."))
        # The pictures of a run are generated ones.
        is_run = {RECORD, HISTORY} <= {*files} and place != folder
        if is_run or place.resolve() in seen:  # or a link that leads back
            names[:] = []
            continue
        seen.add(place.resolve())
        yield from (
            place / name
            for name in files
            if not name.startswith(".") and (place / name).is_file()
        )


def of_each(
    paths: Sequence[Path],
    read: Callable[[Path], _T],
    verbose: int = 0,
    unreadable: type[Exception] = UnreadablePictureError,
    unit_name: str = "picture",
) -> tuple[dict[Path, _T], dict[Path, str]]:
    """What is read of each file, and of those that cannot be read why not.

    Args:
        paths: of the files.
        read: function of a path, which threads call at the same time.
        verbose: int. `1` shows progress. Defaults to `0`.
        unreadable: class of the errors by which `read` says why a file cannot be read.
            Defaults to `UnreadablePictureError`.
        unit_name: str, what a file is, for the progress. Defaults to `"picture"`.
    """

    def attempt(path: Path) -> tuple[_T | None, str]:
        try:
            return read(path), ""
        except unreadable as error:
            return None, str(error)

    values, damaged = {}, {}
    progress = keras.utils.Progbar(len(paths), verbose=verbose, unit_name=unit_name)
    with ThreadPoolExecutor() as pool:  # decoding does not hold Python's lock
        for path, (value, reason) in zip(paths, pool.map(attempt, paths), strict=True):
            if value is None:
                damaged[path] = reason
            else:
                values[path] = value
            progress.add(1)
    return values, damaged


def listed(folder: Path, damaged: Mapping[Path, str]) -> str:
    """A line for each file that cannot be read, with the reason."""
    return ";".join(
        f"\n  {path.relative_to(folder)}: {damaged[path]}" for path in sorted(damaged)
    )


def tell_of_damaged(
    folder: Path, damaged: Mapping[Path, str], on_damaged: str, what: str
) -> None:
    """Lists files that cannot be read, if any: in an error, or in a warning to skip.

    Args:
        folder: in which they are.
        damaged: why each of them cannot be read.
        on_damaged: str, `"raise"` or `"skip"`.
        what: str, plural of what a file is.

    Raises:
        ValueError: if there are any, and they are not skipped.
    """
    if not damaged:
        return
    one = what.removesuffix("s")
    files = f"1 {one}" if len(damaged) == 1 else f"{len(damaged)} {what}"
    lines = listed(folder, damaged)
    if on_damaged == "raise":
        raise ValueError(
            f"{files} in {folder} cannot be read: repair or remove "
            'them, or leave them out by on_damaged="skip" (--on-damaged skip).'
            f"{lines}"
        )
    warnings.warn(
        f"{files} in {folder} cannot be read and are left out:{lines}",
        stacklevel=3,
    )
