"""What a notebook's code builds and calls, read from its syntax tree in the order of its cells.

Only names, constants and calls are followed: models by variables, through the functions that build them.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from workshop.checking.layers import (
    MOST_LAYERS,
    Call,
    Names,
    compiled_with,
    constant_of,
    last_name,
    model_of,
    optimizer_of,
    parts_of,
)

_TRAINING = {"fit", "fit_generator"}
_CALLS = {*_TRAINING, "evaluate", "evaluate_generator", "summary", "predict", "predict_classes"}
_SCORES = {"accuracy_score", "confusion_matrix"}
# characters of a word, and of the code that a cell shows; calls on models in a cell
_LONGEST_WORD, _LONGEST_SHOWN, _MOST_CALLS = 200, 1000, 100
_CALL = 2000  # nodes of a syntax tree that are as much work as a call, for which all units are compared


@dataclass
class CellCode:
    """What a cell does. `words` are its names, texts and lists of numbers, `shows` is what it prints."""

    calls: list[Call] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    shows: list[str] = field(default_factory=list)


def read_code(codes: Sequence[str]) -> list[CellCode]:
    """Return what each cell does. A cell that is no Python does nothing."""
    names = Names()
    return [_read_cell(code, names) for code in codes]


def _read_cell(code: str, names: Names) -> CellCode:
    found = CellCode()
    if code.lstrip().startswith("%%"):
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in somebody else's texts
            tree = ast.parse("\n".join(map(_without_magic, code.split("\n"))))
        _read_body(tree.body, names, found)
        found.words = set(_words(tree))
        for node in _shown_nodes(tree):
            used = [each.id for each in names.walk(node) if isinstance(each, ast.Name)]
            source = names.unparse(node)[:_LONGEST_SHOWN]
            found.shows.append(
                " ← ".join([source, *(names.sources[n] for n in used if n in names.sources)][:3])
            )
            found.calls += [names.results[name] for name in used if name in names.results]
        if len(found.calls) > _MOST_CALLS:
            return CellCode()
        found.calls = [call for place, call in enumerate(found.calls) if call not in found.calls[:place]]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellCode()
    return found


def _without_magic(line: str) -> str:
    """Return a line of code; one of IPython's own as `pass`."""
    text = line.strip()
    is_magic = text[:1] in {"%", "!", "?"} or text[-1:] == "?"
    return f"{line[: len(line) - len(line.lstrip())]}pass" if is_magic else line


def _read_body(body: Sequence[ast.stmt], names: Names, found: CellCode) -> None:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            names.take(len(names.constants) + len(names.models))
            inner = names.inner()
            inner.constants.update(_defaults(statement, names))
            _read_body(statement.body, inner, CellCode())  # its calls are those of the cell that calls it
            returned = [each.value for each in names.walk(statement) if isinstance(each, ast.Return)]
            model = next((m for value in returned if (m := model_of(value, inner)) is not None), None)
            if model is not None:
                names.builders[statement.name] = model
            continue
        _read_statement(statement, names, found)
        for block in ("body", "orelse", "finalbody"):
            inside = getattr(statement, block, None)
            if isinstance(inside, list):
                _read_body([each for each in inside if isinstance(each, ast.stmt)], names, found)


def _defaults(function: ast.FunctionDef, names: Names) -> Iterator[tuple[str, Any]]:
    arguments = function.args.args
    for argument, default in zip(reversed(arguments), reversed(function.args.defaults), strict=False):
        value = constant_of(default, names)
        if value is not None:
            yield argument.arg, value


def _read_statement(statement: ast.stmt, names: Names, found: CellCode) -> None:
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Assign | ast.AnnAssign) and value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            _assign(target, value, names, found)
    heads = [value] if value is not None else [getattr(statement, n, None) for n in ("test", "iter", "exc")]
    for head in heads:
        if isinstance(head, ast.AST):
            for node in names.walk(head):
                if isinstance(node, ast.Call):
                    _read_call(node, names, found)


def _assign(target: ast.expr, value: ast.expr, names: Names, found: CellCode) -> None:
    if isinstance(target, ast.Tuple):
        alike = isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)
        for place, one in enumerate(target.elts):
            _assign(one, value.elts[place] if alike and isinstance(value, ast.Tuple) else value, names, found)
        return
    if not isinstance(target, ast.Name):
        return
    name = target.id
    model = model_of(value, names)
    known_value = constant_of(value, names)
    result = _result(value, names)
    for known in (names.models, names.constants, names.results):
        known.pop(name, None)
    names.sources[name] = names.unparse(value)[:300]
    if result is not None:
        names.results[name] = result
    if optimizer := optimizer_of(value, names):
        names.optimizers[name] = optimizer
    if model is not None:
        names.models[name] = model
    elif known_value is not None:
        names.constants[name] = known_value


