"""A page of the site for each script in examples/, in the order of docs/gallery.md.

sphinx-gallery makes the pages from copies of the scripts, whose docstrings become
reStructuredText with a title, and whose pictures are those of docs/gallery.md.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import _docstrings

FOLDER = "scripts"  # of the pages, within docs/
_HEAD = "The scripts of the folder examples, each with its code."
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_SCRIPT = re.compile(r"(\w+)\.py\]\(\.\./examples/")
_PICTURE = re.compile(r'<img src="\.\./([^"]+)"')


def sections(gallery: str) -> dict[str, dict[str, str | None]]:
    """Titles of the sections; of each, its scripts and their first pictures, if any."""
    titled = _SECTION.split(gallery)[1:]
    return {
        title: dict(_scripts(text))
        for title, text in zip(titled[::2], titled[1::2], strict=True)
    }


def _scripts(text: str) -> Iterator[tuple[str, str | None]]:
    for entry in text.split("**[")[1:]:
        picture = _PICTURE.search(entry)
        if script := _SCRIPT.match(entry):
            yield script[1], picture[1] if picture else None


def pages(root: Path) -> dict[str, str]:
    """Where the page of each script is, from docs/."""
    gallery = (root / "docs" / "gallery.md").read_text("utf-8")
    return {
        name: f"{FOLDER}/{folder_of(title)}/{name}.rst"
        for title, scripts in sections(gallery).items()
        for name in scripts
    }


def folder_of(title: str) -> str:
    return re.sub(r"\W+", "_", title.lower()).strip("_")


def stage(root: Path, staged: Path) -> list[str]:
    """Writes the copies; returns their folders in order, from docs/.

    Args:
        root: of the repository.
        staged: folder to write to. Files that are there and right are left alone, so
            that pages are not made anew.
    """
    folders = []
    _write(staged / "GALLERY_HEADER.rst", _titled("Scripts", [_HEAD]))
    gallery = (root / "docs" / "gallery.md").read_text("utf-8")
    for title, scripts in sections(gallery).items():
        folder = staged / folder_of(title)
        folders.append(os.path.relpath(folder, root / "docs"))
        _write(folder / "GALLERY_HEADER.rst", _titled(title, [], line="-"))
        for name, picture in scripts.items():
            code = (root / "examples" / f"{name}.py").read_text("utf-8")
            _write(folder / f"{name}.py", with_title(code, name, picture))
    return folders


def with_title(code: str, name: str, picture: str | None) -> str:
    """A script whose docstring is a page: a title, its text, and its thumbnail."""
    quotes = '"""'
    _, docstring, rest = code.split(quotes, 2)
    lines = docstring.splitlines()
    _docstrings.to_rst(None, "module", name, None, None, lines)
    page = _titled(f"{name}.py", lines)
    thumbnail = f"\n# sphinx_gallery_thumbnail_path = '../{picture}'\n"
    return f"r{quotes}{page}{quotes}{rest}{thumbnail if picture else ''}"


def _titled(title: str, lines: list[str], line: str = "=") -> str:
    return "\n".join([title, line * len(title), "", *lines, ""])


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
