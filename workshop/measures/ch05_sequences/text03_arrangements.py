"""Text: The Flexibility and Versatility of RNNs (chapter 5).

Recurrent layers with inputs and outputs at one or at many time steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import keras
from workshop.units import unit

from ._probes import Arrangement, arrangement


@dataclass(frozen=True)
class Arrangements:
    """Inputs and outputs at one or at many time steps."""

    many_to_one: Arrangement
    one_to_many: Arrangement
    many_to_many_equal: Arrangement
    many_to_many_unequal: Arrangement


def arranged(steps: int = 4, units: int = 5, steps_out: int = 6) -> dict[str, tuple[int, list[Any]]]:
    """Return for each arrangement its number of input steps and its layers."""
    layers = keras.layers

    def rnn(every_step: bool) -> Any:
        return layers.SimpleRNN(units, return_sequences=every_step)

    return {
        "many_to_one": (steps, [rnn(False)]),
        "one_to_many": (1, [layers.Flatten(), layers.RepeatVector(steps_out), rnn(True)]),
        "many_to_many_equal": (steps, [rnn(True)]),
        "many_to_many_unequal": (steps, [rnn(False), layers.RepeatVector(steps_out), rnn(True)]),
    }


@unit("ch05.text03", uses="tensorflow")
def arrangements(rows: int = 2, features: int = 3) -> Arrangements:
    """Build the arrangements with recurrent layers, and test which input reaches which output.

    Source: chapter 5, text on the flexibility of RNNs.
    """
    found = {}
    for name, (steps, layers) in arranged().items():
        x = np.random.default_rng(2).normal(size=(rows, steps, features)).astype(np.float32)
        found[name] = arrangement(x, *layers)
    return Arrangements(**found)
