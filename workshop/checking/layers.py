"""Models in code: layers, variables and functions that stand for them, and how they are compiled."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
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
class Part:
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
class Call:
    """A call on a model, or of a function with it: what, the model's layers, its variable, and settings.

    `data` are the names that it was given, `given` those of its keywords, also of those that are not known.
    A training has the settings of the model's `compile`, too.
    """

    name: str
    model: tuple[Part, ...]
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
    models: dict[str, list[Part]] = field(default_factory=dict)
    builders: dict[str, list[Part]] = field(default_factory=dict)
    results: dict[str, Call] = field(default_factory=dict)
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


def model_of(value: ast.expr | None, names: Names) -> list[Part] | None:
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
        return [Part(called)]
    return names.builders.get(called)


def parts_of(node: ast.expr, names: Names) -> list[Part]:
    """Return the layer that an expression makes, or the layers of the model that it is."""
    if isinstance(node, ast.Name):
        model = names.models.get(node.id)
        return [Part("Model")] if model is not None and model[:1] != [Part("VGG16")] else list(model or [])
    if not isinstance(node, ast.Call):
        return []
    called = last_name(node.func)
    kind = _ALIASES.get(called, called)
    if kind in _PLAIN_LAYERS or kind in _BASES:
        return [Part(kind)]
    if kind in names.builders:
        return [Part("Model")]
    if kind not in _ARGUMENTS:
        return []
    sizes: list[Any] = []
    for place, argument in enumerate(_ARGUMENTS[kind]):
        given = node.args[place] if place < len(node.args) else keyword_of(node, argument)
        if argument == "layer":
            return [Part(f"{kind} {part}") for part in (parts_of(given, names) if given else [])]
        value = constant_of(given, names) if given is not None else 2 if argument == "pool_size" else None
        if kind.endswith(("2D", "2DTranspose")) and argument != "filters" and isinstance(value, int):
            value = (value, value)
        if kind.endswith("1D") and isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        sizes.append(value)
    return [Part(kind, tuple(sizes))]


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
