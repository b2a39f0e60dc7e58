"""Amounts of memory as people read them."""


def bytes_in_words(num_bytes: float) -> str:
    """Returns megabytes, or gigabytes from one on.

    Example:
    >>> bytes_in_words(12_040_000), bytes_in_words(1_234_000_000)
    ('12.0 MB', '1.2 GB')
    """
    if num_bytes >= 1e9:
        return f"{num_bytes / 1e9:.1f} GB"
    return f"{num_bytes / 1e6:.1f} MB"
