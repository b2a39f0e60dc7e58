"""Lengths of waveforms that strided convolutions shorten fourfold, to a few places."""

STRIDE = 4  # along one axis what 2 is along each of two
LONGEST_START = 64  # places that a generator begins with: few weights, far sight
_COARSEST = 16  # where the published networks for 16,384 samples begin and end


def num_quarterings(length: int) -> int:
    """How often a length divides by 4 evenly, each time from above 16."""
    count = 0
    while length % STRIDE == 0 and length > _COARSEST:
        length //= STRIDE
        count += 1
    return count


def is_quartered(length: int) -> bool:
    """Whether a length divides by 4, and few places are left."""
    count = num_quarterings(length)
    return count > 0 and length // STRIDE**count <= LONGEST_START


def nearest_quartered(length: int) -> int:
    """The nearest length that divides by 4 and leaves few places.

    Example:
    >>> nearest_quartered(16_000), nearest_quartered(4_000), nearest_quartered(1)
    (15872, 3968, 20)
    """
    apart = 0
    while True:
        for near in (length - apart, length + apart):
            if near > _COARSEST and is_quartered(near):
                return near
        apart += 1
