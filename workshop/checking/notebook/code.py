"""What a notebook's code builds and calls, read from its syntax tree in the order of its cells.

Only names, constants and calls are followed: models, layers and tensors by variables, through loops that add
layers, and through functions, whose code is read with what a call gives them.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
_DEEPEST = 5  # calls in each other
_MOST_ROUNDS = 50  # of a loop that adds layers
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


_KNOWN = ("constants", "models", "layers", "tensors", "lists", "optimizers")


@dataclass
class Names:
    """What variables stand for: constants, models, functions, and results of models.

    `layers` : of a layer, or of a tensor those that made it. `lists` : the items of a list. `builders` : the
    models that functions return if they are given nothing. `sources` has the code of what a variable was
    last assigned.
    """

    constants: dict[str, Any] = field(default_factory=dict)
    models: dict[str, list[CodeLayer]] = field(default_factory=dict)
    layers: dict[str, list[CodeLayer]] = field(default_factory=dict)
    tensors: dict[str, list[CodeLayer]] = field(default_factory=dict)
    lists: dict[str, list[ast.expr]] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    builders: dict[str, list[CodeLayer]] = field(default_factory=dict)
    results: dict[str, CellCall] = field(default_factory=dict)
    optimizers: dict[str, dict[str, Any]] = field(default_factory=dict)
    compiled: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    depth: int = 0
    room: list[int] = field(default_factory=lambda: [_MOST_NODES])

    def inner(self) -> Names:
        """Return what a function's code sees."""
        known = {name: getattr(self, name) for name in _KNOWN}
        self.take(sum(map(len, known.values())))
        copies: dict[str, Any] = {name: dict(its) for name, its in known.items()}
        return replace(self, **copies, results={}, compiled={}, sources={}, depth=self.depth + 1)

    def take(self, nodes: int) -> None:
        """Count work on syntax trees. Raises ValueError if it is too much for a notebook."""
        self.room[0] -= nodes
        if self.room[0] < 0:
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
        layers = (items_of(given, names) if given is not None else None) or []
        return list(islice((part for layer in layers for part in parts_of(layer, names)), MOST_LAYERS))
    if called in _BASES:
        return [CodeLayer(called)]
    if called == "Model":
        given = keyword_of(value, "outputs") or (value.args[1] if len(value.args) > 1 else None)
        return tensor_of(given, names)
    if called in names.builders and (value.args or value.keywords):
        return run_function(names.functions[called], value, names)[0]
    return names.builders.get(called)


def tensor_of(node: ast.expr | None, names: Names) -> list[CodeLayer] | None:
    """Return the layers that made the tensor that an expression is, in a row, or None."""
    if isinstance(node, ast.Name):
        return names.tensors.get(node.id)
    if isinstance(node, ast.Attribute) and node.attr in {"input", "output"}:
        model = model_of(node.value, names)
        return None if model is None else list(model) if node.attr == "output" else []
    if not isinstance(node, ast.Call):
        return None
    if last_name(node.func) == "Input":
        return []
    before = tensor_of(node.args[0], names) if len(node.args) == 1 else None
    parts = parts_of(node.func, names) if before is not None else []
    if before is None or not parts:
        return None
    names.take(len(before))
    return [*before, *parts][:MOST_LAYERS]


def items_of(node: ast.expr, names: Names) -> list[ast.expr] | None:
    """Return the items of the list that an expression is, None if they are not known."""
    if isinstance(node, ast.Name):
        return names.lists.get(node.id)
    if isinstance(node, ast.List | ast.Tuple):
        return [
            item
            for each in node.elts
            for item in ((items_of(each.value, names) or []) if isinstance(each, ast.Starred) else [each])
        ]
    if isinstance(node, ast.Call) and last_name(node.func) == "range" and len(node.args) == 1:
        times = constant_of(node.args[0], names)
        return (
            [ast.Constant(n) for n in range(times)]
            if isinstance(times, int) and times <= _MOST_ROUNDS
            else None
        )
    return None


def parts_of(node: ast.expr, names: Names) -> list[CodeLayer]:
    """Return the layer that an expression makes, or the layers of the model that it is."""
    if isinstance(node, ast.Name):
        if node.id in names.layers:
            return names.layers[node.id]
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
_CALLS = {
    *_TRAINING, "evaluate", "evaluate_generator", "summary", "predict", "predict_classes", "predict_on_batch",
    "train_on_batch",
}  # fmt: skip
_BUILDS = {"Sequential", "Model", "add", "compile"}
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


