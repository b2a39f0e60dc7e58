"""HTML from Python: whatever is not markup already is text."""

import base64
import html
from collections.abc import Iterable, Sequence

_VOID = ("img", "input", "meta")


class Html(str):
    """Markup; any other string is escaped where it is put into some."""


def element(tag: str, *content: str | Html, **attributes: str | bool) -> Html:
    """Returns an element.

    Args:
        tag: str, its name.
        *content: strings, which are escaped, and `Html`.
        **attributes: `class_` is `class`, and `_` is `-` in others; `True` stands for
            one without a value, `False` leaves it out.

    Example:
    >>> element("p", "1 < 2", element("b", "!"), class_="note")
    '<p class="note">1 &lt; 2<b>!</b></p>'
    """
    written = "".join(
        _attribute(name, value) for name, value in attributes.items() if value != ""
    )
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{joined(content)}</{tag}>")


def joined(parts: Iterable[str | Html]) -> Html:
    """Returns parts in a row, strings among them escaped."""
    return Html(
        "".join(part if isinstance(part, Html) else html.escape(part) for part in parts)
    )


def image_address(kind: str, content: bytes) -> str:
    """Returns an address that holds an image itself, for `src`.

    Example:
    >>> image_address("png", b"no image")
    'data:image/png;base64,bm8gaW1hZ2U='
    """
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def rows_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[Html, Html]:
    """Returns head and body of a table; the first cell of a row names it."""
    head = element("tr", *[element("th", name, scope="col") for name in header])
    body = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            *[element("td", cell) for cell in row[1:]],
        )
        for row in rows
    ]
    return element("thead", head), element("tbody", *body)


def _attribute(name: str, value: str | bool) -> str:
    name = name.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{html.escape(value)}"'
