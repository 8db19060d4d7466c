"""Worker processes: one that dies, or takes too long, costs its own task alone; signals end all of them."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from tests.execution.tasks import fill, speak
from tests.selection import in_full
from workshop.execution import pool as pools
from workshop.execution.caching import run_calls
from workshop.execution.pool import Answer, Failed, Killed, Pool, Task, Workers
from workshop.execution.processes import killed_each_time

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


def test_a_killed_process_costs_its_own_task_alone(bench):
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


def test_a_task_is_stopped_at_its_time_limit(bench):
    bench.units(UNITS)
    bench.claims(*(claim(n, name) for n, name in ((5, "exits"), (6, "late"), (7, "fine"), (8, "sleeps"))))

    records = bench.verify(timeout=5)

    message = "ch09.ex08:sleeps: was stopped at its time limit of 5 s (--timeout)"
    decided = {name: (record.verdict, record.reason) for name, record in records.items()}
    assert decided == {**OWN, "sleeps": ("failed", message)}
    assert bench.tally() == ["sleeps"]


def test_what_cannot_be_sent_fails_its_task_alone():
    with closing(Workers(1)) as workers:
        assert isinstance(workers.call(threading.Lock).raised, TypeError)
        with pytest.raises(Killed) as killed:
            workers.call(os._exit, 3)
        for _ in range(3):
            with pytest.raises(TypeError, match="pickle"):
                workers.call(len, threading.Lock())
        assert (killed.value.code, workers.call(len, "abc").value) == (3, 3)


def test_a_worker_answers_one_task_after_another(until, caplog):
    with closing(Workers(1)) as workers:
        first, again = (workers.call(speak, word) for word in ("one", "two"))
        wrong = workers.call(int, "x")
        os.kill(first.value, signal.SIGKILL)
        until(lambda: not workers._workers[0].process.is_alive())
        last = workers.call(speak, "three")

    assert first.value == again.value != last.value  # the process that died costs no task
    assert [each.written for each in (first, again, last)] == ["one", "two", "three"]
    assert caplog.messages == ["one is said", "two is said", "three is said"]
    assert (wrong.value, type(wrong.raised)) == (None, ValueError)
    assert first.peak > 1e6
    assert first.seconds > 0


def test_a_worker_is_in_the_folder_of_its_command(tmp_path, monkeypatch):
    for folder in (tmp_path / "here", tmp_path / "gone"):
        folder.mkdir()
    before = Path.cwd()
    with closing(Workers(1)) as workers:
        monkeypatch.chdir(tmp_path / "here")
        assert (workers.call(os.getcwd).value, Path.cwd()) == (str(tmp_path / "here"), tmp_path / "here")
    with closing(Workers(1)) as workers:
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        assert workers.call(len, "abc").value == 3
    monkeypatch.chdir(before)


def test_the_peak_of_the_memory_is_that_of_each_task():
    with closing(Workers(1)) as workers:
        small, large, again = (workers.call(fill, size).peak for size in (1, 300, 1))
    assert 300e6 < large < 2e9
    assert max(small, again) < 300e6


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
def test_what_is_said_of_a_killed_process(codes, message):
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
def test_a_signal_ends_a_run_with_one_line(bench, until, to, number, arguments, message):
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


def test_a_worker_that_is_ended_where_nobody_can_catch_it_prints_no_traceback():
    code = (
        "import signal\n"
        "from workshop.execution.pool import _unwind\n"
        "signal.signal(signal.SIGTERM, _unwind)\n"
        "class Removed:\n"
        "    def __del__(self):\n"
        "        signal.raise_signal(signal.SIGTERM)\n"
        "del [Removed()][0]\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


# bytes in use before a task and after it, whether it needs a new process, and in which of two it runs
USED = [
    (1_900_000_000, 1_900_000_000, False, 0, True), (1_900_000_001, 0, False, 1, True),
    (250_000_000, 0, True, 0, True), (250_000_001, 0, True, 1, True), (0, 1_900_000_001, False, 0, False),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "fresh", "runs", "stays"), USED)
def test_how_much_a_worker_may_keep(before, after, fresh, runs, stays, monkeypatch):
    pool = Workers(1)
    made = [
        Mock(
            **{
                "memory.side_effect": [0, before, after][number and 2 :],
                "run.return_value": number,
            }
        )
        for number in range(2)
    ]
    waiting = iter(made)
    monkeypatch.setattr(pools, "_Worker", lambda: next(waiting))
    assert pool.call(len, "a") == 0
    assert pool.call(len, "abc", fresh=fresh) == runs
    made[runs].run.assert_called_with(len, ("abc",), None)
    assert made[0].end.called == (runs == 1 or not stays)
    assert pool._workers == ([made[runs]] if stays else [])
    pool.close()
    assert pool._workers == []


class Ends(Pool):
    """A pool whose tasks end as a test wants."""

    def __init__(self, *ends: Any) -> None:
        super().__init__(1)
        self.ends = list(ends)

    def compute(self, task: Task) -> Answer:
        end = self.ends.pop(0)
        if isinstance(end, Killed | Failed):
            raise end
        value, raised = (None, end) if isinstance(end, Exception) else (end, None)
        return Answer(value, raised, "a\nb", 5, 4.0)


def test_what_becomes_of_a_task(caplog):
    task = Task("ch09.ex01:a", [])
    with closing(Ends([1], Killed(-9, "x"), [2], Killed(-9), Killed(3, "y"), Failed("late", "z"))) as pool:
        assert pool.submit(task).result() == Answer([1], None, "a\nb", 5, 4.0)
        assert caplog.messages == []
        assert pool.submit(task).result().value == [2]
        again = "ch09.ex01:a was killed, and is tried again; the last lines that it wrote:"
        assert caplog.messages == [again, "  x"]
        with pytest.raises(Failed) as lost:
            pool.submit(task).result()
        why = "its process was killed by signal 9 (SIGKILL), then ended with exit code 3; out of memory?"
        assert lost.value.args == (why, "y")
        with pytest.raises(Failed, match="late"):
            pool.submit(task).result()
    caplog.clear()
    with closing(Ends(RuntimeError("ours"))) as pool, pytest.raises(RuntimeError, match="ours"):
        pool.submit(task).result()
    assert caplog.messages == ["ch09.ex01:a failed; the last lines that it wrote:", "  a", "  b"]


def test_a_task_says_what_it_runs(monkeypatch, tmp_path):
    asked = []
    pool = Workers(1)
    monkeypatch.setattr(pool, "call", lambda *words, fresh: asked.append((words, fresh)))
    for peak in (2_500_000_001, 2_500_000_000, 0):
        pool.compute(Task("a", [], tmp_path, Path("python"), peak))
    assert asked == [((run_calls, [], tmp_path, Path("python")), fresh) for fresh in (True, False, False)]


def test_a_pool_that_is_closed_ends_what_runs():
    workers = Workers(2)
    long = [workers._threads.submit(workers.call, time.sleep, 300) for _ in range(3)]
    while len(workers._workers) < 2:
        time.sleep(0.01)
    begun = time.monotonic()
    workers.close()
    assert time.monotonic() - begun < 20
    assert isinstance(long[0].exception(), Killed)
    with pytest.raises(CancelledError):
        long[2].result()
    assert workers._workers == []


def test_a_closed_pool_tries_nothing_again():
    pool = Ends(Killed(-15))
    pool.closed = True
    with pytest.raises(CancelledError):
        pool._try(Task("a", []))


def test_a_worker_killed_at_any_moment_loses_no_other_task(request):
    rng, times = random.Random(0), 20 if in_full(request.config) else 7
    lost = 0
    with closing(Workers(3)) as workers:
        for _ in range(times):
            tasks = [workers._threads.submit(workers.call, fill, 1, rng.random() / 10) for _ in range(3)]
            while len(workers._workers) < 3:
                time.sleep(0.001)
            victim = rng.choice(workers._workers)
            killer = threading.Timer(rng.random() * 0.15, victim.process.kill)
            killer.start()
            errors = [task.exception(60) for task in tasks]
            killer.join()
            assert all(error is None or isinstance(error, Killed) for error in errors)
            assert len([error for error in errors if error is not None]) <= 1
            lost += any(errors)
    assert 0 < lost <= times
