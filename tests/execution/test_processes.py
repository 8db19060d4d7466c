"""Child processes: which there are, how much memory they use, and how they end."""

import os
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from workshop.execution import processes


@pytest.fixture
def proc(tmp_path, monkeypatch) -> Path:
    """Return the folder that stands for `/proc`."""
    monkeypatch.setattr(processes, "Path", lambda text: tmp_path / text.removeprefix("/"))
    monkeypatch.setattr(os, "sysconf", lambda name: {"SC_PAGE_SIZE": 4096}[name], raising=False)
    return tmp_path / "proc"


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "ascii")


def test_the_memory_of_a_process_is_that_of_all_that_it_started(proc):
    for thread, children in {
        "1/task/1": "2 3",
        "1/task/8": "4\n",
        "2/task/2": "5 6 ",
        "5/task/5": "",
    }.items():
        write(proc / thread / "children", children)
    (proc / "1" / "task" / "9" / "children").mkdir(parents=True)  # it can't be read
    for number, pages in {
        1: "90 10 4",
        2: "90 20 4",
        4: "90 40 4",
        5: "90",
        6: "90 60 4",
        7: "90 70 4",
    }.items():
        write(proc / str(number) / "statm", pages)
    assert sorted(processes.descendants(1)) == [1, 2, 3, 4, 5, 6]
    assert processes.resident_memory(1) == (10 + 20 + 40 + 60) * 4096
    assert processes.resident_memory(3) == 0


def test_the_peak_of_this_process(proc, monkeypatch):
    usage = SimpleNamespace(RUSAGE_SELF="self", getrusage=lambda who: SimpleNamespace(ru_maxrss=len(who)))
    monkeypatch.setitem(sys.modules, "resource", usage)
    processes.forget_peak_memory()  # it can't be asked
    assert processes.peak_memory() == 4
    monkeypatch.setitem(sys.modules, "resource", None)
    assert processes.peak_memory() == 0
    write(proc / "self" / "status", "Name:\tpython\n")
    assert processes.peak_memory() == 0
    write(proc / "self" / "status", "VmPeak:\t  900 kB\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\n")
    assert processes.peak_memory() == 300 * 1024
    processes.forget_peak_memory()
    assert (proc / "self" / "clear_refs").read_text("ascii") == "5"


def test_a_process_ends_when_its_parent_is_gone(monkeypatch):
    parents, looks, ended = [0, 0, 1], list[float](), threading.Event()
    codes = list[int]()
    system = SimpleNamespace(
        getppid=lambda: parents.pop(0), _exit=lambda code: codes.append(code) or ended.set()
    )
    monkeypatch.setattr(processes, "os", system)
    monkeypatch.setattr(processes, "time", SimpleNamespace(sleep=looks.append))
    started = list[threading.Thread]()
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda self: started.append(self) or start(self))
    processes.end_with_parent(0)
    assert ended.wait(20)
    assert (len(looks), codes) == (2, [1])
    assert all(0.5 <= seconds <= 2 for seconds in looks)
    assert [thread.daemon for thread in started] == [True]  # it keeps no process alive


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="blocks signals")
@pytest.mark.parametrize("before", [set(), {signal.SIGINT}])
def test_children_are_started_while_interrupts_are_blocked(before):
    def blocked() -> set[int]:
        return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    usual = signal.pthread_sigmask(signal.SIG_BLOCK, before)
    try:
        with pytest.raises(OSError, match="none"), processes.children_ignoring_interrupts():  # noqa: PT012
            assert blocked() == set(usual) | {signal.SIGINT}
            raise OSError("none")
        assert blocked() == set(usual) | before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def test_where_no_signal_can_be_blocked_children_are_started(monkeypatch):
    monkeypatch.setattr(processes, "signal", SimpleNamespace())
    with processes.children_ignoring_interrupts():
        pass
