import json
import re
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.harness.book import ROUNDS, Row, Seconds, Side, compare, content, table
from benchmarks.harness.contests import Ratio

FEW, MANY, WHOLE = 5, 25, 2000
Collect = Callable[[str], pytest.RunResult]


def made_up(step: float, again: float, once: float, *, steps: tuple[int, ...] = (FEW, MANY)) -> Seconds:
    """Return the seconds of a side by those of a step, of each call, and of the first call alone."""
    calls = [np.full(ROUNDS, again + step * count) for count in steps]
    first = once + again + step * steps[0]
    return Seconds(steps, WHOLE, first, calls[0] if len(steps) > 1 else np.empty(0), calls[-1])


def row(unit: str, ours: float, book: float, floor: float = 0.0) -> Row:
    """Return a row of which the whole procedure takes this many seconds on either side."""
    return Row(unit, made_up(ours / WHOLE, 0.0, 0.0), made_up(book / WHOLE, 0.0, 0.0), floor)


@pytest.mark.parametrize(
    ("step", "again", "once"), [(0.01, 0.0, 0.0), (0.01, 0.5, 0.0), (0.01, 0.5, 8.0), (0.0, 0.5, 8.0)]
)
def test_what_is_done_once_is_not_multiplied(step, again, once):
    seconds = made_up(step, again, once)

    assert seconds.total == pytest.approx(np.full(ROUNDS, once + again + WHOLE * step))
    assert seconds.step == pytest.approx(np.full(ROUNDS, step))
    assert seconds.share == MANY / WHOLE


def test_a_whole_procedure_is_not_extrapolated():
    seconds = made_up(0.001, 0.5, 3.0, steps=(WHOLE,))

    assert seconds.total == pytest.approx(np.full(ROUNDS, 5.5))
    assert seconds.share == 1


def test_a_faster_first_call_takes_nothing_away():
    assert made_up(0.01, 0.5, -0.2).total == pytest.approx(np.full(ROUNDS, 0.5 + WHOLE * 0.01))


