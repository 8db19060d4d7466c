"""Worker processes: one that dies, or takes too long, costs its own task alone; signals end all of them."""

from __future__ import annotations

import json
import logging
import math
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY, Mock, call

import pytest

from tests.execution.tasks import fill
from tests.selection import in_full
from workshop.execution import process_pool
from workshop.execution.caching import run_calls
from workshop.execution.executor import Killed, Needs, OverMemory, Task, Transport
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


def test_a_worker_is_in_the_folder_of_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror may be a relative path; a folder that is gone costs nothing."""
    for folder in (tmp_path / "here", tmp_path / "gone"):
        folder.mkdir()
    before = Path.cwd()
    with closing(Workers(1)) as workers:
        monkeypatch.chdir(tmp_path / "here")
        (own,) = workers.wait({workers.submit(os.getcwd)})
        assert (own.result(), Path.cwd()) == (str(tmp_path / "here"), tmp_path / "here")
    with closing(Workers(1)) as workers:
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        (fine,) = workers.wait({workers.submit(len, "abc")})
        assert fine.result() == 3
    monkeypatch.chdir(before)


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
        ((-1, -1), "was killed by signal 1 (SIGHUP), twice"),
        ((0, 0), "ended with exit code 0, twice"),
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
        marks=pytest.mark.nightly,
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
    """So that what the task holds is put away; it is not asked twice, and then the process ends."""
    calls = Mock()
    for name, value in {"signal": calls, "close_all": calls.close_all, "sys": Mock(stdout=calls)}.items():
        monkeypatch.setattr(process_pool, name, value)
    with pytest.raises(process_pool._Terminated):
        process_pool._run(process_pool._unwind, (1, 2))
    term = calls.SIGTERM
    assert calls.mock_calls == [
        call.signal(term, process_pool._unwind), call.signal(term, calls.SIG_IGN),
        call.close_all(), call.flush(), call.signal(term, calls.SIG_DFL),
        call.raise_signal(term), call.signal(term, process_pool._end),
    ]  # fmt: skip


def test_what_a_worker_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Each task in turn, until nobody asks: that it begins, what it says, its end, and the peak of memory."""
    calls, tasks, logger = Mock(), Mock(), logging.getLogger("workshop")
    caplog.set_level(logging.INFO, "workshop")
    monkeypatch.setattr(logger, "handlers", [])
    for name in ("signal", "redirect", "end_with_parent", "forget_peak_memory", "peak_memory"):
        monkeypatch.setattr(process_pool, name, getattr(calls, name))
    calls.peak_memory.return_value = 7

    def says(what: str) -> None:
        logger.info("%s is not for others", what)
        logger.warning("%s is", what)

    odd, bad = AttributeError("no such class"), ValueError("bad")
    fails = Mock(side_effect=bad)
    tasks.recv.side_effect = [
        (len, ("a",)),
        odd,
        (fails, (2,)),
        (threading.Lock, ()),
        (says, ("it",)),
        EOFError,
    ]
    tasks.send.side_effect = pickle.dumps
    process_pool._serve(tasks, 33, tmp_path, str(tmp_path))
    ends = [
        call.signal.signal(calls.signal.SIGTERM, each) for each in (process_pool._unwind, process_pool._end)
    ]
    ignores = call.signal.signal(calls.signal.SIGINT, calls.signal.SIG_IGN)
    assert calls.mock_calls[:4] == [call.redirect(tmp_path), ignores, ends[1], call.end_with_parent(33)]
    assert calls.mock_calls[4:8] == [call.forget_peak_memory(), *ends, call.peak_memory()]
    assert [each.args[0] for each in tasks.send.call_args_list] == [
        *(None, (1, None, 7)), (None, odd, 0), *(None, (None, bad, 7)),
        *(None, (ANY, None, 7), (None, ANY, 7)), *(None, "it is", (None, None, 7)),
    ]  # fmt: skip
    fails.assert_called_once_with(2)
    tasks.send.side_effect = OSError
    logger.handlers[0].emit(logging.makeLogRecord({"msg": "nobody listens any more"}))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what a worker has in place of its connections, process and noise, with all calls in order."""
    calls = Mock()
    calls.context.Pipe.return_value = calls.mine, calls.theirs
    calls.context.Process.return_value = calls.process
    calls.process.start = lambda: calls.start(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    calls.Noise.return_value = calls.noise
    calls.noise.size.return_value = 1
    calls.noise.since = lambda size: f"since {size}"
    for name in ("Noise", "run_name"):
        monkeypatch.setattr(process_pool, name, getattr(calls, name))
    monkeypatch.setattr(process_pool, "_CONTEXT", calls.context)
    monkeypatch.setattr(process_pool, "time", SimpleNamespace(monotonic=lambda: 100.0))
    return calls


def test_what_a_worker_says(started: Any, caplog: pytest.LogCaptureFixture) -> None:
    """That a task has begun, something, its end; what nobody can read; and nothing, because it has ended."""
    ends = [(None, ValueError("v"), 8), AttributeError("no class")]
    started.mine.recv.side_effect = [
        None,
        "100 % of it",
        (3, None, 9),
        None,
        ends[0],
        None,
        ends[1],
        EOFError,
    ]
    worker = process_pool._Worker()
    task = worker.start(len, ("abc",), 5)
    started.mine.send.assert_called_once_with((len, ("abc",)))
    assert (worker.begun, worker.reserved) == (None, 5)
    worker.receive()
    assert (worker.begun, started.mock_calls[-1]) == (100.0, call.noise.hide())
    worker.receive()
    assert (caplog.messages, task.done()) == (["100 % of it"], False)
    worker.receive()
    assert (task.result(), worker.begun) == (3, None)
    assert (task.peak, task.seconds, task.written) == (9, 0.0, "since 1")
    for error, peak in ((ends[0][1], 8), (ends[1], 0)):
        task = worker.start(len, (), 0)
        worker.receive()
        worker.receive()
        assert (task.exception(), task.peak) == (error, peak)
    assert worker.alive
    task, started.process.exitcode = worker.start(len, (), 0), -9
    worker.receive()
    lost = task.exception()
    assert isinstance(lost, Killed)
    assert (lost.code, lost.node, worker.alive, worker.begun) == (-9, "", False, None)


@pytest.mark.parametrize("noisy", [True, False])
def test_how_a_worker_starts_and_ends(started: Any, noisy: bool) -> None:
    """It hears no interrupts, its connection ends with it, and it gets a moment to end by itself.

    It runs without a place for what it writes, too.
    """
    started.Noise.side_effect = None if noisy else OSError
    worker = process_pool._Worker()
    assert worker.future.done()
    args = started.theirs, os.getpid(), started.noise.path if noisy else None, str(Path.cwd())
    starts = [
        call.context.Process(target=process_pool._serve, args=args),
        call.start(True),
        call.theirs.close(),
    ]
    assert started.mock_calls[0] == call.run_name()
    assert started.mock_calls[-3:] == starts
    started.mine.send.side_effect = OSError  # it has ended, which is noticed when its answer is awaited
    assert not worker.start(len, (), 0).done()
    started.mine.recv.return_value = 1, None, 2
    worker.receive()
    assert worker.future.written == ("since 1" if noisy else "")
    started.reset_mock()
    worker.end()
    seconds = started.process.join.call_args_list[0].args[0]
    assert 0.2 < seconds < 2
    process = call.process
    once = [process.terminate(), process.join(seconds), process.kill(), process.join(), call.mine.close()]
    assert started.mock_calls == [*once, *[call.noise.close()] * noisy]
    worker.end()
    assert started.noise.close.call_count == noisy
    assert not worker.alive


def made_up(memory: int = 0, *, lives: bool = True, busy: bool = False) -> Any:
    """Return a worker that has so much memory in use, and nothing to do unless it is `busy`."""
    worker = Mock(future=Task(), alive=True, **{"runs.return_value": lives, "memory.return_value": memory})
    worker.end.side_effect = lambda: setattr(worker, "alive", False)
    if not busy:
        worker.future.set_result(None)
    return worker


# bytes in use, what the next task needs, and whether its worker is kept
USED = [
    (1_900_000_000, Needs(), True), (1_900_000_001, Needs(), False), (1_900_000_001, Needs(10**10), False),
    (500_000_000, Needs(10**9), True), (500_000_001, Needs(10**9), False), (250_000_001, Needs(), True),
    (250_000_000, Needs(fresh=True), True), (250_000_001, Needs(fresh=True), False), (1, Needs(1), False),
    (0, Needs(1), True),
]  # fmt: skip


@pytest.mark.parametrize(("used", "needs", "kept"), USED)
def test_how_much_a_worker_may_keep(
    used: int, needs: Needs, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each that is free; one that has ended is left; those that are busy go on, whatever they use."""
    pool, new, busy = Workers(4), made_up(), made_up(10**12, lives=False, busy=True)
    monkeypatch.setattr(process_pool, "_Worker", lambda: new)
    pool._workers = [busy, dead, *free] = [busy, made_up(lives=False), made_up(used), made_up(used)]
    (first, *_) = free if kept else [new]
    assert pool.submit(len, "abc", needs=needs) is first.start.return_value
    first.start.assert_called_once_with(len, ("abc",), needs.memory)
    assert [each.end.called for each in (busy, dead, *free)] == [False, True, not kept, not kept]
    assert pool._workers == [busy, *(free if kept else [new])]
    pool.close()
    for each in (busy, first):
        assert each.mock_calls[-2:] == [call.ask_to_end(), call.end()]
    assert pool._workers == []


