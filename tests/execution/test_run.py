"""Jobs in this process or in others: the same outcomes, what is needed first, else the longest first."""

import itertools
import os
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.execution import pool as pools
from workshop.execution.calling import Made
from workshop.execution.pool import MOST, Answer, Failed
from workshop.execution.run import Progress, Runner, RunState, Usage, _pieces, _processes, calls_of
from workshop.execution.seeds import seeds
from workshop.execution.store import Store, usual_numbers

GRAPH = """
@unit("ch09.ex01", value="a")
def first(seed) -> float:
    tally("first")
    return float(np.random.default_rng(seed).random())

@unit("ch09.ex02", value="a")
def second(ch09_ex01) -> float:
    tally("second")
    return ch09_ex01.a * 2

@unit("ch09.ex03", value="a")
def third(ch09_ex01, ch09_ex02, toy_data) -> float:
    tally("third")
    return ch09_ex01.a + ch09_ex02.a + sum(toy_data)

@unit("ch09.ex04", value="a")
def alone() -> float:
    tally("alone")
    raise ValueError("as it must")
"""
RULE = {"at_least": {"bound": 0}}


def graph(bench) -> None:
    """Three units in a chain, one that fails, and data that are missing."""
    bench.units(GRAPH)
    bench.seed_count = 3
    rules = [RULE, RULE, RULE, "equal"]
    bench.claims(*({"id": f"ch09.ex0{i}.a{i}", "measure": "a", "rule": r} for i, r in enumerate(rules, 1)))


def facts(records) -> dict:
    """Return what must not depend on where a unit ran."""
    return {name: (r.verdict, r.measured, r.seeds, r.reason) for name, r in records.items()}


@pytest.mark.parametrize("stored", [True, False])
def test_processes_give_the_same_records_as_one(bench, stored):
    graph(bench)
    here = facts(bench.verify(store=None))
    computed = sorted(bench.tally())
    bench.tallies.unlink()
    there = facts(bench.verify(store=bench.store if stored else None, processes=2))
    assert there == here
    assert sorted(bench.tally()) == computed
    assert {name: fact[0] for name, fact in here.items()} == {
        "a1": "reproduced", "a2": "reproduced", "a3": "unavailable", "a4": "failed",
    }  # fmt: skip


THREE = """
@unit("ch09.ex01", value="a")
def short_one() -> int:
    tally("short_one")
    return 1

@unit("ch09.ex02", value="a")
def long_one() -> int:
    tally("long_one")
    return 1

@unit("ch09.ex03", value="a")
def middling(ch09_ex04) -> int:
    tally("middling")
    return 1

@unit("ch09.ex04", value="a")
def needed() -> int:
    tally("needed")
    return 1
"""
TIMINGS = {
    "ch09.ex01:short_one": 1.0,
    "ch09.ex02:long_one": 9.0,
    "ch09.ex03:middling": 20.0,
    "ch09.ex04:needed": 2.0,
}


def test_the_longest_runs_first_and_what_is_needed_before_what_needs_it(bench):
    bench.units(THREE)
    bench.claims(*({"id": f"ch09.ex0{i}.a"} for i in (1, 2, 3)))
    Store(bench.store).write_timings(TIMINGS)
    bench.verify(store=bench.store)
    assert bench.tally() == ["long_one", "needed", "middling", "short_one"]


def test_what_is_in_the_store_is_taken_from_it(bench, monkeypatch):
    bench.units(THREE)
    bench.claims({"id": "ch09.ex01.a"})
    planner = bench.engine()._planner(bench.ledger.claims.values())
    jobs = [planner.job(*parts, 0, "default") for parts in bench.catalogue.parts.values()]
    runner, made, again = Runner(), dict[str, Made](), dict[str, Made]()
    assert (runner.workers().cores, runner.environment.threads, os.environ["WORKSHOP_THREADS"]) == (1, 1, "1")
    runner.execute(jobs, {}, bench.store, keeps=False)
    assert not list(bench.store.glob("*/*.outcome"))
    runner.execute(jobs, made, bench.store)
    monkeypatch.setattr(pools, "run_calls", None)
    runner.execute(jobs, again, bench.store, keeps=False)
    assert again == {key: replace(each, stored=True) for key, each in made.items()}
    assert {each.stored for each in made.values()} == {False}
    runner.execute([replace(jobs[0], blocked="its data are missing")], none := dict[str, Made](), None)
    assert (none, len(bench.tally())) == ({}, 8)


