"""Deciding the rows of chNN.yaml by the claims of their units."""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from tests.mutants.claims import Bench, Task
from tests.mutants.rows import ROOT, Mutant, RowError, Rows, changed, read_results, read_rows, save
from tests.mutants.table import Fate, show, table, unbroken
from workshop.book import Book, package_book


def decide(
    chosen: argparse.Namespace, rows: Rows | None = None, book: Book | None = None, root: Path = ROOT
) -> int:
    """Decide the chosen rows, print the table, and return 1 if some survived without a reason."""
    rows, book = rows or read_rows(), book or package_book()
    units = list(dict.fromkeys(mutant.unit for mutant in rows.mutants))
    if chosen.patterns:
        units = [unit for unit in units if unit.startswith(tuple(chosen.patterns))]
    for mutant in rows.of(units):
        try:
            mutant.texts(root)
        except RowError as error:
            raise SystemExit(f"mutants: {mutant.unit[:4]}.yaml, {mutant.unit}: {error}") from None
    bench = Bench(book, chosen.folder / "outcomes", root)
    facts = bench.describe(units)
    if chosen.touched is not None:
        units = _touched(chosen.touched, units, facts, rows)
    bare = {unit: Task(unit, None, facts[unit]["digest"]) for unit in units}
    tasks = [Task(m.unit, m, _key(facts[m.unit]["digest"], m)) for m in rows.of(units)]
    results = read_results(chosen.folder / "results.jsonl")
    waiting = [task for task in (*bare.values(), *tasks) if task.key not in results]
    if waiting:
        _decide(bench, waiting, facts, results, chosen)
    left = [task.mutant for task in tasks if task.key not in results]
    found = {unit: results[task.key] for unit, task in bare.items() if task.key in results}
    for unit, result in found.items():
        failed = [each for each, verdict in result.get("verdicts", {}).items() if verdict == "failed"]
        for why in [*failed, *([result["crash"]] if "crash" in result else [])]:
            print(f"{unit} fails as it is: {why}")
    decided = [task for task in tasks if task.key in results and "verdicts" in found.get(task.unit, {})]
    shown = [show(task.mutant, found[task.unit], results[task.key], book.ledger) for task in decided]
    print(table(shown))
    print("".join(f"no row breaks {each}\n" for each in unbroken(book.ledger, shown, found)), end="")
    if left:
        print("\n".join(["not decided:", *(f"  {mutant.unit}  {mutant.name[:100]}" for mutant in left)]))
    for one in shown:
        if one.noticed and (one.mutant.survives or one.mutant.missed):
            print(f"noticed after all: {one.mutant.unit}  {one.mutant.name}: drop its reason")
    fates = [one.fate for one in shown]
    said = ", ".join(f"{fates.count(fate)} {fate}" for fate in get_args(Fate))
    print(f"{said}: {len(shown)} of {len(tasks)} rows are decided")
    return 1 if any(one.fate in {"survived", "lost"} and not one.mutant.missed for one in shown) else 0


def _decide(
    bench: Bench,
    waiting: Sequence[Task],
    facts: Mapping[str, Any],
    results: dict[str, Any],
    chosen: argparse.Namespace,
) -> None:
    """Decide tasks until the time is over."""
    own = [facts[unit] for unit in dict.fromkeys(task.unit for task in waiting)]
    bench.warm(
        {name for each in own for name in each["libraries"]}, {n for each in own for n in each["data"]}
    )
    names = {task.key: task.name for task in waiting}

    def done(result: dict[str, Any]) -> None:
        results[result["key"]] = result
        save(chosen.folder, result)
        print(f"{result['seconds']:6.1f} s  {names[result['key']][:100]}", flush=True)

    quick_first = sorted(waiting, key=lambda task: (facts[task.unit]["seconds"], task.unit))
    bench.run(quick_first, done, chosen.end)


def _key(digest: str, mutant: Mutant) -> str:
    return hashlib.sha256(f"{digest} {mutant.edits}".encode()).hexdigest()[:16]


def _touched(revision: str, units: Sequence[str], facts: Mapping[str, Any], rows: Rows) -> list[str]:
    """Return the units of which a file changed since a revision, a function's or one with a row."""
    files = {unit: set(facts[unit]["files"]) for unit in units}
    for mutant in rows.of(units):
        files[mutant.unit].update(edit.file for edit in mutant.edits)
    return [unit for unit in units if files[unit] & changed(revision)]
