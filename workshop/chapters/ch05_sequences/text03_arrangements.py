"""Text: The Flexibility and Versatility of RNNs (chapter 5).

Recurrent layers with inputs and outputs at one or at many time steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch05_sequences._probes import Arrangement, arrangement
from workshop.training.backend import keras
from workshop.units import unit


@dataclass(frozen=True)
class Arrangements:
    """Inputs and outputs at one or at many time steps."""

    many_to_one: Arrangement
    one_to_many: Arrangement
    many_to_many_equal: Arrangement
    many_to_many_unequal: Arrangement


@unit("ch05.text03", uses=("tensorflow",))
def arrangements(
    rows: int = 2, steps: int = 4, features: int = 3, units: int = 5, steps_out: int = 6
) -> Arrangements:
    """Build the arrangements with recurrent layers, and test which input reaches which output.

    Source: chapter 5, text on the flexibility of RNNs.
    """
    layers = keras.layers
    x = np.random.default_rng(2).normal(size=(rows, steps, features)).astype(np.float32)

    def rnn(every_step: bool) -> Any:
        return layers.SimpleRNN(units, return_sequences=every_step)

    return Arrangements(
        many_to_one=arrangement(x, rnn(False)),
        one_to_many=arrangement(x[:, :1], layers.Flatten(), layers.RepeatVector(steps_out), rnn(True)),
        many_to_many_equal=arrangement(x, rnn(True)),
        many_to_many_unequal=arrangement(x, rnn(False), layers.RepeatVector(steps_out), rnn(True)),
    )
