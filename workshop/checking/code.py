"""What a notebook's code builds and calls, read from its syntax tree in the order of its cells.

Only names, constants and calls are followed: models by their variables, through the functions that build them.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# the arguments of a layer that say what it computes, in the order of their positions
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "Dense": ("units",), "SimpleRNN": ("units",), "LSTM": ("units",), "GRU": ("units",),
    "Embedding": ("input_dim", "output_dim"), "Dropout": ("rate",), "SpatialDropout1D": ("rate",),
    "Conv1D": ("filters", "kernel_size"), "Conv2D": ("filters", "kernel_size"),
    "Conv2DTranspose": ("filters", "kernel_size"), "MaxPooling1D": ("pool_size",),
    "MaxPooling2D": ("pool_size",), "Bidirectional": ("layer",), "TimeDistributed": ("layer",),
}  # fmt: skip
_ALIASES = {"Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "MaxPool1D": "MaxPooling1D",
            "MaxPool2D": "MaxPooling2D", "CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU"}  # fmt: skip
_PLAIN_LAYERS = {"Flatten", "Activation", "Reshape", "BatchNormalization", "LeakyReLU", "UpSampling2D"}
_BASES = {"VGG16", "ResNet50", "MobileNetV2", "VGG19", "InceptionV3"}
_TRAINING = {"fit", "fit_generator"}
_CALLS = {*_TRAINING, "evaluate", "evaluate_generator", "summary", "predict", "predict_classes"}
_OPTIMIZERS = {"adam", "sgd", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "adamw"}
_SCORES = {"accuracy_score", "confusion_matrix"}
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|.*\?\s*)$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A layer in code: its class, its sizes as far as they are known (None where not), and inner layer."""

    kind: str
    sizes: tuple[Any, ...] = ()

    def __str__(self) -> str:
        texts = ("?" if s is None else "x".join(map(str, s)) if isinstance(s, tuple) else str(s) for s in self.sizes)
        return " ".join([self.kind, *texts])


@dataclass(frozen=True)
class Call:
    """A call on a model, or of a function with it: what, the model's layers, its variable, and settings.

    `data` are the names that it was given, `given` the names of its keywords, also of those that are not known.
    A training has the settings of the model's `compile`, too.
    """

    name: str
    model: tuple[Part, ...]
    variable: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


@dataclass
class CellCode:
    """What one cell does. `words` are its names, texts and lists of numbers; `shows` what it prints, as code."""

    calls: list[Call] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    shows: list[str] = field(default_factory=list)
    assigns: dict[str, Any] = field(default_factory=dict)


def read_code(codes: Sequence[str]) -> list[CellCode]:
    """Return what each cell does. A cell that is no Python does nothing."""
    names = _Names()
    return [_read_cell(code, names) for code in codes]


@dataclass
class _Names:
    """What variables stand for: constants, models, functions that return a model, and results of models.

    `sources` has the code of what a variable was last assigned.
    """

    constants: dict[str, Any] = field(default_factory=dict)
    models: dict[str, list[Part]] = field(default_factory=dict)
    builders: dict[str, list[Part]] = field(default_factory=dict)
    results: dict[str, Call] = field(default_factory=dict)
    optimizers: dict[str, dict[str, Any]] = field(default_factory=dict)
    compiled: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def inner(self) -> _Names:
        return _Names(dict(self.constants), dict(self.models), self.builders)


def _read_cell(code: str, names: _Names) -> CellCode:
    found = CellCode()
    if code.lstrip().startswith("%%"):
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in somebody else's texts
            tree = ast.parse(_MAGIC.sub(r"\1pass", code))
        _read_body(tree.body, names, found)
        found.words = set(_words(tree))
        for node in _shown_nodes(tree):
            used = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
            source = ast.unparse(node)
            found.shows.append(" ← ".join([source, *(names.sources[n] for n in used if n in names.sources)][:3]))
            found.calls += [names.results[name] for name in used if name in names.results]
        found.calls = [call for place, call in enumerate(found.calls) if call not in found.calls[:place]]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellCode()
    return found


