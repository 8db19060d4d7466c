"""Tasks for worker processes, which import this module alone."""

import time


def fill(megabytes: int, seconds: float = 0.0) -> int:
    """Use memory for some seconds; return the number of bytes."""
    content = b"a" * megabytes * 1_000_000
    time.sleep(seconds)
    return len(content)
