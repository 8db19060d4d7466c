"""Jobs in this process or in others: the same outcomes, what is needed first, else the longest first."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from workshop.execution import scheduler
from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue
from workshop.execution.planner import installed
from workshop.execution.run_state import Progress
from workshop.execution.scheduler import Runner
from workshop.execution.seeds import seeds
from workshop.execution.store import Store

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
def test_processes_give_the_same_records_as_one(bench, stored: bool) -> None:
    """Outcomes, failures and what rests on them are the same, each computed once."""
    graph(bench)
    here = facts(bench.verify(store=None))
    computed = sorted(bench.tally())
    bench.tallies.unlink()
    there = facts(bench.verify(store=bench.store if stored else None, processes=2, threads=1))
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


def test_the_longest_runs_first_and_what_is_needed_before_what_needs_it(bench) -> None:
    """The order follows the seconds that parts took last time."""
    bench.units(THREE)
    bench.claims(*({"id": f"ch09.ex0{i}.a"} for i in (1, 2, 3)))
    Store(bench.store).write_timings(TIMINGS)
    bench.verify(store=bench.store)
    assert bench.tally() == ["long_one", "needed", "middling", "short_one"]


def test_what_is_in_the_store_is_taken_from_it(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last job, too, and by a run that keeps nothing; what is blocked is left out."""
    bench.units(THREE)
    bench.claims({"id": "ch09.ex01.a"})
    planner = bench.engine()._planner(bench.ledger.claims.values())
    jobs = [planner.job(*parts, 0, "default") for parts in bench.catalogue.parts.values()]
    runner, made, again = Runner(), dict[str, Made](), dict[str, Made]()
    assert (runner.workers().count, runner.environment.threads, os.environ["WORKSHOP_THREADS"]) == (1, 1, "1")
    runner.execute(jobs, {}, bench.store, keeps=False)
    assert not list(bench.store.glob("*/*.outcome"))
    runner.execute(jobs, made, bench.store)
    monkeypatch.setattr(scheduler, "run_calls", None)
    runner.execute(jobs, again, bench.store, keeps=False)
    assert again == {key: replace(each, stored=True) for key, each in made.items()}
    assert {each.stored for each in made.values()} == {False}
    runner.execute([replace(jobs[0], blocked="its data are missing")], none := dict[str, Made](), None)
    assert (none, len(bench.tally())) == ({}, 8)


def test_where_functions_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the cluster if there is one, else in the other interpreter, which answers within the time limit."""
    cluster, python = Mock(), Mock(limit=60.0)
    monkeypatch.setenv("WORKSHOP_THREADS", "1")
    monkeypatch.setattr(scheduler, "other_python", {Path("python"): python}.__getitem__)
    runner = Runner(cluster=cluster, python=Path("python"))
    assert runner.workers() is cluster
    assert runner.environment is cluster.environment.return_value
    cluster.environment.assert_called_once_with(1)
    assert runner.planner_of(Catalogue({}), {}).installed is cluster.installed
    for timeout, limit in ((90.0, 60.0), (5.0, 5.0), (None, 5.0)):
        runner = Runner(python=Path("python"), timeout=timeout)
        assert runner.planner_of(Catalogue({}), {}).installed is python.installed
        assert (python.limit, runner.workers().limit) == (limit, timeout)
    assert Runner().planner_of(Catalogue({}), {}).installed is installed


def test_progress_grows_to_the_end_and_knows_the_time_left(bench) -> None:
    """The share of estimated seconds never goes down; the time left is that of last time's seconds."""
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


def test_what_libraries_write_is_shown_for_a_failure_alone(bench, caplog: pytest.LogCaptureFixture) -> None:
    """Standard error of worker processes is not that of the terminal; the lines of a failure are logged."""
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


def test_measured_times_are_stored_as_any_outcome(bench) -> None:
    """A second run measures nothing again; one without the store does."""
    bench.units(CLOCK)
    bench.claims(*({"id": f"ch09.ex0{i}.a{i}", "measure": "a", "rule": LOW} for i in (1, 2, 3)))
    bench.verify(store=bench.store)
    records = bench.verify(store=bench.store)
    assert {r.verdict for r in records.values()} == {"reproduced"}
    assert sorted(bench.tally()) == ["rests", "timed", "untimed"]
    bench.verify()
    assert sorted(bench.tally()) == ["rests", "rests", "timed", "timed", "untimed", "untimed"]


def test_a_time_that_disagrees_can_be_measured_again(bench) -> None:
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
def test_an_outcome_does_not_depend_on_the_order_of_claims(bench, order) -> None:
    """Records come in the order asked, and say the same in any."""
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


def test_missing_seeds_are_computed_in_one_call(bench) -> None:
    """A function of `seeds` is called once for missing outcomes, and each seed keeps its own outcome."""
    bench.units(MANY)
    bench.seed_count = 3
    bench.claims({"id": "ch01.ex01.value", "rule": RULE})

    first = bench.verify(store=bench.store)["value"]
    second = bench.verify(store=bench.store, seed_count=5)["value"]

    assert bench.tally() == ["3", "2"]
    assert second.seeds[:3] == first.seeds
    assert len(set(second.seeds)) == 5


def test_a_function_of_many_seeds_that_forgets_one_fails(bench) -> None:
    """As many outcomes as seeds must come back."""
    bench.units(MANY.replace("for seed in seeds)", "for seed in seeds[1:])"))
    bench.seed_count = 3
    bench.claims({"id": "ch01.ex01.value", "rule": RULE})

    record = bench.verify()["value"]

    assert (record.verdict, record.reason) == (
        "failed",
        "ch01.ex01:many returned no tuple of 3 outcomes for as many seeds",
    )
