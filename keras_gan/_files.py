"""Files appear under their final name only when they are complete."""

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from keras_gan._locks import is_at, try_lock

_PARTIAL = ".partial"
# Behind the name of what is written, which neither can be then.
_OWNER = ".owner"  # locked by the process that writes, for as long as it lives
_PREVIOUS = ".previous"
_WORKSPACE = re.compile(r"\.(?P<name>.+)-[a-z0-9_]{8}\.partial")  # as mkdtemp names it


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a path to write beside `path`, and renames it when the block succeeds.

    The yielded path has the same suffix and may become a file or a folder. When the
    block raises, what it wrote is removed and what stood at `path` stays untouched. A
    file is on the disk before it gets its name, and the name before this returns. What
    a process that is dead left half in the same folder is removed.

    Args:
        path: the final name; its folder is created.

    Example:
    >>> folder = tempfile.mkdtemp()
    >>> with replacing(Path(folder) / "note.txt") as partial:
    ...     _ = partial.write_text("whole")
    >>> (Path(folder) / "note.txt").read_text()
    'whole'
    """
    path = Path(path)
    name = path.name
    if path.is_symlink():
        path = path.resolve()  # the link stays, and what it names is replaced
    is_new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_partials(path.parent)
    workspace, owner = _workspace(path.parent, name)
    try:
        partial = workspace / name
        yield partial
        _to_disk(partial)
        if partial.is_dir() and path.is_dir():
            # A folder cannot be renamed over a full one: move the old one aside.
            _exchange(partial, path, workspace / f"{name}{_PREVIOUS}")
        else:
            os.replace(partial, path)
        _sync(path.parent)
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)  # writing to an open file names none
        raise
    finally:
        _remove(workspace, owner)
        if is_new and not path.exists():
            with contextlib.suppress(OSError):  # others may write there by now
                path.parent.rmdir()


def _exchange(new: Path, path: Path, aside: Path) -> None:
    os.replace(path, aside)
    try:
        os.replace(new, path)
    except OSError:
        os.replace(aside, path)
        raise


def check_new_folder(name: str, folder: str | os.PathLike[str]) -> None:
    """Raises where a folder holds anything, or is none.

    Args:
        name: str, of the argument.
        folder: path.

    Raises:
        FileExistsError: if there is something that could be lost.
    """
    path = Path(folder)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileExistsError(f"`{name}` must be new, or empty. Received: {path}")


def remove_partials(folder: str | os.PathLike[str]) -> None:
    """Removes what dead processes left of files that they never completed.

    What a living process writes stays, and so does whatever else has such a name: a
    file, a link, a folder with other things in it.
    """
    for path in Path(folder).glob(f".*{_PARTIAL}"):
        if is_partial(path):
            owner = _dead_owner(path)
            if owner is not None:
                _remove(path, owner)


def remove_partials_below(folder: str | os.PathLike[str]) -> None:
    """The same in a folder and all folders within it, but not through links."""
    for inner, names, _ in os.walk(folder):
        if not Path(inner).is_symlink():
            remove_partials(inner)
        names[:] = [name for name in names if not is_partial(Path(inner) / name)]


def is_partial(path: Path) -> bool:
    """Whether `replacing` made this: a folder with one unfinished file, no link."""
    name = _name_in(path)
    if name is None or path.is_symlink() or not path.is_dir():
        return False
    own = {name, f"{name}{_PREVIOUS}", f"{name}{_OWNER}"}
    with contextlib.suppress(FileNotFoundError):  # it was completed just now
        return {entry.name for entry in path.iterdir()} <= own
    return False


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Writes `content` as indented JSON, whole or not at all.

    Args:
        path: the file; its folder is created.
        content: what `json.dumps` takes.

    Example:
    >>> path = Path(tempfile.mkdtemp()) / "record.json"
    >>> write_json(path, {"modes": 25})
    >>> json.loads(path.read_text())
    {'modes': 25}
    """
    with replacing(path) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def parse_json(text: str) -> Any:
    """What JSON says.

    Raises:
        ValueError: if it is none, or nested deeper than Python reads.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _workspace(folder: Path, name: str) -> tuple[Path, IO[bytes]]:
    while True:
        workspace = Path(tempfile.mkdtemp(f"{_PARTIAL}", f".{name}-", folder))
        path = workspace / f"{name}{_OWNER}"
        try:
            owner = path.open("wb")
        except FileNotFoundError:  # taken for a dead one's before it was locked
            continue
        is_locked = True
        with contextlib.suppress(OSError):  # no locks here: nobody removes it
            is_locked = try_lock(owner)
        if is_locked and is_at(path, owner):
            return workspace, owner
        owner.close()  # somebody removes it, or has


def _name_in(workspace: Path) -> str | None:
    """Name of what is written there, `None` of another folder."""
    match = _WORKSPACE.fullmatch(workspace.name)
    return match and match["name"]


def _dead_owner(workspace: Path) -> IO[bytes] | None:
    """What says whose it is, locked; `None` where somebody lives who holds it.

    There is one from then on also where there was none: who was about to make one finds
    it locked.
    """
    path = workspace / f"{_name_in(workspace)}{_OWNER}"
    try:
        owner = path.open("ab")
    except OSError:  # gone by now, or of another user
        return None
    with contextlib.suppress(OSError):
        if try_lock(owner) and is_at(path, owner):
            return owner
    owner.close()
    return None


def _remove(workspace: Path, owner: IO[bytes]) -> None:
    """Everything, and only then the lock: nobody writes into what goes."""
    shutil.rmtree(workspace, ignore_errors=True)
    owner.close()
    if os.name == "nt":  # it removes no open file
        shutil.rmtree(workspace, ignore_errors=True)


def _to_disk(path: Path) -> None:
    """Files first, then the folders that name them."""
    if path.is_dir():
        for entry in path.iterdir():
            _to_disk(entry)
    _sync(path)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders; it writes names by itself
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
