"""What of a process lies in memory."""

import os
import resource
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> float:
    """MB of this process that lie in memory."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * PAGE / 1e6


def largest() -> float:
    """The most MB of this process that ever lay in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
