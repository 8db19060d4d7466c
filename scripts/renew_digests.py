"""Write the digests of code anew in recorded data, where the code is known to do the same.

`python scripts/renew_digests.py [--write]` lists the recorded repeats and mistakes, and writes them. Until
November 2026 the digest of a part was that of its whole module and of all modules that it imports. A recorded
one that is not this tree's by that rule stays: nobody knows whether the code has changed since.

`python scripts/renew_digests.py --equal-to TREE UNIT … [--write]` is for code that has changed since TREE, a
checkout. The recorded seeds of the units run with both codes. If all that a part gives is the same bit for
bit, digests that are those of TREE are renewed.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from workshop.checking.mistake_runs import mistakes_folder, read_mistakes, write_mistakes
from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.execution.digests import code_digest
from workshop.execution.environment import this_environment
from workshop.execution.planner import Planner
from workshop.execution.process_pool import Workers
from workshop.execution.scheduler import execute
from workshop.execution.store import usual_seconds
from workshop.execution.surroundings import neutralise
from workshop.ledger import ledger
from workshop.samples.repeats import SEEDS, code_of, entries, read_repeats, repeats_path, write_repeats
from workshop.units import Part

Old = Callable[[Part], "str | None"]  # the digest of code before that does the same as a part's today


def main() -> int:
    """Renew what matches, and list what does not; return 1 if something does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the files, instead of listing them only")
    parser.add_argument("--equal-to", metavar="TREE", help="a checkout of the code before")
    parser.add_argument(
        "--print", action="store_true", help=argparse.SUPPRESS
    )  # what `_runs` of a tree gives
    parser.add_argument("units", nargs="*", metavar="UNIT")
    given = parser.parse_args()
    if given.print:
        sys.stdout.write(json.dumps(_runs(given.units)))
        return 0
    parts = catalogue(chapter.id for chapter in ledger().chapters)
    if given.equal_to:
        chosen, old = set(given.units), _equal(given.equal_to, given.units)
    else:
        chosen, old = set(parts.parts), lambda part: old_digest(part.module)
    found: Counter[str] = Counter()
    left = [
        *_repeats(parts, chosen, found, old, write=given.write),
        *_mistakes(parts, chosen, found, old, write=given.write),
    ]
    for what, count in sorted(found.items()):
        sys.stdout.write(f"{count:5} {what}\n")
    sys.stdout.writelines(f"left alone: {line}\n" for line in left)
    return 1 if left else 0


def _repeats(
    parts: Catalogue, chosen: Collection[str], found: Counter[str], old: Old, *, write: bool
) -> Iterable[str]:
    for path in sorted(repeats_path("x", ".").parent.rglob("*.json")):
        recorded = read_repeats(path)
        named = {part.name: part for part in parts.parts.get(recorded.unit, ())}
        renewed = {}
        for name, each in recorded.parts.items() if recorded.unit in chosen else ():
            place = f"{path.parent.name}/{path.name}: {name}"
            before = old(named[name]) if name in named else None
            if name in named and each.code == code_of(named[name]):
                found["parts of repeats that have the new digest already"] += 1
            elif before is None or each.code != before[:16]:
                yield f"{place}: {each.code} is not the digest of code that is known to do the same"
            else:
                found["parts of repeats renewed"] += 1
                renewed[name] = replace(each, code=code_of(named[name]))
        if write and renewed:
            write_repeats(replace(recorded, parts={**recorded.parts, **renewed}), path)


def _mistakes(
    parts: Catalogue, chosen: Collection[str], found: Counter[str], old: Old, *, write: bool
) -> Iterable[str]:
    for path in sorted(mistakes_folder().glob("*.json")):
        recorded = read_mistakes(path)
        if recorded.unit not in chosen:
            continue
        own = parts.parts.get(recorded.unit, ())
        known = [old(part) for part in own]
        before = "" if None in known else _together(str(each) for each in known)
        new = _together(code_digest(part.module, part.name) for part in own)
        for each in recorded.mistakes:
            if each.code == new:
                found["mistakes that have the new digest already"] += 1
            elif each.code == before:
                found["mistakes renewed"] += 1
            else:
                yield f"{path.parent.name}/{path.name}: {each.what}: {each.code} is not that of such code"
        mistakes = tuple(replace(m, code=new) if m.code == before else m for m in recorded.mistakes)
        if write and mistakes != recorded.mistakes:
            write_mistakes(replace(recorded, mistakes=mistakes), path)


