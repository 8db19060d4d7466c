"""Makes mistakes that nobody has chosen: operators of the field and of call structure on any Python module.

The operators were fixed before any of their mistakes was decided, and none is tuned to what notices it.
"""

import ast
import hashlib
import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.mutants.rows import ROOT

# names that stand for each other: the field's settings, and reductions
_NAMES: Mapping[str, Sequence[str]] = {
    "optimizer": ("Adam", "RMSprop", "SGD", "Adagrad"),
    "activation": ("relu", "tanh", "sigmoid", "softmax", "linear", "elu", "selu"),
    "loss": ("binary_crossentropy", "mean_squared_error", "mean_absolute_error", "categorical_crossentropy"),
    "initialiser": ("glorot_uniform", "he_normal", "random_normal", "zeros", "orthogonal"),
    "padding": ("same", "valid"),
    "reduction": ("mean", "sum", "max", "min", "std", "var", "median"),
    "extreme": ("argmax", "argmin"),
    "order": ("sort", "argsort"),
    "logic": ("all", "any"),
    "part": ("train", "test", "val", "validation"),
    "data": ("x_train", "x_test", "y_train", "y_test"),
    "layer": ("SimpleRNN", "LSTM", "GRU"),
    "sampling": ("permutation", "arange"),
    "joining": ("vstack", "hstack"),
}
_STRUCTURE = (
    "call left out", "argument dropped", "arguments swapped", "argument replaced", "condition added",
    "condition removed", "exception swallowed", "loop stopped one early", "default changed", "other branch",
)  # fmt: skip
_NUMBERS = ("axis", "constant", "slice")
_CONVERSIONS = {
    "array", "asanyarray", "asarray", "astype", "bool", "convert", "convert_to_tensor", "float", "int",
    "list", "result_type", "str", "tuple",
}  # fmt: skip
KINDS = (*_NAMES, *_NUMBERS, *_STRUCTURE)


@dataclass(frozen=True)
class Change:
    """A mistake in a module: its kind, the place as a slice of the bytes, and what stands there instead."""

    kind: str
    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Mistake:
    """A mistake in a statement, by what does not depend on the lines where it stands.

    `function` is its name with those around it, "" for a module's own statements. `before` and `after` are
    the statement without its block, and `nth` counts the function's statements that read alike.
    """

    file: str
    function: str
    kind: str
    before: str
    after: str
    nth: int = 0

    def words(self) -> str:
        """Return its kind and its statement, before and after, on one line."""
        before, after = (" ".join(text.split())[:100] for text in (self.before, self.after))
        return f"{self.kind}: `{before}` → `{after}`"


@dataclass(frozen=True)
class Planted:
    """A file with a mistake in it, and the lines of its statement without the mistake and with it.

    `called` : whether the lines run when a function is called, and not as the module is imported.
    """

    mistake: Mistake
    file: str
    text: str
    lines: tuple[int, int]
    mutated_lines: tuple[int, int]
    called: bool
    guard: bool

    @property
    def key(self) -> str:
        """What stands for it in the results, which don't hold for another text of the file."""
        return digest(self.file, self.text)


@dataclass(frozen=True)
class Place:
    """A statement of a file: its function, the variables there, and its text without its block as bytes."""

    node: ast.stmt
    function: str
    called: bool
    variables: frozenset[str]
    start: int
    end: int