def test_only_what_runs_is_cancelled() -> None:
    """With its worker; one whose task has ended stays for others."""
    pool, busy, free = Workers(3), made_up(busy=True), made_up()
    pool._workers = [free, busy]
    pool.cancel(free.future)
    assert (free.alive, busy.alive) == (True, True)
    pool.cancel(busy.future)
    assert (busy.future.cancelled(), pool._workers, pool.name_of("a node")) == (True, [free], "a node")


def test_the_peak_of_a_pool_is_that_of_its_largest_task() -> None:
    """0 before any has ended."""
    pool, tasks = Workers(2), [Task() for _ in range(4)]
    assert pool.peak == 0
    for task, peak in zip(tasks, (5, 9, 3, 0), strict=True):
        task.peak = peak
        task.set_result(None)
    for some in (tasks[:2], tasks[2:]):
        assert pool.wait(some) == set(some)
        assert pool.peak == 9


def test_a_part_that_needs_much_memory_runs_in_a_new_process(tmp_path: Path) -> None:
    """What is known of this machine counts, and what is known of others."""
    Store(tmp_path).write_peaks({"much": 2_500_000_001, "less": 2_500_000_000})
    asked = []
    workers = SimpleNamespace(submit=lambda *words, needs: asked.append((words, needs)))
    for group in ("much", "less", "new", *usual_peaks()):
        Transport(workers, tmp_path, Path("python")).send([SimpleNamespace(group=group)], [], frozenset())

    assert [(needs.fresh, needs.memory, needs.gpus) for _, needs in asked] == [
        (fresh, 0, 0) for fresh in (True, False, False, True)
    ]
    assert asked[0][0] == (run_calls, [], tmp_path, Path("python"))


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
    rng, times = random.Random(0), 20 if in_full(request.config) else 7
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


