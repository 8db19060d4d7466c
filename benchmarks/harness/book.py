"""The book's own calls against ours: whole procedures, of which only some steps are run.

Each side runs a few and many steps in turns with the other. The difference gives the time of a step, and only
that is extrapolated to the whole procedure. What is done once (building, compiling, preparing data) is in the
first call of a side, and counts once. A side that is fast enough runs the whole procedure instead.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.harness.contests import Ratio, take_turns

ROUNDS = 5  # the range of five rounds contains the median with a probability of 0.94
# how many times as fast as the book's own calls ours should be, and in which units or chapters; one goal for
# the book would be that of its products, which both sides compute alike
GOALS: dict[str, tuple[float, tuple[str, ...]]] = {
    "where the book's loop costs most": (10, ("ch02.ex05", "ch07.ex03", "ch07.ex04")),
    "chapter 2": (5, ("ch02",)),
    "chapter 5": (5, ("ch05",)),
    "chapter 6": (1.8, ("ch06",)),
    "where products of matrices cost most": (1.2, ("ch03.act02", "ch07.act01", "ch07.ex05")),
    "where gensim computes both": (1, ("ch04",)),
}
COLUMNS = "{:<24} {:>11} {:>9} {:>11} {:>9} {:>6} {:>8}  {}"


@dataclass(frozen=True)
class Side:
    """How one side computes.

    Parameters
    ----------
    run : runs a number of steps; the first call also builds and loads what all need.
    steps : a few and many, or only the whole number.
    whole : how many steps the book's procedure has.
    """

    run: Callable[[int], object]
    steps: tuple[int, ...]
    whole: int


@dataclass(frozen=True)
class Seconds:
    """Core-seconds of one side.

    `first` : of its first call, with all preparations. `few`, `many` : of later calls, (rounds,) each, where
    `few` is empty for a side that runs the whole procedure.
    """

    steps: tuple[int, ...]
    whole: int
    first: float
    few: np.ndarray
    many: np.ndarray

    @property
    def step(self) -> np.ndarray:
        """Seconds of one step, (rounds,)."""
        if len(self.steps) == 1:
            return self.many / self.whole
        few, many = self.steps
        return (self.many - self.few) / (many - few)

    @property
    def total(self) -> np.ndarray:
        """Seconds of the whole procedure, (rounds,)."""
        again = self.many if len(self.steps) == 1 else self.few
        once = max(0.0, self.first - float(np.median(again)))
        return once + self.many + self.step * (self.whole - self.steps[-1])

    @property
    def share(self) -> float:
        """The share of the procedure's steps that was run."""
        return self.steps[-1] / self.whole


@dataclass(frozen=True)
class Row:
    """A unit's comparison: `unit` is its name in the ledger, with a part of it as in `ch06.act01, texts`.

    `floor` is the core-seconds that the procedure's products take at the machine's rate.
    """

    unit: str
    ours: Seconds
    book: Seconds
    floor: float = 0.0

    @property
    def chapter(self) -> int:
        """The number of the unit's chapter."""
        return int(self.unit[2:4])

    @property
    def ratio(self) -> Ratio:
        """How many times as fast as the book's calls ours are for the whole procedure."""
        return over_rounds(self.book.total / self.ours.total)

    @property
    def of_steps(self) -> Ratio:
        """The same for a step alone, without what is done once."""
        return over_rounds(self.book.step / self.ours.step)


def over_rounds(ratios: np.ndarray) -> Ratio:
    """Return the median of the rounds' ratios (rounds,) and their range."""
    return Ratio(float(np.median(ratios)), float(ratios.min()), float(ratios.max()))


def compare(
    unit: str, ours: Side, book: Side, clock: Callable[[], float] = time.process_time, floor: float = 0.0
) -> Row:
    """Run both sides in turns, after a round that only gives the seconds of their first calls."""
    sides, taken = {"ours": ours, "book": book}, {}
    first: dict[str, float] = {}

    def timed(name: str, steps: int) -> Callable[[], float]:
        def run() -> float:
            start = clock()
            sides[name].run(steps)
            seconds = clock() - start
            first.setdefault(name, seconds)
            return seconds

        return run

    contenders = {f"{name} {n}": timed(name, n) for name, side in sides.items() for n in side.steps}
    times = take_turns(contenders, f"ours {ours.steps[-1]}", fewest=ROUNDS, most=ROUNDS).seconds
    for name, side in sides.items():
        *few, many = (times[f"{name} {steps}"] for steps in side.steps)
        taken[name] = Seconds(side.steps, side.whole, first[name], few[0] if few else np.empty(0), many)
    return Row(unit, taken["ours"], taken["book"], floor)


