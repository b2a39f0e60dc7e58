"""Links that leave docs/: the site has no such pages, and names the files instead."""

import re

_LINK = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")


def inside(app, name, source):
    """Turns `[record](../examples/…)` into `record (examples/…)`, with a code font."""
    source[0] = _LINK.sub(r"\1 (`\2`)", source[0])
