"""The frame of a page, which fetches nothing."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from keras_gan._html import Html, element, rows_of

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'"
)


def table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    **attributes: str,
) -> Html:
    """Returns a table that scrolls in itself; the first cell of a row names it."""
    head, body = rows_of(header, rows)
    return element(
        "div",
        element("table", element("caption", caption), head, body, **attributes),
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
