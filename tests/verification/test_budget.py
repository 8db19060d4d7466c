"""Recording within a budget: the fewest runs first, planned sizes alone, and no verdict plays a part."""

from __future__ import annotations

import numpy as np
import pytest

from tests.toy_units import LOSS, setup
from workshop.errors import UsageError
from workshop.execution.environment import this_environment
from workshop.samples.model import ReferenceSample, Run
from workshop.samples.recording import NotRecorded
from workshop.statistics.sizes import SIZES
from workshop.verification import budget
from workshop.verification.budget import (
    Block,
    Bought,
    choose,
    next_block,
    parse_budget,
    record_within,
    seconds_of,
)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("2h", 7200)])
def test_a_budget_is_a_time(text: str, seconds: int) -> None:
    """In seconds, minutes or hours."""
    assert parse_budget(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "0m", "m", "1d", "-5m", "1.5h"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With an example of one."""
    with pytest.raises(UsageError, match="write it like 30m or 2h"):
        parse_budget(text)


def sample(unit: str, runs: int, seconds: float = 1.0, values: float = 0.0) -> ReferenceSample:
    """Return so many recorded runs of a unit."""
    rng = np.random.default_rng(0)
    made = tuple(Run(i, 0, "2026-01-01", seconds, "", (values + float(rng.normal()),)) for i in range(runs))
    return ReferenceSample(unit, ({},), (), ("loss",), made)


def test_the_next_block_ends_at_a_planned_size() -> None:
    """From any number of runs; the largest size, smaller for slower units, has none after it."""
    found = {runs: next_block(sample("u", runs, 2.0)) for runs in (5, 7, 64, 127, 128, 512)}
    assert {runs: block and (block.size, block.work) for runs, block in found.items()} == {
        5: (10, 10.0), 7: (10, 6.0), 64: (128, 128.0), 127: (128, 2.0), 128: (256, 256.0), 512: None,
    }  # fmt: skip
    assert next_block(sample("u", 128, 2.1)) is None


def test_the_least_certain_block_that_fits_comes_first() -> None:
    """Of equally certain ones the quickest; seeds share cores, but no seed is shared."""
    few, more, slow = Block("few", 7, 10, 300.0), Block("more", 20, 30, 10.0), Block("slow", 5, 10, 400.0)
    assert choose([more, slow, few], 1000, 1) == few
    assert choose([more, slow, few], 299, 1) == more
    assert choose([more, slow, few], 101, 3) == few
    assert choose([more, slow, few], 9, 1) is None
    assert (seconds_of(slow, 2), seconds_of(slow, 64)) == (240.0, 80.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time in a list of one, which recording moves on."""
    now = [0.0]
    monkeypatch.setattr(budget.time, "monotonic", lambda: now[0])
    return now


def spend(
    clock, monkeypatch, samples, seconds: float, ledger, value: float
) -> tuple[list[Bought], list[Block], list[str]]:
    """Record made-up samples within a budget; return what was bought, what is left and what was refused."""
    monkeypatch.setattr(budget, "reference_sample", lambda unit, _: samples[unit])
    bought: list[Bought] = []
    refused: list[str] = []
    known = dict(samples)

    def record(unit: str, size: int) -> ReferenceSample:
        if unit == "ch09.ex03":
            raise NotRecorded("it is refused")
        before = known[unit]
        clock[0] += (size - len(before.runs)) * before.seconds
        known[unit] = sample(unit, size, before.seconds, value)
        return known[unit]

    left = record_within(
        ledger, list(samples), seconds, {}, 1, record, bought=bought.append, refused=refused.append
    )
    return bought, left, refused


@pytest.mark.parametrize("value", [0.0, 1e6])
def test_what_is_recorded_does_not_depend_on_verdicts(bench, clock, monkeypatch, value: float) -> None:
    """Values that decide a claim at once, and such that never do, get the same blocks in the same order."""
    ledger = bench.claims(LOSS)
    samples = {
        "ch09.ex01": sample("ch09.ex01", 5, 1.0, value),
        "ch09.ex02": sample("ch09.ex02", 20, 1.0),
        "ch09.ex03": sample("ch09.ex03", 5, 0.1),
        "ch09.ex04": None,
    }
    bought, left, refused = spend(clock, monkeypatch, samples, 60.0, ledger, value)
    assert [(each.block.unit, each.block.size, each.seconds) for each in bought] == [
        ("ch09.ex01", 10, 5.0),
        ("ch09.ex01", 20, 10.0),
        ("ch09.ex01", 30, 10.0),
        ("ch09.ex02", 30, 10.0),
    ]
    assert {each.block.size for each in bought} <= {*SIZES}
    assert [block.unit for block in left] == ["ch09.ex01", "ch09.ex02"]
    assert refused == [
        "ch09.ex04: nothing is recorded, so its cost is unknown: workshop record ch09.ex04 --seeds 5",
        "it is refused",
    ]


def test_what_a_block_bought_is_counted(bench, clock, monkeypatch) -> None:
    """A printed value far away is excluded from 64 runs on, and not before."""
    ledger = bench.claims({**LOSS, "documented": 1000.0})
    samples = {"ch09.ex01": sample("ch09.ex01", 20, 1.0, 10.0)}
    bought, _, _ = spend(clock, monkeypatch, samples, 50.0, ledger, 10.0)
    assert [(each.block.size, each.decided_before, each.decided, each.statements) for each in bought] == [
        (30, 0, 0, 1),
        (64, 0, 1, 1),
    ]


def test_runs_that_could_not_stay_are_refused(bench, references) -> None:
    """A record within a budget only adds; of other code it is made anew on purpose."""
    setup(bench, references, count=5)
    sample_before = references.find("ch09.ex01", this_environment().facts())
    with pytest.raises(NotRecorded, match="record it anew without --budget"):
        references.record(10, keep=True)
    assert references.find("ch09.ex01", this_environment().facts()) == sample_before
