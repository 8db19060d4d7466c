"""What expressions of a notebook's code stand for: constants, layers, models, tensors, lists, optimizers."""

from __future__ import annotations

import ast
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
BASES = {"VGG16", "ResNet50", "MobileNetV2", "VGG19", "InceptionV3"}
_WITHOUT_SIZES = {"Flatten", "Activation", "Reshape", "BatchNormalization", "LeakyReLU", "UpSampling2D"}
_OPTIMIZERS = {"adam", "sgd", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "adamw"}
MOST_LAYERS = 500  # of a model
MOST_ROUNDS = 50  # of a loop that adds layers
_MOST_ITEMS = 100  # numbers of a nested constant
_LARGEST = 10**18  # of a whole number
_MOST_NODES = 2_000_000  # of syntax trees that are looked at in a notebook, those seen twice count twice


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
class Meaning:
    """What an expression stands for, as far as it is known: None or nothing where it is not.

    `tensor` : the layers that made it, in a row. `layers` : those that it is. `items` : those of a list.
    """

    model: list[CodeLayer] | None = None
    tensor: list[CodeLayer] | None = None
    layers: Sequence[CodeLayer] = ()
    items: Sequence[ast.expr] | None = None
    constant: Any = None
    optimizer: Mapping[str, Any] = field(default_factory=dict)


_NOTHING = Meaning()


