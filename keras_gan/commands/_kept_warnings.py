"""What a training warns of is seen, and kept in the record of its run."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

from keras_gan.callbacks import RunRecord


@contextlib.contextmanager
def kept_warnings(record: RunRecord) -> Iterator[None]:
    """Adds what is shown in the block to a record."""
    show = warnings.showwarning

    def keep(message: Warning | str, *where: Any, **options: Any) -> None:
        record.note_warning(" ".join(str(message).split()))
        show(message, *where, **options)

    warnings.showwarning = keep
    try:
        yield
    finally:
        warnings.showwarning = show