def _result(value: ast.expr, names: Names) -> Call | None:
    """Return the call on a model of which an expression is a result, or of whose result it is made."""
    for node in names.walk(value):
        if isinstance(node, ast.Name) and node.id in names.results:
            return names.results[node.id]
        if isinstance(node, ast.Call) and (call := _method(node, names)) is not None:
            return call
    return None


def _method(node: ast.Call, names: Names) -> Call | None:
    """Return a call of a model's method, or of a function with a model's predictions."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    data = tuple(each.id for each in given if isinstance(each, ast.Name) and each.id not in names.models)
    settings = {k.arg: v for k in node.keywords if k.arg and (v := constant_of(k.value, names)) is not None}
    called, function = last_name(node.func), node.func
    owner = function.value if isinstance(function, ast.Attribute) else None
    if isinstance(owner, ast.Name) and called in _CALLS and (model := model_of(owner, names)) is not None:
        name = "fit" if called in _TRAINING else called.removesuffix("_generator")
        known = names.compiled.get(owner.id, {}) if name == "fit" else {}
        keywords = frozenset(keyword.arg or "**" for keyword in node.keywords)
        if len(node.args) > 2:
            keywords |= {"batch_size", "epochs"}  # by position
        return Call(name, tuple(model), owner.id, {**known, **settings}, data, keywords)
    for each in node.args:
        if isinstance(each, ast.Name) and each.id in names.models and called not in names.builders:
            return Call(called, tuple(names.models[each.id]), each.id, settings, data)
        if isinstance(each, ast.Name) and each.id in names.results and called in _SCORES:
            predicted = names.results[each.id]
            return Call(called, predicted.model, predicted.variable, settings, data)
    return None


def _read_call(call: ast.Call, names: Names, found: CellCode) -> None:
    function, called = call.func, last_name(call.func)
    owner = function.value if isinstance(function, ast.Attribute) else None
    model = model_of(owner, names) if isinstance(owner, ast.Name) else None
    if model is not None and called == "add" and call.args:
        model.extend(parts_of(call.args[0], names)[: MOST_LAYERS - len(model)])
        return
    if model is not None and isinstance(owner, ast.Name) and called == "compile":
        names.compiled[owner.id] = compiled_with(call, names)
    method = _method(call, names)
    if method is not None:
        names.take(_CALL)
        found.calls.append(method)


def _words(tree: ast.Module) -> Iterator[str]:
    """Yield the names, texts, and lists of numbers in code, names and texts in lower case."""
    return (word for word in _all_words(tree) if len(word) < _LONGEST_WORD or word[0] == "[")


def _all_words(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id.lower()
        elif isinstance(node, ast.Attribute):
            yield node.attr.lower()
            if isinstance(node.value, ast.Name):
                yield f"{node.value.id}.{node.attr}".lower()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
            yield node.value.lower()
            yield re.split(r"[/\\]", node.value.lower())[-1]
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield str(node.value)
        elif isinstance(node, ast.alias):
            yield from node.name.lower().split(".")
        elif isinstance(node, ast.FunctionDef):
            yield node.name.lower()
        elif isinstance(node, ast.keyword) and node.arg and isinstance(node.value, ast.Constant):
            yield f"{node.arg}={node.value.value!s}".lower()
        elif isinstance(node, ast.List) and node.elts and _is_short(node):
            yield re.sub(r"\s|\.0\b|\.(?!\d)", "", ast.unparse(node))


def _is_short(node: ast.List) -> bool:
    """Whether a list is as long as the book's; others are not written at all."""
    return sum(1 for _ in islice(ast.walk(node), 1000)) < 1000 and len(ast.dump(node)) < 5000


def _shown_nodes(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the expressions that a cell prints, also inside of loops and texts, and its last expression."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) == "print":
            yield from (inner for argument in node.args for inner in _inside(argument))
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not (
        isinstance(last.value, ast.Call) and last_name(last.value.func) == "print"
    ):
        yield last.value


def _inside(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what a printed expression shows: the values of an f-string, of a format, or itself if no text."""
    if isinstance(node, ast.JoinedStr):
        yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))
    elif isinstance(node, ast.Call) and last_name(node.func) == "format":
        yield from [*node.args, *(keyword.value for keyword in node.keywords)]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        yield from node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    elif not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
