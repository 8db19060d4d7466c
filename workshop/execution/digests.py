"""Digests of code: of the content of all that a function reaches, wherever it stands.

From a function the names that it uses are followed to the functions, classes and constants of the package
that they mean, and from those to others. Each counts by its content and by what its own names mean. So an
alias of an import counts by what it stands for, and the name of a module does not count. What a module does
when it is imported, beyond binding names, counts with everything that imports it. Comments, docstrings,
layout and what type checkers alone see do not count.

Nothing is imported or run for this. Where a name is only known when the code runs (`globals()`,
`import_module(name)`), the whole module counts, and so does each module or package that a string names. The
data files next to a module count where its code asks for its place.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import importlib.util
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "workshop"

# a module, "" for the one in which the name stands, and the names that are looked up in it one by one
Reference = tuple[str, ...]
# what a reference means: a kind ("def", "module", "package", "effects"), a module and a name
Node = tuple[str, str, str]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_UNPACKED = (ast.Tuple, ast.List, ast.Starred)
# what makes an object of a class
_MAKING = ("__init__", "__new__", "__post_init__")
# where a statement has others
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases", "items")
_LOAD = ast.Load()
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

# statements that do no more than what is in them
_BINDING = (
    *_FUNCTIONS, ast.Import, ast.ImportFrom, ast.Expr, ast.If, ast.Try, ast.Return, ast.Raise, ast.Pass,
)  # fmt: skip

# names that may mean anything in their module, or anything in the package
_DYNAMIC = {
    "globals",
    "locals",
    "vars",
    "exec",
    "eval",
    "__import__",
    "__builtins__",
    "__spec__",
    "__package__",
}
_DYNAMIC_LIBRARY = (
    "importlib.",
    "pkgutil.",
    "runpy.",
    "inspect.getsource",
    "inspect.getmodule",
    "sys.modules",
)
# names that say where a module's files are
_PLACES = {"__file__", "__path__"}
_PLACES_LIBRARY = ("importlib.resources", "importlib_resources", "pkgutil.get_data", "inspect.getfile")

# Calls that only make a value: built-in functions, functions of libraries by the beginnings of their names,
# methods, and decorators of this package. Other calls at the top of a module may change something elsewhere.
_QUIET_BUILTINS = {
    "abs", "bool", "bytes", "classmethod", "complex", "dict", "divmod", "enumerate", "float", "frozenset",
    "int", "isinstance", "issubclass", "len", "list", "max", "min", "object", "pow", "property", "range",
    "repr", "reversed", "round", "set", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple",
    "zip", "AttributeError", "KeyError", "TypeError", "ValueError",
}  # fmt: skip
_QUIET_LIBRARY = (
    "abc.", "collections.", "contextlib.", "dataclasses.", "fractions.", "functools.", "itertools.",
    "logging.getLogger", "math.", "numpy.", "operator.", "pathlib.", "pydantic.", "re.", "string.", "struct.",
    "types.", "typing.",
)  # fmt: skip
_LOUD_LIBRARY = (
    "functools.reduce", "functools.singledispatch", "numpy.copyto", "numpy.fill_diagonal", "numpy.place",
    "numpy.put", "numpy.random.", "numpy.set",
)  # fmt: skip
_QUIET_METHODS = {
    "casefold", "copy", "decode", "encode", "format", "fromkeys", "from_bytes", "items", "join", "joinpath",
    "keys", "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix", "replace",
    "rpartition", "rsplit", "rstrip", "split", "splitlines", "strip", "title", "union", "upper",
    "values", "with_name", "with_suffix",
}  # fmt: skip
_QUIET_DECORATORS = {"unit", "setter", "getter", "deleter"}


@dataclass(frozen=True)
class _Statement:
    """A statement at the top of a module: its text without names from elsewhere, and what these are."""

    text: str
    references: tuple[Reference, ...]
    imports: tuple[str, ...]
    dynamic: bool
    places: bool


@dataclass
class _Module:
    """A module: its statements, and which of them bind a name. `body` has what runs when it is imported."""

    name: str
    path: Path
    package: str
    body: list[ast.stmt]
    bound: dict[str, list[int]] = field(default_factory=dict)
    aliases: dict[str, Reference] = field(default_factory=dict)  # names that only one import binds
    stars: list[str] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)  # when it is imported
    walrus: bool = False
    statements: list[_Statement] = field(default_factory=list)

    @property
    def anchor(self) -> list[str]:
        """What relative imports are relative to."""
        steps = self.name.split(".")
        return steps if self.path.name == "__init__.py" else steps[:-1]

    @classmethod
    def read(cls, path: Path, name: str, package: str) -> _Module:
        """Read a module with nothing but the bodies of its statements."""
        text = path.read_bytes()
        return cls(name, path, package, [*_running(ast.parse(text, str(path)).body)], walrus=b":=" in text)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Make many small objects without looking for garbage in between, which takes a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@cache
def parsed(path: Path, name: str, package: str = PACKAGE) -> _Module:
    """Return a module by its file and its name; names of `package` are followed."""
    with _no_collection():
        module = _Module.read(path, name, package)
        _bind(module)
        module.statements = [_Writer(module).statement(each) for each in module.body]
        for statement in module.body:
            _strip(statement)
    return module


def _bind(module: _Module) -> None:
    """Find what the statements of a module bind and import."""
    anchor = module.anchor
    for place, statement in enumerate(module.body):
        names: dict[str, Reference | None] = {}
        _collect([statement], names, anchor, module.walrus)
        for bound, reference in names.items():
            plain = reference is not None and isinstance(statement, ast.Import | ast.ImportFrom)
            if bound not in module.bound and plain:
                module.aliases[bound] = reference  # type: ignore[assignment]  # it is no None
            elif not plain or module.aliases.get(bound) != reference:
                module.aliases.pop(bound, None)
            module.bound.setdefault(bound, []).append(place)
        for inner in _outside_functions(statement):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                module.imports.update(_imported(inner, anchor))
                if isinstance(inner, ast.ImportFrom) and inner.names[0].name == "*":
                    module.stars.append(_base(inner, anchor))


def _strip(statement: ast.stmt) -> None:
    """Leave out the bodies of functions, which don't run when a module is imported; they take much memory."""
    for each in [statement, *(statement.body if isinstance(statement, ast.ClassDef) else [])]:
        if isinstance(each, _FUNCTIONS) and each.name not in _MAKING:
            each.body = []


