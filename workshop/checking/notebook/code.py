"""What each cell of a notebook calls, names and shows, read from its syntax tree in the order of the cells.

Only names, constants and calls are followed: models by variables, through loops that add layers, and through
functions, whose code is read with what a call gives them.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeGuard

from workshop.checking.notebook.networks import (
    BASES,
    MOST_LAYERS,
    MOST_ROUNDS,
    CodeLayer,
    Meaning,
    Names,
    argument_of,
    last_name,
)

_TRAINING = {"fit", "fit_generator"}
_CALLS = {
    *_TRAINING, "evaluate", "evaluate_generator", "summary", "predict", "predict_classes", "predict_on_batch",
    "train_on_batch",
}  # fmt: skip
_BUILDS = {*BASES, "Sequential", "Model", "add", "compile"}
_SCORES = {"accuracy_score", "confusion_matrix"}
# characters of a word, and of the code that a cell shows; calls on models in a cell
_LONGEST_WORD, _LONGEST_SHOWN, _MOST_CALLS = 200, 1000, 100
_CALL = 2000  # nodes of a syntax tree that are as much work as a call, for which all units are compared
_DEEPEST = 5  # calls in each other


@dataclass(frozen=True)
class CellCall:
    """A call on a model, or of a function with it: what, the model's layers, its variable, and settings.

    `data` are the names that it was given, `given` those of its keywords, also of those that are not known.
    A training has the settings of the model's `compile`, too.
    """

    name: str
    model: tuple[CodeLayer, ...]
    variable: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


@dataclass
class CellCode:
    """What a cell does. `words` are its names, texts and lists of numbers.

    `shows` : the code of each value that it prints, and of the parts of one that a function returned.
    """

    calls: list[CellCall] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    shows: list[list[str]] = field(default_factory=list)


def read_code(codes: Sequence[str]) -> list[CellCode]:
    """Return what each cell does. A cell that is not Python does nothing."""
    reader = _Reader()
    return [_read_cell(code, reader) for code in codes]


def _read_cell(code: str, reader: _Reader) -> CellCode:
    if code.lstrip().startswith("%%"):
        return CellCode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in somebody else's texts
            tree = ast.parse("\n".join(map(_without_magic, code.split("\n"))))
        reader.calls = []
        reader.body(tree.body)
        calls, shows = [*reader.calls], []
        # the expressions that a cell prints, also inside of loops and texts, and its last expression
        printed = [argument for node in ast.walk(tree) if _is_print(node) for argument in node.args]
        shown = [inner for argument in printed for inner in _inside(argument)]
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr) and not _is_print(last.value):
            shown.append(last.value)
        for node in shown:
            used = [each.id for each in reader.names.walk(node) if isinstance(each, ast.Name)]
            sources = [reader.sources[name] for name in used if name in reader.sources]
            text = " ← ".join([reader.unparse(node)[:_LONGEST_SHOWN], *sources][:3])
            shows.append([text, *reader.parts.get(getattr(node, "id", ""), ())])
            calls += [reader.results[name] for name in used if name in reader.results]
        if len(calls) > _MOST_CALLS:
            return CellCode()
        once = [call for place, call in enumerate(calls) if call not in calls[:place]]
        words = {word for word in _words(tree) if len(word) < _LONGEST_WORD or word[0] == "["}
        return CellCode(once, words, shows)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellCode()


def _without_magic(line: str) -> str:
    """Return a line of code; one of IPython's own as `pass`."""
    text = line.strip()
    is_magic = text[:1] in {"%", "!", "?"} or text[-1:] == "?"
    return f"{line[: len(line) - len(line.lstrip())]}pass" if is_magic else line


