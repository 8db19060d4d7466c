"""The fingerprint of an outcome: a digest of code, settings, data, seed and environment."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "workshop"


def fingerprint(
    *,
    part: str,
    module: str,
    settings: Mapping[str, Any],
    data: Mapping[str, str],
    seed: int | None,
    upstream: Iterable[str],
    environment: str,
    form: str = "",
) -> str:
    """Return the hex digest of everything that an outcome depends on.

    `data` maps data sets to what their values depend on, `upstream` lists the fingerprints of the outcomes
    that the part takes; `form` is how it runs if not to its end.
    """
    content = {
        "part": part,
        "code": [code_digest(module), code_digest("workshop.execution.calling")],
        "settings": {k: repr(v) for k, v in sorted(settings.items())},
        "data": dict(sorted(data.items())),
        "seed": seed,
        "upstream": list(upstream),
        "environment": environment,
        **({"form": form} if form else {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:40]


@cache
def code_digest(module: str) -> str:
    """Return the digest of a module's code and of all package modules that it imports, however deep.

    Comments, docstrings, layout and what type checkers alone see do not count. Nor does the package's own
    `__init__`, which has no procedure: a release with another version would change every digest.
    """
    seen: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen or name == PACKAGE:
            continue
        path = _source(name)
        if path is None:
            continue
        seen[name], imported = _digest_and_imports(path, name)
        waiting += imported
    return hashlib.sha256(json.dumps(sorted(seen.items())).encode()).hexdigest()


def own_digest(module: str) -> str:
    """Return the digest of a module's code, less that of what it imports."""
    path = _source(module)
    assert path is not None
    return _digest_and_imports(path, module)[0]


@cache
def _digest_and_imports(path: Path, name: str) -> tuple[str, tuple[str, ...]]:
    tree = _Running().visit(ast.parse(path.read_bytes(), filename=str(path)))
    _drop_docstrings(tree)
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return digest, tuple(_imports(tree, name, is_package=path.name == "__init__.py"))


def _imports(tree: ast.Module, name: str, *, is_package: bool) -> Iterable[str]:
    """Yield the package modules that a module imports, and their parents, which importing runs too."""
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
            if imported.split(".")[0] == PACKAGE:
                yield imported
                yield from _parents(imported)


def _parents(name: str) -> Iterable[str]:
    steps = name.split(".")
    return (".".join(steps[:i]) for i in range(1, len(steps)))


class _Running(ast.NodeTransformer):
    """Leaves of a module what runs: not the branches for type checkers."""

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
    except ModuleNotFoundError:  # an imported name that is no module but an attribute of one
        return None
    origin = spec.origin if spec is not None else None
    return Path(origin) if origin is not None and origin.endswith(".py") else None
