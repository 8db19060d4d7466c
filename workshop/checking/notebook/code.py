"""What a notebook's code builds and calls, read from its syntax tree in the order of its cells.

Only names, constants and calls are followed: models by variables, through the functions that build them.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
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
MOST_LAYERS = 500  # of a model
_MOST_ITEMS = 100  # numbers of a nested constant
_LARGEST = 10**18  # of a whole number
_MOST_NODES = 2_000_000  # of syntax trees that are looked at in a notebook, those seen twice count twice
_OPTIMIZERS = {"adam", "sgd", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "adamw"}


@dataclass(frozen=True)
class CodeLayer:
    """A layer in code: its class, its sizes as far as they are known (None where not), and inner layer."""

    kind: str
    sizes: tuple[Any, ...] = ()

    def __str__(self) -> str:
        texts = (
            "?" if s is None else "x".join(map(str, s)) if isinstance(s, tuple) else str(s)
            for s in self.sizes
        )
        return " ".join([self.kind, *texts])


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
class Names:
    """What variables stand for: constants, models, functions that return a model, and results of models.

    `sources` has the code of what a variable was last assigned.
    """

    constants: dict[str, Any] = field(default_factory=dict)
    models: dict[str, list[CodeLayer]] = field(default_factory=dict)
    builders: dict[str, list[CodeLayer]] = field(default_factory=dict)
    results: dict[str, CellCall] = field(default_factory=dict)
    optimizers: dict[str, dict[str, Any]] = field(default_factory=dict)
    compiled: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    _room: list[int] = field(default_factory=lambda: [_MOST_NODES])

    def inner(self) -> Names:
        return Names(dict(self.constants), dict(self.models), self.builders, _room=self._room)

    def take(self, nodes: int) -> None:
        """Count work on syntax trees. Raises ValueError if it is too much for a notebook."""
        self._room[0] -= nodes
        if self._room[0] < 0:
            raise ValueError("the code repeats itself too often to be read")

    def walk(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes of a syntax tree, and count them."""
        for each in ast.walk(node):
            self.take(1)
            yield each

    def unparse(self, node: ast.AST) -> str:
        """Return the code of a syntax tree, and count it."""
        text = ast.unparse(node)
        self.take(len(text))
        return text


def model_of(value: ast.expr | None, names: Names) -> list[CodeLayer] | None:
    """Return the layers of the model that an expression is, or None."""
    if isinstance(value, ast.Name):
        return names.models.get(value.id)
    if not isinstance(value, ast.Call):
        return None
    called = last_name(value.func)
    if called == "Sequential":
        given = value.args[0] if value.args else keyword_of(value, "layers")
        layers = given.elts if isinstance(given, ast.List | ast.Tuple) else []
        return list(islice((part for layer in layers for part in parts_of(layer, names)), MOST_LAYERS))
    if called in _BASES:
        return [CodeLayer(called)]
    return names.builders.get(called)


def parts_of(node: ast.expr, names: Names) -> list[CodeLayer]:
    """Return the layer that an expression makes, or the layers of the model that it is."""
    if isinstance(node, ast.Name):
        model = names.models.get(node.id)
        return (
            [CodeLayer("Model")]
            if model is not None and model[:1] != [CodeLayer("VGG16")]
            else list(model or [])
        )
    if not isinstance(node, ast.Call):
        return []
    called = last_name(node.func)
    kind = _ALIASES.get(called, called)
    if kind in _PLAIN_LAYERS or kind in _BASES:
        return [CodeLayer(kind)]
    if kind in names.builders:
        return [CodeLayer("Model")]
    if kind not in _ARGUMENTS:
        return []
    sizes: list[Any] = []
    for place, argument in enumerate(_ARGUMENTS[kind]):
        given = node.args[place] if place < len(node.args) else keyword_of(node, argument)
        if argument == "layer":
            return [CodeLayer(f"{kind} {part}") for part in (parts_of(given, names) if given else [])]
        value = constant_of(given, names) if given is not None else 2 if argument == "pool_size" else None
        if kind.endswith(("2D", "2DTranspose")) and argument != "filters" and isinstance(value, int):
            value = (value, value)
        if kind.endswith("1D") and isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        sizes.append(value)
    return [CodeLayer(kind, tuple(sizes))]


