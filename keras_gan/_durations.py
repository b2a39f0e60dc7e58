"""Spans of time as people write and read them."""

import re

_UNITS = {"h": 3600, "m": 60, "s": 1}
_WRITTEN = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s)?")


def parse_duration(name: str, text: str) -> int:
    """Returns seconds, at least 1.

    Args:
        name: of the argument, for the message.
        text: str, such as `"90s"`, `"30m"` or `"1h30m"`.

    Raises:
        ValueError: if it is no span of time.

    Example:
    >>> parse_duration("--time", "1h30m"), parse_duration("--time", "90s")
    (5400, 90)
    """
    match = _WRITTEN.fullmatch(text.replace(" ", ""))
    parts = match.groups() if match else ()
    pairs = zip(parts, _UNITS.values(), strict=True) if parts else ()
    seconds = sum(int(number) * unit for number, unit in pairs if number)
    if not seconds:
        raise ValueError(
            f"`{name}` must be a span of time such as 90s, 30m or 1h30m. Received: "
            f"{text!r}"
        )
    return seconds


def in_words(seconds: float) -> str:
    """Returns a span of time with the one or two units that matter.

    Example:
    >>> in_words(0.042), in_words(7.31), in_words(150), in_words(5400)
    ('42 ms', '7.3 s', '2 min 30 s', '1 h 30 min')
    """
    if seconds < 0.9995:  # below, three digits say less than 1,000
        return f"{1000 * seconds:.3g} ms"
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
