"""What a command does when somebody wants it to end: Ctrl-C, or SIGTERM."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

Handler = Callable[[int, FrameType | None], object]


class Terminated(KeyboardInterrupt):
    """SIGTERM, raised as Ctrl-C is: what was begun is taken back."""

    def __str__(self) -> str:
        return "SIGTERM"


def raise_signal(number: int, frame: FrameType | None = None) -> NoReturn:
    """Raises the exception that a signal stands for."""
    raise Terminated if number == signal.SIGTERM else KeyboardInterrupt


@contextlib.contextmanager
def handled(handler: Handler, *numbers: int) -> Iterator[None]:
    """Lets a function handle signals, in the thread where that is possible."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
