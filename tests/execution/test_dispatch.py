"""What starts when, and what becomes of a task that has ended, without any process."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.execution.calling import Made
from workshop.execution.dispatch import Dispatcher, Usage, calls_of, show
from workshop.execution.executor import Impossible, Killed, OverMemory, OverTime, Task, Transport
from workshop.execution.process_pool import Workers
from workshop.execution.run_state import Progress, RunState


def job(key: str, *needs: Any, clock: bool = False, batched: bool = False) -> Any:
    """Return a job of the group before its `#`, that needs other jobs."""
    part = SimpleNamespace(needs={"clock"} if clock else set(), batched=batched, module="m", name="f")
    return SimpleNamespace(
        key=key, group=key.partition("#")[0], upstream={"unit": needs}, part=part, fingerprint=f"f{key}",
        seed=len(key), settings={"size": 3}, data={}, first_steps=True,
    )  # fmt: skip


A, B, C = job("a"), job("b#1"), job("c", clock=True)
D = job("d", A, job("stored"))
GROUPS = {"a": [A], "b": [B, job("b#2")], "c": [C], "d": [D]}
TIMINGS = {"a": 2.0, "b": 3.0, "d": 9.0, "other": 100.0}


def state(**changed: Any) -> RunState:
    """Return the state of a run over the groups."""
    return RunState(**{"groups": GROUPS, "timings": TIMINGS, "listener": None, **changed})


def test_estimates_are_per_seed() -> None:
    """What was never timed takes the median of what was, else of all that is known, else a second."""
    assert [state().estimate(name) for name in "abcd"] == [2, 6, 3, 9]
    assert state(timings={"other": 8.0}).estimate("b") == 16
    assert state(timings={}).estimate("b") == 2


def test_the_longest_that_has_all_it_needs_starts() -> None:
    """As many as are free; one with the clock when nothing else runs, and nothing while it does."""
    run = state()
    assert run.needs == {"a": set(), "b": set(), "c": set(), "d": {"a"}}
    assert run.startable(0, 1) == ["b"]
    assert run.startable(0, 5) == ["b", "a"]
    assert run.startable(4, 5) == ["b"]
    assert run.startable(5, 5) == []
    assert run.serial_order() == ["b", "c", "a", "d"]
    run.start("a")
    assert run.startable(1, 5) == ["b"]
    run.start("b")
    assert run.startable(2, 5) == []
    run.finish("a")
    assert run.startable(1, 5) == ["d"]
    run.start("d")
    run.finish("d")
    run.finish("b")
    assert run.startable(0, 5) == ["c"]
    run.start("c")
    assert (run.startable(1, 5), run.finished, run.waiting) == ([], 17, {})
    run = state(groups={"a": [A], "c": [C]})
    run.start("c")
    assert run.startable(1, 5) == []
    run.finish("c")
    assert run.startable(0, 5) == ["a"]


def test_of_two_that_run_alone_the_longest_starts() -> None:
    """The other one waits."""
    run = state(groups={"c": [C], "e": [job("e", clock=True)]}, timings={"c": 1.0, "e": 2.0})
    assert run.startable(0, 5) == ["e"]
    run.start("e")
    run.finish("e")
    assert run.startable(0, 5) == ["c"]


def test_a_listener_gets_each_state() -> None:
    """What is finished, waits and runs, in estimated seconds."""
    states: list[Progress] = []
    run = state(listener=states.append)
    run.report()
    assert (states.pop().processes, run.startable(0, 1)) == (1, ["b"])
    run.processes = 2
    run.start("b")
    run.start("a")
    run.finish("b")
    assert [(each.finished, each.waiting, each.processes) for each in states] == [
        (0, 14, 2),
        (0, 12, 2),
        (6, 12, 2),
    ]
    assert [[each[:2] for each in one.running] for one in states] == [
        [("b", 6)],
        [("b", 6), ("a", 2)],
        [("a", 2)],
    ]
    assert states[1].running[0][2] == states[0].running[0][2]


@pytest.mark.parametrize(
    ("running", "share", "left"),
    [
        ((), 0.25, 15), ((("a", 10.0, 100.0),), 0.28, 18), ((("a", 10.0, 0.0),), 0.396, 15),
        ((("a", 90.0, 100.0),), 14 / 130, 86),
    ],
)  # fmt: skip
def test_how_far_a_run_is(running: Any, share: float, left: float) -> None:
    """What runs counts as far as it has come, at most 98 % of its estimate; processes share the rest."""
    progress = Progress(10.0, 30.0, running, 2)
    assert progress.share(104.0) == pytest.approx(share)
    assert progress.seconds_left(104.0) == pytest.approx(left)
    assert (Progress(0.0, 0.0, (), 2).share(104.0), Progress(0.0, 0.0, (), 2).seconds_left(104.0)) == (1, 0)


def test_seeds_go_on_one_by_one() -> None:
    """They began when their group did, and what needs the group needs each of them."""
    run = state(groups={"b": GROUPS["b"], "e": [job("e", B)], "a": [A]})
    run.start("b")
    run.start("a")
    begun = run.running["b"]
    assert run.split("a") == ["a"]
    assert run.split("b") == ["b#1", "b#2"]
    assert {name: at for name, at in run.running.items() if name != "a"} == {"b#1": begun, "b#2": begun}
    assert run.needs["b#1"] == run.needs["b#2"] == set()
    assert run.needs["e"] >= {"b#1", "b#2"}
    assert [run.group(name) for name in ("b#1", "e")] == ["b", "e"]
    run.finish("b#1")
    assert run.startable(2, 5) == []
    run.finish("b#2")
    assert run.startable(1, 5) == ["e"]


def test_the_longest_chain() -> None:
    """The sum of what needs each other, and its last name."""
    run = state()
    assert run.longest_chain() == ("", 0)
    run.seconds = {"a": 5.0, "b": 6.0, "d": 3.0}
    assert run.longest_chain() == ("d", 8)
    run.seconds = {"d": 3.0, "b": 2.0}  # what it needs was lost
    assert run.longest_chain() == ("d", 3)


class Pool:
    """Ends each task at once with what a test wants."""

    tries, limit = Workers.tries, 7.5

    def __init__(self, *ends: Any, peak: int = 0) -> None:
        self.ends, self.sent = list(ends), list[Any]()
        self.peak = peak

    def submit(self, *_: Any, needs: Any) -> Any:
        self.sent.append(needs)
        end, task = self.ends.pop(0), Task()
        task.peak, task.seconds, task.written = self.peak, 4.0, "a\nb"
        if isinstance(end, Exception):
            task.set_exception(end)
        else:
            task.set_result(end)
        return task

    def wait(self, running: Any) -> Any:
        return list(running)[:1]

    def name_of(self, node: str) -> str:
        return node.upper()


class Sent(Transport):
    """Keeps which nodes a task is not for."""

    def send(self, jobs: Any, calls: Any, avoid: frozenset[str]) -> Any:
        self._workers.avoided = avoid  # type: ignore[attr-defined]
        return super().send(jobs, calls, avoid)


Found = list[tuple[str, list[Any], str]]


def dispatched(pool: Any, groups: Any) -> tuple[Found, Dispatcher]:
    """Run groups, and return what finished: name, outcomes or failures, and what was written."""
    found: Found = []
    made: dict[str, Made] = {}
    run = RunState(groups, {}, None)

    def finish(name: str, outcomes: Sequence[Made], written: str = "") -> None:
        made.update(zip((each.key for each in groups[name]), outcomes, strict=True))
        found.append((name, [each.failure or each.outcome for each in outcomes], written))
        run.finish(name)

    dispatcher = Dispatcher(pool, run, made, Sent(pool, None, None), finish)
    dispatcher.execute()
    return found, dispatcher


ENDS = [
    ([[Made(1, 3.0), Made(2, 3.0, stored=True)]], [1, 2], "a\nb", 10),
    ([None, [Made(1, 3.0), Made(2, 3.0)]], [1, 2], "a\nb", 10),
    ([OverTime()], "was stopped at its time limit of 7.5 s (--timeout)", "a\nb", 10),
    (
        [OverMemory(2_000_000_000, 1_500_000_000)],
        "was stopped: it used 2.0 GB of memory, and 1.5 GB were reserved for it",
        "a\nb",
        4_000_000_000,
    ),
    ([Impossible("no node has 9 GPUs")], "no node has 9 GPUs", "", 10),
    ([Killed(-9), [Made(1, 3.0), Made(2, 3.0)]], [1, 2], "a\nb", 10),
    (
        [Killed(-9, "n1"), Killed(-9, "n2")],
        "its process was killed by signal 9 (SIGKILL), twice; out of memory? on N1 and N2",
        "a\nb",
        10,
    ),
]


@pytest.mark.parametrize(("ends", "found", "written", "peak"), ENDS)
def test_what_becomes_of_a_task(ends: Any, found: Any, written: str, peak: int) -> None:
    """Outcomes, or why there are none; a killed one is sent once more, not to its node."""
    pool = Pool(*ends, peak=10)
    finished, dispatcher = dispatched(pool, {"b": GROUPS["b"]})
    failures = [f"{each.key}: {found}" for each in GROUPS["b"]] if isinstance(found, str) else found
    assert finished == [("b", failures, written)]
    assert dispatcher.peaks == {"b": peak}
    assert pool.avoided == ({"n1"} if "N1" in str(found) else set())  # type: ignore[attr-defined]


def test_what_runs_again_is_not_called_failed(caplog: pytest.LogCaptureFixture) -> None:
    """Its process was killed once, and what it then wrote is shown as that."""
    with caplog.at_level(logging.WARNING):
        dispatched(Pool(Killed(-9), [Made(1, 3.0)]), {"a": [A]})
    assert caplog.messages[0] == "a was killed, and is tried again; the last lines that it wrote:"


def test_an_error_of_the_engine_ends_the_run(caplog: pytest.LogCaptureFixture) -> None:
    """What was written is shown before."""
    with caplog.at_level(logging.WARNING), pytest.raises(RuntimeError, match="ours"):
        dispatched(Pool(RuntimeError("ours")), {"a": [A]})
    assert caplog.messages == ["a failed; the last lines that it wrote:", "  a", "  b"]


def test_how_workers_were_used() -> None:
    """Seconds of tasks, what of them was computing, and the longest chain."""
    groups = {"a": [A], "d": [job("d", A)]}
    _, dispatcher = dispatched(Pool([Made(1, 3.0)], [Made(2, 9.0, stored=True)]), groups)
    dispatcher.run.processes = 3
    usage = Usage(cores=2, wall=1.0, busy=1.0, computing=0.5, longest=5.0)
    dispatcher.report(usage)
    assert (usage.cores, usage.busy, usage.computing, usage.longest, usage.last) == (3, 9, 3.5, 8, "d")
    assert 1.0 <= usage.wall < 60.0
    assert usage.lost == 5.5
    usage.wall = 6.0
    assert usage.busy_share == 0.5
    assert [Usage(busy=1.0, cores=1).busy_share, Usage(busy=1.0, wall=1.0).busy_share] == [0, 0]
    assert Usage(computing=1.0).lost == 0


def test_a_task_that_never_ran_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither time nor memory; nor did one whose process says nothing of it."""
    task = Task()
    task.set_exception(Impossible("no node"))
    monkeypatch.setattr(Sent, "send", lambda *_: task)
    _, dispatcher = dispatched(Pool(), {"a": [A]})
    usage = Usage()
    dispatcher.report(usage)
    assert (dispatcher.peaks, usage.busy, usage.computing, usage.lost) == ({"a": 0}, 0, 0, 0)
    assert (usage.cores, usage.longest, usage.last) == (1, 0, "")
    assert 0 <= usage.wall < 1


def test_only_what_was_written_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Line by line; of nothing but blanks there is nothing to say."""
    show("a", " \n\n")
    assert caplog.messages == []
    show("a", "1\n2")
    assert caplog.messages == ["a failed; the last lines that it wrote:", "  1", "  2"]


def test_calls_have_all_of_their_jobs() -> None:
    """One for all seeds where the function takes them, else one each; outcomes that failed are left out."""
    made = {"a": Made("A", 1.0), "x": Made(None, 0.0, failure="x")}
    one, two = (job(f"b#{n}", A, batched=True) for n in (1, 2))
    (call,) = calls_of([one, two], made)
    assert (call.module, call.function, call.keys, call.seeds) == ("m", "f", ("b#1", "b#2"), (3, 3))
    assert (call.fingerprints, call.settings, call.first_steps) == (("fb#1", "fb#2"), {"size": 3}, True)
    assert call.outcomes == {"unit": ("A",)}
    assert [each.keys for each in calls_of(GROUPS["b"], made)] == [("b#1",), ("b#2",)]
    assert calls_of([job("c", A, job("x"))], made)[0].outcomes == {}
