"""Work in a child that is forked: what it does to itself is over when it ends."""

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

FAILED = 70  # the status of work that raised an error


def fork(work: Callable[[], int], output: Path | None = None) -> int:
    """Returns a child's process; it ends with the status that `work` returns.

    Args:
        work: function of nothing; an error of it is printed.
        output: where the child's output and errors are written, by default with this
            process's.
    """
    process = os.fork()
    if process:
        return process
    status = FAILED
    try:
        if output is not None:
            with output.open("w") as file:
                for descriptor in (1, 2):
                    os.dup2(file.fileno(), descriptor)
        status = work()
        sys.stdout.flush()
    except BaseException:
        with contextlib.suppress(OSError):
            traceback.print_exc()
    finally:
        os._exit(status)


def status_of(process: int) -> int:
    """Waits; returns the exit status, of a signal its number with a minus."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