@pytest.mark.parametrize(
    ("timings", "seconds", "limit", "processes"),
    [
        ("abc", 3.0, None, 0), ("ab", 3.0, None, 3), ("abc", 3.0, 60.0, 1), ("ab", 3.0, 60.0, 3),
        ("abc", 4.0, None, 2), ("abc", 9.0, None, 3), ("abc", 900.0, None, 3), ("abc", 10 / 3, None, 2),
    ],
)  # fmt: skip
def test_what_is_known_to_be_short_gets_no_process(
    timings: str, seconds: float, limit: float | None, processes: int
) -> None:
    """One for each 10 seconds. What was never timed may be long: known parts do not make the run short."""
    run = SimpleNamespace(groups=[*"abc"], timings=timings, group=str, estimate=lambda _: seconds)
    pool = SimpleNamespace(count=4, limit=limit)
    transport = Transport(pool, None, None)  # type: ignore[arg-type]
    assert transport.processes(run) == processes  # type: ignore[arg-type]
    pool.count = 2
    assert transport.processes(run) == min(processes, 2)  # type: ignore[arg-type]


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
    worker.sent, worker._size = 90.0, 4
    worker._noise = SimpleNamespace(since=lambda size: f"since {size}")  # type: ignore[assignment]
    monkeypatch.setattr(process_pool, "time", SimpleNamespace(monotonic=lambda: 100.0))
    worker._note(4)
    found = worker.future.peak, worker.future.written, worker.future.seconds
    assert found == (9, "since 4", 10.0)
    worker._noise = None
    worker._note(12)
    assert (worker.future.peak, worker.future.written) == (12, "")
    worker.future.set_result(None)
    assert worker.memory_over() == 0
    worker.future, worker.reserved = Task(), 0
    assert worker.memory_over() == 0
