"""Worker processes: one that dies, or takes too long, costs its own task alone; signals end all of them."""

from __future__ import annotations

import json
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.execution.tasks import fill, keep
from tests.selection import in_full
from workshop.execution import process_pool
from workshop.execution.executor import MOST, Killed, Needs, OverMemory, Task, Transport
from workshop.execution.process_pool import Workers
from workshop.execution.processes import killed_each_time
from workshop.execution.store import Store, usual_peaks

UNITS = """
import signal, sys, time

GATE = Path(os.environ["TOY_TALLY"]).with_name("gate")

@unit("ch09.ex01", value="a")
def killed_once() -> int:
    tally("killed_once")
    if GATE.exists():
        GATE.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return 1

@unit("ch09.ex02", value="a")
def killed(seed) -> int:
    tally("killed")
    os.kill(os.getpid(), signal.SIGKILL)

@unit("ch09.ex03", value="a")
def takes_it(ch09_ex02) -> int:
    return 1

@unit("ch09.ex04", value="a")
def leaves() -> int:
    tally("leaves")
    os._exit(0)

@unit("ch09.ex05", value="a")
def exits() -> int:
    sys.exit("enough")

@unit("ch09.ex06", value="a")
def late() -> int:
    raise TimeoutError("its own")

@unit("ch09.ex07", value="a")
def fine() -> int:
    return 1

@unit("ch09.ex08", value="a")
def sleeps() -> int:
    tally("sleeps")
    time.sleep(300)
"""
KILLED = "its process was killed by signal 9 (SIGKILL), twice; out of memory?"
OWN = {
    "exits": ("failed", "ch09.ex05:exits raised SystemExit: enough"),
    "late": ("failed", "ch09.ex06:late raised TimeoutError: its own"),
    "fine": ("reproduced", "equal"),
}


def claim(number: int, name: str) -> dict[str, str]:
    """Return a claim of a unit, identified by its function's name."""
    return {"id": f"ch09.ex0{number}.{name}", "measure": "a"}


def test_a_killed_process_costs_its_own_task_alone(bench) -> None:
    """It is tried once more in a new process; then its claims fail by name, and the others are decided.

    The results are written with exit code 1, as for any claim that failed.
    """
    bench.units(UNITS)
    (bench.folder / "gate").touch()
    names = ["killed_once", "killed", "takes_it", "leaves", "exits", "late", "fine"]
    bench.claims(*(claim(number, name) for number, name in enumerate(names, 1)))

    file = bench.folder / "results.json"

    process = bench.command("--jobs", "2", "--json", str(file))

    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (1, "")
    assert file.with_suffix(".html").exists()
    claims = json.loads(file.read_text("utf-8"))["claims"]
    assert {each["id"].rsplit(".", 1)[1]: (each["verdict"], each["reason"]) for each in claims} == {
        "killed_once": ("reproduced", "equal"),
        "killed": ("failed", f"ch09.ex02:killed#0: {KILLED}"),
        "takes_it": ("failed", "ch09.ex03:takes_it#0 needs the outcome of ch09.ex02, which failed"),
        "leaves": ("failed", "ch09.ex04:leaves: its process ended with exit code 0, twice"),
        **OWN,
    }
    assert sorted(bench.tally()) == sorted(2 * ["killed_once", "killed", "leaves"])


def test_a_task_is_stopped_at_its_time_limit(bench) -> None:
    """Not tried again, and not taken for a TimeoutError of the unit's own; the others are decided."""
    bench.units(UNITS)
    bench.claims(*(claim(n, name) for n, name in ((5, "exits"), (6, "late"), (7, "fine"), (8, "sleeps"))))

    records = bench.verify(timeout=5)

    message = "ch09.ex08:sleeps: was stopped at its time limit of 5 s (--timeout)"
    decided = {name: (record.verdict, record.reason) for name, record in records.items()}
    assert decided == {**OWN, "sleeps": ("failed", message)}
    assert bench.tally() == ["sleeps"]


