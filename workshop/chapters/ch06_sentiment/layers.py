"""Recurrent layers: their states, the GRU, both directions, and stacked layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch06_sentiment.cells import SIZES, distance, drawn, sequences, weight_count, weights_of
from workshop.numerics import gates
from workshop.numerics.recurrent import unroll
from workshop.training.backend import keras, tf
from workshop.units import unit


@dataclass(frozen=True)
class HandedOn:
    """States that a layer needs from the previous step, and how exactly they alone continue a sequence."""

    names: List[str]
    gap: float


@dataclass(frozen=True)
class StatesPassed:
    """States passed on by a plain RNN and by an LSTM."""

    states_passed: Dict[str, List[str]]
    continued_gap: Dict[str, float]


@unit("ch06.text07", uses=("tensorflow",))
def states_passed(units: int = 4, inputs: int = 3) -> StatesPassed:
    """Cut sequences in two, and continue from the states returned in between. Source: chapter 6, text."""
    layers = {
        "plain RNN": keras.layers.SimpleRNN(units, return_sequences=True, return_state=True, dtype="float64"),
        "LSTM": keras.layers.LSTM(units, return_sequences=True, return_state=True, dtype="float64"),
    }
    found = {name: handed_on(drawn(layer, inputs)) for name, layer in layers.items()}
    return StatesPassed(
        states_passed={name: passed.names for name, passed in found.items()},
        continued_gap={name: passed.gap for name, passed in found.items()},
    )


def handed_on(layer: Any, rows: int = 5, steps: int = 6, cut: int = 3) -> HandedOn:
    """Return the states that affect the rest of a sequence, by their names in the equations.

    Parameters
    ----------
    layer : built, float64, returning its outputs at every step and its states.
    """
    weights = weights_of(layer)
    x = sequences(rows, steps, weights["kernel"].shape[0])
    outputs = layer(x)[0].numpy()
    states = [state.numpy() for state in layer(x[:, :cut])[1:]]
    by_hand = {name: at_every_step[:, cut - 1] for name, at_every_step in states_by_hand(layer, x).items()}

    def rest(given: Sequence[np.ndarray]) -> np.ndarray:
        return np.array(layer(x[:, cut:], initial_state=[tf.constant(state) for state in given])[0].numpy())

    names = []
    for place, state in enumerate(states):
        others = [other + (number == place) for number, other in enumerate(states)]
        if distance(rest(others), rest(states)) > 1e-3:
            known = [name for name, value in by_hand.items() if distance(state, value) < 1e-9]
            names.append(" and ".join(known) or "unknown state")
    return HandedOn(names, distance(rest(states), outputs[:, cut:]))


def states_by_hand(layer: Any, x: np.ndarray) -> Dict[str, np.ndarray]:
    """Return the states at every step by the equations with a layer's weights."""
    weights = weights_of(layer)
    if isinstance(layer, keras.layers.LSTM):
        steps = gates.lstm(x, **weights)
        return {"hidden state": steps.hidden, "cell state": steps.cell}
    if isinstance(layer, keras.layers.GRU):
        reset_after = layer.get_config()["reset_after"]
        return {"hidden state": gates.gru(x, **weights, reset_after=reset_after).hidden}
    return {"hidden state": unroll(x, **weights)}


@dataclass(frozen=True)
class GRU:
    """Size and states of a GRU, ratios by size (units, inputs).

    `activations` : groups of columns in the kernel. `ratio_rnn`, `ratio_lstm` : weights divided by those of a
    plain RNN and of an LSTM. `second_bias` : the same with `reset_after`. `formula_off` : largest difference
    of a count from the formula. `equations` : largest difference of Keras' layer from the equations, by
    variant.
    """

    activations: Dict[str, float]
    ratio_rnn: List[float]
    ratio_lstm: List[float]
    second_bias: Dict[str, List[float]]
    formula_off: int
    single_state: List[str]
    continued_gap: float
    equations: Dict[str, float]


@unit("ch06.text08", uses=("tensorflow",))
def gated_recurrence(sizes: Sequence[Tuple[int, int]] = SIZES, units: int = 4, inputs: int = 3) -> GRU:
    """Count a GRU's activations, weights and states, and compare it with the equations.

    Source: chapter 6, text on gated recurrence units.
    """
    layers = keras.layers
    counts = {
        variant: np.array([weight_count("GRU", *size, reset_after=variant) for size in sizes])
        for variant in (False, True)
    }
    plain = np.array([weight_count("SimpleRNN", *size) for size in sizes])
    lstm = np.array([weight_count("LSTM", *size) for size in sizes])
    formulas = {
        variant: [gates.gru_weight_count(units=n, inputs=m, reset_after=variant) for n, m in sizes]
        for variant in counts
    }
    passed = handed_on(
        drawn(layers.GRU(units, return_sequences=True, return_state=True, dtype="float64"), inputs)
    )
    return GRU(
        activations={
            name: column_groups(layer, inputs)
            for name, layer in (("gru", layers.GRU(units)), ("lstm", layers.LSTM(units)))
        },
        ratio_rnn=(counts[False] / plain).tolist(),
        ratio_lstm=(counts[False] / lstm).tolist(),
        second_bias={"rnn": (counts[True] / plain).tolist(), "lstm": (counts[True] / lstm).tolist()},
        formula_off=max(int(np.abs(counts[variant] - formulas[variant]).max()) for variant in counts),
        single_state=passed.names,
        continued_gap=passed.gap,
        equations={
            f"reset {'after' if variant else 'before'} the product": gru_gap(variant, units, inputs)
            for variant in counts
        },
    )