class Source:
    """A file of the repository with its statements, less docstrings, imports and classes."""

    def __init__(self, file: str, root: Path) -> None:
        self.file = file
        self.content = (root / file).read_bytes()
        self.tree = ast.parse(self.content)
        lengths = (len(line) for line in self.content.splitlines(keepends=True))
        self.starts = [0, *itertools.accumulate(lengths)]
        self.places = [*self._places(self.tree, "", frozenset(), called=False)]

    def text(self, low: int, high: int) -> str:
        """Return what stands between two bytes."""
        return self.content[low:high].decode()

    def span(self, node: Any) -> tuple[int, int]:
        """Return the first byte of a node, and the one after its last."""
        first, last = node.lineno - 1, node.end_lineno - 1
        return self.starts[first] + node.col_offset, self.starts[last] + node.end_col_offset

    def _places(
        self, node: ast.AST, function: str, variables: frozenset[str], *, called: bool
    ) -> Iterator[Place]:
        for child in ast.iter_child_nodes(node):
            name, names, inside = function, variables, called
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = f"{function}.{child.name}".strip(".")
            if isinstance(child, ast.FunctionDef):
                arguments = {each.arg for each in ast.walk(child.args) if isinstance(each, ast.arg)}
                stored = {
                    n.id for n in ast.walk(child) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                }
                names, inside = variables | arguments | stored, True
            left = isinstance(child, ast.ClassDef | ast.Import | ast.ImportFrom)
            described = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.stmt) and not left and not described:
                start, end = self.span(child)
                block = getattr(child, "body", None)
                if block:
                    end = start + len(self.text(start, self.span(block[0])[0]).rstrip().encode())
                yield Place(child, name, inside, names, start, end)
            yield from self._places(child, name, names, called=inside)

    def mutant(self, mistake: Mistake) -> Planted | None:
        """Return the file with a mistake, None if it has not the statement any more."""
        alike = [
            (place, end)
            for place in self.places
            if place.function == mistake.function
            for end in dict.fromkeys((place.end, self.span(place.node)[1]))
            if _plain(self.text(place.start, end)) == _plain(mistake.before)
        ]
        if len(alike) <= mistake.nth:
            return None
        place, end = alike[mistake.nth]
        text = (self.content[: place.start] + mistake.after.encode() + self.content[end:]).decode()
        last = place.node.lineno + self.text(place.start, end).count("\n")
        if isinstance(place.node, ast.FunctionDef):  # a default: all of the function may show it
            last = place.node.end_lineno or last
        longer = text.count("\n") - self.content.count(b"\n")
        lines, mutated = (place.node.lineno, last), (place.node.lineno, last + longer)
        return Planted(mistake, self.file, text, lines, mutated, place.called, self._guard(place, mistake))

    @staticmethod
    def _guard(place: Place, mistake: Mistake) -> bool:
        """Whether a statement refuses or converts what is given: no data of a known form shows a mistake."""
        default = isinstance(place.node, ast.FunctionDef)  # what its function raises is no part of it
        raises = any(isinstance(node, ast.Raise | ast.Assert) for node in ast.walk(place.node))
        converts = any(_converts(node, place.variables) for node in _own(place.node))
        kinds = {"call left out", "exception swallowed"}
        return (raises and not default) or converts or mistake.kind in kinds


def _converts(node: ast.AST, variables: Collection[str]) -> bool:
    """Whether this is a call that converts a variable, as `np.asarray(x)` or `x.astype(int)`."""
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    parts = (*node.args, getattr(node.func, "value", None))
    given = any(isinstance(part, ast.Name) and part.id in variables for part in parts)
    return name in _CONVERSIONS and given


def find(mistake: Mistake, root: Path = ROOT) -> Planted | None:
    """Return a mistake in today's code, also if its function has moved to one other file, None if not."""
    if (root / mistake.file).exists() and (mutant := Source(mistake.file, root).mutant(mistake)):
        return mutant
    name = mistake.function.rpartition(".")[2]
    found = [
        mutant
        for path in sorted((root / "workshop").rglob("*.py"))
        if name in path.read_text("utf-8")
        if (mutant := Source(str(path.relative_to(root)), root).mutant(mistake))
    ]
    return found[0] if len(found) == 1 else None