def run_function(
    function: ast.FunctionDef, call: ast.Call | None, names: Names
) -> tuple[list[CodeLayer] | None, list[CellCall]]:
    """Return the model that a function returns, if it does, and its calls on models.

    `call` : what it is given, None for its defaults.
    """
    if names.depth > _DEEPEST:
        return None, []
    inner, found = names.inner(), CellCode()
    arguments = [each.arg for each in function.args.args]
    defaults = dict(zip(arguments[::-1], function.args.defaults[::-1], strict=False))
    given = defaults if call is None else defaults | dict(zip(arguments, call.args, strict=False))
    given |= {each.arg: each.value for each in (call.keywords if call else ()) if each.arg in arguments}
    for name in arguments:
        _forget(name, inner)
    for name, value in given.items():
        _know(name, value, names, inner)
        if name in inner.models:
            inner.models[name] = list(inner.models[name])
    _read_body(function.body, inner, found)
    returned = [each.value for each in names.walk(function) if isinstance(each, ast.Return)]
    model = next((m for value in returned if (m := model_of(value, inner)) is not None), None)
    return model, found.calls


def read_code(codes: Sequence[str]) -> list[CellCode]:
    """Return what each cell does. A cell that is not Python does nothing."""
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
            names.builders.pop(statement.name, None)
            names.functions.pop(statement.name, None)
            if not _uses_models(statement, names):
                continue
            names.functions[statement.name] = statement
            model, _ = run_function(statement, None, names)  # its calls are those of the cell that calls it
            if model is not None:
                names.builders[statement.name] = model
            continue
        rounds = _rounds(statement, names)
        if rounds is not None and isinstance(statement, ast.For):
            for item in rounds:
                _assign(statement.target, item, names, found)
                _read_body(statement.body, names, found)
            continue
        _read_statement(statement, names, found)
        for block in ("body", "orelse", "finalbody"):
            inside = getattr(statement, block, None)
            if isinstance(inside, list):
                _read_body([each for each in inside if isinstance(each, ast.stmt)], names, found)


def _uses_models(function: ast.FunctionDef, names: Names) -> bool:
    """Whether a function builds a model, trains one, or calls a function that does."""
    called = (last_name(node.func) for node in names.walk(function) if isinstance(node, ast.Call))
    return any(name in {*_CALLS, *_BASES, *_BUILDS, *names.functions} for name in called)


def _rounds(statement: ast.stmt, names: Names) -> list[ast.expr] | None:
    """Return the items of a loop that adds layers, None for other loops or too many items."""
    if not isinstance(statement, ast.For):
        return None
    items = items_of(statement.iter, names)
    target = getattr(statement.target, "id", "")
    if items is None or len(items) > _MOST_ROUNDS:
        return None
    for node in names.walk(statement):
        if isinstance(node, ast.Call) and (
            last_name(node.func) in {"add", target} or isinstance(node.func, ast.Call)
        ):
            return items
    return None


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
    result, optimizer = _result(value, names), optimizer_of(value, names)
    _know(name, value, names, names)
    names.sources[name] = names.unparse(value)[:300]
    names.results.pop(name, None)
    if result is not None:
        names.results[name] = result
    if optimizer:
        names.optimizers[name] = optimizer


def _know(name: str, value: ast.expr, names: Names, into: Names) -> None:
    """Let a name stand for what an expression is, read with `names`."""
    model, tensor = model_of(value, names), tensor_of(value, names)
    constant, items = constant_of(value, names), items_of(value, names)
    layer = parts_of(value, names) if model is None and tensor is None else []
    _forget(name, into)
    if model is not None:
        into.models[name] = model
    elif tensor is not None:
        into.tensors[name] = tensor
    elif layer:
        into.layers[name] = layer
    if items is not None:
        into.lists[name] = items
    if constant is not None:
        into.constants[name] = constant


def _forget(name: str, names: Names) -> None:
    for known in _KNOWN[:-1]:
        getattr(names, known).pop(name, None)


def _result(value: ast.expr, names: Names) -> CellCall | None:
    """Return the call on a model of which an expression is a result, or of whose result it is made."""
    for node in names.walk(value):
        if isinstance(node, ast.Name) and node.id in names.results:
            return names.results[node.id]
        if isinstance(node, ast.Call) and (call := _method(node, names)) is not None:
            return call
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names.functions:
            calls = run_function(names.functions[node.func.id], node, names)[1]
            if trained := [call for call in calls if call.name == "fit"]:
                return trained[-1]
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
    made = [] if method is None else [method]
    if isinstance(function, ast.Name) and called in names.functions:
        made += run_function(names.functions[called], call, names)[1]
    for each in made:
        names.take(_CALL)
        found.calls.append(each)


def _words(tree: ast.Module) -> Iterator[str]:
    """Yield names and texts in lower case, and lists and tuples of numbers as lists."""
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
        elif isinstance(node, ast.List | ast.Tuple) and node.elts and _is_short(node):
            text = re.sub(r"\s|\.0\b|\.(?!\d)", "", ast.unparse(node))
            yield text if isinstance(node, ast.List) else text.replace("(", "[").replace(")", "]")


def _is_short(node: ast.List | ast.Tuple) -> bool:
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