def column_groups(layer: Any, inputs: int) -> float:
    """Return the number of column groups in a layer's kernel, with one column per unit."""
    layer.build((None, None, inputs))
    return weights_of(layer)["kernel"].shape[1] / layer.units


def gru_gap(reset_after: bool, units: int, inputs: int) -> float:
    """Return the largest difference of Keras' GRU from the equations at any step."""
    layer = drawn(keras.layers.GRU(units, reset_after=reset_after, return_sequences=True), inputs)
    x = sequences(5, 8, inputs, "float32")
    by_hand = gates.gru(x, **weights_of(layer), reset_after=reset_after)
    return distance(layer(x).numpy(), by_hand.hidden)


@dataclass(frozen=True)
class Bidirectional:
    """Both directions: reading order of each, width of the output, largest differences from those by hand."""

    orders: Dict[str, List[str]]
    concat: int
    equations: Dict[str, float]


@unit("ch06.text10", uses=("tensorflow",))
def both_directions(text: str = "Life is good", units: int = 32, inputs: int = 3) -> Bidirectional:
    """Disturb the terms of a sentence under a bidirectional LSTM, and build it by hand from two LSTMs.

    Source: chapter 6, text on bidirectional RNNs.
    """
    layers = keras.layers
    last = drawn(layers.Bidirectional(layers.LSTM(units)), inputs)
    every_step = layers.Bidirectional(layers.LSTM(units, return_sequences=True))
    every_step.build((None, None, inputs))
    every_step.set_weights(last.get_weights())
    terms = text.split()
    reader = drawn(layers.Bidirectional(layers.LSTM(units, return_sequences=True)), len(terms))
    x = sequences(5, 8, inputs, "float32")
    forward, backward = (lstm_by_hand(weights_of(half)) for half in (last.forward_layer, last.backward_layer))
    return Bidirectional(
        orders=reading_orders(reader, terms),
        concat=int(last(x).shape[-1]),
        equations={
            "last": distance(last(x).numpy(), gates.bidirectional(x, forward, backward, every_step=False)),
            "every step": distance(every_step(x).numpy(), gates.bidirectional(x, forward, backward)),
        },
    )


def lstm_by_hand(weights: Dict[str, np.ndarray]) -> gates.Layer:
    """Return an LSTM of these weights as a function from sequences to hidden states at every step."""
    return lambda x: gates.lstm(x, **weights).hidden


def reading_orders(layer: Any, terms: List[str]) -> Dict[str, List[str]]:
    """Return the order in which the two halves of a layer's outputs read the terms.

    The term that changes a half's output at every step is read first, and the term that changes only one
    output is read last. Terms that change equally many outputs share a position.
    """
    n = len(terms)
    x = np.eye(n, dtype=np.float32)[np.newaxis]
    outputs = layer(x).numpy()
    reaches = np.zeros((2, n), int)
    for place in range(n):
        disturbed = x.copy()
        disturbed[:, place] *= -1
        moved = np.abs(layer(disturbed).numpy() - outputs)[0].reshape(n, 2, -1).max(axis=-1) > 1e-6
        reaches[:, place] = moved.sum(axis=0)
    return {
        half: [
            " and ".join(term for term, reach in zip(terms, row) if reach == n - place) for place in range(n)
        ]
        for half, row in zip(("forward", "backward"), reaches)
    }


@dataclass(frozen=True)
class Stacked:
    """Shapes in two stacked LSTMs, and their difference from the same by hand."""

    sequence_output: List[int]
    last_output: List[int]
    equations: float


@unit("ch06.text11", uses=("tensorflow",))
def on_top_of_each_other(rows: int = 2, steps: int = 5, units: int = 4, inputs: int = 3) -> Stacked:
    """Feed an LSTM's output at each step to a second LSTM. Source: chapter 6, text on stacked RNNs."""
    first = drawn(keras.layers.LSTM(units, return_sequences=True), inputs, seed=1)
    second = drawn(keras.layers.LSTM(units), units, seed=2)
    x = sequences(rows, steps, inputs, "float32")
    between = first(x)
    last = second(between)
    by_hand = gates.stacked(x, [lstm_by_hand(weights_of(layer)) for layer in (first, second)])
    return Stacked(
        sequence_output=[int(size) for size in between.shape],
        last_output=[int(size) for size in last.shape],
        equations=distance(last.numpy(), by_hand[:, -1]),
    )
