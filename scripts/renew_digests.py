"""Write the digests of code anew in recorded data where they are those of this tree by the rule before.

`python scripts/renew_digests.py [--write]` lists the recorded repeats and mistakes, and writes them. Until
November 2026 the digest of a part was that of its whole module and of all modules that it imports. A recorded
one that is not this tree's by that rule stays: nobody knows whether the code has changed since.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from workshop.checking.mistake_runs import mistakes_folder, read_mistakes, write_mistakes
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.execution.digests import code_digest
from workshop.ledger import ledger
from workshop.samples.repeats import code_of, read_repeats, repeats_path, write_repeats


def main() -> int:
    """Renew what matches, and list what does not; return 1 if something does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the files, instead of listing them only")
    write = parser.parse_args().write
    parts = catalogue(chapter.id for chapter in ledger().chapters)
    found: Counter[str] = Counter()
    left = [*_repeats(parts, found, write=write), *_mistakes(parts, found, write=write)]
    for what, count in sorted(found.items()):
        sys.stdout.write(f"{count:5} {what}\n")
    sys.stdout.writelines(f"left alone: {line}\n" for line in left)
    return 1 if left else 0


def _repeats(parts: Catalogue, found: Counter[str], *, write: bool) -> Iterable[str]:
    for path in sorted(repeats_path("x", ".").parent.rglob("*.json")):
        recorded = read_repeats(path)
        named = {part.name: part for part in parts.parts.get(recorded.unit, ())}
        renewed = {}
        for name, each in recorded.parts.items():
            place = f"{path.parent.name}/{path.name}: {name}"
            if name not in named:
                yield f"{place}: no such part"
            elif each.code == code_of(named[name]):
                found["parts of repeats that have the new digest already"] += 1
            elif each.code != old_digest(named[name].module)[:16]:
                yield f"{place}: {each.code} is not this tree's {old_digest(named[name].module)[:16]}"
            else:
                found["parts of repeats renewed"] += 1
                renewed[name] = replace(each, code=code_of(named[name]))
        if write and renewed:
            write_repeats(replace(recorded, parts={**recorded.parts, **renewed}), path)


def _mistakes(parts: Catalogue, found: Counter[str], *, write: bool) -> Iterable[str]:
    for path in sorted(mistakes_folder().glob("*.json")):
        recorded = read_mistakes(path)
        own = parts.parts.get(recorded.unit, ())
        old = _together(old_digest(part.module) for part in own)
        new = _together(code_digest(part.module, part.name) for part in own)
        for each in recorded.mistakes:
            if each.code == new:
                found["mistakes that have the new digest already"] += 1
            elif each.code == old:
                found["mistakes renewed"] += 1
            else:
                yield f"{path.parent.name}/{path.name}: {each.what}: {each.code} is not this tree's {old}"
        mistakes = tuple(replace(m, code=new) if m.code == old else m for m in recorded.mistakes)
        if write and mistakes != recorded.mistakes:
            write_mistakes(replace(recorded, mistakes=mistakes), path)


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