def _running(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, but for branches that type checkers alone see, and for values that nobody takes."""
    for statement in body:
        if isinstance(statement, ast.If) and _name_of(statement.test) == "TYPE_CHECKING":
            yield from _running(statement.orelse)
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield statement


def _name_of(node: ast.expr) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _outside_functions(statement: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement and those in it that run with it."""
    yield statement
    if not isinstance(statement, _FUNCTIONS):
        for name in _BLOCKS:
            for inner in getattr(statement, name, ()):
                yield from _outside_functions(inner)


def _base(node: ast.ImportFrom, anchor: Sequence[str]) -> str:
    if not node.level:
        return node.module or ""
    return ".".join([*anchor[: len(anchor) - node.level + 1], *([node.module] if node.module else [])])


def _imported(node: ast.Import | ast.ImportFrom, anchor: Sequence[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = _base(node, anchor)
    return [base, *(f"{base}.{alias.name}" for alias in node.names)]


def _aliases(node: ast.Import | ast.ImportFrom, anchor: Sequence[str]) -> Iterator[tuple[str, Reference]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            if alias.name != "*":
                yield alias.asname or alias.name, (_base(node, anchor), alias.name)
        elif alias.asname:
            yield alias.asname, (alias.name,)
        else:
            first = alias.name.split(".")[0]
            yield first, (first,)


def _collect(
    body: Iterable[ast.AST], found: dict[str, Reference | None], anchor: Sequence[str], walrus: bool
) -> None:
    """Find the names that statements bind in their scope, and what they mean if one import binds them."""
    elsewhere: set[str] = set()
    waiting = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, reference in _aliases(node, anchor):
                found[name] = reference if found.get(name, reference) == reference else None
        elif isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere.update(node.names)
        else:
            found.update(dict.fromkeys(_bound_by(node)))
            waiting += _in_scope(node, walrus)
    for name in elsewhere:
        found.pop(name, None)


def _bound_by(node: ast.AST) -> Iterable[str]:
    """Return the names that a node itself binds."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, (*_DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        return (node.name,) if node.name else ()
    return (node.rest,) if isinstance(node, ast.MatchMapping) and node.rest else ()


def _in_scope(node: ast.AST, walrus: bool) -> Iterable[ast.AST]:
    """Return the parts of a node that may bind names in the same scope; in expressions only `:=` does."""
    if isinstance(node, (*_DEFINITIONS, ast.Lambda)):
        return ()
    if isinstance(node, _COMPREHENSIONS):
        inner = (each for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        return [each.target for each in inner if walrus]
    if isinstance(node, ast.expr):
        return ast.iter_child_nodes(node) if walrus or isinstance(node, _UNPACKED) else ()
    if walrus or isinstance(node, ast.Match | ast.match_case | ast.pattern):
        return ast.iter_child_nodes(node)
    return [*(each for name in _BLOCKS for each in getattr(node, name, ())), *_targets(node)]


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    if isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor):
        return [node.target]
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return [node.optional_vars]
    return []


class _Writer:
    """Writes a statement as text in which names from elsewhere are numbered."""

    def __init__(self, module: _Module) -> None:
        self.module = module
        self.anchor = module.anchor
        self.out: list[str] = []
        self.references: dict[Reference, int] = {}
        self.imports: list[str] = []
        self.dynamic = self.places = False
        # of functions and classes around, the innermost last: whether it is a class, and the names it binds
        self.scopes: list[tuple[bool, dict[str, Reference | None]]] = []

    def statement(self, node: ast.stmt) -> _Statement:
        self.write(node)
        return _Statement(
            "\x1f".join(self.out), tuple(self.references), tuple(self.imports), self.dynamic, self.places
        )

    def write(self, node: ast.AST) -> None:
        kind = type(node)
        special = _SPECIAL.get(kind)
        if special is not None:
            special(self, node)
            return
        out = self.out
        out.append(kind.__name__)
        for name in _fields(kind):
            value = getattr(node, name, None)
            if value is None or value == []:
                continue
            out.append(name)
            if isinstance(value, list):
                self.all(value)
            elif isinstance(value, ast.AST):
                self.write(value)
            else:
                out.append(repr(value))
        out.append(")")

    def all(self, nodes: Iterable[Any]) -> None:
        self.out.append("[")
        for node in nodes:
            if isinstance(node, ast.AST):
                self.write(node)
            else:  # names of `global`, and None in a dictionary that takes up another one
                self.out.append(repr(node))
        self.out.append("]")

    def body(self, nodes: Iterable[ast.stmt]) -> None:
        self.all(_running(nodes))

    def refer(self, reference: Reference) -> None:
        place = self.references.setdefault(reference, len(self.references))
        self.out.append(f"§{place}")

    def found(self, name: str) -> tuple[bool, Reference | None]:
        """Return whether a name is bound around here, and what it means if an import binds it."""
        for place in range(len(self.scopes) - 1, -1, -1):
            is_class, names = self.scopes[place]
            if name in names and (not is_class or place == len(self.scopes) - 1):
                return True, names[name]
        return False, None

    def chain(self, names: Sequence[str], context: ast.expr_context, *, known: bool = False) -> None:
        """Write a name and the attributes that are taken of it; a dynamic one may be `known`."""
        local, reference = self.found(names[0])
        if local and reference is None:
            self.out += ["n", *names]
            if self.scopes[-1][0] and names[0] in self.scopes[-1][1]:
                self.refer(("", *names))  # the class has it only from where it is bound
            return
        if not local and not self.scopes and not isinstance(context, ast.Load):
            self.out += ["n", *names]
            return
        whole = (*reference, *names[1:]) if reference is not None else self.global_(names)
        if whole[0].split(".")[0] not in {"", self.module.package}:
            dotted = ".".join(whole)
            self.out += ["l", dotted]
            self.dynamic |= dotted.startswith(_DYNAMIC_LIBRARY) and not known
            self.places |= dotted.startswith(_PLACES_LIBRARY)
            return
        self.dynamic |= names[0] in _DYNAMIC and names[0] not in self.module.bound and not known
        if names[0] in _PLACES:
            self.places = True
        self.refer(whole)

    def global_(self, names: Sequence[str]) -> Reference:
        alias = self.module.aliases.get(names[0])
        return ("", *names) if alias is None else (*alias, *names[1:])

    def name(self, node: ast.Name) -> None:
        self.chain((node.id,), node.ctx)

    def attribute(self, node: ast.Attribute) -> None:
        names = _chain(node)
        if names is not None and isinstance(node.ctx, ast.Load):
            self.chain(names, node.ctx)
            return
        self.out += ["Attribute", node.attr]
        self.write(node.value)

    def call(self, node: ast.Call) -> None:
        self.out.append("Call")
        names = _chain(node.func)
        if names is not None:
            written = bool(node.args) and all(isinstance(each, ast.Constant) for each in node.args)
            imports = names[-1] in {"import_module", "__import__"} and written and not node.keywords
            self.chain(names, _LOAD, known=imports or (names == ("vars",) and bool(node.args)))
        else:
            self.write(node.func)
        self.all(node.args)
        self.all(node.keywords)

    def constant(self, node: ast.Constant) -> None:
        self.out.append(repr(node.value))
        if isinstance(node.value, str) and node.value.startswith(f"{self.module.package}."):
            steps = node.value.rstrip(".").split(".")
            if all(step.isidentifier() for step in steps):
                self.refer((node.value, "*"))

    def import_(self, node: ast.Import | ast.ImportFrom) -> None:
        self.imports += _imported(node, self.anchor)
        for name, reference in _aliases(node, self.anchor):
            if not self.scopes or self.scopes[-1][1].get(name) is None:
                self.out += ["Import", name]
                self.refer(reference)
            elif reference[0].split(".", 1)[0] != self.module.package:  # others count where they are used
                self.out += ["Import", *reference]

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.out += [type(node).__name__, node.name]
        self.all(node.decorator_list)
        self.arguments(node.args)
        if node.returns is not None:
            self.write(node.returns)
        self.enter(_arguments(node.args), node.body)
        self.body(node.body)
        self.scopes.pop()

    def lambda_(self, node: ast.Lambda) -> None:
        self.out.append("Lambda")
        self.arguments(node.args)
        self.enter(_arguments(node.args), [])
        self.write(node.body)
        self.scopes.pop()

    def arguments(self, node: ast.arguments) -> None:
        for name in _fields(ast.arguments):
            value = getattr(node, name)
            if isinstance(value, list) and value:
                self.out.append(name)
                self.all(value)
            elif isinstance(value, ast.arg):
                self.out.append(name)
                self.write(value)

    def class_(self, node: ast.ClassDef) -> None:
        self.out += ["ClassDef", node.name]
        self.all(node.decorator_list)
        self.all(node.bases)
        self.all(node.keywords)
        names: dict[str, Reference | None] = {}
        _collect(node.body, names, self.anchor, self.module.walrus)
        self.scopes.append((True, dict.fromkeys(names)))
        self.body(node.body)
        self.scopes.pop()

    def comprehension(self, node: Any) -> None:
        self.out.append(type(node).__name__)
        self.write(node.generators[0].iter)
        names: dict[str, Reference | None] = {}
        for generator in node.generators:
            _collect([generator.target], names, self.anchor, False)
        self.scopes.append((False, names))
        for place, generator in enumerate(node.generators):
            self.write(generator.target)
            if place:
                self.write(generator.iter)
            self.all(generator.ifs)
            self.out.append(repr(generator.is_async))
        for name in ("key", "value", "elt"):
            if hasattr(node, name):
                self.write(getattr(node, name))
        self.scopes.pop()
        self.out.append(")")

    def if_(self, node: ast.If) -> None:
        if _name_of(node.test) == "TYPE_CHECKING":
            self.body(node.orelse)
            return
        self.out.append("If")
        self.write(node.test)
        self.body(node.body)
        self.body(node.orelse)

    def enter(self, names: Iterable[str], body: Iterable[ast.stmt]) -> None:
        found: dict[str, Reference | None] = {}
        _collect(body, found, self.anchor, self.module.walrus)
        self.scopes.append((False, {**found, **dict.fromkeys(names)}))


_SPECIAL: dict[type, Callable[[_Writer, Any], None]] = {
    ast.Name: _Writer.name,
    ast.Attribute: _Writer.attribute,
    ast.Call: _Writer.call,
    ast.Constant: _Writer.constant,
    ast.Import: _Writer.import_,
    ast.ImportFrom: _Writer.import_,
    ast.FunctionDef: _Writer.function,
    ast.AsyncFunctionDef: _Writer.function,
    ast.Lambda: _Writer.lambda_,
    ast.ClassDef: _Writer.class_,
    ast.If: _Writer.if_,
    **dict.fromkeys(_COMPREHENSIONS, _Writer.comprehension),
}


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind not in _FIELDS:
        unread = {"ctx", "type_comment", "kind"}
        _FIELDS[kind] = tuple(name for name in kind._fields if name not in unread)
    return _FIELDS[kind]


def _chain(node: ast.AST) -> tuple[str, ...] | None:
    """Return the names of `a.b.c`, None of what is no such chain."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else None


def _arguments(node: ast.arguments) -> list[str]:
    given = [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg]
    return [each.arg for each in given if each is not None]


class Digests:
    """The digests of functions, constants and modules of the package, each computed once."""

    def __init__(self, package: str = PACKAGE) -> None:
        self.package = package
        self._starts: set[str] = set()  # modules elsewhere that were asked for
        self._modules: dict[str, _Module | None] = {}
        self._contents: dict[Node, tuple[str, list[tuple[Node | None, str]], frozenset[str]]] = {}
        self._places: dict[str, list[int]] = {}
        self._digests: dict[Node, str] = {}
        self._effects: dict[
            Node, frozenset[str]
        ] = {}  # modules that run where a node is used, and do something
        self._running: dict[str, frozenset[str]] = {}
        self._loud: dict[tuple[str, str], bool] = {}
        self._entered: dict[Node, int] = {}
        self._open: list[Node] = []

    def digest(self, module: str, name: str = "") -> str:
        """Return the digest of what a name of a module reaches, of the whole module without a name."""
        self._starts.add(module)
        found = self.module(module)
        if found is None:
            return _hash([])
        node, _ = self._meaning(module, ("", name)) if name in found.bound else (None, "")
        node = node or ("module", module, "")
        self._visit(node)
        effects = self._effects[node] | self._run(module)
        seen: set[str] = set()
        while effects - seen:
            seen |= effects
            for each in effects:
                self._visit(("effects", each, ""))
                effects |= self._effects["effects", each, ""]
        return _hash([self._digests[node], *sorted({self._digests["effects", each, ""] for each in effects})])

    def own(self, module: str) -> str:
        """Return the digest of what a module says itself, without what its names mean."""
        found = self.module(module)
        assert found is not None
        lines = []
        for place, statement in enumerate(found.body):
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                written = found.statements[place]
                meant = [self._meaning(module, reference) for reference in written.references]
                lines.append(
                    _hash(
                        [written.text, *(f"{node and (node[2] or node[0])} {rest}" for node, rest in meant)]
                    )
                )
        return _hash(sorted(lines))

    def _visit(self, node: Node) -> int:
        """Give a node its digest, and return the oldest open node that it comes back to.

        This is Tarjan's search: what uses each other has one digest together, in which inner references count
        by their names.
        """
        if node in self._digests:
            return len(self._open) + 1
        if node in self._entered:
            return self._entered[node]
        lowest = place = self._entered[node] = len(self._open)
        self._open.append(node)
        _, used, _ = self._content(node)
        for other, _ in used:
            if other is not None:
                lowest = min(lowest, self._visit(other))
        if lowest < place:
            return lowest
        circle = self._open[place:]
        del self._open[place:]
        inside = set(circle)
        written = {each: self._written(each, inside) for each in circle}
        effects: frozenset[str] = frozenset()
        for each in circle:
            effects |= self._content(each)[2]
            for other, _ in self._content(each)[1]:
                effects |= self._effects.get(other, frozenset()) if other is not None else frozenset()
        together = _hash(sorted(written.values()))
        for each in circle:
            self._digests[each] = _hash([written[each], together])
            self._effects[each] = effects
            del self._entered[each]
        return len(self._open) + 1

    def _written(self, node: Node, circle: Collection[Node]) -> str:
        text, used, _ = self._content(node)
        lines = [text]
        for other, rest in used:
            if other is None:
                lines.append(rest)
            else:
                inner = other in circle
                lines.append(f"{other[2] or other[0] if inner else self._digests[other]} {rest}")
        return _hash(lines)

    def module(self, name: str) -> _Module | None:
        """Return a module of the package by its name; None if there is none, or no source of it."""
        if name not in self._modules:
            ours = name.split(".", 1)[0] == self.package or name in self._starts
            path = source(name) if ours else None
            self._modules[name] = None if path is None else parsed(path, name, self.package)
        return self._modules[name]

    def _content(self, node: Node) -> tuple[str, list[tuple[Node | None, str]], frozenset[str]]:
        """Return a node's own text, what it refers to, and the modules with effects that it imports."""
        if node not in self._contents:
            self._contents[node] = self._read(*node)
        return self._contents[node]

    def _read(
        self, kind: str, name: str, what: str
    ) -> tuple[str, list[tuple[Node | None, str]], frozenset[str]]:
        module = self.module(name)
        assert module is not None
        effects = self._run(name)
        if kind == "package":
            return kind, [(("module", each, ""), "") for each in _inner_modules(module)], effects
        if kind == "module":
            names = sorted(module.bound)
            used = [self._meaning(name, ("", each)) for each in names]
            stars = [(("module", each, ""), "*") for each in module.stars if self.module(each)]
            own: list[tuple[Node | None, str]] = (
                [(("effects", name, ""), "")] if self._loud_places(name) else []
            )
            return "\n".join(names), [*used, *stars, *own], effects
        places = self._loud_places(name) if kind == "effects" else module.bound[what]
        statements = [module.statements[place] for place in places]
        used = []
        for statement in statements:
            used += [self._meaning(name, reference) for reference in statement.references]
            if statement.dynamic:
                used.append((("module", name, ""), ""))
            if statement.places:
                named = [
                    self.module(each[0].rstrip(".")) for each in statement.references if each[1:] == ("*",)
                ]
                folders = {each.path.parent for each in (module, *named) if each is not None}
                used += [(None, text) for text in sorted(map(_data_files, folders))]
            for each in statement.imports:
                effects |= self._run(each)
        return "\n".join(each.text for each in statements), used, effects

    def _meaning(self, name: str, reference: Reference) -> tuple[Node | None, str]:
        """Return what a reference in a module means, and the attributes that are left; else its own text."""
        base, *names = reference
        own = not base
        where = base or name
        if names == ["*"]:  # a string
            package = where.endswith(".")
            where = where.rstrip(".")
            if self.module(where) is None:
                return None, ""
            return ("package" if package else "module", where, ""), ""
        for _ in range(99):
            module = self.module(where)
            if module is None:
                return None, ".".join([where, *names])
            if not names:
                return ("module", where, ""), ""
            first = names[0]
            if first in module.aliases:
                where, *inner = module.aliases[first]
                names = [*inner, *names[1:]]
                own = False
            elif first in module.bound:
                return ("def", where, first), ".".join(names[1:])
            elif star := next((each for each in module.stars if self._has(each, first)), None):
                where, own = star, False
            elif own:  # a built-in function, or a name of a library's star
                return None, " ".join([".".join(names), *module.stars])
            elif self.module(f"{where}.{first}") is not None:
                where, names = f"{where}.{first}", names[1:]
            elif "__getattr__" in module.bound:
                return ("def", where, "__getattr__"), ".".join(names)
            else:
                return ("module", where, ""), ".".join(names)
        return None, ".".join(names)

    def _has(self, name: str, wanted: str) -> bool:
        module = self.module(name)
        return module is not None and (
            wanted in module.bound or any(self._has(each, wanted) for each in module.stars if each != name)
        )

    def _run(self, name: str) -> frozenset[str]:
        """Return the modules with effects among those that run when a module is imported, itself included."""
        if name not in self._running:
            seen: set[str] = set()
            waiting = [name]
            while waiting:
                each = waiting.pop()
                module = None if each in seen else self.module(each)
                if module is None:
                    continue
                seen.add(each)
                waiting += [*module.imports, *_parents(each)]
            self._running[name] = frozenset(each for each in seen if self._loud_places(each))
        return self._running[name]

    def _loud_places(self, name: str) -> list[int]:
        """Return the statements at the top of a module that may do more than bind names, in their order.

        If a name is bound twice, what it means depends on where other statements stand.
        """
        if name not in self._places:
            self._places[name] = []  # if it is needed for itself
            self._places[name] = self._find_loud(name)
        return self._places[name]

    def _find_loud(self, name: str) -> list[int]:
        module = self.module(name)
        assert module is not None
        several = {
            place
            for bound, places in module.bound.items()
            if len(places) > 1 and bound not in module.aliases
            for place in places
        }
        return [
            place
            for place, statement in enumerate(module.body)
            if place in several or not self._quiet(name, statement, {})
        ]

    def _quiet(self, module: str, node: ast.AST, local: Collection[str], own: str = "") -> bool:
        """Return whether a statement or expression only binds names when it runs, or attributes of `own`."""
        if isinstance(node, ast.stmt) and not self._binds_only(module, node, own):
            return False
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return False
        calls = [(node, False)] if isinstance(node, ast.Call) else []
        if isinstance(node, _DEFINITIONS):
            decorators = node.decorator_list
            calls = [(e if isinstance(e, ast.Call) else ast.Call(e, [], []), True) for e in decorators]
        return all(self._quiet_call(module, *call, local) for call in calls) and all(
            self._quiet(module, each, local, own) for each in _run_with(node)
        )

    def _binds_only(self, module: str, node: ast.stmt, own: str) -> bool:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.For):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return all(_only_names(target, own) for target in targets)
        if isinstance(node, ast.ClassDef):
            return not node.keywords and not any(self._announces(module, base) for base in node.bases)
        return isinstance(node, _BINDING)

    def _quiet_call(self, module: str, call: ast.Call, decorates: bool, local: Collection[str]) -> bool:
        names = _chain(call.func)
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if decorates and (method or _name_of(call.func)) in _QUIET_DECORATORS:
            return True
        if any(keyword.arg == "key" for keyword in call.keywords):
            return False  # it calls a function that it is given
        if names == ("map",) and "map" not in local and call.args:
            return self._quiet_call(module, ast.Call(call.args[0], [], []), False, local)
        node, rest = (None, "") if names is None or names[0] in local else self._meaning(module, ("", *names))
        if not node and not rest:
            return method in _QUIET_METHODS
        if node is None:
            known = rest in _QUIET_BUILTINS or rest.rpartition(".")[2] in _QUIET_METHODS
            return known or (rest.startswith(_QUIET_LIBRARY) and not rest.startswith(_LOUD_LIBRARY))
        if rest or node[0] != "def":
            return rest in _QUIET_METHODS
        return not decorates and self._makes_only(node)

    def _makes_only(self, node: Node) -> bool:
        """Return whether a function or class of the package, when called, only makes a value."""
        key = node[1:]
        if key not in self._loud:
            self._loud[key] = True  # if it calls itself
            self._loud[key] = not self._makes(node)
        return not self._loud[key]

    def _makes(self, node: Node) -> bool:
        _, name, _ = node
        definition = self._definition(node)
        if isinstance(definition, ast.FunctionDef):
            return not definition.decorator_list and self._quiet_body(name, definition, "")
        if not isinstance(definition, ast.ClassDef) or definition.keywords:
            return False
        for each in definition.bases:
            base, rest = self._meaning(name, ("", *(_chain(each) or ("?",))))
            if base is not None and (rest or not self._makes_only(base)):
                return False
        return all(
            isinstance(each, ast.FunctionDef)
            and self._quiet_body(name, each, each.args.args[0].arg if each.args.args else "")
            for each in definition.body
            if _bound_name(each) in _MAKING
        )

    def _definition(self, node: Node) -> ast.stmt | None:
        module = self.module(node[1])
        places = module.bound[node[2]] if module is not None else []
        if module is None or len(places) != 1:
            return None
        found = module.body[places[0]]
        whole = isinstance(found, _FUNCTIONS) and not found.body
        return _Module.read(module.path, module.name, module.package).body[places[0]] if whole else found

    def _quiet_body(self, module: str, node: ast.FunctionDef, own: str) -> bool:
        local: dict[str, Reference | None] = dict.fromkeys(_arguments(node.args))
        _collect(node.body, local, module.split("."), True)
        return all(self._quiet(module, each, local, own) for each in _running(node.body))

    def _announces(self, module: str, base: ast.expr) -> bool:
        """Return whether a class of the package is told of classes that derive from it."""
        node, rest = self._meaning(module, ("", *(_chain(base) or ("?",))))
        if node is None:
            return False
        definition = self._definition(node)
        if rest or not isinstance(definition, ast.ClassDef) or definition.keywords:
            return True
        told = any(_bound_name(each) == "__init_subclass__" for each in definition.body)
        return told or any(self._announces(node[1], each) for each in definition.bases)


def _run_with(node: ast.AST) -> Iterable[ast.AST]:
    """Return the parts of a statement or expression that run with it."""
    if isinstance(node, ast.Constant | ast.Name | ast.Import | ast.ImportFrom):
        return ()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
        calls = () if isinstance(node, ast.Lambda) else (each for each in node.decorator_list)
        return (*defaults, *(part for each in calls for part in _given(each)))
    if isinstance(node, ast.ClassDef):
        return (*node.bases, *(part for each in node.decorator_list for part in _given(each)), *node.body)
    if isinstance(node, ast.AnnAssign):
        return () if node.value is None else (node.value,)
    return ast.iter_child_nodes(node)


def _given(decorator: ast.expr) -> Iterable[ast.AST]:
    return (*decorator.args, *decorator.keywords) if isinstance(decorator, ast.Call) else ()


def _only_names(target: ast.expr, own: str) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_only_names(each, own) for each in target.elts)
    if isinstance(target, ast.Attribute) and own:
        return isinstance(target.value, ast.Name) and target.value.id == own
    return isinstance(target, ast.Name)


def _bound_name(node: ast.AST) -> str:
    return str(getattr(node, "name", ""))


def _parents(name: str) -> Iterator[str]:
    steps = name.split(".")
    return (".".join(steps[:end]) for end in range(1, len(steps)))


def _inner_modules(module: _Module) -> list[str]:
    """Return the modules of a package, however deep."""
    folder = module.path.parent
    found = []
    for path in sorted(folder.rglob("*.py")):
        inner = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        found.append(f"{module.name}.{inner}".rstrip("."))
    return found


def _data_files(folder: Path) -> str:
    """Return a digest of the files of a folder that are no code."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    data = (path for path in files if path.suffix not in {".py", ".pyc"})
    return _hash(
        [f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in data]
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
