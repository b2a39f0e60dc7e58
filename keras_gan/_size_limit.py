"""How much a file may hold once it is unpacked: asked before it is."""

import os
import zipfile
from pathlib import Path

from keras_gan._validation import invalid_argument

LIMIT_VARIABLE = "KERAS_GAN_MAX_BYTES"
_DEFAULT_LIMIT = 4 * 2**30


class TooLargeError(ValueError):
    """A file states more content than is taken."""


def size_limit() -> int:
    """Bytes that are taken of a file once it is unpacked.

    4 GiB, or what the environment variable `KERAS_GAN_MAX_BYTES` says.

    Raises:
        ValueError: if it says no positive integer.
    """
    stated = os.environ.get(LIMIT_VARIABLE)
    if stated is None:
        return _DEFAULT_LIMIT
    if not stated.isdecimal() or int(stated) < 1:
        raise invalid_argument(LIMIT_VARIABLE, "an integer of at least 1", stated)
    return int(stated)


def unpacked_size(archive: zipfile.ZipFile) -> int:
    """Bytes that the members of an archive say they hold."""
    return sum(member.file_size for member in archive.infolist())


def check_content_size(path: str | os.PathLike[str], num_bytes: int) -> None:
    """Raises `ValueError`, which names the file, if it states more than is taken."""
    limit = size_limit()
    if num_bytes > limit:
        raise TooLargeError(
            f"{Path(path)} holds {num_bytes:,} bytes or more once it is unpacked, and "
            f"{limit:,} are taken at most: it is damaged, or made to fill the memory. "
            f"If it is sound, set the environment variable {LIMIT_VARIABLE} higher."
        )
