"""The book's own calls of an exercise: its file as a program that runs without this package."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from urllib.request import urlretrieve

from workshop.datasets.model import registry

PACKAGE = Path(__file__).parents[1]
_CALLS = re.compile(r"(exercise|activity)_(\d)_(\d\d)_in_")
_BACKEND = {"tf": "import tensorflow as tf", "keras": "from tensorflow import keras"}
IMPORTS = re.compile("import |from ")


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
class Calls:
    """A file of `workshop/chapters` without its imports of this package.

    `title` : what the file says of itself. `imports` : lines. `definitions` : texts by name, each after what
    it uses: first what other files lend, then the file's own, the last of which is the function to call.
    """

    title: str
    imports: tuple[str, ...]
    definitions: Mapping[str, str]

    @cached_property
    def function(self) -> ast.FunctionDef:
        """The function to call."""
        (node,) = ast.parse([*self.definitions.values()][-1]).body
        assert isinstance(node, ast.FunctionDef)
        return node

    @cached_property
    def settings(self) -> dict[str, str]:
        """The arguments with a default, and the seed, with what a call gives for them."""
        names, defaults = [each.arg for each in self.function.args.args], self.function.args.defaults
        given = dict(zip(reversed(names), map(ast.unparse, reversed(defaults)), strict=False))
        return {name: given.get(name, "1") for name in names if name in {*given, "seed"}}

    @property
    def data(self) -> list[str]:
        """The data sets, which are the other arguments."""
        return [each.arg for each in self.function.args.args if each.arg not in self.settings]

    @property
    def loaded(self) -> list[str]:
        """The data sets that are loaded before: without punkt, NLTK's tokenizers raise LookupError."""
        punkt = any("_tokenize(" in text for text in self.definitions.values())
        return [*(["nltk_punkt"] if punkt else []), *self.data]

    @cached_property
    def text(self) -> str:
        """The program: imports, definitions, data, and the call."""
        loading = [line for name in self.loaded for line in registry()[name].editions[0].loading.splitlines()]
        more, helpers = fetching() if any("fetched(" in line for line in loading) else ((), {})
        imports = [*self.imports, *more, *(line for line in loading if IMPORTS.match(line))]
        given = ", ".join([*self.data, *(["seed=1"] if "seed" in self.settings else [])])
        loads = [line for line in loading if not IMPORTS.match(line)]
        loads.append(f"result = {self.function.name}({given})")
        code = "\n\n\n".join([*self.definitions.values(), *helpers.values(), "\n".join(loads)])
        code = re.sub(r"^([A-Z].*)\n\n\n(?=[A-Z])", r"\1\n", code, flags=re.MULTILINE)
        head = f'"""{self.title}\n"""\n\nfrom __future__ import annotations\n'
        return "\n".join([head, *used_imports(imports, code), "\n", code, ""])


@cache
def book_calls() -> Mapping[str, Calls]:
    """Return the book's own calls of each exercise and activity, by its id."""
    calls = {}
    for path in sorted(PACKAGE.glob("chapters/ch*/[ea]*.py")):
        imports, definitions = _read(path)
        title = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        kind, chapter, number = _CALLS.findall([*definitions][-1])[0]
        unit = f"ch{chapter:0>2}.{'ex' if kind == 'exercise' else 'act'}{number}"
        calls[unit] = Calls(title, imports, definitions)
    return calls


@cache
def fetching() -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the lines that import, and the definition, of `fetched`."""
    return _read(Path(__file__), {"fetched"})


def _read(path: Path, wanted: Collection[str] = ()) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the lines that import, and the definitions: all of a file, or `wanted` and what they use.

    What a file takes of another one of this package stands before its own definitions.
    """
    text = re.sub(r" {2}# noqa.*", "", path.read_text("utf-8"))
    lines, body = text.splitlines(), ast.parse(text).body
    imports, definitions, needed = list[str](), dict[str, str](), {*wanted}
    for above, node in reversed([*pairwise(body)]):
        if isinstance(node, ast.ImportFrom) and (node.level or str(node.module).startswith("workshop.")):
            names = [alias.name for alias in node.names]
            if node.module == "workshop.training.backend":
                imports += [_BACKEND[name] for name in names]
            elif used := needed & {*names}:
                folder = path.parent if node.level else PACKAGE.parent
                more, lent = _read(folder / f"{str(node.module).replace('.', '/')}.py", used)
                imports, definitions = [*imports, *more], {**lent, **definitions}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(ast.unparse(node))
        elif not wanted or needed & {*bound_names(node)}:
            needed |= {*used_names(node)}
            own = "\n".join(lines[above.end_lineno : node.end_lineno]).strip("\n")
            definitions = {bound_names(node)[0]: own, **definitions}
    return tuple(imports), definitions


def short_program(unit: str) -> str | None:
    """Return the book's calls of a unit in as few lines as its code has, printing the result, or None.

    Docstrings, types of arguments and comments are left out, and what only they need.
    """
    if unit not in book_calls():
        return None
    tree = ast.parse(book_calls()[unit].text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node):
            del node.body[0]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    lines = [ast.unparse(node) for node in tree.body]
    code = [line for line in lines if not IMPORTS.match(line)]
    code[-1] = f"print({code[-1].removeprefix('result = ')})"
    imports = used_imports([line for line in lines if IMPORTS.match(line)], "\n".join(code))
    return "\n".join([*imports, *code]) + "\n"


def used_imports(imports: Iterable[str], code: str) -> list[str]:
    """Return the lines that import what code uses, with all names of a module on one."""
    used, lines = {*used_names(ast.parse(code))}, dict[str, set[str]]()
    for node in ast.parse("\n".join(imports)).body:
        assert isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names:
            if (alias.asname or alias.name).partition(".")[0] in used:
                name = ast.unparse(alias)
                if isinstance(node, ast.Import):
                    lines[f"import {name}"] = {""}
                else:
                    lines.setdefault(f"from {node.module} import ", set()).add(name)
    return [
        start + ", ".join(sorted(lines[start])) for start in sorted(lines, key=lambda line: line.split()[1])
    ]


def bound_names(node: ast.AST) -> list[str]:
    """Return the names that a statement binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    return [
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]


def used_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a definition reads and does not bind itself, in order."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    own = {each.id for each in names if not isinstance(each.ctx, ast.Load)}
    own |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    yield from dict.fromkeys(each.id for each in names if each.id not in own)