def _equal(tree: str, units: Sequence[str]) -> Old:
    """Return the digests that the parts of units have in a tree in which they give the same."""
    variables = {**os.environ, "PYTHONPATH": str(Path(tree).resolve())}
    there = json.loads(
        subprocess.run(  # noqa: S603  this script
            [sys.executable, __file__, "--print", *units],
            env=variables, cwd=tree, check=True, stdout=subprocess.PIPE,
        ).stdout
    )  # fmt: skip
    here = json.loads(json.dumps(_runs(units)))
    for key in here:
        same = key in there and here[key]["entries"] == there[key]["entries"]
        numbers = sum(map(len, here[key]["entries"]))
        sys.stdout.write(f"{'the same' if same else 'NOT THE SAME'}: {key}, {numbers} entries\n")
    same = {key for key in here if key in there and here[key]["entries"] == there[key]["entries"]}
    return lambda part: there[part.key]["code"] if part.key in same else None


def _runs(units: Sequence[str]) -> dict[str, Any]:
    """Return the digests of the parts of units, and the entries of their outcomes for the recorded seeds."""
    neutralise()
    os.environ["WORKSHOP_THREADS"] = "1"
    made = {}
    for unit in units:
        planner = Planner(catalogue([unit[:4]]), this_environment().digest_text())
        for part in planner.catalogue.parts[unit]:
            count = SEEDS if planner.catalogue.stochastic(part) else 1
            jobs = [planner.job(part, index, "default", "reference") for index in range(count)]
            outcomes: dict[str, Made] = {}
            execute(jobs, made=outcomes, store=None, workers=Workers(1), timings=usual_seconds())
            failure = next((why for job in jobs if (why := job.blocked or outcomes[job.key].failure)), None)
            if failure:
                raise SystemExit(f"{part.key}: {failure}")
            found = [entries(outcomes[job.key].outcome) for job in jobs]
            made[part.key] = {"code": code_digest(part.module, part.name), "entries": found}
    return made


def _together(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


# The rule before, word for word.


def old_digest(module: str) -> str:
    """Return the digest of a module's code and of all package modules that it imports, however deep."""
    seen: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen or name == "workshop":
            continue
        path = _source(name)
        if path is None:
            continue
        seen[name], imported = _digest_and_imports(path, name)
        waiting += imported
    return hashlib.sha256(json.dumps(sorted(seen.items())).encode()).hexdigest()


@cache
def _digest_and_imports(path: Path, name: str) -> tuple[str, tuple[str, ...]]:
    tree = _Running().visit(ast.parse(path.read_bytes(), filename=str(path)))
    _drop_docstrings(tree)
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return digest, tuple(_imports(tree, name, is_package=path.name == "__init__.py"))


def _imports(tree: ast.Module, name: str, *, is_package: bool) -> Iterable[str]:
    yield from _parents(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                anchor = name.split(".") if is_package else name.split(".")[:-1]
                anchor = anchor[: len(anchor) - node.level + 1]
                base = ".".join([*anchor, *([base] if base else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        for imported in names:
            if imported.split(".", 1)[0] == "workshop":
                yield imported
                yield from _parents(imported)


def _parents(name: str) -> Iterable[str]:
    steps = name.split(".")
    return (".".join(steps[:i]) for i in range(1, len(steps)))


class _Running(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        name = getattr(node.test, "id", getattr(node.test, "attr", ""))
        return node.orelse if name == "TYPE_CHECKING" else node


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]


@cache
def _source(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    origin = spec.origin if spec is not None else None
    return Path(origin) if origin is not None and origin.endswith(".py") else None


if __name__ == "__main__":
    sys.exit(main())