def _read_body(body: Sequence[ast.stmt], names: _Names, found: CellCode) -> None:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            inner = names.inner()
            inner.constants.update(_defaults(statement, names))
            _read_body(statement.body, inner, CellCode())  # its calls are those of the cell that calls it
            returned = [each.value for each in ast.walk(statement) if isinstance(each, ast.Return)]
            model = next((m for value in returned if (m := _model(value, inner)) is not None), None)
            if model is not None:
                names.builders[statement.name] = model
            continue
        _read_statement(statement, names, found)
        for block in ("body", "orelse", "finalbody"):
            inside = getattr(statement, block, None)
            if isinstance(inside, list):
                _read_body([each for each in inside if isinstance(each, ast.stmt)], names, found)




def _defaults(function: ast.FunctionDef, names: _Names) -> Iterator[tuple[str, Any]]:
    arguments = function.args.args
    for argument, default in zip(reversed(arguments), reversed(function.args.defaults), strict=False):
        value = _constant(default, names)
        if value is not None:
            yield argument.arg, value


def _read_statement(statement: ast.stmt, names: _Names, found: CellCode) -> None:
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Assign | ast.AnnAssign) and value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            _assign(target, value, names, found)
    heads = [value] if value is not None else [getattr(statement, n, None) for n in ("test", "iter", "exc")]
    for head in heads:
        if isinstance(head, ast.AST):
            for node in ast.walk(head):
                if isinstance(node, ast.Call):
                    _read_call(node, names, found)


def _assign(target: ast.expr, value: ast.expr, names: _Names, found: CellCode) -> None:
    if isinstance(target, ast.Tuple):
        alike = isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)
        for place, one in enumerate(target.elts):
            _assign(one, value.elts[place] if alike and isinstance(value, ast.Tuple) else value, names, found)
        return
    if not isinstance(target, ast.Name):
        return
    name = target.id
    model = _model(value, names)
    constant = _constant(value, names)
    result = _result(value, names)
    for known in (names.models, names.constants, names.results):
        known.pop(name, None)
    names.sources[name] = ast.unparse(value)[:300]
    if result is not None:
        names.results[name] = result
    if optimizer := _optimizer(value, names):
        names.optimizers[name] = optimizer
    if model is not None:
        names.models[name] = model
    elif constant is not None:
        names.constants[name] = constant
        found.assigns[name] = constant


def _model(value: ast.expr | None, names: _Names) -> list[Part] | None:
    """Return the layers of the model that an expression is, or None."""
    if isinstance(value, ast.Name):
        return names.models.get(value.id)
    if not isinstance(value, ast.Call):
        return None
    called = _last(value.func)
    if called == "Sequential":
        given = value.args[0] if value.args else _keyword(value, "layers")
        layers = given.elts if isinstance(given, ast.List | ast.Tuple) else []
        return [part for layer in layers for part in _parts(layer, names)]
    if called in _BASES:
        return [Part(called)]
    return names.builders.get(called)


def _result(value: ast.expr, names: _Names) -> Call | None:
    """Return the call on a model of which an expression is a result, or of whose result it is made."""
    for node in ast.walk(value):
        if isinstance(node, ast.Name) and node.id in names.results:
            return names.results[node.id]
        if isinstance(node, ast.Call) and (call := _method(node, names)) is not None:
            return call
    return None