def test_what_cannot_be_sent_fails_its_task_alone() -> None:
    """Neither arguments nor results that can't be pickled cost more than the task."""
    with closing(Workers(2)) as workers:
        futures = [workers.submit(threading.Lock), workers.submit(os._exit, 3)]
        waiting = set(futures)
        while waiting:
            waiting -= workers.wait(waiting)
        with pytest.raises(TypeError, match="pickle"):
            futures[0].result()
        with pytest.raises(Killed) as killed:
            futures[1].result()
        for _ in range(3):
            with pytest.raises(TypeError, match="pickle"):
                workers.submit(len, threading.Lock())
        (fine,) = workers.wait({workers.submit(len, "abc")})
        assert (killed.value.code, fine.result()) == (3, 3)


def test_the_peak_of_the_memory_is_that_of_the_biggest_worker() -> None:
    """A task that fills 300 MB is seen afterwards, too."""
    with closing(Workers(1)) as workers:
        for size in (1, 300, 1):
            workers.wait({workers.submit(fill, size)})
        assert 300e6 < workers.peak < 2e9


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ((-9, -9), "was killed by signal 9 (SIGKILL), twice; out of memory?"),
        ((-11, -11), "was killed by signal 11 (SIGSEGV), twice"),
        ((-9, 3), "was killed by signal 9 (SIGKILL), then ended with exit code 3; out of memory?"),
        ((-9, -9, -9), "was killed by signal 9 (SIGKILL), 3 times; out of memory?"),
        ((None, -63), "ended before its task did, then was killed by signal 63"),
    ],
)
def test_what_is_said_of_a_killed_process(codes: tuple[int | None, ...], message: str) -> None:
    """By what it was killed at each try."""
    assert killed_each_time(codes) == f"its process {message}"


LONG = """
import time

@unit("ch09.ex01", value="a")
def stubborn() -> int:
    tally(os.getpid())
    while True:
        try:
            time.sleep(300)
        except BaseException:
            pass

@unit("ch09.ex02", value="a")
def long(workdir) -> int:
    tally(os.getpid())
    tally(workdir)
    time.sleep(300)
"""
IN_STORE = "workshop: interrupted: what was finished is in the store; the same command continues\n"
NOTHING = "workshop: interrupted: nothing is stored\n"


