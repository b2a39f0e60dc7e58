"""What ends a command early: one sentence and an exit status.

0  done
1  it was asked for what makes sense, and failed: a training that diverged, a full disk,
   a folder that went away, a closed stdout
2  a mistake in what was given
70 a mistake of this package's own (EX_SOFTWARE)
75 a worker was lost: trying again helps (EX_TEMPFAIL)
130, 143  Ctrl-C, SIGTERM
"""

import errno
import os
import re
import sys
from typing import NamedTuple

from keras_gan.commands._signals import Terminated

_MISTAKES = (
    FileExistsError,
    FileNotFoundError,
    ImportError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
    TypeError,
    ValueError,
)
_MISTAKEN_PATHS = (errno.ENAMETOOLONG, errno.ELOOP, errno.EROFS)

# TensorFlow's file systems say `PATH; No space left on device`.
_REFUSED = re.compile(r"(?P<path>\S+); (?P<words>[^;\[\]]+?)( \[Op:\w+\])?$")
_WORDS = {os.strerror(number) for number in errno.errorcode}


class Failure(NamedTuple):
    """What is said on stderr, and the exit status."""

    sentence: str
    status: int


def failure_of(error: BaseException, advice: str) -> Failure | None:
    """Returns what an error means to who gave the command; `None` if it is none.

    Args:
        error: that ended the command.
        advice: what the command says to somebody who interrupted it.
    """
    if isinstance(error, Terminated):
        return Failure(f"terminated; {advice}", 143)
    if isinstance(error, KeyboardInterrupt):
        return Failure(f"interrupted; {advice}", 130)
    if isinstance(error, FloatingPointError):
        return Failure(f"training failed: {error}", 1)
    if isinstance(error, BrokenPipeError):
        return Failure("failed: nobody reads stdout any more", 1)
    if isinstance(error, OSError) and not isinstance(error, ImportError):
        mistaken = isinstance(error, _MISTAKES) or error.errno in _MISTAKEN_PATHS
        words = sentence_of(error)
        return Failure(f"error: {words}", 2) if mistaken else _failed(words)
    if isinstance(error, MemoryError):
        return _failed(f"there is too little memory ({error})".replace(" ()", ""))
    if isinstance(error, _MISTAKES):
        return Failure(f"error: {_one_line(str(error))}", 2)
    return _of_tensorflow(error) or _bug(error)


def sentence_of(error: OSError) -> str:
    """Returns what the system said, without its number: `No space left: FILE`."""
    if error.strerror is None:  # a sentence of our own
        return _one_line(str(error))
    names = [str(name) for name in (error.filename, error.filename2) if name]
    return _one_line(": ".join([str(error.strerror), *names]))


def _failed(words: str) -> Failure:
    return Failure(f"failed: {words}", 1)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _bug(error: BaseException) -> Failure | None:
    if not isinstance(
        error, Exception
    ):  # an end that was asked for, such as SystemExit
        return None
    what = _one_line(f"{type(error).__name__}: {error}")
    return Failure(
        f"internal error: {what}. This is a bug: please report what --debug shows", 70
    )


def _of_tensorflow(error: BaseException) -> Failure | None:
    tf = sys.modules.get("tensorflow")
    if tf is None:  # it has said nothing
        return None
    if not isinstance(error, tf.errors.OpError):
        return None
    first = (str(error.message).splitlines() or [""])[0]
    if isinstance(error, tf.errors.UnavailableError | tf.errors.AbortedError):
        again = "start all of them again with --resume"
        return Failure(f"a worker was lost ({first}); {again}", 75)
    refused = _REFUSED.search(error.message)
    if refused is not None and refused["words"] in _WORDS:
        return _failed(f"{refused['words']}: {refused['path']}")
    exhausted = isinstance(error, tf.errors.ResourceExhaustedError)
    return _failed(first) if exhausted else None
