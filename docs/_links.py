"""Links that leave docs/: the site has pages for scripts, and names other files."""

import re
from pathlib import Path

import _example_pages

_PAGES = _example_pages.pages(Path(__file__).parent.parent)
_LINK = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")


def inside(app, name, source):
    """Turns `[record](../examples/…)` into `record (examples/…)`, with a code font.

    A link to a script leads to its page.
    """

    def written(link):
        text, path = link.groups()
        page = _PAGES.get(Path(path).stem) if path.startswith("examples/") else None
        return f"[{text}]({page})" if page else f"{text} (`{path}`)"

    source[0] = _LINK.sub(written, source[0])
