"""Tasks for worker processes, which import this module alone."""

import logging
import os
import time


def fill(megabytes: int, seconds: float = 0.0) -> int:
    """Use memory for some seconds; return the number of bytes."""
    content = b"a" * megabytes * 1_000_000
    time.sleep(seconds)
    return len(content)


def speak(word: str) -> int:
    """Write a word to standard error and say it in the log; return the process."""
    os.write(2, f"{word}\n".encode())
    logging.getLogger("workshop").info("%s is not for others", word)
    logging.getLogger("workshop").warning("%s is said", word)
    return os.getpid()