@dataclass
class Names:
    """What variables stand for. `built` : the models that calls of the notebook's own functions return."""

    meanings: dict[str, Meaning] = field(default_factory=dict)
    built: dict[ast.Call, list[CodeLayer]] = field(default_factory=dict)
    room: list[int] = field(default_factory=lambda: [_MOST_NODES])

    def inner(self) -> Names:
        """Return what a function's code sees."""
        self.take(len(self.meanings))
        return replace(self, meanings=dict(self.meanings))

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

    def calls(self, node: ast.AST) -> list[ast.Call]:
        """Return the calls in a syntax tree, outer ones first."""
        return [each for each in self.walk(node) if isinstance(each, ast.Call)]

    def of(self, node: ast.expr) -> Meaning:
        """Return what an expression stands for."""
        model = self.model(node)
        tensor = self.tensor(node) if model is None else None
        layers = self.layers(node) if model is None and tensor is None else ()
        return Meaning(model, tensor, layers, self.items(node), self.constant(node), self.optimizer(node))

    def _named(self, node: ast.expr | None) -> Meaning | None:
        """Return what a name stands for, None if the expression is another."""
        return self.meanings.get(node.id, _NOTHING) if isinstance(node, ast.Name) else None

    def model(self, node: ast.expr | None) -> list[CodeLayer] | None:
        """Return the layers of the model that an expression is, or None."""
        if named := self._named(node):
            return named.model
        if not isinstance(node, ast.Call):
            return None
        called = last_name(node.func)
        if called == "Sequential":
            given = argument_of(node, 0, "layers")
            layers = (self.items(given) if given is not None else None) or ()
            return list(islice((part for layer in layers for part in self.layers(layer)), MOST_LAYERS))
        if called in BASES:
            return [CodeLayer(called)]
        return self.tensor(argument_of(node, 1, "outputs")) if called == "Model" else self.built.get(node)

    def tensor(self, node: ast.expr | None) -> list[CodeLayer] | None:
        """Return the layers that made the tensor that an expression is, in a row, or None."""
        if named := self._named(node):
            return named.tensor
        if isinstance(node, ast.Attribute) and node.attr in {"input", "output"}:
            model = self.model(node.value)
            return None if model is None else list(model) if node.attr == "output" else []
        if not isinstance(node, ast.Call):
            return None
        if last_name(node.func) == "Input":
            return []
        before = self.tensor(node.args[0]) if len(node.args) == 1 else None
        layers = self.layers(node.func) if before is not None else ()
        if before is None or not layers:
            return None
        self.take(len(before))
        return [*before, *layers][:MOST_LAYERS]

    def items(self, node: ast.expr) -> Sequence[ast.expr] | None:
        """Return the items of the list that an expression is, None if they are not known."""
        if named := self._named(node):
            return named.items
        if isinstance(node, ast.List | ast.Tuple):
            return [
                item
                for each in node.elts
                for item in ((self.items(each.value) or ()) if isinstance(each, ast.Starred) else [each])
            ]
        if isinstance(node, ast.Call) and last_name(node.func) == "range" and len(node.args) == 1:
            times = self.constant(node.args[0])
            if isinstance(times, int) and times <= MOST_ROUNDS:
                return [ast.Constant(n) for n in range(times)]
        return None

    def layers(self, node: ast.expr) -> Sequence[CodeLayer]:
        """Return the layer that an expression makes, or the layers of the model that it is."""
        if named := self._named(node):
            if named.layers or named.model is None:
                return named.layers
            return named.model if named.model[:1] == [CodeLayer("VGG16")] else [CodeLayer("Model")]
        if not isinstance(node, ast.Call):
            return ()
        called = last_name(node.func)
        kind = _ALIASES.get(called, called)
        if kind in _WITHOUT_SIZES or kind in BASES:
            return [CodeLayer(kind)]
        if kind not in _ARGUMENTS:
            return [CodeLayer("Model")] if node in self.built else ()
        sizes: list[Any] = []
        for place, argument in enumerate(_ARGUMENTS[kind]):
            given = argument_of(node, place, argument)
            if argument == "layer":
                return [CodeLayer(f"{kind} {part}") for part in (self.layers(given) if given else ())]
            value = self.constant(given) if given is not None else 2 if argument == "pool_size" else None
            if kind.endswith(("2D", "2DTranspose")) and argument != "filters" and isinstance(value, int):
                value = (value, value)
            if kind.endswith("1D") and isinstance(value, tuple) and len(value) == 1:
                value = value[0]
            sizes.append(value)
        return [CodeLayer(kind, tuple(sizes))]

    def optimizer(self, node: ast.expr | None) -> Mapping[str, Any]:
        """Return the name of an optimizer, and its rate if it has one of its own; nothing if it is none."""
        if named := self._named(node):
            return named.optimizer
        name = last_name(node.func) if isinstance(node, ast.Call) else getattr(node, "value", "")
        if str(name).lower() not in _OPTIMIZERS:
            return {}
        rate = None
        if isinstance(node, ast.Call):
            rate = self.constant(argument_of(node, 0, "learning_rate", "lr"))
        known = {"learning_rate": rate} if isinstance(rate, int | float) else {}
        return {"optimizer": str(name).lower(), **known}

    def constant(self, node: ast.expr | None) -> Any:
        """Return the number, text or tuple of numbers that an expression is, None if it is not known."""
        if named := self._named(node):
            return named.constant
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
            return None if isinstance(node.value, int) and node.value > _LARGEST else node.value
        if isinstance(node, ast.Tuple | ast.List) and len(node.elts) < 10:
            items = tuple(map(self.constant, node.elts))
            return None if None in items or _size(items) > _MOST_ITEMS else items
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            left, right = (self.constant(side) for side in (node.left, node.right))
            small = all(isinstance(each, int | float) and abs(each) < 1e9 for each in (left, right))
            return left * right if small else None
        return None


def _size(value: Any) -> int:
    return sum(map(_size, value)) if isinstance(value, tuple) else 1


def argument_of(call: ast.Call, place: int, *names: str) -> ast.expr | None:
    """Return what a call gives for an argument by one of its names, or by its place, or None."""
    named = {each.arg: each.value for each in call.keywords}
    given = [named[name] for name in names if name in named] + call.args[place : place + 1]
    return given[0] if given else None


def last_name(function: ast.expr) -> str:
    """Return the last name of what is called (`Dense` of `keras.layers.Dense`)."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