def test_progress_grows_to_the_end_and_knows_the_time_left(bench):
    bench.units(THREE)
    bench.claims(*({"id": f"ch09.ex0{i}.a"} for i in (1, 2, 3)))
    Store(bench.store).write_timings(TIMINGS)
    states: list[Progress] = []
    bench.verify(store=bench.store, listener=states.append)
    now = time.monotonic()
    shares = [state.share(now) for state in states]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert states[0].seconds_left(now) == pytest.approx(32)
    assert [name for name, _, _ in states[1].running] == ["ch09.ex02:long_one"]
    assert states[-1].seconds_left(now) == 0
    assert len(states) == 9


def test_what_libraries_write_is_shown_for_a_failure_alone(bench, caplog):
    bench.units(
        """
@unit("ch09.ex01", value="a")
def noisy() -> int:
    os.write(2, b"nothing to see\\n")
    return 1

@unit("ch09.ex02", value="a")
def fails(seed) -> int:
    if seed == LAST:
        os.write(2, b"the reason\\n")
        raise ValueError("as it must")
    return 1
""".replace("LAST", str(seeds("ch09.ex02", 2)[1]))
    )
    bench.seed_count = 2
    bench.claims({"id": "ch09.ex01.a"}, {"id": "ch09.ex02.a", "rule": RULE})
    bench.verify(processes=2)
    assert [record.getMessage() for record in caplog.records if record.name == "workshop.execution"] == [
        "ch09.ex02:fails failed; the last lines that it wrote:",
        "  the reason",
    ]


CLOCK = """
@unit("ch09.ex01", value="a")
def timed(clock) -> float:
    tally("timed")
    begin = clock()
    return clock() - begin

@unit("ch09.ex02", value="a")
def rests(ch09_ex01) -> float:
    tally("rests")
    return ch09_ex01.a

@unit("ch09.ex03", value="a")
def untimed() -> float:
    tally("untimed")
    return 0.0

@unit("ch09.ex04", value="a")
def untimed_too() -> float:
    tally("untimed_too")
    return 0.0
"""
LOW = {"at_least": {"bound": 0}}


def test_measured_times_are_stored_as_any_outcome(bench):
    bench.units(CLOCK)
    bench.claims(*({"id": f"ch09.ex0{i}.a{i}", "measure": "a", "rule": LOW} for i in (1, 2, 3)))
    bench.verify(store=bench.store)
    records = bench.verify(store=bench.store)
    assert {r.verdict for r in records.values()} == {"reproduced"}
    assert sorted(bench.tally()) == ["rests", "timed", "untimed"]
    bench.verify()
    assert sorted(bench.tally()) == ["rests", "rests", "timed", "timed", "untimed", "untimed"]


def test_a_time_that_disagrees_can_be_measured_again(bench):
    """The reason says how, because a second run finds the same time in the store."""
    bench.units(CLOCK)
    bench.claims(
        {"id": "ch09.ex01.a1", "measure": "a", "rule": {"at_most": {"bound": -1}}},
        {"id": "ch09.ex03.a3", "measure": "a", "rule": {"at_most": {"bound": -1}}},
    )
    records = bench.verify(store=bench.store)
    assert {r.verdict for r in records.values()} == {"failed"}
    again = "workshop verify ch09.ex01 --no-store measures the time again"
    assert records["a1"].reason.endswith(again)
    assert "--no-store" not in records["a3"].reason


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_an_outcome_does_not_depend_on_the_order_of_claims(bench, order):
    graph(bench)
    claims = list(bench.ledger.claims.values())
    asked = [claims[i] for i in order]
    records = bench.engine().verify(asked).claims
    assert [r.id for r in records] == [c.id for c in asked]
    measured = {r.id: r.measured for r in records}
    assert measured == {r.id: r.measured for r in bench.engine().verify(claims[:3]).claims}


MANY = """
from typing import Tuple

@dataclass(frozen=True)
class Out:
    value: int
    beside: int

@unit("ch01.ex01")
def many(seeds) -> Tuple[Out, ...]:
    tally(len(seeds))
    return tuple(Out(seed % 97, len(seeds)) for seed in seeds)
"""


def test_missing_seeds_are_computed_in_one_call(bench):
    bench.units(MANY)
    bench.seed_count = 3
    bench.claims({"id": "ch01.ex01.value", "rule": RULE})

    first = bench.verify(store=bench.store)["value"]
    second = bench.verify(store=bench.store, seed_count=5)["value"]

    assert bench.tally() == ["3", "2"]
    assert second.seeds[:3] == first.seeds
    assert len(set(second.seeds)) == 5