def _method(node: ast.Call, names: _Names) -> Call | None:
    """Return a call of a model's method, or of a function with a model's predictions."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    data = tuple(each.id for each in given if isinstance(each, ast.Name) and each.id not in names.models)
    settings = {k.arg: v for k in node.keywords if k.arg and (v := _constant(k.value, names)) is not None}
    called, function = _last(node.func), node.func
    owner = function.value if isinstance(function, ast.Attribute) else None
    if isinstance(owner, ast.Name) and called in _CALLS and (model := _model(owner, names)) is not None:
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


def _read_call(call: ast.Call, names: _Names, found: CellCode) -> None:
    function, called = call.func, _last(call.func)
    owner = function.value if isinstance(function, ast.Attribute) else None
    model = _model(owner, names) if isinstance(owner, ast.Name) else None
    if model is not None and called == "add" and call.args:
        model.extend(_parts(call.args[0], names))
        return
    if model is not None and isinstance(owner, ast.Name) and called == "compile":
        names.compiled[owner.id] = _compiled(call, names)
    method = _method(call, names)
    if method is not None:
        found.calls.append(method)


def _compiled(call: ast.Call, names: _Names) -> dict[str, Any]:
    """Return the optimizer, its rate and the loss of a `compile`, as far as they are known."""
    places = dict(zip(("optimizer", "loss"), call.args, strict=False))
    optimizer = _keyword(call, "optimizer") or places.get("optimizer")
    loss = _constant(_keyword(call, "loss") or places.get("loss"), names)
    found = _optimizer(optimizer, names) if optimizer is not None else {}
    return {**found, "loss": loss} if isinstance(loss, str) else dict(found)


def _optimizer(node: ast.expr, names: _Names) -> dict[str, Any]:
    """Return the name of an optimizer, and its rate if it has one of its own; nothing if it is none."""
    if isinstance(node, ast.Name):
        return names.optimizers.get(node.id, {})
    if isinstance(node, ast.Constant) and str(node.value).lower() in _OPTIMIZERS:
        return {"optimizer": str(node.value).lower()}
    if isinstance(node, ast.Call) and _last(node.func).lower() in _OPTIMIZERS:
        rate = _keyword(node, "learning_rate") or _keyword(node, "lr") or (node.args[0] if node.args else None)
        value = _constant(rate, names)
        known = {"learning_rate": value} if isinstance(value, int | float) else {}
        return {"optimizer": _last(node.func).lower(), **known}
    return {}


def _parts(node: ast.expr, names: _Names) -> list[Part]:
    """Return the layer that an expression makes, or the layers of the model that it is."""
    if isinstance(node, ast.Name):
        model = names.models.get(node.id)
        return [Part("Model")] if model is not None and model[:1] != [Part("VGG16")] else list(model or [])
    if not isinstance(node, ast.Call):
        return []
    called = _last(node.func)
    kind = _ALIASES.get(called, called)
    if kind in _PLAIN_LAYERS or kind in _BASES:
        return [Part(kind)]
    if kind in names.builders:
        return [Part("Model")]
    if kind not in _ARGUMENTS:
        return []
    sizes: list[Any] = []
    for place, argument in enumerate(_ARGUMENTS[kind]):
        given = node.args[place] if place < len(node.args) else _keyword(node, argument)
        if argument == "layer":
            return [Part(f"{kind} {part}") for part in (_parts(given, names) if given else [])]
        value = _constant(given, names) if given is not None else 2 if argument == "pool_size" else None
        if kind.endswith(("2D", "2DTranspose")) and argument != "filters" and isinstance(value, int):
            value = (value, value)
        if kind.endswith("1D") and isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        sizes.append(value)
    return [Part(kind, tuple(sizes))]


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _last(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _constant(node: ast.expr | None, names: _Names) -> Any:
    """Return the number, text or tuple of numbers that an expression is, None if it is not known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return node.value
    if isinstance(node, ast.Name):
        return names.constants.get(node.id)
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) < 10:
        items = tuple(_constant(each, names) for each in node.elts)
        return None if None in items else items
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        pair = [_constant(side, names) for side in (node.left, node.right)]
        small = all(isinstance(each, int | float) and abs(each) < 1e9 for each in pair)
        return pair[0] * pair[1] if small else None
    return None


def _words(tree: ast.Module) -> Iterator[str]:
    """Yield the names, texts, and lists of numbers in code, names and texts in lower case."""
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
            yield f"{node.arg}={node.value.value}".lower()
        elif isinstance(node, ast.List) and node.elts and len(ast.dump(node)) < 5000:
            yield re.sub(r"\s|\.0\b|\.(?!\d)", "", ast.unparse(node))


def _shown_nodes(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the expressions that a cell prints, also inside of loops and texts, and its last expression."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last(node.func) == "print":
            yield from (inner for argument in node.args for inner in _inside(argument))
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not (isinstance(last.value, ast.Call) and _last(last.value.func) == "print"):
        yield last.value


def _inside(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what a printed expression shows: the values of an f-string, of a format, or itself if no text."""
    if isinstance(node, ast.JoinedStr):
        yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))
    elif isinstance(node, ast.Call) and _last(node.func) == "format":
        yield from [*node.args, *(keyword.value for keyword in node.keywords)]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        yield from node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    elif not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
