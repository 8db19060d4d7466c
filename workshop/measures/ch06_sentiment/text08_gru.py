"""Text ch06.text08: Gated Recurrence Units (chapter 6).

The activations, weights and states of a GRU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.numerics import gates
from workshop.numerics.similarity import distance
from workshop.training.backend import keras
from workshop.units import unit

from ._cells import SIZES, drawn, handed_on, sequences, weight_count


@dataclass(frozen=True)
class GRU:
    """Size and states of a GRU, ratios by size (units, inputs).

    `activations` : gates whose bias changes the outputs. `ratio_rnn`, `ratio_lstm` : weights divided by those
    of a plain RNN and of an LSTM. `second_bias` : the same with `reset_after`. `formula_off` : largest
    difference of a count from the formula.
    """

    activations: dict[str, int]
    ratio_rnn: list[float]
    ratio_lstm: list[float]
    second_bias: dict[str, list[float]]
    formula_off: int
    single_state: list[str]
    continued_gap: float


@unit("ch06.text08", uses="tensorflow")
def gated_recurrence(sizes: Sequence[tuple[int, int]] = SIZES, units: int = 4, inputs: int = 3) -> GRU:
    """Count a GRU's activations, weights and states.

    Source: chapter 6, text on gated recurrence units.
    """
    layers = keras.layers
    counts = {
        variant: np.array([weight_count(layers.GRU(n, reset_after=variant), m) for n, m in sizes])
        for variant in (False, True)
    }
    plain = np.array([weight_count(layers.SimpleRNN(n), m) for n, m in sizes])
    lstm = np.array([weight_count(layers.LSTM(n), m) for n, m in sizes])
    formulas = {
        variant: [gates.gru_weight_count(units=n, inputs=m, reset_after=variant) for n, m in sizes]
        for variant in counts
    }
    both = {"return_sequences": True, "return_state": True}
    passed = handed_on(drawn(layers.GRU(units, reset_after=False, dtype="float64", **both), inputs))
    return GRU(
        activations={
            name: acting_gates(drawn(layer, inputs), inputs)
            for name, layer in (("gru", layers.GRU(units, reset_after=False)), ("lstm", layers.LSTM(units)))
        },
        ratio_rnn=(counts[False] / plain).tolist(),
        ratio_lstm=(counts[False] / lstm).tolist(),
        second_bias={"rnn": (counts[True] / plain).tolist(), "lstm": (counts[True] / lstm).tolist()},
        formula_off=max(int(np.abs(counts[variant] - formulas[variant]).max()) for variant in counts),
        single_state=passed.names,
        continued_gap=passed.gap,
    )


def acting_gates(layer: Any, inputs: int) -> int:
    """Return how many groups of a layer's biases, one bias per unit, change the outputs."""
    x = sequences(5, 8, inputs, "float32")
    outputs, weights = layer(x).numpy(), layer.get_weights()
    bias, acting = weights[-1], 0
    for first in range(0, len(bias), layer.units):
        disturbed = bias.copy()
        disturbed[first : first + layer.units] += 0.5
        layer.set_weights([*weights[:-1], disturbed])
        acting += int(distance(layer(x).numpy(), outputs) > 1e-4)
    return acting
