"""Makes mistakes that nobody has chosen: operators of the field and of call structure on any Python module.

The operators were fixed before any of their mutants was decided, and none is tuned to what notices it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.mutants.engine_making import Place, _left_alone, _meaning, _span, digest
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
KINDS = (*_NAMES, *_NUMBERS, *_STRUCTURE)


@dataclass(frozen=True)
class Change:
    """A mistake in a module: its kind, the place as a slice of the bytes, and what stands there instead."""

    kind: str
    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Fresh:
    """A mutant of a file of the repository, and the first and last line of the statement that is changed."""

    file: str
    kind: str
    old: str
    new: str
    text: str
    lines: tuple[int, int]

    @property
    def key(self) -> str:
        """What stands for it in the results."""
        return digest(self.file, self.text)


def draw(count: int, seed: int, files: Mapping[str, Sequence[tuple[int, int]] | None]) -> list[Fresh]:
    """Draw different mutants: a line of the files at random, a kind that its file has, then one of that kind.

    `files` are relative to the root, with the lines that count; None stands for all of them.
    """
    random = Random(seed)
    made = {file: _by_kind(file, lines) for file, lines in sorted(files.items())}
    made = {file: kinds for file, kinds in made.items() if kinds}
    weights = [len({s.lineno for own in made[file].values() for s, _ in own}) for file in made]
    found: dict[str, Fresh] = {}
    while len(found) < count:
        (file,) = random.choices(list(made), weights)
        kind = random.choice(sorted(made[file]))
        mutant = _mutant(file, *random.choice(made[file][kind]))
        if mutant is not None:
            found.setdefault(mutant.key, mutant)
    return list(found.values())


def _by_kind(
    file: str, reached: Sequence[tuple[int, int]] | None
) -> dict[str, list[tuple[ast.stmt, Change]]]:
    """Return the mistakes in some lines of a file by kind, each with its statement.

    Nothing is changed in f-strings, annotations, and decorators that only cache.
    """
    text = (ROOT / file).read_text("utf-8")
    tree, content = ast.parse(text), text.encode()
    starts = [0, *itertools.accumulate(len(line) for line in content.splitlines(keepends=True))]
    alone, found = list(_left_alone(tree)), dict[str, list[tuple[ast.stmt, Change]]]()
    for statement, variables in _statements(tree):
        if reached is not None and not any(low <= statement.lineno <= high for low, high in reached):
            continue
        for node, change in _changes(statement, variables, content, starts):
            place = (node.lineno, node.col_offset)
            signature = isinstance(statement, ast.FunctionDef)  # of which only defaults are changed
            if signature or not any(low <= place < high for low, high in alone):
                found.setdefault(change.kind, []).append((statement, change))
    return found


def _mutant(file: str, statement: ast.stmt, change: Change) -> Fresh | None:
    """Return the mutant of a file, None if it is not Python or means the same."""
    text = (ROOT / file).read_text("utf-8")
    content = text.encode()
    mutated = (content[: change.start] + change.new.encode() + content[change.end :]).decode()
    if _meaning(mutated) in {"", _meaning(text)}:
        return None
    lines = statement.lineno, statement.end_lineno or statement.lineno
    old = content[change.start : change.end].decode()
    return Fresh(file, change.kind, _line(old), _line(change.new), mutated, lines)


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _statements(node: ast.AST, variables: frozenset[str] = frozenset()) -> Iterator[tuple[ast.stmt, Any]]:
    """Yield all statements but docstrings, imports and classes, with the variables of their functions."""
    for child in ast.iter_child_nodes(node):
        inner = variables
        if isinstance(child, ast.FunctionDef):
            arguments = {each.arg for each in ast.walk(child.args) if isinstance(each, ast.arg)}
            stored = {
                n.id for n in ast.walk(child) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
            inner = variables | arguments | stored
        named = isinstance(child, ast.ClassDef | ast.Import | ast.ImportFrom)
        described = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if isinstance(child, ast.stmt) and not named and not described:
            yield child, inner
        yield from _statements(child, inner)


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement and its expressions, not those of statements inside it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _changes(  # noqa: PLR0912 - an operator a branch
    statement: ast.stmt, variables: Collection[str], content: bytes, starts: Sequence[int]
) -> Iterator[tuple[ast.expr | ast.stmt, Change]]:
    def at(place: Place) -> int:
        return starts[place[0] - 1] + place[1]

    def text(node: ast.AST) -> str:
        low, high = _span(node)
        return content[at(low) : at(high)].decode()

    def change(kind: str, node: ast.AST, new: str) -> tuple[ast.expr | ast.stmt, Change]:
        low, high = _span(node)
        return node, Change(kind, at(low), at(high), new)  # type: ignore[return-value]

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
    names = sorted({n.id for n in _own(statement) if isinstance(n, ast.Name)}.intersection(variables))
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