@dataclass
class _Reader:
    """Reads statements: which calls are on models, and what variables stand for after them.

    `results` : the call on a model of which a variable is a result. `sources` : the code of what it was last
    assigned. `ran` : the calls on models of calls of the notebook's own functions. `returned` : the code of
    what a function returns in parts, `parts` of what a variable is made of by it.
    """

    names: Names = field(default_factory=Names)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    ran: dict[ast.Call, list[CellCall]] = field(default_factory=dict)
    calls: list[CellCall] = field(default_factory=list)
    results: dict[str, CellCall] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    returned: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    compiled: dict[str, dict[str, Any]] = field(default_factory=dict)
    depth: int = 0

    def unparse(self, node: ast.AST) -> str:
        """Return the code of a syntax tree, and count it."""
        text = ast.unparse(node)
        self.names.take(len(text))
        return text

    def body(self, body: Sequence[ast.stmt]) -> None:
        """Read statements in their order."""
        for statement in body:
            if isinstance(statement, ast.FunctionDef):
                self.functions.pop(statement.name, None)
                value = getattr(statement.body[-1], "value", None)
                parts = value.elts if isinstance(value, ast.Tuple) else ()
                self.returned[statement.name] = [self.unparse(part)[:_LONGEST_SHOWN] for part in parts]
                called = {last_name(call.func) for call in self.names.calls(statement)}
                if not called.isdisjoint({*_CALLS, *_BUILDS, *self.functions}):
                    self.functions[statement.name] = statement  # of others no code is read
                continue
            if isinstance(statement, ast.For):  # the rounds of a loop that adds layers are read one by one
                items = self.names.items(statement.iter)
                adding = {"add", getattr(statement.target, "id", "")}
                if (
                    items is not None
                    and len(items) <= MOST_ROUNDS
                    and any(
                        last_name(call.func) in adding or isinstance(call.func, ast.Call)
                        for call in self.names.calls(statement)
                    )
                ):
                    for item in items:
                        self._assign(statement.target, item)
                        self.body(statement.body)
                    continue
            self._statement(statement)
            for block in ("body", "orelse", "finalbody"):
                inside = getattr(statement, block, None)
                if isinstance(inside, list):
                    self.body([each for each in inside if isinstance(each, ast.stmt)])

    def _statement(self, statement: ast.stmt) -> None:
        value = getattr(statement, "value", None)
        heads = (
            [value] if value is not None else [getattr(statement, n, None) for n in ("test", "iter", "exc")]
        )
        calls = [call for head in heads if isinstance(head, ast.AST) for call in self.names.calls(head)]
        for call in reversed(calls):  # inner ones first
            if isinstance(call.func, ast.Name) and call.func.id in self.functions:
                self._run(call)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and value is not None:
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                self._assign(target, value)
        for call in calls:
            self._call(call)

    def _run(self, call: ast.Call) -> None:
        """Read the code of a function with what a call gives it: its calls on models, and what it returns."""
        if self.depth > _DEEPEST:
            return
        function = self.functions[last_name(call.func)]
        names = self.names.inner()
        inner = replace(
            self, names=names, calls=[], results={}, compiled={}, sources={}, depth=self.depth + 1
        )
        arguments = [each.arg for each in function.args.args]
        given = dict(zip(arguments[::-1], function.args.defaults[::-1], strict=False))
        given |= zip(arguments, call.args, strict=False)
        given |= {each.arg: each.value for each in call.keywords if each.arg in arguments}
        names.meanings |= {
            name: self.names.of(given[name]) if name in given else Meaning() for name in arguments
        }
        inner.body(function.body)
        self.ran[call] = inner.calls
        returned = [each.value for each in names.walk(function) if isinstance(each, ast.Return)]
        models = [model for value in returned if (model := names.model(value)) is not None]
        self.names.built.pop(call, None)
        self.names.built |= dict.fromkeys([call], models[0]) if models else {}

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple):
            alike = isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)
            values = value.elts if alike and isinstance(value, ast.Tuple) else [value] * len(target.elts)
            for one, its in zip(target.elts, values, strict=True):
                self._assign(one, its)
        elif isinstance(target, ast.Name):
            name, result = target.id, self._result(value)
            self.names.meanings[name] = self.names.of(value)
            self.sources[name] = self.unparse(value)[:300]
            called = last_name(value.func) if isinstance(value, ast.Call) else ""
            self.parts[name] = self.returned.get(called, [])
            self.results.pop(name, None)
            if result is not None:
                self.results[name] = result

    def _result(self, value: ast.expr) -> CellCall | None:
        """Return the call on a model of which an expression is a result, or of whose result it is made."""
        for node in self.names.walk(value):
            if isinstance(node, ast.Name) and node.id in self.results:
                return self.results[node.id]
            if isinstance(node, ast.Call):
                if (call := self._method(node)) is not None:
                    return call
                if trained := [call for call in self.ran.get(node, ()) if call.name == "fit"]:
                    return trained[-1]
        return None

    def _owner(self, call: ast.Call) -> tuple[str, list[CodeLayer] | None]:
        """Return the variable whose method is called, and its model, if it is one."""
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        return (owner.id, self.names.model(owner)) if isinstance(owner, ast.Name) else ("", None)

    def _method(self, node: ast.Call) -> CellCall | None:
        """Return a call of a model's method, or of a function with a model's predictions."""
        names = [
            each.id for each in (*node.args, *(k.value for k in node.keywords)) if isinstance(each, ast.Name)
        ]
        models = {name: model for name in names if (model := self.names.model(ast.Name(name))) is not None}
        data = tuple(name for name in names if name not in models)
        constant = self.names.constant
        settings = {k.arg: v for k in node.keywords if k.arg and (v := constant(k.value)) is not None}
        called, (variable, model) = last_name(node.func), self._owner(node)
        if model is not None and called in _CALLS:
            name = "fit" if called in _TRAINING else called.removesuffix("_generator")
            known = self.compiled.get(variable, {}) if name == "fit" else {}
            keywords = frozenset(keyword.arg or "**" for keyword in node.keywords)
            if len(node.args) > 2:
                keywords |= {"batch_size", "epochs"}  # by position
            return CellCall(name, tuple(model), variable, {**known, **settings}, data, keywords)
        for each in node.args:
            if isinstance(each, ast.Name) and each.id in models and node not in self.names.built:
                return CellCall(called, tuple(models[each.id]), each.id, settings, data)
            if isinstance(each, ast.Name) and each.id in self.results and called in _SCORES:
                predicted = self.results[each.id]
                return CellCall(called, predicted.model, predicted.variable, settings, data)
        return None

    def _call(self, call: ast.Call) -> None:
        called, (variable, model) = last_name(call.func), self._owner(call)
        if model is not None and called == "add" and call.args:
            model.extend(self.names.layers(call.args[0])[: MOST_LAYERS - len(model)])
            return
        if model is not None and called == "compile":
            loss = self.names.constant(argument_of(call, 1, "loss"))
            known = {"loss": loss} if isinstance(loss, str) else {}
            self.compiled[variable] = {**self.names.optimizer(argument_of(call, 0, "optimizer")), **known}
        method = self._method(call)
        for each in [*([method] if method is not None else []), *self.ran.get(call, ())]:
            self.names.take(_CALL)
            self.calls.append(each)


def _words(tree: ast.Module) -> Iterator[str]:
    """Yield names and texts in lower case, and lists and tuples of numbers as lists."""
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
        elif isinstance(node, ast.List | ast.Tuple) and node.elts:
            nodes = sum(1 for _ in islice(ast.walk(node), 1000))
            if nodes < 1000 and len(ast.dump(node)) < 5000:  # longer ones than the book's are not written
                text = re.sub(r"\s|\.0\b|\.(?!\d)", "", ast.unparse(node))
                yield text if isinstance(node, ast.List) else text.replace("(", "[").replace(")", "]")


def _is_print(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and last_name(node.func) == "print"


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
