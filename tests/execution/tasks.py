"""Tasks for worker processes, which import this module alone."""

import os
import time

_kept: list[bytes] = []


def keep(megabytes: int) -> int:
    """Leave memory behind; return the process."""
    _kept.append(b"a" * megabytes * 1_000_000)
    return os.getpid()


def fill(megabytes: int, seconds: float = 0.0) -> int:
    """Use memory for some seconds; return the number of bytes."""
    content = b"a" * megabytes * 1_000_000
    time.sleep(seconds)
    return len(content)
