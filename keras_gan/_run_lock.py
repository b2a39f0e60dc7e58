"""One run, one trainer: a lock in the folder of the run that dies with its process."""

import contextlib
import errno
import json
import os
import socket
import warnings
import weakref
from pathlib import Path
from typing import IO

from keras_gan._environment import timestamp
from keras_gan._files import parse_json
from keras_gan._locks import is_at, try_lock

LOCK = ".lock"

_WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


class LostRunError(OSError):
    """The folder of a run is no longer where it was when its training began."""


class RunLock:
    """Held by who trains a run, for as long as this object lives and no longer.

    The lock is the system's: it ends with the process, however that ends, so that a run
    whose trainer was killed can be resumed at once. The file `.lock` says whose it is,
    and is removed when the lock is given back. Get one by `lock_run`.

    Args:
        folder: of the run; it is created.

    Raises:
        FileExistsError: if another process trains there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder.resolve() / LOCK
        self._file = _locked(self._path)
        self.release = weakref.finalize(self, _release, self._path, self._file)

    def __enter__(self) -> "RunLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @property
    def is_held(self) -> bool:
        """Whether it was not given back."""
        return self.release.alive

    def check(self) -> None:
        """Raises unless the folder is the one that was locked.

        Raises:
            LostRunError: if it was removed, or another one stands in its place.
        """
        if not is_at(self._path, self._file):
            raise LostRunError(
                f"the folder of the run, {self._path.parent}, was removed or renamed "
                "while it was trained; what it held lies where it went. Move it back, "
                "or name its new place by --output-dir, and --resume continues it"
            )


_held: weakref.WeakValueDictionary[Path, RunLock] = weakref.WeakValueDictionary()


def lock_run(folder: Path) -> RunLock:
    """Returns the lock of a run; in one process there is one, whoever asks for it.

    Raises:
        FileExistsError: if another process trains there.
    """
    place = folder.resolve()
    lock = _held.get(place)
    if lock is None or not lock.is_held or not is_at(lock._path, lock._file):
        lock = _held[place] = RunLock(folder)
    return lock


def _locked(path: Path) -> IO[str]:
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            is_locked = try_lock(file)
        except OSError as error:
            if error.errno not in _WITHOUT_LOCKS:
                raise
            warnings.warn(
                f"The file system of {path.parent} knows no locks: nothing keeps a "
                "second trainer away from this run.",
                stacklevel=2,
            )
            is_locked = True
        if not is_locked:
            raise _in_use(path, file)
        if is_at(path, file):  # and not removed by who had it before
            break
        file.close()
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": timestamp()}
    file.truncate(0)
    file.write(json.dumps(holder) + "\n")
    file.flush()
    return file


def _in_use(path: Path, file: IO[str]) -> FileExistsError:
    file.seek(0)
    try:
        holder = parse_json(file.read())
        who = f"process {holder['pid']} on {holder['host']} has trained since "
        who += holder["since"]
    except (KeyError, TypeError, ValueError):  # it has yet to write who it is
        who = "another process trains"
    finally:
        file.close()
    return FileExistsError(
        f"`--output-dir` must be a run that nobody trains. Received: {path.parent}, "
        f"which {who}; wait for it, stop it, or choose another folder."
    )


def _release(path: Path, file: IO[str]) -> None:
    with file:
        if is_at(path, file):
            with contextlib.suppress(OSError):  # Windows removes no open file
                path.unlink()
