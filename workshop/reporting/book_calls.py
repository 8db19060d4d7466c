"""The book's own calls of an exercise as text to paste, with all that they need of this package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from workshop.datasets.model import registry

PACKAGE = Path(__file__).parents[1]
_CALLS = re.compile(r"^def ((exercise|activity)_(\d)_(\d\d)_in_(?:keras|tensorflow|gensim))\(", re.MULTILINE)
_Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
_BACKEND = {"tf": "import tensorflow as tf", "keras": "from tensorflow import keras"}


@cache
def book_calls() -> Mapping[str, str]:
    """Return the text of each unit that has the book's calls, by its id.

    Imports, what the calls use of this package, the calls, and lines that load the data and call them.
    """
    found = {}
    for path in sorted(PACKAGE.glob("chapters/ch*/[ea]*.py")):
        for name, kind, chapter, number in _CALLS.findall(path.read_text("utf-8")):
            unit = f"ch{chapter:0>2}.{'ex' if kind == 'exercise' else 'act'}{number}"
            found[unit] = _text(
                ".".join(("workshop", *path.relative_to(PACKAGE).with_suffix("").parts)), name
            )
    return found


def short_program(unit: str) -> str | None:
    """Return the book's calls of a unit in as few lines as its code has, printing the result, or None.

    Docstrings, types of arguments and comments are left out, and what only they need.
    """
    text = book_calls().get(unit)
    if text is None:
        return None
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names = [each for each in node.names if (each.asname or each.name).split(".")[0] in used]
    *lines, call = [node for node in tree.body if getattr(node, "names", True)]
    assert isinstance(call, ast.Assign)
    return "\n".join([*map(ast.unparse, lines), f"print({ast.unparse(call.value)})"]) + "\n"


def _text(module: str, name: str) -> str:
    parts = _Parts()
    parts.add(module, name)
    function = _module(module).defined[name]
    assert isinstance(function, ast.FunctionDef)
    taken = function.args
    needed = [each.arg for each in taken.args[: len(taken.args) - len(taken.defaults)]]
    data = [registry()[each].editions[0] for each in needed if each != "seed"]
    loads = [line for documented in data for line in documented.loading.splitlines()]
    parts.imports |= {line for line in loads if line.startswith(("import ", "from "))}
    imports = "\n".join(["from __future__ import annotations\n", *_grouped(parts.imports)])
    given = ", ".join("seed=1" if each == "seed" else each for each in needed)
    last = [*(line for line in loads if line not in parts.imports), f"result = {name}({given})"]
    text = "\n\n\n".join([imports, *parts.texts.values(), "\n".join(last)])
    return re.sub(r"^(\w+ = .*)\n\n\n(?=\w+ = )", r"\1\n", text, flags=re.MULTILINE) + "\n"


def _grouped(imports: set[str]) -> list[str]:
    """Return lines that import, with all names of a module on one."""
    names: dict[str, list[str]] = {}
    for line in sorted(imports):
        start, _, name = line.partition(" import ") if line.startswith("from") else (line, "", "")
        names.setdefault(start, []).append(name)
    ordered = sorted(names, key=lambda start: start.split()[1])
    return [f"{start} import {', '.join(names[start])}" if names[start][0] else start for start in ordered]


@dataclass
class _Parts:
    """What is pasted: lines that import, and definitions by module and name, each after what it uses."""

    imports: set[str] = field(default_factory=set)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, module: str, name: str) -> None:
        """Add a name that a module defines or imports, and what it uses."""
        own = _module(module)
        if name in own.imported:
            source, original = own.imported[name]
            if source == "workshop.training.backend":
                self.imports.add(_BACKEND[original])
            elif source.split(".")[0] == "workshop":
                if original != name:
                    raise ValueError(f"{module}: {original} is imported as {name}: use its own name")
                self.add(source, original)
            else:
                self.imports.add(own.lines[name])
        elif name in own.defined and (module, name) not in self.texts:
            if any(name == other for _, other in self.texts):
                raise ValueError(f"{module}.{name}: another module's {name} is pasted, too: rename one")
            self.texts[module, name] = ""  # a function may call itself
            node = own.defined[name]
            for used in _used(node):
                self.add(module, used)
            del self.texts[module, name]
            self.texts[module, name] = own.source(node)


@dataclass(frozen=True)
class _Module:
    """A module's text: definitions, and imported names with where they are from and a line that does it."""

    text: str
    defined: Mapping[str, _Definition]
    imported: Mapping[str, tuple[str, str]]
    lines: Mapping[str, str]

    def source(self, node: _Definition) -> str:
        """Return the lines of a definition, with its decorators."""
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        return "\n".join(self.text.splitlines()[first - 1 : node.end_lineno])


@cache
def _module(name: str) -> _Module:
    text = (PACKAGE.parent / f"{name.replace('.', '/')}.py").read_text("utf-8")
    defined: dict[str, _Definition] = {}
    imported, lines = {}, {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined.update({target.id: node for target in targets if isinstance(target, ast.Name)})
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                as_name = alias.asname or alias.name
                renamed = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
                if isinstance(node, ast.ImportFrom):
                    imported[as_name] = (node.module or "", alias.name)
                    lines[as_name] = f"from {node.module} import {renamed}"
                else:
                    imported[as_name] = (alias.name, "")
                    lines[as_name] = f"import {renamed}"
    return _Module(text, defined, imported, lines)


def _used(node: ast.AST) -> Iterator[str]:
    """Yield the names that a definition reads and does not bind itself, in order."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    own = {each.id for each in names if not isinstance(each.ctx, ast.Load)}
    own |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    yield from dict.fromkeys(each.id for each in names if each.id not in own)
