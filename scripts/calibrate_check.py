"""Print the table of docs/how_we_know.md on what `workshop check` says: `python scripts/calibrate_check.py`.

Each recorded run of a unit is taken as a reader's, against all others: how many have which mark? Then numbers
of recorded runs are replaced by nonsense: how many of these are ✔?
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import typer

from workshop.checking.checks import book
from workshop.checking.judging import (
    TypedNumber,
    each_p,
    exercise_state,
    left_out,
    left_out_of_joint,
    together_state,
)
from workshop.checking.notebook.values import Shown
from workshop.ledger.rules import PrintedAmongRuns
from workshop.paths import joined
from workshop.statistics.own_number import State, place_number
from workshop.statistics.scales import Numbers
from workshop.wording.places import label

RUNS_SPOILED = 8  # of each unit, at even distances


Unit = Mapping[str, TypedNumber]


def written(value: float) -> str:
    """Write a number as a notebook shows it."""
    return f"{value:.4g}"


def units() -> Mapping[str, Unit]:
    """Return the numbers of each unit that has recorded runs, by their ids; the first run is a reader's."""
    found: dict[str, dict[str, TypedNumber]] = {}
    for claim in book().ledger.claims.values():
        against = book().of(claim)
        numbers = {} if claim.ours else {n: its for n, its in against.numbers.items() if its.runs}
        names = claim.rule.placed(claim.documented) if isinstance(claim.rule, PrintedAmongRuns) else numbers
        for name in names:
            if name in numbers:
                number = against.typed(name, Shown("0"))
                number = replace(number, mine=Shown(written(number.runs[0])))
                found.setdefault(claim.unit, {})[joined(claim.id, name)] = number
    return found


def honest(unit: Unit, every: int = 1) -> list[State]:
    """Return the mark of each run of a unit as a reader's, or of one in `every`."""
    numbers = list(unit.values())
    runs = min(len(number.runs) for number in numbers)
    together: dict[tuple[int, ...], Numbers] = {}
    marks = []
    for run in range(0, runs, every):
        placed = [left_out(number, number.runs, run) for number in numbers]
        kept = tuple(i for i, its in enumerate(placed) if not left_out_of_joint(its))
        if kept and kept not in together:
            its = [(numbers[i], numbers[i].known) for i in kept]
            others = [
                replace(one, known=replace(known, runs=(known.runs or ())[1:runs])) for one, known in its
            ]
            together[kept] = np.roll(each_p(others, alone=True), 1)  # the first run stood last
        p = float(together[kept][run]) if kept else None
        marks.append(exercise_state((its.state for its in placed), together_state(p)))
    return marks


NONSENSE: Mapping[str, Callable[[TypedNumber, float], float | None]] = {
    "× 1000 + 7": lambda _, value: 1000 * value + 7,
    "× 10": lambda _, value: 10 * value,
    "sign": lambda _, value: -value,
    "0": lambda *_: 0.0,
    "87": lambda *_: 87.0,
    "0.5": lambda *_: 0.5,
    "percent": lambda number, value: (
        100 * value if number.known.legal == "share" and not number.known.percent else None
    ),
}


def spoiled(unit: Unit) -> Iterator[tuple[str, TypedNumber, float, State]]:
    """Yield the kind, the number, its value and the state of each nonsense in place of a run's number."""
    runs = min(len(number.runs) for number in unit.values())
    for run in np.linspace(0, runs - 1, RUNS_SPOILED).astype(int):
        for number in unit.values():
            for kind, spoil in NONSENSE.items():
                value = spoil(number, float(number.runs[run]))
                if value is not None and math.isfinite(value) and written(value) != written(number.runs[run]):
                    yield kind, number, value, place_number(written(value), number.known).state


def ticked(unit: Unit) -> dict[str, float | None]:
    """Return the share of nonsense that is ✔ or ≠, by kind; None where a unit has none."""
    states: dict[str, list[State]] = {kind: [] for kind in NONSENSE}
    for kind, _, _, state in spoiled(unit):
        states[kind].append(state)
    return {
        kind: sum(state in {"✔", "≠"} for state in its) / len(its) if its else None
        for kind, its in states.items()
    }


def table() -> str:
    """Return the table of all units."""
    head = ["", "runs", "numbers", "✔", "?", "✘", *NONSENSE]
    rows: list[Sequence[str]] = [head, ["---"] * len(head)]
    for name, unit in units().items():
        marks = Counter(honest(unit))
        n = marks.total()
        counts = [str(n), str(len(unit)), *(_share(marks[mark] / n) for mark in ("✔", "?", "✘"))]
        rows.append([label(name, book().ledger), *counts, *map(_share, ticked(unit).values())])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _share(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"


if __name__ == "__main__":
    typer.echo(table())
