"""Mutants and the claims that notice them: `python -m tests.mutants [ch05 ch02.ex03 …]`, see --help."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from tests.mutants import fresh
from tests.mutants.deciding import Bench, Task
from tests.mutants.fresh_making import Fresh, draw
from tests.mutants.rows import ROOT, Mutant, Rows, read_results, read_rows
from tests.mutants.simulating import simulate
from tests.mutants.table import Fate, page, show, table
from workshop.book import Book, package_book
from workshop.files import cache_folder

PAGE = ROOT / "docs" / "mutants.md"
_AT_A_TIME = 10  # fresh mutants that are decided before others begin


def main(words: Sequence[str], rows: Rows | None = None, book: Book | None = None, root: Path = ROOT) -> int:
    """Decide the chosen mutants, print the table, and return 1 if some survived without a reason."""
    chosen, rows, book = parser().parse_args(words), rows or read_rows(), book or package_book()
    end = time.monotonic() + chosen.budget
    units = list(dict.fromkeys(mutant.unit for mutant in rows.mutants))
    if chosen.patterns:
        units = [unit for unit in units if unit.startswith(tuple(chosen.patterns))]
    bench = Bench(book, chosen.folder / "outcomes", root, chosen.timeout)
    if chosen.fresh:
        _fresh(chosen, book, bench, end)
        if chosen.touched is None:
            return 0
    if chosen.simulate:
        return simulate(book.ledger, rows, bench, chosen.patterns, chosen.budget)
    facts = bench.describe(units)
    if chosen.touched is not None:
        units = _touched(chosen.touched, units, facts, rows)
    bare = {unit: Task(unit, None, facts[unit]["digest"]) for unit in units}
    tasks = [Task(m.unit, m, _key(facts[m.unit]["digest"], m)) for m in rows.of(units)]
    results = read_results(chosen.folder / "results.jsonl")
    waiting = [task for task in (*bare.values(), *tasks) if task.key not in results]
    if waiting and not chosen.show:
        _decide(bench, waiting, facts, results, chosen, end)
    left = [task.mutant for task in tasks if task.key not in results]
    found = {unit: results[task.key] for unit, task in bare.items() if task.key in results}
    for unit, result in found.items():
        failed = [each for each, verdict in result.get("verdicts", {}).items() if verdict == "failed"]
        for why in [*failed, *([result["crash"]] if "crash" in result else [])]:
            print(f"{unit} fails as it is: {why}")
    decided = [task for task in tasks if task.key in results and "verdicts" in found.get(task.unit, {})]
    shown = [show(task.mutant, found[task.unit], results[task.key], book.ledger) for task in decided]
    print(table(shown))
    if left:
        print("\n".join(["not decided:", *(f"  {mutant.unit}  {mutant.name[:100]}" for mutant in left)]))
    for one in shown:
        if one.noticed and (one.mutant.survives or one.mutant.missed):
            print(f"noticed after all: {one.mutant.unit}  {one.mutant.name}: drop its reason")
    fates = [one.fate for one in shown]
    print(", ".join(f"{fates.count(fate)} {fate}" for fate in get_args(Fate)))
    if chosen.write:
        PAGE.write_text(page(book.ledger, shown, found, len(left)), "utf-8")
        print(f"written: {PAGE}")
    return 1 if any(one.fate in {"survived", "lost"} and not one.mutant.missed for one in shown) else 0


def _fresh(chosen: argparse.Namespace, book: Book, bench: Bench, end: float) -> None:
    """Decide mutants that are drawn at random, each by some of the units that reach it; print their share.

    Those of touched files only, if a revision is given. If the budget ends, only the first ones count,
    because what is noticed is decided sooner.
    """
    reached = fresh.reached_by_units(bench.reached(list(book.ledger.units)))
    if chosen.touched is not None:
        changed = _changed(chosen.touched)
        reached = {file: own for file, own in reached.items() if file in changed}
    if not reached:
        return
    mutants = draw(chosen.fresh, chosen.seed, {file: list(own) for file, own in reached.items()})
    facts = bench.describe(list(book.ledger.units))
    draw_ = _Draw(reached, facts, read_results(chosen.folder / "fresh.jsonl"), bench, chosen, end)
    decided: list[fresh.Decided] = []
    for start in range(0, len(mutants), _AT_A_TIME):
        some = mutants[start : start + _AT_A_TIME]
        found = draw_.decided(some)
        if len(found) < len(some) and (chosen.show or time.monotonic() >= end):
            break
        decided += found
    fresh.finish(decided, chosen, replace(fresh.UNITS, how=f"{fresh.UNITS.how}\n{draw_.without()}"))


@dataclass(frozen=True)
class _Draw:
    """What decides drawn mutants: the units that reach each line, what is known of units, results so far."""

    reached: fresh.Reached
    facts: Mapping[str, Any]
    results: dict[str, Any]
    bench: Bench
    chosen: argparse.Namespace
    end: float

    def without(self) -> str:
        """Say how many claims fail without a mistake."""
        own = [self.results.get(facts["digest"], {}).get("verdicts", {}) for facts in self.facts.values()]
        verdicts = [verdict for each in own for verdict in each.values()]
        return f"Without a mistake {verdicts.count('failed')} of the {len(verdicts)} claims here fail."

    def _units(self, mutant: Fresh) -> list[str]:
        return fresh.units_of(mutant, self.reached, lambda unit: self.facts[unit]["seconds"])

    def _make(self, tasks: Iterable[Task], work: Callable[[Task], dict[str, Any]] | None = None) -> None:
        left = list({task.key: task for task in tasks if task.key not in self.results}.values())
        if left and not self.chosen.show:
            _decide(self.bench, left, self.facts, self.results, self.chosen, self.end, "fresh.jsonl", work)

    def decided(self, mutants: Sequence[Fresh]) -> list[fresh.Decided]:
        """Decide some mutants by unit after unit, and return those that are decided."""
        decided: list[fresh.Decided] = []
        waiting, missed = [(mutant, self._units(mutant)) for mutant in mutants], list[Fresh]()
        for turn in range(fresh.MOST_UNITS):
            pairs = [self._pair(mutant, units[turn], "") for mutant, units in waiting]
            self._make(task for pair in pairs for task in pair)
            again = []
            for (mutant, units), (bare, own) in zip(waiting, pairs, strict=True):
                without, result = self.results.get(bare.key), self.results.get(own.key)
                if without is None or result is None or own.mutant is None:
                    continue
                shown = show(own.mutant, without, result, self.bench.book.ledger)
                if shown.noticed:
                    decided.append(fresh.Decided(mutant, shown.text()))
                elif turn + 1 < len(units):
                    again.append((mutant, units))
                else:
                    missed.append(mutant)
            waiting = again
        alike = self._alike(missed)
        return decided + [fresh.Decided(mutant, "", alike=mutant.key in alike) for mutant in missed]

    def _pair(self, mutant: Fresh, unit: str, what: str) -> tuple[Task, Task]:
        """Return the tasks of a unit as it is and with a mutant."""
        row, bare = fresh.as_row(mutant, unit), f"{self.facts[unit]['digest']}{what}"
        return Task(unit, None, bare), Task(unit, row, _key(bare, row))

    def _alike(self, missed: Sequence[Fresh]) -> set[str]:
        """Return the keys of those with which no unit gives anything else, though it runs their lines."""
        ran, left = set[str](), {mutant.key: mutant for mutant in missed}
        by_text = {mutant.text: mutant for mutant in missed}

        def outcomes(task: Task) -> dict[str, Any]:
            own = by_text[task.mutant.edits[0].new] if task.mutant else None
            return self.bench.outcomes(task, *(() if own is None else (own.lines, fresh.default_of(own))))

        for turn in range(fresh.MOST_UNITS):
            units = {key: self._units(mutant)[turn : turn + 1] for key, mutant in left.items()}
            pairs = {
                key: self._pair(left[key], unit, " outcomes") for key, own in units.items() for unit in own
            }
            self._make((task for pair in pairs.values() for task in pair), outcomes)
            for key, pair in pairs.items():
                bare, own = (self.results.get(task.key, {}) for task in pair)
                if "outcomes" not in own or own["outcomes"] != bare.get("outcomes"):
                    del left[key]
                elif own["ran"]:
                    ran.add(key)
        return ran & set(left)


def _decide(
    bench: Bench,
    waiting: Sequence[Task],
    facts: Mapping[str, Any],
    results: dict[str, Any],
    chosen: argparse.Namespace,
    end: float,
    file: str = "results.jsonl",
    work: Callable[[Task], dict[str, Any]] | None = None,
) -> None:
    """Decide tasks until the budget is spent, and append each result to the file as soon as it is there."""
    own = [facts[unit] for unit in dict.fromkeys(task.unit for task in waiting)]
    bench.warm(
        {name for each in own for name in each["libraries"]}, {n for each in own for n in each["data"]}
    )
    names = {task.key: task.name for task in waiting}
    chosen.folder.mkdir(parents=True, exist_ok=True)

    def done(result: dict[str, Any]) -> None:
        results[result["key"]] = result
        with (chosen.folder / file).open("a", encoding="utf-8") as lines:
            lines.write("\n" + json.dumps(result))  # a killed run may have left half a line
        print(f"{result['seconds']:6.1f} s  {names[result['key']][:100]}", flush=True)

    quick_first = sorted(waiting, key=lambda task: (facts[task.unit]["seconds"], task.unit))
    bench.run(quick_first, done, chosen.jobs, end, work)


def _key(digest: str, mutant: Mutant) -> str:
    return hashlib.sha256(f"{digest} {mutant.edits}".encode()).hexdigest()[:16]


def _changed(revision: str) -> set[str]:
    """Return the files of the package that changed since a revision."""
    command = ["git", "diff", "--name-only", revision, "--", "workshop"]
    answer = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if answer.returncode:
        raise SystemExit(f"mutants: git has no revision {revision!r}: give a commit or a branch")
    return set(answer.stdout.split())


def _touched(revision: str, units: Sequence[str], facts: Mapping[str, Any], rows: Rows) -> list[str]:
    """Return the units of which a file changed since a revision, a function's or one with a mutant."""
    changed = _changed(revision)
    files = {unit: set(facts[unit]["files"]) for unit in units}
    for mutant in rows.of(units):
        files[mutant.unit].update(edit.file for edit in mutant.edits)
    return [unit for unit in units if files[unit] & changed]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("patterns", nargs="*", metavar="UNIT", help="chapters or units: ch05, ch02.ex03")
    parser.add_argument("--touched", metavar="REV", help="only units whose files changed since this revision")
    parser.add_argument(
        "--budget", type=float, default=math.inf, metavar="SECONDS", help="stop after so long"
    )
    parser.add_argument(
        "--timeout", type=int, default=600, metavar="SECONDS", help="stop a mutant after so long"
    )
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    fresh.add_options(parser)
    parser.add_argument("--show", action="store_true", help="decide nothing, show what was decided")
    parser.add_argument(
        "--simulate", action="store_true", help="record the mistakes of quick units for `workshop check`"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument(
        "--folder", type=Path, default=cache_folder() / "mutants", help="results and outcomes"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
