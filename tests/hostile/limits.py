"""A limit of processor time: a text that hangs its reader fails, and doesn't stop the tests."""

import contextlib
import functools
import re
import signal
import time
from collections.abc import Iterator

_LOAD = "loss: 0.1234 - accuracy: 0.5678\n" * 90_000
_SECONDS = 0.06  # of processor time for the load, on the quiet machine that the limits were set on
_SPARE = 2.0  # a reader whose time grows with the square of the text takes far more


class TooLong(BaseException):
    """It has used more processor time than the limit; no `except Exception` catches it."""


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise TooLong within the block once this process has computed for too long in it.

    The limit is `seconds` of a quiet machine, measured by a fixed load: a busy or slow machine has more.
    """
    limit = _SPARE * seconds * max(1.0, _load(int(time.process_time() / 2)) / _SECONDS)

    def stop(*_: object) -> None:
        raise TooLong(f"more than {limit:g} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@functools.lru_cache(maxsize=1)
def _load(when: int) -> float:
    """Return the seconds of processor time of a fixed load of the kind that the readers are.

    It is measured again at another time `when`: every other second of processor time.
    """
    del when
    start = time.process_time()
    for line in _LOAD.splitlines():
        for _word in line.split():
            pass
    re.findall(r"[a-z]+: \d\.\d+", _LOAD)
    return time.process_time() - start
