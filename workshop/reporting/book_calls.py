"""The book's own calls of an exercise as text to paste, with all that they need of this package."""

from __future__ import annotations

import ast
import hashlib
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.request import urlretrieve

from workshop.datasets.model import registry

PACKAGE = Path(__file__).parents[1]
_CALLS = re.compile(r"^def ((exercise|activity)_(\d)_(\d\d)_in_[a-z]+)\(", re.MULTILINE)
_Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
_BACKEND = {"tf": "import tensorflow as tf", "keras": "from tensorflow import keras"}
_PUNKT = "nltk.download('punkt_tab')"  # without it NLTK's tokenizers raise LookupError


def fetched(address: str, checksum: str) -> str:
    """Return the name of the file with this address, fetched into this folder if it is not there yet.

    Raises FileNotFoundError, which says what to do, if it can't be fetched, or if another file was.
    """
    name = address.rpartition("/")[2]
    if not Path(name).exists():
        try:
            urlretrieve(address, f"{name}.part")  # noqa: S310
        except OSError as error:
            raise FileNotFoundError(f"{error}: put {name} into this folder, from {address}") from None
        content = Path(f"{name}.part").read_bytes()
        kind, _, digest = checksum.partition(":")
        if kind == "git_blob":
            kind, content = "sha1", b"blob %d\0" % len(content) + content
        if digest and hashlib.new(kind, content).hexdigest() != digest:
            raise FileNotFoundError(f"{address} has another file now: put {name} into this folder")
        Path(f"{name}.part").replace(name)
    return name


@dataclass(frozen=True)
class Code:
    """Code of a module that runs without this package: what it imports, defines and loads before."""

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    loads: tuple[str, ...]


@dataclass(frozen=True)
class Calls:
    """The book's own calls of a unit: a function of a module, and the data that it takes."""

    module: str
    function: ast.FunctionDef

    @property
    def defaults(self) -> dict[str, ast.expr]:
        """The arguments with a default, which are settings."""
        taken = self.function.args
        first = len(taken.args) - len(taken.defaults)
        return {each.arg: value for each, value in zip(taken.args[first:], taken.defaults, strict=True)}

    @property
    def needed(self) -> list[str]:
        """The arguments without a default: data sets, and the seed."""
        return [each.arg for each in self.function.args.args if each.arg not in self.defaults]

    @property
    def data(self) -> list[str]:
        """The data sets."""
        return [name for name in self.needed if name != "seed"]

    def source(self, node: Any) -> str:
        """Return the lines of a part of the function."""
        return _module(self.module).source(node)

    def value(self, node: ast.expr) -> str:
        """Return what a default is: that of a constant, if it is written out in numbers and texts."""
        module, name = self.module, ast.unparse(node)
        while name in (own := _module(module)).imported:
            module, name = own.imported[name]
        found = getattr(own.defined.get(name), "value", None)
        try:
            ast.literal_eval(found or "")
        except (SyntaxError, ValueError):
            return self.source(node)
        return own.source(found)

    def builder(self, name: str) -> Calls:
        """Return the function of this name, which the calls use, with its module."""
        module = self.module
        while name in (own := _module(module)).imported:
            module, name = own.imported[name]
        function = own.defined[name]
        assert isinstance(function, ast.FunctionDef)
        return Calls(module, function)

    def code(self, nodes: Iterable[ast.AST], lines: Sequence[str], own: Collection[str] = ()) -> Code:
        """Return what parts of the function and `lines`, which load data, need; `own` is bound before."""
        parts = _Parts()
        if any("fetched(" in line for line in lines):
            parts.add(__name__, "fetched")
        for node in nodes:
            for used in used_names(node):
                if used not in own:
                    parts.add(self.module, used)
        texts = [*parts.texts.values(), self.source(self.function)]
        if any("_tokenize(" in text for text in texts) and _PUNKT not in lines:
            lines = ["import nltk", _PUNKT, *lines]
        imports = parts.imports | {line for line in lines if line.startswith(("import ", "from "))}
        loads = tuple(line for line in lines if line not in imports)
        return Code(tuple(grouped(imports)), tuple(parts.texts.values()), loads)

    @cached_property
    def text(self) -> str:
        """The calls as one text to paste: imports, definitions, the function, data, and its call."""
        loads = [line for name in self.data for line in registry()[name].editions[0].loading.splitlines()]
        code = self.code([self.function], loads)
        imports = "\n".join(["from __future__ import annotations\n", *code.imports])
        given = ", ".join("seed=1" if each == "seed" else each for each in self.needed)
        last = "\n".join([*code.loads, f"result = {self.function.name}({given})"])
        text = "\n\n\n".join([imports, *code.definitions, self.source(self.function), last])
        return re.sub(r"^(\w+ = .*)\n\n\n(?=\w+ = )", r"\1\n", text, flags=re.MULTILINE) + "\n"


@cache
def book_calls() -> Mapping[str, Calls]:
    """Return the book's own calls of each exercise and activity, by its id."""
    found = {}
    for path in sorted(PACKAGE.glob("chapters/ch*/[ea]*.py")):
        module = ".".join(("workshop", *path.relative_to(PACKAGE).with_suffix("").parts))
        for name, kind, chapter, number in _CALLS.findall(path.read_text("utf-8")):
            function = _module(module).defined[name]
            assert isinstance(function, ast.FunctionDef)
            found[f"ch{chapter:0>2}.{'ex' if kind == 'exercise' else 'act'}{number}"] = Calls(
                module, function
            )
    return found


def short_program(unit: str) -> str | None:
    """Return the book's calls of a unit in as few lines as its code has, printing the result, or None.

    Docstrings, types of arguments and comments are left out, and what only they need.
    """
    calls = book_calls().get(unit)
    if calls is None:
        return None
    tree = ast.parse(calls.text)
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


def grouped(imports: Iterable[str]) -> list[str]:
    """Return lines that import, with all names of a module on one."""
    names: dict[str, list[str]] = {}
    for line in sorted(set(imports)):
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
            for used in used_names(node):
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

    def source(self, node: Any) -> str:
        """Return an expression, or the lines of a statement, with decorators."""
        if isinstance(node, ast.expr):
            return ast.get_source_segment(self.text, node) or ""
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        lines = self.text.splitlines()[first - 1 : node.end_lineno]
        return textwrap.dedent("\n".join(re.sub(r"  # noqa.*", "", line) for line in lines))


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
                    above = name.split(".")[: -node.level] if node.level else []
                    source = ".".join([*above, *([node.module] if node.module else [])])
                    imported[as_name] = (source, alias.name)
                    lines[as_name] = f"from {source} import {renamed}"
                else:
                    imported[as_name] = (alias.name, "")
                    lines[as_name] = f"import {renamed}"
    return _Module(text, defined, imported, lines)


def used_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a definition reads and does not bind itself, in order."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    own = {each.id for each in names if not isinstance(each.ctx, ast.Load)}
    own |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    yield from dict.fromkeys(each.id for each in names if each.id not in own)
