"""What watches a fuzzed call: a limit on time, so that a hang is an error, and on what the process grows by."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CPU_SECONDS, WALL_SECONDS = 2.0, 60.0  # the first for work, whatever else the machine does; the second for waiting
MOST_GROWTH = 300  # MB one input may add to the memory of the process


class Hang(BaseException):
    """The call took too long; no `except Exception` on the way swallows it."""


class Greedy(AssertionError):
    """The call took far more memory than its input explains."""


@contextmanager
def watched(cpu: float = CPU_SECONDS, wall: float = WALL_SECONDS) -> Iterator[None]:
    """Raise Hang inside the block when it takes too long, and Greedy after it when it took too much."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield  # Windows, or a thread that takes no signals
        return

    def stop(number: int, frame: FrameType | None) -> None:
        place = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"
        raise Hang(f"more than {cpu} s of work or {wall} s of waiting, at {place}")

    before = {one: signal.signal(one, stop) for one in (signal.SIGPROF, signal.SIGALRM)}
    had = peak()
    signal.setitimer(signal.ITIMER_PROF, cpu)
    signal.setitimer(signal.ITIMER_REAL, wall)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for one, handler in before.items():
            signal.signal(one, handler)
    if peak() - had > MOST_GROWTH:
        raise Greedy(f"the process grew by {peak() - had:.0f} MB")


def peak() -> float:
    """The most memory that the process has held, in MB."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1000)
