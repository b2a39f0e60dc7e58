"""Tables of text."""

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    r"""Returns a line for each row: first cells to the left, all others to the right.

    Example:
    >>> print("\n".join(aligned([("name", "value"), ("recall", "0.5")])))
    name    value
    recall    0.5
    """
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
