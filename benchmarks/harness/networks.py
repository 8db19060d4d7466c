"""The book's networks as data, so that every library builds the same one and takes the same weights.

A network is the shape of one input and its layers, each a Keras name and arguments. Weights lie as in Keras.
Dropout is left out, because no two libraries draw the same masks; and a GRU is that with two biases a gate
(`reset_after`), because PyTorch knows no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Layer = tuple[Any, ...]
RECURRENT = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}  # layers and their gates


@dataclass(frozen=True)
class Network:
    """Shape of one input without its batch axis, and the layers; `whole` where inputs are whole numbers."""

    shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    whole: bool = False

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return self.layers[-1][1]


@dataclass(frozen=True)
class Shaped:
    """One layer as it sees one input: shapes without the batch axis, shapes of its weights."""

    kind: str
    arguments: tuple[Any, ...]
    taken: tuple[int, ...]
    made: tuple[int, ...]
    weights: tuple[tuple[int, ...], ...]


def shaped(network: Network) -> list[Shaped]:
    """Return the layers with their shapes; of a bidirectional layer the weights of both directions."""
    taken, found = network.shape, []
    for kind, *arguments in network.layers:
        made, weights = _SHAPES[kind](taken, *arguments)
        found.append(Shaped(kind, tuple(arguments), taken, made, weights))
        taken = made
    return found


def reordered(array: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """Return an array of a recurrent layer with its gates' columns in this order."""
    parts = np.split(array, len(order), axis=-1)
    return np.ascontiguousarray(np.concatenate([parts[place] for place in order], axis=-1))


def drawn_weights(network: Network, seed: int = 0) -> list[np.ndarray]:
    """Return weights in float32: kernels with Glorot's variance, words half a unit apart, small biases.

    Recurrent kernels are half as large, so that rounding does not grow from step to step.
    """
    rng = np.random.default_rng(seed)
    arrays = []
    for layer in shaped(network):
        for place, shape in enumerate(layer.weights):
            spread = np.sqrt(2 / sum(shape[-2:])) if len(shape) > 1 else 0.05
            if layer.kind == "Embedding":
                spread = 0.5
            elif place % 3 == 1 and layer.kind in (*RECURRENT, "BidirectionalLSTM"):
                spread /= 2
            arrays.append(rng.normal(0, spread, shape).astype(np.float32))
    return arrays


def drawn_inputs(network: Network, rows: int, seed: int = 1) -> np.ndarray:
    """Return inputs of `rows` rows: float32 in 0–1, or whole numbers below the embedding's vocabulary."""
    rng = np.random.default_rng(seed)
    if network.whole:
        return rng.integers(0, network.layers[0][1], (rows, *network.shape)).astype(np.int32)
    return rng.random((rows, *network.shape), np.float32)


def _dense(taken: tuple[int, ...], units: int, *_: Any) -> Any:
    return (*taken[:-1], units), ((taken[-1], units), (units,))


def _convolution(taken: tuple[int, ...], filters: int, size: int, *_: Any) -> Any:
    height, width, channels = taken
    return (height - size + 1, width - size + 1, filters), ((size, size, channels, filters), (filters,))


def _pooling(taken: tuple[int, ...], size: int) -> Any:
    return (taken[0] // size, taken[1] // size, taken[2]), ()


def _embedding(taken: tuple[int, ...], vocabulary: int, dimension: int) -> Any:
    return (*taken, dimension), ((vocabulary, dimension),)


def _recurrent(kind: str) -> Any:
    columns = RECURRENT[kind]

    def shapes(taken: tuple[int, ...], units: int, every_step: bool = False) -> Any:
        steps, inputs = taken
        bias = (2, columns * units) if kind == "GRU" else (columns * units,)
        weights = ((inputs, columns * units), (units, columns * units), bias)
        return ((steps, units) if every_step else (units,)), weights

    return shapes


def _bidirectional(taken: tuple[int, ...], units: int) -> Any:
    made, weights = _recurrent("LSTM")(taken, units)
    return (2 * made[0],), weights * 2


_SHAPES: dict[str, Any] = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling,
    "Flatten": lambda taken: ((int(np.prod(taken)),), ()),
    "Reshape": lambda _, shape: (tuple(shape), ()),
    "Embedding": _embedding,
    "BidirectionalLSTM": _bidirectional,
    **{kind: _recurrent(kind) for kind in RECURRENT},
}