def in_group(group: int) -> list[int]:
    """Return the processes of a group that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, after = stat.read_text("utf-8").rpartition(") ")
        except OSError:
            continue
        state, _, its_group = after.split()[:3]
        if int(its_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


ENDS = [
    ("group", signal.SIGINT, ["--jobs", "2"], IN_STORE),
    pytest.param(
        *("parent", signal.SIGTERM, ["--jobs", "2", "--no-store"], NOTHING),
        marks=pytest.mark.nightly(
            "workshop/execution/", "workshop/cli/interrupts.py", "workshop/cli/verify.py"
        ),
    ),
    ("parent", signal.SIGINT, ["--jobs", "1", "ch09.ex01"], IN_STORE),
]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize(("to", "number", "arguments", "message"), ENDS)
def test_a_signal_ends_a_run_with_one_line(
    bench, until, to: str, number: int, arguments: list[str], message
) -> None:
    """Whatever its units do; no process and no folder is left, and what is said of the store is true."""
    bench.units(LONG)
    bench.claims(claim(1, "stubborn"), claim(2, "long"))
    process = bench.command(*arguments, start_new_session=True)
    begun = 1 if "ch09.ex01" in arguments else 3
    try:
        until(lambda: len(bench.tally()) == begun)
        (os.killpg if to == "group" else os.kill)(process.pid, number)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (128 + number, message)
        assert len(out.splitlines()) == 2  # what the run was going to do
        until(lambda: not in_group(process.pid))
        assert not [path for path in bench.tally() if path.startswith("/") and Path(path).exists()]
    finally:
        for pid in in_group(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def test_a_worker_that_is_ended_where_nobody_can_catch_it_prints_no_traceback() -> None:
    """Such as while an object is removed."""
    code = (
        "import signal\n"
        "from workshop.execution.process_pool import _unwind\n"
        "signal.signal(signal.SIGTERM, _unwind)\n"
        "class Removed:\n"
        "    def __del__(self):\n"
        "        signal.raise_signal(signal.SIGTERM)\n"
        "del [Removed()][0]\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_worker_that_is_ended_unwinds_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what the task holds is put away."""
    monkeypatch.setattr(process_pool.signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    with pytest.raises(process_pool._Terminated):
        process_pool._unwind()


# tasks one after another: what they leave behind, what they need, KEPT, whether the next is in their process
NEXT = [
    (1, Needs(), 10**10, True),
    (1, Needs(), 200_000_000, True),
    (300, Needs(fresh=True), 10**10, False),
    (300, Needs(), 200_000_000, False),
    (300, Needs(memory=500_000_000), 10**10, False),
    (300, Needs(fresh=True), 10**10, True),
    (1, Needs(), 10**10, True),
]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process has in use")
def test_a_worker_that_keeps_much_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow never frees some of its memory; a task may also need what its worker keeps."""
    processes = []
    with closing(Workers(1)) as workers:
        for megabytes, needs, most, _ in NEXT:
            monkeypatch.setattr(process_pool, "KEPT", most)
            task = workers.submit(keep, megabytes, needs=needs)
            workers.wait({task})
            processes.append(task.result())
    assert [a == b for a, b in pairwise(processes)] == [same for *_, same in NEXT[:-1]]


def test_a_part_that_needs_much_memory_runs_in_a_new_process(tmp_path: Path) -> None:
    """What is known of this machine counts, and what is known of others."""
    Store(tmp_path).write_peaks({"much": MOST + 1, "less": MOST - 1})
    asked = []
    workers = SimpleNamespace(submit=lambda *_, needs: asked.append(needs.fresh))
    for group in ("much", "less", "new", *usual_peaks()):
        Transport(workers, tmp_path, None).send([SimpleNamespace(group=group)], [], frozenset())

    assert asked == [True, False, False, True]


def test_a_task_over_its_memory_is_stopped() -> None:
    """With what it used and what was reserved; one that keeps to it is not."""
    with closing(Workers(2)) as workers:
        small = workers.submit(fill, 1, 0.8, needs=Needs(memory=400_000_000))
        large = workers.submit(fill, 500, 30.0, needs=Needs(memory=400_000_000))
        waiting = {small, large}
        while waiting:
            waiting -= workers.wait(waiting)
        error = large.exception()
        assert small.result() == 1_000_000
        assert isinstance(error, OverMemory)
        used, reserved = error.args
        assert 400e6 < used < 2e9
        assert (reserved, large.peak >= used) == (400_000_000, True)


def test_a_cancelled_task_ends_with_its_worker() -> None:
    """At once; the other one goes on, and a new worker takes its place."""
    with closing(Workers(2)) as workers:
        long, other = workers.submit(time.sleep, 300), workers.submit(time.sleep, 0.8)
        workers.cancel(long)
        assert long.cancelled()
        assert workers.wait({other, long}) >= {long}
        (third,) = workers.wait({workers.submit(len, "abc")})
        assert (workers.wait({other}), other.result(), third.result()) == ({other}, None, 3)


def test_a_worker_killed_at_any_moment_loses_no_other_task(request: pytest.FixtureRequest) -> None:
    """7 times, 20 in full: as it starts, takes a task, runs it, or sends its answer."""
    rng, times = random.Random(0), 20 if in_full(request.config, "workshop/execution") else 7
    others = lost = 0
    with closing(Workers(3)) as workers:
        for _ in range(times):
            tasks = {workers.submit(time.sleep, rng.random() / 10) for _ in range(3)}
            victim = rng.choice(workers._workers)
            task = victim.future
            killer = threading.Timer(rng.random() * 0.15, os.kill, (victim._process.pid, signal.SIGKILL))
            killer.start()
            waiting = set(tasks)
            while waiting:
                waiting -= workers.wait(waiting)
            killer.join()
            others += sum(each.result() is None for each in tasks - {task})
            lost += isinstance(task.exception(), Killed)
            victim._process.join()
        assert others == 2 * times
        assert 0 < lost <= times


def test_a_limit_of_years_is_a_limit() -> None:
    """The system waits for no longer than 24 days at once."""
    with closing(Workers(1, 3_000_000_000)) as workers:
        task = workers.submit(abs, -3)
        workers.wait({task})

    assert task.result() == 3


@pytest.mark.parametrize(("timings", "processes"), [({"a": 1.0, "b": 1.0}, 0), ({"a": 1.0}, 2)])
def test_what_is_known_to_be_short_gets_no_process(timings: dict[str, float], processes: int) -> None:
    """What was never timed may be long: one known part does not make the run short."""
    run = SimpleNamespace(groups=["a", "b"], timings=timings, group=str, estimate=lambda _: 1.0)
    pool = SimpleNamespace(count=4, limit=None)
    assert Transport(pool, None, None).processes(run) == processes


@pytest.mark.parametrize(
    ("limit", "workers", "left", "look"),
    [
        (None, [(50.0, 0)], [math.inf], None), (None, [(50.0, 9)], [math.inf], 0.2), (None, [], [], None),
        (30.0, [(90.0, 0), (80.0, 0)], [20.0, 10.0], 10.0), (30.0, [(None, 0)], [math.inf], None),
        (30.0, [(60.0, 0)], [0.0], 0.0), (30.0, [(90.0, 0), (None, 9)], [20.0, math.inf], 0.2),
        (1e6, [(90.0, 0)], [999_990.0], 86_400.0),
    ],
)  # fmt: skip
def test_when_workers_are_looked_at_again(
    limit: float | None, workers: Any, left: list[float], look: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first limit; soon where a task has a limit of memory; never where nothing has any."""
    monkeypatch.setattr(process_pool, "time", SimpleNamespace(monotonic=lambda: 100.0))
    pool = Workers(2, limit)
    busy = [SimpleNamespace(begun=begun, reserved=reserved) for begun, reserved in workers]
    assert [pool._seconds_left(each) for each in busy] == left  # type: ignore[arg-type]
    assert pool._seconds_to_look(busy) == look  # type: ignore[arg-type]


def test_memory_counts_while_a_task_with_a_limit_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The most that was in use is kept, and what is known of a task at its end."""
    worker = object.__new__(process_pool._Worker)
    used = iter([5, 9, 7])
    monkeypatch.setattr(process_pool, "resident_memory", lambda pid: next(used) * (pid == 33))
    worker._process, worker.future, worker.reserved = SimpleNamespace(pid=33), Task(), 8  # type: ignore[assignment]
    assert [worker.memory_over() for _ in range(3)] == [0, 9, 0]
    assert worker.future.peak == 9
    worker.peak, worker.sent, worker._size = 3, 90.0, 4
    worker._noise = SimpleNamespace(since=lambda size: f"since {size}")  # type: ignore[assignment]
    monkeypatch.setattr(process_pool, "time", SimpleNamespace(monotonic=lambda: 100.0))
    worker._note(4)
    found = worker.peak, worker.future.peak, worker.future.written, worker.future.seconds
    assert found == (4, 9, "since 4", 10.0)
    worker._noise = None
    worker._note(2)
    assert (worker.peak, worker.future.written) == (4, "")
    worker.future.set_result(None)
    assert worker.memory_over() == 0
    worker.future, worker.reserved = Task(), 0
    assert worker.memory_over() == 0