class Clock:
    """A clock that only moves when a side computes."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def side(clock: Clock, log: list[str], name: str, once: float, step: float, steps: tuple[int, ...]) -> Side:
    """Return a side that takes so long once and for each step, and writes what it did."""

    def run(count: int) -> None:
        first = not any(line.startswith(name) for line in log)
        log.append(f"{name} {count}")
        clock.now += step * count + once * first

    return Side(run, steps, WHOLE)


def test_both_sides_take_turns():
    clock, log = Clock(), []
    found = compare(
        "ch07.ex04",
        side(clock, log, "ours", 6.0, 0.002, (WHOLE,)),
        side(clock, log, "book", 1.0, 0.1, (FEW, MANY)),
        clock,
    )

    assert log[:3] == [f"ours {WHOLE}", f"book {FEW}", f"book {MANY}"]
    assert [log.count(line) for line in log[-3:]] == [1 + ROUNDS] * 3
    assert found.ours.total == pytest.approx(np.full(ROUNDS, 10.0))  # 6 and 2000 × 0.002
    assert found.book.total == pytest.approx(np.full(ROUNDS, 201.0))
    assert found.ratio.median == pytest.approx(20.1)
    assert found.of_steps.median == pytest.approx(50.0)


def test_the_interval_is_the_range_of_the_rounds():
    book = Seconds((WHOLE,), WHOLE, 0.0, np.empty(0), np.array([20.0, 30.0, 22.0, 80.0, 24.0]))
    ours = Seconds((WHOLE,), WHOLE, 0.0, np.empty(0), np.array([2.0, 2.0, 2.0, 8.0, 2.0]))

    assert Row("ch02.ex04", ours, book).ratio == Ratio(11.0, 10.0, 15.0)


ROWS = [
    row("ch07.ex03", 5.0, 1000.0),
    row("ch02.ex04", 80.0, 160.0, 8.0),
    row("ch07.act01", 600.0, 1200.0, 300.0),
    row("ch02.ex05", 2.0, 1.0),
]


def test_chapters_and_book_are_sums_of_seconds():
    found = json.loads(json.dumps(content(ROWS)))

    sums = {name: (one["book"], one["ours"], one["ratio"]["median"]) for name, one in found["sums"].items()}
    assert sums == {
        "chapter 2": pytest.approx((161.0, 82.0, 161 / 82)),
        "chapter 7": pytest.approx((2200.0, 605.0, 2200 / 605)),
        "book": pytest.approx((2361.0, 687.0, 2361 / 687)),
    }
    assert [one["unit"] for one in found["units"]] == ["ch02.ex04", "ch02.ex05", "ch07.act01", "ch07.ex03"]
    assert found["units"][0]["book"] | {"step": 0.08} == pytest.approx(
        {"core_seconds": 160.0, "first_call": 0.4, "step": 0.08, "run": MANY, "whole": WHOLE}
    )


def test_a_unit_is_below_1_if_its_whole_interval_is():
    ours = Seconds((WHOLE,), WHOLE, 0.0, np.empty(0), np.ones(ROUNDS))
    ends = {}
    for fastest in (1.1, 0.99):
        book = Seconds((WHOLE,), WHOLE, 0.0, np.empty(0), np.array([0.8, 0.9, 0.9, 0.9, fastest]))
        ends[fastest] = table([Row("ch04.text12", ours, book)])[-2].split(": ")[-1]

    assert ends == {1.1: "none", 0.99: "ch04.text12"}


def test_the_table_names_what_is_extrapolated_and_what_is_slower():
    lines = table([*ROWS, Row("ch05.ex04", made_up(0, 1.0, 0, steps=(WHOLE,)), made_up(0.01, 0, 0))])

    assert [line.split("  ")[0] for line in lines[1:10]] == [
        *("ch02.ex04", "ch02.ex05", "chapter 2", "ch05.ex04", "chapter 5"),
        *("ch07.act01", "ch07.ex03", "chapter 7", "book"),
    ]
    assert lines[4].split() == [
        "ch05.ex04",
        "20.0",
        "s",
        "1.2",
        "%",
        "1.0",
        "s",
        "all",
        "0",
        "%",
        "20.00",
        "20.00–20.00",
    ]
    assert lines[10:-1] == [
        "goal 10, where the book's loop costs most: reached, 143.00, floor 0 %",
        "goal 5, chapter 2: missed, 1.96, floor 9.8 %, ch02.ex04 costs most",
        "goal 5, chapter 5: reached, 20.00, floor 0 %",
        "goal 1.2, where products of matrices cost most: reached, 2.00, floor 50 %",
        "units below 1: ch02.ex05",
    ]
    assert table(ROWS[:1])[-3:-1] == [
        "goal 10, where the book's loop costs most: reached, 200.00, floor 0 %",
        "units below 1: none",
    ]


@pytest.fixture
def collected(benchmarks, monkeypatch) -> Collect:
    """Return a function that lets pytest collect the procedures for this many threads."""

    def collect(threads: str) -> pytest.RunResult:
        monkeypatch.setenv("WORKSHOP_THREADS", threads)
        return benchmarks("benchmarks/procedures", "--collect-only", "-q", "--book")

    return collect


def test_each_comparison_names_its_unit(collected):
    """So that `-k ch07` chooses those of a chapter."""
    answer = collected("1")

    ids = [line for line in answer.outlines if "::" in line]
    units = [re.search(r"\[.*(ch0\d)\.(?:ex|act|text)\d\d.*\]", line) for line in ids]
    assert all(units), ids
    assert {found.group(1) for found in units if found} == {f"ch0{number}" for number in range(2, 8)}


def test_the_book_is_compared_on_one_thread(collected):
    answer = collected("2")

    assert answer.ret == pytest.ExitCode.USAGE_ERROR
    assert answer.stderr.str().strip().endswith("leave WORKSHOP_THREADS out")
