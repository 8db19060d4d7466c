"""Deciding a mistake by the claims of the units that reach it, and whether it changes anything."""

import ast
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.mutants.claims import Bench, Task
from tests.mutants.drawing import Planted
from tests.mutants.rows import ROOT, Edit, Mutant, read_results, save
from tests.mutants.table import show
from workshop.book import package_book
from workshop.execution import digests

FOLDERS = ("workshop/chapters/", "workshop/measures/", "workshop/training/", "workshop/numerics/")
MOST_UNITS = 5  # that reach a mistake's function, and may notice it

Span = tuple[int, int, str]  # the first and last line of a definition, and a unit that reaches it


def reached() -> dict[str, list[Span]]:
    """Return the definitions of the book's folders that units reach, by file."""
    bench = Bench(package_book(), None, ROOT)
    found: dict[str, list[Span]] = {}
    spans: dict[str, dict[str, tuple[int, int]]] = {}
    package = digests._digests()
    for unit in bench.book.ledger.units:
        parts = bench.parts(unit)[1]
        for module, name in {node for p in parts for node in package.reached((p.module, p.name))}:
            file = f"{module.replace('.', '/')}.py"
            if file.startswith(FOLDERS):
                if file not in spans:
                    spans[file] = _spans(file)
                if name in spans[file]:
                    found.setdefault(file, []).append((*spans[file][name], unit))
    return {file: sorted(own) for file, own in found.items()}


def _spans(file: str) -> dict[str, tuple[int, int]]:
    found = {}
    for node in ast.parse((ROOT / file).read_text("utf-8")).body:
        span = (node.lineno, node.end_lineno or node.lineno)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = span
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if isinstance(target, ast.Name):
                found[target.id] = span
    return found


class Units:
    """What decides mistakes by the units that reach their lines; results are kept in a folder."""

    def __init__(
        self,
        mutants: Iterable[Planted],
        spans: Mapping[str, Sequence[Span]],
        folder: Path,
        end: float,
    ) -> None:
        self.spans, self.folder, self.end = spans, folder, end
        self.bench = Bench(package_book(), folder / "outcomes", ROOT)
        self.results = read_results(folder / "results.jsonl")
        self.facts = self.bench.describe(
            sorted({unit for mutant in mutants for unit in self._reaching(mutant)})
        )

    def _reaching(self, mutant: Planted) -> set[str]:
        line = mutant.lines[0]
        return {unit for low, high, unit in self.spans.get(mutant.file, ()) if low <= line <= high}

    def of(self, mutant: Planted) -> list[str]:
        """Return the units that may notice a mistake, those of least seconds first."""
        units = sorted(self._reaching(mutant), key=lambda unit: (self.facts[unit]["seconds"], unit))
        return units[:MOST_UNITS]

    def notice(self, mutant: Planted) -> tuple[str, list[str]] | None:
        """Return whether a claim of some units fails with a mistake in them alone, and which.

        The fate is `claims` or `nothing`. In a unit that takes too long no claim fails. None if the time is
        over.
        """
        for unit in self.of(mutant):
            row, bare = self._tasks(mutant, unit, "")
            without, result = self._made(bare), self._made(row)
            if without is None or result is None:
                return None
            if "late" in {*without, *result}:
                continue
            shown = show(row.mutant, without, result, self.bench.book.ledger)
            if shown.noticed:
                return "claims", [f"{unit}: {shown.text()}"]
        return "nothing", []

    def alike(self, mutant: Planted) -> bool | None:
        """Return whether a mistake changes nothing: no unit that runs its lines gives anything else with it.

        With the settings and data that a reader may give, too. Never where these or all units could not be
        tried, nor for what refuses or converts wrong data. None if the time is over.
        """
        if mutant.guard or len(self._reaching(mutant)) > MOST_UNITS:
            return False
        ran = False
        for unit in self.of(mutant):
            row, bare = self._tasks(mutant, unit, " trials")
            without = self._made(bare, self.bench.trials)
            if without is None:
                return None
            if without.get("untried", True):
                return False
            trials = without["trials"]
            where = trials, mutant.mutated_lines, _default(mutant)
            result = self._made(row, lambda task, where=where: self.bench.trials(task, *where))
            if result is None:
                return None
            if result.get("trials") != trials:
                return False
            ran = ran or result["ran"]
        return ran

    def _tasks(self, mutant: Planted, unit: str, what: str) -> tuple[Task, Task]:
        """Return the tasks of a unit with a mistake, and as it is."""
        digest = f"{self.facts[unit]['digest']}{what}"
        edit = Edit(mutant.file, (ROOT / mutant.file).read_text("utf-8"), mutant.text)
        row = Mutant(unit, mutant.mistake.kind, (edit,), mutant.mistake.words())
        key = hashlib.sha256(f"{digest} {mutant.key}".encode()).hexdigest()[:16]
        return Task(unit, row, key), Task(unit, None, digest)

    def _made(
        self, task: Task, work: Callable[[Task], dict[str, Any]] | None = None
    ) -> dict[str, Any] | None:
        """Return a task's result, which is made and kept if it is not there; None if the time is over."""
        if task.key not in self.results and time.monotonic() < self.end:
            facts = self.facts[task.unit]
            self.bench.warm(facts["libraries"], facts["data"])
            found: list[dict[str, Any]] = []
            self.bench.run([task], found.append, self.end, work)
            if found or time.monotonic() < self.end:
                self.results[task.key] = found[0] if found else {"late": True}
            if found:
                save(self.folder, found[0])
        return self.results.get(task.key)


def _default(mutant: Planted) -> tuple[str, str, str] | None:
    """Return the function, the argument and the default of a mistake that changes one, None of others."""
    before, after = (_defaults(text) for text in ((ROOT / mutant.file).read_text("utf-8"), mutant.text))
    return next(iter(after - before), None)


def _defaults(text: str) -> set[tuple[str, str, str]]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            named = [*node.args.posonlyargs, *node.args.args]
            last = named[len(named) - len(node.args.defaults) :]
            values = [*node.args.defaults, *node.args.kw_defaults]
            pairs = zip([*last, *node.args.kwonlyargs], values, strict=True)
            found |= {(node.name, each.arg, ast.unparse(value)) for each, value in pairs if value}
    return found