def draw(
    count: int, seed: int, files: Mapping[str, Collection[int] | None], root: Path = ROOT
) -> list[Mistake]:
    """Draw different mistakes: a line of the files at random, a kind of its file, then one of that kind.

    `files` are relative to the root, with the lines that count; None stands for all of them.
    """
    random = Random(seed)
    made = {file: _by_kind(Source(file, root), lines) for file, lines in sorted(files.items())}
    made = {file: kinds for file, kinds in made.items() if kinds}
    weights = [
        len({place.node.lineno for own in made[file].values() for place, _, _ in own}) for file in made
    ]
    found: dict[Mistake, None] = {}
    for _ in range(100 * count if made else 0):
        (file,) = random.choices(list(made), weights)
        kind = random.choice(sorted(made[file]))
        mistake = _mistake(*random.choice(made[file][kind]))
        if mistake is not None:
            found[mistake] = None
        if len(found) == count:
            break
    return [*found]


def _by_kind(source: Source, lines: Collection[int] | None) -> dict[str, list[tuple[Place, Change, Source]]]:
    """Return the mistakes in some lines of a file by kind, each with its statement.

    Nothing is changed in f-strings, annotations and decorators.
    """
    alone, found = list(_left_alone(source)), dict[str, list[tuple[Place, Change, Source]]]()
    for place in source.places:
        if lines is not None and place.node.lineno not in lines:
            continue
        for change in _changes(place, source):
            signature = isinstance(place.node, ast.FunctionDef)  # of which only defaults are changed
            if signature or not any(low <= change.start < high for low, high in alone):
                found.setdefault(change.kind, []).append((place, change, source))
    return found


def _mistake(place: Place, change: Change, source: Source) -> Mistake | None:
    """Return a mistake, None if it is not Python or means the same."""
    text = source.text(0, change.start) + change.new + source.text(change.end, len(source.content))
    if _meaning(text) in {"", _meaning(source.content.decode())}:
        return None
    end = place.end if change.end <= place.end else source.span(place.node)[1]
    before = source.text(place.start, end)
    after = source.text(place.start, change.start) + change.new + source.text(change.end, end)
    alike = [each for each in source.places if each.function == place.function and each.start < place.start]
    nth = sum(_plain(source.text(each.start, each.end)) == _plain(before) for each in alike)
    return Mistake(source.file, place.function, change.kind, before, after, nth)


def _plain(text: str) -> str:
    """Return a text without what a formatter changes: blanks, and a comma before a closing bracket."""
    return re.sub(r",(?=[)\]}])", "", "".join(text.split()))


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement and its expressions, not those of statements inside it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _changes(place: Place, source: Source) -> Iterator[Change]:  # noqa: PLR0912 - an operator a branch
    statement = place.node

    def text(node: ast.AST) -> str:
        return source.text(*source.span(node))

    def change(kind: str, node: ast.AST, new: str) -> Change:
        return Change(kind, *source.span(node), new)

    if isinstance(statement, ast.FunctionDef):
        for default in filter(None, (*statement.args.defaults, *statement.args.kw_defaults)):
            if isinstance(default, ast.Constant):
                yield from (change("default changed", default, new) for new in _other(default.value))
                yield from (change(kind, default, new) for kind, new in _named(default, text(default)))
        return
    if isinstance(statement, ast.Raise):
        yield change("exception swallowed", statement, "pass")
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield change("call left out", statement, "pass")
    if isinstance(statement, ast.For):
        yield change("loop stopped one early", statement.iter, f"list({text(statement.iter)})[:-1]")
    if isinstance(statement, ast.If | ast.While):
        yield change("condition removed", statement.test, "True")
        yield change("condition removed", statement.test, "False")
        if isinstance(statement, ast.If) and _returns(statement):
            first, second = statement.body[-1].value, statement.orelse[-1].value  # type: ignore[attr-defined]
            yield change("other branch", first, text(second))
    names = sorted({n.id for n in _own(statement) if isinstance(n, ast.Name)}.intersection(place.variables))
    for node in _own(statement):
        if isinstance(node, ast.Name | ast.Attribute | ast.Constant):
            yield from (change(kind, node, new) for kind, new in _named(node, text(node)))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield from (change("constant", node, new) for new in _other(node.value))
        if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
            yield change("axis", node.value, "0" if node.value.value else "1")
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            low, high = (part and text(part) for part in (node.slice.lower, node.slice.upper))
            if (low is None) != (high is None) and node.slice.step is None:
                yield change("slice", node.slice, f"{high}:" if low is None else f":{low}")
        if isinstance(node, ast.Call):
            yield from (change(kind, part, new) for kind, part, new in _calls(node, names, text))
        if isinstance(node, ast.BoolOp):
            for value in node.values:
                rest = [f"({text(other)})" for other in node.values if other is not value]
                word = " and " if isinstance(node.op, ast.And) else " or "
                yield change("condition removed", node, f"({word.join(rest)})")
        if isinstance(node, ast.comprehension):
            for test in node.ifs:
                yield change("condition removed", test, "True")
        if isinstance(node, ast.IfExp):
            yield change("other branch", node, text(node.body))
            yield change("other branch", node, text(node.orelse))
        if isinstance(node, ast.Compare) and isinstance(statement, ast.If | ast.While | ast.Return):
            for name in names:
                yield change("condition added", node, f"({text(node)} and bool({name}))")


