"""Digests of code: of the content of all that a function reaches in the package, wherever it stands.

A function, class or constant counts by its name and text, and by what the names in it mean: a definition of
the package by its digest, anything else by its full name. So an alias counts by what it stands for, and the
place of a definition does not count. Nor do comments, docstrings, layout and what type checkers alone see.
Statements at the top of a module that do more than bind names count with everything that is taken from it.

Nothing is imported or run for this, so too much may count: a local variable counts as the module's name that
it hides. Where a name is only known when the code runs (`globals()`, `import_module(name)`), the whole module
counts, and so does each module that a string names. Data files count where the code asks for their place.
What a decorator or a base class notes elsewhere does not count; the chapters have none that does. Nor do
statements that only tell a watcher of a training.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "workshop"

# a module, and what is taken of it step by step
Reference = tuple[str, ...]
# a module and a name that it binds; "" is the whole module, and "!" what it does beyond binding names
Node = tuple[str, str]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
# names that may mean anything in a module or in the package, and those that say where files are
_DYNAMIC = {"globals", "locals", "vars", "exec", "eval", "__import__"}
_DYNAMIC_LIBRARY = ("importlib.", "pkgutil.", "runpy.", "sys.modules")
_PLACES = (
    "__file__",
    "__path__",
    "importlib.resources",
    "importlib_resources",
    "pkgutil.get_data",
    "inspect.getfile",
)
_DEPTH = 8  # of references by which definitions of the same name and text are told apart


class _Module:
    """A module: its statements, those that bind each name, and what names of one import stand for."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.body = list(_running(_parsed(path).body))
        self.bound: dict[str, list[int]] = {}
        self.aliases: dict[str, Reference] = {}
        self.effects = [place for place, statement in enumerate(self.body) if _does_more(statement)]
        self._statements: dict[int, _Statement] = {}
        for place, statement in enumerate(self.body):
            if isinstance(statement, _IMPORTS):
                self.aliases.update(self.imported(statement))
            else:
                for bound in _bound_by(statement):
                    self.bound.setdefault(bound, []).append(place)
        for name_ in self.aliases.keys() & self.bound.keys():  # what it means depends on what ran last
            places = [
                at
                for at, each in enumerate(self.body)
                if isinstance(each, _IMPORTS) and name_ in dict(self.imported(each))
            ]
            self.bound[name_] = sorted({*self.bound[name_], *places})
            del self.aliases[name_]

    def imported(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Reference]]:
        """Yield the names that an import binds, and what they stand for."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, (alias.name,)) if alias.asname else (first, (first,))
            return
        steps = self.name.split(".") if self.path.name == "__init__.py" else self.name.split(".")[:-1]
        above = steps[: len(steps) + 1 - node.level] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            yield alias.asname or alias.name, (base, alias.name)

    def statement(self, place: int) -> _Statement:
        """Return a statement as it counts."""
        if place not in self._statements:
            self._statements[place] = _Statement(self, self.body[place])
        return self._statements[place]


@cache
def read(name: str, path: Path) -> _Module:
    """Return a module by its name and file."""
    return _Module(name, path)


class _Statement:
    """A statement: its text with a mark for each name of the package, what these stand for, and its files."""

    def __init__(self, module: _Module, statement: ast.stmt) -> None:
        self.module = module
        self.references: list[Reference] = []
        self.files = False
        self._names = dict(module.aliases)
        watcher = f"{PACKAGE}.training", "watching"
        self._watchers = {name for name, meant in self._names.items() if meant == watcher}
        self._inside = isinstance(statement, _DEFINITIONS)
        self._out: list[str] = []
        self._write(statement)
        self.text = " ".join(self._out)

    def _write(self, node: ast.AST) -> None:
        if isinstance(node, _IMPORTS):  # what it binds counts where it is used, or with the statement around
            for name, meant in self.module.imported(node):
                self._names[name] = meant
                if not self._inside:
                    self._mean(meant)
        elif (names := _chain(node)) is not None:
            self._name(names)
        elif isinstance(node, ast.Call) and _is_harmless(node):
            self._all(node.args)
        elif isinstance(node, ast.Constant):
            self._out.append(repr(node.value))
            if isinstance(node.value, str) and node.value.startswith(f"{PACKAGE}."):
                self._mean((node.value.rstrip("."), "*"))
        else:
            self._out.append(type(node).__name__)
            # Python has `type_params` from 3.12 on
            for value in (v for name, v in ast.iter_fields(node) if v or name != "type_params"):
                if isinstance(value, list):
                    self._all(_running(value))
                elif isinstance(value, ast.AST):
                    self._write(value)
                elif value is not None or isinstance(node, ast.Slice):  # `1:` is not `:1`
                    self._out.append(repr(value))

    def _all(self, nodes: Iterable[Any]) -> None:
        self._out.append("[")
        for node in nodes:
            if self._watchers and _only_tells(node, self._watchers):
                continue
            if isinstance(node, ast.AST):
                self._write(node)
            else:
                self._out.append(repr(node))
        self._out.append("]")

    def _name(self, names: Reference) -> None:
        if names[0] in self._names:
            self._mean((*self._names[names[0]], *names[1:]))
        elif names[0] in self.module.bound:
            self._mean((self.module.name, *names))
        else:
            self._mean(names)

    def _mean(self, names: Reference) -> None:
        if names[0].split(".")[0] == PACKAGE or names[0] == self.module.name:
            self._out.append("§")
            self.references.append(names)
            return
        dotted = ".".join(names)
        self._out.append(dotted)
        self.files |= dotted.startswith(_PLACES)
        if dotted.split(".")[0] in _DYNAMIC or dotted.startswith(_DYNAMIC_LIBRARY):
            self.references.append((self.module.name,))


class Digests:
    """Digests of what names of modules reach; each module is read once."""

    def __init__(self) -> None:
        self._modules: dict[str, _Module | None] = {}
        self._starts: set[str] = set()  # modules of units may be of no package
        self._contents: dict[Node, tuple[str, list[tuple[Node | None, str]]]] = {}
        self._deep: dict[tuple[Node, int], str] = {}
        self._found: dict[Node, str] = {}

    def digest(self, module: str, name: str = "") -> str:
        """Return the digest of what a name of a module reaches, of the whole module without such a name."""
        if (module, name) not in self._found:
            self._starts.add(module)
            self._found[module, name] = self._digest(module, name)
        return self._found[module, name]

    def _digest(self, module: str, name: str) -> str:
        found = self.module(module)
        if found is None:
            return _hash([])
        start = self._meaning((module, name))[0] if name in {*found.bound, *found.aliases} else None
        start = start or (module, "")
        return _hash(
            [self._to_depth(start, _DEPTH), *sorted(self._content(each)[0] for each in self.reached(start))]
        )

    def own(self, module: str) -> str:
        """Return the digest of what a module says itself, without what its names mean."""
        found = self.module(module)
        assert found is not None
        lines = []
        for place, statement in enumerate(found.body):
            if not isinstance(statement, _IMPORTS):
                own = found.statement(place)
                lines.append(_hash([own.text, *(each[-1] for each in own.references)]))
        return _hash(sorted(lines))

    def reached(self, start: Node) -> set[Node]:
        """Return a node and all that it reaches."""
        seen = {start}
        waiting = [start]
        while waiting:
            for other, _ in self._content(waiting.pop())[1]:
                if other is not None and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    def module(self, name: str) -> _Module | None:
        """Return a module by its name; None if there is no source of it."""
        if name not in self._modules:
            ours = name.split(".", maxsplit=1)[0] == PACKAGE or name in self._starts
            path = source(name) if ours else None
            self._modules[name] = None if path is None else read(name, path)
        return self._modules[name]

    def _to_depth(self, node: Node, depth: int) -> str:
        own, used = self._content(node)
        if depth == 0:
            return own
        if (node, depth) not in self._deep:
            meant = (
                f"{'' if other is None else self._to_depth(other, depth - 1)} {rest}" for other, rest in used
            )
            self._deep[node, depth] = _hash([own, *meant])
        return self._deep[node, depth]

    def _content(self, node: Node) -> tuple[str, list[tuple[Node | None, str]]]:
        """Return a digest of a node's own name and text, and what it refers to."""
        if node not in self._contents:
            name, what = node
            module = self.module(name)
            assert module is not None
            used: list[tuple[Node | None, str]] = []
            texts = [what]
            if not what:
                used += [self._meaning((name, each)) for each in sorted({*module.bound, *module.aliases})]
            for place in module.effects if what == "!" else module.bound.get(what, ()):
                statement = module.statement(place)
                texts.append(statement.text)
                for reference in statement.references:
                    found, rest = self._meaning(reference)
                    used += [(found, rest), *self._effects(found[0] if found else "")]
                if statement.files:
                    used += [
                        (None, _data_files(self._folder(each))) for each in [(name,), *statement.references]
                    ]
            used += self._effects(name)
            self._contents[node] = _hash(texts), used
        return self._contents[node]

    def _effects(self, name: str) -> list[tuple[Node | None, str]]:
        """Return what a module and the packages around it do beyond binding names."""
        steps = name.split(".")
        above = (self.module(".".join(steps[:end])) for end in range(1, len(steps) + 1))
        return [((each.name, "!"), "") for each in above if each is not None and each.effects]

    def _folder(self, reference: Reference) -> Path | None:
        module = self.module(reference[0])
        return None if module is None else module.path.parent

    def _meaning(self, reference: Reference) -> tuple[Node | None, str]:
        """Return what a reference means, and what is taken of that; None if it is not of the package."""
        where, *names = reference
        for _ in range(99):  # imports that go round in a circle
            module = self.module(where)
            if module is None:
                break
            first = names[0] if names else ""
            if first in module.aliases:
                where, names = module.aliases[first][0], [*module.aliases[first][1:], *names[1:]]
            elif first in module.bound:
                return (where, first), ".".join(names[1:])
            elif first and self.module(f"{where}.{first}") is not None:
                where, names = f"{where}.{first}", names[1:]
            else:  # a module as a value, or a name that it makes when it is asked
                return (where, ""), ".".join(names)
        return None, ".".join([where, *names])


