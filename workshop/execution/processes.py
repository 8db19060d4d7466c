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
from typing import Iterator, Optional, Sequence


def package_uri() -> str:
    """Return where the package lies that this process has imported, in one word."""
    return Path(__file__).resolve().parents[1].as_uri()


@contextlib.contextmanager
def children_ignoring_interrupts() -> Iterator[None]:
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
        return next((1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes on macOS


def forget_peak_memory() -> None:
    """Let `peak_memory` count from now on, where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def resident_memory(process: int) -> int:
    """Return the memory of a process and of those that it started, in bytes; 0 where nothing counts it."""
    total = 0
    for each in descendants(process):
        with contextlib.suppress(OSError, IndexError):  # it has ended, or the system has no such files
            pages = int(Path("/proc/%d/statm" % each).read_text("ascii").split()[1])
            total += pages * os.sysconf("SC_PAGE_SIZE")
    return total


def descendants(process: int) -> list[int]:
    """Return a process and those that it started, where the system lists them."""
    found = [process]
    for path in Path("/proc/%d/task" % process).glob("*/children"):
        with contextlib.suppress(OSError):
            for child in path.read_text("ascii").split():
                found += descendants(int(child))
    return found


def killed_each_time(codes: Sequence[Optional[int]]) -> str:
    """Say how the process of a task ended at each try, from its exit codes; None is one not known."""
    first = _ending(codes[0])
    if len(set(codes)) == 1:
        how = "%s, %s" % (first, {2: "twice"}.get(len(codes), "%d times" % len(codes)))
    else:
        how = ", ".join([first, *("then " + _ending(code) for code in codes[1:])])
    how += "; out of memory?" if -9 in codes else ""
    return f"its process {how}"


def _ending(code: Optional[int]) -> str:
    if code is None:
        return "ended before its task did"
    if code >= 0:
        return f"ended with exit code {code}"
    names = {each.value: f" ({each.name})" for each in signal.Signals}
    return f"was killed by signal {-code}{names.get(-code, '')}"