def _returns(statement: ast.If) -> bool:
    ends = [block[-1] for block in (statement.body, statement.orelse) if block]
    return len(ends) == 2 and all(isinstance(end, ast.Return) and end.value is not None for end in ends)


def _named(node: ast.Name | ast.Attribute | ast.Constant, text: str) -> Iterator[tuple[str, str]]:
    """Yield each name that may stand for a setting's or a reduction's name, with the kind."""
    name = (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else node.value
    )
    for kind, group in _NAMES.items():
        if name in group and isinstance(name, str):
            place = text.rindex(name)
            for other in group:
                if other != name:
                    yield kind, text[:place] + other + text[place + len(name) :]


def _calls(node: ast.Call, names: Sequence[str], text: object) -> Iterator[tuple[str, ast.AST, str]]:
    """Yield a call's mistakes: the kind, the node that is replaced, and what stands there instead."""
    assert callable(text)
    whole, inner = text(node), [*node.args, *node.keywords]
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield "call left out", node, f"({text(node.args[0])})"
    start = len(text(node.func)) + 1
    if len(inner) > 1 and whole[start - 1 : start] == "(":
        parts = [text(part) for part in inner]
        for number in range(len(parts)):
            left = ", ".join(part for place, part in enumerate(parts) if place != number)
            yield "argument dropped", node, f"{text(node.func)}({left})"
        for number in range(len(node.args) - 1):
            swapped = [*parts[:number], parts[number + 1], parts[number], *parts[number + 2 :]]
            yield "arguments swapped", node, f"{text(node.func)}({', '.join(swapped)})"
    for argument in node.args:
        if isinstance(argument, ast.Name):
            yield from (("argument replaced", argument, name) for name in names if name != argument.id)


def _other(value: object) -> list[str]:
    """Return what may stand in place of a constant."""
    if isinstance(value, bool):
        return [str(not value)]
    if isinstance(value, int):
        return [str(value + 1), str(value - 1)]
    if isinstance(value, float):
        return [repr(value * 10), repr(value / 10)] if value else ["1.0"]
    return ["0"] if value is None else []


def _left_alone(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where nothing is changed: messages and annotations, as bytes."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.JoinedStr):
            yield source.span(node)
        elif isinstance(node, ast.AnnAssign):
            yield source.span(node.annotation)


def _meaning(text: str) -> str:
    """Return what does not depend on layout, "" if it is not Python; 1e308 + 1 means the same as 1e308."""
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return ""


def digest(*texts: str) -> str:
    """Return what stands for some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
