"""A limit of processor time: a text that hangs its reader fails, and doesn't stop the tests."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator


class TooLong(BaseException):
    """It has used more processor time than the limit; no `except Exception` catches it."""


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise TooLong within the block once this process has computed for so many seconds in it."""

    def stop(*_: object) -> None:
        raise TooLong(f"more than {seconds:g} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
