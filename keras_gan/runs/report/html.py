"""HTML from Python: whatever comes from a file is text, never markup."""

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'"
)
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


def table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    **attributes: str,
) -> Html:
    """Returns a table that scrolls in itself; the first cell of a row names it."""
    head = element("tr", *[element("th", name, scope="col") for name in header])
    body = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            *[element("td", cell) for cell in row[1:]],
        )
        for row in rows
    ]
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", head),
            element("tbody", *body),
            **attributes,
        ),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def section(title: str, *content: str | Html) -> Html:
    """Returns a section under its heading, nothing where it would be empty."""
    if not any(content):
        return Html("")
    name = title.lower().replace(" ", "-").replace("'", "")
    heading = element("h2", title, id=name)
    return element("section", heading, *content, aria_labelledby=name)


def page(title: str, *body: str | Html) -> str:
    """Returns a whole page: style and script within, nothing fetched."""
    style, script = (
        Html((_HERE / name).read_text(encoding="utf-8"))
        for name in ("report.css", "report.js")
    )
    policy = {"http_equiv": "Content-Security-Policy", "content": _POLICY}
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", **policy),
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", style),
    )
    main = element("body", element("main", *body), element("script", script))
    return f"<!doctype html>\n{element('html', head, main, lang='en')}\n"


def _attribute(name: str, value: str | bool) -> str:
    name = name.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{html.escape(value)}"'
