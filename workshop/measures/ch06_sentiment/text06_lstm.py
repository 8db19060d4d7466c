"""Text ch06.text06: LSTMs; Parameters in an LSTM (chapter 6).

The LSTM one step at a time: its cell state, and its numbers of activations and weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

import numpy as np

from workshop.numerics import gates
from workshop.numerics.recurrent import unroll
from workshop.numerics.similarity import distance
from workshop.training.backend import keras, tf
from workshop.units import unit

from ._cells import SIZES, drawn, sequences, weight_count, weights_of

_SATURATED = 1000.0  # a net input at which a sigmoid is 0 or 1 in float64
_MOVED = 1e-6


@dataclass(frozen=True)
class CellState:
    """The effects on the cell state of an LSTM.

    `forget_product`, `cell_update` : the worked example in Keras. `forget_extremes` : rows of the forget
    output, and the shares of the previous state and of the update in the new state. `forget_range` :
    smallest and largest forget output in Keras. `off_the_sigmoid` : its largest difference from the sigmoid.
    `linear_state` : relative distances of one step in Keras from a line in the previous cell state: of its
    slope from the forget output, of its intercept from the update, and of a third state's result from the
    line. `starting_bias` : smallest and largest bias of a new layer, by gate.
    """

    forget_product: float
    cell_update: float
    forget_extremes: list[list[float]]
    forget_range: list[float]
    off_the_sigmoid: float
    linear_state: dict[str, float]
    starting_bias: dict[str, list[float]]


@unit("ch06.text06", uses="tensorflow")
def cell_state(
    before: float = 5.0, forget: float = 0.5, update: float = -0.8, units: int = 4, inputs: int = 3
) -> CellState:
    """Run steps of an LSTM, for the worked example and then for drawn weights.

    Source: chapter 6, text on LSTMs.
    """
    new = keras.layers.LSTM(units)
    new.build((None, None, inputs))
    biases = np.split(weights_of(new)["bias"], len(gates.LSTM_GATES))
    in_keras, by_sigmoid = forget_outputs(units, inputs)
    return CellState(
        forget_product=worked_example(before, forget, 0.0),
        cell_update=worked_example(before, forget, update),
        forget_extremes=[of_saturated(sign * _SATURATED, units, inputs) for sign in (-1, 1)],
        forget_range=[float(in_keras.min()), float(in_keras.max())],
        off_the_sigmoid=distance(in_keras, by_sigmoid),
        linear_state=linear_state(units, inputs),
        starting_bias={g: [float(b.min()), float(b.max())] for g, b in zip(gates.LSTM_GATES, biases)},
    )


def worked_example(before: float, forget: float, update: float) -> float:
    """Return the cell state after one step of a single cell whose gates give these outputs."""
    biases = {
        "input": _SATURATED,
        "forget": np.log(forget / (1 - forget)),
        "candidate": np.arctanh(update),
        "output": 1.0,  # unlike all others, so that none can replace it
    }
    bias = np.array([biases[gate] for gate in gates.LSTM_GATES])
    layer = keras.layers.LSTM(1, return_state=True, dtype="float64")
    layer.build((None, None, 1))
    layer.set_weights([np.zeros((1, len(bias))), np.zeros((1, len(bias))), bias])
    return float(_cell_in_keras(layer, np.zeros((1, 1, 1)), np.zeros((1, 1)), np.full((1, 1), before))[0, 0])


def of_saturated(forget_bias: float, units: int, inputs: int, rows: int = 6) -> list[float]:
    """Return the forget output for a bias, and the parts of the new cell state."""
    layer = drawn(keras.layers.LSTM(units, dtype="float64"), inputs)
    weights = weights_of(layer)
    weights["bias"][units : 2 * units] = forget_bias
    rng = np.random.default_rng(1)
    hidden, cell = rng.normal(size=(2, rows, units))
    step = gates.lstm(rng.normal(size=(rows, 1, inputs)), state=(hidden, cell), **weights)
    parts = np.stack([cell.ravel(), (step.input * step.candidate).ravel()], axis=1)
    shares = np.linalg.lstsq(parts, step.cell.ravel(), rcond=None)[0]
    return [float(step.forget.mean()), *map(float, shares)]


def forget_outputs(units: int, inputs: int, rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return the forget gate's outputs for small and large inputs, in Keras and by the sigmoid.

    In Keras it is what a cell state of 1 becomes if nothing is added. The sigmoid is 1 / (1 + exp(−z)).
    """
    layer, x, hidden = example(units, inputs, rows)
    weights, forget = weights_of(layer), slice(units, 2 * units)
    weights["bias"][:units] = -_SATURATED  # the input gate is closed
    layer.set_weights(list(weights.values()))
    x = x * np.linspace(0, 20, rows)[:, np.newaxis, np.newaxis]
    net = x[:, 0] @ weights["kernel"] + hidden @ weights["recurrent"] + weights["bias"]
    return _cell_in_keras(layer, x, hidden, np.ones_like(hidden)), 1 / (1 + np.exp(-net[:, forget]))


