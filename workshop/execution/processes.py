"""
Child processes: how they start, how they end, and how that is said.

It keeps to Python 3.7, because the runner of other interpreters is one of them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path
from typing import Iterator, Optional


@contextlib.contextmanager
def deaf_children() -> Iterator[None]:
    """Block SIGINT while child processes are started, which inherit that: only this process hears Ctrl-C."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent(parent: int) -> None:
    """End this process when the one that started it is gone, so that a killed run leaves none behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def peak_memory() -> int:
    """Return the most memory that this process had in use at once, in bytes; 0 where nothing counts it."""
    with contextlib.suppress(OSError):  # Linux, where getrusage counts the parent process, too
        status = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return max([1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM:")] or [0])
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes on macOS


def killed_twice(first: Optional[int], second: Optional[int]) -> str:
    """Say how the process of a task ended at both tries, from its exit codes; None is one not known."""
    how = f"{_ending(first)}, " + ("twice" if first == second else f"then {_ending(second)}")
    return f"its process {how}" + ("; out of memory?" if -9 in {first, second} else "")


def _ending(code: Optional[int]) -> str:
    if code is None:
        return "ended before its task did"
    if code >= 0:
        return f"ended with exit code {code}"
    names = {each.value: f" ({each.name})" for each in signal.Signals}
    return f"was killed by signal {-code}{names.get(-code, '')}"
