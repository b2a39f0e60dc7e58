"""Files appear under their final name only when they are complete."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PARTIAL = ".partial"


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a path to write beside `path`, and renames it when the block succeeds.

    The yielded path has the same suffix and may become a file or a folder. When the
    block raises, what it wrote is removed and what stood at `path` stays untouched.

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
    path.parent.mkdir(parents=True, exist_ok=True)
    workspace = Path(
        tempfile.mkdtemp(prefix=f".{path.name}-", suffix=_PARTIAL, dir=path.parent)
    )
    try:
        partial = workspace / path.name
        yield partial
        if partial.is_dir() and path.is_dir():
            # A folder cannot be renamed over a full one: move the old one aside.
            os.replace(path, workspace / "previous")
        os.replace(partial, path)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def remove_partials(folder: str | os.PathLike[str]) -> None:
    """Removes what killed processes left of files that they never completed."""
    for workspace in Path(folder).glob(f".*{_PARTIAL}"):
        shutil.rmtree(workspace)


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Writes `content` as indented JSON, whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