def job(key: str, *needs: Any, clock: bool = False, batched: bool = False) -> Any:
    """Return a job of the group before its `#`, that needs other jobs."""
    part = SimpleNamespace(
        needs={"clock"} if clock else set(), batched=batched, module="m", name="f", uses=["tensorflow"]
    )
    made = SimpleNamespace(
        key=key, group=key.partition("#")[0], upstream={"unit": needs}, part=part, fingerprint=f"f{key}",
        seed=len(key), settings={"size": 3}, data={}, first_steps=True,
    )  # fmt: skip
    made.with_upstream = (made, *(each for one in needs for each in one.with_upstream))
    return made


A, B, C = job("a"), job("b#1"), job("c", clock=True)
D = job("d", A, job("stored"))
GROUPS = {"a": [A], "b": [B, job("b#2")], "c": [C], "d": [D]}
TIMED = {"a": 2.0, "b": 3.0, "d": 9.0, "other": 100.0}


def state(**changed: Any) -> RunState:
    """Return the state of a run over the groups."""
    return RunState(**{"groups": GROUPS, "timings": TIMED, "listener": None, **changed})


def test_estimates_are_per_seed():
    assert [state().estimate(name) for name in "abcd"] == [2, 6, 3, 9]
    assert state(timings={"other": 8.0}).estimate("b") == 16
    assert state(timings={}).estimate("b") == 2


def test_the_longest_that_has_all_it_needs_starts():
    run = state()
    assert run.needs == {"a": set(), "b": set(), "c": set(), "d": {"a"}}
    assert run.startable(0, 1) == ["b"]
    assert run.startable(0, 5) == ["b", "a"]
    assert run.startable(4, 5) == ["b"]
    assert run.startable(5, 5) == []
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


def test_of_two_that_run_alone_the_longest_starts():
    run = state(groups={"c": [C], "e": [job("e", clock=True)]}, timings={"c": 1.0, "e": 2.0})
    assert run.startable(0, 5) == ["e"]
    run.start("e")
    run.finish("e")
    assert run.startable(0, 5) == ["c"]


def test_a_listener_gets_each_state():
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
def test_how_far_a_run_is(running, share, left):
    progress = Progress(10.0, 30.0, running, 2)
    assert progress.share(104.0) == pytest.approx(share)
    assert progress.seconds_left(104.0) == pytest.approx(left)
    assert (Progress(0.0, 0.0, (), 2).share(104.0), Progress(0.0, 0.0, (), 2).seconds_left(104.0)) == (1, 0)


def test_the_longest_chain():
    run = state()
    assert run.longest_chain() == ("", 0)
    run.seconds = {"a": 5.0, "b": 6.0, "d": 3.0}
    assert run.longest_chain() == ("d", 8)
    run.seconds = {"d": 3.0, "b": 2.0}  # what it needs was lost
    assert run.longest_chain() == ("d", 3)


class Pool:
    """Ends each task at once with what a test wants."""

    cores, limit, peak = 2, 7.5, 0

    def __init__(self, *ends: Any) -> None:
        self.ends, self.sent = list(ends), list[Any]()

    def submit(self, task: Any) -> Future[Any]:
        self.sent.append(task)
        end, future = self.ends.pop(0), Future[Any]()
        if isinstance(end, Exception):
            future.set_exception(end)
        else:
            future.set_result(Answer(end, None, "a\nb", 10, 4.0))
        return future


def sent(pool: Any, groups: Any, store: Path | None = None, **options: Any) -> tuple[list[Any], Runner]:
    """Run groups in a pool, and return outcomes or failures in order, and the runner."""
    made: dict[str, Made] = {}
    runner = Runner(**options)
    runner._run_in(pool, RunState(groups, {}, None), made, store)
    return [each.failure or each.outcome for each in made.values()], runner


def test_what_becomes_of_a_task(caplog, tmp_path):
    good, bad = [Made(1, 3.0), Made(2, 3.0, stored=True)], Made(None, 1.0, failure="b#1 raised")
    pool = Pool(good)
    assert sent(pool, {"b": GROUPS["b"]}, tmp_path, python=Path("python"))[0] == [1, 2]
    (task,) = pool.sent
    assert (task.name, len(task.calls), task.store, task.python) == ("b", 2, tmp_path, Path("python"))
    assert (task.peak, task.computes, pool.peak) == (0, True, 10)
    assert Store(tmp_path).read_peaks() == {"b": 10}
    assert caplog.messages == []
    assert sent(Pool([bad, good[1]]), {"b": GROUPS["b"]})[0] == ["b#1 raised", 2]
    assert caplog.messages == ["b failed; the last lines that it wrote:", "  a", "  b"]
    caplog.clear()
    pool = Pool(Failed("was lost", "x"))
    assert sent(pool, {"b": GROUPS["b"]}, tmp_path)[0] == ["b#1: was lost", "b#2: was lost"]
    assert caplog.messages == ["b failed; the last lines that it wrote:", "  x"]
    assert (pool.sent[0].peak, Store(tmp_path).read_peaks()) == (10, {"b": 10})


