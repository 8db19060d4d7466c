"""Print the table of docs/how_we_know.md on the promises: `python scripts/calibrate_statistics.py`, minutes.

Each recorded run is taken as a printed one, against others as the sample: how often is a true value excluded?
Five recorded runs are taken as fresh ones: how often do they alarm? Statements on shares, means and orders
are decided on runs drawn again from the recorded ones: how often is the answer the opposite?
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import typer

from workshop.book import package_book
from workshop.errors import WorkshopError
from workshop.execution.environment import this_environment
from workshop.ledger import Claim, ledger
from workshop.ledger.rules import (
    MeanOfRuns,
    OrderOverRuns,
    PrintedAmongRuns,
    PrintedRanking,
    SharesOfRuns,
)
from workshop.samples.recorded import FRESH, RecordedRuns, Recordings
from workshop.statistics.hypothesis_tests import EXCLUDED, FALSE_ALARM, share_bounds
from workshop.statistics.placement import place
from workshop.statistics.sizes import SIZES, full_size
from workshop.verification.drift import fresh_p
from workshop.verification.printed_vs_recorded import answer

DRAWS = 20  # of five fresh runs, and of a sample drawn again, for each claim
SOME_P = 0.01  # fresh seeds are this improbable at most as often
FEW = 30  # smaller samples exclude nothing but by the rules for shares and orders


@dataclass(frozen=True)
class Tally:
    """How often a promise was tried and broken, by claim; `runs` is the size of the samples."""

    rule: str
    runs: str
    promise: float
    found: Mapping[str, Sequence[bool]]

    @property
    def broken(self) -> int:
        """How often it was broken."""
        return sum(map(sum, self.found.values()))

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval of the share of broken ones."""
        return share_bounds(self.broken, sum(map(len, self.found.values())))

    def row(self) -> str:
        """Return the row of the table."""
        claims, tried = sum(map(bool, self.found.values())), sum(map(len, self.found.values()))
        low, high = self.bounds
        worst = max(self.found, key=lambda name: sum(self.found[name]) / max(len(self.found[name]), 1))
        most = f"{worst}, {sum(self.found[worst])} of {len(self.found[worst])}" if self.broken else "–"
        cells = [self.rule, self.runs, f"{100 * self.promise:.2g} %", str(claims)]
        cells += [f"{self.broken} of {tried:,}", f"{low:.2%} to {high:.2%}", most]
        return f"| {' | '.join(cells)} |"


def some(runs: RecordedRuns, chosen: np.ndarray) -> RecordedRuns:
    """Return some of the recorded runs, in this order."""
    return replace(runs, values=[runs.values[i] for i in chosen])


def held_out(claim: Claim, runs: RecordedRuns, size: int) -> Iterator[bool]:
    """Yield whether each run that is not in a random sample of this size is excluded by it."""
    rng = np.random.default_rng([size, len(claim.id)])
    order = rng.permutation(len(runs.values))
    sample = some(runs, order[:size])
    for run in order[size:]:
        if isinstance(claim.rule, PrintedRanking):
            if runs.values[run] is not None and not claim.rule.scored:
                yield answer(sample, runs.values[run]).answer == "excluded"
            continue
        names = claim.rule.placed(claim.documented) if isinstance(claim.rule, PrintedAmongRuns) else ()
        points = {name: float(runs.numbers[name][run]) for name in names}
        if all(map(math.isfinite, points.values())):
            printed = {name: (point, point) for name, point in points.items()}
            scales = {name: claim.scale_of(name) for name in names}
            numbers = {name: sample.numbers[name] for name in names}
            yield place(numbers, printed, scales).answer == "excluded"


def wrongly(claim: Claim, runs: RecordedRuns) -> Iterator[bool]:
    """Yield whether runs that are drawn from the recorded ones give the opposite answer to that of all."""
    size = full_size(len(runs.values))
    right = answer(runs, claim.documented).answer
    if right == "inconclusive" or not size:
        return
    wrong = {"compatible": "excluded", "excluded": "compatible"}[right]
    rng = np.random.default_rng([size, len(claim.id)])
    for _ in range(DRAWS):
        drawn = some(runs, rng.integers(len(runs.values), size=size))
        yield answer(drawn, claim.documented).answer == wrong


def p_of_fresh(claim: Claim, runs: RecordedRuns) -> Iterator[float]:
    """Yield the p of five recorded runs against the others, for each number of the claim."""
    rng = np.random.default_rng(len(claim.id))
    for _ in range(DRAWS):
        order = rng.permutation(len(runs.values))
        fresh = [runs.values[i] for i in order[:FRESH]]
        yield from fresh_p(some(runs, order[FRESH:]), fresh).values()


def table() -> list[Tally]:
    """Return what was promised and measured."""
    recordings = Recordings(package_book(), this_environment().facts())
    known: dict[str, tuple[Claim, RecordedRuns]] = {}
    for claim in ledger().claims.values():
        if claim.rule.needs_sample:
            try:
                known[claim.id] = (claim, recordings.of(claim))
            except WorkshopError:
                continue
    rows = []
    for rule, kind in (("a printed number", PrintedAmongRuns), ("a printed list", PrintedRanking)):
        placed = {name: both for name, both in known.items() if isinstance(both[0].rule, kind)}
        for size in (size for size in SIZES if size >= FEW):
            found = {name: list(held_out(claim, runs, size)) for name, (claim, runs) in placed.items()}
            if any(found.values()):
                rows.append(Tally(rule, str(size), EXCLUDED, found))
    drawn = (SharesOfRuns, OrderOverRuns, MeanOfRuns)
    decided = {name: both for name, both in known.items() if isinstance(both[0].rule, drawn)}
    again = {name: list(wrongly(*both)) for name, both in decided.items()}
    rows.append(Tally("the opposite answer on a share, mean or order", "all", 2 * EXCLUDED, again))
    p = {name: list(p_of_fresh(*both)) for name, both in known.items()}
    for promise in (SOME_P, FALSE_ALARM):
        beyond = {name: [one <= promise for one in each] for name, each in p.items()}
        rows.append(Tally(f"five fresh seeds, p ≤ {promise:.1g}", "all others", promise, beyond))
    return rows


def main() -> None:
    """Print the table. Raises SystemExit where a promise is broken for certain."""
    rows = table()
    typer.echo("| what | runs | promise | claims | broken | 99.8 % interval | worst claim |")
    typer.echo("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        typer.echo(row.row())
    broken = [row.rule for row in rows if row.bounds[0] > row.promise]
    sys.exit(f"broken: {', '.join(broken)}" if broken else 0)


if __name__ == "__main__":
    main()