def compiled_with(call: ast.Call, names: Names) -> dict[str, Any]:
    """Return the optimizer, its rate and the loss of a `compile`, as far as they are known."""
    places = dict(zip(("optimizer", "loss"), call.args, strict=False))
    optimizer = keyword_of(call, "optimizer") or places.get("optimizer")
    loss = constant_of(keyword_of(call, "loss") or places.get("loss"), names)
    found = optimizer_of(optimizer, names) if optimizer is not None else {}
    return {**found, "loss": loss} if isinstance(loss, str) else dict(found)


def optimizer_of(node: ast.expr, names: Names) -> dict[str, Any]:
    """Return the name of an optimizer, and its rate if it has one of its own; nothing if it is none."""
    if isinstance(node, ast.Name):
        return names.optimizers.get(node.id, {})
    if isinstance(node, ast.Constant) and str(node.value).lower() in _OPTIMIZERS:
        return {"optimizer": str(node.value).lower()}
    if isinstance(node, ast.Call) and last_name(node.func).lower() in _OPTIMIZERS:
        rate = (
            keyword_of(node, "learning_rate")
            or keyword_of(node, "lr")
            or (node.args[0] if node.args else None)
        )
        value = constant_of(rate, names)
        known = {"learning_rate": value} if isinstance(value, int | float) else {}
        return {"optimizer": last_name(node.func).lower(), **known}
    return {}


def constant_of(node: ast.expr | None, names: Names) -> Any:
    """Return the number, text or tuple of numbers that an expression is, None if it is not known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return None if isinstance(node.value, int) and node.value > _LARGEST else node.value
    if isinstance(node, ast.Name):
        return names.constants.get(node.id)
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) < 10:
        items = tuple(constant_of(each, names) for each in node.elts)
        return None if None in items or _size(items) > _MOST_ITEMS else items
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        pair = [constant_of(side, names) for side in (node.left, node.right)]
        small = all(isinstance(each, int | float) and abs(each) < 1e9 for each in pair)
        return pair[0] * pair[1] if small else None
    return None


def _size(value: Any) -> int:
    return sum(map(_size, value)) if isinstance(value, tuple) else 1


def keyword_of(call: ast.Call, name: str) -> ast.expr | None:
    """Return what a call gives for a keyword, or None."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def last_name(function: ast.expr) -> str:
    """Return the last name of what is called (`Dense` of `keras.layers.Dense`)."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


_TRAINING = {"fit", "fit_generator"}
_CALLS = {*_TRAINING, "evaluate", "evaluate_generator", "summary", "predict", "predict_classes"}
_SCORES = {"accuracy_score", "confusion_matrix"}
# characters of a word, and of the code that a cell shows; calls on models in a cell
_LONGEST_WORD, _LONGEST_SHOWN, _MOST_CALLS = 200, 1000, 100
_CALL = 2000  # nodes of a syntax tree that are as much work as a call, for which all units are compared


@dataclass
class CellCode:
    """What a cell does. `words` are its names, texts and lists of numbers, `shows` is what it prints."""

    calls: list[CellCall] = field(default_factory=list)
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


def _result(value: ast.expr, names: Names) -> CellCall | None:
    """Return the call on a model of which an expression is a result, or of whose result it is made."""
    for node in names.walk(value):
        if isinstance(node, ast.Name) and node.id in names.results:
            return names.results[node.id]
        if isinstance(node, ast.Call) and (call := _method(node, names)) is not None:
            return call
    return None


def _method(node: ast.Call, names: Names) -> CellCall | None:
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
        return CellCall(name, tuple(model), owner.id, {**known, **settings}, data, keywords)
    for each in node.args:
        if isinstance(each, ast.Name) and each.id in names.models and called not in names.builders:
            return CellCall(called, tuple(names.models[each.id]), each.id, settings, data)
        if isinstance(each, ast.Name) and each.id in names.results and called in _SCORES:
            predicted = names.results[each.id]
            return CellCall(called, predicted.model, predicted.variable, settings, data)
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