def example(units: int, inputs: int, rows: int) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return an LSTM with drawn weights, its inputs at one step and hidden states before it; float64."""
    layer = drawn(keras.layers.LSTM(units, return_state=True, dtype="float64"), inputs)
    return layer, sequences(rows, 1, inputs), sequences(rows, 1, units)[:, 0]


def linear_state(units: int, inputs: int, rows: int = 6) -> dict[str, float]:
    """Return one step's deviation from a line in the previous cell state, with x and h fixed."""
    layer, x, hidden = example(units, inputs, rows)
    step = gates.lstm(x, **weights_of(layer), state=(hidden, np.zeros_like(hidden)))
    slope, intercept = line(lambda cell: _cell_in_keras(layer, x, hidden, cell), hidden.shape)
    third = np.full(hidden.shape, 3.0)
    return {
        "multiplication": _relative(slope, step.forget[:, 0]),
        "addition": _relative(intercept, (step.input * step.candidate)[:, 0]),
        "nothing_else": _relative(slope * third + intercept, _cell_in_keras(layer, x, hidden, third)),
    }


def line(
    new_state: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return slope and intercept of the line through the results for two previous cell states."""
    low, high = -2.0, 0.5
    at_low, at_high = new_state(np.full(shape, low)), new_state(np.full(shape, high))
    slope = (at_high - at_low) / (high - low)
    return slope, at_low - slope * low


@dataclass(frozen=True)
class LSTMSize:
    """Activations and weights of an LSTM against those of a plain RNN.

    `activations` : numbers of gates that affect each part of a step, and of all gates. `params_ratio` : by
    size. `params_off` : largest difference of a layer's count from the formula. `reduces_to_rnn` : largest
    differences of an LSTM without gates from a plain RNN, as described in chapter 6, in Keras, and in Keras
    with tanh applied twice in the plain RNN.
    """

    activations: dict[str, int]
    params_ratio: list[float]
    params_off: int
    reduces_to_rnn: dict[str, float]


@unit("ch06.text06", uses="tensorflow")
def lstm_size(sizes: Sequence[tuple[int, int]] = SIZES, units: int = 4, inputs: int = 3) -> LSTMSize:
    """Count an LSTM's activations and weights, and disable its gates.

    Source: chapter 6, text on parameters in an LSTM.
    """
    layers = (keras.layers.SimpleRNN, keras.layers.LSTM)
    counts = [[weight_count(layer(n), m) for layer in layers] for n, m in sizes]
    formulas = [
        [rule(units=n, inputs=m) for rule in (gates.plain_weight_count, gates.lstm_weight_count)]
        for n, m in sizes
    ]
    return LSTMSize(
        activations=activations(units, inputs),
        params_ratio=[count / plain for plain, count in counts],
        params_off=int(np.abs(np.subtract(counts, formulas)).max()),
        reduces_to_rnn=without_gates(units, inputs),
    )


def activations(units: int, inputs: int, rows: int = 6) -> dict[str, int]:
    """Return how many groups of columns affect a step's slope, intercept and output, and their total."""
    layer, x, hidden = example(units, inputs, rows)

    def blocks() -> list[np.ndarray]:
        slope, intercept = line(lambda cell: _cell_in_keras(layer, x, hidden, cell), hidden.shape)
        _, new_hidden, new_cell = layer(x, initial_state=[tf.constant(hidden), tf.constant(hidden)])
        return [slope, intercept, new_hidden.numpy() / np.tanh(new_cell.numpy())]

    kernel, recurrent, bias = layer.get_weights()
    before, groups = blocks(), kernel.shape[1] // units
    moved = np.zeros((groups, len(before)), int)
    for group in range(groups):
        disturbed = bias.copy()
        disturbed[group * units : (group + 1) * units] += 0.5
        layer.set_weights([kernel, recurrent, disturbed])
        moved[group] = [distance(a, b) > _MOVED for a, b in zip(before, blocks())]
    return dict(zip(("forget", "update", "output", "total"), [*map(int, moved.sum(axis=0)), groups]))


def without_gates(units: int, inputs: int) -> dict[str, float]:
    """Return the difference of an LSTM that forgets, takes in and outputs everything from a plain RNN."""
    plain = drawn(keras.layers.SimpleRNN(units, return_sequences=True, dtype="float64"), inputs)
    weights = weights_of(plain)
    saturated = {"input": _SATURATED, "forget": -_SATURATED, "output": _SATURATED}
    columns: dict[str, list[np.ndarray]] = {
        role: [
            value if gate == "candidate" else np.full_like(value, saturated[gate] if role == "bias" else 0.0)
            for gate in gates.LSTM_GATES
        ]
        for role, value in weights.items()
    }
    opened = {role: np.concatenate(parts, axis=-1) for role, parts in columns.items()}
    layer = keras.layers.LSTM(units, return_sequences=True, dtype="float64")
    layer.build((None, None, inputs))
    layer.set_weights(list(opened.values()))
    x = sequences(5, 8, inputs)
    in_keras = layer(x).numpy()
    twice = unroll(x, **weights, activation=lambda z: np.tanh(np.tanh(z)))
    as_described = gates.lstm(x, **opened, cell_activation=np.array).hidden
    return {
        "as_described": distance(as_described, unroll(x, **weights)),
        "in_keras": distance(in_keras, plain(x).numpy()),
        "in_keras_from_tanh_twice": distance(in_keras, twice),
    }


def _cell_in_keras(layer: Any, x: np.ndarray, hidden: np.ndarray, cell: np.ndarray) -> np.ndarray:
    return np.array(layer(x, initial_state=[tf.constant(hidden), tf.constant(cell)])[2].numpy())


def _relative(found: np.ndarray, expected: np.ndarray) -> float:
    return float((np.abs(found - expected) / np.abs(expected)).max())