def _parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree; to look for garbage among its many nodes would double the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    finally:
        if collects:
            gc.enable()


def _running(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements without docstrings and branches that type checkers alone see."""
    for statement in body:
        test = statement.test if isinstance(statement, ast.If) else None
        if getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING":
            yield from _running(statement.orelse)  # type: ignore[attr-defined]  # it is an `if`
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield statement


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a statement that run where it stands."""
    yield node
    if not isinstance(node, (*_DEFINITIONS, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            yield from _outside(child)


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    for node in _outside(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (*_DEFINITIONS, ast.ExceptHandler)) and node.name:
            yield node.name
        elif isinstance(node, _IMPORTS):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)


def _does_more(statement: ast.stmt) -> bool:
    """Whether a statement may do more than bind names; decorators and base classes are taken not to."""
    return any(
        (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))
        or (isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.ImportFrom) and node.names[0].name == "*")
        for node in _outside(statement)
    )


def _chain(node: ast.AST) -> tuple[str, ...] | None:
    """Return a name and the attributes that are taken of it; None for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else None


def _called(node: ast.AST) -> tuple[str, ...]:
    """Return the name that is called, and the attributes that are taken of it; "" for anything else."""
    return (isinstance(node, ast.Call) and _chain(node.func)) or ("",)


def _only_tells(node: Any, watchers: set[str]) -> bool:
    """Whether a statement calls a watcher, with arguments that do nothing themselves."""
    if not isinstance(node, ast.Expr) or _called(node.value)[0] not in watchers:
        return False
    inner = [each for each in ast.walk(node.value) if each is not node.value]
    acts = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
    return not any(
        isinstance(each, acts) or (isinstance(each, ast.Call) and _called(each) != ("len",)) for each in inner
    )


def _is_harmless(call: ast.Call) -> bool:
    """Whether a call imports a module that a constant names, or asks for the attributes of a value."""
    names = _called(call)
    constant = all(isinstance(each, ast.Constant) for each in call.args)
    return bool(call.args) and (names == ("vars",) or (names[-1] == "import_module" and constant))


@cache
def _data_files(folder: Path | None) -> str:
    """Return a digest of the files of a folder that are not code."""
    files = sorted(folder.rglob("*")) if folder is not None else ()
    data = (path for path in files if path.is_file() and path.suffix not in {".py", ".pyc"})
    return _hash(
        f"{path.relative_to(str(folder))} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in data
    )


@cache
def _digests() -> Digests:
    return Digests()


def code_digest(module: str, name: str = "") -> str:
    """Return the digest of what a function, class or constant of a module reaches.

    Without a name, or if no statement of the module binds it, that of the whole module.
    """
    return _digests().digest(module, name)


def own_digest(module: str) -> str:
    """Return the digest of what a module says itself, without what its names mean."""
    return _digests().own(module)


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def source(name: str) -> Path | None:
    """Return the file of a module, without importing anything."""
    parent, _, last = name.rpartition(".")
    if not parent:
        spec = importlib.util.find_spec(name)
        origin = spec.origin if spec is not None else None
        return Path(origin) if origin is not None and origin.endswith(".py") else None
    above = source(parent)
    if above is None or above.name != "__init__.py":
        return None
    folders = getattr(sys.modules.get(parent), "__path__", [str(above.parent)])
    found = (Path(folder) / inner for folder in folders for inner in (f"{last}/__init__.py", f"{last}.py"))
    return next((path for path in found if path.is_file()), None)
