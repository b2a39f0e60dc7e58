"""How much threads may unpack at the same time, whatever their number."""

import contextlib
import threading
from collections.abc import Iterator


class Budget:
    """An amount, such as of pixels, of which each thread takes a part for a while.

    Who asks for more than there is waits; who asks for more than all of it goes alone.
    A thread that has a part must not ask for another one.

    Args:
        total: int, at least 1.

    Example:
    >>> budget = Budget(100)
    >>> with budget.taken(1_000):
    ...     budget.free
    0
    >>> budget.free
    100
    """

    def __init__(self, total: int) -> None:
        self.total = self.free = total
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def taken(self, amount: int) -> Iterator[None]:
        """Waits until there is so much, and has it until the block ends."""
        amount = min(amount, self.total)
        with self._changed:
            self._changed.wait_for(lambda: self.free >= amount)
            self.free -= amount
        try:
            yield
        finally:
            with self._changed:
                self.free += amount
                self._changed.notify_all()
