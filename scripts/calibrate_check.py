"""Print the table of docs/check.md on what `workshop check` notices: `python scripts/calibrate_check.py`.

Each recorded run of a unit is taken as a reader's, against all others: how many are called wrong, and how
many of their numbers are beyond all others? Then numbers of recorded runs are spoiled: how many are noticed?
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import typer

from workshop.checking.checks import book
from workshop.checking.judging import LEVEL, TypedNumber, each_p
from workshop.checking.notebook.values import Shown
from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns
from workshop.paths import joined
from workshop.statistics.own_number import Known, State, place_number
from workshop.statistics.placement import prediction_bounds
from workshop.statistics.scales import Numbers, Scale

RUNS_SPOILED = 8  # of each unit, at even distances

Spoil = Callable[["Part", float, int, "Unit"], "float | None"]


@dataclass(frozen=True)
class Part:
    """A number of a claim with recorded runs; `together` are placed with it."""

    claim: Claim
    name: str
    values: Numbers
    scale: Scale
    known: Known
    together: int

    @property
    def id(self) -> str:
        """Its claim's id and its name."""
        return joined(self.claim.id, self.name)

    def left_out(self, run: int) -> State:
        """Return the state of a recorded run's number as a reader's, against all others."""
        others = np.delete(self.values, run)
        runs = tuple(float(v) if math.isfinite(v) else None for v in others)
        known = replace(self.known, printed=None, runs=runs, bounds=None)
        typed = written(self.values[run])
        placed = place_number(typed, known)
        if placed.answer != "beyond all runs":
            return placed.state
        bounds = prediction_bounds(others, self.scale, self.together)
        return place_number(typed, replace(known, bounds=bounds)).state


Unit = Mapping[str, Part]


def written(value: float) -> str:
    """Write a number as a notebook shows it."""
    return f"{value:.4g}"


def units() -> dict[str, Unit]:
    """Return the numbers of each unit that has recorded runs, by their ids."""
    found: dict[str, dict[str, Part]] = {}
    for claim in book().ledger.claims.values():
        numbers = (
            {} if claim.ours else {n: its for n, its in book().of(claim).numbers.items() if its.known.runs}
        )
        names = claim.rule.placed(claim.documented) if isinstance(claim.rule, PrintedAmongRuns) else numbers
        for name in names:
            if name in numbers:
                known = numbers[name].known
                values = np.array([math.inf if run is None else run for run in known.runs or ()])
                part = Part(claim, name, values, claim.scale_of(name), known, len(names))
                found.setdefault(claim.unit, {})[part.id] = part
    return {unit: parts for unit, parts in found.items() if parts}


@dataclass(frozen=True)
class Honest:
    """The recorded runs of a unit as readers': how many have a ✘, and the share of numbers that have a ?."""

    runs: int
    numbers: int
    wrong: int
    beyond: float


def honest(unit: Unit, every: int = 1) -> Honest:
    """Take each run of a unit as a reader's, or one in `every`."""
    parts = list(unit.values())
    runs = min(len(part.values) for part in parts)
    states = [[part.left_out(run) for part in parts] for run in range(0, runs, every)]
    numbers = [
        TypedNumber(p.id, p.name, Shown(written(p.values[0])), p.values[1:runs], p.scale) for p in parts
    ]
    together = each_p(numbers)
    together = np.concatenate([together[-1:], together[:-1]])[::every] <= LEVEL  # the first run stood last
    wrong = sum("✘" in row or bool(p) for row, p in zip(states, together, strict=True))
    return Honest(len(states), len(parts), wrong, float(np.mean([[s == "?" for s in row] for row in states])))


def _guess(part: Part, _: float, __: int, ___: Unit) -> float | None:
    return None if part.known.guess is None else sum(part.known.guess) / 2


def _percent(part: Part, value: float, _: int, __: Unit) -> float | None:
    return 100 * value if part.known.legal == "share" and not part.known.percent else None


def _partner(part: Part, run: int, unit: Unit, *swaps: tuple[str, str]) -> float | None:
    """Return the run's number of the part whose id has other words, None if there is no such part."""
    for old, new in swaps:
        other = unit.get(re.sub(old, new, part.id, count=1))
        if other is not None and other.id != part.id:
            return float(other.values[run])
    return None


def _swapped(part: Part, _: float, run: int, unit: Unit) -> float | None:
    kinds = {"log": (("loss", "accuracy"), ("loss", "acc"), (r"\[0\]$", "[1]"))}
    back = (("accuracy", "loss"), ("acc", "loss"), (r"\[1\]$", "[0]"))
    swaps = kinds.get(str(part.scale), back if str(part.scale) == "logit" else ())
    return _partner(part, run, unit, *swaps)


def _train(part: Part, _: float, run: int, unit: Unit) -> float | None:
    return _partner(part, run, unit, ("val_", ""), ("test_", "train_"))


SPOILED: Mapping[str, Spoil] = {
    "guess": _guess,
    "× 10": lambda _, value, *__: 10 * value,
    "× 1000 + 7": lambda _, value, *__: 1000 * value + 7,
    "percent for share": _percent,
    "loss for accuracy, and back": _swapped,
    "training for test": _train,
}


def spoiled(unit: Unit) -> Iterator[tuple[str, Part, float, State]]:
    """Yield the kind, the part, the number and the state of each spoiled number of some runs."""
    runs = min(len(part.values) for part in unit.values())
    for run in np.linspace(0, runs - 1, RUNS_SPOILED).astype(int):
        for part in unit.values():
            for kind, spoil in SPOILED.items():
                value = spoil(part, float(part.values[run]), int(run), unit)
                if value is not None and math.isfinite(value) and value != part.values[run]:
                    yield kind, part, value, place_number(written(value), part.known).state


def noticed(unit: Unit) -> dict[str, float | None]:
    """Return the share of spoiled numbers that are ✘ or ?, by kind; None where a unit has none."""
    states: dict[str, list[State]] = {kind: [] for kind in SPOILED}
    for kind, _, _, state in spoiled(unit):
        states[kind].append(state)
    return {
        kind: sum(state in {"✘", "?"} for state in its) / len(its) if its else None
        for kind, its in states.items()
    }


def table() -> str:
    """Return the table of all units."""
    head = ["unit", "runs", "numbers", "honest ✘", "honest ?", "2 / n", *SPOILED]
    rows: list[Sequence[str]] = [head, ["---"] * len(head)]
    totals = [0, 0]
    for name, unit in units().items():
        found = honest(unit)
        totals = [totals[0] + found.wrong, totals[1] + found.runs]
        shares = [_share(share) for share in noticed(unit).values()]
        rows.append(
            [name, str(found.runs), str(found.numbers), str(found.wrong), _share(found.beyond),
             _share(2 / found.runs), *shares]
        )  # fmt: skip
    rows.append(["all", str(totals[1]), "", str(totals[0]), *[""] * (len(head) - 4)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _share(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"


if __name__ == "__main__":
    typer.echo(table())