def summed(rows: Sequence[Row]) -> tuple[float, float, Ratio]:
    """Return the book's and our core-seconds for all rows together, and the ratio."""
    book, ours = (sum(getattr(row, side).total for row in rows) for side in ("book", "ours"))
    return float(np.median(book)), float(np.median(ours)), over_rounds(book / ours)


def chapters(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Return the rows of each chapter in order."""
    ordered = sorted(rows, key=lambda row: row.unit)
    return {number: list(found) for number, found in itertools.groupby(ordered, lambda row: row.chapter)}


def table(rows: Sequence[Row]) -> list[str]:
    """Return the lines of the table by unit, chapter and book."""
    lines = [COLUMNS.format("unit", "book", "run", "ours", "run", "floor", "ratio", "of five rounds")]
    for number, found in chapters(rows).items():
        lines += [
            _line(row.unit, [row], *(_percent(side.share) for side in (row.book, row.ours))) for row in found
        ]
        lines.append(_line(f"chapter {number}", found))
    lines.append(_line("book", rows))
    below = [row.unit for row in rows if row.ratio.high < 1]
    lines += _goals(rows)
    lines.append(f"units below 1: {', '.join(below) or 'none'}")
    lines.append(
        "core-seconds of one thread; run: the share of the steps that was run, all else is extrapolated; "
        "floor: the products at the machine's rate, as a share of ours"
    )
    return lines


def _goals(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a line for each goal; one that is not reached names the unit that costs most."""
    for name, (goal, units) in GOALS.items():
        found = [row for row in rows if row.unit.startswith(units)]
        if not found:
            continue
        ratio = summed(found)[2]
        reached = "reached" if ratio.median >= goal else "missed" if ratio.high < goal else "open"
        most = max(found, key=lambda row: float(np.median(row.ours.total))).unit
        slow = "" if reached == "reached" or len(found) == 1 else f", {most} costs most"
        yield f"goal {goal:g}, {name}: {reached}, {ratio.median:.2f}, floor {_percent(floor_of(found))}{slow}"


def floor_of(rows: Sequence[Row]) -> float:
    """Return the time of the products as a share of our core-seconds for all rows together."""
    return sum(row.floor for row in rows) / summed(rows)[1]


def _line(name: str, rows: Sequence[Row], of_book: str = "", of_ours: str = "") -> str:
    book, ours, ratio = summed(rows)
    return COLUMNS.format(
        name, f"{book:,.1f} s", of_book, f"{ours:,.1f} s", of_ours, _percent(floor_of(rows)),
        f"{ratio.median:.2f}", f"{ratio.low:.2f}–{ratio.high:.2f}",
    )  # fmt: skip


def _percent(share: float) -> str:
    return "all" if share == 1 else f"{share:.2g} %" if (share := 100 * share) < 10 else f"{share:.0f} %"


def entry(row: Row) -> dict[str, Any]:
    """Return what the JSON says of a row."""
    return {
        "unit": row.unit,
        "floor": row.floor,
        "ratio": asdict(row.ratio),
        **{
            name: {
                "core_seconds": float(np.median(side.total)),
                "first_call": side.first,
                "step": float(np.median(side.step)),
                "run": side.steps[-1],
                "whole": side.whole,
            }
            for name, side in (("book", row.book), ("ours", row.ours))
        },
    }


def content(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what the JSON says of all rows: units, chapters and book."""
    parts = {**{f"chapter {n}": found for n, found in chapters(rows).items()}, "book": rows}
    sums = {name: summed(found) for name, found in parts.items()}
    return {
        "units": [entry(row) for found in chapters(rows).values() for row in found],
        "sums": {
            name: {"book": book, "ours": ours, "ratio": asdict(ratio)}
            for name, (book, ours, ratio) in sums.items()
        },
    }
