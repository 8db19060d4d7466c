"""The quick rows: `python -m tests.mutants.quick [tensorflow]` prints each one that no claim notices.

`test_quick.py` runs those of units that use TensorFlow, and the others in a process without it.
"""

from __future__ import annotations

import gc
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable
from itertools import zip_longest

import workshop.numerics
import workshop.training
from tests.mutants.deciding import Bench, Task, in_child
from tests.mutants.rows import ROOT, Mutant, read_rows
from tests.mutants.table import show
from workshop import datasets
from workshop.execution import planner
from workshop.execution.store import usual_seconds
from workshop.ledger import ledger

QUICK = 0.115  # usual seconds of a unit whose rows run with each test session


def quick_units(bench: Bench, units: Iterable[str], *, tensorflow: bool) -> dict[str, list[str]]:
    """Return the units that are deterministic and quick, and whose data is here, each with its data sets."""
    usual, quick = usual_seconds(), {}
    for unit in units:
        catalogue, parts = bench.parts(unit)
        data = sorted(catalogue.needed(parts))
        if (
            any("tensorflow" in part.uses for part in parts) == tensorflow
            and not any(map(catalogue.stochastic, parts))
            and {part.unit[:4] for part in parts} == {unit[:4]}
            and sum(usual.get(part.key, 0.1) for part in parts) <= QUICK
            and all(isinstance(datasets.find(name, offline=True), datasets.Found) for name in data)
        ):
            quick[unit] = data
    return quick


def unnoticed(rows: Iterable[Mutant], *, tensorflow: bool) -> list[str]:
    """Return the quick ones of rows that no claim notices, or what fails without a mistake.

    A process forked from this one decides one row of each chapter, because no chapter imports another. Rows
    that change shared modules, which this process imports, are left to `python -m tests.mutants`.
    """
    rows = [m for m in rows if all("/chapters/" in edit.file for edit in m.edits)]
    bench = Bench(ledger(), None, ROOT)
    planner.code_digest = lambda *_: ""  # nothing is stored under it
    every = dict.fromkeys(mutant.unit for mutant in rows if not mutant.survives and not mutant.missed)
    units = json.loads(in_child(lambda: json.dumps(quick_units(bench, every, tensorflow=tensorflow))))
    bench.warm({"tensorflow"} if tensorflow else (), {name for data in units.values() for name in data})
    for package in (workshop.numerics, workshop.training):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    gc.disable()
    claims = [claim for unit in units for claim in bench.claims(unit)]
    bare = json.loads(in_child(lambda: json.dumps(bench.decide(Task("", None, ""), claims))))
    wrong = [bare["crash"]] if "crash" in bare else [i for i, v in bare["verdicts"].items() if v == "failed"]
    if wrong or not units:
        return wrong or ["no unit is quick"]
    chapters: dict[str, list[Mutant]] = {}
    for mutant in rows:
        if mutant.unit in units and not mutant.survives and not mutant.missed:
            chapters.setdefault(mutant.unit[:4], []).append(mutant)
    left = []
    for batch in zip_longest(*chapters.values()):
        tasks = [Task(mutant.unit, mutant, "") for mutant in batch if mutant is not None]
        results = json.loads(in_child(lambda tasks=tasks: json.dumps([*map(bench.decide, tasks)])))
        shown = (show(t.mutant, bare, result, bench.ledger) for t, result in zip(tasks, results, strict=True))
        left += [f"{one.mutant.unit}: {one.mutant.name}" for one in shown if not one.noticed]
    return left


if __name__ == "__main__":
    found = unnoticed(read_rows().mutants, tensorflow="tensorflow" in sys.argv)
    sys.exit("\n".join(found) or 0)
