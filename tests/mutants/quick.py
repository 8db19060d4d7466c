"""The quick rows: `python -m tests.mutants.quick` prints each one that no claim notices, and missing data."""

from __future__ import annotations

import gc
import importlib
import json
import pkgutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import workshop.numerics
import workshop.training
from tests.mutants.deciding import Bench, Task, in_child
from tests.mutants.rows import ROOT, Mutant, read_rows
from tests.mutants.table import show
from workshop import datasets
from workshop.book import package_book
from workshop.execution import planner
from workshop.execution.catalogue import Catalogue, arrange
from workshop.execution.store import usual_seconds
from workshop.units import parts_of

QUICK = 3.0  # usual seconds that all rows with TensorFlow may take, and all without it


@dataclass(frozen=True)
class Quick:
    """The modules of the parts that decide a unit, the parts' keys, and the data sets that they need."""

    modules: list[str]
    parts: list[str]
    data: list[str]


def quick_units(bench: Bench, rows: Mapping[str, int], *, tensorflow: bool) -> dict[str, Quick]:
    """Return the quickest units that are deterministic, by their number of rows; data need not be here."""
    usual, able = usual_seconds(), list[tuple[float, str, Quick]]()
    for unit in rows:
        catalogue, parts = bench.parts(unit)
        if (
            any("tensorflow" in part.uses for part in parts) == tensorflow
            and not any(map(catalogue.stochastic, parts))
            and {part.unit[:4] for part in parts} == {unit[:4]}
        ):
            own = Quick(
                sorted({p.module for p in parts}), [p.key for p in parts], sorted(catalogue.needed(parts))
            )
            able.append((sum(usual.get(part.key, 0.1) for part in parts), unit, own))
    quick, left = {}, QUICK
    for seconds, unit, own in sorted(able, key=lambda each: each[:2]):
        left -= rows[unit] * seconds
        if left < 0:
            break
        quick[unit] = own
    return quick


def decided(bench: Bench, tasks: Iterable[Task], units: Mapping[str, Quick]) -> list[dict[str, Any]]:
    """Decide tasks in one process forked from this one, which imports no other modules of their chapters."""

    def decide(task: Task) -> dict[str, Any]:
        own = units[task.unit]

        def catalogue(_: Any) -> Catalogue:
            found = (part for name in own.modules for part in parts_of(importlib.import_module(name)))
            return arrange(part for part in found if part.key in own.parts)

        bench.engine.book = replace(bench.book, catalogue=catalogue)
        bench.engine._planners.clear()
        return bench.decide(task)

    return json.loads(in_child(lambda: json.dumps([*map(decide, tasks)])))


def unnoticed(rows: Iterable[Mutant], *more: Mutant, every: bool) -> tuple[list[str], dict[str, str]]:
    """Return the quick ones of rows that no claim notices, or what fails without a mistake.

    A row that no claim notices where one is unavailable says nothing: second come the data sets that are not
    here for such rows, each with the reason and the remedy.

    `every` : whether all rows of all quick units are decided, or only the first one of each unit that does
    without TensorFlow, which then is not imported; `more` are decided anyway. Rows that change shared
    modules, which this process imports, are left to `python -m tests.mutants`.
    """
    rows = [
        mutant
        for mutant in rows
        if not mutant.survives and not mutant.missed
        if all("/chapters/" in edit.file for edit in mutant.edits)
    ]
    bench = Bench(package_book(), None, ROOT)
    vars(bench.engine.recordings)["family_size"] = 1  # of tests for drift, which no quick unit has
    planner.code_digest = lambda *_: ""  # nothing is stored under it
    counts = Counter(mutant.unit for mutant in rows)
    chosen = rows if every else {mutant.unit: mutant for mutant in reversed(rows)}.values()
    left, lacking = _unnoticed(bench, [*chosen, *more], counts, tensorflow=False)
    assert "tensorflow" not in sys.modules, "a unit imports TensorFlow, and does not say so"
    if every:
        slower, also = _unnoticed(bench, [*chosen, *more], counts, tensorflow=True)
        left, lacking = left + slower, lacking | also
    return left, dict(sorted(lacking.items()))


def _missing(name: str) -> str:
    """Say why the documented data set is not here and how to get it; "" if it is."""
    found = datasets.find(name, offline=True)
    if isinstance(found, datasets.Missing):
        return f"{found.reason}; {found.remedy}"
    return f"{found.missing}; {datasets.registry()[name].remedy()}" if found.substitute else ""


def _unnoticed(
    bench: Bench, rows: Iterable[Mutant], counts: Mapping[str, int], *, tensorflow: bool
) -> tuple[list[str], dict[str, str]]:
    """Decide rows of some units: one of each chapter in a process, because no chapter imports another.

    Return those that no claim notices, and the missing data of those that may go unnoticed for want of it.
    """
    found = in_child(
        lambda: json.dumps(
            {u: vars(own) for u, own in quick_units(bench, counts, tensorflow=tensorflow).items()}
        )
    )
    units = {unit: Quick(**own) for unit, own in json.loads(found).items()}
    bench.warm({"tensorflow"} if tensorflow else (), {name for own in units.values() for name in own.data})
    for package in (workshop.numerics, workshop.training):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    gc.disable()
    bare = dict(zip(units, decided(bench, [Task(unit, None, "") for unit in units], units), strict=True))
    wrong = [
        f"{unit} as it is: {found.get('crash', 'a claim fails')}"
        for unit, found in bare.items()
        if "crash" in found or "failed" in found["verdicts"].values()
    ]
    if wrong or not units:
        return wrong or ["no unit is quick"], {}
    chapters: dict[str, list[Mutant]] = {}
    for mutant in rows:
        if mutant.unit in units:
            chapters.setdefault(mutant.unit[:4], []).append(mutant)
    left, lacking = list[str](), dict[str, str]()
    for batch in zip_longest(*chapters.values()):
        mutants = [mutant for mutant in batch if mutant is not None]
        results = decided(bench, [Task(mutant.unit, mutant, "") for mutant in mutants], units)
        for mutant, result in zip(mutants, results, strict=True):
            if show(mutant, bare[mutant.unit], result, bench.book.ledger).noticed:
                continue
            missing = {name: why for name in units[mutant.unit].data if (why := _missing(name))}
            if missing and "unavailable" in bare[mutant.unit]["verdicts"].values():
                lacking |= missing
            else:
                left.append(f"{mutant.unit}: {mutant.name}")
    return left, lacking


if __name__ == "__main__":
    missed, missing = unnoticed(read_rows().mutants, every=True)
    without = [f"rows were left out without {name}: {why}\n" for name, why in missing.items()]
    sys.stdout.writelines(without)
    sys.exit("\n".join(missed) or 0)