def test_what_parts_used_elsewhere_counts():
    name, peak = max(usual_numbers("peaks").items(), key=lambda item: item[1])
    pool = Pool([Made(1, 3.0)])
    sent(pool, {name: [job(name)]})
    assert (pool.sent[0].peak, peak > MOST) == (peak, True)


def test_an_error_of_the_engine_ends_the_run():
    with pytest.raises(RuntimeError, match="ours"):
        sent(Pool(RuntimeError("ours")), {"a": [A]})


def test_how_workers_were_used():
    usage = Usage(cores=0, wall=1.0, busy=1.0, computing=0.5, longest=5.0)
    sent(Pool([Made(1, 3.0)], [Made(2, 9.0, stored=True)]), {"a": [A], "d": [job("d", A)]}, usage=usage)
    assert (usage.cores, usage.busy, usage.computing, usage.longest, usage.last) == (1, 9, 3.5, 8, "d")
    assert 1.0 <= usage.wall < 60.0
    assert usage.lost == 5.5
    usage.wall, usage.cores = 6.0, 3
    assert usage.busy_share == 0.5
    assert [Usage(busy=1.0, cores=1).busy_share, Usage(busy=1.0, wall=1.0).busy_share] == [0, 0]
    assert Usage(computing=1.0).lost == 0
    sent(Pool(Failed("no node")), {"a": [A]}, usage=(nothing := Usage()))
    assert (nothing.busy, nothing.computing, nothing.longest, nothing.last) == (0, 0, 0, "")


@pytest.mark.parametrize(
    ("timings", "seconds", "limit", "processes"),
    [
        ("abc", 3.0, None, 0), ("ab", 3.0, None, 3), ("abc", 3.0, 60.0, 1), ("ab", 3.0, 60.0, 3),
        ("abc", 4.0, None, 2), ("abc", 9.0, None, 3), ("abc", 900.0, None, 3), ("abc", 10 / 3, None, 2),
    ],
)  # fmt: skip
def test_what_is_known_to_be_short_gets_no_process(timings, seconds, limit, processes):
    run = SimpleNamespace(groups=[*"abc"], timings=timings, group=str, estimate=lambda _: seconds)
    pool = SimpleNamespace(cores=4, limit=limit)
    assert _processes(run, pool) == processes  # type: ignore[arg-type]
    pool.cores = 2
    assert _processes(run, pool) == min(processes, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("timings", "seconds", "processes"), [("abc", 19.0, 0), ("abc", 21.0, 1), ("a", 61.0, 1), ("", 900.0, 0)]
)
def test_what_is_known_to_be_long_gets_a_process_that_can_be_replaced(timings, seconds, processes):
    run = SimpleNamespace(groups=[*"abc"], timings=timings, group=str, estimate=lambda _: seconds)
    pool = SimpleNamespace(cores=1, limit=None)
    assert _processes(run, pool) == processes  # type: ignore[arg-type]


def test_groups_are_split_for_several_nodes():
    jobs = [job(f"b#{number}") for number in range(5)]
    pieces = _pieces({"b": jobs}, {"b": 9.0})
    assert {name: len(each) for name, each in pieces.items()} == {"b#0 +1": 2, "b#2 +1": 2, "b#4": 1}
    assert len(_pieces({"b": jobs}, {})) == len(_pieces({"b": jobs}, {"b": 1e3})) == 5
    assert list(_pieces({"b": jobs}, {"b": 0.0})) == ["b#0 +4"]


def test_calls_have_all_of_their_jobs():
    made = {"a": Made("A", 1.0), "x": Made(None, 0.0, failure="x")}
    one, two = (job(f"b#{n}", A, batched=True) for n in (1, 2))
    (call,) = calls_of([one, two], made)
    assert (call.module, call.function, call.keys, call.seeds) == ("m", "f", ("b#1", "b#2"), (3, 3))
    assert (call.fingerprints, call.settings, call.first_steps) == (("fb#1", "fb#2"), {"size": 3}, True)
    assert call.outcomes == {"unit": ("A",)}
    assert [each.keys for each in calls_of(GROUPS["b"], made)] == [("b#1",), ("b#2",)]
    assert calls_of([job("c", A, job("x"))], made)[0].outcomes == {}
