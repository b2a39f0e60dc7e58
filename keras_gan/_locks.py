"""Locks on open files that die with the process that holds them.

Linux and macOS lock the whole file (`flock`), Windows one byte far behind its end
(`LockFile`), so that others may read what the file says. The system frees either when
the process ends, however it ends.
"""

import os
import sys
from pathlib import Path
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt

    _FAR = 2**30

    def try_lock(file: IO[Any]) -> bool:
        """Locks an open file; returns `False` where another one has it.

        Raises:
            OSError: if the file system knows no locks.
        """
        place = file.tell()
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            file.seek(place)
        return True

else:
    import fcntl

    def try_lock(file: IO[Any]) -> bool:
        """Locks an open file; returns `False` where another one has it.

        Raises:
            OSError: if the file system knows no locks.
        """
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_at(path: Path, file: IO[Any]) -> bool:
    """Whether an open file is the one of this name, and not one that was removed."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except (OSError, ValueError):
        return False
